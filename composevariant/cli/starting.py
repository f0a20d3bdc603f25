"""What `init` does, without its options."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from composevariant.bases import find_base
from composevariant.cli.terminal import data, say
from composevariant.errors import ComposeVariantError, Refused, UnusableInput
from composevariant.files import BuildFiles, ProjectFiles, Written
from composevariant.operations import dockerfiles, strip
from composevariant.operations.outcome import Context
from composevariant.overlay import Dockerfiles, Strip
from composevariant.project import BUILT_IN, PROJECT_FILES
from composevariant.proposal import SCHEMA_FOLDER, look, project_file
from composevariant.shipped import schema_text
from composevariant.tree import Mapping
from composevariant.yamltext import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.proposal import Seen

_SCHEMAS = ("project.schema.json", "overlay.schema.json")


def start(folder: str, base_files: Sequence[str], *, show: bool, force: bool) -> int:
    """Write the project file and the schemas beside it; gives the exit code."""
    files = ProjectFiles(folder)
    there = next((name for name in PROJECT_FILES if files.is_file(name)), None)
    if there and not show and not force:
        raise Refused(f"{there} is there already", None, "--print shows what init would write, --force replaces it")
    text = project_file(_seen(files, base_files))
    if show:
        data(text)
        return 0
    name = there or PROJECT_FILES[0]
    schemas = [Written(f"{SCHEMA_FOLDER}/{schema}", schema_text(schema)) for schema in _SCHEMAS]
    files.write([Written(name, text), *schemas])
    say(f"wrote {name}, and the schemas for your editor to {SCHEMA_FOLDER}/")
    say("next: read it, then `composevariant migrate --dry-run` shows what the fast variant changes")
    return 0


def _seen(files: ProjectFiles, base_files: Sequence[str]) -> Seen:
    base = find_base(BUILT_IN, files, os.environ, base_files)
    root = parse(base.source).root
    if not isinstance(root, Mapping):
        raise UnusableInput(f"{base.name} has no services", None, "a base is a Compose file")
    context = Context(BuildFiles(files, posixpath.dirname(base.name)))
    return look(
        base.name,
        root,
        files.names(posixpath.dirname(base.name)),
        base_is_default=not base_files and "COMPOSE_FILE" not in os.environ,
        stripped=_strips(root, context),
        swapped=_swapped(root, context),
    )


def _strips(root: Mapping, context: Context) -> bool:
    try:
        return strip.apply(root, Strip("filebeat"), context).tree is not root
    except Refused:
        return True
    except ComposeVariantError:
        return False


def _swapped(root: Mapping, context: Context) -> list[str]:
    try:
        outcome = dockerfiles.apply(root, Dockerfiles(suffix=".fast", missing="keep"), context)
    except ComposeVariantError:
        return []
    return [note.service for note in outcome.notes if note.kind == "changed"]
