"""Writing the files of variants: all or none, and never over something that we did not write."""

from __future__ import annotations

from posixpath import dirname, join
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.disk import BOM, Written
from composevariant.errors import Refused, UnusableInput, raise_all
from composevariant.text import beside_text, body_beside, read_generated
from composevariant.variants.file_state import keep_copies

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.disk import ProjectFiles
    from composevariant.operations import ExtraFile
    from composevariant.source import Location
    from composevariant.variants.open_project import OpenProject
    from composevariant.variants.plan import PlannedVariant


def write_plans(project: OpenProject, plans: Sequence[PlannedVariant], *, force: bool) -> list[Written]:
    """Write the files that are not up to date, all or none; gives what was written, kept copies included.

    With `force`, a file that holds something we did not write is kept beside as `<name>.orig`, or under the next name
    that is free: an earlier one may hold the only copy of another edit.

    Raises:
        Refused: without `force`, such a file is in the way.
        UnusableInput: a file cannot be written.
    """
    protected = [planned for planned in plans if planned.status.is_protected and not planned.keeps_edits]
    beside = _beside(plans)
    raise_all([*(refusal(each) for each in protected if not force), *(_beside_refusals(beside) if not force else ())])
    outdated = [planned for planned in plans if planned.status.state != "up to date"]
    kept = [copy for planned in protected for copy in _kept(project.files, planned.output)]
    new = [
        Written(planned.output, planned.text, mode_of="" if planned.existing else project.base.name)
        for planned in outdated
    ]
    kept += [copy for file in beside if file.state == "not ours" for copy in _kept(project.files, file.path)]
    if beside:
        new += [as_written(project.files, file) for file in beside]
    raise_all([_overtaken(planned) for planned in outdated if not _is_as_planned(project.files, planned)])
    for planned in plans:
        project.files.clean(planned.output)
    bodies = ((planned.variant.name, planned.generated_text) for planned in outdated)
    project.files.write([*kept, *new, *keep_copies(project.files, bodies)])
    return [*kept, *new]


def _beside(plans: Sequence[PlannedVariant]) -> list[PlannedFile]:
    """The files beside the variants that are to be written, each once."""
    every = (file for planned in plans for file in planned.extra_files)
    return list({file.path: file for file in every if file.state != "up to date" and not file.update}.values())


def _beside_refusals(files: Sequence[PlannedFile]) -> list[Refused]:
    foreign = [file for file in files if file.state == "not ours"]
    if not foreign:
        return []

    return [extra_file_refusal(file) for file in foreign]


def _is_as_planned(files: ProjectFiles, planned: PlannedVariant) -> bool:
    """Whether nobody has written the output since it was read."""
    source = files.read(planned.output)
    if source is None or planned.existing is None:
        return source is None and planned.existing is None
    generated = read_generated(source.text)
    return planned.existing == (generated.body if generated else source.text)


def _overtaken(planned: PlannedVariant) -> Refused:
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


def refusal(planned: PlannedVariant) -> Refused:
    """Why a file that holds something we did not write is not overwritten."""
    why = {
        "foreign file": "was not made by composevariant",
        "hand-edited": "was edited by hand",
        "reformatted": "was reformatted since composevariant wrote it",
    }[planned.status.state]
    ways = "put the change into the base or an overlay"
    if planned.status.state != "foreign file":
        ways += "; --merge keeps it and merges what base and overlays give now"
    return Refused(
        f"{planned.output} {why} and is not overwritten",
        None,
        f"{ways}; --force overwrites it and keeps {planned.output}.orig",
    )


# The files that are written beside a variant, such as the configuration of a sidecar, and how they stand.

_OWN_FILES: Final = "give one of them `config: inline`, or a file of its own"


_IGNORE_FILE: Final = ".dockerignore"
"""A fast Dockerfile needs a copy of its own: one that somebody made by hand is as good as ours."""


BesideState = Literal["up to date", "missing", "outdated", "not ours"]


class PlannedFile(NamedTuple):
    """A file to be written beside a variant, and the one that is there."""

    path: str
    text: str
    state: BesideState
    existing: str | None
    made_of: str = ""
    """The file whose mode and byte order mark it gets; "" for a configuration."""
    update: str = ""
    """The command that writes it, where that is not the one that writes the variant."""


def plan_extra_files(files: ProjectFiles, base: str, extra: Sequence[ExtraFile]) -> tuple[PlannedFile, ...]:
    """The files that belong to a variant of this base."""
    found: list[PlannedFile] = []
    for file in extra:
        path = join(dirname(base), file.path)
        text = file.text if file.made_of else beside_text(base, file.text)
        source = files.read(path)
        there = source.text if source else None
        made_of = join(dirname(base), file.made_of) if file.made_of else ""
        copied = files.read(made_of) if path.endswith(_IGNORE_FILE) and there else None
        state = "outdated" if copied and copied.text == there != text else _state(text, there, made_of)
        found.append(PlannedFile(path, text, state, there, made_of, file.update))
    return tuple(found)


def as_written(files: ProjectFiles, file: PlannedFile) -> Written:
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
    from composevariant.fast_dockerfile import is_untouched, is_untouched_extra

    return "outdated" if is_untouched(there) or is_untouched_extra(there) else "not ours"


def extra_file_refusal(file: PlannedFile) -> Refused:
    """Why a file that we did not write, or that was edited since, is not overwritten."""
    what = f"{file.path} was not made by composevariant, or was edited since, and is not overwritten"
    if file.made_of:
        return Refused(what, None, "move it away to have it made; --force overwrites it and keeps a copy")
    hint = f"name it as `config: ./{file.path}` under add, or move it away; --force overwrites it and keeps a copy"
    return Refused(what, None, hint)


def extra_file_clashes(owners: Sequence[tuple[str, Location | None, Sequence[PlannedFile]]]) -> Iterator[UnusableInput]:
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
