"""The digest of an overlay, which users' files carry: it may only change when the overlay asks for something else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

import pytest

from composevariant.overlay.legacy_digest import OLD_NAMES, legacy_text
from composevariant.overlay.operations import OPERATION_KEYS, Overlay, Remove, overlay_text
from composevariant.overlay.selectors import Name
from composevariant.project.project_file import BUILT_IN, load_project
from composevariant.project.variants import ad_hoc_variant, resolve_variant
from composevariant.source import Location, Source
from composevariant.text.generated_header import digest
from composevariant.tree.paths import Step, parse_path
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from composevariant.tree.paths import PathPattern

ACCEPTED = Path(__file__).parent / "accepted"


class Folder:
    """The files of a project by name."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    def read(self, path: str, /) -> Source | None:
        return Source(path, self.files[path]) if path in self.files else None


def overlay_of(text: str) -> Overlay:
    return ad_hoc_variant(BUILT_IN, "overlay.yml", Folder({"overlay.yml": text})).overlay


class Golden(NamedTuple):
    """An overlay file, its digest, and the digest that the first version gave it. None of them may ever be edited."""

    text: str
    digest: str
    legacy: str = ""
    """Empty for an overlay with an operation that the first version did not have."""


GOLDEN = {
    "nothing": Golden("", "2e294bd97cb9885b", "d4b04d3281cac2fa"),
    "every key": Golden((ACCEPTED / "everything.yml").read_text(), "f0f2f72410491b0c", "8d30fdce513f59a6"),
    "selectors": Golden((ACCEPTED / "selectors.yml").read_text(), "fdeb9c88a93caec0", "9aebeb4f53db1537"),
    "expectations": Golden((ACCEPTED / "expectations.yml").read_text(), "10e5296e0b32e446", "43593740caa4bb12"),
    "any value": Golden((ACCEPTED / "any_value.yml").read_text(), "b8b3db9ba86edb46", "3cb365037e5731ec"),
    "anchors": Golden((ACCEPTED / "anchors.yml").read_text(), "8a9491977a2eb287", "7b0da47e03b1d432"),
    "env": Golden("env: {A: 1.10, B: yes, C: 0x10, D: null, E: 'é'}", "01988fad73a6b519", "1c7e41ce64b98cba"),
    "strip": Golden(
        "strip: [filebeat, {sidecar: elk, except: [kibana], labels: keep}]", "c2234571a9bca188", "340d36da7a679e27"
    ),
    "remove": Golden(
        """remove: ['services["a.b"].ports["*:53/udp"]', 'services.*[a*b]', 'services["*"].x']""",
        "5aef823b6d96a787",
        "151e4ccbd58bfc97",
    ),
    "rename": Golden(
        "rename: {services.db: services.pg, volumes.data: volumes.pgdata}", "c98ba1e509f55827", "d47147e76fa4c7d9"
    ),
    "dockerfiles": Golden(
        "dockerfiles: {services: {name: [a, b], except: b, profile: dev}, suffix: .fast, missing: generate,"
        " platforms: [linux/arm64], cache: {registry: 'example.com/{service}:cache'}}",
        "d8a1f297bb1f1bee",
        "fc5e996f13ddf49a",
    ),
    "compose": Golden(
        "compose:\n  services:\n    a:\n      ports: !reset []\n      volumes: !override [./a:/a]\n"
        "      mem_limit: 1.50\n      init: true\n      user: '1000'\n      command: null\n"
        "      labels: {since: 2024-01-31}\n",
        "9cd3f71edbd20ed4",
        "4e5576739a8dcffb",
    ),
    "each": Golden(
        "each: [{match: {has: build}, merge: {restart: 'no'}, expect: 3}]", "fa7bc8a65843e310", "102e1d2530621593"
    ),
    "replace": Golden(
        "replace: {services.a.command: [run, 'ü', !!str 80], services.a.x: !own {k: v}}",
        "f1d24faffce625fb",
        "501cb1209e689dba",
    ),
    "add": Golden(
        "add: [{sidecar: filebeat, for: web, logs: /var/log/web/, version: 9, output: logstash, config: inline,"
        " params: {a: 1}, with: {cpus: 0.5}}]",
        "c05a3811425ae669",
        "ea76a86b7bb309fd",
    ),
}


