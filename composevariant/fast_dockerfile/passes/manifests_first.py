"""Copy the manifests, install the dependencies, and copy the sources only afterwards.

The `COPY` of the sources moves below the step that installs, and a `COPY` of the manifests takes its place. A change to
the sources then does not invalidate the layer with the dependencies. If the given command also needs the sources, a
command that does not need them is added before it.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from itertools import takewhile
from posixpath import dirname, isabs, join, normpath, relpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile import destination, is_within, workdir_at
from composevariant.errors import Refused
from composevariant.fast_dockerfile.ecosystems.all import CACHES, MANIFESTS
from composevariant.fast_dockerfile.ecosystems.ecosystem import Project
from composevariant.fast_dockerfile.passes.base import Applied, Skipped
from composevariant.fast_dockerfile.passes.steps import Step, check_plain, check_triggers, run_chain, start_of, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile import BuildContext, Chain, Instruction
    from composevariant.fast_dockerfile.ecosystems.ecosystem import Manifests
    from composevariant.fast_dockerfile.passes.base import PassInput

NAME: Final = "manifests first"
_NAMES_FILES: Final = re.compile(
    r"\b(?:PIP_(?:CONSTRAINT|FIND_LINKS|REQUIREMENT)|UV_(?:BUILD_CONSTRAINT|CONFIG_FILE|CONSTRAINT|FIND_LINKS|OVERRIDE)"
    r"|NODE_OPTIONS|NPM_CONFIG_\w*CONFIG|npm_config_\w*config|MAVEN_ARGS|GOFLAGS)\b"
)
"""A pattern for variables that may name a source file."""
_CACHES: Final = r"(?:(?:/root|~|\$HOME|\$\{HOME\})/\.(?:cache|npm|yarn)|/tmp|/var/cache|/var/lib/apt/lists)(?![\w.-])"
_EMPTIES: Final = re.compile(rf"rm(?:[ \t]+-\w+)*(?:[ \t]+{_CACHES}[^ \t]*)+")
_REMOVES: Final = re.compile(
    r"^(?:rm|rmdir)(?![^ \t])|\b(?:autoremove|clean|del|prune|purge|remove|uninstall)(?![^ \t])|--(?:omit|prod)"
)
_KEPT_BY_SHELL: Final = re.compile(r"(?:cd|export|set|source|\.|umask|pushd|alias|unset)(?![^ \t])|\w+=[^ \t]*$")


class _Plan(NamedTuple):
    """How to swap a step and the `COPY` of the sources before it."""

    copy: Instruction
    lines: list[str]
    """The `COPY` lines of the manifests, one for each folder."""
    at: int
    """The number of the command that installs."""
    first: str
    """A command to add before the sources, or an empty string if the step itself moves there."""


def put_manifests_first(work: PassInput) -> Iterator[Applied | Skipped]:
    """Put manifests before sources for each step that installs after the sources, and yield the results."""
    moved: set[Instruction] = set()
    for step in steps(work):
        copy = sources_above(step)
        if copy is None or copy in moved or step.chain is None:
            continue
        for manifests in MANIFESTS:
            at = _installing(step.chain, manifests)
            if at is None or _is_first_already(step, copy, manifests):
                continue
            try:
                with work.rewriting.all_or_nothing():
                    _rewrite(step, step.chain, _plan(step, step.chain, copy, manifests, at))
            except Refused as refused:
                yield Skipped(NAME, f"{manifests.ecosystem}: {refused.message}", step.run.location())
            else:
                moved.add(copy)
                yield Applied(NAME, manifests.ecosystem, step.run.location())
                break


def _installing(chain: Chain, manifests: Manifests) -> int | None:
    found = (at for at, each in enumerate(chain.commands) if manifests.installs.fullmatch(each.text, start_of(each)))
    return next(found, None)


def _is_first_already(step: Step, copy: Instruction, manifests: Manifests) -> bool:
    """Return whether a step above the sources already installs the dependencies."""
    above = [each for stage in step.work.dockerfile.lineage(step.stage) for each in stage.instructions]
    for each in above[: above.index(copy)]:
        chain = run_chain(step.work, each)
        if chain and any(manifests.installs.match(command.text, start_of(command)) for command in chain.commands):
            return True
    return False


def _plan(step: Step, chain: Chain, copy: Instruction, manifests: Manifests, at: int) -> _Plan:
    check_triggers(step)
    check_between_copy_and_step(step, copy)
    _check_variables(step)
    command = chain.commands[at]
    assigned, text = command.text[: start_of(command)], command.text[start_of(command) :]
    first = manifests.first(text)
    differs = first != text
    if differs and manifests.adds and step.work.ships(step.stage):
        raise Refused(f"the final image would contain everything that {first} downloads")
    if differs and at:
        raise Refused("other commands run before it in the same step")
    for other in chain.commands[:at]:
        if not NEEDS_NO_SOURCES.match(other.text):
            raise Refused(f"{other.words[0]} runs before it in the same step and may need the sources")
    if not differs:
        at = _with_cleanup(chain, at)
        _check_rest(step, chain, at)
    lines = _copy_lines(step, copy, manifests, text)
    return _Plan(copy, lines, at, f"{assigned}{first}" if differs else "")


def _with_cleanup(chain: Chain, at: int) -> int:
    """Return the number of the install's last command, including subsequent commands that only empty a cache."""
    patterns = (_EMPTIES, *(each.emptied_by for each in CACHES if each.emptied_by))
    rest = [command.text for command in chain.commands[at + 1 :]]
    return at + len(list(takewhile(lambda text: any(each.fullmatch(text) for each in patterns), rest)))


