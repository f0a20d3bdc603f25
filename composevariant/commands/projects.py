"""Open projects, and run a command in several project folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.commands.terminal import print_error, print_message, printable
from composevariant.disk import ProjectFiles, nearest_folder
from composevariant.errors import INTERNAL, ComposeVariantError, Refused, UnusableInput, worst
from composevariant.project import DEFAULT_NAMES, PROJECT_FILES
from composevariant.variants import migrate_command, plan_variants, refusal, resolve_variants, write_plans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from composevariant.variants import OpenProject, PlannedVariant


def open_project(folder: str, base: Sequence[str], schema: str | None = None) -> OpenProject:
    """Open a project and print the notes about its base."""
    from composevariant.variants import OpenProject, load_rules

    project = OpenProject(folder, base, load_rules(schema))
    report_notes(project)
    return project


def report_notes(project: OpenProject) -> None:
    """Print the notes on how the base was found and merged."""
    for note in (*project.base.notes, *project.model.notes):
        place = f"{note.location}: " if note.location else ""
        about = f"{note.service} " if note.service else ""
        print_message(printable(f"{note.kind}: {place}{about}{note.message}"))


def choose_folders(folders: Sequence[str] | None, files: Sequence[str]) -> Sequence[str]:
    """Return the folders of `-C`, the current folder, or the nearest folder above it that has a project.

    Docker Compose searches upwards in the same way. Named files are relative to the current folder.
    """
    if folders or files:
        return folders or ["."]
    found = nearest_folder((*PROJECT_FILES, *DEFAULT_NAMES))
    if found not in (None, "."):
        print_message(f"note: working in {found}")
    return [found or "."]


def require_one_project(folders: Sequence[str] | None, form: str) -> None:
    """Raise `UnusableInput` for a JSON, HTML or SARIF report on several projects, because a report is one document."""
    if form in ("json", "html", "sarif") and folders and len(folders) > 1:
        raise UnusableInput(f"a report as {form} covers one project only", None, "run the command once for each folder")


def for_each_project(folders: Sequence[str], command: Callable[[str], int]) -> int:
    """Run the command in every folder, even after a failure, and return the worst exit code (4 > 2 > 3 > 1 > 0)."""
    for folder in folders:
        if not ProjectFiles(folder).is_there():
            raise UnusableInput(f"no such folder: {folder} (given with -C)")
    if len(folders) == 1:
        return command(folders[0])
    codes: list[int] = []
    for folder in folders:
        print_message(f"{folder}:")
        try:
            codes.append(command(folder))
        except ComposeVariantError as error:
            print_error(str(error))
            codes.append(error.exit_code)
        except Exception as error:  # noqa: BLE001 - a bug in one project must not stop the others
            print_error(f"internal error: {type(error).__name__}: {error}; nothing was written in {folder}")
            codes.append(INTERNAL)
    return worst(codes)


def plan_variant(project: OpenProject, name: str) -> PlannedVariant:
    """Return the variant and the state of its file."""
    return plan_variants(project, resolve_variants(project, [name], None, every=False), None, None)[0]


def ensure_written(project: OpenProject, planned: PlannedVariant, *, migrate: bool) -> None:
    """Write the file of the variant if the file is not up to date.

    Raises:
        Refused: The file is outdated and `migrate` is false, or the file contains edits made by hand.
    """
    if planned.status.state == "up to date":
        return
    if planned.status.is_protected:
        raise refusal(planned)
    if not migrate:
        hint = f"run `{migrate_command(project, [planned.variant], None, None)}`, or omit --no-migrate"
        raise Refused(f"{planned.output} is not up to date: {planned.status.words}", None, hint)
    write_plans(project, [planned], force=False)
    print_message(f"wrote {planned.output} ({planned.status.words})")
