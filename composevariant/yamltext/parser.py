"""Parse a YAML text into a tree whose nodes have exact source spans."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar, cast

from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.source import Location, Source
from composevariant.text import pattern
from composevariant.tree import Alias, Entry, Mapping, Node, Scalar, Sequence, Span, WrittenNode
from composevariant.yamltext.aliases import Resolver
from composevariant.yamltext.fast_scanner import quick_tokens
from composevariant.yamltext.full_scanner import (
    ALIAS,
    ANCHOR,
    BLOCK_END,
    COMMA,
    DASH,
    DIRECTIVE,
    DOC_END,
    DOC_START,
    FLOW_MAP,
    FLOW_MAP_END,
    FLOW_SEQ,
    FLOW_SEQ_END,
    KEY,
    MAP_START,
    MAX_DEPTH,
    MAX_MERGED,
    SCALAR,
    SEQ_START,
    STREAM_END,
    TAG,
    VALUE,
    Token,
    scan,
)
from composevariant.yamltext.lines import next_line

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A YAML document with its text, its tree as written and its resolved tree (None for an empty document)."""

    source: Source
    written: WrittenNode | None
    root: Node | None
    resolver: Resolver
    """The resolver of the written nodes."""
    sharing: frozenset[int] = frozenset()
    """The `id` of each written node that is or contains an anchored node, an alias or a `<<`."""


def parse(source: Source, anchors: dict[str, WrittenNode] | None = None) -> Document:
    """Parse one document.

    `anchors` contains the anchors of the preceding documents in the file. The anchors of this document are added.

    Raises:
        UnusableInput: The text is not YAML, or has several documents, duplicate keys (all are reported), unknown
            aliases, or nesting or aliases beyond the limits.
    """
    builder = Builder(source, quick_tokens(source.text) or scan(source), anchors)
    written = builder.document()
    raise_all(sorted(builder.errors, key=lambda error: error.location or Location("", 0, 0)))
    sharing = frozenset(builder.sharing)
    resolver = Resolver(sharing=sharing if builder.is_harmless else None)
    return Document(source, written, None if written is None else resolver.resolve(written), resolver, sharing)


_Written = TypeVar("_Written", bound="WrittenNode")


