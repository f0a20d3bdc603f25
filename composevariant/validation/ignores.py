"""Comments such as `# composevariant: ignore[port.taken]`, which silence a warning or a piece of advice.

A comment at the end of a line applies to that line. A comment alone on a line applies to the next entry and everything
indented below that entry. A comment at the top of the file that is followed by a blank line applies to the whole file.
Errors cannot be silenced, because Docker Compose refuses the file anyway.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.errors import did_you_mean
from composevariant.findings import Problem
from composevariant.source import Location
from composevariant.validation.catalog import ERRORS, TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Table


_COMMENT: Final = re.compile(r"(?:^|\s)#\s*composevariant:\s*ignore\[([^\]]*)\]")


class _Ignore(NamedTuple):
    """An id in a comment and the lines to which it applies, from `first` to `last` inclusive. Lines are 1-based."""

    check: str
    place: Location
    first: int
    last: int


def without_ignored(problems: Iterable[Problem], texts: Table[str, str]) -> list[Problem]:
    """Return the problems that no comment silences, plus advice on comments that have no effect.

    `texts` maps file names, as in the locations of the problems, to their contents.
    """
    ignores = [ignore for name, text in texts.items() for ignore in _ignores(name, text)]
    used: set[_Ignore] = set()
    left: list[Problem] = []
    for problem in problems:
        found = [ignore for ignore in ignores if _silences(ignore, problem)]
        used.update(found)
        if not found:
            left.append(problem)
    return [*left, *_advice_on(ignores, used)]


def _silences(ignore: _Ignore, problem: Problem) -> bool:
    place = problem.location
    if place is None or place.file != ignore.place.file or problem.severity == "error":
        return False
    return ignore.check == problem.check and ignore.first <= place.line <= ignore.last


def _advice_on(ignores: Iterable[_Ignore], used: set[_Ignore]) -> Iterator[Problem]:
    for ignore in ignores:
        check, kind = ignore.check, "ignore.unknown"
        if check in ERRORS:
            wrong = f"{check} is an error, and errors cannot be ignored"
        elif check not in TITLES:
            wrong = f'no such check: "{check}"{did_you_mean(check, TITLES)}'
        elif ignore not in used:
            kind, wrong = "ignore.unused", f"{check} finds nothing here; remove the comment"
        else:
            continue
        yield Problem(kind, "advice", (), f"this comment has no effect: {wrong}", ignore.place, (check,))


def _ignores(name: str, text: str) -> Iterator[_Ignore]:
    if "composevariant:" not in text:
        return
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        found = _COMMENT.search(line)
        if found:
            first, last = _affected_lines(lines, number)
            place = Location(name, number, found.start() + 1 + line[found.start() :].index("#"))
            for check in filter(None, re.split(r"[\s,]+", found[1])):
                yield _Ignore(check, place, first, last)


def _affected_lines(lines: list[str], number: int) -> tuple[int, int]:
    """Return the first and last line to which the comment in line `number` applies."""
    if not lines[number - 1].lstrip().startswith("#"):
        return number, number
    if all(_is_comment(line) for line in lines[: number - 1]) and _is_apart(lines, number):
        return 1, len(lines)
    at = next((index for index in range(number, len(lines)) if not _is_comment(lines[index])), len(lines) - 1)
    indent = _indent(lines[at])
    end = next(
        (
            index
            for index in range(at + 1, len(lines))
            if not _is_comment(lines[index]) and _indent(lines[index]) <= indent
        ),
        len(lines),
    )
    return at + 1, end


def _is_apart(lines: list[str], number: int) -> bool:
    """Return whether a blank line follows the comment block that contains line `number`."""
    below = next((line for line in lines[number:] if not line.lstrip().startswith("#")), "")
    return not below.strip()


def _is_comment(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
