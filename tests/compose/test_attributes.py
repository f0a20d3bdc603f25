"""The table of attributes: every list of the schema is in it, and one row is all that a new attribute needs."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from composevariant.compose.attributes import ROWS, Attribute, PathTable
from composevariant.compose.comparable import Leaf, data_of
from composevariant.compose.files.relocated_paths import relocate_paths
from composevariant.compose.identities import identity
from composevariant.compose.merge.merger import merge
from composevariant.errors import ComposeVariantError
from composevariant.tree import value_at
from composevariant.tree.nodes import Sequence
from composevariant.validation.attribute_rules import attribute_places, handling_of
from composevariant.validation.schema import installed_schema
from tests.compose.flow_yaml import flow, parsed

PLAIN = {
    "include.*.env_file", "include.*.path", "models.*.runtime_flags",
    "services.*.blkio_config.device_read_bps", "services.*.blkio_config.device_read_iops",
    "services.*.blkio_config.device_write_bps", "services.*.blkio_config.device_write_iops",
    "services.*.blkio_config.weight_device", "services.*.build.extra_hosts.*", "services.*.build.no_cache_filter",
    "services.*.deploy.placement.preferences", "services.*.deploy.resources.reservations.devices",
    "services.*.deploy.resources.reservations.devices.*.options",
    "services.*.deploy.resources.reservations.generic_resources", "services.*.develop.watch",
    "services.*.develop.watch.*.exec.command",
    "services.*.develop.watch.*.exec.environment", "services.*.develop.watch.*.ignore",
    "services.*.develop.watch.*.include", "services.*.extra_hosts.*", "services.*.gpus.*.options",
    "services.*.post_start", "services.*.post_start.*.command", "services.*.pre_stop", "services.*.pre_stop.*.command",
    "services.*.provider.options.*",
    "services.*.volumes.*.volume.labels",
}  # fmt: skip
"""Lists whose items have no names and that grow as any list does: lists of mappings, and lists inside one item."""
NEWER = ("jobs.", "services.*.pre_start", "x-")
"""What Docker Compose 2.40.3 does not read."""
NEW = Attribute("services.*.x_extra_files", "texts", merge="texts", holds="path", unique=True, ordered=True)
OLD = "services: {app: {x_extra_files: one.txt}}"


def lists(schema: Any, parts: Any, path: tuple[str, ...] = ()) -> set[str]:
    """The patterns of the lists in a part of the schema."""
    while "$ref" in schema:
        schema = parts[schema["$ref"].rpartition("/")[2]]
    found = {".".join(path)} if schema.get("type") == "array" else set()
    below = [(name, part) for name, part in schema.get("properties", {}).items()]
    below += [("*", part) for pattern, part in schema.get("patternProperties", {}).items() if "x-" not in pattern]
    below += [("*", part) for key in ("items", "additionalProperties") if isinstance(part := schema.get(key), dict)]
    for name, part in below:
        found |= lists(part, parts, (*path, name))
    for key in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(key, ()):
            found |= lists(part, parts, path)
    return found


def test_every_list_of_the_schema_has_a_row() -> None:
    schema: Any = installed_schema()
    every = lists(schema, schema.get("$defs") or schema["definitions"])
    known = {row.path for row in ROWS if row.items or row.merge}

    assert every >= PLAIN
    assert not {pattern for pattern in every - known - PLAIN if not pattern.startswith(NEWER)}


def test_no_row_is_there_twice() -> None:
    assert len({row.path for row in ROWS}) == len(ROWS)


@pytest.fixture
def with_new_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole program as it is with one more row in the table."""
    table = PathTable({row.path: row for row in (*ROWS, NEW)})
    for module in [module for name, module in sys.modules.items() if name.startswith("composevariant.")]:
        if hasattr(module, "ATTRIBUTES"):
            monkeypatch.setattr(module, "ATTRIBUTES", table)


@pytest.mark.usefixtures("with_new_row")
def test_a_row_is_all_that_a_new_attribute_needs() -> None:
    path = ("services", "app", "x_extra_files")
    base = parsed("services: {app: {x_extra_files: one.txt}}")
    override = parsed("services: {app: {x_extra_files: [two.txt, /abs.txt]}}")
    merged = merge(base, override)
    files = value_at(merged, *path)
    assert isinstance(files, Sequence)

    assert flow(files) == '["one.txt", "two.txt", "/abs.txt"]'
    assert [identity(path, item) for item in files.items] == [("one.txt",), ("two.txt",), ("/abs.txt",)]
    moved = relocate_paths(merged, "../lib").tree
    assert flow(moved) == '{"services": {"app": {"x_extra_files": ["../lib/one.txt", "../lib/two.txt", "/abs.txt"]}}}'
    assert isinstance(data_of(files, path), Leaf)


@pytest.mark.usefixtures("with_new_row")
def test_its_items_are_what_the_merge_refuses() -> None:
    with pytest.raises(ComposeVariantError, match="is not a string"):
        merge(parsed(OLD), parsed("services: {app: {x_extra_files: 80}}"))


@pytest.mark.parametrize(("rows", "expected"), [(ROWS, False), ((*ROWS, NEW), True)], ids=["without it", "with it"])
def test_validation_reads_the_row(rows: tuple[Attribute, ...], expected: bool) -> None:
    place = attribute_places(rows)
    for key in ("services", "app", "x_extra_files"):
        place = place.under(key)

    assert handling_of(place).deduplicated is expected


def test_without_a_row_it_is_like_any_other_value() -> None:
    assert flow(relocate_paths(parsed(OLD), "../lib").tree) == flow(parsed(OLD))
    assert identity(("services", "app", "x_extra_files"), parsed("a: b").entries[0].value) is None