class Builder:
    """A recursive descent parser over the tokens. The scanners limit the depth."""

    def __init__(self, source: Source, tokens: list[Token], anchors: dict[str, WrittenNode] | None = None) -> None:
        self.errors: list[ComposeVariantError] = []
        self.sharing: set[int] = set()
        """The `id` of each node that is or contains an anchored node, an alias or a `<<`."""
        self._source = source
        self._tokens = tokens
        self._at = 0
        self._shared = 0
        self._aliases = 0
        self._expanded = 0
        self._depth = self._deepest = 0
        self._is_simple = not anchors
        self._anchors: dict[str, WrittenNode] = {} if anchors is None else anchors

    def document(self) -> WrittenNode | None:
        tokens = self._tokens
        while tokens[self._at][0] in (DIRECTIVE, DOC_START):
            self._at += 1
            if tokens[self._at - 1][0] == DOC_START:
                break
            if tokens[self._at][0] not in (DIRECTIVE, DOC_START):
                raise UnusableInput("not valid YAML: a directive needs a `---` below it", self._place(0))
        root = None
        if tokens[self._at][0] not in (STREAM_END, DOC_END, DOC_START):
            root = self._node(tokens[self._at][1])
        while tokens[self._at][0] == DOC_END:
            self._at += 1
        kind, start, *_ = tokens[self._at]
        if kind in (DOC_START, DIRECTIVE):
            raise UnusableInput(
                "the file contains several YAML documents", self._place(start), "split it into one file per document"
            )
        if kind != STREAM_END:
            raise UnusableInput("not valid YAML: unexpected content after the document", self._place(start))
        return root

    def _place(self, offset: int) -> Location:
        return self._source.location(offset)

    def _node(self, empty_at: int, *, of_key: bool = False) -> WrittenNode:
        """Return the node at the next token, or an empty scalar at `empty_at` if no node starts there.

        Only the value of a key (`of_key`) can be a list whose dashes are not indented.
        """
        kind, start, end, text, style = self._tokens[self._at]
        if kind == SCALAR:
            self._at += 1
            return Scalar(text, style, None, None, Span(self._source, start, start, end))
        anchor, tag, shared = None, None, self._shared
        begin = start if kind in (ANCHOR, TAG) else -1
        while kind in (ANCHOR, TAG):
            if (anchor if kind == ANCHOR else tag) is not None:
                raise UnusableInput(
                    "not valid YAML: a value can have at most one anchor and one tag", self._place(start)
                )
            anchor, tag = (text, tag) if kind == ANCHOR else (anchor, text)
            empty_at = end
            self._at += 1
            kind, start, end, text, style = self._tokens[self._at]
        aliases = self._aliases
        self._depth += 1
        self._deepest = max(self._deepest, self._depth)
        node = self._content(begin, empty_at, anchor, tag, of_key=of_key)
        self._depth -= 1
        if anchor is not None:
            self._anchors[anchor] = node
            self._shared += 1
            self._is_simple = self._is_simple and aliases == self._aliases
        return self._noted(node, shared)

    def _note_merge(self, key: Scalar) -> int:
        """Count a `<<` key as shared, and return the number of shared nodes."""
        if key.text == "<<" and key.style == "":
            self._shared += 1
        return self._shared

    @property
    def is_harmless(self) -> bool:
        """Whether the aliases cannot exceed the limits because none is below an anchor and all targets are short."""
        is_flat = self._deepest * 4 < MAX_DEPTH  # an alias doubles the depth, and so does a pair in a list
        return self._is_simple and is_flat and self._expanded < MAX_MERGED

    def _noted(self, node: _Written, shared: int) -> _Written:
        """Return `node`, after adding it to `sharing` if it contains a shared node."""
        if self._shared != shared:
            self.sharing.add(id(node))
        return node

    def _content(self, begin: int, empty_at: int, anchor: str | None, tag: str | None, *, of_key: bool) -> WrittenNode:
        kind, start, end, text, style = self._tokens[self._at]
        first = start if begin < 0 else begin
        if kind == MAP_START:
            return self._block_mapping(first, anchor, tag)
        if kind == SEQ_START or (kind == DASH and of_key):
            return self._block_sequence(first, anchor, tag)
        if kind == FLOW_SEQ:
            return self._flow_sequence(first, anchor, tag)
        if kind == FLOW_MAP:
            return self._flow_mapping(first, anchor, tag)
        if kind == SCALAR:
            self._at += 1
            return Scalar(text, style, tag, anchor, Span(self._source, first, start, end))
        if kind == ALIAS:
            if begin >= 0:
                raise UnusableInput("not valid YAML: an alias must not have an anchor or tag", self._place(begin))
            self._at += 1
            return self._alias(text, Span(self._source, first, start, end))
        first = empty_at if begin < 0 else begin
        return Scalar("", "", tag, anchor, Span(self._source, first, empty_at, empty_at))

    def _alias(self, name: str, span: Span) -> Alias:
        if name not in self._anchors:
            raise UnusableInput(f'not valid YAML: unknown anchor "{name}"', span.location())
        target = self._anchors[name]
        self._shared += 1
        self._aliases += 1
        self._expanded += target.span.end - target.span.begin if target.span else 0  # a character or more for a node
        return Alias(name, target, span)

    def _block_mapping(self, begin: int, anchor: str | None, tag: str | None) -> Mapping:
        tokens, start = self._tokens, self._tokens[self._at][1]
        self._at += 1
        entries: list[Entry] = []
        end = start
        while tokens[self._at][0] == KEY:
            entry = self._entry()
            entries.append(entry)
            end = end_of(entry.value)
        if tokens[self._at][0] != BLOCK_END:
            raise UnusableInput("not valid YAML: expected a key of the mapping", self._place(tokens[self._at][1]))
        self._at += 1
        return self._mapping(entries, False, tag, anchor, Span(self._source, begin, start, end))  # noqa: FBT003

    def _entry(self) -> Entry:
        """Return the entry at the next token, which must be a KEY token."""
        tokens = self._tokens
        _, start, end, *_ = tokens[self._at]
        kind, first, last, text, style = tokens[self._at + 1]
        if kind == SCALAR:
            self._at += 2
            key = Scalar(text, style, None, None, Span(self._source, first, first, last))
        else:
            self._at += 1
            node = self._node(end)
            if not isinstance(node, Scalar):
                raise self._no_key(start)
            key = node
        shared = self._note_merge(key)
        if end > start and key.span is not None:  # `? key`: the mark is where the entry begins
            key = self._noted(replace(key, span=key.span._replace(begin=start)), shared)
            if key.anchor is not None:
                self._anchors[key.anchor] = key
        kind, start, end, *_ = tokens[self._at]
        if kind != VALUE:
            at = end_of(key)
            return Entry(key, Scalar("", "", None, None, Span(self._source, at, at, at)))
        kind, first, last, text, style = tokens[self._at + 1]
        if kind == SCALAR:
            self._at += 2
            value = Scalar(text, style, None, None, Span(self._source, first, first, last))
            return Entry(key, value, False, start)  # noqa: FBT003
        self._at += 1
        return Entry(key, cast("Node", self._node(end, of_key=True)), False, start)  # noqa: FBT003

    def _no_key(self, offset: int) -> UnusableInput:
        template = "{{" in self._source.text[max(offset - 1, 0) : offset + 2]
        hint = "this looks like a template: render it first, and use the result as the base" if template else ""
        return UnusableInput("a key must be a plain or quoted word", self._place(offset), hint)

    def _mapping(self, entries: list[Entry], flow: bool, tag: str | None, anchor: str | None, span: Span) -> Mapping:  # noqa: FBT001
        mapping = Mapping(tuple(entries), flow, tag, anchor, span)
        if not mapping.has_twice():
            return mapping
        first: dict[str, Entry] = {}
        for entry in entries:
            name = entry.name
            if first.setdefault(name, entry) is not entry and entry.key.span and first[name].key.span:
                line = first[name].key.span.location().line  # type: ignore[union-attr]
                self.errors.append(
                    UnusableInput(
                        f'mapping key "{name}" already defined at line {line}',
                        entry.key.span.location(),
                        "keep one of the two",
                    )
                )
        return mapping

    def _block_sequence(self, begin: int, anchor: str | None, tag: str | None) -> Sequence:
        tokens = self._tokens
        indented = tokens[self._at][0] == SEQ_START
        start = end = tokens[self._at][1]
        self._at += indented
        items: list[WrittenNode] = []
        dashes: list[int] = []
        while tokens[self._at][0] == DASH:
            dash, after = tokens[self._at][1:3]
            dashes.append(dash)
            self._at += 1
            item = self._node(after)
            items.append(item)
            end = end_of(item)
        if indented:
            if tokens[self._at][0] != BLOCK_END:
                raise UnusableInput("not valid YAML: expected an item of the list", self._place(tokens[self._at][1]))
            self._at += 1
        span = Span(self._source, begin, start, end)
        return Sequence(cast("tuple[Node, ...]", tuple(items)), False, tag, anchor, span, None, tuple(dashes))  # noqa: FBT003

    def _flow_sequence(self, begin: int, anchor: str | None, tag: str | None) -> Sequence:
        start = self._tokens[self._at][1]
        self._at += 1
        items: list[WrittenNode] = []
        while (kind := self._tokens[self._at][0]) != FLOW_SEQ_END:
            if kind == KEY:
                shared, entry = self._shared, self._entry()
                place = entry.key.span
                at = place.begin if place else start
                pair = Mapping((entry,), True, None, None, Span(self._source, at, at, end_of(entry.value)))  # noqa: FBT003
                items.append(self._noted(pair, shared))
            else:
                items.append(self._flow_item())
            self._comma(FLOW_SEQ_END, start)
        end = self._tokens[self._at][2]
        self._at += 1
        span = Span(self._source, begin, start, end)
        return Sequence(cast("tuple[Node, ...]", tuple(items)), True, tag, anchor, span)  # noqa: FBT003

    def _flow_item(self) -> WrittenNode:
        kind, start, *_ = self._tokens[self._at]
        if kind not in (SCALAR, ALIAS, ANCHOR, TAG, FLOW_SEQ, FLOW_MAP):
            raise UnusableInput("not valid YAML: a value is missing here", self._place(start))
        return self._node(start)

    def _comma(self, closing: int, opened: int) -> None:
        kind, start, *_ = self._tokens[self._at]
        if kind == COMMA:
            self._at += 1
        elif kind == STREAM_END:
            raise UnusableInput("not valid YAML: this bracket is not closed", self._place(opened))
        elif kind != closing:
            raise UnusableInput("not valid YAML: a comma or a closing bracket is missing", self._place(start))

    def _flow_mapping(self, begin: int, anchor: str | None, tag: str | None) -> Mapping:
        start = self._tokens[self._at][1]
        self._at += 1
        entries: list[Entry] = []
        while (kind := self._tokens[self._at][0]) != FLOW_MAP_END:
            if kind == KEY:
                entries.append(self._entry())
            else:
                key = self._flow_item()
                if not isinstance(key, Scalar):
                    raise self._no_key(key.span.begin if key.span else 0)
                self._note_merge(key)
                at = end_of(key)
                entries.append(Entry(key, Scalar("", "", None, None, Span(self._source, at, at, at))))
            self._comma(FLOW_MAP_END, start)
        end = self._tokens[self._at][2]
        self._at += 1
        return self._mapping(entries, True, tag, anchor, Span(self._source, begin, start, end))  # noqa: FBT003


