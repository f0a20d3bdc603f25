"""Scripts and configurations of supervisors that a Dockerfile copies: looked at in the context, replaced by others."""

from __future__ import annotations

import json
from posixpath import basename, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.fast_dockerfile.embedded.copies import copies
from composevariant.fast_dockerfile.embedded.marks import Change, NewFile, Piece
from composevariant.fast_dockerfile.embedded.scripts import (
    Edited,
    is_supervisor,
    procfile_without,
    script_without,
    supervisor_without,
)
from composevariant.source import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.dockerfile import BuildContext, Instruction
    from composevariant.fast_dockerfile.embedded.copies import Copied
    from composevariant.fast_dockerfile.embedded.marks import Marks

_TELLING: Final = (".sh", ".bash", ".conf", ".ini", ".cfg")
_NAMES: Final = ("Procfile", "run", "entrypoint", "docker-entrypoint", "start")
_SUPERVISED: Final = (
    "/etc/services.d/{}/run",
    "/etc/s6-overlay/s6-rc.d/{}/run",
    "/etc/service/{}/run",
    "/etc/sv/{}/run",
    "/etc/supervisor/conf.d/{}.conf",
    "/etc/cont-init.d/{}",
)
SUFFIX: Final = ".fast"


class Wrapper(NamedTuple):
    """A file of the build context that starts things in the image."""

    copied: Copied
    path: str
    """In the context."""
    target: str
    """In the image."""
    edited: Edited


class Wrappers(NamedTuple):
    """What the copied files have of the sidecar, and what they become."""

    changes: tuple[Change, ...] = ()
    pieces: tuple[Piece, ...] = ()
    files: tuple[NewFile, ...] = ()


def wrappers(
    instructions: Iterable[Instruction], named: Iterable[str], context: BuildContext, marks: Marks
) -> Wrappers:
    """Look at everything that an image's instructions copy and that may start a sidecar.

    Args:
        instructions: Those of the stage that becomes the image, and of those it builds on, without those that go.
        named: Places in the image that `CMD` and `ENTRYPOINT` name.
        context: Where the files are.
        marks: By what the sidecar is known.
    """
    copied = list(copies(instructions))
    found = {each.target: each for each in _found(copied, named, context, marks)}
    told = [each for each in found.values() if each.edited.pieces]
    pieces = [*_pieces(told, context), *_supervised(copied, context, marks)]
    files = {each.path: NewFile(_beside(each.path), each.edited.text, each.path) for each in told}
    return Wrappers(tuple(_changes(told)), tuple(pieces), tuple(files.values()))


def _beside(path: str) -> str:
    """The file that takes the place of one; a file that was made already is made again."""
    return path if path.endswith(SUFFIX) else path + SUFFIX


def _found(copied: list[Copied], named: Iterable[str], context: BuildContext, marks: Marks) -> Iterator[Wrapper]:
    for each in copied:
        standard = each.source.removesuffix(SUFFIX)
        path = normpath(each.source.lstrip("/"))
        if standard.endswith(_TELLING) or basename(standard) in _NAMES:
            edited = _edited(path, context.read_text(path), marks)
            if edited is not None:
                yield Wrapper(each, path, each.as_file, edited)
    for place in named:
        paths = [(each, path) for each in reversed(copied) for path in each.source_at(place)]
        there = next(((each, path) for each, path in paths if context.is_file(path)), None)
        if there is not None:
            text = context.read_text(there[1])
            edited = _edited(there[1], text, marks) or _plain(text, marks)
            if edited is not None:
                yield Wrapper(*there, place, edited)


def _edited(path: str, text: str | None, marks: Marks) -> Edited | None:
    """A file without the sidecar; None for what is neither a shell script nor a supervisor's."""
    standard = path.removesuffix(SUFFIX)
    if text is None:
        return None
    if is_supervisor(text):
        return supervisor_without(text, marks)
    if basename(standard) == "Procfile":
        return procfile_without(text, marks)
    if standard.endswith((".sh", ".bash")) or (text.startswith("#!") and "sh" in text.partition("\n")[0]):
        return script_without(text, marks)
    return None


def _plain(text: str | None, marks: Marks) -> Edited | None:
    """What is started and does not say how is a shell script, as `execve` has it."""
    return None if text is None or text.startswith("#!") else script_without(text, marks)


def _pieces(told: list[Wrapper], context: BuildContext) -> Iterator[Piece]:
    for each in told:
        for piece in each.edited.pieces:
            place = Location(normpath(join(context.folder, each.path)), piece.line, 1)
            yield Piece(piece.kind, piece.program, place, piece.reason)


def _supervised(copied: list[Copied], context: BuildContext, marks: Marks) -> Iterator[Piece]:
    """What a supervisor finds in a folder that is copied as a whole, from which no file can be left out."""
    for word in marks.embedded.words:
        for place in (pattern.format(word) for pattern in _SUPERVISED):
            for each in copied:
                for path in each.source_at(place):
                    if path != normpath(each.source.lstrip("/")) and context.is_file(path):
                        where = Location(normpath(join(context.folder, path)), 1, 1)
                        yield Piece("start", basename(path), where, f"is copied with the folder {each.source}")


def _changes(told: list[Wrapper]) -> Iterator[Change]:
    by_instruction: dict[Instruction, list[Wrapper]] = {}
    for each in told:
        by_instruction.setdefault(each.copied.instruction, []).append(each)
    for instruction, found in by_instruction.items():
        first = found[0]
        target = instruction.words[-1].value
        if not instruction.words[2:] and first.path == normpath(first.copied.source.lstrip("/")):
            kept = target if first.target == first.copied.as_folder and not target.endswith("/") else first.target
            yield Change(instruction, (), arguments=_arguments(_beside(first.path), kept, json_form=instruction.json))
        else:
            yield Change(instruction, (), behind=tuple(_line(instruction, each) for each in found))


def _arguments(source: str, target: str, *, json_form: bool) -> str:
    blank = any(" " in each for each in (source, target))
    return json.dumps([source, target], ensure_ascii=False) if json_form or blank else f"{source} {target}"


def _line(instruction: Instruction, wrapper: Wrapper) -> str:
    flags = [flag.value for flag in instruction.flags if flag.value.startswith(("--chown=", "--chmod="))]
    arguments = _arguments(_beside(wrapper.path), wrapper.target, json_form=False)
    return " ".join(("COPY", *flags, arguments))
