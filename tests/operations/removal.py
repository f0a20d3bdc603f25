"""Projects before and after `strip` and `remove`, and what the real Compose says of them."""

from __future__ import annotations

import json
import os
import subprocess
from tempfile import TemporaryDirectory
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Literal

from composevariant.compose.identities import item_key
from composevariant.operations.context import Context, Outcome
from composevariant.operations.remove import remove
from composevariant.operations.strip import strip
from composevariant.overlay.operations import Remove, Strip
from composevariant.source import Location, Source
from composevariant.tree.nodes import Mapping
from composevariant.tree.paths import parse_path
from composevariant.yamltext.editor import edit
from composevariant.yamltext.parser import Document, parse
from composevariant.yamltext.shared_anchors import lift, propagate

if TYPE_CHECKING:
    from composevariant.errors import ComposeVariantError

OVERLAY = Location("overlay.yml", 2, 5)


class Files(dict[str, str]):
    """The files of a project's folder, by path."""

    def read_text(self, path: str) -> str | None:
        return self.get(path)

    def is_file(self, path: str) -> bool:
        return path in self

    def exists(self, path: str) -> bool:
        return path in self

    def glance(self, path: str) -> str | None:
        return self.get(path)

    def inside(self, folder: str) -> tuple[list[str], list[str]]:
        start = "" if folder in ("", ".") else f"{folder}/"
        below = [path.removeprefix(start) for path in self if path.startswith(start)]
        folders = {path.partition("/")[0] for path in below if "/" in path}
        return sorted(path for path in below if "/" not in path), sorted(folders)


def document(text: str) -> Document:
    return parse(Source("docker-compose.yml", dedent(text)))


def tree(text: str) -> Mapping:
    root = document(text).root
    assert isinstance(root, Mapping)
    return root


def context(files: dict[str, str] | None = None) -> Context:
    there = Files(files or {})
    return Context(there, "shop", folders=there)


def stripped(before: str | Mapping, files: dict[str, str] | None = None, **options: Any) -> Outcome:
    """What a strip of Filebeat makes of a project."""
    root = before if isinstance(before, Mapping) else tree(before)
    return strip.apply(root, Strip("filebeat", location=OVERLAY, **options), context(files))


def removed(
    before: str | Mapping,
    *paths: str,
    missing: Literal["error", "ok"] = "error",
    cascade: bool = True,
    files: dict[str, str] | None = None,
) -> Outcome:
    """What the removals, one after the other, make of a project."""
    outcome = Outcome(before if isinstance(before, Mapping) else tree(before))
    for path in paths:
        wanted = Remove(parse_path(path), missing, cascade, OVERLAY)
        after = remove.apply(outcome.tree, wanted, context(files))
        outcome = Outcome(after.tree, (*outcome.notes, *after.notes))
    return outcome


def refusals(error: ComposeVariantError) -> list[str]:
    """The messages of an error, one each."""
    return [str(each) for each in error.errors]


def said(outcome: Outcome, *kinds: str) -> list[str]:
    """The notes of these kinds, or all, as `service: message`."""
    return [f"{note.service}: {note.message}" for note in outcome.notes if not kinds or note.kind in kinds]


def written(before: str, outcome: Outcome) -> str:
    """The text that the project is written as afterwards."""
    return removed_text(document(before).source, outcome)


def removed_text(source: Source, outcome: Outcome) -> str:
    """The same for a text as it is."""
    base = parse(source)
    assert isinstance(base.root, Mapping)
    return edit(base, lift(base, base.root, propagate(base, base.root, outcome.tree)), item_key)


def compose_model(text: str) -> dict[str, Any]:
    """The model that Docker Compose makes of a file; fails where Compose refuses it."""
    command = ["docker", "compose", "-p", "shop", "-f", "-", "--profile", "*", "config", "--format", "json"]
    command.append("--no-path-resolution")
    known = os.environ | {"LOG_IMAGE": "logs"}
    with TemporaryDirectory() as folder:
        called = subprocess.run(command, input=text, cwd=folder, env=known, capture_output=True, text=True, check=False)
    assert called.returncode == 0, called.stderr
    model: dict[str, Any] = json.loads(called.stdout)
    return model


_WORDS = {
    "labels": ("label",),
    "deploy": ("label",),
    "environment": ("variable", "set on"),
    "volumes": ("mount", "volumes_from"),
    "tmpfs": ("mount",),
    "configs": ("mount",),
    "secrets": ("mount",),
    "depends_on": ("depends_on", "links", "volumes_from", "network_mode", "pid", "ipc"),
}
"""How notes call what Compose calls otherwise, or turns into something else."""


def untold(before: dict[str, Any], after: dict[str, Any], outcome: Outcome) -> list[str]:
    """What is different for Compose in a service, and no note on the service has a word for."""
    lost: list[str] = []
    for name, service in after["services"].items():
        old = before["services"][name]
        told = [note.message for note in outcome.notes if note.service == name or name in note.message]
        for key in dict.fromkeys((*old, *service)):
            words = (*_WORDS.get(key, (key,)), "extends", "took over")
            if old.get(key) != service.get(key) and not any(word in message for word in words for message in told):
                lost.append(f"{name}.{key}")
    return lost
