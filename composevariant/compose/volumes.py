"""Mounts of a service: the short syntax, as compose-go's `format/volume.go` reads it, and the long one."""

from __future__ import annotations

from posixpath import normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose.services import mount_sections
from composevariant.compose.variables import UNKNOWN, as_far_as_known
from composevariant.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.tree import Node


class Mount(NamedTuple):
    """What is mounted where. Variables count with their default in the file."""

    type: str
    """`volume`, `bind`, `tmpfs` and so on; "" when a variable without a default decides it."""
    source: str
    """A volume's name or a path; "" for an anonymous volume, and when a variable without a default is in it."""
    target: str
    """Where it is in the container, without a trailing slash; "" when a variable without a default is in it."""
    read_only: bool = False


def mount_of(node: Node) -> Mount | None:
    """The mount that an item of a service's `volumes` describes; None for what is not a mount."""
    if isinstance(node, Mapping):
        kind, source, target = (_text(node.get(key)) for key in ("type", "source", "target"))
        read_only = node.get("read_only")
        locked = isinstance(read_only, Scalar) and read_only.meaning.value is True
        return Mount(kind, source, _clean(target), locked)
    if isinstance(node, Scalar) and node.text:
        return _short(as_far_as_known(node.text))
    return None


def _short(text: str) -> Mount | None:
    parts = mount_sections(text)
    if len(parts) > 3:  # noqa: PLR2004 - source, target, options
        return None
    kind = "bind" if _is_path(text) else "" if text.startswith(UNKNOWN) else "volume"
    if len(parts) == 1:
        return Mount("" if kind == "" else "volume", "", _clean(_known(text)))
    source, target, *options = parts
    return Mount(kind, _known(source), _clean(_known(target)), "ro" in ",".join(options).split(","))


def _is_path(source: str) -> bool:
    """Whether a mount that begins so has a path as its source and not the name of a volume."""
    return source[:1] in (".", "/", "~") or source.startswith("\\\\") or (source[1:2] == ":" and source[0].isalpha())


def _clean(target: str) -> str:
    return normpath(target) if target else ""


def _text(node: Node | None) -> str:
    return _known(as_far_as_known(node.text)) if isinstance(node, Scalar) else ""


def _known(text: str) -> str:
    return "" if UNKNOWN in text else text


class PlacedMount(NamedTuple):
    """Something that a service has at a place in its container, and where the service says so."""

    path: tuple[str | int, ...]
    """Where, inside the service."""
    mount: Mount
    node: Node


def mounts_in(service: Mapping, may: Callable[[str], bool] | None = None) -> Iterator[PlacedMount]:
    """All that a service mounts: volumes, tmpfs, configs and secrets, the last two at Compose's default places.

    `may` can say of a short item, as it is written, that it is of no interest.
    """
    for setting, read in _READERS.items():
        node = service.get(setting)
        if isinstance(node, Sequence):
            for index, item in enumerate(node.items):
                if may and isinstance(item, Scalar) and not may(item.text):
                    continue
                mount = read(item)
                if mount is not None:
                    yield PlacedMount((setting, index), mount, item)
        elif isinstance(node, Scalar) and setting == "tmpfs":
            yield PlacedMount((setting,), _tmpfs(node), node)


def _tmpfs(node: Node) -> Mount:
    return Mount("tmpfs", "", _clean(_text(node).partition(":")[0]))


def _config(node: Node) -> Mount:
    source, target = _file(node)
    return Mount("config", source, _clean(target or f"/{source}"))


def _secret(node: Node) -> Mount:
    source, target = _file(node)
    folder = "" if target.startswith("/") else "/run/secrets/"
    return Mount("secret", source, _clean(f"{folder}{target or source}"))


def _file(node: Node) -> tuple[str, str]:
    if isinstance(node, Mapping):
        return _text(node.get("source")), _text(node.get("target"))
    return _text(node), ""


_READERS: Final[dict[str, Callable[[Node], Mount | None]]] = {
    "volumes": mount_of,
    "tmpfs": _tmpfs,
    "configs": _config,
    "secrets": _secret,
}