def end_of(node: WrittenNode) -> int:
    """Return the offset of the end of a node, or 0 for a node that is not in a text."""
    return node.span.end if node.span else 0


# Files with several YAML documents.

_MARKER: Final = pattern(r"^(?:---|\.\.\.)(?=\s|\Z)", re.MULTILINE)

_CONTENT: Final = pattern(r"^[ \t]*[^\s#]", re.MULTILINE)

_CONTENT_BELOW_DIRECTIVES: Final = pattern(r"^(?!%)[ \t]*[^\s#]", re.MULTILINE)


def parse_documents(source: Source) -> list[Document]:
    """Parse all documents of a file. There is always at least one document.

    The text of the first document ends at the marker of the second one, and includes its own marker and comments.
    Locations refer to the file.

    Raises:
        UnusableInput: A document is invalid in one of the ways that `parse` describes.
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
    """Return one document, with its line numbers in the file."""
    above = "\n" * source.text.count("\n", 0, start)
    return Source(source.name, f"{above}{source.text[start:end]}")


def _places(source: Source) -> Iterator[tuple[int, int]]:
    """Yield the start (including directives and marker) and the end of each document.

    Every marker at the start of a line ends a document, because YAML forbids markers inside scalars (1.2,
    `c-forbidden`).
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
        raise UnusableInput("not valid YAML: a document after `...` must start with ---", place)
