"""What forbids a compile cache: each precondition a small function that raises `Refused` with the reason."""

from __future__ import annotations

import re
from posixpath import basename, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.context import copied_folders
from composevariant.dockerfile.ecosystems.cargo import COMPILES, COMPILES_NOTHING
from composevariant.dockerfile.places import destination, is_within, workdir_at
from composevariant.dockerfile.rungs.compile_outputs import names_target
from composevariant.dockerfile.rungs.steps import (
    HARMLESS,
    chain_of,
    check_plain,
    check_triggers,
    check_user,
    later,
    start_of,
)
from composevariant.errors import Refused

if TYPE_CHECKING:
    from composevariant.dockerfile.chains import Chain, Command
    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.rungs.steps import Step

_MOVED: Final = re.compile(
    r"CARGO_(?:BUILD_)?TARGET_DIR|--target-dir|--manifest-path|--(?:out|artifact)-dir|cargo[ \t]+clean"
)
_ANY_CARGO: Final = re.compile(r"(?<![\w/.-])cargo[ \t]+[^ \t]+")
_CHANGES_FOLDER: Final = frozenset(("cd", "popd", "pushd"))
_CD: Final = re.compile(r"cd[ \t]+([^\s$~'\"*?\\-][^\s$~'\"*?\\]*)")
_PATH: Final = re.compile(r"\bpath[ \t]*=[ \t]*[\"']([^\"']+)[\"']")


class Folders(NamedTuple):
    """Where a step compiles."""

    work: str
    """The working directory of the first command that compiles."""
    target: str
    sources: str


def compiling(chain: Chain) -> list[int]:
    """The commands, by number, that compile."""
    return [at for at, each in enumerate(chain.commands) if COMPILES.match(each.text, start_of(each))]


def check(step: Step, chain: Chain) -> Folders:
    """Check all preconditions; gives where the step compiles.

    Raises:
        Refused: the step cannot get the mount.
    """
    if step.work.order.many_platforms:
        raise Refused("it is built for several platforms, which would share what is compiled")
    if not chain.stops_at_failure:
        raise Refused("the step goes on when a command fails")
    check_user(step)
    check_triggers(step)
    _check_texts(step)
    if step.work.ships(step.stage):
        raise Refused("the image that is shipped is built on this step, and it would lose what is compiled")
    _check_other_steps(step)
    return _checked_folders(step, chain)


def check_layer(step: Step, chain: Chain) -> Folders:
    """The preconditions of a layer with what is compiled: nothing is lost, and nobody need be root.

    Raises:
        Refused: the step cannot do with it.
    """
    if not chain.stops_at_failure:
        raise Refused("the step goes on when a command fails")
    check_triggers(step)
    _check_texts(step)
    return _checked_folders(step, chain)


def _checked_folders(step: Step, chain: Chain) -> Folders:
    folders = _folders(step, chain)
    check_plain(*folders)
    _check_flags(step, folders.target)
    _check_sources(step, folders.sources)
    return folders


def _folders(step: Step, chain: Chain) -> Folders:
    start = workdir_at(step.work.dockerfile, step.stage, step.run)
    if start is None:
        raise Refused("its working directory cannot be told")
    folder, first = start, compiling(chain)[0]
    for at, command in enumerate(chain.commands):
        if command.words and command.words[0] in _CHANGES_FOLDER:
            found = _CD.fullmatch(command.text)
            if found is None or at > first:
                raise Refused("the step changes its folder in a way that is not known")
            folder = normpath(join(folder, found[1]))
    sources = start if is_within(folder, start) else folder
    if "/" in (folder, sources):
        raise Refused("it compiles in /, where everything would be touched")
    return Folders(folder, join(folder, "target"), sources)


def _check_texts(step: Step) -> None:
    dockerfile, context = step.work.dockerfile, step.work.order.context
    for stage in dockerfile.stages:
        for item in stage.instructions:
            moved = _MOVED.search(item.line.text)
            if moved:
                raise Refused(f"{moved[0]} in line {item.location().line} moves or empties what is compiled")
    instructions = tuple(each for part in dockerfile.lineage(step.stage) for each in part.instructions)
    for folder in copied_folders(instructions):
        for name in (".cargo/config.toml", ".cargo/config"):
            path = normpath(join(folder, name))
            if re.search(r"target-dir[ \t]*=", context.read_text(path) or ""):
                raise Refused(f"target-dir in {path} moves what is compiled")


def _check_other_steps(step: Step) -> None:
    dockerfile = step.work.dockerfile
    above = [each for part in dockerfile.lineage(step.stage) for each in part.instructions]
    below = list(later(step))
    for instruction in dict.fromkeys((*above, *below)):
        line = instruction.location().line
        if instruction.name in ("COPY", "ADD"):
            if instruction.words and names_target(instruction.words[-1].value):
                raise Refused(f"line {line} copies into target, where the mount would be")
        elif instruction.name == "RUN" and instruction is not step.run:
            if compiles(step, instruction):
                raise Refused(f"line {line} compiles as well, and target would be two things")
            if instruction in below and not _leaves_alone(step, instruction):
                raise Refused(f"the step in line {line} may need what is compiled")


def compiles(step: Step, run: Instruction) -> bool:
    """Whether a step compiles, or may do so."""
    chain = chain_of(step.work, run)
    if chain is None:
        return _ANY_CARGO.search(run.text) is not None
    return any(_may_compile(command) for command in chain.commands)


def _may_compile(command: Command) -> bool:
    at = start_of(command)
    if COMPILES.match(command.text, at):
        return True
    return _ANY_CARGO.search(command.text) is not None and COMPILES_NOTHING.match(command.text, at) is None


def _leaves_alone(step: Step, run: Instruction) -> bool:
    chain = chain_of(step.work, run)
    if chain is None or names_target(run.arguments.value):
        return False
    return all(not command.words or command.words[0] in HARMLESS for command in chain.commands)


def _check_flags(step: Step, target: str) -> None:
    for flag in step.run.flags:
        found = re.search(r"(?:target|dst|destination)=([^,]*)", flag.value)
        place = normpath(join("/", found[1])) if found else ""
        if "type=bind" in flag.value or (place and (is_within(place, target) or is_within(target, place))):
            raise Refused(f"the step has a mount already: {flag.value}")


def _check_sources(step: Step, folder: str) -> None:
    """All that was copied and may be compiled lies where it is touched."""
    dockerfile, context = step.work.dockerfile, step.work.order.context
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
                raise Refused(f"line {line} copies to a place outside of {folder}, where sources would not be touched")


def _check_packages(step: Step, copy: Instruction, place: str, folder: str) -> None:
    """The packages that a copied Cargo.toml names by their path are among what is touched."""
    if copy.flag("from") is not None:
        return
    for word in copy.words[:-1]:
        manifest = word.value if basename(word.value) == "Cargo.toml" else join(word.value, "Cargo.toml")
        text = step.work.order.context.read_text(normpath(manifest)) or ""
        for path in _PATH.findall(text):
            if not is_within(normpath(join(place, path)), folder):
                raise Refused(f"{normpath(manifest)} names {path}, whose sources would not be touched")
