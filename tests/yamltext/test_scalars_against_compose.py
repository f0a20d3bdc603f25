"""What a text means is what the real `docker compose config` makes of it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, TypeAlias

import pytest

from composevariant.errors import ComposeVariantError
from composevariant.source import Source
from composevariant.tree.nodes import Mapping, Node, Sequence, go_text, plain_meaning
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.oracle

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"
Model: TypeAlias = "dict[str, JSON]"
Config: TypeAlias = "Callable[[str], Model | None]"

NOT_STRINGS = [
    "0",
    "-0",
    "+0",
    "00",
    "12",
    "-1",
    "+12",
    "1_000",
    "1__0",
    "1_",
    "0444",
    "017",
    "-017",
    "+017",
    "0o17",
    "0O17",
    "0b11",
    "0b1_0",
    "-0b1",
    "0x1F",
    "0X1f",
    "0x_1F",
    "-0x1f",
    "0xFFFFFFFFFFFFFFFF",
    "-9223372036854775808",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999",
    "-9223372036854775809",
    "0777777777777777777777777",
    "0.5",
    ".5",
    "5.",
    "-0.0",
    "1.0",
    "1.10",
    "+.5e-3",
    "12.5",
    "1e3",
    "1E5",
    "1e+3",
    "12e03",
    "1_0.5",
    "1_e3",
    "1.e5",
    "1e0",
    "1e16",
    "1e20",
    "1e21",
    "1e22",
    "1.5e+10",
    "1e-5",
    "1e-7",
    "0.0001",
    "0.00001",
    "0.00012",
    "123456789.0",
    "123456789012345678901.5",
    "08",
    "009.5",
    "0008",
    "5e-324",
    "1e-400",
    "1.7976931348623157e308",
    "true",
    "True",
    "TRUE",
    "false",
    "False",
    "FALSE",
    "null",
    "Null",
    "NULL",
    "~",
    "1_2_3.4_5",
    "-_1",
]
STRINGS = [
    "x",
    "yes",
    "Yes",
    "no",
    "No",
    "NO",
    "on",
    "ON",
    "off",
    "y",
    "n",
    "22:22",
    "1:20:30",
    "1,000",
    "0x",
    "0b",
    "0o",
    "0xg",
    "0b12",
    "0o8",
    "1e",
    "1e+",
    "e5",
    ".e5",
    ".",
    "..",
    "+",
    "--",
    "+-1",
    "--1",
    "-+1",
    "1.2.3",
    "_1",
    "._5",
    "1e999",
    "123e4567",
    "0x10000000000000000",
    "0o7777777777777777777777777",
    "-0x80000000000000000",
    "tRUE",
    "nULL",
    "Nan",
    "nan",
    "inf",
    "infinity",
    "+Inf",
    ".Nan",
    ".iNF",
    "+.nan",
    "-.nan",
    "2001-13-45",
    "2001-02-30",
    "2001-2-29",
    "2001-12-32",
    "201-01-01",
    "20010-01-01",
    "2001-001-01",
    "+2001-01-01",
    "2001-01-01T25:00:00Z",
    "2001-01-01T01:02:03",
    "1x",
    "0444x",
    "٣",
    "1٣",
    "=",
    "<x",
    "0x1p-2",
    "0x1.8p1",
    "a#b",
    "a:b",
    "-a",
    "?a",
    ":a",
]
TIMESTAMPS = [
    "2001-01-01",
    "2001-1-1",
    "2000-2-29",
    "0000-01-01",
    "2001-01-01T01:02:03Z",
    "2001-1-1t1:2:3.5+01:00",
    "2001-01-01T00:00:00.123456789Z",
]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """`config(text)` is the model that Compose makes of a file, or None when it refuses it."""
    folder = tmp_path_factory.mktemp("config")

    def model(text: str) -> Model | None:
        (folder / "compose.yml").write_bytes(text.encode())
        command = ["docker", "compose", "-p", "x", "-f", "compose.yml", "config", "--format", "json"]
        called = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if called.returncode:
            return None
        found: Model = json.loads(called.stdout)
        return found

    return model


def as_json(node: Node) -> JSON:
    if isinstance(node, Mapping):
        return {name: as_json(value) for name, value in node.items()}
    if isinstance(node, Sequence):
        return [as_json(item) for item in node.items]
    value = node.meaning.value
    assert value is None or isinstance(value, (str, int, float))
    return value


def test_numbers_booleans_and_nulls_are_what_compose_takes_them_for(config: Config) -> None:
    text = "".join(f"  k{number}: {word}\n" for number, word in enumerate(NOT_STRINGS))
    model = config(f"services: {{}}\nx-words:\n{text}")
    assert model is not None
    found = model["x-words"]
    assert isinstance(found, dict)

    expected = {word: plain_meaning(word).value for word in NOT_STRINGS}
    said = {word: found[f"k{number}"] for number, word in enumerate(NOT_STRINGS)}
    floats = {word: float(str(value)) for word, value in said.items() if plain_meaning(word).kind == "float"}

    assert said | floats == expected  # JSON writes large floats without an exponent
    assert not [word for word in NOT_STRINGS if plain_meaning(word).kind in ("str", "timestamp")]


def test_strings_are_what_compose_takes_for_strings(config: Config) -> None:
    text = "".join(f"  k{number}: {word}\n" for number, word in enumerate(STRINGS))
    model = config(f"services: {{}}\nx-words:\n{text}")
    assert model is not None
    found = model["x-words"]
    assert isinstance(found, dict)

    assert [found[f"k{number}"] for number in range(len(STRINGS))] == STRINGS
    assert not [word for word in STRINGS if plain_meaning(word).kind != "str"]


@pytest.mark.parametrize("word", TIMESTAMPS)
def test_timestamps_are_what_compose_refuses_in_an_environment(word: str, config: Config) -> None:
    assert plain_meaning(word).kind == "timestamp"
    assert config(f"services: {{a: {{image: x, environment: {{A: {word}}}}}}}") is None
    assert config(f"services: {{a: {{image: x, environment: {{A: '{word}'}}}}}}") is not None


def test_what_stands_in_an_environment_and_in_labels_is_printed_as_go_prints_it(config: Config) -> None:
    words = [word for word in NOT_STRINGS if plain_meaning(word).kind != "null"] + [".inf", "-.INF", "+.Inf", ".nan"]
    text = "".join(f"      k{number}: {word}\n" for number, word in enumerate(words))
    model = config(f"services:\n  a:\n    image: x\n    environment:\n{text}    labels:\n{text}")
    assert model is not None
    services = model["services"]
    assert isinstance(services, dict)
    service = services["a"]
    assert isinstance(service, dict)

    expected = {f"k{number}": go_text(plain_meaning(word), word) for number, word in enumerate(words)}

    assert service["environment"] == expected
    assert service["labels"] == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: &a {x: 1, y: 1}\nb:\n  <<: *a\n  x: 2\n", id="an own key beside a merge"),
        pytest.param("a: &a {x: 1, y: 1}\nb:\n  x: 2\n  <<: *a\n", id="an own key above a merge"),
        pytest.param("a: &a {x: 1}\nc: &c {x: 2, y: 2}\nb:\n  <<: [*a, *c]\n", id="a list of merges"),
        pytest.param("a: &a {x: 1}\nc: &c {<<: *a, y: 2}\nb: {<<: *c, z: 3}\n", id="a merge of a merge"),
        pytest.param("b:\n  <<: {x: 1}\n  y: 2\n", id="a merge in place"),
        pytest.param("a: &a {x: {p: 1}}\nb:\n  <<: *a\n  x: {q: 2}\n", id="a merge is not deep"),
        pytest.param("b: {<<: {a: 1}, <<: {b: 1}}\n", id="two merges"),
        pytest.param("b:\n  <<: 1\n", id="a merge of a scalar"),
        pytest.param("a: &x 1\nb: &x 2\nc: *x\n", id="an anchor that is used again"),
        pytest.param("a: &x [*x]\n", id="an anchor inside itself"),
        pytest.param("a: *b\n", id="an unknown anchor"),
        pytest.param("a: &x &y b\n", id="two anchors"),
        pytest.param("a: 1\nb: 2\na: 3\n", id="a duplicate key"),
        pytest.param("80: a\n'80': b\n", id="a duplicate key of two kinds"),
        pytest.param("a: |\n  x\n\n  y\n\nb: |-\n  z\n\nc: |+\n  z\n\n", id="block scalars"),
        pytest.param("a: >\n  x\n  y\n\n  z\n    w\n\n  v\n", id="folded scalars"),
        pytest.param("a: |\n \n   x\n", id="a block scalar that begins with blanks"),
        pytest.param("a: |\n  x", id="a block scalar without a last newline"),
        pytest.param("a: |2\n   x\n", id="a block scalar that says its indentation"),
        pytest.param("a: 'x\n\n  y'\nb: \"u\n  v\\\n  w\"\nc: p\n  q\n", id="scalars over several lines"),
        pytest.param('a: "\\t\\x41\\u00e9\\U0001F433\\e\\0\\N\\_"\n', id="escapes"),
        pytest.param("a: {b: , c: [d, ], e}\n", id="flow collections with values left out"),
        pytest.param("a: [b: c, d]\n", id="pairs in a flow list"),
        pytest.param("a: [\nb\n]\n", id="a flow list closed at the margin"),
        pytest.param("a:\n- b\n-\n  c: d\n- - e\n", id="lists"),
        pytest.param("? a\n: b\n? c\n", id="marked keys"),
        pytest.param(": a\n", id="a colon without a key"),
        pytest.param("a: [b, , c]\n", id="two commas"),
        pytest.param("a:\tb\nc: d\te\nf: g\t# h\n", id="tabs that separate"),
        pytest.param("a:\n\tb: c\n", id="a tab that indents"),
        pytest.param("a:\n  - \tb\n", id="a tab behind a dash"),
        pytest.param("a: !!str 12\nb: !!float 1\nc: !!int '3'\n", id="tags"),
        pytest.param("a: b: c\n", id="two colons"),
        pytest.param("a: b#c\nd: e #f\ng: 'h'#i\n", id="marks of comments"),
        pytest.param("a: @b\n", id="a reserved character"),
        pytest.param("a:\r\n  b: |\r\n    c\r\n    d\r\n", id="CRLF"),
    ],
)
def test_a_text_means_what_compose_makes_of_it(text: str, config: Config) -> None:
    """As an extension field, where Compose takes any value."""
    inside = "".join(f"  {line}" if line.strip("\r\n") else line for line in text.splitlines(keepends=True))
    whole = f"services: {{}}\nx-value:\n{inside}"
    try:
        root = parse(Source("compose.yml", whole)).root
    except ComposeVariantError:
        assert config(whole) is None
        return
    assert isinstance(root, Mapping)
    expected = root.get("x-value")
    assert expected is not None
    model = config(whole)
    assert model is not None

    assert model["x-value"] == as_json(expected)


def test_unlike_compose_several_documents_are_refused(config: Config) -> None:
    text = "services: {a: {image: x}}\n---\nservices: {b: {image: y}}\n"

    assert config(text) is not None
    with pytest.raises(ComposeVariantError, match="several YAML documents"):
        parse(Source("compose.yml", text))
