"""Overlay and project files that are right or wrong, beside this file: the loaders and the JSON Schemas must agree.

A file of `rejected` holds several examples between lines of `---`. The comments at the top of an example are its
name, then the messages to expect; `# schema:` says why the JSON Schema cannot know better.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from composevariant.errors import ComposeVariantError
from composevariant.overlay.operations import Each
from composevariant.overlay.reader import load_overlay
from composevariant.project.project_file import load_project
from composevariant.source import Source
from composevariant.tree.nodes import Mapping, plain
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest.mark import ParameterSet

HERE = Path(__file__).parent
SCHEMAS = HERE.parents[1] / "schemas"


class Example(NamedTuple):
    kind: str
    text: str

    def load(self) -> object:
        document = parse(Source("example.yml", self.text))
        return load_overlay(document, "example") if self.kind == "overlay" else load_project(document)

    def error(self) -> ComposeVariantError | None:
        try:
            self.load()
        except ComposeVariantError as error:
            return error
        return None

    def fits_the_schema(self) -> bool:
        root = parse(Source("example.yml", self.text)).root
        return not list(validator(self.kind).iter_errors(None if root is None else plain(root)))


@lru_cache
def validator(kind: str) -> Draft202012Validator:
    schemas = {
        name: json.loads((SCHEMAS / name).read_text())
        for name in ("overlay.schema.json", "project.schema.json", "preset.schema.json")
    }
    registry = Registry().with_resources((name, Resource.from_contents(schema)) for name, schema in schemas.items())
    return Draft202012Validator(schemas[f"{kind}.schema.json"], registry=registry)


def accepted() -> dict[str, Example]:
    folders = {"overlay": HERE / "accepted", "project": HERE / "project" / "accepted"}
    return {
        f"{kind} {path.stem}".replace("_", " "): Example(kind, path.read_text())
        for kind, folder in folders.items()
        for path in sorted(folder.glob("*.yml"))
    }


def rejected() -> list[ParameterSet]:
    folders = {"overlay": HERE / "rejected", "project": HERE / "project" / "rejected"}
    return [
        pytest.param(Example(kind, text), id=f"{path.stem}: {text.splitlines()[0].removeprefix('# ')}")
        for kind, folder in folders.items()
        for path in sorted(folder.glob("*.yml"))
        for text in path.read_text().split("---\n")[1:]
    ]


def expected_messages(text: str) -> list[str]:
    comments = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
    return [comment for comment in comments[1:] if not comment.startswith("schema: ")]


def messages(error: ComposeVariantError) -> list[str]:
    errors = error.errors
    return [str(each).splitlines()[0].removeprefix("example.yml:") for each in errors]


@pytest.mark.parametrize("example", accepted().values(), ids=accepted())
def test_accepts(example: Example) -> None:
    example.load()
    assert example.fits_the_schema()


@pytest.mark.parametrize("example", rejected())
def test_rejects_with_all_messages_in_the_order_of_the_file(example: Example) -> None:
    with pytest.raises(ComposeVariantError) as caught:
        example.load()

    assert messages(caught.value) == expected_messages(example.text)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("example", rejected())
def test_the_schema_rejects_it_too_where_it_can_know(example: Example) -> None:
    assert example.fits_the_schema() == ("# schema: " in example.text)


WORDS = st.sampled_from(
    [
        *("filebeat", "remove", "keep", "error", "ok", "refuse", "adopt", "generate", ".fast", "{image}-x", "3", "1+"),
        *("services.a", "a[", "ports[*:80]", "A", "fast", "sidecar", "path", "missing", "match", "merge", "replace"),
        *("name", "has", "label", "suffix", "map", "env", "extends", "output", "variants", "base"),
    ]
)
VALUES = st.recursive(
    st.one_of(WORDS, st.none(), st.booleans(), st.integers(-1, 3), st.floats(allow_nan=False), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=5,
)


def known_to_the_loader_alone(message: str) -> bool:
    return any(part in message for part in ("is not a path", "no such variant", "extends goes in a circle"))


def places_in(data: object) -> Iterator[tuple[str | int, ...]]:
    yield ()
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in below:
        yield from ((key, *place) for place in places_in(value))


def with_value(data: Any, place: tuple[str | int, ...], value: object) -> object:
    if not place:
        return value
    copy = data.copy()
    copy[place[0]] = with_value(data[place[0]], place[1:], value)
    return copy


@settings(deadline=None)
@given(st.data())
def test_whatever_stands_in_a_file_the_loader_and_the_schema_agree(data: st.DataObject) -> None:
    example = data.draw(st.sampled_from(list(accepted().values())))
    whole = json.loads(json.dumps(plain(parse(Source("", example.text)).root or Mapping())))
    place = data.draw(st.sampled_from(list(places_in(whole))))
    changed = Example(example.kind, json.dumps(with_value(whole, place, data.draw(VALUES))))
    error = changed.error()

    assert changed.fits_the_schema() == (error is None or all(map(known_to_the_loader_alone, messages(error))))


@pytest.mark.parametrize(("written", "number"), [("3.0", 3), ("1000000.0", 1000000), ("1e2", 100), ("0.0", 0)])
def test_a_whole_number_is_one_however_it_is_written(written: str, number: int) -> None:
    text = f"each: [{{match: '*', replace: {{restart: 'no'}}, expect: {written}}}]"
    (operation,) = load_overlay(parse(Source("o.yml", text)), "o.yml").layer.operations

    assert isinstance(operation, Each)
    assert (operation.at_least, operation.at_most) == (number, number)
    assert Example("overlay", text).fits_the_schema()