def _check_rest(step: Step, chain: Chain, at: int) -> None:
    """Refuse if the rest of the step cannot become a separate step.

    This is the case if the rest needs the state of the shell or would remove files from an earlier layer.
    """
    rest = chain.commands[at + 1 :]
    if rest and any(_KEPT_BY_SHELL.match(each.text) for each in chain.commands[:at]):
        raise Refused("the rest of the step needs the shell state of the commands before it")
    removing = next((each.text for each in rest if _REMOVES.search(each.text)), "")
    if removing and step.work.ships(step.stage):
        raise Refused(f"the files that {removing} removes would stay in a layer of the final image")


def _check_variables(step: Step) -> None:
    for stage in step.work.dockerfile.lineage(step.stage):
        for each in stage.instructions:
            sets = each.name in ("ARG", "ENV") or each is step.run
            if sets and (found := _NAMES_FILES.search(each.arguments.value)):
                raise Refused(f"{found[0]} in line {each.location().line} may name a source file")


def _copy_lines(step: Step, copy: Instruction, manifests: Manifests, command: str) -> list[str]:
    context, source = step.work.request.context, source_folder(step, copy)
    files = manifests.files(Project(context, source), command)
    for name in manifests.results:
        result = normpath(join(source, name))
        if not context.is_ignored(result):
            raise Refused(
                f"{result} is not in .dockerignore: copying the sources later could overwrite the installed packages"
            )
    return copy_lines(step, copy, files, manifests.projects)


def _rewrite(step: Step, chain: Chain, plan: _Plan) -> None:
    rewriting, run = step.work.rewriting, step.run
    if plan.lines:
        rewriting.insert_before(plan.copy, plan.lines, above_comments=True)
    if plan.first:
        flags = "".join(f"{run.line.text[flag.begin : flag.end]} " for flag in run.flags)
        rewriting.insert_before(run, [f"RUN {flags}{plan.first}"], above_comments=True)
        rewriting.move_before(plan.copy, run)
    else:
        last = plan.at + 1 == len(chain.commands)
        rewriting.move_after(plan.copy, run, None if last else plan.at)


# The `COPY` of the sources above a step, and the `COPY` of the manifests that takes its place.

_TOOLS: Final = (
    r"(?:python[0-9.]*[ \t]+-m[ \t]+)?pip[0-9.]*[ \t]+install[ \t]+(?:(?:-U|--upgrade|--no-cache-dir)[ \t]+)*"
    r"(?:(?:pip|setuptools|wheel|poetry|uv)(?:[=<>~]=?[\w.]+)?[ \t]*)+$"
)
NEEDS_NO_SOURCES: Final = re.compile(
    r"(?:set[ \t]+-|corepack[ \t]|apk[ \t]|apt(?:-get)?[ \t]|mkdir[ \t]"
    r"|npm[ \t]+(?:i|install)[ \t]+(?:-g|--global)[ \t]"
    rf"|(?:npm|pnpm|yarn|pip[0-9.]*|poetry)[ \t]+config[ \t]|{_TOOLS})"
)
"""A pattern for commands that need no sources and so may precede the install command in its step."""
_KNOWN_FLAG: Final = re.compile(r"--(?:chmod|chown|link)(?=$|=)")
"""A pattern for the flags that can be kept. Other flags select files or targets, and may not suit the manifests."""
_UNCOPIED: Final = re.compile(r"[$*?\[]")


def sources_above(step: Step) -> Instruction | None:
    """Return the nearest `COPY` above a step that copies a whole context folder to the working directory."""
    dockerfile, own = step.work.dockerfile, step.stage.instructions
    folder = workdir_at(dockerfile, step.stage, step.run)
    for copy in reversed(own[: own.index(step.run)]):
        if copy.name not in ("ADD", "COPY") or copy.flag("from") is not None:
            continue
        place = destination(dockerfile, step.stage, copy)
        names = [word.value for word in copy.words[:-1]]
        is_folder = (
            len(names) == 1 and not step.work.request.context.is_file(names[0]) and not _UNCOPIED.search(names[0])
        )
        if folder is not None and place is not None and is_folder and is_within(folder, place):
            return copy
    return None


