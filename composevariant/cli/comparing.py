"""Pairs of texts, compared and shown in one of the forms of `--diff`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from composevariant.cli.terminal import wants_color
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.changes import Change
    from composevariant.findings import Note
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
    beside: tuple[tuple[Source, Source], ...] = ()
    """The files that belong to the variant: what each is compared with, and what it is to hold."""


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
    if form == "none":
        return ""
    texts = (_for_terminal(pair, form) + "".join(_beside(*files, form) for files in pair.beside) for pair in pairs)
    return "".join(texts)


def _for_terminal(pair: Pair, form: str) -> str:
    if form == "semantic":
        return _in_words(pair, color=wants_color(sys.stdout))
    return _in_lines(pair.before, pair.after, form)


def _in_lines(before: Source, after: Source, form: str) -> str:
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
    from composevariant.yamltext import parse

    old, new = (Mapping() if root is None else root for root in (parse(pair.before).root, parse(pair.after).root))
    known = compare(old, new, item_key) if pair.changes is None else pair.changes
    return semantic(old, new, known, item_key, color=color)


def _comparison(pair: Pair, *, hide: bool) -> Comparison:
    from composevariant.preview.comparison import Provenance, compared, side
    from composevariant.yamltext import parse

    before, after = (side(source.name, parse(source), hide=hide) for source in (pair.before, pair.after))
    told_by = Provenance(pair.variant, pair.changes or (), pair.notes, pair.state, pair.beside)
    return compared(before, after, told_by, hide=hide)
