"""The unified diff, a fold for each place, with the words that differ marked."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from composevariant.preview.headings import headings
from composevariant.preview.html.markup import tag, text
from composevariant.preview.line_diff import edits, hunks
from composevariant.preview.word_diff import Part, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.preview.line_diff import Edit, Hunk


def folded_diff(before: str, after: str) -> str:
    """All hunks; a sentence where the texts are equal."""
    old, new = before.splitlines(), after.splitlines()
    above = headings(old)
    found = [_fold(hunk, old, new, above) for hunk in hunks(edits(old, new), len(old), len(new))]
    return "".join(found) or tag("p", "The texts do not differ.")


def _fold(hunk: Hunk, old: Sequence[str], new: Sequence[str], above: Sequence[str]) -> str:
    first = hunk.edits[0].before_start
    heading = above[min(first, len(above) - 1)] if above else ""
    summary = tag("summary", text(f"{heading or 'the file'}, line {hunk.span.before_start + 1}"))
    return tag("details", summary + tag("pre", "".join(_lines(hunk, old, new))), open="")


def _lines(hunk: Hunk, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    at = hunk.span.before_start
    for edit in hunk.edits:
        yield from (_line(" ", [Part(line, differs=False)]) for line in old[at : edit.before_start])
        yield from _changed(edit, old, new)
        at = edit.before_end
    yield from (_line(" ", [Part(line, differs=False)]) for line in old[at : hunk.span.before_end])


def _changed(edit: Edit, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    removed, added = old[edit.before_start : edit.before_end], new[edit.after_start : edit.after_end]
    pairs = [
        parts(left, right)
        if len(removed) == len(added) and left is not None and right is not None
        else ([Part(left or "", differs=False)], [Part(right or "", differs=False)])
        for left, right in zip_longest(removed, added)
    ]
    yield from (_line("-", pair[0]) for pair in pairs[: len(removed)])
    yield from (_line("+", pair[1]) for pair in pairs[: len(added)])


def _line(sign: str, found: Iterable[Part]) -> str:
    words = "".join(tag("mark", text(part.text)) if part.differs else text(part.text) for part in found)
    name = {"-": "del", "+": "ins", " ": "span"}[sign]
    return tag(name, f"{sign}{words}") + "\n"
