"""Pairs of base and override for every attribute of the Compose schema, in every notation that the rows know.

The values of `merge_pairs` and the ones below are crossed with each other, with null, with nothing, with what is tagged
`!reset` and `!override`. A pair is a service in the base and in the override.
"""

from __future__ import annotations

import random
from typing import Any, Final, NamedTuple, cast

from composevariant.tree.nodes import Mapping
from composevariant.validation.check import find_problems
from composevariant.validation.compiled import Rules
from composevariant.validation.schema import installed_schema
from tests.compose import merge_pairs
from tests.compose.flow_yaml import flow, parsed

MORE: Final[dict[str, tuple[str, ...]]] = {
    "attach": ("true", "false"),
    "cap_drop": ("[X]", "[X, Y]"),
    "cgroup": ("host", "private"),
    "cgroup_parent": ("a", "b"),
    "container_name": ("one", "two"),
    "cpu_count": ("1", "2"),
    "cpu_percent": ("10", "20.5"),
    "cpu_period": ("100", "'200'", "1ms"),
    "cpu_quota": ("100", "'200'"),
    "cpu_rt_period": ("'400ms'", "100"),
    "cpu_rt_runtime": ("'40ms'", "10"),
    "cpu_shares": ("5", "'6'"),
    "cpus": ("0.5", "'1'"),
    "cpuset": ("0-3", "'0,1'"),
    "credential_spec": ("{file: a.json}", "{registry: r}"),
    "dns_search": ("a.com", "[a.com, b.com]"),
    "domainname": ("a", "b.c"),
    "external_links": ("[x]", "['x:y', z]"),
    "extends": (),
    "init": ("true", "false"),
    "ipc": ("host", "shareable"),
    "isolation": ("default", "process"),
    "label_file": ("a.labels", "[b.labels]"),
    "mac_address": ("02:42:ac:11:65:43", "02:42:ac:11:65:44"),
    "mem_limit": ("1g", "512m", "1024"),
    "mem_reservation": ("1g", "'512m'"),
    "mem_swappiness": ("1", "60"),
    "memswap_limit": ("1g", "-1"),
    "network_mode": ("host", "none"),
    "oom_kill_disable": ("true", "false"),
    "oom_score_adj": ("-5", "'10'"),
    "pid": ("host", "'service:a'"),
    "pids_limit": ("10", "'20'", "-1"),
    "platform": ("linux/amd64", "linux/arm64"),
    "post_start": ("[{command: a}]", "[{command: [b], user: root, environment: {A: 1}}]"),
    "pre_stop": ("[{command: a}]", "[{command: [b, c]}]"),
    "privileged": ("true", "false"),
    "profiles": ("[x]", "[x, y]"),
    "provider": ("{type: p}", "{type: p, options: {a: b}}"),
    "pull_policy": ("always", "never"),
    "pull_refresh_after": ("24h",),
    "read_only": ("true", "false"),
    "restart": ("always", "'no'", "on-failure:3"),
    "runtime": ("a", "b"),
    "scale": ("2", "3"),
    "shm_size": ("64m", "1024"),
    "stdin_open": ("true", "false"),
    "stop_grace_period": ("5s", "1m30s"),
    "stop_signal": ("SIGINT", "SIGTERM"),
    "storage_opt": ("{size: 1G}", "{size: 2G, a: b}"),
    "tty": ("true", "false"),
    "use_api_socket": ("true", "false"),
    "user": ("root", "'1000'"),
    "userns_mode": ("host",),
    "uts": ("host",),
    "volumes_from": ("[a]", "['a:ro', b]"),
    "working_dir": ("/a", "/b"),
}
"""Values for what the rows have none or few of."""
NOT_HERE: Final = ("extends", "pre_start", "umask")
"""What a merge of two services cannot show, and what is newer than Docker Compose 2.40.3."""
_RULES: Final = Rules(installed_schema())


class Pair(NamedTuple):
    """One attribute of a service in a base and in an override; empty where it is not there."""

    attribute: str
    base: str
    override: str

    def service(self, side: str) -> str:
        """The service in a flow mapping. Only the base has an image, unless the attribute brings what it is made of."""
        value = self.base if side == "base" else self.override
        own = f"{self.attribute}: {value}" if value else ""
        image = "" if side != "base" or (self.attribute in ("image", "build", "provider") and value) else "image: i"
        return f"{{{', '.join(filter(None, (image, own)))}}}"


def attributes() -> set[str]:
    """The attributes that the installed schema gives a service."""
    schema = installed_schema()
    definitions = cast("dict[str, dict[str, Any]]", schema["$defs"] if "$defs" in schema else schema["definitions"])

    def names(part: dict[str, Any]) -> set[str]:
        reference = str(part.get("$ref", "")).rpartition("/")[2]
        found = set(part.get("properties", {})) | (names(definitions[reference]) if reference in definitions else set())
        return found.union(*(names(below) for below in part.get("allOf", ())))

    return names(definitions["service"])


def values() -> dict[str, list[str]]:
    """The values of each attribute, each once."""
    pool: dict[str, dict[str, None]] = {name: dict.fromkeys(found) for name, found in MORE.items()}
    tables = (merge_pairs.ACCEPTED, merge_pairs.REFUSED, merge_pairs.LENIENT, merge_pairs.IGNORED, merge_pairs.DROPPED)
    for row in (row for table in tables for row in table):
        for column in (1, 2):
            service = parsed(f"s: {{{row[column]}}}").get("s")
            for name, value in service.items() if isinstance(service, Mapping) else ():
                if name != "*":
                    pool.setdefault(name, {})[flow(value)] = None
    return {name: list(found) for name, found in sorted(pool.items()) if name not in NOT_HERE}


def all_pairs() -> list[Pair]:
    """Every pair that the values make, in a fixed order."""
    pairs: dict[Pair, None] = {}
    for name, known in values().items():
        plain = [value for value in known if not value.startswith("!")]
        overrides = [*known, "null", "!reset null", *(f"!override {value}" for value in plain)]
        bases = ["", *(value for value in plain if "!" not in value and _is_sound(Pair(name, value, "")))]
        pairs |= dict.fromkeys(Pair(name, base, override) for base in bases for override in overrides)
        pairs |= dict.fromkeys(Pair(name, base, "") for base in plain)
    return list(pairs)


def _is_sound(pair: Pair) -> bool:
    """Whether the base is accepted by itself: what was wrong before a merge is no question of the merge."""
    return is_valid(f"services:\n  s: {pair.service('base')}{merge_pairs.COMMON}")


def is_valid(text: str) -> bool:
    """Whether we find nothing wrong with a file."""
    return not find_problems(parsed(text), _RULES, "base")


def some_pairs(number: int, seed: int) -> list[Pair]:
    """So many of them, at least one for each attribute; all when there are no more."""
    every = all_pairs()
    rng = random.Random(seed)  # noqa: S311 - examples, no secrets
    rng.shuffle(every)
    first = {pair.attribute: pair for pair in reversed(every)}
    chosen = dict.fromkeys([*first.values(), *every])
    return list(chosen)[:number]
