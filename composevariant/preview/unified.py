"""The unified form: what `git diff` shows, and `git apply` and `patch` can apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.preview.colors import highlighted, painted
from composevariant.preview.headings import headings
from composevariant.preview.line_diff import edits, hunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.preview.colors import Color
    from composevariant.preview.line_diff import Edit, Hunk

_NO_NEWLINE: Final = "\\ No newline at end of file\n"
_ESCAPES: Final = {"\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", '"': '"', "\\": "\\"}


def unified(before_name: str, before: str, after_name: str, after: str, *, color: bool) -> str:
    """The lines that differ, with three lines around them, and the service that they stand in.

    Empty when the texts are equal.

    As in git, lines end at a line feed alone: a carriage return before it is part of the line, and so is a byte order
    mark at the start of the text. The names are shown as they are given, in quotes where git would put them.
    """
    if before == after:
        return ""
    old, new = _lines(before), _lines(after)
    written = [painted(f"--- {_name(before_name)}\n", "bold", wanted=color)]
    written.append(painted(f"+++ {_name(after_name)}\n", "bold", wanted=color))
    above = headings(old)
    for hunk in hunks(edits(old, new), len(old), len(new)):
        written.append(painted(f"@@ {_ranges(hunk)} @@{_heading(hunk, above)}\n", "cyan", wanted=color))
        written.extend(_written(hunk, old, new, color=color))
    return "".join(written)


def _lines(text: str) -> list[str]:
    *ended, last = text.split("\n")
    lines = [f"{line}\n" for line in ended]
    return [*lines, last] if last else lines


def _name(name: str) -> str:
    """A file name as git writes it: what could be mistaken in quotes, and a tab behind a name with a blank."""
    quoted = "".join(map(_escaped, name))
    if quoted != name:
        return f'"{quoted}"'
    return f"{name}\t" if " " in name else name


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return f"\\{_ESCAPES[char]}"
    return f"\\{ord(char):03o}" if char < " " or char == "\x7f" else char


def _heading(hunk: Hunk, above: Sequence[str]) -> str:
    """Where the first changed line stands; a line that is put in stands where the one before it does."""
    first = hunk.edits[0]
    at = first.before_start - (first.before_start == first.before_end)
    heading = above[at] if 0 <= at < len(above) else ""
    return f" {heading}" if heading else ""


def _written(hunk: Hunk, old: Sequence[str], new: Sequence[str], *, color: bool) -> Iterator[str]:
    at = hunk.span.before_start
    for edit in hunk.edits:
        yield from (_ended(f" {line}") for line in old[at : edit.before_start])
        yield from map(_ended, _changed(edit, old, new, color=color))
        at = edit.before_end
    yield from (_ended(f" {line}") for line in old[at : hunk.span.before_end])


def _changed(edit: Edit, old: Sequence[str], new: Sequence[str], *, color: bool) -> list[str]:
    """The lines of an edit; in colour, lines that give way one by one show which of their words do."""
    removed, added = old[edit.before_start : edit.before_end], new[edit.after_start : edit.after_end]
    if not color or len(removed) != len(added):
        return [
            *(painted(f"-{line}", "red", wanted=color) for line in removed),
            *(painted(f"+{line}", "green", wanted=color) for line in added),
        ]
    from composevariant.preview.word_diff import parts

    pairs = [parts(before, after) for before, after in zip(removed, added, strict=True)]
    signs: tuple[tuple[str, Color], ...] = (("-", "red"), ("+", "green"))
    return [highlighted(sign, pair[side], name) for side, (sign, name) in enumerate(signs) for pair in pairs]


def _ranges(hunk: Hunk) -> str:
    span = hunk.span
    return f"-{_range(span.before_start, span.before_end)} +{_range(span.after_start, span.after_end)}"


def _range(start: int, end: int) -> str:
    """The lines of a hunk as its header counts them: from 1, and an empty range is the line above it."""
    if end - start == 1:
        return str(start + 1)
    return f"{start + (end > start)},{end - start}"


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"
