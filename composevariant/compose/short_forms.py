"""Convert list items between notations, such as `KEY=VALUE` and mappings, or the short and the long syntax."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from composevariant.compose.identities import short_port
from composevariant.compose.services import key_and_value, mount_sections, sections
from composevariant.tree import NULL, Entry, Mapping, Scalar, Sequence, go_text, is_null, plain, string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.compose.attributes import Attribute, Items
    from composevariant.tree import Node


class CanonicalPair(NamedTuple):
    """A key and its value before variables are replaced. The value of a bare `KEY` is None.

    `services.Pair` is the pair after variables are replaced.
    """

    key: str
    """The key as spelled in a list, where `$` starts a variable. In mapping keys, Compose does not replace variables.
    """
    value: Scalar | None
    written: Scalar
    """The list item or the mapping key."""

    @property
    def text(self) -> str:
        """The pair as Compose spells it when merging, with the value as Go prints it."""
        return self.key if self.value is None else f"{self.key}={go_text(self.value.meaning, self.value.text)}"

    @property
    def name(self) -> str | None:
        """The key as spelled in a mapping, or None if it contains a variable, which mapping keys cannot express."""
        return None if "$" in self.key.replace("$$", "") else self.key.replace("$$", "$")

    def item(self) -> Scalar:
        """Return the pair as a list item."""
        return self.written if self.written.text == self.text else self._respell(self.text)

    def entry(self, name: str) -> Entry:
        """Return the pair as a mapping entry."""
        return Entry(self.written if self.written.text == name else self._respell(name), self.value or NULL)

    def _respell(self, text: str) -> Scalar:
        return replace(string(text), origin=self.written)


def canonical_pairs(node: Node) -> Iterator[CanonicalPair]:
    """Yield the pairs of a mapping, a list or a single string. Other values are left out."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            for value in entry.value.items if isinstance(entry.value, Sequence) else (entry.value,):
                if isinstance(value, Scalar):
                    yield CanonicalPair(entry.name.replace("$", "$$"), None if is_null(value) else value, entry.key)
        return
    for item in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(item, Scalar):
            key, text = key_and_value(item.text)
            yield CanonicalPair(key, None if text is None else string(text), item)


def as_list(mapping: Mapping) -> Sequence:
    """Return a mapping in list notation."""
    return Sequence(
        tuple(pair.item() for pair in canonical_pairs(mapping)), tag=mapping.tag, origin=mapping.origin or mapping
    )


def item_with_value(old: str, value: Scalar, *, host: bool = False) -> Scalar:
    """Return the list item `old`, a `KEY` or `KEY=VALUE`, with a new value.

    If `host` is true, the colon of `HOST:IP` is kept.
    """
    key, former = key_and_value(old)
    separator = "="
    if host and former is None:
        key, *rest = sections(old, ":")
        separator = ":" if rest else "="
    return string(key if is_null(value) else f"{key}{separator}{go_text(value.meaning, value.text)}")


LongForm: TypeAlias = dict[str, object]
"""The settings of an item in the long syntax, without settings that have their default value."""


class Forms(NamedTuple):
    """The short and long syntax for one kind of list item."""

    expand: Callable[[str], LongForm | None]
    """Return the long form of a short text, or None if the text contains a variable, is a range, or is invalid."""
    shorten: Callable[[LongForm], str]
    """Return a short text for a long form. The text may be inexact, so callers must expand it again and compare."""
    defaults: LongForm
    """The default settings of the long syntax."""


def same_item(forms: Forms | None, left: Node, right: Node) -> bool:
    """Return whether two list items, each in either syntax, mean the same."""
    ours = _long(forms, left)
    return ours is not None and _same_data(ours, _long(forms, right))


def in_notation_of(forms: Forms | None, item: Node, model: Node) -> Node:
    """Return the item in the syntax of `model`, or unchanged if that syntax cannot express it."""
    if forms is None or isinstance(item, Mapping) == isinstance(model, Mapping):
        return item
    long = _long(forms, item)
    if long is None:
        return item
    if isinstance(model, Mapping):
        return _node(long, item)
    text = forms.shorten(long)
    expanded = forms.expand(text) if "$" not in text else None
    return string(text) if _same_data(long, expanded) else item


def _long(forms: Forms | None, item: Node) -> LongForm | None:
    if forms is None:
        return None
    if isinstance(item, Scalar):
        return forms.expand(go_text(item.meaning, item.text))
    if not isinstance(item, Mapping):
        return None
    found = plain(item)
    assert isinstance(found, dict)  # noqa: S101 - what `plain` makes of a mapping
    return {key: value for key, value in found.items() if not _same_data(forms.defaults.get(key), value)}


