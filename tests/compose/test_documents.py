"""A base of several documents against the real Compose: our one text means what Compose makes of all of them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from composevariant.errors import ComposeVariantError
from composevariant.operations.context import Context
from composevariant.overlay.operations import Overlay
from composevariant.overlay.reader import load_overlay
from composevariant.source import Source
from composevariant.validation.compiled import Rules
from composevariant.validation.schema import installed_schema
from composevariant.variants.base_model import BaseModel, read_model
from composevariant.variants.pipeline import make_variant
from composevariant.yamltext.parser import parse
from tests.compose.random_bases import base_files
from tests.compose.several_cases import CASES
from tests.test_pipeline import NoFiles

if TYPE_CHECKING:
    from tests.compose.compose_oracle import Oracle


def read(*texts: str) -> BaseModel:
    return read_model([Source(f"{chr(ord('a') + number)}.yml", text) for number, text in enumerate(texts)])


def text_or_none(*texts: str) -> str | None:
    try:
        return read(*texts).text
    except ComposeVariantError as error:
        assert error.exit_code == 2  # noqa: PT017 - 4 would be a bug
        return None


@pytest.mark.oracle
@pytest.mark.parametrize("texts", [pytest.param(case[1:], id=case[0]) for case in CASES])
def test_one_text_means_what_compose_makes_of_all(texts: tuple[str, ...], oracle: Oracle) -> None:
    merged = text_or_none(*texts)

    assert (None if merged is None else oracle(merged)) == oracle(*texts)


@pytest.mark.parametrize("texts", [pytest.param(case[1:], id=case[0]) for case in CASES if case[0].endswith("refused")])
def test_what_is_refused_is_refused_before_anything_is_made(texts: tuple[str, ...]) -> None:
    assert text_or_none(*texts) is None or "---x" in texts[0]


HEIR = "a.yml:9:14: job is written out instead of extending web, because a later file changes only that one"
BASE = """\
# the shop
services:
  web: &web
    image: web # ours
    ports:
      - "80:80"

  job:
    extends: web
    command: ./job
"""


@pytest.mark.parametrize(
    ("override", "merged", "notes"),
    [
        pytest.param("services: {}\n", BASE, [], id="nothing to say"),
        pytest.param(
            "services:\n  job:\n    command: ./other\n",
            BASE.replace("./job", "./other"),
            [],
            id="a change of the heir leaves extends as it is",
        ),
        pytest.param(
            "services:\n  web:\n    image: other\n",
            BASE.replace("image: web", "image: other").replace(
                "    extends: web\n", '    image: web\n    ports:\n      - "80:80"\n'
            ),
            [HEIR],
            id="a change of what the heir extends writes it out",
        ),
        pytest.param(
            "services:\n  web:\n    ports: [!reset 80:80]\n    labels: {gone: !reset null}\n",
            BASE,
            [
                "b.yml:3:13:  Docker Compose ignores !reset on an item of a list",
                'b.yml:4:20:  !reset has nothing to reset: services.web has no "labels"',
            ],
            id="tags without effect pass with a note",
        ),
        pytest.param("# nothing\n", BASE, ["None:  b.yml is empty and changes nothing, as in Docker Compose"], id="e"),
    ],
)
def test_what_no_other_file_touches_stays_byte_for_byte(override: str, merged: str, notes: list[str]) -> None:
    model = read(BASE, override)

    assert model.text == merged
    assert [f"{note.location}: {note.service} {note.message}" for note in model.notes] == notes


def test_documents_of_a_file_become_one() -> None:
    model = read("# head\nservices:\n  a: {image: a} # a\n# tail\n---\nservices:\n  b: {image: b}\n")

    assert model.text == "# head\nservices:\n  a: {image: a} # a\n  b: {image: b}\n# tail\n"
    assert [note.message for note in model.notes] == [
        "a.yml holds 2 YAML documents; the variant is a single one, merged from them"
    ]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        pytest.param(
            ("services: {a: {image: a}}\n", "services: {b: {extends: a}}\n"),
            'b.yml:1:25: b extends "a", which is not a service of this file\n  hint: add file: to extends',
            id="extends of another file",
        ),
        pytest.param(
            ("services: {a: {image: a}}\n", "services: {b: {extends: c}, c: {extends: b}}\n"),
            "b.yml:1:25: b extends itself through c\nb.yml:1:42: c extends itself through b",
            id="extends in a circle",
        ),
        pytest.param(
            ("services: {a: {image: a}}\n---\n",),
            "a.yml:2:1: this document of a.yml is empty, which Docker Compose rejects in a file of several documents\n"
            "  hint: a base is made of Compose files",
            id="an empty document",
        ),
        pytest.param(
            ("services: {a: {image: a}}\n---\n\n- a\n",),
            "a.yml:4:1: this document of a.yml is not a mapping\n  hint: a base is made of Compose files",
            id="a document that is a list",
        ),
        pytest.param(
            ("a: 1\n---\nb: *x\n",),
            'a.yml:3:4: not valid YAML: unknown anchor "x"',
            id="a mistake is located in the file",
        ),
    ],
)
def test_refuses(texts: tuple[str, ...], message: str) -> None:
    with pytest.raises(ComposeVariantError) as caught:
        read(*texts)

    assert str(caught.value) == message


def test_what_the_files_share_is_no_reason_to_change_a_definition() -> None:
    """Compose shows `x-` keys in what it prints; only an overlay's change of all uses goes into their definition."""
    base = "x-log: &log {driver: none}\nservices:\n  a: {image: a, logging: *log}\n"
    model = read(base, "services: {a: {logging: {driver: local}}}\n")

    def made(overlay: str) -> str:
        keys = load_overlay(parse(Source("overlay.yml", overlay)), "overlay.yml")
        rules = Rules(installed_schema())
        return make_variant(model, [], Overlay((keys.layer,)), Context(NoFiles()), rules).body

    merged = base.replace("*log", "{driver: local}")
    assert made("{}") == merged
    assert made("replace: {services.a.image: b}") == merged.replace("image: a", "image: b")
    assert made("replace: {services.a.logging.driver: syslog}") == base.replace("none", "syslog")


@pytest.mark.oracle
@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(20), id="a few"),
        pytest.param(range(20, 300), id="many", marks=pytest.mark.slow),
    ],
)
def test_random_bases_mean_what_compose_makes_of_them(seeds: range, oracle: Oracle) -> None:
    accepted = 0
    for seed in seeds:
        texts = base_files(Random(seed))  # noqa: S311 - examples, no secrets
        merged, expected = text_or_none(*texts), oracle(*texts)

        assert (None if merged is None else oracle(merged)) == expected, (seed, texts)
        accepted += expected is not None

    assert accepted * 3 >= len(seeds)
