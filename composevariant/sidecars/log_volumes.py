"""Mounts through which a service hands its log files to a sidecar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.services import text_of
from composevariant.compose.volumes import placed_in
from composevariant.errors import ComposeVariantError, Refused
from composevariant.sidecars.patterns import fits
from composevariant.sidecars.traces import Trace
from composevariant.tree import location_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Mapping as Table

    from composevariant.compose.volumes import Mount
    from composevariant.sidecars.preset import Match
    from composevariant.tree import Mapping


def shared_sources(services: Table[str, Mapping], sidecars: Collection[str], match: Match) -> frozenset[str]:
    """The volumes and folders that these sidecars read.

    Only those of the project count, not the machine's own files, which many services mount; nor what a sidecar has in
    its own directories.
    """
    mounts = [placed.mount for name in sidecars for placed in placed_in(services[name])]
    read = (mount for mount in mounts if _is_of_the_project(mount) and not fits(mount.target, match.mounts))
    return frozenset(mount.source for mount in read)


def log_mounts(services: Table[str, Mapping], shared: Collection[str]) -> list[Trace]:
    """The mounts of services that write there."""
    return [
        Trace("mount", name, mount.target, ("services", name, *path), node, mount.source)
        for name, service in services.items()
        for path, mount, node in (placed_in(service) if shared else ())
        if mount.source in shared and not mount.read_only
    ]


def log_volume_refusals(services: Table[str, Mapping], shared: Collection[str]) -> list[ComposeVariantError]:
    """Why some of these mounts must not go: another service has a use for the files, or they could not be written."""
    users: dict[str, list[str]] = {}
    for name, service in services.items() if shared else ():
        for source in {placed.mount.source for placed in placed_in(service)}:
            users.setdefault(source, []).append(name)
    errors: list[ComposeVariantError] = []
    for trace in log_mounts(services, shared):
        others = [name for name in users[trace.source] if name != trace.service]
        why = ""
        if others:
            why = f"{', '.join(others)} uses it as well"
        elif text_of(services[trace.service].get("read_only")) == "true":
            why = "its file system is read-only, so the log files need it"
        if why:
            what = f"the mount of {trace.source} in {trace.service} cannot be removed: {why}"
            errors.append(Refused(what, location_of(trace.node), "write `log_volumes: keep` under strip"))
    return errors


def _is_of_the_project(mount: Mount) -> bool:
    return bool(mount.source) and (mount.type == "volume" or (mount.type == "bind" and mount.source.startswith(".")))
