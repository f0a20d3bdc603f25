"""Read this machine's kernel counters for the CPU time of builds, the bytes received by containers, and the load."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NamedTuple

_GROUPS: Final = Path("/sys/fs/cgroup")
_FIRST_VERSION: Final = ("cpuacct/docker/buildkit/cpuacct.usage", "cpu,cpuacct/docker/buildkit/cpuacct.usage")
_SECOND_VERSION: Final = ("docker/buildkit/cpu.stat", "system.slice/docker-buildkit.slice/cpu.stat")
_RECEIVED: Final = Path("/sys/class/net/docker0/statistics/tx_bytes")


class Counters(NamedTuple):
    """The counters of the Docker engine at one moment.

    A counter is None if it is unavailable, for example because the engine is on another machine.
    """

    cpu_seconds: float | None
    received: int | None
    """The bytes that the bridge has sent to all containers, including containers of other users."""


def read_counters() -> Counters:
    """Read the counters, which include all builds of the engine."""
    received = _read(_RECEIVED).strip()
    return Counters(_cpu_seconds(), int(received) if received.isdecimal() else None)


def load_average() -> float:
    """Return the load average of the last minute."""
    return os.getloadavg()[0]


def _cpu_seconds() -> float | None:
    for name in _FIRST_VERSION:
        text = _read(_GROUPS / name).strip()
        if text.isdecimal():
            return int(text) / 1e9
    for name in _SECOND_VERSION:
        fields = dict(line.split(maxsplit=1) for line in _read(_GROUPS / name).splitlines() if " " in line)
        if fields.get("usage_usec", "").isdecimal():
            return int(fields["usage_usec"]) / 1e6
    return None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
