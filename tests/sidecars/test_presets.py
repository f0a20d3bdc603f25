"""Presets are data: the schema is what the fields are, and what is wrong with one is said with its place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import composevariant
from composevariant.disk.packaged import read_packaged
from composevariant.errors import ComposeVariantError
from composevariant.operations.context import Context
from composevariant.project.project_file import FAST_SIDECAR, FAST_SIDECAR_TITLE
from composevariant.sidecars.presets import (
    CLASSES,
    TEMPLATE_KEYS,
    Advice,
    Match,
    Preset,
    Traces,
    find_preset,
    load_preset,
    preset_names,
    read_preset,
)
from composevariant.source import Source
from composevariant.tree.nodes import Mapping, plain
from composevariant.yamltext.parser import parse
from tests.operations.removal import Files

ROOT = Path(composevariant.__file__).parent
SCHEMA: dict[str, Any] = json.loads(read_packaged("schemas/preset.schema.json").text)


def mapping(text: str) -> Mapping:
    root = parse(Source("acme.yml", text)).root
    assert isinstance(root, Mapping)
    return root


def test_the_schema_has_the_fields() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    properties = SCHEMA["properties"]
    keys = {"sort": "class"}
    own = [keys.get(field, field) for field in Preset._fields if field not in ("name", "template")]
    assert [*own, *TEMPLATE_KEYS] == list(properties)
    assert list(Advice._fields) == list(properties["advice"]["items"]["properties"])
    assert list(Match._fields) == list(properties["match"]["properties"])
    assert list(Traces._fields) == list(properties["traces"]["properties"])
    assert list(CLASSES) == properties["class"]["enum"]


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_that_comes_along_can_be_read_and_fits_the_schema(name: str) -> None:
    text = (ROOT / "sidecars" / "presets" / f"{name}.yml").read_text("utf-8")

    preset = load_preset(name, whole=True)

    assert load_preset(name) == preset._replace(template=None, advice=())
    assert not list(Draft202012Validator(SCHEMA).iter_errors(plain(mapping(text))))
    assert preset.name == name
    assert preset.match != Match()


def test_no_python_speaks_of_a_preset() -> None:
    pattern = re.compile(rf"\b(?:{'|'.join(preset_names())})\b", re.IGNORECASE)
    files = [*(ROOT / "sidecars").glob("*.py"), *(ROOT / "operations").rglob("*.py")]
    files = [file for file in files if file.name != "mentions.py"]  # it knows Docker's log drivers

    code = {file.name: re.sub(r'""".*?"""|#[^\n]*', "", file.read_text("utf-8"), flags=re.DOTALL) for file in files}

    assert {name for name, text in code.items() if pattern.search(text)} == set()


def test_no_python_speaks_of_the_sidecar_of_the_built_in_variant_but_where_that_is_defined() -> None:
    texts = [(file.name, file.read_text("utf-8")) for file in ROOT.rglob("*.py")]
    code = [(name, re.sub(r'""".*?"""', "", text, flags=re.DOTALL)) for name, text in texts]

    found = [name for name, text in code for line in text.splitlines() if FAST_SIDECAR in line.lower()]

    assert found == ["project_file.py", "project_file.py"]  # the other one is its title


def test_the_sidecar_of_the_built_in_variant_is_called_as_its_preset_calls_it() -> None:
    assert load_preset(FAST_SIDECAR).title == FAST_SIDECAR_TITLE


def test_a_preset_of_the_project_s_own() -> None:
    preset = read_preset(
        "acme-agent",
        mapping("""
        class: receiver
        match: {images: ["acme/agent*"], names: ["*-acme-agent"], mounts: ["/opt/acme/*"]}
        traces: {labels: ["acme.io/*"], environment: ["ACME_*"]}
        """),
    )

    match = Match(images=("acme/agent*",), names=("*-acme-agent",), mounts=("/opt/acme/*",))
    traces = Traces(labels=("acme.io/*",), environment=("ACME_*",))
    assert preset == Preset("acme-agent", "acme-agent", "receiver", match, traces)


WRONG = [
    pytest.param("title: Acme", ['acme.yml:1:1: the file needs the key "match"'], id="nothing to recognise it by"),
    pytest.param("[a]", None, id="a list"),
    pytest.param(
        "match: {image: [a]}\nclass: collecter\ntraces: {labels: acme.io/*}\n",
        [
            'acme.yml:1:9: match.image is not a known key (did you mean "images"?)',
            'acme.yml:2:8: class must be collector or receiver or path or controller, not "collecter"',
            "acme.yml:3:18: traces.labels must be a list of texts",
        ],
        id="several mistakes at once",
    ),
    pytest.param(
        "match: {}\ninstead: {labels: {a: b}, environment: {A: 1}}",
        [
            "acme.yml:2:11: instead.labels is not a known key",
            "acme.yml:2:44: instead.environment.A must be text, not 1",
        ],
        id="something else instead",
    ),
    pytest.param(
        "match: {}\nadvice: [{says: a}, {config: '(', says: b}, {unique: x, says: c}, {mount: /a}]",
        [
            "acme.yml:2:10: advice[0] needs command or config or unique or mount or alone",
            "acme.yml:2:30: advice[1].config is not a valid regular expression: missing )",
            "acme.yml:2:54: advice[2].unique needs a group for the part that must be unique",
            'acme.yml:2:67: advice[3] needs the key "says"',
        ],
        id="advice about nothing, and by no pattern",
    ),
    pytest.param("match: {images: [1]}", ["acme.yml:1:18: match.images[0] must be text, not 1"], id="a number"),
]


@pytest.mark.parametrize(("text", "messages"), WRONG)
def test_what_is_wrong_with_a_preset_is_said_with_its_place(text: str, messages: list[str] | None) -> None:
    node = parse(Source("acme.yml", text)).root
    assert node is not None

    with pytest.raises(ComposeVariantError) as caught:
        read_preset("acme", node)

    assert caught.value.exit_code == 2
    for message in messages or ():
        assert message in str(caught.value)


@pytest.mark.parametrize("ending", ["yml", "yaml"])
def test_a_file_of_the_project_does_not_hide_behind_a_preset_that_comes_along(ending: str) -> None:
    files = Files({f".composevariant/sidecars/filebeat.{ending}": "match: {images: [acme]}"})

    with pytest.raises(ComposeVariantError) as caught:
        find_preset("filebeat", Context(files, folders=files))

    assert str(caught.value) == (
        f".composevariant/sidecars/filebeat.{ending}:1:1: filebeat comes with composevariant and cannot be "
        "redefined\n  hint: rename the file and use its new name in the overlay"
    )


@pytest.mark.parametrize("name", ["", "filebaet", "../presets/filebeat", "filebeat.yml"])
def test_an_unknown_preset_is_refused(name: str) -> None:
    with pytest.raises(ComposeVariantError, match="is not a known sidecar"):
        find_preset(name, Context(Files({})))
