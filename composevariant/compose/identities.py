"""Identify the items in Compose's lists, by the names that users use for them and the keys that the merge uses.

The keys follow compose-go 2.9.1, `override/uncity.go`, and are checked against `docker compose config` 2.40.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.compose.attributes import ATTRIBUTES
from composevariant.compose.services import clean_target, key_and_value, mount_sections, sections
from composevariant.compose.variables import with_defaults
from composevariant.tree import Mapping, Scalar, go_text, go_text_of, value_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.compose.attributes import Attribute, Items
    from composevariant.tree import Node, Path

Notation = Literal["items", "pairs", "hosts", "names"]
"""The notation of list items.

`pairs` are `KEY=VALUE`, and `hosts` may also be `HOST:IP`. `pairs`, `hosts` and `names` may also be written as a
mapping.
"""


class Naming(NamedTuple):
    """How the items of a list are identified."""

    names: Callable[[Node], list[str]]
    """Return the names of an item, starting with Compose's own name."""
    key: Callable[[Node], str | None] | None
    """Return the key of an item, or None. A later item replaces an earlier item with the same key.

    The function itself is None if the merge keeps every item.
    """
    notation: Notation = "items"


def identity(path: Path, item: Node) -> tuple[str, ...] | None:
    """Return the names of an item of the list at `path`, or None if items of this list have no names.

    Compose's own name is first.

    Names with variables are included both as written and with the defaults from the file. The names of a non-TCP port
    include names with a `*`, because the path `ports[*:53]` matches every protocol but `ports["53:53"]` matches only
    TCP.
    """
    naming = naming_of(ATTRIBUTES.at(path))
    if naming is None:
        return None
    names = naming.names(item)
    if isinstance(item, Scalar) and "$" in item.text:
        filled = with_defaults(item.text)
        names += naming.names(Scalar(filled, '"')) if filled is not None else []
    return tuple(dict.fromkeys(name for name in names if name)) or None


def item_key(path: Path, item: Node) -> str | None:
    """Return the key that makes an item unique in the list at `path`, or None if Compose keeps every item."""
    key = key_rule(path)
    return key(item) if key else None


def key_rule(path: Path) -> Callable[[Node], str | None] | None:
    """Return the function that computes the key of an item of the list at `path`, or None. See `item_key`."""
    naming = naming_of(ATTRIBUTES.at(path))
    return naming.key if naming else None


def notation_of(path: Path) -> Notation:
    """Return the notation of the items of the list at `path`."""
    naming = naming_of(ATTRIBUTES.at(path))
    return naming.notation if naming else "items"


def naming_of(attribute: Attribute | None) -> Naming | None:
    """Return how the items of an attribute are identified, or None if they have no names."""
    return _NAMINGS.get(attribute.items) if attribute else None


def _field(item: Node, name: str) -> str:
    return go_text_of(value_at(item, name))


def _text_key(item: Node) -> str | None:
    return go_text_of(item) if isinstance(item, Scalar) else None


def _text_names(item: Node) -> list[str]:
    return [go_text_of(item)]


def _pair_key(item: Node) -> str | None:
    return key_and_value(go_text_of(item))[0] if isinstance(item, Scalar) else None


def _pair_names(item: Node) -> list[str]:
    return [_pair_key(item) or "", go_text_of(item)]


def _linked_names(item: Node) -> list[str]:
    """Return both names in `db:database`, but only the first part of `db:ro` in `volumes_from`."""
    parts = sections(go_text_of(item))
    return [go_text_of(item), *(parts if parts[-1] not in ("ro", "rw") else (":".join(parts[:-1]),))]


def _host_names(item: Node) -> list[str]:
    text = go_text_of(item)
    separator = "=" if "=" in text else ":"
    host, _, address = text.partition(separator)
    return [text, host, f"{host}={address}", f"{host}:{address}"]


def _port_key(item: Node) -> str | None:
    port = port_of(item)
    return port and (f"{port} published as a number" if port.as_number else str(port))


def _port_names(item: Node) -> list[str]:
    port = port_of(item)
    if port is None:
        return []
    host, published, target, protocol, _ = port
    hosts = [f"[{host}]:" if ":" in host else f"{host or ANY_HOST}:", *([""] if host in ("", ANY_HOST) else [])]
    spellings = [f"{address}{published}:{target}" for address in hosts] + ([target] if not published else [])
    with_protocol = [f"{spelling}/{protocol}" for spelling in spellings]
    if protocol == "tcp":
        return [str(port), *with_protocol, *spellings, go_text_of(item)]
    return [str(port), *with_protocol, f"*:{published}:{target}", f"{hosts[0]}*:{target}", go_text_of(item)]


def _mount_target(item: Node) -> str:
    parts = mount_sections(go_text_of(item)) if isinstance(item, Scalar) else []
    return (parts[0] if len(parts) == 1 else parts[1]) if parts else _field(item, "target")


