"""The unified form: what `git diff` shows, and `git apply` and `patch` can apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.preview.colors import painted
from composevariant.preview.line_diff import edits, hunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.preview.line_diff import Hunk

_NO_NEWLINE: Final = "\\ No newline at end of file\n"
_ESCAPES: Final = {"\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", '"': '"', "\\": "\\"}


def unified(before_name: str, before: str, after_name: str, after: str, *, color: bool) -> str:
    """The lines that differ, with three lines around them; empty when the texts are equal.

    As in git, lines end at a line feed alone: a carriage return before it is part of the line, and so is a byte order
    mark at the start of the text. The names are shown as they are given, in quotes where git would put them.
    """
    if before == after:
        return ""
    old, new = _lines(before), _lines(after)
    written = [painted(f"--- {_name(before_name)}\n", "bold", wanted=color)]
    written.append(painted(f"+++ {_name(after_name)}\n", "bold", wanted=color))
    for hunk in hunks(edits(old, new), len(old), len(new)):
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


def _written(hunk: Hunk, old: Sequence[str], new: Sequence[str], *, color: bool) -> Iterator[str]:
    span = hunk.span
    ranges = f"-{_range(span.before_start, span.before_end)} +{_range(span.after_start, span.after_end)}"
    yield painted(f"@@ {ranges} @@\n", "cyan", wanted=color)
    at = span.before_start
    for edit in hunk.edits:
        yield from (_ended(f" {line}") for line in old[at : edit.before_start])
        for line in old[edit.before_start : edit.before_end]:
            yield _ended(painted(f"-{line}", "red", wanted=color))
        for line in new[edit.after_start : edit.after_end]:
            yield _ended(painted(f"+{line}", "green", wanted=color))
        at = edit.before_end
    yield from (_ended(f" {line}") for line in old[at : span.before_end])


def _range(start: int, end: int) -> str:
    """The lines of a hunk as its header counts them: from 1, and an empty range is the line above it."""
    if end - start == 1:
        return str(start + 1)
    return f"{start + (end > start)},{end - start}"


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"
