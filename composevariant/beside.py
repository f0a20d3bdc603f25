"""The files that are written beside a variant, such as the configuration of a sidecar, and how they stand."""

from __future__ import annotations

from posixpath import dirname, join
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.disk import BOM, Written
from composevariant.errors import Refused, UnusableInput
from composevariant.header import beside_text, body_beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.disk import ProjectFiles
    from composevariant.operations.outcome import Beside
    from composevariant.source import Location

_OWN_FILES: Final = "give one of them `config: inline`, or a file of its own"
_IGNORE_FILE: Final = ".dockerignore"
"""A fast Dockerfile needs a copy of its own: one that somebody made by hand is as good as ours."""
BesideState = Literal["up to date", "missing", "outdated", "not ours"]


class BesideFile(NamedTuple):
    """A file to be written beside a variant, and the one that is there."""

    path: str
    text: str
    state: BesideState
    existing: str | None
    made_of: str = ""
    """The file whose mode and byte order mark it gets; "" for a configuration."""
    update: str = ""
    """The command that writes it, where that is not the one that writes the variant."""


def beside_files(files: ProjectFiles, base: str, wanted: Sequence[Beside]) -> tuple[BesideFile, ...]:
    """The files that belong to a variant of this base."""
    found: list[BesideFile] = []
    for file in wanted:
        path = join(dirname(base), file.path)
        text = file.text if file.made_of else beside_text(base, file.text)
        source = files.read(path)
        there = source.text if source else None
        made_of = join(dirname(base), file.made_of) if file.made_of else ""
        copied = files.read(made_of) if path.endswith(_IGNORE_FILE) and there else None
        state = "outdated" if copied and copied.text == there != text else _state(text, there, made_of)
        found.append(BesideFile(path, text, state, there, made_of, file.update))
    return tuple(found)


def to_write(files: ProjectFiles, file: BesideFile) -> Written:
    """The file as it is written: with the byte order mark of what it was made of."""
    mark = BOM if file.made_of and files.has_bom(file.made_of) else ""
    return Written(file.path, mark + file.text, file.made_of)


def _state(text: str, there: str | None, made_of: str) -> BesideState:
    if there is None:
        return "missing"
    if there.replace("\r\n", "\n") == text.replace("\r\n", "\n"):
        return "up to date"
    if not made_of:
        return "outdated" if body_beside(there) is not None else "not ours"
    from composevariant.dockerfile.fast import is_untouched
    from composevariant.dockerfile.rungs.sidecar_out import is_untouched_extra

    return "outdated" if is_untouched(there) or is_untouched_extra(there) else "not ours"


def beside_refusal(file: BesideFile) -> Refused:
    """Why a file that we did not write, or that was edited since, is not overwritten."""
    what = f"{file.path} was not made by composevariant, or was edited since, and is not overwritten"
    if file.made_of:
        return Refused(what, None, "move it away to have it made; --force overwrites it and keeps a copy")
    hint = f"name it as `config: ./{file.path}` under add, or move it away; --force overwrites it and keeps a copy"
    return Refused(what, None, hint)


def beside_clashes(owners: Sequence[tuple[str, Location | None, Sequence[BesideFile]]]) -> Iterator[UnusableInput]:
    """Two variants that would write different texts to one file. `owners` are variants by name, with their files."""
    first: dict[str, tuple[str, str]] = {}
    for name, location, files in owners:
        for file in files:
            if file.update:
                continue
            other, text = first.setdefault(file.path, (name, file.text))
            if text != file.text:
                what = "Dockerfiles" if file.made_of else "configurations"
                hint = "let both strip the same sidecars" if file.made_of else _OWN_FILES
                yield UnusableInput(f"{name} and {other} would write different {what} to {file.path}", location, hint)