@pytest.mark.parametrize("golden", GOLDEN.values(), ids=list(GOLDEN))
def test_the_digest_of_an_overlay_never_changes(golden: Golden) -> None:
    assert digest(overlay_text(overlay_of(golden.text))) == golden.digest


@pytest.mark.parametrize("golden", [golden for golden in GOLDEN.values() if golden.legacy])
def test_the_digest_of_the_first_version_is_still_known(golden: Golden) -> None:
    assert digest(legacy_text(overlay_of(golden.text))) == golden.legacy


def test_the_digests_of_the_built_in_variant() -> None:
    fast = resolve_variant(BUILT_IN, "fast", Folder({})).overlay

    assert digest(overlay_text(fast)) == "e60cec7ab04fa2ab"
    assert digest(legacy_text(fast)) == "34793f8da5266fad"


def test_the_digests_of_a_variant_of_several_layers() -> None:
    project = load_project(
        parse(
            Source(
                "composevariant.yml",
                "variants:\n  lite: {strip: [elk], env: {A: 1, B: 2}}\n"
                "  ci: {extends: [lite], overlays: [ci.yml], env: {B: null}, flatten: true}\n",
            )
        )
    )
    ci = resolve_variant(project, "ci", Folder({"ci.yml": "remove: [services.mail]\nenv: {A: 3}\n"})).overlay

    assert digest(overlay_text(ci)) == "ce6fc2baa38f5a16"
    assert digest(legacy_text(ci)) == "b37b85677e6f715e"


def test_the_text_is_in_the_words_of_the_user() -> None:
    text = overlay_text(overlay_of(GOLDEN["strip"].text + "\nadd: [{sidecar: vector, for: web, with: {init: true}}]"))

    assert text == (
        "{layers: [{name: 'overlay.yml', operations: [{strip: {sidecar: 'filebeat'}}, "
        "{strip: {except: ['kibana'], labels: 'keep', sidecar: 'elk'}}, "
        "{add: {for: {name: ['web']}, sidecar: 'vector', with: {'init': true}}}]}]}"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("strip: [filebeat]", "# c\nstrip:\n  - {required: false, sidecar: 'filebeat'}", id="strip"),
        pytest.param("remove: [services.a]", "remove: [{path: 'services[\"a\"]', cascade: true}]", id="remove"),
        pytest.param(
            "each: [{match: '*', merge: {a: 'x', b: !!str 1}}]",
            "each:\n- match: {name: ['*']}\n  expect: 1+\n  merge:\n    a: x\n    b: \"1\"\n",
            id="each",
        ),
        pytest.param(
            "add: [{sidecar: vector, for: a, logs: /l, output: console}]",
            "add: [{output: {console: {}}, for: [a], sidecar: vector, logs: {'*': /l/}, config: file}]",
            id="add",
        ),
        pytest.param("compose: {x-a: &a {k: v}, x-b: *a}", "compose: {x-a: {k: v}, x-b: {k: v}}", id="aliases"),
        pytest.param("env: {A: 1.10}\nremove: [a]", "remove: [a]\nenv: {A: '1.1', B: null}", id="env"),
    ],
)
def test_what_asks_for_the_same_has_the_same_digest(one: str, other: str) -> None:
    assert overlay_text(overlay_of(one)) == overlay_text(overlay_of(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("strip: [a]", "strip: [{sidecar: a, services: [a]}]", id="services"),
        pytest.param("strip: [{sidecar: a, except: [x, y]}]", "strip: [{sidecar: a, except: ['x, y']}]", id="items"),
        pytest.param("remove: [services.*]", "remove: ['services[\"*\"]']", id="a star that is no wildcard"),
        pytest.param("dockerfiles: {suffix: .f}", "dockerfiles: {suffix: .f, services: '*'}", id="all services"),
        pytest.param("each: [{match: a, remove: [x], expect: 1}]", "each: [{match: a, remove: [x]}]", id="expect"),
        pytest.param("replace: {a: 1}", "replace: {a: '1'}", id="number and text"),
        pytest.param("replace: {a: 1.0}", "replace: {a: 1.00}", id="spelling of a number"),
        pytest.param("replace: {a: 2024-01-31}", "replace: {a: '2024-01-31'}", id="date and text"),
        pytest.param("replace: {a: null}", "replace: {a: 'null'}", id="null and text"),
        pytest.param("replace: {a: true}", "replace: {a: 'true'}", id="flag and text"),
        pytest.param("compose: {a: []}", "compose: {a: !reset []}", id="tag of a list"),
        pytest.param("compose: {a: {}}", "compose: {a: !override {}}", id="tag of a mapping"),
        pytest.param("compose: {a: x}", "compose: {a: !reset x}", id="tag of a scalar"),
        pytest.param("compose: {a: 1, b: 2}", "compose: {b: 2, a: 1}", id="order of what is written"),
        pytest.param("remove: [a, b]", "remove: [b, a]", id="order of operations"),
        pytest.param("env: {A: x}", "env: {A: y}", id="env"),
        pytest.param("add: [{sidecar: vector, for: a}]", "add: [{sidecar: vector, for: {except: a}}]", id="for"),
    ],
)
def test_what_asks_for_something_else_has_another_digest(one: str, other: str) -> None:
    assert overlay_text(overlay_of(one)) != overlay_text(overlay_of(other))
    assert legacy_text(overlay_of(one)) != legacy_text(overlay_of(other))


