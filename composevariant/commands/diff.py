"""The command `diff`, and the rendering of diffs in the formats of `--diff`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from composevariant.commands.projects import open_project
from composevariant.commands.terminal import print_data, wants_color
from composevariant.errors import DIFFERENCES, UnusableInput, did_you_mean
from composevariant.preview import Pair, Side
from composevariant.project import choose_variants, output_path, resolve_variant
from composevariant.text import read_generated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.source import Source
    from composevariant.variants import OpenProject


def render_pairs(pairs: Sequence[Pair], form: str, *, show_secrets: bool) -> str:
    """Return the diffs of the pairs in a format of `--diff`.

    The result in JSON or HTML is a single document with secrets masked.

    Raises:
        UnusableInput: A text is not YAML, and the format compares values.
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
    """Return the diff of an extra file of a variant. The semantic format gives only the number of changed lines."""
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


class DiffOptions(NamedTuple):
    """The options of `diff`."""

    left: str
    right: str | None
    """The right side. None stands for the default variant."""
    form: str
    base: tuple[str, ...]
    schema: str | None
    fail: bool
    """Whether to return exit code 1 if the sides differ."""
    show_secrets: bool


def diff_sides(folder: str, options: DiffOptions) -> int:
    """Print the diff of the two sides and return the exit code."""
    project = open_project(folder, options.base, options.schema)
    old = _side(project, options.left)
    new = _side(project, options.right or choose_variants(project.declared, [])[0])
    print_data(render_pairs([Pair(old, new)], options.form, show_secrets=options.show_secrets))
    return DIFFERENCES if options.fail and old.text != new.text else 0


def _side(project: OpenProject, name: str) -> Side:
    """Return the base, a variant as it would be written, or a file without its generated header."""
    if name == "base":
        return Side(project.base.label, project.model.text, project.model.tree)
    if project.declared.variant(name):
        variant = resolve_variant(project.declared, name, project.files)
        path = output_path(project.base.name, name, variant.output, variant.form)
        generated, _ = project.make(variant, path)
        return Side(path, generated.body, generated.tree)
    source = project.files.read(name)
    if source is None:
        known = ["base", *(variant.name for variant in project.declared.variants)]
        message = f"no such variant or file: {name}{did_you_mean(name, known)}"
        raise UnusableInput(message, None, f"known variants: {', '.join(known)}")
    there = read_generated(source.text)
    return Side(name, there.body if there else source.text)
