"""From a variant to its file: what would be written, what is there now, and whether it may be replaced."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Literal, NamedTuple

from composevariant.errors import ComposeVariantError, Refused, SeveralErrors, UnusableInput, raise_all
from composevariant.files import BOM, Written
from composevariant.header import FORMAT, Generated, Header, canonical, digest, header_text, read_generated
from composevariant.outputs import default_output, output_path
from composevariant.project import Reference
from composevariant.source import Source
from composevariant.tree import same
from composevariant.variants import ad_hoc_variant, choose_variants, resolve_variant
from composevariant.yamltext import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.files import BuildFiles, ProjectFiles
    from composevariant.pipeline import Made
    from composevariant.variants import Variant
    from composevariant.workshop import Workshop

State = Literal[
    "up to date",
    "missing",
    "base changed",
    "overlay changed",
    "inputs changed",
    "tool format changed",
    "hand-edited",
    "reformatted",
    "foreign file",
]
PROTECTED: tuple[State, ...] = ("hand-edited", "reformatted", "foreign file")
"""Files that hold something which we did not write."""


class Migration(NamedTuple):
    """One variant, made, and how it stands against the file that is there."""

    variant: Variant
    made: Made
    output: str
    text: str
    """The whole file: byte order mark, header and body."""
    state: State
    existing: str | None
    """The body of the file that is there, or all of a foreign file; None when there is none."""


def chosen_variants(workshop: Workshop, names: Sequence[str], overlay: str | None, *, every: bool) -> list[Variant]:
    """The variants that the command line means, see DESIGN.md section 4, "Which variant"."""
    project, files = workshop.project, workshop.files
    if every:
        names = [variant.name for variant in project.variants]
    if overlay is not None and not names:
        return [ad_hoc_variant(project, overlay, files)]
    return [resolve_variant(project, name, files, overlay) for name in choose_variants(project, names)]


def plan(workshop: Workshop, variants: Sequence[Variant], output: str | None, overlay: str | None) -> list[Migration]:
    """Make the variants and compare each with its file; the problems of all of them come together.

    Raises:
        ComposeVariantError: a variant cannot be made, or would be written to a wrong place.
    """
    plans: list[Migration] = []
    errors: list[ComposeVariantError] = []
    for variant in variants:
        try:
            plans.append(_planned(workshop, variant, output, overlay))
        except SeveralErrors as several:
            errors += several.errors
        except ComposeVariantError as error:
            errors.append(error)
    raise_all([*errors, *_clashes(workshop, plans)])
    return plans


def _clashes(workshop: Workshop, plans: Sequence[Migration]) -> Iterator[UnusableInput]:
    """Two variants with one output would overwrite each other, in one call or in two."""
    outputs = {planned.output for planned in plans}
    first: dict[str, str] = {}
    for variant in workshop.project.variants:
        named = variant.output.name if variant.output else default_output(workshop.base.name, variant.name)
        path = posixpath.normpath(named)
        other = first.setdefault(path, variant.name)
        if other != variant.name and path in outputs:
            location = variant.output.location if variant.output else variant.location
            yield UnusableInput(f"{variant.name} and {other} would both be written to {path}", location)


def _planned(workshop: Workshop, variant: Variant, output: str | None, overlay: str | None) -> Migration:
    made, seen = workshop.make(variant)
    named = Reference(output) if output and output != "-" else variant.output
    path = output_path(workshop.base.name, variant.name, named)
    for base in workshop.base.names:
        if workshop.files.is_same(path, base):
            raise Refused(f"{path} leads to the base {base} itself", None, "remove the symbolic link")
    header = Header(
        FORMAT,
        digest(made.body),
        digest(*(source.text for source in workshop.base.sources)),
        digest(canonical(variant.overlay)),
        _inputs_digest(seen),
    )
    lines = header_text(
        workshop.base.names, variant.name, variant.overlay_files, command(workshop, [variant], output, overlay), header
    )
    newline = "\r\n" if "\r\n" in made.body else "\n"
    bom = BOM if workshop.files.has_bom(workshop.base.name) else ""
    text = bom + "".join(f"{line}{newline}" for line in lines) + made.body
    state, existing = _compared(workshop, path, header, made)
    return Migration(variant, made, path, text, state, existing)


def _inputs_digest(seen: BuildFiles) -> str:
    """Files that operations looked at, absent ones included: a Dockerfile that appears may change the result."""
    looked_at = ((path, seen.seen[path]) for path in sorted(seen.seen))
    return digest(*(part for path, text in looked_at for part in (path, "absent" if text is None else "", text or "")))


def command(workshop: Workshop, variants: Sequence[Variant], output: str | None, overlay: str | None) -> str:
    """The command that writes these variants, to be called in the project's folder."""
    words = ["composevariant", "migrate"]
    words += [word for name in workshop.named_base for word in ("-f", name)]
    words += ["--overlay", overlay] if overlay else []
    words += [variant.name for variant in variants if workshop.project.variant(variant.name)]
    words += ["-o", output] if output and output != "-" else []
    if not any(char in word for word in words for char in " '\"$`\\;&|<>()*?[]#~"):
        return " ".join(words)
    import shlex

    return shlex.join(words)


def _compared(workshop: Workshop, path: str, header: Header, made: Made) -> tuple[State, str | None]:
    source = workshop.files.read(path)
    if source is None:
        return "missing", None
    there = read_generated(source.text)
    if there is None:
        return "foreign file", source.text
    if digest(there.body) != there.header.body:
        return _edited(path, there, made), there.body
    if there.header == header:  # the command that made it may be another one, such as with -f
        return "up to date", there.body
    return _outdated(there.header, header), there.body


def _edited(path: str, there: Generated, made: Made) -> State:
    """A file whose body is not what we wrote: by hand, or by a formatter that kept its meaning."""
    try:
        root = parse(Source(path, there.body)).root
    except ComposeVariantError:
        return "hand-edited"
    return "reformatted" if root is not None and same(root, made.tree) else "hand-edited"


def _outdated(old: Header, new: Header) -> State:
    if old.format != new.format:
        return "tool format changed"
    if old.base != new.base:
        return "base changed"
    if old.overlay != new.overlay:
        return "overlay changed"
    return "inputs changed"


def write(workshop: Workshop, plans: Sequence[Migration], *, force: bool) -> list[Written]:
    """Write the files that are not up to date, all or none; gives what was written, kept copies included.

    With `force`, a file that holds something we did not write is kept beside as `<name>.orig`, or under the next name
    that is free: an earlier one may hold the only copy of another edit.

    Raises:
        Refused: without `force`, such a file is in the way.
        UnusableInput: a file cannot be written.
    """
    raise_all([refusal(planned) for planned in plans if planned.state in PROTECTED and not force])
    outdated = [planned for planned in plans if planned.state != "up to date"]
    files: list[Written] = []
    for planned in outdated:
        if planned.state in PROTECTED:
            files.extend(_kept(workshop.files, planned.output))
        files.append(Written(planned.output, planned.text, mode_of="" if planned.existing else workshop.base.name))
    raise_all([_overtaken(planned) for planned in outdated if not _is_as_planned(workshop.files, planned)])
    workshop.files.write(files)
    return files


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
    }[planned.state]
    return Refused(
        f"{planned.output} {why} and is not overwritten",
        None,
        f"put the change into the base or an overlay; --force overwrites it and keeps {planned.output}.orig",
    )
