"""The table of Compose attributes that need more than the general rules, with one row for each attribute.

To support another Compose attribute, add a row. The columns contain words, and the module that implements a column maps
its words to functions. These modules are `identities` and `short_forms` for `items`, `merge.merger` for `merge`, and
`files.relocated_paths` for `holds`. This way, a command loads only the functions that it needs.

The sources are compose-go 2.9.1 (`override/merge.go`, `override/uncity.go`, `paths/resolve.go`, `transform`), checked
against `docker compose config` 2.40.3.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Generic, Literal, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Never

Items = Literal[
    "", "pairs", "hosts", "names", "texts", "keyed texts", "numbers", "links", "containers", "ports", "mounts", "tmpfs",
    "devices", "secrets", "configs", "sources", "files", "subnets", "inclusions",
]  # fmt: skip

Merge = Literal[
    "", "pairs", "hosts", "names", "texts", "distinct", "replace", "service", "build", "ssh", "gpus", "logging",
    "subnets", "volume labels",
]  # fmt: skip

Holds = Literal["", "path", "name=path", "mount", "device"]


class Attribute(NamedTuple):
    """The special rules for the values at one path. Where a column has its default value, the general rule applies."""

    path: str
    """The pattern of the path. `*` matches any name and any position in a list."""
    items: Items = ""
    """The kind of the list items.

    The kind determines the names of the items, their unique key, and their short and long syntax. For `""`, the items
    have no names. `pairs` are `KEY=VALUE` items, and `hosts` may also be `HOST:IP`. `pairs`, `hosts` and `names` may
    also be written as a mapping. When lists merge, all `texts` are kept, but only one of several `keyed texts` with the
    same key.
    """
    merge: Merge = ""
    """How an override changes the value. For `""`, mappings merge, lists grow, and all other values are replaced."""
    holds: Holds = ""
    """Which part of the value is a path.

    This is the whole value or each item (`path`), the value of a pair (`name=path`), the source of a mount, or the
    device of a local volume.
    """
    unique: bool = False
    """Whether Compose removes equal items before it validates the file."""
    ordered: bool = False
    """Whether the order of the items matters even though they have keys."""
    becomes: Literal["", "list", "mapping"] = ""
    """The type to which Compose converts the value from any notation. Tags match keys only in mappings.

    Compose converts a value to a `list` at the first merge, which may be the merge for `extends`. It converts a value
    to a `mapping` when it reads the file.
    """


_RESERVED: Final = "services.*.deploy.resources.reservations.devices.*"
ROWS: Final = (
    Attribute("services.*", merge="service"),
    Attribute("services.*.annotations", "pairs", merge="pairs", unique=True, becomes="list"),
    Attribute("services.*.build", merge="build", holds="path"),
    Attribute(
        "services.*.build.additional_contexts",
        "pairs", merge="pairs", holds="name=path", unique=True, becomes="mapping",
    ),
    Attribute("services.*.build.args", "pairs", merge="pairs", unique=True, becomes="list"),
    Attribute("services.*.build.cache_from", "texts"),
    Attribute("services.*.build.cache_to", "texts"),
    Attribute("services.*.build.context", holds="path"),
    Attribute("services.*.build.entitlements", "texts"),
    Attribute("services.*.build.extra_hosts", "hosts", merge="hosts", becomes="list"),
    Attribute("services.*.build.labels", "pairs", merge="pairs", unique=True, becomes="list"),
    Attribute("services.*.build.platforms", "texts"),
    Attribute("services.*.build.secrets", "sources"),
    Attribute("services.*.build.ssh", "pairs", merge="ssh", holds="name=path", becomes="mapping"),
    Attribute("services.*.build.tags", "keyed texts", unique=True),
    Attribute("services.*.cap_add", "keyed texts", unique=True),
    Attribute("services.*.cap_drop", "keyed texts", unique=True),
    Attribute("services.*.command", merge="replace"),
    Attribute("services.*.configs", "configs", unique=True),
    Attribute("services.*.depends_on", "names", merge="names", becomes="mapping"),
    Attribute("services.*.deploy.labels", "pairs", merge="pairs", unique=True, becomes="list"),
    Attribute("services.*.deploy.placement.constraints", "texts"),
    Attribute(f"{_RESERVED}.capabilities", "texts"),
    Attribute(f"{_RESERVED}.device_ids", "texts"),
    Attribute("services.*.develop.watch.*.path", holds="path"),
    Attribute("services.*.device_cgroup_rules", "texts", merge="distinct"),
    Attribute("services.*.devices", "devices", unique=True),
    Attribute("services.*.dns", "keyed texts", merge="texts", unique=True, ordered=True),
    Attribute("services.*.dns_opt", "keyed texts", merge="texts", unique=True, ordered=True),
    Attribute("services.*.dns_search", "keyed texts", merge="texts", unique=True, ordered=True),
    Attribute("services.*.entrypoint", merge="replace"),
    Attribute("services.*.env_file", "files", merge="texts", holds="path", unique=True, ordered=True),
    Attribute("services.*.env_file.*.path", holds="path"),
    Attribute("services.*.environment", "pairs", merge="pairs", unique=True, becomes="list"),
    Attribute("services.*.expose", "numbers", unique=True),
    Attribute("services.*.extends.file", holds="path"),
    Attribute("services.*.external_links", "containers", merge="distinct"),
    Attribute("services.*.extra_hosts", "hosts", merge="hosts", becomes="list"),
    Attribute("services.*.gpus", merge="gpus"),
    Attribute("services.*.gpus.*.capabilities", "texts"),
    Attribute("services.*.gpus.*.device_ids", "texts"),
    Attribute("services.*.group_add", "texts", merge="distinct"),
    Attribute("services.*.healthcheck.test", merge="replace"),
    Attribute("services.*.label_file", "texts", merge="texts", holds="path", ordered=True),
    Attribute("services.*.labels", "pairs", merge="pairs", unique=True, becomes="list"),
    Attribute("services.*.links", "links", unique=True),
    Attribute("services.*.logging", merge="logging"),
    Attribute("services.*.models", "names", merge="names", becomes="mapping"),
    Attribute("services.*.networks", "names", merge="names", becomes="mapping"),
    Attribute("services.*.networks.*.aliases", "keyed texts", unique=True),
    Attribute("services.*.networks.*.link_local_ips", "keyed texts", unique=True),
    Attribute("services.*.ports", "ports", unique=True),
    Attribute("services.*.post_start.*.environment", "pairs"),
    Attribute("services.*.pre_stop.*.environment", "pairs"),
    Attribute("services.*.profiles", "keyed texts", unique=True),
    Attribute("services.*.secrets", "secrets", unique=True),
    Attribute("services.*.security_opt", "texts", merge="distinct"),
    Attribute("services.*.sysctls", "pairs", merge="pairs", unique=True, becomes="list"),
    Attribute("services.*.tmpfs", "tmpfs", merge="texts", unique=True),
    Attribute("services.*.ulimits.*", merge="replace"),
    Attribute("services.*.volumes", "mounts", holds="mount", unique=True),
    Attribute("services.*.volumes_from", "containers", merge="distinct"),
    Attribute("networks.*.ipam.config", "subnets", merge="subnets"),
    Attribute("networks.*.ipam.options", "pairs"),
    Attribute("networks.*.labels", "pairs", merge="pairs", unique=True, becomes="list"),
    Attribute("volumes.*", holds="device"),
    Attribute("volumes.*.labels", "pairs", merge="volume labels", becomes="list"),
    Attribute("secrets.*.file", holds="path"),
    Attribute("secrets.*.labels", "pairs", merge="distinct"),
    Attribute("configs.*.file", holds="path"),
    Attribute("configs.*.labels", "pairs", merge="distinct"),
    Attribute("include", "inclusions", holds="path"),
    Attribute("include.*.env_file", holds="path"),
    Attribute("include.*.path", holds="path"),
    Attribute("include.*.project_directory", holds="path"),
)  # fmt: skip


# A table is looked up by path patterns such as `services.*.ports`, the notation of the rules in compose-go.

Row_co = TypeVar("Row_co", covariant=True)


class PathTable(Generic[Row_co]):
    """The rows at and below one path. `*` in a pattern matches any single key, but an exact key takes precedence."""

    __slots__ = ("_below", "row")

    def __init__(self, rows: Mapping[str, Row_co] = MappingProxyType({})) -> None:
        """Build the table from rows by their patterns, which are relative to this path."""
        self.row: Row_co | None = None
        self._below: dict[str, PathTable[Row_co]] = {}
        for pattern, row in rows.items():
            table: PathTable[Row_co] = self
            for key in pattern.split("."):
                table = table._below.get(key) or table._below.setdefault(key, PathTable())
            table.row = row

    def under(self, key: str | int) -> PathTable[Row_co]:
        """Return the table below a key, or `NOWHERE` if there is none. A list position matches only `*`."""
        return self._below.get(str(key)) or self._below.get("*") or NOWHERE

    def at(self, path: Iterable[str | int]) -> Row_co | None:
        """Return the row for a path, or None if there is none."""
        table: PathTable[Row_co] = self
        for key in path:
            table = table.under(key)
        return table.row


NOWHERE: Final[PathTable[Never]] = PathTable()
"""An empty table."""

ATTRIBUTES: Final = PathTable({row.path: row for row in ROWS})
"""The rows by path."""
