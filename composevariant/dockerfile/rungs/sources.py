"""The `COPY` of the sources above a step, and the one of the manifests that takes its place."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from posixpath import dirname, isabs, join, normpath, relpath
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.places import destination, is_within, workdir_at
from composevariant.dockerfile.rungs.steps import chain_of, check_plain
from composevariant.errors import Refused

if TYPE_CHECKING:
    from composevariant.dockerfile.context import BuildContext
    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.rungs.steps import Step

_TOOLS: Final = (
    r"(?:python[0-9.]*[ \t]+-m[ \t]+)?pip[0-9.]*[ \t]+install[ \t]+(?:(?:-U|--upgrade|--no-cache-dir)[ \t]+)*"
    r"(?:(?:pip|setuptools|wheel|poetry|uv)(?:[=<>~]=?[\w.]+)?[ \t]*)+$"
)
NEEDS_NO_SOURCES: Final = re.compile(
    r"(?:set[ \t]+-|corepack[ \t]|apk[ \t]|apt(?:-get)?[ \t]|mkdir[ \t]"
    r"|npm[ \t]+(?:i|install)[ \t]+(?:-g|--global)[ \t]"
    rf"|(?:npm|pnpm|yarn|pip[0-9.]*|poetry)[ \t]+config[ \t]|{_TOOLS})"
)
"""What may stand before the install in its step, as it needs no sources."""
_KNOWN_FLAG: Final = re.compile(r"--(?:chmod|chown|link)(?=$|=)")
"""Others choose which files are copied, or where to: not so for the manifests alone."""
_UNCOPIED: Final = re.compile(r"[$*?\[]")


def sources_above(step: Step) -> Instruction | None:
    """The nearest `COPY` above a step that takes a whole folder of the context to where the step works."""
    dockerfile, own = step.work.dockerfile, step.stage.instructions
    folder = workdir_at(dockerfile, step.stage, step.run)
    for copy in reversed(own[: own.index(step.run)]):
        if copy.name not in ("ADD", "COPY") or copy.flag("from") is not None:
            continue
        place = destination(dockerfile, step.stage, copy)
        names = [word.value for word in copy.words[:-1]]
        is_folder = len(names) == 1 and not step.work.order.context.is_file(names[0]) and not _UNCOPIED.search(names[0])
        if folder is not None and place is not None and is_folder and is_within(folder, place):
            return copy
    return None


def check_between(step: Step, copy: Instruction, also: tuple[str, ...] = ()) -> None:
    """Nothing stands between the sources and the step that needs them, or changes what a command there would do."""
    own = step.stage.instructions
    if copy.json or copy.name != "COPY" or copy.heredocs or not all(map(_KNOWN_FLAG.match, _flags(copy))):
        raise Refused("the sources are copied in a way that is not known", copy.location())
    for each in own[own.index(copy) + 1 : own.index(step.run)]:
        line = each.location().line
        moves = each.name == "WORKDIR" and not isabs(copy.words[-1].value)
        sets = each.name in ("ARG", "ENV") and any("$" in flag for flag in _flags(copy))
        if moves or sets or each.name in ("ADD", "COPY", *also):
            raise Refused(f"line {line} stands between the sources and the step")
        if each.name == "RUN":
            chain = chain_of(step.work, each)
            if chain is None or not all(NEEDS_NO_SOURCES.match(command.text) for command in chain.commands):
                raise Refused(f"the step in line {line} may need the sources, and stands before the install")


def _flags(copy: Instruction) -> list[str]:
    return [flag.value for flag in copy.flags]


def source_folder(step: Step, copy: Instruction) -> str:
    """The folder of the context that is copied to where the step works."""
    return normpath(join(copy.words[0].value.lstrip("/") or ".", _below(step, copy)))


def _below(step: Step, copy: Instruction) -> str:
    place = destination(step.work.dockerfile, step.stage, copy) or "/"
    folder = workdir_at(step.work.dockerfile, step.stage, step.run) or "/"
    return relpath(folder, place.rstrip("/") or "/")


def copy_lines(step: Step, copy: Instruction, files: tuple[str, ...], projects: tuple[str, ...]) -> list[str]:
    """The `COPY` of some files of that folder, with the flags of the given one: a line for each folder.

    None are needed where a `COPY` before brings them all.

    Raises:
        Refused: a file is not sent to the engine, or one of `projects` makes a folder above the project's.
    """
    context, source, below = step.work.order.context, source_folder(step, copy), _below(step, copy)
    _check_above(context, copy.words[0].value, below, projects)
    paths = [normpath(join(source, name)) for name in files]
    for path in paths:
        if context.is_ignored(path):
            raise Refused(f"{path} is not sent to the engine: {context.ignore_file} leaves it out")
    target = copy.words[-1].value if below == "." else (workdir_at(step.work.dockerfile, step.stage, step.run) or "/")
    check_plain(*paths, target)
    if _are_there(step, copy, paths):
        return []
    flags = "".join(f"{copy.line.text[flag.begin : flag.end]} " for flag in copy.flags)
    folders: dict[str, list[str]] = {}
    for path, name in zip(paths, files, strict=True):
        folders.setdefault(dirname(normpath(name)), []).append(path)
    places = {each: join(target.rstrip("/") or "/", each).rstrip("/") for each in folders}
    return [f"COPY {flags}{' '.join(folders[each])} {places[each]}/" for each in folders]


def _are_there(step: Step, copy: Instruction, paths: list[str]) -> bool:
    """Whether the instruction before copies all of them to where the step works, by name or by pattern."""
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
    """Folders above, whose files come with the sources as well, are no project that this one is a part of."""
    folder = normpath(source.lstrip("/") or ".")
    for part in below.split("/") if below != "." else ():
        found = next((name for name in projects if context.is_file(join(folder, name))), "")
        if found:
            raise Refused(f"{normpath(join(folder, found))} may be of the project as well")
        folder = join(folder, part)
