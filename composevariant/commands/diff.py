"""Pairs of texts, compared and shown in one of the forms of `--diff`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from composevariant.commands.projects import open_project
from composevariant.commands.terminal import data, wants_color
from composevariant.errors import DIFFERENCES, UnusableInput, did_you_mean
from composevariant.preview import Pair, Side
from composevariant.project import choose_variants, output_path, resolve_variant
from composevariant.text import read_generated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.source import Source
    from composevariant.variants import OpenProject


def shown(pairs: Sequence[Pair], form: str, *, show_secrets: bool) -> str:
    """The pairs in a form of `--diff`. JSON and HTML are one document for all of them, without secrets.

    Raises:
        UnusableInput: a text is not YAML, and the form is one that needs its meaning.
    """
    if form == "none":
        return ""
    if form in ("json", "html"):
        from composevariant.preview import compare_sides

        comparisons = [compare_sides(pair, hide=not show_secrets) for pair in pairs]
        if form == "json":
            from composevariant.preview import as_json

            return as_json(comparisons)
        from composevariant.preview import html_page

        return html_page(comparisons)
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

        from composevariant.preview import side_by_side

        width = get_terminal_size((120, 24)).columns
        return side_by_side((before.name, old), (after.name, new), width=width, color=color)
    from composevariant.preview import unified

    return unified(before.name, old, after.name, new, color=color)


def _beside(before: Source, after: Source, form: str) -> str:
    """A file that belongs to a variant; what it means is its program's business, so in words only its lines count."""
    if form != "semantic":
        return _in_lines(before, after, form)
    if before.text == after.text:
        return ""
    from composevariant.text import edits

    changed = edits(before.text.splitlines(), after.text.splitlines())
    added = sum(edit.after_end - edit.after_start for edit in changed)
    removed = sum(edit.before_end - edit.before_start for edit in changed)
    return f"{after.name}: {added} lines added, {removed} removed, compared with {before.name}\n"


def _in_words(pair: Pair, *, color: bool) -> str:
    from composevariant.compose import item_key
    from composevariant.preview import semantic
    from composevariant.tree import compare

    old, new = pair.before.parsed(), pair.after.parsed()
    known = compare(old, new, item_key) if pair.changes is None else pair.changes
    return semantic(old, new, known, color=color)


# What `diff` does, without its options.


class DiffOptions(NamedTuple):
    """The options of `diff`."""

    left: str
    right: str | None
    """None is the default variant."""
    form: str
    base: tuple[str, ...]
    schema: str | None
    fail: bool
    """Whether a difference gives exit code 1."""
    show_secrets: bool


def show_difference(folder: str, wanted: DiffOptions) -> int:
    """Print how the second side differs from the first; gives the exit code."""
    workshop = open_project(folder, wanted.base, wanted.schema)
    old = _side(workshop, wanted.left)
    new = _side(workshop, wanted.right or choose_variants(workshop.project, [])[0])
    data(shown([Pair(old, new)], wanted.form, show_secrets=wanted.show_secrets))
    return DIFFERENCES if wanted.fail and old.text != new.text else 0


def _side(workshop: OpenProject, name: str) -> Side:
    """The side of that name: the base, a variant as it would be written, or a file without our header."""
    if name == "base":
        return Side(workshop.base.label, workshop.model.text, workshop.model.tree)
    if workshop.project.variant(name):
        variant = resolve_variant(workshop.project, name, workshop.files)
        path = output_path(workshop.base.name, name, variant.output, variant.form)
        made, _ = workshop.make(variant, path)
        return Side(path, made.body, made.tree)
    source = workshop.files.read(name)
    if source is None:
        known = ["base", *(variant.name for variant in workshop.project.variants)]
        message = f'"{name}" is neither a variant nor a file{did_you_mean(name, known)}'
        raise UnusableInput(message, None, f"there is {', '.join(known)}")
    generated = read_generated(source.text)
    return Side(name, generated.body if generated else source.text)