def check_between_copy_and_step(step: Step, copy: Instruction, also: tuple[str, ...] = ()) -> None:
    """Refuse if an instruction between the sources and the step depends on their order."""
    own = step.stage.instructions
    if copy.json or copy.name != "COPY" or copy.heredocs or not all(map(_KNOWN_FLAG.match, _flags(copy))):
        raise Refused("the sources are copied in an unknown way", copy.location())
    for each in own[own.index(copy) + 1 : own.index(step.run)]:
        line = each.location().line
        moves = each.name == "WORKDIR" and not isabs(copy.words[-1].value)
        sets = each.name in ("ARG", "ENV") and any("$" in flag for flag in _flags(copy))
        if moves or sets or each.name in ("ADD", "COPY", *also):
            raise Refused(f"line {line} is between the sources and the step")
        if each.name == "RUN":
            chain = run_chain(step.work, each)
            if chain is None or not all(NEEDS_NO_SOURCES.match(command.text) for command in chain.commands):
                raise Refused(f"the step in line {line} runs before the install and may need the sources")


def _flags(copy: Instruction) -> list[str]:
    return [flag.value for flag in copy.flags]


def source_folder(step: Step, copy: Instruction) -> str:
    """Return the context folder that is copied to the working directory of the step."""
    return normpath(join(copy.words[0].value.lstrip("/") or ".", _below(step, copy)))


def _below(step: Step, copy: Instruction) -> str:
    place = destination(step.work.dockerfile, step.stage, copy) or "/"
    folder = workdir_at(step.work.dockerfile, step.stage, step.run) or "/"
    return relpath(folder, place.rstrip("/") or "/")


def copy_lines(step: Step, copy: Instruction, files: tuple[str, ...], projects: tuple[str, ...]) -> list[str]:
    """Return `COPY` lines for some files in the folder that `copy` copies, one for each subfolder, with its flags.

    The result is empty if the preceding `COPY` already copies all of these files.

    Raises:
        Refused: A file is ignored, or one of `projects` exists in a parent folder.
    """
    context, source, below = step.work.request.context, source_folder(step, copy), _below(step, copy)
    _check_above(context, copy.words[0].value, below, projects)
    paths = [normpath(join(source, name)) for name in files]
    for path in paths:
        if context.is_ignored(path):
            raise Refused(f"{path} is not in the build context: {context.ignore_file} excludes it")
    target = copy.words[-1].value if below == "." else (workdir_at(step.work.dockerfile, step.stage, step.run) or "/")
    check_plain(*paths, target)
    if _are_copied_already(step, copy, paths):
        return []
    flags = "".join(f"{copy.line.text[flag.begin : flag.end]} " for flag in copy.flags)
    folders: dict[str, list[str]] = {}
    for path, name in zip(paths, files, strict=True):
        folders.setdefault(dirname(normpath(name)), []).append(path)
    places = {each: join(target.rstrip("/") or "/", each).rstrip("/") for each in folders}
    return [f"COPY {flags}{' '.join(folders[each])} {places[each]}/" for each in folders]


def _are_copied_already(step: Step, copy: Instruction, paths: list[str]) -> bool:
    """Return whether the preceding instruction copies all paths to the working directory, by name or by pattern."""
    own = step.stage.instructions
    before = own[max(own.index(copy) - 1, 0)]
    if (
        before.name != "COPY"
        or before.flag("from") is not None
        or [flag.value for flag in before.flags] != [flag.value for flag in copy.flags]
    ):
        return False
    folder = workdir_at(step.work.dockerfile, step.stage, step.run) or "/"
    place = destination(step.work.dockerfile, step.stage, before) or ""
    patterns = [normpath(word.value.lstrip("/")) for word in before.words[:-1]]
    covered = all(any(fnmatchcase(path, pattern) for pattern in patterns) for path in paths)
    return covered and place == f"{folder.rstrip('/')}/" and len({dirname(path) for path in paths}) == 1


def _check_above(context: BuildContext, source: str, below: str, projects: tuple[str, ...]) -> None:
    """Refuse if a copied parent folder may be the root of the same project."""
    folder = normpath(source.lstrip("/") or ".")
    for part in below.split("/") if below != "." else ():
        found = next((name for name in projects if context.is_file(join(folder, name))), "")
        if found:
            raise Refused(f"{normpath(join(folder, found))} may belong to the same project")
        folder = join(folder, part)
