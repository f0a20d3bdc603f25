"""Tables of casts and checks that Compose applies to attributes in addition to the schema.

The casts are those in compose-go 2.9.1 (`loader/interpolate.go`), and the checks are those in `attribute_checks`.
`compose.attributes` lists the attributes from which Compose removes equal items. In a path, `*` matches any name and
`[]` matches any item of a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from composevariant.compose import ROWS, PathTable
from composevariant.validation import attribute_checks as checks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from composevariant.compose import Attribute
    from composevariant.tree import Node
    from composevariant.validation.attribute_checks import Cast


class Check(NamedTuple):
    """A check for the value at a path."""

    name: str
    wrong: Callable[[Node], str]
    """Returns the predicate of a message that begins with the path, or an empty string if the value is valid."""


class Handling(NamedTuple):
    """The special treatment of values at a path."""

    deduplicated: bool = False
    """Whether Compose removes equal items from this list before schema validation."""
    cast: Cast | None = None
    """The type to which Compose casts strings before schema validation."""
    checks: tuple[Check, ...] = ()


Place: TypeAlias = PathTable[Handling]
"""A position in a Compose file, with the handling of the values at and below that position."""

_SERVICE_CASTS: Final[dict[Cast, tuple[str, ...]]] = {
    "int": (
        "cpu_count", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "deploy.replicas",
        "deploy.update_config.parallelism", "deploy.rollback_config.parallelism", "deploy.restart_policy.max_attempts",
        "deploy.placement.max_replicas_per_node", "healthcheck.retries", "oom_score_adj", "pids_limit",
        "ports.[].target", "scale", "ulimits.*", "ulimits.*.hard", "ulimits.*.soft",
    ),
    "float": (
        "cpu_percent", "cpus", "deploy.update_config.max_failure_ratio", "deploy.rollback_config.max_failure_ratio",
    ),
    "bool": (
        "healthcheck.disable", "init", "oom_kill_disable", "privileged", "read_only", "stdin_open", "tty",
        "volumes.[].read_only", "volumes.[].volume.nocopy",
    ),
}  # fmt: skip
_NETWORK_CASTS: Final = ("external", "internal", "attachable", "enable_ipv4", "enable_ipv6")

_BOOLEAN: Final = Check("value.boolean", checks.wrong_boolean)
_OPTION: Final = Check("value.option", checks.wrong_option)
_OF_CAST: Final[dict[Cast, Check]] = {
    "int": Check("value.number", checks.wrong_whole_number),
    "float": Check("value.number", checks.wrong_number),
    "bool": _BOOLEAN,
}
_SERVICE_CHECKS: Final[dict[Check, tuple[str, ...]]] = {
    Check("value.port", checks.wrong_port): ("ports.[]",),
    Check("value.port", checks.wrong_exposed_port): ("expose.[]",),
    Check("value.mount", checks.wrong_mount): ("volumes.[]",),
    Check("value.device", checks.wrong_device): ("devices.[]",),
    Check("value.source", checks.wrong_file_mount): ("secrets.[]", "configs.[]", "build.secrets.[]"),
    Check("value.health-test", checks.wrong_health_test): ("healthcheck.test",),
    Check("value.watch", checks.wrong_watch): ("develop.watch.[]",),
    Check("value.key-value", checks.wrong_key_value): ("build.additional_contexts.[]",),
    Check("value.ssh-key", checks.wrong_ssh_key): ("build.ssh.[]",),
    Check("value.number", checks.wrong_number): ("deploy.resources.limits.cpus", "deploy.resources.reservations.cpus"),
    Check("value.number", checks.wrong_whole_number): (
        "deploy.resources.limits.pids",
        "deploy.resources.reservations.generic_resources.[].discrete_resource_spec.value",
    ),
    _OPTION: ("storage_opt.*",),
    Check("value.device-request", checks.wrong_device_request): ("gpus.[]", "deploy.resources.reservations.devices.[]"),
    Check("value.number", checks.wrong_count): ("gpus.[].count", "deploy.resources.reservations.devices.[].count"),
    Check("value.extra-hosts", checks.wrong_extra_hosts): ("extra_hosts", "build.extra_hosts"),
    Check("value.variable", checks.wrong_variable): ("environment.[]", "build.args.[]"),
    Check("value.command", checks.wrong_command): (
        "command", "entrypoint", "post_start.[].command", "pre_stop.[].command",
    ),
    Check("value.file-mode", checks.wrong_mode): ("secrets.[].mode", "configs.[].mode", "build.secrets.[].mode"),
    _BOOLEAN: (
        "attach", "build.no_cache", "build.privileged", "build.pull", "depends_on.*.restart", "env_file.[].required",
        "post_start.[].privileged", "pre_stop.[].privileged", "volumes.[].bind.create_host_path",
    ),
    Check("value.number", checks.wrong_quoted): (
        "blkio_config.weight", "blkio_config.weight_device.[].weight", "build.ulimits.*", "build.ulimits.*.hard",
        "build.ulimits.*.soft", "volumes.[].tmpfs.mode",
    ),
    Check("value.name", checks.wrong_name): (
        "depends_on.[]", "extends", "extends.service", "links.[]", "models.[]", "networks.[]", "volumes_from.[]",
    ),
    Check("value.name", checks.wrong_namespace): ("cgroup", "ipc", "network_mode", "pid", "uts"),
    Check("value.name", checks.wrong_context): ("build.additional_contexts.*",),
    Check("value.negative", checks.wrong_amount): (
        "blkio_config.weight", "deploy.placement.max_replicas_per_node", "deploy.replicas",
        "deploy.restart_policy.max_attempts", "deploy.rollback_config.parallelism",
        "deploy.update_config.parallelism", "healthcheck.retries", "ports.[].target", "scale",
    ),
    Check("value.duration", checks.wrong_duration): (
        "deploy.restart_policy.delay", "deploy.restart_policy.window", "deploy.rollback_config.delay",
        "deploy.rollback_config.monitor", "deploy.update_config.delay", "deploy.update_config.monitor",
        "healthcheck.interval", "healthcheck.start_interval", "healthcheck.start_period", "healthcheck.timeout",
        "stop_grace_period",
    ),
    Check("value.size", checks.wrong_size): (
        "blkio_config.device_read_bps.[].rate", "blkio_config.device_read_iops.[].rate",
        "blkio_config.device_write_bps.[].rate", "blkio_config.device_write_iops.[].rate", "build.shm_size",
        "deploy.resources.limits.memory", "deploy.resources.reservations.memory", "mem_limit", "mem_reservation",
        "mem_swappiness", "memswap_limit", "shm_size", "volumes.[].tmpfs.size",
    ),
}  # fmt: skip
_DEFINITIONS: Final = {
    "volumes.*": Check("definition.volume", checks.wrong_volume),
    "networks.*": Check("definition.network", checks.wrong_network),
    "configs.*": Check("definition.config", checks.wrong_config),
    "secrets.*": Check("definition.secret", checks.wrong_secret),
    "secrets.*.driver_opts.*": _OPTION,
}

_PLAIN: Final = Handling()


def handling_of(place: Place) -> Handling:
    """Return how Compose handles the value at a position in a Compose file."""
    return place.row or _PLAIN


def attribute_places(attributes: Iterable[Attribute]) -> Place:
    """Return the rule table for a whole Compose file. `attributes` defines which lists Compose deduplicates."""
    casts = dict(_casts())
    by_path: dict[str, tuple[Check, ...]] = {path: (_OF_CAST[cast],) for path, cast in casts.items()}
    for check, paths in _SERVICE_CHECKS.items():
        for path in paths:
            by_path[f"services.*.{path}"] = (*by_path.get(f"services.*.{path}", ()), check)
    for path, check in _DEFINITIONS.items():
        by_path[path] = (*by_path.get(path, ()), check)
    deduplicated = {attribute.path for attribute in attributes if attribute.unique}
    return PathTable(
        {
            path: Handling(path in deduplicated, casts.get(path), by_path.get(path, ()))
            for path in {*deduplicated, *casts, *by_path}
        }
    )


def _casts() -> Iterator[tuple[str, Cast]]:
    for cast, paths in _SERVICE_CASTS.items():
        yield from ((f"services.*.{path}", cast) for path in paths)
    yield from ((f"networks.*.{name}", "bool") for name in _NETWORK_CASTS)
    yield from ((f"{section}.*.external", "bool") for section in ("volumes", "secrets", "configs"))


FILE: Final = attribute_places(ROWS)
"""The position of a whole Compose file, at the root."""
