"""Twice the file is about twice the work, counted in lines of Python that run and not in time."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from composevariant.source import Source
from composevariant.tree.nodes import Entry, Mapping, Scalar, Sequence, string
from composevariant.yamltext.editor import edit
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from _typeshed import TraceFunction

    from composevariant.tree.nodes import Node


def lines_run(call: Callable[[], object]) -> int:
    """How many lines of Python a call runs, each turn of a loop counted."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> TraceFunction:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def services(count: int) -> str:
    return "services:\n" + "".join(
        f"  # number {number}\n  s{number}:\n    image: x\n    ports:\n      - '{number}:80'  # web\n\n"
        for number in range(count)
    )


def block_list(count: int) -> str:
    return "list:\n" + "".join(f"  # about {number}\n  - item{number}\n" for number in range(count))


def quoted_list(count: int) -> str:
    return "list:\n" + "".join(f"  - 'item{number}'\n  - item{number}\n" for number in range(count // 2))


def equal_list(count: int) -> str:
    return "list:\n" + "  - x\n" * count


def flow_list(count: int) -> str:
    return f"list: [{', '.join(f'item{number}' for number in range(count))}]\n"


def flow_list_in_lines(count: int) -> str:
    return "list: [\n" + "".join(f"  item{number},  # number {number}\n" for number in range(count)) + "]\n"


def flow_mapping(count: int) -> str:
    return f"map: {{{', '.join(f'key{number}: {number}' for number in range(count))}}}\n"


def grouped_mapping(count: int) -> str:
    return "map:\n  # the first\n" + "".join(
        f"  key{number}: {number}\n{chr(10) * (number % 50 == 0)}" for number in range(count)
    )


TEXTS = (services, block_list, quoted_list, equal_list, flow_list, flow_list_in_lines, flow_mapping, grouped_mapping)


def thinned(node: Node) -> Node:
    if isinstance(node, Sequence):
        return node.with_items(tuple(item for index, item in enumerate(node.items) if index % 10))
    assert isinstance(node, Mapping)
    return node.with_entries(tuple(entry for index, entry in enumerate(node.entries) if index % 10))


def grown(node: Node) -> Node:
    if isinstance(node, Sequence):
        return node.with_items(tuple(new for item in node.items for new in (item, string("new"))))
    assert isinstance(node, Mapping)
    pairs = enumerate(node.entries)
    return node.with_entries(tuple(e for index, old in pairs for e in (old, Entry(string(f"new{index}"), string("x")))))


def changed(node: Node) -> Node:
    if isinstance(node, Sequence):
        return node.with_items(tuple(Scalar(f"n{index}", origin=item) for index, item in enumerate(node.items)))
    assert isinstance(node, Mapping)
    return node.with_entries(tuple(Entry(entry.key, _changed(entry.value)) for entry in node.entries))


def _changed(value: Node) -> Node:
    return value.with_value("image", string("y")) if isinstance(value, Mapping) else Scalar("y", origin=value)


def renamed(node: Node) -> Node:
    if isinstance(node, Sequence):
        return node.with_items(node.items[::-1])
    assert isinstance(node, Mapping)
    return node.with_entries(tuple(Entry(Scalar(f"x{e.name}", origin=e.key), e.value) for e in node.entries))


def work(text: str, change: Callable[[Node], Node]) -> int:
    document = parse(Source("compose.yml", text))
    root = document.root
    assert isinstance(root, Mapping)
    (entry,) = root.entries
    final = root.with_value(entry.name, change(entry.value))
    return lines_run(lambda: edit(document, final))


@pytest.mark.parametrize("change", [thinned, grown, changed, renamed], ids=lambda change: change.__name__)
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.__name__)
def test_an_edit_is_linear(text: Callable[[int], str], change: Callable[[Node], Node]) -> None:
    once, twice = work(text(100), change), work(text(200), change)

    assert twice < 2.3 * once


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.__name__)
def test_reading_is_linear(text: Callable[[int], str]) -> None:
    small, large = Source("text", text(100)), Source("text", text(200))

    once, twice = lines_run(lambda: parse(small)), lines_run(lambda: parse(large))

    assert twice < 2.2 * once


def test_a_new_text_is_read_once_to_prove_it(monkeypatch: pytest.MonkeyPatch) -> None:
    editor = sys.modules["composevariant.yamltext.editor"]
    read: list[str] = []

    def counted(source: Source) -> object:
        read.append(source.text)
        return parse(source)

    document = parse(Source("compose.yml", services(3)))
    assert isinstance(document.root, Mapping)
    monkeypatch.setattr(editor, "parse", counted)

    new = edit(document, document.root.with_value("name", string("shop")))

    assert read == [new]
