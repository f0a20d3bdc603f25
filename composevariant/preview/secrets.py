"""Masking of likely secrets in JSON and HTML reports, which end up in logs and pull requests.

The terminal shows the real values. A reference such as `${DB_PASSWORD}` is not a secret, but its default value may be a
secret.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from composevariant.compose import Leaf
from composevariant.findings import may_be_secret
from composevariant.text import pattern
from composevariant.tree import Entry, Mapping, Scalar, Sequence, with_items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.compose import Data
    from composevariant.tree import Node

MASK: Final = "***"

_REFERENCES: Final = pattern(r"(\$\{[A-Za-z_]\w*\}|\$[A-Za-z_]\w*|[\s:/@])*", re.ASCII)
_PASSWORD_IN_URL: Final = pattern(r"(?<=://)[^/\s@]*:[^/\s@]*(?=@)")
_PAIR: Final = pattern(r"([A-Za-z_][\w.-]*)=(.+)", re.ASCII | re.DOTALL)


def masked(node: Node) -> Node:
    """Return the tree with likely secrets replaced by `***`. Parts without secrets are the same objects."""
    if isinstance(node, Mapping):
        entries = tuple(_masked_entry(entry) for entry in node.entries)
        unchanged = all(new is old for new, old in zip(entries, node.entries, strict=True))
        return node if unchanged else replace(node, entries=entries)
    if isinstance(node, Sequence):
        return with_items(node, map(masked, node.items))
    text = _masked_text(node.text)
    return node if text == node.text else replace(node, text=text)


def _masked_entry(entry: Entry) -> Entry:
    value = entry.value
    if isinstance(value, Scalar) and is_secret(entry.name, value.text):
        return replace(entry, value=replace(value, text=MASK, style="'"))
    new = masked(value)
    return entry if new is value else replace(entry, value=new)


def mask_data(name: str, data: Data) -> Data:
    """Return the data of the setting `name` with secrets masked."""
    if isinstance(data, dict):
        return {key: mask_data(key, value) for key, value in data.items()}
    if isinstance(data, list):
        return [mask_data(name, value) for value in data]
    text = MASK if is_secret(name, data.shown) else _masked_text(data.shown)
    return data if text == data.shown else Leaf("str", text)


def mask_passwords(text: str) -> str:
    """Mask the passwords in URLs within a text."""
    return _PASSWORD_IN_URL.sub(lambda found: found[0] if _REFERENCES.fullmatch(found[0]) else MASK, text)


def _masked_text(text: str) -> str:
    pair = _PAIR.fullmatch(text)
    if pair and is_secret(pair[1], pair[2]):
        return f"{pair[1]}={MASK}"
    return mask_passwords(text)


def is_secret(name: str, value: str) -> bool:
    """Return whether the value of the setting `name` should be masked in reports."""
    return bool(value) and may_be_secret((name,)) and not _REFERENCES.fullmatch(value)


def mask_text(text: str, root: Node | None) -> str:
    """Mask the secrets in the text that `root` was parsed from."""
    at, parts = 0, []
    for begin, end, new in sorted(_splices(text, root)):
        if begin >= at:
            parts += [text[at:begin], new]
            at = end
    return "".join([*parts, text[at:]])


def _splices(text: str, node: Node | None, name: str = "") -> Iterator[tuple[int, int, str]]:
    """Yield the start, end and replacement of each secret in the text."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            if not entry.inherited:
                yield from _splices(text, entry.value, entry.name)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _splices(text, item)
    elif node is not None and node.span:
        written = text[node.span.start : node.span.end]
        new = MASK if name and is_secret(name, node.text) else _masked_text(node.text)
        if new != node.text:
            tail = written[len(written.rstrip()) :] if node.style in ("|", ">") else ""
            yield node.span.start, node.span.end, f"{new}{tail}"
