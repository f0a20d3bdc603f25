"""Pairs of texts, compared and shown in one of the forms of `--diff`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from composevariant.cli.terminal import wants_color

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.preview.pair import Pair, Side
    from composevariant.source import Source


def shown(pairs: Sequence[Pair], form: str, *, show_secrets: bool) -> str:
    """The pairs in a form of `--diff`. JSON and HTML are one document for all of them, without secrets.

    Raises:
        UnusableInput: a text is not YAML, and the form is one that needs its meaning.
    """
    if form == "none":
        return ""
    if form in ("json", "html"):
        from composevariant.preview.comparison import compared

        comparisons = [compared(pair, hide=not show_secrets) for pair in pairs]
        if form == "json":
            from composevariant.preview.as_json import as_json

            return as_json(comparisons)
        from composevariant.preview.html import page

        return page(comparisons)
    texts = (_for_terminal(pair, form) + "".join(_beside(*files, form) for files in pair.beside) for pair in pairs)
    return "".join(texts)


def _for_terminal(pair: Pair, form: str) -> str:
    if form == "semantic":
        return _in_words(pair, color=wants_color(sys.stdout))
    return _in_lines(pair.before, pair.after, form)


def _in_lines(before: Source | Side, after: Source | Side, form: str) -> str:
    color, old, new = wants_color(sys.stdout), before.text, after.text
    if form == "side-by-side":
        from shutil import get_terminal_size

        from composevariant.preview.side_by_side import side_by_side

        width = get_terminal_size((120, 24)).columns
        return side_by_side((before.name, old), (after.name, new), width=width, color=color)
    from composevariant.preview.unified import unified

    return unified(before.name, old, after.name, new, color=color)


def _beside(before: Source, after: Source, form: str) -> str:
    """A file that belongs to a variant; what it means is its program's business, so in words only its lines count."""
    if form != "semantic":
        return _in_lines(before, after, form)
    if before.text == after.text:
        return ""
    from composevariant.preview.line_diff import edits

    changed = edits(before.text.splitlines(), after.text.splitlines())
    added = sum(edit.after_end - edit.after_start for edit in changed)
    removed = sum(edit.before_end - edit.before_start for edit in changed)
    return f"{after.name}: {added} lines added, {removed} removed, compared with {before.name}\n"


def _in_words(pair: Pair, *, color: bool) -> str:
    from composevariant.changes import compare
    from composevariant.compose.identity import item_key
    from composevariant.preview.semantic import semantic

    old, new = pair.before.parsed(), pair.after.parsed()
    known = compare(old, new, item_key) if pair.changes is None else pair.changes
    return semantic(old, new, known, item_key, color=color)
