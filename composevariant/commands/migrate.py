"""What `migrate` does, without its options: one call for each project folder."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.commands.projects import chosen_folders, for_each_project, tell_notes
from composevariant.commands.terminal import data, printable, say, wants_color
from composevariant.errors import DIFFERENCES, UnusableInput
from composevariant.source import Source
from composevariant.variants import (
    OpenProject,
    PlannedVariant,
    call_options,
    chosen_variants,
    command,
    compose_files,
    load_rules,
    plan_variants,
    refusal,
    write_plans,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.disk import Written
    from composevariant.preview import Outcome, Pair
    from composevariant.project import Form
    from composevariant.variants import BesideFile


_SHOWN: Final = 3
"""How many of the problems that a base has already are told one by one."""
_FORMS: Final[dict[str, Form]] = {"full": "full", "override": "override"}


class MigrateOptions(NamedTuple):
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
    merge: bool = False
    form: str | None = None
    """`full` or `override`; None is what the variant says."""
    flatten: bool = False


def migrate(folders: Sequence[str], wanted: MigrateOptions) -> int:
    """Write, check or show the variants of the projects; gives the exit code."""
    if wanted.against not in ("base", "output"):
        raise UnusableInput(f'--against takes base or output, not "{wanted.against}"')
    if wanted.every and (wanted.variants or wanted.output):
        raise UnusableInput("--all goes with neither names nor --output")
    if wanted.output == "-" and (wanted.check or wanted.dry_run):
        raise UnusableInput(
            "--output - prints the variant and writes nothing: it goes with neither --check nor --dry-run"
        )
    if wanted.form is not None and wanted.form not in _FORMS:
        raise UnusableInput(f'--as takes full or override, not "{wanted.form}"')
    if wanted.merge and (wanted.force or wanted.check or wanted.output == "-"):
        raise UnusableInput("--merge goes with neither --force, --check nor --output -")
    rules = load_rules(wanted.schema)
    folders = chosen_folders(folders, [*wanted.base, *filter(None, (wanted.overlay, wanted.output))])
    return for_each_project(folders, lambda folder: _in_project(OpenProject(folder, wanted.base, rules), wanted))


def _in_project(workshop: OpenProject, wanted: MigrateOptions) -> int:
    tell_notes(workshop)
    _tell_problems_of_base(workshop)
    variants = chosen_variants(workshop, wanted.variants, wanted.overlay, every=wanted.every)
    if wanted.form is not None:
        variants = [variant._replace(form=_FORMS[wanted.form]) for variant in variants]
    if wanted.flatten:
        variants = [variant._replace(flatten=True) for variant in variants]
    if wanted.output is not None and len(variants) > 1:
        raise UnusableInput("--output takes one variant", None, "name one, or set output: in composevariant.yml")
    plans = plan_variants(workshop, variants, wanted.output, wanted.overlay)
    if wanted.output == "-":
        data(plans[0].generated)
        _warn(plans[0])
        for beside in plans[0].beside:
            say(f"note: {beside.path} belongs to it and is not written with --output -")
        return 0
    if wanted.check:
        return _checked(workshop, plans, wanted)
    if wanted.merge:
        from composevariant.commands.merge_edits import with_edits

        plans = with_edits(workshop, plans)
    return _written(workshop, plans, wanted)


def _tell_problems_of_base(workshop: OpenProject) -> None:
    """A base may be meant for use with another file, and lack the same thing in many places: some stand for all."""
    errors = [problem for problem in workshop.problems if problem.severity == "error" and workshop.has_settings]
    some = errors if len(errors) <= _SHOWN + 1 else errors[:_SHOWN]
    for problem in some:
        say(printable(f"{problem} (was so in the base already)"))
    if len(some) < len(errors):
        named = "".join(f" -f {name}" for name in workshop.named_base)
        left = len(errors) - len(some)
        say(printable(f"and {left} more problems of the base: `composevariant validate{named}` tells all"))


def _checked(workshop: OpenProject, plans: Sequence[PlannedVariant], wanted: MigrateOptions) -> int:
    states = "".join(f"{planned.output}: {planned.standing.words}\n" for planned in plans)
    states += "".join(f"{file.path}: {file.state}\n" for planned in plans for file in planned.beside)
    outdated = [planned for planned in plans if planned.standing.state != "up to date" or _outdated_beside(planned)]
    if wanted.diff in ("json", "html"):
        say(states)  # data is one document
    else:
        data(states)
    _show(workshop, outdated, wanted._replace(against="output"))
    replaceable = [
        planned.variant for planned in outdated if not planned.standing.is_protected and _written_anew(planned)
    ]
    if replaceable:
        update = command(workshop, replaceable, wanted.output, wanted.overlay)
        say(f"run `{update}`; with --dry-run --against output it shows what would change")
    for command_line in {file.update: file for each in outdated for file in each.beside if file.update}:
        say(f"run `{command_line}`, which writes the Dockerfiles that are outdated")
    for planned in outdated:
        if planned.standing.is_protected:
            say(f"{planned.output}: {refusal(planned).hint}")
    return DIFFERENCES if outdated else 0


def _outdated_beside(planned: PlannedVariant) -> bool:
    return any(file.state != "up to date" for file in planned.beside)


def _written_anew(planned: PlannedVariant) -> bool:
    """Whether writing the variant brings it up to date."""
    own = any(file.state != "up to date" and not file.update for file in planned.beside)
    return planned.standing.state != "up to date" or own


def _written(workshop: OpenProject, plans: Sequence[PlannedVariant], wanted: MigrateOptions) -> int:
    _show(workshop, plans, wanted)
    from composevariant.preview import Report, summary

    written: Sequence[Written] = ()
    if not wanted.dry_run:
        _show_hand_edits(workshop, plans, wanted)
        written = write_plans(workshop, plans, force=wanted.force)
    names = {file.path for file in written}
    for planned in plans:
        outcome: Outcome = "dry run" if wanted.dry_run else "written" if planned.output in names else "up to date"
        variant, made = planned.variant, planned.made
        output = workshop.files.from_here(planned.output)
        files = tuple(workshop.files.from_here(name) for name in compose_files(workshop, planned))
        options = tuple(call_options(workshop, planned))
        report = Report(variant.name, output, made.changes, made.notes, variant.overlay.env, outcome, files, options)
        say(summary(report, color=wants_color(sys.stderr)))
        if wanted.dry_run and planned.standing.is_protected and not wanted.force and not planned.keeps_edits:
            say(f"warning: {refusal(planned)}")
        if planned.keeps_edits:
            say(f"note: what was edited by hand in {output} is kept; it still counts as edited")
        for beside in planned.beside:
            word: str = "would be written" if wanted.dry_run else "written" if beside.path in names else beside.state
            if beside.update and beside.state != "up to date":
                word = f"is {beside.state}: run `{beside.update}`"
            say(f"note: {beside.path} {word}")
    beside_paths = {file.path for planned in plans for file in planned.beside}
    for file in written:
        if file.mode_of and file.mode_of != workshop.base.name and file.path not in beside_paths:
            say(f"note: what {file.mode_of} held is kept as {file.path}")
    return 0


def _warn(planned: PlannedVariant) -> None:
    from composevariant.preview import format_warning

    for note in planned.made.notes:
        if note.kind == "warning":
            say(f"warning: {format_warning(note)}")


def _show(workshop: OpenProject, plans: Sequence[PlannedVariant], wanted: MigrateOptions) -> None:
    if wanted.diff == "none":
        return
    from composevariant.commands.diff import shown

    told: set[str] = set()
    pairs: list[Pair] = []
    for planned in plans:
        files = [file for file in planned.beside if file.path not in told and (wanted.check or not file.update)]
        told.update(file.path for file in planned.beside)
        beside = tuple(_beside(workshop, file, wanted) for file in files)
        pairs.append(_pair(workshop, planned, wanted)._replace(beside=beside))
    data(shown(pairs, wanted.diff, show_secrets=wanted.show_secrets))


def _beside(workshop: OpenProject, file: BesideFile, wanted: MigrateOptions) -> tuple[Source, Source]:
    """What a file that belongs to a variant is compared with, and what it is to hold."""
    after = Source(file.path, file.text)
    if wanted.against == "output":
        return Source("nothing" if file.existing is None else file.path, file.existing or ""), after
    standard = workshop.files.read(file.made_of) if file.made_of else None
    return Source(file.made_of or "nothing", standard.text if standard else ""), after


def _pair(workshop: OpenProject, planned: PlannedVariant, wanted: MigrateOptions) -> Pair:
    from composevariant.preview import Pair, Side

    made, output = planned.made, planned.output
    after = Side(output, planned.body, None if planned.keeps_edits else planned.tree)
    if wanted.against == "output":
        return Pair(Side(output, planned.existing or ""), after, state=planned.standing.words)
    if planned.variant.form == "override" and wanted.diff in ("unified", "side-by-side"):
        return Pair(Side("/dev/null", ""), after)
    after = after if planned.variant.form == "full" else Side(output, made.body, made.tree)
    base = Side(workshop.base.label, workshop.model.text, workshop.model.tree)
    return Pair(base, after, planned.variant.name, made.changes, made.notes)


def _show_hand_edits(workshop: OpenProject, plans: Sequence[PlannedVariant], wanted: MigrateOptions) -> None:
    """Before a refusal: what stands in the file that we would not have written."""
    edited = [planned for planned in plans if planned.standing.header and planned.standing.is_protected]
    for planned in edited if not wanted.force else ():
        if not planned.keeps_edits:
            from composevariant.commands.merge_edits import edit_of

            say(edit_of(workshop, planned))
