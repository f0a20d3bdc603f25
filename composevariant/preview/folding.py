"""What is said of many services in the same words is said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_NAMED: Final = 4
"""As many names are written out; more are counted."""
_ALIKE: Final = 3
"""So many lines that differ in nothing but the name become one."""


class Line(NamedTuple):
    """Something to say of a service, a volume or the like; `sort` and `name` are empty for the project as a whole."""

    sort: str
    name: str
    text: str


def folded(lines: Iterable[Line]) -> Iterator[str]:
    """The lines as texts, those alike as one, where the first of them was.

    `12 services: Dockerfile -> Dockerfile.fast`; `a, b, c: container_name shop-<service> removed`.
    """
    groups: dict[tuple[str, str], list[Line]] = {}
    for line, pattern in _patterns(lines):
        groups.setdefault((line.sort, pattern), []).append(line)
    for (_, text), group in groups.items():
        yield _said(group, text)


def _patterns(lines: Iterable[Line]) -> list[tuple[Line, str]]:
    """Each line with the text that it shares: what differs in nothing but the name, if enough lines do."""
    patterns = [(line, _pattern(line)) for line in lines]
    names: dict[tuple[str, str], set[str]] = {}
    for line, pattern in patterns:
        names.setdefault((line.sort, pattern), set()).add(line.name)
    return [(line, pattern if len(names[line.sort, pattern]) >= _ALIKE else line.text) for line, pattern in patterns]


def _said(group: Sequence[Line], text: str) -> str:
    sort, names = group[0].sort, list(dict.fromkeys(line.name for line in group))
    if not sort:
        return text
    if len(names) > _NAMED:
        return f"{len(names)} {sort}s: {text}"
    called = "" if sort == "service" else f"{sort} " if len(names) == 1 else f"{sort}s "
    return f"{called}{', '.join(names)}: {text}"


def _pattern(line: Line) -> str:
    """The text with `<service>` where it has the service's name as a word or a part of one."""
    if not line.name or line.name not in line.text:
        return line.text
    first, *rest = line.text.split(line.name)
    written = first
    for part in rest:
        is_word = not written[-1:].isalnum() and not part[:1].isalnum()
        written += f"<{line.sort}>{part}" if is_word else f"{line.name}{part}"
    return written
