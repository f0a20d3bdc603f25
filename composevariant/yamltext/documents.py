"""A file of several YAML documents, taken apart at its markers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.errors import UnusableInput
from composevariant.patterns import pattern
from composevariant.source import Source
from composevariant.yamltext.lines import next_line
from composevariant.yamltext.parse import Document, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.tree import WrittenNode

_MARKER: Final = pattern(r"^(?:---|\.\.\.)(?=\s|\Z)", re.MULTILINE)
_CONTENT: Final = pattern(r"^[ \t]*[^\s#]", re.MULTILINE)
_CONTENT_BELOW_DIRECTIVES: Final = pattern(r"^(?!%)[ \t]*[^\s#]", re.MULTILINE)


def parse_documents(source: Source) -> list[Document]:
    """Read all documents of a file, which has at least one.

    The text of the first one is the file's up to the marker of the second, with its own marker and comments. Locations
    are those in the file.

    Raises:
        UnusableInput: as `parse` does, of each document.
    """
    text = source.text
    if "\n---" not in text and "\n..." not in text:
        return [parse(source)]
    places = list(_places(source))
    if len(places) < 2:  # noqa: PLR2004 - one document with markers
        return [parse(source)]
    anchors: dict[str, WrittenNode] = {}  # go-yaml, as Compose calls it, knows them throughout the file
    return [parse(_part(source, start, end), anchors) for start, end in places]


def _part(source: Source, start: int, end: int) -> Source:
    """One document, its lines numbered as in the file."""
    above = "\n" * source.text.count("\n", 0, start)
    return Source(source.name, f"{above}{source.text[start:end]}")


def _places(source: Source) -> Iterator[tuple[int, int]]:
    """Where each document begins, with its directives and marker, and ends.

    A marker is one wherever it stands at the start of a line: YAML forbids it inside scalars (1.2, `c-forbidden`).
    """
    text, start, at, begun = source.text, 0, 0, False
    for marker in _MARKER.finditer(text):
        begun = begun or bool(_CONTENT_BELOW_DIRECTIVES.search(text, at, marker.start()))
        if marker.group() == "---":
            if begun:
                yield start, marker.start()
                start = marker.start()
            begun = True
        elif begun:
            end = next_line(text, marker.end())
            yield start, end
            start, begun = end, False
        at = marker.end()
    content = _CONTENT.search(text, at)
    if begun or (content and start == 0):
        yield start, len(text)
    elif content:
        place = source.location(content.end() - 1)
        raise UnusableInput("not valid YAML: a document behind `...` begins with ---", place)
