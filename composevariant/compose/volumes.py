"""Read the mounts of a service, in the short or the long syntax.

The short syntax is read as in compose-go's `format/volume.go`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose.services import clean_target, mount_sections
from composevariant.compose.variables import UNKNOWN, as_far_as_known
from composevariant.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.tree import Node


class Mount(NamedTuple):
    """A mount. Variables are replaced by their defaults from the file."""

    type: str
    """`volume`, `bind`, `tmpfs` and so on, or an empty string if the type depends on a variable without a default."""
    source: str
    """The name of a volume, or a path.

    The string is empty for an anonymous volume, or if the source contains a variable without a default.
    """
    target: str
    """The normalized path in the container, or an empty string if the path contains a variable without a default."""
    read_only: bool = False


def mount_of(node: Node) -> Mount | None:
    """Return the mount that an item of `volumes` describes, or None if it is not a mount."""
    if isinstance(node, Mapping):
        kind, source, target = (_text(node.get(key)) for key in ("type", "source", "target"))
        read_only = node.get("read_only")
        locked = isinstance(read_only, Scalar) and read_only.meaning.value is True
        return Mount(kind, source, clean_target(target), locked)
    if isinstance(node, Scalar) and node.text:
        return _short(as_far_as_known(node.text))
    return None


def _short(text: str) -> Mount | None:
    parts = mount_sections(text)
    if len(parts) > 3:  # noqa: PLR2004 - source, target, options
        return None
    kind = "bind" if _is_path(text) else "" if text.startswith(UNKNOWN) else "volume"
    if len(parts) == 1:
        return Mount("" if kind == "" else "volume", "", clean_target(_known(text)))
    source, target, *options = parts
    return Mount(kind, _known(source), clean_target(_known(target)), "ro" in ",".join(options).split(","))


def _is_path(source: str) -> bool:
    """Return whether the source at the start of a mount is a path, not the name of a volume."""
    return source[:1] in (".", "/", "~") or source.startswith("\\\\") or (source[1:2] == ":" and source[0].isalpha())


def _text(node: Node | None) -> str:
    return _known(as_far_as_known(node.text)) if isinstance(node, Scalar) else ""


def _known(text: str) -> str:
    return "" if UNKNOWN in text else text


class PlacedMount(NamedTuple):
    """A mount together with the item that describes it."""

    path: tuple[str | int, ...]
    """The path of the item in the service."""
    mount: Mount
    node: Node


def mounts_in(service: Mapping, may: Callable[[str], bool] | None = None) -> Iterator[PlacedMount]:
    """Yield everything that a service mounts, including tmpfs, and configs and secrets at their default targets.

    Args:
        service: The service.
        may: A function that returns False if an item with this text in the short syntax can be skipped, to save time.
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
    return Mount("tmpfs", "", clean_target(_text(node).partition(":")[0]))


def _config(node: Node) -> Mount:
    source, target = _file(node)
    return Mount("config", source, clean_target(target or f"/{source}"))


def _secret(node: Node) -> Mount:
    source, target = _file(node)
    folder = "" if target.startswith("/") else "/run/secrets/"
    return Mount("secret", source, clean_target(f"{folder}{target or source}"))


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
