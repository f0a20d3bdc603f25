"""The command `init`, which creates a project file."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from composevariant.commands.terminal import print_data, print_message
from composevariant.disk import FileToWrite, ProjectFiles, RecordedFiles, read_packaged
from composevariant.errors import ComposeVariantError, Refused, UnusableInput
from composevariant.operations import Context, apply
from composevariant.overlay import Dockerfiles, Strip
from composevariant.project import (
    BUILT_IN,
    FAST_SIDECAR,
    PROJECT_FILES,
    SCHEMA_FOLDER,
    Survey,
    add_base_facts,
    find_base,
    is_yaml,
    starter_text,
)
from composevariant.text import read_generated
from composevariant.tree import Mapping
from composevariant.variants import read_model

if TYPE_CHECKING:
    from collections.abc import Sequence

_SCHEMAS = ("project.schema.json", "overlay.schema.json")


def init_project(folder: str, base_files: Sequence[str], *, show: bool, force: bool) -> int:
    """Write the project file and the schemas, and return the exit code."""
    files = ProjectFiles(folder)
    there = next((name for name in PROJECT_FILES if files.is_file(name)), None)
    if there and not show and not force:
        raise Refused(f"{there} already exists", None, "--force overwrites it, --print prints the new file")
    text = starter_text(_survey(files, base_files))
    if show:
        print_data(text)
        return 0
    name = there or PROJECT_FILES[0]
    schemas = [FileToWrite(f"{SCHEMA_FOLDER}/{schema}", read_packaged(f"schemas/{schema}").text) for schema in _SCHEMAS]
    files.write([FileToWrite(name, text), *schemas])
    print_message(f"created {name}, and the schemas for your editor in {SCHEMA_FOLDER}/")
    print_message("next: read it, then `composevariant migrate --dry-run` shows what the fast variant changes")
    return 0


def _survey(files: ProjectFiles, base_files: Sequence[str]) -> Survey:
    base = find_base(BUILT_IN, files, os.environ, base_files)
    root = read_model(base.sources).tree
    if not isinstance(root, Mapping):
        raise UnusableInput(f"{base.label} has no services", None, "a base is a Compose file")
    context = Context(RecordedFiles(files, posixpath.dirname(base.name)))
    is_default = not base_files and "COMPOSE_FILE" not in os.environ
    seen = Survey(base.names, is_default, _can_strip(root, context), _services_with_fast_dockerfile(root, context))
    return add_base_facts(seen, root, _written_by_hand(files, posixpath.dirname(base.name)))


def _written_by_hand(files: ProjectFiles, folder: str) -> list[str]:
    """Return the names of the YAML files in a folder that were not generated."""
    texts = {name: _text(files, posixpath.join(folder, name)) for name in files.names(folder) if is_yaml(name)}
    return [name for name, text in texts.items() if read_generated(text) is None]


def _text(files: ProjectFiles, path: str) -> str:
    try:
        source = files.read(path)
    except ComposeVariantError:
        return ""
    return source.text if source else ""


def _can_strip(root: Mapping, context: Context) -> bool:
    try:
        return apply(root, Strip(FAST_SIDECAR), context).tree is not root
    except Refused:
        return True
    except ComposeVariantError:
        return False


def _services_with_fast_dockerfile(root: Mapping, context: Context) -> tuple[str, ...]:
    try:
        outcome = apply(root, Dockerfiles(suffix=".fast", missing="keep"), context)
    except ComposeVariantError:
        return ()
    return tuple(note.service for note in outcome.notes if note.kind == "changed")
