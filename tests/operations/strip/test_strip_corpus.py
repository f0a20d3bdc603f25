"""On real files, for every preset: what a strip leaves can be read, is right to Compose, and differs where it says."""

from __future__ import annotations

import json
import re
import subprocess
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from composevariant.compose.reference_index import SECTIONS
from composevariant.compose.services import services_of
from composevariant.errors import ComposeVariantError, Refused
from composevariant.operations.strip import strip
from composevariant.overlay.operations import Strip
from composevariant.sidecars.presets import preset_names
from composevariant.source import Source
from composevariant.tree.nodes import Mapping, location_of, same
from composevariant.yamltext.parser import parse
from tests.operations.removal import context, removed_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from composevariant.operations.context import Outcome


class Stripped(NamedTuple):
    """A real file of which a strip took something."""

    path: Path
    sidecar: str
    before: str
    after: str
    outcome: Outcome
    root: Mapping


def stripped_files(files: list[Path]) -> Iterator[Stripped]:
    for path in files:
        try:
            text = path.read_bytes().decode("utf-8-sig")
            root = parse(Source(path.name, text)).root
        except (ComposeVariantError, UnicodeDecodeError):
            continue
        for sidecar in preset_names() if isinstance(root, Mapping) and services_of(root) else ():
            assert isinstance(root, Mapping)
            try:
                outcome = strip.apply(root, Strip(sidecar), context())
            except ComposeVariantError as error:
                assert isinstance(error, Refused) or "leave no service" in str(error), path  # noqa: PT017
                continue
            after = removed_text(Source(path.name, text), outcome)
            assert (after == text) == (outcome.tree is root), path
            if outcome.tree is not root:
                yield Stripped(path, sidecar, text, after, outcome, root)


@pytest.mark.corpus
def test_a_strip_of_a_real_file_is_done_once_and_can_be_read(corpus_files: list[Path]) -> None:
    done = 0
    for each in stripped_files(corpus_files):
        root = parse(Source(each.path.name, each.after)).root
        assert isinstance(root, Mapping)
        assert same(root.get("services") or root, each.outcome.tree.get("services") or root)
        assert strip.apply(root, Strip(each.sidecar), context()).tree is root, each.path
        done += 1

    assert done > 15


@pytest.mark.corpus
def test_a_strip_of_a_real_file_touches_only_what_it_reports(corpus_files: list[Path]) -> None:
    for each in stripped_files(corpus_files):
        named = {note.service for note in each.outcome.notes if note.kind in ("removed", "repaired", "warning")}
        told = " ".join(note.message for note in each.outcome.notes if note.kind == "removed" and not note.service)
        owners = owners_of_lines(each.root)
        lines, left = each.before.split("\n"), each.after.split("\n")
        for tag, start, end, _, _ in SequenceMatcher(None, lines, left, autojunk=False).get_opcodes():
            for number in range(start, end) if tag != "equal" else ():
                section, name = owners.get(number + 1, ("", ""))
                shared = section.startswith("x-")  # of which a service that is told of took something
                assert (
                    not name or shared or name in (named if section == "services" else re.split(r"[\s,;:]+", told))
                ), (
                    each.path,
                    each.sidecar,
                    lines[number],
                )


def owners_of_lines(root: Mapping) -> dict[int, tuple[str, str]]:
    """The definition that each line belongs to, from its key to its last value."""
    owners: dict[int, tuple[str, str]] = {}
    for section in SECTIONS.values():
        definitions = root.get(section)
        for entry in definitions.entries if isinstance(definitions, Mapping) else ():
            key, span = location_of(entry.key), entry.value.span
            if key and span:
                last = span.source.location(span.end).line
                owners |= dict.fromkeys(range(key.line, last + 1), (section, entry.name))
    return owners


def model(folder: Path, text: str) -> dict[str, Any] | None:
    """What Docker Compose makes of a text in a folder; None where it refuses it."""
    command = ["docker", "compose", "-p", "shop", "-f", "-", "--profile", "*", "config", "--format", "json"]
    ran = subprocess.run(command, input=text, cwd=folder, capture_output=True, text=True, check=False)
    return json.loads(ran.stdout) if ran.returncode == 0 else None


@pytest.mark.corpus
@pytest.mark.oracle
@pytest.mark.slow
def test_compose_finds_the_same_in_what_a_strip_does_not_speak_of(corpus_files: list[Path]) -> None:
    models: dict[Path, dict[str, Any] | None] = {}
    for each in stripped_files(corpus_files):
        if each.path not in models:
            models[each.path] = model(each.path.parent, each.before)
        before = models[each.path]
        if before is None:
            continue
        after = model(each.path.parent, each.after)
        assert after is not None, (each.path, each.sidecar)
        named = {note.service for note in each.outcome.notes if note.kind in ("removed", "repaired", "warning")}
        gone = before["services"].keys() - after["services"].keys()
        assert gone == services_of(each.root).keys() - services_of(each.outcome.tree).keys()
        for name, service in after["services"].items():
            assert name in named or service == before["services"][name], (each.path, each.sidecar, name)

    assert sum(found is not None for found in models.values()) > 5
