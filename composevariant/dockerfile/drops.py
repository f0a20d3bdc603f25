"""Whole instructions taken out of a Dockerfile, with the comments that head them and none of their neighbours'."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile.chain_edits import Cut
from composevariant.dockerfile.items import Instruction

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from composevariant.dockerfile.items import Item
    from composevariant.dockerfile.rewriting import Rewriting
    from composevariant.dockerfile.stages import Dockerfile

_BANNER: Final = re.compile(r"[-=#*~_]{3,}")


def drop(
    dockerfile: Dockerfile, rewriting: Rewriting, gone: Collection[Instruction], speaks: Callable[[str], bool]
) -> None:
    """Take instructions out. `speaks` tells whether a comment is about what goes.

    A comment directly above goes as well, unless the next instruction follows without a blank line: then it may head
    both, and goes only when it speaks of what goes. Lines that draw a rule across the page stay.
    """
    items = dockerfile.items
    going = {at for at, item in enumerate(items) if item in gone}
    for at in sorted(going):
        going |= _headings(items, at, gone, speaks)
    going |= _needless_blanks(items, going)
    owner = next(item for item in items if isinstance(item, Instruction) and item in gone)
    for at in sorted(going):
        item = items[at]
        owner = item if isinstance(item, Instruction) else owner
        rewriting.cut(owner, [Cut(item.start, item.end)], ())


def _headings(
    items: tuple[Item, ...], at: int, gone: Collection[Instruction], speaks: Callable[[str], bool]
) -> set[int]:
    first = at
    while first and items[first - 1].kind == "comment":
        first -= 1
    behind = at + 1
    while behind < len(items) and items[behind] in gone:
        behind += 1
    alone = behind == len(items) or items[behind].kind in ("blank", "comment")
    block = range(first, at)
    if not alone and not any(speaks(items[number].text) for number in block):
        return set()
    return {number for number in block if speaks(items[number].text) or not _BANNER.search(items[number].text)}


def _needless_blanks(items: tuple[Item, ...], going: set[int]) -> set[int]:
    """Blank lines that would follow others, now that what stood between them goes."""
    needless: set[int] = set()
    after_blank, after_gone = True, False
    for at, item in enumerate(items):
        if at in going:
            after_gone = True
        elif item.kind == "blank":
            if after_blank and after_gone:
                needless.add(at)
            after_blank = True
        else:
            after_blank = after_gone = False
    return needless
