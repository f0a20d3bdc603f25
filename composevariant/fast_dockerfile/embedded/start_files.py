"""Search copied scripts and supervisor configurations for a sidecar, and replace them with copies that omit it."""

from __future__ import annotations

import json
from posixpath import basename, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.fast_dockerfile.embedded.copies import context_copies
from composevariant.fast_dockerfile.embedded.findings import Change, Finding, NewFile
from composevariant.fast_dockerfile.embedded.scripts import (
    EditedFile,
    edit_procfile,
    edit_script,
    edit_supervisor_config,
    is_supervisor,
)
from composevariant.source import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.dockerfile import BuildContext, Instruction
    from composevariant.fast_dockerfile.embedded.copies import CopiedSource
    from composevariant.fast_dockerfile.embedded.findings import SidecarMatcher

_SUFFIXES: Final = (".sh", ".bash", ".conf", ".ini", ".cfg")
_NAMES: Final = ("Procfile", "run", "entrypoint", "docker-entrypoint", "start")
_SERVICE_PLACES: Final = (
    "/etc/services.d/{}/run",
    "/etc/s6-overlay/s6-rc.d/{}/run",
    "/etc/service/{}/run",
    "/etc/sv/{}/run",
    "/etc/supervisor/conf.d/{}.conf",
    "/etc/cont-init.d/{}",
)
SUFFIX: Final = ".fast"


class StartFile(NamedTuple):
    """A context file that starts programs in the image."""

    copied: CopiedSource
    path: str
    """The path in the context."""
    target: str
    """The path in the image."""
    edited: EditedFile


class StartFiles(NamedTuple):
    """The findings in all copied files, and the changes that replace the files."""

    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    files: tuple[NewFile, ...] = ()


def inspect_start_files(
    instructions: Iterable[Instruction], named: Iterable[str], context: BuildContext, matcher: SidecarMatcher
) -> StartFiles:
    """Search all copied files that may start a sidecar.

    Args:
        instructions: The remaining instructions of the stage and of the stages that it builds on.
        named: The paths in the image that `CMD` and `ENTRYPOINT` name.
        context: The build context with the files.
        matcher: Recognises the sidecar.
    """
    copied = list(context_copies(instructions))
    found = {each.target: each for each in _start_files(copied, named, context, matcher)}
    relevant = [each for each in found.values() if each.edited.findings]
    findings = [*_pieces(relevant, context), *_services_in_folders(copied, context, matcher)]
    files = {each.path: NewFile(_replacement_path(each.path), each.edited.text, each.path) for each in relevant}
    return StartFiles(tuple(_changes(relevant)), tuple(findings), tuple(files.values()))


def _replacement_path(path: str) -> str:
    """Return the path of the replacement. A file that is already a replacement is written again."""
    return path if path.endswith(SUFFIX) else path + SUFFIX


def _start_files(
    copied: list[CopiedSource], named: Iterable[str], context: BuildContext, matcher: SidecarMatcher
) -> Iterator[StartFile]:
    for each in copied:
        standard = each.source.removesuffix(SUFFIX)
        path = normpath(each.source.lstrip("/"))
        if standard.endswith(_SUFFIXES) or basename(standard) in _NAMES:
            edited = _edit(path, context.read_text(path), matcher)
            if edited is not None:
                yield StartFile(each, path, each.as_file, edited)
    for place in named:
        paths = [(each, path) for each in reversed(copied) for path in each.source_at(place)]
        there = next(((each, path) for each, path in paths if context.is_file(path)), None)
        if there is not None:
            text = context.read_text(there[1])
            edited = _edit(there[1], text, matcher) or _edit_plain(text, matcher)
            if edited is not None:
                yield StartFile(*there, place, edited)


def _edit(path: str, text: str | None, matcher: SidecarMatcher) -> EditedFile | None:
    """Return the file without the sidecar, or None if its format is not supported."""
    standard = path.removesuffix(SUFFIX)
    if text is None:
        return None
    if is_supervisor(text):
        return edit_supervisor_config(text, matcher)
    if basename(standard) == "Procfile":
        return edit_procfile(text, matcher)
    if standard.endswith((".sh", ".bash")) or (text.startswith("#!") and "sh" in text.partition("\n")[0]):
        return edit_script(text, matcher)
    return None


def _edit_plain(text: str | None, matcher: SidecarMatcher) -> EditedFile | None:
    """Edit a started file without `#!` as a shell script, because shells run such files themselves."""
    return None if text is None or text.startswith("#!") else edit_script(text, matcher)


def _pieces(relevant: list[StartFile], context: BuildContext) -> Iterator[Finding]:
    for each in relevant:
        for finding in each.edited.findings:
            place = Location(normpath(join(context.folder, each.path)), finding.line, 1)
            yield Finding(finding.kind, finding.program, place, finding.reason)


def _services_in_folders(
    copied: list[CopiedSource], context: BuildContext, matcher: SidecarMatcher
) -> Iterator[Finding]:
    """Yield findings for service files in a folder that is copied as a whole, so that no file can be excluded."""
    for word in matcher.embedded.words:
        for place in (pattern.format(word) for pattern in _SERVICE_PLACES):
            for each in copied:
                for path in each.source_at(place):
                    if path != normpath(each.source.lstrip("/")) and context.is_file(path):
                        where = Location(normpath(join(context.folder, path)), 1, 1)
                        yield Finding("start", basename(path), where, f"it is in the copied folder {each.source}")


def _changes(relevant: list[StartFile]) -> Iterator[Change]:
    by_instruction: dict[Instruction, list[StartFile]] = {}
    for each in relevant:
        by_instruction.setdefault(each.copied.instruction, []).append(each)
    for instruction, found in by_instruction.items():
        first = found[0]
        target = instruction.words[-1].value
        if not instruction.words[2:] and first.path == normpath(first.copied.source.lstrip("/")):
            kept = target if first.target == first.copied.as_folder and not target.endswith("/") else first.target
            yield Change(
                instruction, (), arguments=_arguments(_replacement_path(first.path), kept, json_form=instruction.json)
            )
        else:
            yield Change(instruction, (), lines_after=tuple(_copy_line(instruction, each) for each in found))


def _arguments(source: str, target: str, *, json_form: bool) -> str:
    blank = any(" " in each for each in (source, target))
    return json.dumps([source, target], ensure_ascii=False) if json_form or blank else f"{source} {target}"


def _copy_line(instruction: Instruction, wrapper: StartFile) -> str:
    flags = [flag.value for flag in instruction.flags if flag.value.startswith(("--chown=", "--chmod="))]
    arguments = _arguments(_replacement_path(wrapper.path), wrapper.target, json_form=False)
    return " ".join(("COPY", *flags, arguments))
