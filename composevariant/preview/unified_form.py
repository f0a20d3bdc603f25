"""The unified form: what `git diff` shows, and `git apply` and `patch` can apply."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.text import edits, hunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from composevariant.text import Edit, Hunk

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


# Under which service a line stands, read off the text: what `git diff` calls the function of a hunk.

_KEY: Final = re.compile(r"""(?P<indent> *)(?P<quote>["']?)(?P<name>[\w.@/-][\w.@/ -]*)(?P=quote)\s*:(?=\s|$)""")


def headings(lines: Sequence[str]) -> list[str]:
    """For each line the top-level key and the key below it, such as `services.backend`; empty above the first key."""
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


# The terminal's colours, the ones of `git diff`.

Color = Literal["bold", "dim", "red", "green", "yellow", "cyan"]


_CODES: Final[dict[Color, int]] = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}


def painted(text: str, color: Color, *, wanted: bool) -> str:
    """The text in a colour where colour is wanted. A line break at its end stays outside, as with git."""
    if not wanted:
        return text
    content = text.rstrip("\r\n")
    return f"\x1b[{_CODES[color]}m{content}\x1b[m{text[len(content) :]}"


def highlighted(sign: str, parts: Iterable[Part], color: Color) -> str:
    """A line in a colour, with the parts that differ in reverse, as git's `diff-highlight` shows them."""
    marked = "".join(f"\x1b[7m{part.text}\x1b[27m" if part.differs else part.text for part in _apart(parts))
    return painted(f"{sign}{marked}", color, wanted=True)


def _apart(parts: Iterable[Part]) -> Iterable[Part]:
    """The parts, with the line break apart from what is before it: it stays outside of colours."""
    for part in parts:
        content = part.text.rstrip("\r\n")
        yield from (
            piece
            for piece in (part._replace(text=content), part._replace(text=part.text[len(content) :], differs=False))
            if piece.text
        )


# Which words of a changed line differ.

_WORD: Final = re.compile(r"\w+|\s+|.", re.DOTALL)


_LONGEST: Final = 1000


_ALIKE: Final = 0.5
"""Lines that have less in common than this are shown as a whole: marks on every second word hide more than that."""


class Part(NamedTuple):
    """A piece of a line, and whether the other line has it not."""

    text: str
    differs: bool


def parts(before: str, after: str) -> tuple[list[Part], list[Part]]:
    """Both lines in pieces; one piece each where they have little in common."""
    from difflib import SequenceMatcher

    whole = [Part(before, differs=False)], [Part(after, differs=False)]
    if max(len(before), len(after)) > _LONGEST:
        return whole
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    shared = sum(len(word) for block in matcher.get_matching_blocks() for word in old[block.a : block.a + block.size])
    if shared * 2 < _ALIKE * (len(before.strip()) + len(after.strip())):
        return whole
    left: list[Part] = []
    right: list[Part] = []
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        _add(left, old[start:end], differs=kind != "equal")
        _add(right, new[new_start:new_end], differs=kind != "equal")
    return left, right


def _add(found: list[Part], words: Sequence[str], *, differs: bool) -> None:
    if words:
        found.append(Part("".join(words), differs))
