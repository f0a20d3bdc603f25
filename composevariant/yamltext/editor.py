"""The one place that writes YAML: a document and the tree that it is to mean become a new text, with proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.errors import ComposeVariantError, InternalError
from composevariant.source import Source
from composevariant.text import Splices
from composevariant.tree import Mapping, Node, Path, Scalar, Sequence, WrittenNode, same
from composevariant.yamltext.comments import Comments
from composevariant.yamltext.habits import Habits
from composevariant.yamltext.parser import parse
from composevariant.yamltext.partial_proof import Edited, Made, Proved, block_header, largest_section, last_leaf
from composevariant.yamltext.render import Place, Renderer
from composevariant.yamltext.sync import Sync

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from composevariant.yamltext.parser import Document


def no_key(_: Path, __: Node) -> None:
    """List items have no identity: they are aligned by what they mean."""


def edit(
    document: Document,
    final: Node,
    item_key: Callable[[Path, Node], str | None] = no_key,
    others: Collection[Source] = (),
) -> str:
    """The text of `document`, changed as little as possible so that it means `final`, see `Editor`."""
    return Editor(document, item_key, others).text_of(final)


class Editor:
    """Makes texts of one document; what an edit has in common with the one before it is not made and proved anew."""

    def __init__(
        self,
        document: Document,
        item_key: Callable[[Path, Node], str | None] = no_key,
        others: Collection[Source] = (),
    ) -> None:
        """Get ready to edit.

        Args:
            document: What was read.
            item_key: The identity of an item of the list at a path, or None where items have none.
            others: Texts from which new nodes bring their comments along, and keep their quotes and flow style.
        """
        self._document = document
        self._item_key = item_key
        self._habits = Habits(document.source.text, document.written)
        self._section = largest_section(document)
        self._proved = self._section.as_read() if self._section else Proved(Made({}, {}))
        self._renderers = tuple(_renderers(self._habits, others))
        self._proved_with: Renderer | None = None

    def text_of(self, final: Node) -> str:
        """The text of the document, changed as little as possible so that it means `final`.

        Args:
            final: The resolved tree that the new text must have; what did not change are the document's own nodes.

        Raises:
            InternalError: The new text does not mean `final`: a bug, found before anything is written.
        """
        if self._document.root is not None and self._document.root is final:
            return self._document.source.text
        for renderer in self._renderers:
            edited = self._edited(final, renderer)
            if edited is None:
                candidates = self._endings(_filled(self._document.source.text, final, renderer))
            elif self.is_proved_by_parts(edited, final):
                return self._remembered(edited, renderer)
            else:
                candidates = self._endings(edited.text)
            for candidate in candidates:
                if _means(self._document.source.name, candidate, final):
                    return self._remembered(edited, renderer) if edited and candidate == edited.text else candidate
        raise InternalError("the edited text does not mean what was asked", None, "please report this as a bug")

    def _edited(self, final: Node, renderer: Renderer) -> Edited | None:
        """The text that the splices give; None for a text without content, which has nothing to splice."""
        written = self._document.written
        if written is None:
            return None
        splices = Splices(self._document.source.text)
        # What another renderer has made may read otherwise: a text must not depend on those before it.
        known = self._proved.made if self._proved_with is renderer else Made({}, {})
        sync = Sync(self._document, splices, renderer, self._item_key, known)
        sync.node(written, final, Place(0, -1, ""), ())
        _keep_open_end(splices, written)
        return Edited(splices.applied(), splices, sync.made, sync.anchors)

    def _endings(self, new: str) -> Iterator[str]:
        """The new text, then what to try where a block scalar meets the end of the file, trailing blanks or a comment.

        There, `|` would lose its last line break or swallow what follows: a last newline helps, else quotes.
        """
        text, newline = self._document.source.text, self._habits.newline
        bare = new.removesuffix(newline)
        yield bare if text and not text.endswith("\n") else new
        yield f"{bare}{newline}"

    def is_proved_by_parts(self, edited: Edited, final: Node) -> bool:
        """Whether what is not as it was proved before means what it is to mean, and so all of it does.

        The tests read all of it then, too.
        """
        rest = self._section.rest(edited, self._proved, final) if self._section else None
        return rest is not None and _means(self._document.source.name, rest.text, rest.final)

    def _remembered(self, edited: Edited, renderer: Renderer) -> str:
        if self._section:
            self._proved, self._proved_with = self._section.proved(edited), renderer
        return edited.text


def _renderers(habits: Habits, others: Collection[Source]) -> Iterator[Renderer]:
    """With comments, and at last without: one that would become content in its new place is better lost."""
    for comments in (Comments(others), Comments())[0 if others else 1 :]:
        yield Renderer(habits, comments)
        yield Renderer(habits, comments, block_scalars=False)


def _keep_open_end(splices: Splices, written: WrittenNode) -> None:
    """A block scalar that a missing last newline cuts short must not gain one from text that is put behind it."""
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
    """A text without content keeps its comments; the tree follows them."""
    newline = renderer.habits.newline
    empty = isinstance(final, (Mapping, Sequence)) and not renderer.is_block(final, "")
    lines = [renderer.inline(final)] if empty else renderer.children(final, 0) or [renderer.inline(final)]
    start = text if not text or text.endswith("\n") else f"{text}{newline}"
    return f"{start}{newline.join(lines)}{newline}"


def _means(name: str, text: str, final: Node) -> bool:
    """The proof: read the new text and compare. A wrong splice must never become a wrong file."""
    try:
        root = parse(Source(name, text)).root
    except ComposeVariantError:
        return False
    return root is not None and same(root, final)