@pytest.mark.parametrize("operation", OPERATION_KEYS, ids=OPERATION_KEYS.values())
def test_every_operation_has_its_key_and_is_in_a_golden_overlay(operation: type) -> None:
    golden = [overlay_of(golden.text) for golden in GOLDEN.values()]

    assert any(isinstance(each, operation) for overlay in golden for each in overlay.operations)


@pytest.mark.parametrize("golden", GOLDEN.values(), ids=list(GOLDEN))
def test_a_new_optional_field_changes_no_digest(golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    overlay = later(overlay_of(golden.text), monkeypatch)

    assert digest(overlay_text(cast("Overlay", overlay))) == golden.digest


def later(value: object, monkeypatch: pytest.MonkeyPatch) -> object:
    """The same overlay after each class got another name, another order of its fields, and a new optional one."""
    if not isinstance(value, tuple) or isinstance(value, (Name, Step, Location)):
        return value
    items = [later(item, monkeypatch) for item in value]
    names: tuple[str, ...] = getattr(value, "_fields", ())
    if not names:
        return tuple(items)
    defaults: dict[str, object] = getattr(value, "_field_defaults", {})
    fields = {"_fields": ("brand_new", *reversed(names)), "_field_defaults": {**defaults, "brand_new": ()}}
    kind = type("Later", (tuple,), fields)
    if type(value) in OPERATION_KEYS:
        monkeypatch.setitem(OPERATION_KEYS, kind, OPERATION_KEYS[type(value)])
    return kind(((), *reversed(items)))


class Later(NamedTuple):
    """`Remove` after somebody renamed it and a field of it, and gave it a new one."""

    path: PathPattern
    brand_new: str = ""
    absent: str = "error"
    cascade: bool = True


def test_a_digest_of_the_first_version_survives_new_names_but_matches_no_new_field(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(OLD_NAMES, Later, ("Remove", "path missing=absent cascade"))
    path = parse_path("services.a")

    assert legacy_text(Later(path, absent="ok")) == legacy_text(Remove(path, missing="ok"))
    assert legacy_text(Later(path, "set", absent="ok")) != legacy_text(Remove(path, missing="ok"))
