"""The one place that writes YAML: a document and the tree that it is to mean become a new text, with proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.errors import ComposeVariantError, InternalError
from composevariant.source import Source
from composevariant.splices import Splices
from composevariant.tree import Mapping, Node, Scalar, Sequence, WrittenNode, same
from composevariant.yamltext.comments import Comments
from composevariant.yamltext.extents import block_header, last_leaf
from composevariant.yamltext.habits import Habits, habits_of
from composevariant.yamltext.parse import parse
from composevariant.yamltext.render import Renderer
from composevariant.yamltext.sync import Path, Sync
from composevariant.yamltext.values import Place

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from composevariant.yamltext.parse import Document


def no_key(_: Path, __: Node) -> None:
    """List items have no identity: they are aligned by what they mean."""


def edit(
    document: Document,
    final: Node,
    item_key: Callable[[Path, Node], str | None] = no_key,
    others: Collection[Source] = (),
) -> str:
    """The text of `document`, changed as little as possible so that it means `final`.

    Args:
        document: What was read.
        final: The resolved tree that the new text must have; parts that did not change are the document's own nodes.
        item_key: The identity of an item of the list at a path, or None where items have none.
        others: Texts from which new nodes bring their comments along, and keep their quotes and flow style.

    Raises:
        InternalError: The new text does not mean `final`: a bug, found before anything is written.
    """
    text = document.source.text
    if document.root is not None and document.root is final:
        return text
    habits = habits_of(text, document.written)
    for candidate in _candidates(document, final, item_key, _renderers(habits, others)):
        if _means(document.source.name, candidate, final):
            return candidate
    raise InternalError("the edited text does not mean what was asked", None, "please report this as a bug")


def _candidates(
    document: Document, final: Node, item_key: Callable[[Path, Node], str | None], renderers: Iterable[Renderer]
) -> Iterator[str]:
    """The new text, then what to try where a block scalar meets the end of the file, trailing blanks or a comment.

    There, `|` would lose its last line break or swallow what follows: a last newline helps, else quotes.
    """
    text = document.source.text
    for renderer in renderers:
        new = _edited(document, final, item_key, renderer)
        newline = renderer.habits.newline
        bare = new.removesuffix(newline)
        yield bare if text and not text.endswith("\n") else new
        yield f"{bare}{newline}"


def _renderers(habits: Habits, others: Collection[Source]) -> Iterator[Renderer]:
    """With comments, and at last without: one that would become content in its new place is better lost."""
    for comments in (Comments(others), Comments())[0 if others else 1 :]:
        yield Renderer(habits, comments)
        yield Renderer(habits, comments, block_scalars=False)


def _edited(document: Document, final: Node, item_key: Callable[[Path, Node], str | None], renderer: Renderer) -> str:
    if document.written is None:
        return _filled(document.source.text, final, renderer)
    splices = Splices(document.source.text)
    Sync(document, splices, renderer, item_key).node(document.written, final, Place(0, -1, ""), ())
    _keep_open_end(splices, document.written)
    return splices.applied()


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
