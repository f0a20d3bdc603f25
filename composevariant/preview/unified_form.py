"""The unified format, as in `git diff`, which can be applied with `git apply` and `patch`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from composevariant.text import edits, hunks, pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.preview.word_diff import LinePart
    from composevariant.text import Hunk, LineEdit

_NO_NEWLINE: Final = "\\ No newline at end of file\n"

_ESCAPES: Final = {"\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r", '"': '"', "\\": "\\"}


def unified(before_name: str, before: str, after_name: str, after: str, *, color: bool) -> str:
    """Return the changed lines with three lines of context, and their service in the hunk header.

    The result is empty if the texts are equal. As in git, only line feeds end lines, so a carriage return before a line
    feed is part of the line, and so is a byte order mark at the start of the text. Names are quoted where git quotes
    them.
    """
    if before == after:
        return ""
    old, new = _lines(before), _lines(after)
    written = [paint(f"--- {_name(before_name)}\n", "bold", wanted=color)]
    written.append(paint(f"+++ {_name(after_name)}\n", "bold", wanted=color))
    above = headings(old)
    for hunk in hunks(edits(old, new), len(old), len(new)):
        written.append(paint(f"@@ {_ranges(hunk)} @@{_heading(hunk, above)}\n", "cyan", wanted=color))
        written.extend(_written(hunk, old, new, color=color))
    return "".join(written)


def _lines(text: str) -> list[str]:
    *ended, last = text.split("\n")
    lines = [f"{line}\n" for line in ended]
    return [*lines, last] if last else lines


def _name(name: str) -> str:
    """Return a file name as git writes it, with special characters quoted and a tab after a name that has a space."""
    quoted = "".join(map(_escaped, name))
    if quoted != name:
        return f'"{quoted}"'
    return f"{name}\t" if " " in name else name


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return f"\\{_ESCAPES[char]}"
    return f"\\{ord(char):03o}" if char < " " or char == "\x7f" else char


def _heading(hunk: Hunk, above: Sequence[str]) -> str:
    """Return the heading of the first changed line. An inserted line has the heading of the line before it."""
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


def _changed(edit: LineEdit, old: Sequence[str], new: Sequence[str], *, color: bool) -> list[str]:
    """Return the lines of an edit. In color, the changed words are marked in lines that are replaced one to one."""
    removed, added = old[edit.before_start : edit.before_end], new[edit.after_start : edit.after_end]
    if not color or len(removed) != len(added):
        return [
            *(paint(f"-{line}", "red", wanted=color) for line in removed),
            *(paint(f"+{line}", "green", wanted=color) for line in added),
        ]

    from composevariant.preview.word_diff import split_words

    pairs = [split_words(before, after) for before, after in zip(removed, added, strict=True)]
    signs: tuple[tuple[str, Color], ...] = (("-", "red"), ("+", "green"))
    return [highlight(sign, pair[side], name) for side, (sign, name) in enumerate(signs) for pair in pairs]


def _ranges(hunk: Hunk) -> str:
    span = hunk.span
    return f"-{_range(span.before_start, span.before_end)} +{_range(span.after_start, span.after_end)}"


def _range(start: int, end: int) -> str:
    """Return a line range for a hunk header, counted from 1. An empty range names the line before it."""
    if end - start == 1:
        return str(start + 1)
    return f"{start + (end > start)},{end - start}"


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"


# The service of a line, read from the text. `git diff` shows the enclosing function in the same place.

_KEY: Final = pattern(r"""(?P<indent> *)(?P<quote>["']?)(?P<name>[\w.@/-][\w.@/ -]*)(?P=quote)\s*:(?=\s|$)""")


def headings(lines: Sequence[str]) -> list[str]:
    """Return the top-level key and the key below it for each line, such as `services.backend`.

    The heading is empty above the first key.
    """
    found: list[str] = []
    section = name = ""
    indent = 0
    for line in lines:
        if indent and line[: indent + 1].isspace():  # deeper: most lines of a long file
            found.append(found[-1])
            continue
        key = _KEY.match(line)
        depth = len(key["indent"]) if key else -1
        if key and depth == 0:
            section, name, indent = key["name"], "", 0
        elif key and section and (indent == 0 or depth <= indent):
            name, indent = key["name"], depth
        found.append(f"{section}.{name}" if name else section)
    return found


# Terminal colors, the same as in `git diff`.

Color = Literal["bold", "dim", "red", "green", "yellow", "cyan"]

_CODES: Final[dict[Color, int]] = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}


def paint(text: str, color: Color, *, wanted: bool) -> str:
    """Return the text in a color if wanted. A final line break stays uncolored, as in git."""
    if not wanted:
        return text
    content = text.rstrip("\r\n")
    return f"\x1b[{_CODES[color]}m{content}\x1b[m{text[len(content) :]}"


def highlight(sign: str, parts: Iterable[LinePart], color: Color) -> str:
    """Return a line in a color, with the changed parts in reverse video as in git's `diff-highlight`."""
    marked = "".join(f"\x1b[7m{part.text}\x1b[27m" if part.differs else part.text for part in _apart(parts))
    return paint(f"{sign}{marked}", color, wanted=True)


def _apart(parts: Iterable[LinePart]) -> Iterable[LinePart]:
    """Return the parts with the line break split off, so that the line break stays uncolored."""
    for part in parts:
        content = part.text.rstrip("\r\n")
        yield from (
            piece
            for piece in (part._replace(text=content), part._replace(text=part.text[len(content) :], differs=False))
            if piece.text
        )
