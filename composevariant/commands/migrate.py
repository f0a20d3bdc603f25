"""The command `migrate`, which writes, checks or previews the files of variants."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.commands.projects import choose_folders, for_each_project, report_notes
from composevariant.commands.terminal import print_data, print_message, printable, wants_color
from composevariant.errors import DIFFERENCES, UnusableInput
from composevariant.source import Source
from composevariant.variants import (
    OpenProject,
    PlannedVariant,
    call_options,
    compose_files,
    load_rules,
    migrate_command,
    plan_variants,
    refusal,
    resolve_variants,
    write_plans,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.disk import FileToWrite
    from composevariant.preview import Outcome, Pair
    from composevariant.project import Form
    from composevariant.variants import PlannedFile


_SHOWN: Final = 3
"""The number of problems in the base that are printed individually."""
_FORMS: Final[dict[str, Form]] = {"full": "full", "override": "override"}


class MigrateOptions(NamedTuple):
    """The arguments and options of `migrate`, with their defaults."""

    variants: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    overlay: str | None = None
    output: str | None = None
    diff: str | None = None
    """The format of the diff. None stands for the default of `diff_form`."""
    against: str = "base"
    schema: str | None = None
    dry_run: bool = False
    check: bool = False
    every: bool = False
    force: bool = False
    show_secrets: bool = False
    merge: bool = False
    form: str | None = None
    """`full`, `override`, or None for the form that the project file sets."""
    flatten: bool = False

    @property
    def diff_form(self) -> str:
        """The format of the diff. By default, a dry run prints a unified diff, and other runs print no diff."""
        return self.diff or ("unified" if self.dry_run else "none")


def migrate(folders: Sequence[str], options: MigrateOptions) -> int:
    """Write, check or preview the variants of the projects and return the exit code."""
    if options.against not in ("base", "output"):
        raise UnusableInput(f'invalid --against "{options.against}": expected base or output')
    if options.every and (options.variants or options.output):
        raise UnusableInput("--all cannot be used with variant names or --output")
    if options.output == "-" and (options.check or options.dry_run):
        raise UnusableInput("--output - cannot be used with --check or --dry-run")
    if options.form is not None and options.form not in _FORMS:
        raise UnusableInput(f'invalid --as "{options.form}": expected full or override')
    if options.merge and (options.force or options.check or options.output == "-"):
        raise UnusableInput("--merge cannot be used with --force, --check or --output -")
    rules = load_rules(options.schema)
    folders = choose_folders(folders, [*options.base, *filter(None, (options.overlay, options.output))])
    return for_each_project(folders, lambda folder: _in_project(OpenProject(folder, options.base, rules), options))


def _in_project(project: OpenProject, options: MigrateOptions) -> int:
    report_notes(project)
    _report_problems_of_base(project)
    variants = resolve_variants(project, options.variants, options.overlay, every=options.every)
    if options.form is not None:
        variants = [variant._replace(form=_FORMS[options.form]) for variant in variants]
    if options.flatten:
        variants = [variant._replace(flatten=True) for variant in variants]
    if options.output is not None and len(variants) > 1:
        raise UnusableInput(
            "--output can be used with one variant only", None, "name one, or set output: in composevariant.yml"
        )
    plans = plan_variants(project, variants, options.output, options.overlay)
    if options.output == "-":
        print_data(plans[0].generated_text)
        _warn(plans[0])
        for beside in plans[0].extra_files:
            print_message(f"note: {beside.path} belongs to the variant and is not written with --output -")
        return 0
    if options.check:
        return _check(project, plans, options)
    if options.merge:
        from composevariant.commands.hand_edits import merge_hand_edits

        plans = merge_hand_edits(project, plans)
    return _write(project, plans, options)


def _report_problems_of_base(project: OpenProject) -> None:
    """Print only the first problems of the base, because a base that is meant to be merged may repeat one."""
    errors = [problem for problem in project.problems if problem.severity == "error" and project.has_settings]
    some = errors if len(errors) <= _SHOWN + 1 else errors[:_SHOWN]
    for problem in some:
        print_message(printable(f"{problem} (already in the base)"))
    if len(some) < len(errors):
        named = "".join(f" -f {name}" for name in project.named_base)
        left = len(errors) - len(some)
        print_message(printable(f"and {left} more problems of the base: `composevariant validate{named}` lists all"))


def _check(project: OpenProject, plans: Sequence[PlannedVariant], options: MigrateOptions) -> int:
    states = "".join(f"{planned.output}: {planned.status.words}\n" for planned in plans)
    states += "".join(f"{file.path}: {file.state}\n" for planned in plans for file in planned.extra_files)
    outdated = [planned for planned in plans if planned.status.state != "up to date" or _outdated_beside(planned)]
    if options.diff_form in ("json", "html"):
        print_message(states)  # stdout contains one document
    else:
        print_data(states)
    _show(project, outdated, options._replace(against="output"))
    replaceable = [
        planned.variant for planned in outdated if not planned.status.is_protected and _needs_writing(planned)
    ]
    if replaceable:
        update = migrate_command(project, replaceable, options.output, options.overlay)
        print_message(f"run `{update}` to update; add --dry-run --against output to see the changes first")
    for command_line in {file.update: file for each in outdated for file in each.extra_files if file.update}:
        print_message(f"run `{command_line}` to update the Dockerfiles")
    for planned in outdated:
        if planned.status.is_protected:
            print_message(f"{planned.output}: {refusal(planned).hint}")
    return DIFFERENCES if outdated else 0


def _outdated_beside(planned: PlannedVariant) -> bool:
    return any(file.state != "up to date" for file in planned.extra_files)


def _needs_writing(planned: PlannedVariant) -> bool:
    """Return whether `migrate` would bring the variant up to date."""
    own = any(file.state != "up to date" and not file.update for file in planned.extra_files)
    return planned.status.state != "up to date" or own


def _write(project: OpenProject, plans: Sequence[PlannedVariant], options: MigrateOptions) -> int:
    _show(project, plans, options)
    from composevariant.preview import Report, summary

    written: Sequence[FileToWrite] = ()
    if not options.dry_run:
        _show_hand_edits(project, plans, options)
        written = write_plans(project, plans, force=options.force)
    names = {file.path for file in written}
    for planned in plans:
        outcome: Outcome = "dry run" if options.dry_run else "written" if planned.output in names else "up to date"
        variant, generated = planned.variant, planned.generated
        output = project.files.from_here(planned.output)
        files = tuple(project.files.from_here(name) for name in compose_files(project, planned))
        compose_options = tuple(call_options(project, planned))
        report = Report(
            variant.name,
            output,
            generated.changes,
            generated.notes,
            variant.overlay.env,
            outcome,
            files,
            compose_options,
        )
        print_message(summary(report, color=wants_color(sys.stderr)))
        if options.dry_run and planned.status.is_protected and not options.force and not planned.keeps_edits:
            print_message(f"warning: {refusal(planned)}")
        if planned.keeps_edits:
            print_message(f"note: edits made by hand in {output} are kept; the file is still listed as hand-edited")
        for beside in planned.extra_files:
            word: str = "would be written" if options.dry_run else "written" if beside.path in names else beside.state
            if beside.update and beside.state != "up to date":
                word = f"is {beside.state}: run `{beside.update}`"
            print_message(f"note: {beside.path} {word}")
    beside_paths = {file.path for planned in plans for file in planned.extra_files}
    for file in written:
        if file.mode_of and file.mode_of != project.base.name and file.path not in beside_paths:
            print_message(f"note: the previous {file.mode_of} is kept as {file.path}")
    return 0


def _warn(planned: PlannedVariant) -> None:
    from composevariant.preview import format_warning

    for note in planned.generated.notes:
        if note.kind == "warning":
            print_message(f"warning: {format_warning(note)}")


def _show(project: OpenProject, plans: Sequence[PlannedVariant], options: MigrateOptions) -> None:
    if options.diff_form == "none":
        return
    from composevariant.commands.diff import render_pairs

    shown: set[str] = set()
    pairs: list[Pair] = []
    for planned in plans:
        files = [file for file in planned.extra_files if file.path not in shown and (options.check or not file.update)]
        shown.update(file.path for file in planned.extra_files)
        beside = tuple(_beside(project, file, options) for file in files)
        pairs.append(_pair(project, planned, options)._replace(beside=beside))
    print_data(render_pairs(pairs, options.diff_form, show_secrets=options.show_secrets))


def _beside(project: OpenProject, file: PlannedFile, options: MigrateOptions) -> tuple[Source, Source]:
    """Return both sides of the diff of an extra file."""
    after = Source(file.path, file.text)
    if options.against == "output":
        return Source("nothing" if file.existing is None else file.path, file.existing or ""), after
    standard = project.files.read(file.made_of) if file.made_of else None
    return Source(file.made_of or "nothing", standard.text if standard else ""), after


def _pair(project: OpenProject, planned: PlannedVariant, options: MigrateOptions) -> Pair:
    from composevariant.preview import Pair, Side

    generated, output = planned.generated, planned.output
    after = Side(output, planned.body, None if planned.keeps_edits else planned.tree)
    if options.against == "output":
        return Pair(Side(output, planned.existing or ""), after, state=planned.status.words)
    if planned.variant.form == "override" and options.diff_form in ("unified", "side-by-side"):
        return Pair(Side("/dev/null", ""), after)
    after = after if planned.variant.form == "full" else Side(output, generated.body, generated.tree)
    base = Side(project.base.label, project.model.text, project.model.tree)
    return Pair(base, after, planned.variant.name, generated.changes, generated.notes)


def _show_hand_edits(project: OpenProject, plans: Sequence[PlannedVariant], options: MigrateOptions) -> None:
    """Print the edits made by hand to the files that are about to be refused."""
    edited = [planned for planned in plans if planned.status.header and planned.status.is_protected]
    for planned in edited if not options.force else ():
        if not planned.keeps_edits:
            from composevariant.commands.hand_edits import diff_hand_edit

            print_message(diff_hand_edit(project, planned))
