"""Keep the `target` folder of cargo in a cache mount, and copy the programs out of it in the same step.

Cargo compares file times, and `COPY` keeps the times of the host. A mount outlives all layers, so its files may be
newer than sources that were reverted or belong to another checkout. The step therefore touches the sources and removes
old programs before each build, so that the image gets the right program regardless of what the cache contains.
"""

from __future__ import annotations

import re
from posixpath import basename, isabs, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile import copied_folders, destination, is_within, workdir_at
from composevariant.errors import Refused
from composevariant.fast_dockerfile.ecosystems.cargo import COMPILES, COMPILES_NOTHING
from composevariant.fast_dockerfile.passes.base import Applied, Skipped
from composevariant.fast_dockerfile.passes.steps import (
    HARMLESS,
    check_plain,
    check_triggers,
    check_user,
    later_instructions,
    mount_name,
    run_chain,
    start_of,
    steps,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile import Chain, Command, Instruction
    from composevariant.fast_dockerfile.passes.base import PassInput
    from composevariant.fast_dockerfile.passes.steps import Step

NAME: Final = "compile cache"
_WHY: Final = (
    "# Cargo goes by the times of files, and COPY keeps those of the host: sources are touched and old programs",
    "# removed, so that nothing in the cache is ever taken for new.",
)


class _Plan(NamedTuple):
    """The changes to a step."""

    chain: Chain
    first: int
    """The number of the first command that compiles."""
    folders: Folders
    used: tuple[str, ...]
    """The compiled files that the step itself uses."""
    copied: tuple[CopiedOutput, ...]
    out: str
    """The folder to copy the programs to."""


def cache_compiling(work: PassInput) -> Iterator[Applied | Skipped]:
    """Add a mount to every step that compiles with cargo, and yield the result for each step."""
    for step in steps(work):
        location = step.run.location()
        if step.chain is None:
            if COMPILES.search(step.run.text):
                yield Skipped(NAME, "the step is more than commands joined by && and ;", location)
            continue
        if not compiling_commands(step.chain):
            continue
        try:
            with work.rewriting.all_or_nothing():
                _rewrite(step, _plan(step, step.chain))
        except Refused as refused:
            yield Skipped(NAME, f"cargo: {refused.message}", location)
        else:
            yield Applied(NAME, "cargo", location)


def _plan(step: Step, chain: Chain) -> _Plan:
    folders = _check_preconditions(step, chain)
    first = compiling_commands(chain)[0]
    copied = tuple(copied_outputs(step, folders.target))
    used = outputs_used_in_step(chain, first, folders)
    check_plain(*used, *(each.path for each in copied))
    names = [basename(each.path) for each in copied]
    twice = next((each for each in copied if names.count(basename(each.path)) > 1), None)
    if twice and len({each.path for each in copied}) > len(set(names)):
        raise Refused(f"two programs have the name {basename(twice.path)}")
    return _Plan(chain, first, folders, used, copied, _free_folder(step))


def _free_folder(step: Step) -> str:
    text = step.work.dockerfile.source.text
    names = ("/out", f"/out-{_stage_name(step)}", "/compiled")
    return next((name for name in names if not re.search(rf"{name}\b", text)), f"/compiled-{_stage_name(step)}")


def _stage_name(step: Step) -> str:
    return mount_name(step.stage.name or str(step.stage.number))


def _rewrite(step: Step, plan: _Plan) -> None:
    rewriting, target = step.work.rewriting, plan.folders.target
    rewriting.insert_before(step.run, _WHY)
    rewriting.add_flag(step.run, f"--mount=type=cache,id={_mount_id(step)},target={target},sharing=locked", wraps=True)
    outputs = list(dict.fromkeys((*plan.used, *(each.path for each in plan.copied))))
    if outputs:
        rewriting.add_command(step.run, plan.first, f"rm -rf {' '.join(outputs)}")
    touch = f"find {plan.folders.sources} -path {target} -prune -o -type f -exec touch {{}} +"
    rewriting.add_command(step.run, plan.first, touch)
    paths = list(dict.fromkeys(each.path for each in plan.copied))
    if paths:
        end = len(plan.chain.commands)
        rewriting.add_command(step.run, end, f"mkdir -p {plan.out}")
        rewriting.add_command(step.run, end, f"cp -a {' '.join(paths)} {plan.out}/")
    for each in plan.copied:
        rewriting.replace_word(each.copy, each.word, join(plan.out, basename(each.path)))


def _mount_id(step: Step) -> str:
    """Return a mount id that is unique to the project, service, stage, image and platform."""
    request = step.work.request
    image = step.work.dockerfile.lineage(step.stage)[0].base
    parts = (request.project, *request.services[:1], _stage_name(step), "cargo", image, request.platform)
    return "-".join(mount_name(part) for part in parts if part)


# The preconditions, each of which is a function that raises `Refused` with the reason.

_MOVED: Final = re.compile(
    r"CARGO_(?:BUILD_)?TARGET_DIR|--target-dir|--manifest-path|--(?:out|artifact)-dir|cargo[ \t]+clean"
)
_ANY_CARGO: Final = re.compile(r"(?<![\w/.-])cargo[ \t]+[^ \t]+")
_CHANGES_FOLDER: Final = frozenset(("cd", "popd", "pushd"))
_CD: Final = re.compile(r"cd[ \t]+([^\s$~'\"*?\\-][^\s$~'\"*?\\]*)")
_PATH: Final = re.compile(r"\bpath[ \t]*=[ \t]*[\"']([^\"']+)[\"']")


class Folders(NamedTuple):
    """The folders of a step that compiles."""

    work: str
    """The working directory of the first command that compiles."""
    target: str
    sources: str


def compiling_commands(chain: Chain) -> list[int]:
    """Return the numbers of the commands that compile."""
    return [at for at, each in enumerate(chain.commands) if COMPILES.match(each.text, start_of(each))]


def _check_preconditions(step: Step, chain: Chain) -> Folders:
    """Check all preconditions, and return the folders that the step uses.

    Raises:
        Refused: The step cannot have the mount.
    """
    if step.work.request.many_platforms:
        raise Refused("it is built for several platforms, which would share the compiled files")
    if not chain.stops_at_failure:
        raise Refused("the step continues when a command fails")
    check_user(step)
    check_triggers(step)
    _check_texts(step)
    if step.work.ships(step.stage):
        raise Refused("the final image is built on this step, and would lose the compiled files")
    _check_other_steps(step)
    return _find_checked_folders(step, chain)


def check_layer(step: Step, chain: Chain) -> Folders:
    """Check the preconditions for a layer with compiled crates, and return the folders that the step uses.

    Unlike a mount, such a layer neither loses files nor requires root.

    Raises:
        Refused: The step cannot use such a layer.
    """
    if not chain.stops_at_failure:
        raise Refused("the step continues when a command fails")
    check_triggers(step)
    _check_texts(step)
    return _find_checked_folders(step, chain)


def _find_checked_folders(step: Step, chain: Chain) -> Folders:
    folders = _folders(step, chain)
    check_plain(*folders)
    _check_flags(step, folders.target)
    _check_sources(step, folders.sources)
    return folders


def _folders(step: Step, chain: Chain) -> Folders:
    start = workdir_at(step.work.dockerfile, step.stage, step.run)
    if start is None:
        raise Refused("its working directory is unknown")
    folder, first = start, compiling_commands(chain)[0]
    for at, command in enumerate(chain.commands):
        if command.words and command.words[0] in _CHANGES_FOLDER:
            found = _CD.fullmatch(command.text)
            if found is None or at > first:
                raise Refused("the step changes its working directory in an unknown way")
            folder = normpath(join(folder, found[1]))
    sources = start if is_within(folder, start) else folder
    if "/" in (folder, sources):
        raise Refused("it compiles in /, where all files would be touched")
    return Folders(folder, join(folder, "target"), sources)


def _check_texts(step: Step) -> None:
    dockerfile, context = step.work.dockerfile, step.work.request.context
    for stage in dockerfile.stages:
        for item in stage.instructions:
            moved = _MOVED.search(item.line.text)
            if moved:
                raise Refused(f"{moved[0]} in line {item.location().line} moves or empties the target folder")
    instructions = tuple(each for part in dockerfile.lineage(step.stage) for each in part.instructions)
    for folder in copied_folders(instructions):
        for name in (".cargo/config.toml", ".cargo/config"):
            path = normpath(join(folder, name))
            if re.search(r"target-dir[ \t]*=", context.read_text(path) or ""):
                raise Refused(f"target-dir in {path} moves the target folder")


def _check_other_steps(step: Step) -> None:
    dockerfile = step.work.dockerfile
    above = [each for part in dockerfile.lineage(step.stage) for each in part.instructions]
    below = list(later_instructions(step))
    for instruction in dict.fromkeys((*above, *below)):
        line = instruction.location().line
        if instruction.name in ("COPY", "ADD"):
            if instruction.words and mentions_target(instruction.words[-1].value):
                raise Refused(f"line {line} copies into target, where the mount would be")
        elif instruction.name == "RUN" and instruction is not step.run:
            if may_compile(step, instruction):
                raise Refused(f"line {line} compiles as well, and both would use the same target folder")
            if instruction in below and not _leaves_alone(step, instruction):
                raise Refused(f"the step in line {line} may need the compiled files")


def may_compile(step: Step, run: Instruction) -> bool:
    """Return whether a step may compile."""
    chain = run_chain(step.work, run)
    if chain is None:
        return _ANY_CARGO.search(run.text) is not None
    return any(_may_compile(command) for command in chain.commands)


def _may_compile(command: Command) -> bool:
    at = start_of(command)
    if COMPILES.match(command.text, at):
        return True
    return _ANY_CARGO.search(command.text) is not None and COMPILES_NOTHING.match(command.text, at) is None


def _leaves_alone(step: Step, run: Instruction) -> bool:
    chain = run_chain(step.work, run)
    if chain is None or mentions_target(run.arguments.value):
        return False
    return all(not command.words or command.words[0] in HARMLESS for command in chain.commands)


def _check_flags(step: Step, target: str) -> None:
    for flag in step.run.flags:
        found = re.search(r"(?:target|dst|destination)=([^,]*)", flag.value)
        place = normpath(join("/", found[1])) if found else ""
        if "type=bind" in flag.value or (place and (is_within(place, target) or is_within(target, place))):
            raise Refused(f"the step already has a mount: {flag.value}")


def _check_sources(step: Step, folder: str) -> None:
    """Refuse if sources are copied outside the folder whose files are touched."""
    dockerfile, context = step.work.dockerfile, step.work.request.context
    for stage in dockerfile.lineage(step.stage):
        for copy in stage.instructions:
            if copy is step.run:
                return
            if copy.name not in ("COPY", "ADD"):
                continue
            place = destination(dockerfile, stage, copy)
            if place is not None and is_within(place, folder):
                _check_packages(step, copy, place, folder)
                continue
            files = [word.value for word in copy.words[:-1]]
            known = copy.flag("from") is None and all(context.is_file(file) for file in files)
            if not known or any(file.endswith((".rs", ".toml")) for file in files):
                line = copy.location().line
                raise Refused(f"line {line} copies to a path outside of {folder}, where sources would not be touched")


def _check_packages(step: Step, copy: Instruction, place: str, folder: str) -> None:
    """Refuse if a copied Cargo.toml names a package path outside the folder whose files are touched."""
    if copy.flag("from") is not None:
        return
    for word in copy.words[:-1]:
        manifest = word.value if basename(word.value) == "Cargo.toml" else join(word.value, "Cargo.toml")
        text = step.work.request.context.read_text(normpath(manifest)) or ""
        for path in _PATH.findall(text):
            if not is_within(normpath(join(place, path)), folder):
                raise Refused(f"{normpath(manifest)} names {path}, whose sources would not be touched")


# The files that later `COPY`s, and the step itself, take from the `target` folder.

_TARGET: Final = re.compile(r"(?:^|[=/'\"])target(?:/|$|['\"])")
_MOUNTED: Final = re.compile(r"--mount=(?:.*,)?from=([^,]+)")
_UNKNOWN: Final = re.compile(r"[$*?\[`{]")


class CopiedOutput(NamedTuple):
    """A word in a `COPY --from` that names a file in the target folder."""

    copy: Instruction
    word: int
    path: str


def copied_outputs(step: Step, target: str) -> Iterator[CopiedOutput]:
    """Yield the files that other stages copy from the target folder.

    Raises:
        Refused: The copied files are unknown, or the whole folder is copied.
    """
    dockerfile = step.work.dockerfile
    sources = (step.stage, *step.work.builds_on(step.stage))
    for stage in dockerfile.stages:
        for copy in stage.instructions:
            mounted = [found[1] for flag in copy.flags if (found := _MOUNTED.search(flag.value))]
            reference = copy.flag("from")
            if any(dockerfile.stage(each) in sources for each in mounted):
                raise Refused(f"line {copy.location().line} mounts files of this stage")
            if reference is None or dockerfile.stage(reference) not in sources:
                continue
            for at, word in enumerate(copy.words[:-1]):
                path = normpath(join("/", word.value))
                if is_within(target, path) or (_UNKNOWN.search(path) and _may_be_within(path, target)):
                    raise Refused(f"line {copy.location().line} copies {word.value}, which is more than one known file")
                if is_within(path, target):
                    yield CopiedOutput(copy, at, path)


def outputs_used_in_step(chain: Chain, first: int, folders: Folders) -> tuple[str, ...]:
    """Return the paths in the target folder that the step's commands use.

    Raises:
        Refused: A path is unknown or is the folder itself.
    """
    found: list[str] = []
    for at, command in enumerate(chain.commands):
        for word in command.words:
            if not _TARGET.search(word):
                continue
            text = word.strip("'\"")
            path = normpath(text if isabs(text) else join(folders.work, text))
            if at < first or _UNKNOWN.search(text) or path == folders.target or not is_within(path, folders.target):
                raise Refused(f"the step uses {word}, which is not one known compiled file")
            found.append(path)
    return tuple(found)


def mentions_target(text: str) -> bool:
    """Return whether a text contains a path with the name `target`."""
    return re.search(r"(?<![\w-])target(?![\w=-])", text) is not None


def _may_be_within(path: str, target: str) -> bool:
    fixed = _UNKNOWN.split(path)[0]
    return f"{target}/".startswith(fixed) or fixed.startswith(f"{target}/")
