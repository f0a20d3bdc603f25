"""A variant as an override: small, right by the real binary, and an error where Compose gives no words for it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.compose.files.documents import merge_documents
from composevariant.errors import ComposeVariantError, UnusableInput
from composevariant.inference.settings import is_equal
from composevariant.source import Source
from composevariant.tree.edits import delete
from composevariant.tree.nodes import Mapping
from composevariant.variants.override_form import smallest_override
from composevariant.yamltext.editor import edit
from composevariant.yamltext.parser import parse
from tests.inference.pairs import pair
from tests.inference.test_infer import _config, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from composevariant.tree.nodes import Node
    from composevariant.tree.nodes import Path as Place


def text_of(override: Mapping) -> str:
    return edit(parse(Source("override", "")), override).lstrip("\n") if override.entries else "{}\n"


def overriding(base: str, final: str) -> str:
    return text_of(smallest_override([tree(base)], tree(base), tree(final)))


def service(*settings: str) -> str:
    return "\n".join(("services:", "  app:", "    image: shop", *(f"    {line}" for line in settings), ""))


def told(*lines: str) -> str:
    return "\n".join(("services:", "  app:", *(f"    {line}" for line in lines), ""))


@pytest.mark.parametrize(
    ("before", "after", "override"),
    [
        pytest.param(("init: true",), ("init: true",), "{}\n", id="nothing"),
        pytest.param(("restart: always",), ("restart: 'no'",), told("restart: 'no'"), id="a value"),
        pytest.param(("restart: always",), (), told("restart: !reset null"), id="a value that goes"),
        pytest.param((), ("ports: ['80:80']",), told("ports: ['80:80']"), id="a value that is new"),
        pytest.param(
            ("ports: ['80:80']",), ("ports: ['80:80', '443:443']",), told("ports:", "  - '443:443'"), id="an item more"
        ),
        pytest.param(
            ("ports: ['80:80', '443:443']",), ("ports: ['443:443']",), told("ports: !override ['443:443']"),
            id="an item less",
        ),
        pytest.param(
            ("volumes: ['data:/x', 'logs:/y']",), ("volumes: ['data:/x:ro', 'logs:/y']",),
            told("volumes:", "  - 'data:/x:ro'"),
            id="an item with the key of another",
        ),
        pytest.param(
            ("environment: {A: 1, B: 2}",), ("environment: {A: 1, B: 3}",), told("environment:", "  B: 3"),
            id="a variable",
        ),
        pytest.param(
            ("environment: {A: 1, B: 2}",), ("environment: {A: 1}",), told("environment:", "  B: !reset null"),
            id="a variable of a mapping that goes",
        ),
        pytest.param(
            ("environment: [A=1, B=2]",), ("environment: [A=1]",), told("environment: !override [A=1]"),
            id="a variable of a list that goes: no reset finds it there",
        ),
        pytest.param(
            ("networks: [a, b]",), ("networks: [a]",), told("networks:", "  b: !reset null"), id="a network of a list"
        ),
        pytest.param(
            ("command: ./a",), ("command: [./b, -c]",), told("command: [./b, -c]"), id="a text that becomes a list"
        ),
        pytest.param(
            ("logging: {driver: local}",), ("logging: {driver: json-file}",), told("logging:", "  driver: json-file"),
            id="another driver",
        ),
        pytest.param(
            ("dns: [1.1.1.1, 8.8.8.8]",), ("dns: [8.8.8.8, 1.1.1.1]",), told("dns: !override [8.8.8.8, 1.1.1.1]"),
            id="another order",
        ),
        pytest.param(
            ("healthcheck: {test: [CMD, a], interval: 5s}",), ("healthcheck: {test: [CMD, a]}",),
            told("healthcheck:", "  interval: !reset null"), id="a part of a setting",
        ),
    ],
)  # fmt: skip
def test_the_override_says_no_more_than_it_needs_to(
    before: tuple[str, ...], after: tuple[str, ...], override: str
) -> None:
    more = "networks: {a: , b: }\nvolumes: {data: , logs: }\n"

    assert overriding(service(*before) + more, service(*after) + more) == override


def test_a_service_that_goes_is_reset_with_what_refers_to_it() -> None:
    base = "services:\n  app: {image: a, depends_on: [db]}\n  db: {image: b}\n"
    final = "services:\n  app: {image: a}\n"

    assert overriding(base, final) == ("services:\n  app:\n    depends_on: !reset null\n  db: !reset null\n")


def test_what_reaches_an_heir_in_one_file_is_said_of_it_too() -> None:
    """Compose resolves `extends` before it merges: an override of the parent does not reach the heir."""
    base = "services:\n  a: {image: a, restart: always}\n  b: {extends: a}\n"
    final = "services:\n  a: {image: a, restart: 'no'}\n  b: {extends: a}\n"

    assert overriding(base, final) == "services:\n  a:\n    restart: 'no'\n  b:\n    restart: 'no'\n"


def test_what_an_earlier_merge_made_a_list_of_is_replaced_as_a_whole() -> None:
    documents = [tree(service("environment: {A: 1, B: 2}")), tree(told("environment: {C: 3}"))]
    base = merge_documents(documents).tree

    override = smallest_override(documents, base, tree(service("environment: {A: 1, C: 3}")))

    assert text_of(override) == told("environment: !override {A: 1, C: 3}")


def test_what_compose_has_no_words_for_is_an_error_with_its_place() -> None:
    base = "include: [a.yml]\n" + service()

    with pytest.raises(UnusableInput, match="an override cannot express the change of include") as refused:
        overriding(base, service())
    assert str(refused.value.location) == "compose.yml:1:10"
    assert "--as full" in refused.value.hint


@given(st.integers(0, 10**9))
def test_nothing_in_an_override_can_be_left_out(seed: int) -> None:
    base, final = map(tree, pair(seed))
    override = smallest_override([base], base, final)
    whole = merge_documents([base, override]).tree if override.entries else base

    for place in _leaves(override, ()) if override.entries else ():
        less = delete(override, [place], prune=True)
        try:
            assert not is_equal(merge_documents([base, less]).tree if less.entries else base, whole, ())
        except ComposeVariantError:
            continue  # a service without image, and the like


def _leaves(node: Node, path: Place) -> Iterator[Place]:
    """The settings of an override; what is replaced or reset as a whole is one."""
    if isinstance(node, Mapping) and node.entries and node.tag is None and len(path) < 4:
        for name, value in node.items():
            yield from _leaves(value, (*path, name))
    else:
        yield path


@pytest.mark.oracle
@pytest.mark.slow
def test_docker_compose_agrees_on_generated_overrides(tmp_path: Path) -> None:
    def agrees(seed: int) -> tuple[int, object, object]:
        base, final = pair(seed)
        texts = {"base": base, "final": final, "override": overriding(base, final)}
        for name, text in texts.items():
            (tmp_path / f"{seed}.{name}.yml").write_text(text, encoding="utf-8")
        wanted = _config(tmp_path, f"{seed}.final.yml")
        return seed, wanted, _config(tmp_path, f"{seed}.base.yml", f"{seed}.override.yml")

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(agrees, range(1000, 1500)))

    assert [seed for seed, wanted, got in results if wanted != got] == []
    assert sum(wanted is not None for _, wanted, _ in results) > 400
