"""Where the Compose schema comes from, and what happens when it is missing or broken."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING

import pytest

from composevariant.errors import UnusableInput
from composevariant.validation.compiled import Rules
from composevariant.validation.schema import given_schema, installed_schema

if TYPE_CHECKING:
    from pathlib import Path


def test_the_installed_schema_is_a_schema() -> None:
    from jsonschema.validators import Draft202012Validator, validator_for

    schema = installed_schema()

    validator_for(schema, default=Draft202012Validator).check_schema(schema)


def test_valid_files_are_validated_without_slow_imports() -> None:
    program = (
        "import sys; from composevariant.source import Source; from composevariant.yamltext import parse\n"
        "from composevariant.validation import Rules, find_problems, installed_schema\n"
        "root = parse(Source('c.yml', 'services: {web: {image: x}}')).root\n"
        "assert not find_problems(root, Rules(installed_schema()), 'c.yml')\n"
        "print({'jsonschema', 'check_jsonschema', 'deepdiff'} & sys.modules.keys())"
    )

    called = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert called.stdout == "set()\n"


def package(folder: Path, schema: str | None) -> ModuleSpec:
    vendored = folder / "builtin_schemas" / "vendor"
    vendored.mkdir(parents=True)
    if schema is not None:
        (vendored / "compose-spec.json").write_text(schema, encoding="utf-8")
    spec = ModuleSpec("check_jsonschema", None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    return spec


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (None, "the Compose schema is not in the installed package check-jsonschema"),
        ("{", "compose-spec.json:1:2: this is not JSON"),
        ("[]", "is not a JSON schema: it is not an object"),
    ],
)
def test_a_broken_installation_is_explained(
    schema: str | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = package(tmp_path, schema)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: spec)

    with pytest.raises(UnusableInput, match=message) as caught:
        installed_schema()

    assert "--schema" in caught.value.hint


def test_a_missing_package_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(UnusableInput, match="the package check-jsonschema, which contains the Compose schema"):
        installed_schema()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type": 5}', r"mine.json is not a JSON schema: \$.type"),
        ('{"properties": []}', r"mine.json is not a JSON schema: \$.properties"),
        ('{"$schema": "http://json-schema.org/draft-04/schema#"}', "too old"),
        ("type: object", "mine.json:1:1: this is not JSON"),
        ("[" * 100_000, "mine.json is nested too deeply"),
    ],
)
def test_a_given_schema_that_is_none_is_refused(text: str, message: str) -> None:
    with pytest.raises(UnusableInput, match=message):
        given_schema(text, "mine.json")


@pytest.mark.parametrize(
    "dialect",
    [
        "https://json-schema.org/draft/2020-12/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft-07/schema",
        "of one's own",
    ],
)
def test_a_given_schema_may_be_of_any_newer_draft(dialect: str) -> None:
    from composevariant.tree.nodes import string

    rules = Rules(given_schema(f'{{"$schema": "{dialect}", "type": "object"}}', "mine.json"))

    assert not rules.accept(string("x"))
