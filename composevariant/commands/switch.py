"""What `switch` does, without its options."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.commands.projects import made_fresh, open_project, planned_variant
from composevariant.commands.terminal import data, error_line, say
from composevariant.disk import BOM, FileToWrite, ProjectFiles, replace_process
from composevariant.errors import ComposeVariantError, Refused, UnusableInput, did_you_mean
from composevariant.project import (
    SHELLS,
    Block,
    Situation,
    checked,
    compose_file,
    consequences,
    exports,
    find_block,
    is_for_builders,
    of_another_folder,
    override_beside,
    resolve_variant,
    shell_text,
    with_block,
)
from composevariant.tree import Mapping
from composevariant.variants import call_options, compose_files, elsewhere

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.project import Project
    from composevariant.variants import OpenProject


class SwitchOptions(NamedTuple):
    """The options of `switch`."""

    variant: str
    base: tuple[str, ...] = ()
    env_file: str = ".env"
    show: bool = False
    migrate: bool = True
    force: bool = False


def switch(folder: str, wanted: SwitchOptions) -> int:
    """Make the variant the one that a bare `docker compose` in the folder uses; gives the exit code."""
    files = ProjectFiles(folder)
    source = files.read(wanted.env_file)
    text = source.text if source else None
    block = find_block(text) if text is not None else None
    if block and not block.is_ours and not wanted.force:
        message = f"somebody has edited the lines that switch wrote into {wanted.env_file}"
        raise Refused(message, None, "move what you need above the block; --force drops the edit")
    if wanted.variant == "base":
        return _back(files, wanted, block)
    return _to_variant(folder, files, wanted, block.rest if block else text)


def _back(files: ProjectFiles, wanted: SwitchOptions, block: Block | None) -> int:
    if block is None:
        say(f"{wanted.env_file} names no variant: a bare `docker compose` uses the base already")
    elif wanted.show:
        data(f"# {wanted.env_file} as it was before `switch {block.variant}`\n")
    elif block.rest is None:
        files.remove(wanted.env_file)
        say(f"removed {wanted.env_file}, which `switch {block.variant}` had made")
    else:
        _write(files, wanted.env_file, block.rest)
        say(f"{wanted.env_file} is as it was before `switch {block.variant}`")
    if block and not wanted.show:
        say("next: docker compose up -d --build --remove-orphans")
    return 0


def _to_variant(folder: str, files: ProjectFiles, wanted: SwitchOptions, before: str | None) -> int:
    workshop = open_project(folder, wanted.base)
    planned = planned_variant(workshop, wanted.variant)
    env = checked(planned.variant.overlay.env)
    variables = [
        *compose_file(compose_files(workshop, planned)),
        *of_another_folder(elsewhere(workshop, planned).project, ""),  # this very .env is read either way
        *(pair for pair in env if not is_for_builders(pair[0])),
    ]
    text = with_block(before, wanted.variant, variables)
    if wanted.show:
        data(text[len(before or "") :].lstrip("\r\n"))
    else:
        made_fresh(workshop, planned, migrate=wanted.migrate)
        _write(files, wanted.env_file, text)
        say(f"{wanted.env_file}: a bare `docker compose` here now uses {planned.output}")
    base = workshop.model.tree
    if not isinstance(base, Mapping):
        raise UnusableInput(f"{workshop.base.name} has no services")
    override = override_beside(workshop.base.name, files) if len(workshop.base.files) == 1 else None
    situation = Situation(
        wanted.variant,
        base,
        planned.made.tree,
        tuple(env),
        before,
        wanted.env_file,
        os.environ,
        override,
        _other_variants(workshop, wanted.variant),
    )
    for sentence in consequences(situation):
        say(f"note: {sentence}")
    if wanted.env_file != ".env":
        say(f"note: Docker Compose reads {wanted.env_file} only with --env-file {wanted.env_file}")
    if not wanted.show:
        say("next: docker compose up -d --build --remove-orphans; `composevariant switch base` takes it back")
    return 0


def _other_variants(workshop: OpenProject, chosen: str) -> tuple[tuple[str, Mapping], ...]:
    """What the other variants mean; those that cannot be made are left out, as nobody asked for them."""
    found: list[tuple[str, Mapping]] = []
    for declared in workshop.project.variants:
        if declared.name != chosen:
            try:
                variant = resolve_variant(workshop.project, declared.name, workshop.files)
                found.append((declared.name, workshop.make(variant)[0].tree))
            except ComposeVariantError:
                continue
    return tuple(found)


def _write(files: ProjectFiles, path: str, text: str) -> None:
    files.write([FileToWrite(path, (BOM if files.has_bom(path) else "") + text)])


# What `env` and `run` do, without their options.

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
        replace_process([*command, *words], env)
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
