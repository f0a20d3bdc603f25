"""What `switch` does, without its options."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from composevariant.bases import override_beside
from composevariant.cli.fresh import made_fresh, planned_variant
from composevariant.cli.projects import open_project
from composevariant.cli.terminal import data, say
from composevariant.disk import BOM, ProjectFiles, Written
from composevariant.environment.block import Block, find_block, with_block
from composevariant.environment.consequences import Situation, consequences
from composevariant.environment.variables import checked, compose_file, is_for_builders, of_another_folder
from composevariant.errors import ComposeVariantError, Refused, UnusableInput
from composevariant.migration import compose_files, elsewhere
from composevariant.tree import Mapping
from composevariant.variants import resolve_variant

if TYPE_CHECKING:
    from composevariant.workshop import Workshop


class Wanted(NamedTuple):
    """The options of `switch`."""

    variant: str
    base: tuple[str, ...] = ()
    env_file: str = ".env"
    show: bool = False
    migrate: bool = True
    force: bool = False


def switch(folder: str, wanted: Wanted) -> int:
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


def _back(files: ProjectFiles, wanted: Wanted, block: Block | None) -> int:
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


def _to_variant(folder: str, files: ProjectFiles, wanted: Wanted, before: str | None) -> int:
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


def _other_variants(workshop: Workshop, chosen: str) -> tuple[tuple[str, Mapping], ...]:
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
    files.write([Written(path, (BOM if files.has_bom(path) else "") + text)])
