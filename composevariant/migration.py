"""From a variant to its file: what would be written, what is there now, and whether it may be replaced."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.drift.states import standing
from composevariant.errors import ComposeVariantError, Refused, SeveralErrors, UnusableInput, raise_all
from composevariant.files import BOM
from composevariant.header import FORMAT, Header, canonical, digest, header_text
from composevariant.outputs import default_output, output_path
from composevariant.project import Reference
from composevariant.variants import ad_hoc_variant, choose_variants, resolve_variant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.drift.states import Standing
    from composevariant.files import BuildFiles
    from composevariant.pipeline import Made
    from composevariant.variants import Variant
    from composevariant.workshop import Workshop


class Migration(NamedTuple):
    """One variant, made, and how it stands against the file that is there."""

    variant: Variant
    made: Made
    output: str
    text: str
    """The whole file: byte order mark, header and body."""
    header: str
    """What `text` begins with: byte order mark and header."""
    standing: Standing
    """The file that is there, and what sets it apart."""
    keeps_edits: bool = False
    """Whether `text` holds what somebody edited in the file, merged with what base and overlays give."""

    @property
    def body(self) -> str:
        """What follows the header in `text`."""
        return self.text[len(self.header) :]

    @property
    def existing(self) -> str | None:
        """The body of the file that is there, or all of a foreign file; None when there is none."""
        return self.standing.existing


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
    above = bom + "".join(f"{line}{newline}" for line in lines)
    there = standing(workshop.files.read(path), header, made.tree)
    return Migration(variant, made, path, above + made.body, above, there)


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
