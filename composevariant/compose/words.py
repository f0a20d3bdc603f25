"""The words that a service uses anywhere, to see at once that it has nothing to do with a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.compose.partial import as_far_as_known
from composevariant.tree import Mapping, Scalar

if TYPE_CHECKING:
    from composevariant.tree import Node

_WORD: Final = re.compile(r"[\w.-]+", re.ASCII)


def words_of(service: Mapping) -> frozenset[str]:
    """The runs of letters, digits, `_`, `.` and `-` in all keys and values, also without `.` and `-` at their ends.

    A name that is not among them is not referred to.
    """
    texts: list[str] = []
    waiting: list[Node] = [service]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            texts.append(node.text)
            if "$" in node.text:
                texts.append(as_far_as_known(node.text))
        elif id(node) not in seen:
            seen.add(id(node))
            if isinstance(node, Mapping):
                texts += (entry.key.text for entry in node.entries)
                waiting += (entry.value for entry in node.entries)
            else:
                waiting += node.items
    words = _WORD.findall("\n".join(texts))
    return frozenset(words).union(word.strip(".-") for word in words if word[-1] in ".-" or word[0] in ".-")
