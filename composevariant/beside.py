"""The files that are written beside a variant, such as the configuration of a sidecar, and how they stand."""

from __future__ import annotations

from posixpath import dirname, join
from typing import TYPE_CHECKING, Literal, NamedTuple

from composevariant.errors import Refused, UnusableInput
from composevariant.header import beside_text, body_beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.files import ProjectFiles
    from composevariant.operations.outcome import Beside
    from composevariant.source import Location

BesideState = Literal["up to date", "missing", "outdated", "not ours"]


class BesideFile(NamedTuple):
    """A file to be written beside a variant, and the one that is there."""

    path: str
    text: str
    state: BesideState
    existing: str | None


def beside_files(files: ProjectFiles, base: str, wanted: Sequence[Beside]) -> tuple[BesideFile, ...]:
    """The files that belong to a variant of this base."""
    found: list[BesideFile] = []
    for file in wanted:
        path = join(dirname(base), file.path)
        text = beside_text(base, file.text)
        there = files.read(path)
        found.append(BesideFile(path, text, _state(text, there.text if there else None), there.text if there else None))
    return tuple(found)


def _state(text: str, there: str | None) -> BesideState:
    if there is None:
        return "missing"
    if there.replace("\r\n", "\n") == text:
        return "up to date"
    return "outdated" if body_beside(there) is not None else "not ours"


def beside_refusal(file: BesideFile) -> Refused:
    """Why a file that we did not write, or that was edited since, is not overwritten."""
    what = f"{file.path} was not made by composevariant, or was edited since, and is not overwritten"
    hint = f"name it as `config: ./{file.path}` under add, or move it away; --force overwrites it and keeps a copy"
    return Refused(what, None, hint)


def beside_clashes(owners: Sequence[tuple[str, Location | None, Sequence[BesideFile]]]) -> Iterator[UnusableInput]:
    """Two variants that would write different texts to one file. `owners` are variants by name, with their files."""
    first: dict[str, tuple[str, str]] = {}
    for name, location, files in owners:
        for file in files:
            other, text = first.setdefault(file.path, (name, file.text))
            if text != file.text:
                what = f"{name} and {other} would write different configurations to {file.path}"
                yield UnusableInput(what, location, "give one of them `config: inline`, or a file of its own")
