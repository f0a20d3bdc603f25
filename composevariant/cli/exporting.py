"""What `env` and `run` do, without their options."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from composevariant.cli.fresh import made_fresh, planned_variant
from composevariant.cli.projects import open_project
from composevariant.cli.terminal import data, error_line, say
from composevariant.disk import become
from composevariant.environment.shells import SHELLS, shell_text
from composevariant.environment.variables import checked, compose_file, exports, of_another_folder
from composevariant.errors import ComposeVariantError, UnusableInput, did_you_mean
from composevariant.migration import call_options, compose_files, elsewhere

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.project import Project

OWN_FAILURE: Final = 125
"""What `run` exits with where it is not `docker compose` that failed, as `docker run` does."""


def show_env(folder: str, variant: str, base: Sequence[str], shell: str) -> int:
    """Print what a shell has to do to use the variant; gives the exit code."""
    if shell not in SHELLS:
        raise UnusableInput(f'--shell takes {", ".join(SHELLS)}, not "{shell}"{did_you_mean(shell, SHELLS)}')
    workshop = open_project(folder, base)
    variables: list[tuple[str, str]] = []
    if variant != "base":
        planned = planned_variant(workshop, variant)
        if planned.standing.state != "up to date":
            say(f"warning: {planned.output} is {planned.standing.words}; `composevariant migrate` brings it up to date")
        names = compose_files(workshop, planned)
        paths = [workshop.files.absolute_path(name) for name in names]
        there = elsewhere(workshop, planned)
        env_file = workshop.files.absolute_path(there.env_file) if there.env_file else ""
        variables = [
            *compose_file(paths),
            *of_another_folder(there.project, env_file),
            *checked(planned.variant.overlay.env),
        ]
    data(shell_text(shell, exports(variables, os.environ, _known_names(workshop.project))))
    return 0


def _known_names(project: Project) -> list[str]:
    return list(dict.fromkeys(name for variant in project.variants for name, _ in variant.keys.env))


def run_compose(folder: str, variant: str, base: Sequence[str], words: Sequence[str], *, migrate: bool) -> int:
    """Become `docker compose` with the variant's file and variables; gives an exit code only where that fails."""
    try:
        if not words:
            raise UnusableInput("run needs a command of docker compose", None, f"composevariant run {variant} -- up -d")
        command, env = _call(folder, variant, base, migrate=migrate)
    except ComposeVariantError as error:
        error_line(str(error))
        return OWN_FAILURE
    try:
        become([*command, *words], env)
    except OSError as error:
        error_line(f"docker cannot be run: {(error.strerror or str(error)).lower()}")
    return OWN_FAILURE


def _call(folder: str, variant: str, base: Sequence[str], *, migrate: bool) -> tuple[list[str], dict[str, str]]:
    workshop = open_project(folder, base)
    if variant == "base":
        named = [word for name in workshop.base.names for word in ("-f", workshop.files.from_here(name))]
        return ["docker", "compose", *named], {}
    planned = planned_variant(workshop, variant)
    made_fresh(workshop, planned, migrate=migrate)
    files = (workshop.files.from_here(name) for name in compose_files(workshop, planned))
    options = call_options(workshop, planned)
    return ["docker", "compose", *options, *(word for name in files for word in ("-f", name))], dict(
        checked(planned.variant.overlay.env)
    )
