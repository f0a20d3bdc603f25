"""Pairs of texts, compared and shown in one of the forms of `--diff`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from composevariant.cli.terminal import wants_color
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.changes import Change
    from composevariant.operations.outcome import Note
    from composevariant.preview.comparison import Comparison
    from composevariant.source import Source


class Pair(NamedTuple):
    """Two texts, and what is known of how the second came about."""

    before: Source
    after: Source
    variant: str = ""
    changes: tuple[Change, ...] | None = None
    """None where they are not known: then two files are compared."""
    notes: tuple[Note, ...] = ()
    state: str = ""
    """How the second file stands on disk; empty where that was not asked."""


def shown(pairs: Sequence[Pair], form: str, *, show_secrets: bool) -> str:
    """The pairs in a form of `--diff`. JSON and HTML are one document for all of them, without secrets.

    Raises:
        UnusableInput: a text is not YAML, and the form is one that needs its meaning.
    """
    if form == "json":
        from composevariant.preview.as_json import as_json

        return as_json(_comparison(pair, hide=not show_secrets) for pair in pairs)
    if form == "html":
        from composevariant.preview.html import page

        return page([_comparison(pair, hide=not show_secrets) for pair in pairs])
    return "" if form == "none" else "".join(_for_terminal(pair, form) for pair in pairs)


def _for_terminal(pair: Pair, form: str) -> str:
    color = wants_color(sys.stdout)
    (before, after), old, new = (pair.before, pair.after), pair.before.text, pair.after.text
    if form == "semantic":
        return _in_words(pair, color=color)
    if form == "side-by-side":
        from shutil import get_terminal_size

        from composevariant.preview.side_by_side import side_by_side

        width = get_terminal_size((120, 24)).columns
        return side_by_side((before.name, old), (after.name, new), width=width, color=color)
    from composevariant.preview.unified import unified

    return unified(before.name, old, after.name, new, color=color)


def _in_words(pair: Pair, *, color: bool) -> str:
    from composevariant.changes import compare
    from composevariant.compose.identity import item_key
    from composevariant.preview.semantic import semantic
    from composevariant.yamltext import parse

    old, new = (Mapping() if root is None else root for root in (parse(pair.before).root, parse(pair.after).root))
    known = compare(old, new, item_key) if pair.changes is None else pair.changes
    return semantic(old, new, known, item_key, color=color)


def _comparison(pair: Pair, *, hide: bool) -> Comparison:
    from composevariant.preview.comparison import Provenance, compared, side
    from composevariant.yamltext import parse

    before, after = (side(source.name, parse(source), hide=hide) for source in (pair.before, pair.after))
    return compared(before, after, Provenance(pair.variant, pair.changes or (), pair.notes, pair.state), hide=hide)