def _same_data(left: object, right: object) -> bool:
    """Return whether the data are equal and have the same types, so that `true` differs from 1, and 80 from "80"."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same_data(left[key], right[key]) for key in left)
    return type(left) is type(right) and left == right


def _node(value: object, origin: Node | None = None) -> Node:
    if isinstance(value, dict):
        return Mapping(tuple(Entry(Scalar(key), _node(below)) for key, below in value.items()), origin=origin)
    if isinstance(value, bool):
        return Scalar("true" if value else "false")
    return Scalar(str(value)) if isinstance(value, int) else string(str(value))


def _expand_port(text: str) -> LongForm | None:
    port = short_port(text)
    ends = port.published.split("-") if port.published else []
    if not _is_port(port.target) or not all(map(_is_port, ends)) or "$" in text:
        return None
    parts = {
        "host_ip": port.host_ip, "target": int(port.target), "published": port.published, "protocol": port.protocol,
    }  # fmt: skip
    return {key: value for key, value in parts.items() if value not in ("", "tcp")}


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _shorten_port(long: LongForm) -> str:
    host, published, target = str(long.get("host_ip", "")), str(long.get("published", "")), str(long.get("target"))
    address = f"[{host}]:" if ":" in host else f"{host}:" if host else ""
    protocol = f"/{long['protocol']}" if "protocol" in long else ""
    return f"{address}{published}{':' if address or published else ''}{target}{protocol}"


_PROPAGATION: Final = ("rprivate", "private", "rshared", "shared", "rslave", "slave")
_SELINUX: Final = ("z", "Z")


def _expand_mount(text: str) -> LongForm | None:
    parts = mount_sections(text)
    if "$" in text or "" in parts or len(parts) > 3:  # noqa: PLR2004 - source, target, options
        return None
    source, target, *options = parts if len(parts) > 1 else ("", *parts)
    bind = source.startswith((".", "/", "~", "\\\\")) or source[1:2] == ":"
    kind = "bind" if bind else "volume"
    long: LongForm = {"type": kind, **({"source": source} if source else {}), "target": posixpath.normpath(target)}
    details: LongForm = {"create_host_path": True} if bind else {}
    for option in options[0].split(",") if options else ():
        if option == "ro":
            long["read_only"] = True
        elif option == "nocopy" and not bind:
            details["nocopy"] = True
        elif option in _PROPAGATION and bind:
            details["propagation"] = option
        elif option in _SELINUX and bind:
            details["selinux"] = option
        elif option != "rw":
            return None
    return {**long, kind: details} if details else long


def _shorten_mount(long: LongForm) -> str:
    bind, volume = long.get("bind", {}), long.get("volume", {})
    options = ["ro"] if long.get("read_only") is True else []
    if isinstance(bind, dict):
        options += [str(bind[key]) for key in ("selinux", "propagation") if key in bind]
    if isinstance(volume, dict) and volume.get("nocopy") is True:
        options.append("nocopy")
    parts = [str(long[key]) for key in ("source", "target") if key in long]
    return ":".join([*parts, ",".join(options)] if options else parts)


def _expand_device(text: str) -> LongForm | None:
    parts = text.split(":")
    if "$" in text or "" in parts or len(parts) > 3:  # noqa: PLR2004 - source, target, permissions
        return None
    source, target, permissions = (*parts, *(parts[0], "rwm")[len(parts) - 1 :])
    return {"source": source, "target": target, "permissions": permissions}


def _shorten_device(long: LongForm) -> str:
    parts = [str(long.get(key, "")) for key in ("source", "target", "permissions")]
    return ":".join(parts[:2] if parts[2] == "rwm" else parts)


_FILE_MOUNT: Final = Forms(lambda text: {"source": text}, lambda long: str(long.get("source")), {})
_FORMS: Final[dict[Items, Forms]] = {
    "ports": Forms(_expand_port, _shorten_port, {"mode": "ingress", "protocol": "tcp"}),
    "mounts": Forms(_expand_mount, _shorten_mount, {"volume": {}, "read_only": False}),
    "devices": Forms(_expand_device, _shorten_device, {}),
    "secrets": _FILE_MOUNT,
    "configs": _FILE_MOUNT,
    "sources": _FILE_MOUNT,
    "files": Forms(lambda text: {"path": text}, lambda long: str(long.get("path")), {"required": True}),
}


def forms_of(attribute: Attribute | None) -> Forms | None:
    """Return the short and long syntax for the items of an attribute, or None if the items have only one syntax."""
    return _FORMS.get(attribute.items) if attribute else None