def _mount_key(item: Node) -> str | None:
    """Return the normalized target.

    Compose normalizes a target in the long syntax only after the merge, and then fails if the list also contains the
    same target in the short syntax.
    """
    return clean_target(_mount_target(item)) or None


def _mount_names(item: Node) -> list[str]:
    target, source = _mount_target(item), _field(item, "source")
    return [*_target_names(target, item), f"{source}:{target}" if source else ""]


def _tmpfs_names(item: Node) -> list[str]:
    return _target_names(sections(go_text_of(item))[0], item)


def _target_names(target: str, item: Node) -> list[str]:
    return [clean_target(target), target, go_text_of(item)]


def _device_key(item: Node) -> str | None:
    if isinstance(item, Scalar):
        return (sections(go_text_of(item)) * 2)[1]
    return _field(item, "target") or None


def _device_names(item: Node) -> list[str]:
    return [_device_key(item) or _field(item, "source"), go_text_of(item)]


def _file_mount_naming(folder: str) -> Naming:
    """Return the naming of secrets or configs.

    The key is the target, which defaults to the name of the source in this folder.
    """

    def source(item: Node) -> str:
        return go_text_of(item) or _field(item, "source")

    def key(item: Node) -> str:
        return _field(item, "target") or f"{folder}/{source(item)}"

    return Naming(lambda item: [key(item), source(item)], key)


def _path_key(item: Node) -> str | None:
    return go_text_of(item) or _field(item, "path") or None


def port_of(item: Node) -> Port | None:
    """Return the port that an item of `ports` describes, or None if it is not a port."""
    if isinstance(item, Scalar):
        return short_port(go_text(item.meaning, item.text))
    if not isinstance(item, Mapping):
        return None
    host_ip, published, target, protocol = (item.get(key) for key in ("host_ip", "published", "target", "protocol"))
    numeric = isinstance(published, Scalar) and published.meaning.kind == "int"
    return Port(_text(host_ip), _text(published), _text(target), _text(protocol) or "tcp", numeric)


class Port(NamedTuple):
    """The parts of a port as strings. A missing part is an empty string, and variables are not replaced."""

    host_ip: str
    published: str
    target: str
    protocol: str = "tcp"
    as_number: bool = False
    """Whether `published` is a number (`8080`) rather than a string (`"8080"`) in the long syntax.

    Compose 2.40.3 treats the two as different ports.
    """

    def __str__(self) -> str:
        """Return the key of the port in Compose's merge."""
        return f"{self.host_ip or ANY_HOST}:{self.published}:{self.target}/{self.protocol}"


ANY_HOST = "0.0.0.0"  # noqa: S104 - Compose's word for a port that is published on every address


def short_port(text: str) -> Port:
    """Return the parts of `[HOST_IP:][PUBLISHED:]TARGET[/PROTOCOL]`, read like `ParsePortSpec` in go-connections."""
    *host, published, target = ["", *sections(text)]
    target, *protocol = sections(target, "/")
    address = ":".join(host).removeprefix(":")
    if address.startswith("["):
        address = address[1:].removesuffix("]")
    return Port(address, _numbers(published), _numbers(target), "/".join(protocol).lower() or "tcp")


def _numbers(text: str) -> str:
    """Return a port or a range of ports as Go prints it after parsing, so that `080` and `80-80` are both `80`."""
    ends = text.split("-")
    if len(ends) > 2 or not all(end.isascii() and end.isdigit() for end in ends):  # noqa: PLR2004 - first and last
        return text
    first, last = int(ends[0]), int(ends[-1])
    return str(first) if first == last else f"{first}-{last}"


def _text(node: Node | None) -> str:
    return go_text(node.meaning, node.text) if isinstance(node, Scalar) and node.meaning.kind != "null" else ""


_NAMINGS: Final[dict[Items, Naming]] = {
    "pairs": Naming(_pair_names, _pair_key, "pairs"),
    "hosts": Naming(_host_names, None, "hosts"),
    "names": Naming(_text_names, _text_key, "names"),
    "texts": Naming(_text_names, None),
    "keyed texts": Naming(lambda item: [*_text_names(item), *_pair_names(item)], _pair_key),
    "numbers": Naming(_text_names, _text_key),
    "links": Naming(_linked_names, _pair_key),
    "containers": Naming(_linked_names, None),
    "ports": Naming(_port_names, _port_key),
    "mounts": Naming(_mount_names, _mount_key),
    "tmpfs": Naming(_tmpfs_names, _pair_key),
    "devices": Naming(_device_names, _device_key),
    "secrets": _file_mount_naming("/run/secrets"),
    "configs": _file_mount_naming(""),
    "sources": Naming(lambda item: [go_text_of(item) or _field(item, "source")], None),
    "files": Naming(lambda item: [_path_key(item) or ""], _path_key),
    "subnets": Naming(lambda item: [_field(item, "subnet")], None),
    "inclusions": Naming(lambda item: [_path_key(item) or ""], None),
}
