"""Writing the files of variants: all or none, and never over something that we did not write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.disk import BOM, Written
from composevariant.drift.ancestor import kept_copies
from composevariant.errors import Refused, raise_all
from composevariant.header import read_generated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.beside import BesideFile
    from composevariant.disk import ProjectFiles
    from composevariant.migration import Migration
    from composevariant.workshop import Workshop


def write(workshop: Workshop, plans: Sequence[Migration], *, force: bool) -> list[Written]:
    """Write the files that are not up to date, all or none; gives what was written, kept copies included.

    With `force`, a file that holds something we did not write is kept beside as `<name>.orig`, or under the next name
    that is free: an earlier one may hold the only copy of another edit.

    Raises:
        Refused: without `force`, such a file is in the way.
        UnusableInput: a file cannot be written.
    """
    protected = [planned for planned in plans if planned.standing.is_protected and not planned.keeps_edits]
    beside = _beside(plans)
    raise_all([*(refusal(each) for each in protected if not force), *(_beside_refusals(beside) if not force else ())])
    outdated = [planned for planned in plans if planned.standing.state != "up to date"]
    kept = [copy for planned in protected for copy in _kept(workshop.files, planned.output)]
    new = [
        Written(planned.output, planned.text, mode_of="" if planned.existing else workshop.base.name)
        for planned in outdated
    ]
    kept += [copy for file in beside if file.state == "not ours" for copy in _kept(workshop.files, file.path)]
    if beside:
        from composevariant.beside import to_write

        new += [to_write(workshop.files, file) for file in beside]
    raise_all([_overtaken(planned) for planned in outdated if not _is_as_planned(workshop.files, planned)])
    for planned in plans:
        workshop.files.clean(planned.output)
    bodies = ((planned.variant.name, planned.generated) for planned in outdated)
    workshop.files.write([*kept, *new, *kept_copies(workshop.files, bodies)])
    return [*kept, *new]


def _beside(plans: Sequence[Migration]) -> list[BesideFile]:
    """The files beside the variants that are to be written, each once."""
    every = (file for planned in plans for file in planned.beside)
    return list({file.path: file for file in every if file.state != "up to date" and not file.update}.values())


def _beside_refusals(files: Sequence[BesideFile]) -> list[Refused]:
    foreign = [file for file in files if file.state == "not ours"]
    if not foreign:
        return []
    from composevariant.beside import beside_refusal

    return [beside_refusal(file) for file in foreign]


def _is_as_planned(files: ProjectFiles, planned: Migration) -> bool:
    """Whether nobody has written the output since it was read."""
    source = files.read(planned.output)
    if source is None or planned.existing is None:
        return source is None and planned.existing is None
    generated = read_generated(source.text)
    return planned.existing == (generated.body if generated else source.text)


def _overtaken(planned: Migration) -> Refused:
    return Refused(f"{planned.output} was written by somebody else just now", None, "run again to see what it holds")


def _kept(files: ProjectFiles, path: str) -> Iterator[Written]:
    """The file as it is there, to be written beside under a name that is free."""
    there = files.read(path)
    if there is None:
        return
    text = (BOM if files.has_bom(path) else "") + there.text
    name, number = f"{path}.orig", 1
    while files.is_file(name):
        number += 1
        name = f"{path}.orig.{number}"
    yield Written(name, text, mode_of=path)


def refusal(planned: Migration) -> Refused:
    """Why a file that holds something we did not write is not overwritten."""
    why = {
        "foreign file": "was not made by composevariant",
        "hand-edited": "was edited by hand",
        "reformatted": "was reformatted since composevariant wrote it",
    }[planned.standing.state]
    ways = "put the change into the base or an overlay"
    if planned.standing.state != "foreign file":
        ways += "; --merge keeps it and merges what base and overlays give now"
    return Refused(
        f"{planned.output} {why} and is not overwritten",
        None,
        f"{ways}; --force overwrites it and keeps {planned.output}.orig",
    )
