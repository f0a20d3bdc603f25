"""Edit a YAML document by writing a changed tree into its text, and verify the result by parsing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.errors import ComposeVariantError, InternalError
from composevariant.source import Source
from composevariant.text import Splices
from composevariant.tree import Mapping, Node, Path, Scalar, Sequence, WrittenNode, same
from composevariant.yamltext.comments import Comments
from composevariant.yamltext.habits import Habits
from composevariant.yamltext.parser import parse
from composevariant.yamltext.partial_proof import (
    Edited,
    EditRecord,
    VerifiedText,
    block_header,
    largest_section,
    last_leaf,
)
from composevariant.yamltext.render import Renderer, ValuePlace
from composevariant.yamltext.sync import Sync

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from composevariant.yamltext.parser import Document


def no_key(_: Path, __: Node) -> None:
    """Return None, because these list items have no identity and are aligned by value."""


def edit(
    document: Document,
    final: Node,
    item_key: Callable[[Path, Node], str | None] = no_key,
    others: Collection[Source] = (),
) -> str:
    """Return the text of `document` with minimal changes so that it parses to `final`. See `Editor`."""
    return Editor(document, item_key, others).text_of(final)


class Editor:
    """Edits one document, possibly several times. Each edit reuses work shared with the previous one."""

    def __init__(
        self,
        document: Document,
        item_key: Callable[[Path, Node], str | None] = no_key,
        others: Collection[Source] = (),
    ) -> None:
        """Prepare to edit a document.

        Args:
            document: The parsed document.
            item_key: Returns the identity of an item of the list at a path, or None.
            others: Sources of new nodes. Nodes from these keep their comments, quotes and flow style.
        """
        self._document = document
        self._item_key = item_key
        self._habits = Habits(document.source.text, document.written)
        self._section = largest_section(document)
        self._verified = self._section.as_read() if self._section else VerifiedText(EditRecord({}, {}))
        self._renderers = tuple(_renderers(self._habits, others))
        self._verified_with: Renderer | None = None

    def text_of(self, final: Node) -> str:
        """Return the text of the document with minimal changes so that it parses to `final`.

        Args:
            final: The resolved tree of the new text. Unchanged parts must be the nodes of the document.

        Raises:
            InternalError: The new text does not parse to `final`. This is a bug, found before anything is written.
        """
        if self._document.root is not None and self._document.root is final:
            return self._document.source.text
        for renderer in self._renderers:
            edited = self._edited(final, renderer)
            if edited is None:
                candidates = self._endings(_filled(self._document.source.text, final, renderer))
            elif self.is_verified_in_part(edited, final):
                return self._remembered(edited, renderer)
            else:
                candidates = self._endings(edited.text)
            for candidate in candidates:
                if _means(self._document.source.name, candidate, final):
                    return self._remembered(edited, renderer) if edited and candidate == edited.text else candidate
        raise InternalError(
            "the edited text does not parse to the requested settings", None, "please report this as a bug"
        )

    def _edited(self, final: Node, renderer: Renderer) -> Edited | None:
        """Return the text after all splices, or None if the document has no content to splice."""
        written = self._document.written
        if written is None:
            return None
        splices = Splices(self._document.source.text)
        # Another renderer may write differently, but a text must not depend on earlier edits.
        known = self._verified.record if self._verified_with is renderer else EditRecord({}, {})
        sync = Sync(self._document, splices, renderer, self._item_key, known)
        sync.node(written, final, ValuePlace(0, -1, ""), ())
        _keep_open_end(splices, written)
        return Edited(splices.apply(), splices, sync.record, sync.anchors)

    def _endings(self, new: str) -> Iterator[str]:
        """Yield the new text, then a variant with a final newline.

        At the end of a file, a `|` scalar can lose its last line break or absorb the text below it. A final newline
        prevents this. If the text with a final newline is also wrong, the next renderer uses quotes.
        """
        text, newline = self._document.source.text, self._habits.newline
        bare = new.removesuffix(newline)
        yield bare if text and not text.endswith("\n") else new
        yield f"{bare}{newline}"

    def is_verified_in_part(self, edited: Edited, final: Node) -> bool:
        """Return whether the parts of the text that were not verified before parse to `final`.

        If they do, the tests also parse the whole text.
        """
        remainder = self._section.remainder(edited, self._verified, final) if self._section else None
        return remainder is not None and _means(self._document.source.name, remainder.text, remainder.final)

    def _remembered(self, edited: Edited, renderer: Renderer) -> str:
        if self._section:
            self._verified, self._verified_with = self._section.verified(edited), renderer
        return edited.text


def _renderers(habits: Habits, others: Collection[Source]) -> Iterator[Renderer]:
    """Yield renderers in the order in which to try them.

    The first renderer writes comments. The second omits them, in case a comment would be parsed as content.
    """
    for comments in (Comments(others), Comments())[0 if others else 1 :]:
        yield Renderer(habits, comments)
        yield Renderer(habits, comments, block_scalars=False)


def _keep_open_end(splices: Splices, written: WrittenNode) -> None:
    """Add `-` to a last block scalar without a final newline, so that appended text does not add a newline to it."""
    last = last_leaf(written)
    text = splices.text
    if not isinstance(last, Scalar) or last.style not in ("|", ">") or last.span is None or text.endswith("\n"):
        return
    start = last.span.start
    ends_text = last.span.end == len(text) and splices.appends() and not splices.touches(start, len(text))
    header = block_header(last)
    if ends_text and "-" not in header:
        splices.replace(start, start + len(header), f"{header.replace('+', '')}-")


def _filled(text: str, final: Node, renderer: Renderer) -> str:
    """Append the tree to a text that contains only comments."""
    newline = renderer.habits.newline
    empty = isinstance(final, (Mapping, Sequence)) and not renderer.is_block(final, "")
    lines = [renderer.inline(final)] if empty else renderer.children(final, 0) or [renderer.inline(final)]
    start = text if not text or text.endswith("\n") else f"{text}{newline}"
    return f"{start}{newline.join(lines)}{newline}"


def _means(name: str, text: str, final: Node) -> bool:
    """Return whether `text` parses to `final`, so that a wrong splice never produces a wrong file."""
    try:
        root = parse(Source(name, text)).root
    except ComposeVariantError:
        return False
    return root is not None and same(root, final)
