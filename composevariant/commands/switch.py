"""The commands `switch`, `env` and `run`, which activate a variant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.commands.projects import ensure_written, open_project, plan_variant
from composevariant.commands.terminal import print_data, print_error, print_message
from composevariant.disk import BOM, FileToWrite, ProjectFiles, replace_process
from composevariant.errors import ComposeVariantError, Refused, UnusableInput, did_you_mean
from composevariant.project import (
    SHELLS,
    Block,
    SwitchSituation,
    add_block,
    check_variables,
    compose_file_variables,
    describe_effects,
    find_block,
    is_for_builders,
    override_beside,
    project_variables,
    render_shell,
    resolve_variant,
    shell_changes,
)
from composevariant.tree import Mapping
from composevariant.variants import call_options, compose_files, project_settings, refusal

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


def switch(folder: str, options: SwitchOptions) -> int:
    """Select the variant that `docker compose` uses in the folder and return the exit code."""
    files = ProjectFiles(folder)
    source = files.read(options.env_file)
    text = source.text if source else None
    block = find_block(text) if text is not None else None
    if block and not block.is_ours and not options.force:
        message = f"the block that switch wrote to {options.env_file} was edited by hand"
        raise Refused(message, None, "move your changes above the block; --force discards them")
    if options.variant == "base":
        return _switch_to_base(files, options, block)
    return _switch_to_variant(folder, files, options, block.rest if block else text)


def _switch_to_base(files: ProjectFiles, options: SwitchOptions, block: Block | None) -> int:
    if block is None:
        print_message(f"already on base: {options.env_file} selects no variant")
    elif options.show:
        print_data(f"# {options.env_file} as it was before `switch {block.variant}`\n")
    elif block.rest is None:
        files.remove(options.env_file)
        print_message(f"removed {options.env_file}, which `switch {block.variant}` had created")
    else:
        _write(files, options.env_file, block.rest)
        print_message(f"restored {options.env_file} as it was before `switch {block.variant}`")
    if block and not options.show:
        print_message("next: docker compose up -d --build --remove-orphans")
    return 0


def _switch_to_variant(folder: str, files: ProjectFiles, options: SwitchOptions, before: str | None) -> int:
    project = open_project(folder, options.base)
    planned = plan_variant(project, options.variant)
    env = check_variables(planned.variant.overlay.env)
    variables = [
        *compose_file_variables(compose_files(project, planned)),
        *project_variables(project_settings(project, planned).project, ""),  # this very .env is read either way
        *(pair for pair in env if not is_for_builders(pair[0])),
    ]
    text = add_block(before, options.variant, variables)
    if options.show:
        print_data(text[len(before or "") :].lstrip("\r\n"))
    else:
        ensure_written(project, planned, migrate=options.migrate)
        _write(files, options.env_file, text)
        print_message(f"{options.env_file}: `docker compose` in this folder now uses {planned.output}")
    base = project.model.tree
    if not isinstance(base, Mapping):
        raise UnusableInput(f"{project.base.name} has no services")
    override = override_beside(project.base.name, files) if len(project.base.files) == 1 else None
    situation = SwitchSituation(
        options.variant,
        base,
        planned.generated.tree,
        tuple(env),
        before,
        options.env_file,
        os.environ,
        override,
        _other_variants(project, options.variant),
    )
    for sentence in describe_effects(situation):
        print_message(f"note: {sentence}")
    if options.env_file != ".env":
        print_message(f"note: Docker Compose reads {options.env_file} only with --env-file {options.env_file}")
    if not options.show:
        print_message("next: docker compose up -d --build --remove-orphans; undo: composevariant switch base")
    return 0


def _other_variants(project: OpenProject, chosen: str) -> tuple[tuple[str, Mapping], ...]:
    """Return the trees of the other variants, except for variants that cannot be generated."""
    found: list[tuple[str, Mapping]] = []
    for declared in project.declared.variants:
        if declared.name != chosen:
            try:
                variant = resolve_variant(project.declared, declared.name, project.files)
                found.append((declared.name, project.make(variant)[0].tree))
            except ComposeVariantError:
                continue
    return tuple(found)


def _write(files: ProjectFiles, path: str, text: str) -> None:
    files.write([FileToWrite(path, (BOM if files.has_bom(path) else "") + text)])


# The commands `env` and `run`.

OWN_FAILURE: Final = 125
"""The exit code of `run` if `docker compose` cannot be started, as in `docker run`."""


def print_env(folder: str, variant: str, base: Sequence[str], shell: str) -> int:
    """Print the shell commands that select the variant and return the exit code."""
    if shell not in SHELLS:
        raise UnusableInput(f'--shell takes {", ".join(SHELLS)}, not "{shell}"{did_you_mean(shell, SHELLS)}')
    project = open_project(folder, base)
    variables: list[tuple[str, str]] = []
    if variant != "base":
        planned = plan_variant(project, variant)
        if planned.status.state != "up to date":
            hint = refusal(planned).hint if planned.status.is_protected else "`composevariant migrate` updates it"
            print_message(f"warning: {planned.output} is {planned.status.words}; {hint}")
        names = compose_files(project, planned)
        paths = [project.files.absolute_path(name) for name in names]
        there = project_settings(project, planned)
        env_file = project.files.absolute_path(there.env_file) if there.env_file else ""
        variables = [
            *compose_file_variables(paths),
            *project_variables(there.project, env_file),
            *check_variables(planned.variant.overlay.env),
        ]
    print_data(render_shell(shell, shell_changes(variables, os.environ, _known_names(project.declared))))
    return 0


def _known_names(project: Project) -> list[str]:
    return list(dict.fromkeys(name for variant in project.variants for name, _ in variant.keys.env))


def run_compose(folder: str, variant: str, base: Sequence[str], words: Sequence[str], *, migrate: bool) -> int:
    """Replace this process with `docker compose` for the variant. Return an exit code only on failure."""
    try:
        if not words:
            raise UnusableInput("run needs a docker compose command", None, f"composevariant run {variant} -- up -d")
        command, env = _compose_command(folder, variant, base, migrate=migrate)
    except ComposeVariantError as error:
        print_error(str(error))
        return OWN_FAILURE
    try:
        replace_process([*command, *words], env)
    except OSError as error:
        print_error(f"docker cannot be run: {(error.strerror or str(error)).lower()}")
    return OWN_FAILURE


def _compose_command(
    folder: str, variant: str, base: Sequence[str], *, migrate: bool
) -> tuple[list[str], dict[str, str]]:
    project = open_project(folder, base)
    if variant == "base":
        named = [word for name in project.base.names for word in ("-f", project.files.from_here(name))]
        return ["docker", "compose", *named], {}
    planned = plan_variant(project, variant)
    ensure_written(project, planned, migrate=migrate)
    files = (project.files.from_here(name) for name in compose_files(project, planned))
    options = call_options(project, planned)
    return ["docker", "compose", *options, *(word for name in files for word in ("-f", name))], dict(
        check_variables(planned.variant.overlay.env)
    )
