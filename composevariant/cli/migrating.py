"""What `migrate` does, without its options: one call for each project folder."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from composevariant.cli.projects import chosen_folders, for_each_project, tell_notes
from composevariant.cli.terminal import data, printable, say, wants_color
from composevariant.errors import DIFFERENCES, UnusableInput
from composevariant.migration import PROTECTED, Migration, chosen_variants, command, plan, refusal, write
from composevariant.source import Source
from composevariant.workshop import Workshop, load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.cli.comparing import Pair
    from composevariant.files import Written
    from composevariant.preview.summary import Outcome


class Wanted(NamedTuple):
    """The options of `migrate`."""

    variants: tuple[str, ...]
    base: tuple[str, ...]
    overlay: str | None
    output: str | None
    diff: str
    against: str
    schema: str | None
    dry_run: bool
    check: bool
    every: bool
    force: bool
    show_secrets: bool = False


def migrate(folders: Sequence[str], wanted: Wanted) -> int:
    """Write, check or show the variants of the projects; gives the exit code."""
    if wanted.against not in ("base", "output"):
        raise UnusableInput(f'--against takes base or output, not "{wanted.against}"')
    if wanted.every and (wanted.variants or wanted.output):
        raise UnusableInput("--all goes with neither names nor --output")
    if wanted.output == "-" and (wanted.check or wanted.dry_run):
        raise UnusableInput(
            "--output - prints the variant and writes nothing: it goes with neither --check nor --dry-run"
        )
    rules = load_rules(wanted.schema)
    folders = chosen_folders(folders, [*wanted.base, *filter(None, (wanted.overlay, wanted.output))])
    return for_each_project(folders, lambda folder: _in_project(Workshop(folder, wanted.base, rules), wanted))


def _in_project(workshop: Workshop, wanted: Wanted) -> int:
    tell_notes(workshop)
    for problem in workshop.problems:
        if problem.severity == "error" and workshop.has_settings:
            say(printable(f"{problem} (was so in the base already)"))
    variants = chosen_variants(workshop, wanted.variants, wanted.overlay, every=wanted.every)
    if wanted.output is not None and len(variants) > 1:
        raise UnusableInput("--output takes one variant", None, "name one, or set output: in composevariant.yml")
    plans = plan(workshop, variants, wanted.output, wanted.overlay)
    if wanted.output == "-":
        data(plans[0].made.body)
        _warn(plans[0])
        return 0
    return _checked(workshop, plans, wanted) if wanted.check else _written(workshop, plans, wanted)


def _checked(workshop: Workshop, plans: Sequence[Migration], wanted: Wanted) -> int:
    for planned in plans:
        data(f"{planned.output}: {planned.state}\n")
    outdated = [planned for planned in plans if planned.state != "up to date"]
    replaceable = [planned.variant for planned in outdated if planned.state not in PROTECTED]
    if replaceable:
        update = command(workshop, replaceable, wanted.output, wanted.overlay)
        say(f"run `{update}`; with --dry-run --against output it shows what would change")
    for planned in outdated:
        if planned.state in PROTECTED:
            say(f"{planned.output}: {refusal(planned).hint}")
    return DIFFERENCES if outdated else 0


def _written(workshop: Workshop, plans: Sequence[Migration], wanted: Wanted) -> int:
    if wanted.diff != "none":
        from composevariant.cli.comparing import shown

        pairs = [_pair(workshop, planned, wanted) for planned in plans]
        data(shown(pairs, wanted.diff, show_secrets=wanted.show_secrets))
    from composevariant.preview.summary import Report, summary

    written: Sequence[Written] = ()
    if not wanted.dry_run:
        _show_hand_edits(plans, wanted)
        written = write(workshop, plans, force=wanted.force)
    names = {file.path for file in written}
    for planned in plans:
        outcome: Outcome = "dry run" if wanted.dry_run else "written" if planned.output in names else "up to date"
        variant, made = planned.variant, planned.made
        output = workshop.files.from_here(planned.output)
        report = Report(variant.name, output, made.changes, made.notes, variant.overlay.env, outcome)
        say(summary(report, color=wants_color(sys.stderr)))
        if wanted.dry_run and planned.state in PROTECTED and not wanted.force:
            say(f"warning: {refusal(planned)}")
    outputs = {planned.output for planned in plans}
    for file in written:
        if file.path not in outputs:
            say(f"note: what {file.mode_of} held is kept as {file.path}")
    return 0


def _warn(planned: Migration) -> None:
    from composevariant.preview.telling import warning

    for note in planned.made.notes:
        if note.kind == "warning":
            say(f"warning: {warning(note)}")


def _pair(workshop: Workshop, planned: Migration, wanted: Wanted) -> Pair:
    from composevariant.cli.comparing import Pair

    made, after = planned.made, Source(planned.output, planned.made.body)
    if wanted.against == "output":
        return Pair(Source(planned.output, planned.existing or ""), after)
    base = Source(workshop.base.label, workshop.model.text)
    return Pair(base, after, planned.variant.name, made.changes, made.notes)


def _show_hand_edits(plans: Sequence[Migration], wanted: Wanted) -> None:
    """Before a refusal: what stands in the file that we would not have written."""
    from composevariant.preview.unified import unified

    for planned in plans:
        if planned.state in PROTECTED and planned.state != "foreign file" and not wanted.force:
            made, there = planned.made.body, planned.existing or ""
            say(unified("as-made", made, planned.output, there, color=wants_color(sys.stderr)))
