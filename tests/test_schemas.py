"""The JSON Schemas are what the dataclasses are. That both judge files alike is tested beside the example files."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import MISSING
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

import pytest
from jsonschema import Draft202012Validator

from composevariant.overlay import operations as overlay
from composevariant.overlay import reader as overlay_yaml
from composevariant.overlay import selectors
from composevariant.overlay.operations import Add, Dockerfiles, Each, Layer, Remove, Strip
from composevariant.overlay.reader import OVERLAY_KEYS, OverlayKeys
from composevariant.overlay.selectors import Selector
from composevariant.project import project_file as project
from composevariant.project.project_file import DeclaredVariant, Project
from composevariant.source import Location
from composevariant.tree.nodes import Mapping, Node
from composevariant.tree.paths import PathPattern

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
SCHEMAS = {name: json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text()) for name in ("overlay", "project")}
DEFINITIONS = SCHEMAS["overlay"]["$defs"]
RENAMED = {"excepted": "except", "targets": "for", "merged": "with"}

OBJECTS = [
    pytest.param(DEFINITIONS["strip"], Strip, {}, id="strip"),
    pytest.param(DEFINITIONS["remove"], Remove, {}, id="remove"),
    pytest.param(DEFINITIONS["dockerfiles"], Dockerfiles, {}, id="dockerfiles"),
    pytest.param(DEFINITIONS["each"], Each, {"at_least": "expect", "at_most": "expect"}, id="each"),
    pytest.param(DEFINITIONS["add"], Add, {}, id="add"),
    pytest.param(DEFINITIONS["conditions"], Selector, {}, id="selector"),
]


def defaults_of(cls: type) -> dict[str, object]:
    """The defaults of the fields, `MISSING` where there is none, but for the place in the file."""
    own: dict[str, object] = vars(cls)["_field_defaults"]
    defaults = {name: own.get(name, MISSING) for name in vars(cls)["_fields"]}
    return {name: default for name, default in defaults.items() if name != "location"}


def fields_of(cls: type, renamed: dict[str, str]) -> dict[str, object]:
    """The types of the fields by their YAML keys."""
    names = {**vars(overlay), **vars(overlay_yaml), **vars(selectors), **vars(project)}
    names |= {"Location": Location, "PathPattern": PathPattern, "Mapping": Mapping, "Node": Node}
    hints = get_type_hints(cls, names)
    keys = {**RENAMED, **renamed}
    return {keys.get(name, name): hints[name] for name in defaults_of(cls)}


def words_of(hint: object) -> set[str] | None:
    """The words of a `Literal`, which may be optional."""
    found = [each for each in (hint, *get_args(hint)) if get_origin(each) is Literal]
    return {str(word) for word in get_args(found[0])} if found else None


@pytest.mark.parametrize("name", SCHEMAS)
def test_is_a_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize(("schema", "cls", "renamed"), OBJECTS)
def test_has_the_keys_and_words_of_the_dataclass(schema: dict[str, Any], cls: type, renamed: dict[str, str]) -> None:
    fields = fields_of(cls, renamed)
    properties = schema["properties"]

    assert set(properties) == set(fields)
    assert schema["additionalProperties"] is False
    assert {key: set(each["enum"]) for key, each in properties.items() if "enum" in each} == {
        key: words for key, hint in fields.items() if (words := words_of(hint))
    }


@pytest.mark.parametrize(("schema", "cls", "renamed"), OBJECTS)
def test_has_the_defaults_of_the_dataclass(schema: dict[str, Any], cls: type, renamed: dict[str, str]) -> None:
    told = {key: each["default"] for key, each in schema["properties"].items() if "default" in each and key != "expect"}
    defaults = defaults_of(cls)

    assert {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()} == {
        key: defaults[key] for key in told
    }
    assert set(schema.get("required", ())) == {name for name, default in defaults.items() if default is MISSING}


def test_an_overlay_has_a_key_for_every_operation() -> None:
    operations = {cls.__name__.lower() for cls in get_args(overlay.Operation)}

    assert set(SCHEMAS["overlay"]["properties"]) == {"description", "sidecars", "env", *operations} == set(OVERLAY_KEYS)
    assert set(fields_of(OverlayKeys, {})) - {"layer"} == {"description", "sidecars", "env"}
    assert Layer._fields == ("name", "operations")


def test_a_variant_has_all_keys_of_an_overlay_and_its_own() -> None:
    variant = SCHEMAS["project"]["$defs"]["variant"]
    own = set(fields_of(DeclaredVariant, {"form": "as"})) - {"name", "keys", "must_change"}

    assert list(variant["properties"]) == [
        *SCHEMAS["overlay"]["properties"],
        "output",
        "as",
        "flatten",
        "extends",
        "overlays",
    ]
    assert set(variant["properties"]) == {*OVERLAY_KEYS, *own}
    assert {key: variant["properties"][key] for key in OVERLAY_KEYS} == {
        key: {"$ref": f"overlay.schema.json#/properties/{key}"} for key in OVERLAY_KEYS
    }


def test_a_project_file_has_the_keys_of_the_dataclass() -> None:
    assert set(SCHEMAS["project"]["properties"]) == set(fields_of(Project, {})) - {"base_is_list", "file"}


def properties_in(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from schema.get("properties", {}).items()
    for definition in schema.get("$defs", {}).values():
        yield from properties_in(definition)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_is_explained_for_editors(name: str) -> None:
    borrowed = ("#/$defs/path", "overlay.schema.json#/properties/")
    properties = list(properties_in(SCHEMAS[name]))

    assert len(properties) > 10
    assert [
        key for key, each in properties if "description" not in each and not each.get("$ref", "").startswith(borrowed)
    ] == []


def test_check_jsonschema_finds_its_way_from_the_project_schema_to_that_of_overlays(tmp_path: Path) -> None:
    examples = Path(__file__).parent / "overlay" / "project" / "accepted"
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("variants: {fast: {remove: [{missing: ok}]}}\n")
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(ROOT / "schemas" / "project.schema.json")]

    right = subprocess.run([*command, str(examples / "design.yml")], capture_output=True, text=True, check=False)
    refused = subprocess.run([*command, str(wrong)], capture_output=True, text=True, check=False)

    assert (right.returncode, right.stdout.strip()) == (0, "ok -- validation done")
    assert refused.returncode == 1
    assert "variants.fast.remove[0]" in refused.stdout
