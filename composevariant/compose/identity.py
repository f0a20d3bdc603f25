"""Under which names the items of Compose's lists are known, and which two items are one to its merge.

The keys are those of compose-go 2.9.1, `override/uncity.go`, checked against `docker compose config` 2.40.3.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.compose.path_table import PathTable, path_table
from composevariant.compose.ports import ANY_HOST, port_of
from composevariant.compose.sections import key_and_value, mount_sections, sections
from composevariant.compose.variables import with_defaults
from composevariant.scalars import go_text
from composevariant.tree import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.tree import Node

Path = tuple[str | int, ...]
Notation = Literal["items", "pairs", "hosts", "names"]
"""`pairs` are `KEY=VALUE`, `hosts` also `HOST:IP`; these and `names` may be written as a mapping as well."""


class Naming(NamedTuple):
    """How the items of one list are told apart."""

    names: Callable[[Node], list[str]]
    key: Callable[[Node], str | None] | None
    """The text that two items share when the later one takes the place of the earlier; None when both stay."""
    notation: Notation = "items"


def identity(path: Path, item: Node) -> tuple[str, ...] | None:
    """The names of an item of the list at `path`, Compose's own first; None in a list whose items have no names.

    Variables count as they are written, and also with their default in the file. The names of a port that is not TCP
    include some with a `*`: the path `ports[*:53]` names every protocol, and `ports["53:53"]` only TCP.
    """
    naming = _LISTS.at(path)
    if naming is None:
        return None
    names = naming.names(item)
    if isinstance(item, Scalar) and "$" in item.text:
        filled = with_defaults(item.text)
        names += naming.names(Scalar(filled, '"')) if filled is not None else []
    return tuple(dict.fromkeys(name for name in names if name)) or None


def item_key(path: Path, item: Node) -> str | None:
    """The key by which Compose makes the list at `path` unique; None where it keeps every item."""
    naming = _LISTS.at(path)
    return naming.key(item) if naming and naming.key else None


def key_rule(path: Path) -> Callable[[Node], str | None] | None:
    """`item_key` for all the items of one list."""
    naming = _LISTS.at(path)
    return naming.key if naming else None


def notation_of(path: Path) -> Notation:
    """How the items of the list at `path` are written."""
    naming = _LISTS.at(path)
    return naming.notation if naming else "items"


def _text(item: Node | None) -> str:
    return go_text(item.meaning, item.text) if isinstance(item, Scalar) else ""


def _field(item: Node, name: str) -> str:
    return _text(item.get(name)) if isinstance(item, Mapping) else ""


def _text_key(item: Node) -> str | None:
    return _text(item) if isinstance(item, Scalar) else None


def _text_names(item: Node) -> list[str]:
    return [_text(item)]


def _pair_key(item: Node) -> str | None:
    return key_and_value(_text(item))[0] if isinstance(item, Scalar) else None


def _pair_names(item: Node) -> list[str]:
    return [_pair_key(item) or "", _text(item)]


def _linked_names(item: Node) -> list[str]:
    """`db:database` goes by either name, `db:ro` of `volumes_from` by the first."""
    parts = sections(_text(item))
    return [_text(item), *(parts if parts[-1] not in ("ro", "rw") else (":".join(parts[:-1]),))]


def _host_names(item: Node) -> list[str]:
    text = _text(item)
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
    places = [f"{address}{published}:{target}" for address in hosts] + ([target] if not published else [])
    with_protocol = [f"{place}/{protocol}" for place in places]
    if protocol == "tcp":
        return [str(port), *with_protocol, *places, _text(item)]
    return [str(port), *with_protocol, f"*:{published}:{target}", f"{hosts[0]}*:{target}", _text(item)]


def _mount_target(item: Node) -> str:
    parts = mount_sections(_text(item)) if isinstance(item, Scalar) else []
    return (parts[0] if len(parts) == 1 else parts[1]) if parts else _field(item, "target")


def _mount_key(item: Node) -> str | None:
    """The cleaned target. Compose cleans that of the long syntax later, and then fails on a short one beside it."""
    target = _mount_target(item)
    return posixpath.normpath(target) if target else None


def _mount_names(item: Node) -> list[str]:
    target = _mount_target(item)
    source = _field(item, "source")
    return [posixpath.normpath(target) if target else "", target, _text(item), f"{source}:{target}" if source else ""]


def _tmpfs_names(item: Node) -> list[str]:
    target = sections(_text(item))[0]
    return [posixpath.normpath(target) if target else "", target, _text(item)]


def _device_key(item: Node) -> str | None:
    if isinstance(item, Scalar):
        return (sections(_text(item)) * 2)[1]
    return _field(item, "target") or None


def _device_names(item: Node) -> list[str]:
    return [_device_key(item) or _field(item, "source"), _text(item)]


def _mounted_at(folder: str) -> Naming:
    """Secrets and configs: the target, by default the name in this folder."""

    def source(item: Node) -> str:
        return _text(item) or _field(item, "source")

    def key(item: Node) -> str:
        return _field(item, "target") or f"{folder}/{source(item)}"

    return Naming(lambda item: [key(item), source(item)], key)


def _path_key(item: Node) -> str | None:
    return _text(item) or _field(item, "path") or None


_PAIRS: Final = Naming(_pair_names, _pair_key, "pairs")
_HOSTS: Final = Naming(_host_names, None, "hosts")
_UNIQUE_TEXTS: Final = Naming(lambda item: [*_text_names(item), *_pair_names(item)], _pair_key)
_NAMES: Final = Naming(_text_names, _text_key, "names")
_TEXTS: Final = Naming(_text_names, None)
_SOURCES: Final = Naming(lambda item: [_text(item) or _field(item, "source")], None)
_IN_RESERVATIONS: Final = "services.*.deploy.resources.reservations.devices.*"

_LISTS: Final[PathTable[Naming]] = path_table(
    {
        **dict.fromkeys(
            [f"services.*.{name}" for name in ("environment", "labels", "annotations", "sysctls", "deploy.labels")]
            + [f"services.*.build.{name}" for name in ("args", "labels", "additional_contexts", "ssh")]
            + [f"{kind}.*.labels" for kind in ("networks", "volumes", "secrets", "configs")]
            + ["networks.*.ipam.options"],
            _PAIRS,
        ),
        **dict.fromkeys([f"services.*.{hook}.*.environment" for hook in ("post_start", "pre_stop")], _PAIRS),
        **dict.fromkeys(
            [f"services.*.{name}" for name in ("cap_add", "cap_drop", "dns", "dns_opt", "dns_search", "profiles")]
            + ["services.*.build.tags", "services.*.networks.*.aliases", "services.*.networks.*.link_local_ips"],
            _UNIQUE_TEXTS,
        ),
        **dict.fromkeys([f"services.*.{name}" for name in ("depends_on", "networks", "models")], _NAMES),
        **dict.fromkeys(
            [f"services.*.{name}" for name in ("group_add", "security_opt", "device_cgroup_rules", "label_file")]
            + [f"services.*.build.{name}" for name in ("cache_from", "cache_to", "platforms", "entitlements")]
            + [f"{_IN_RESERVATIONS}.{name}" for name in ("capabilities", "device_ids")]
            + ["services.*.gpus.*.capabilities", "services.*.gpus.*.device_ids"]
            + ["services.*.deploy.placement.constraints"],
            _TEXTS,
        ),
        "services.*.expose": Naming(_text_names, _text_key),
        "services.*.links": Naming(_linked_names, _pair_key),
        "services.*.external_links": Naming(_linked_names, None),
        "services.*.volumes_from": Naming(_linked_names, None),
        "services.*.extra_hosts": _HOSTS,
        "services.*.build.extra_hosts": _HOSTS,
        "services.*.build.secrets": _SOURCES,
        "services.*.env_file": Naming(lambda item: [_path_key(item) or ""], _path_key),
        "services.*.ports": Naming(_port_names, _port_key),
        "services.*.volumes": Naming(_mount_names, _mount_key),
        "services.*.tmpfs": Naming(_tmpfs_names, _pair_key),
        "services.*.devices": Naming(_device_names, _device_key),
        "services.*.secrets": _mounted_at("/run/secrets"),
        "services.*.configs": _mounted_at(""),
        "networks.*.ipam.config": Naming(lambda item: [_field(item, "subnet")], None),
        "include": Naming(lambda item: [_text(item) or _field(item, "path")], None),
    }
)
"""Every list of a Compose file whose items have names."""
