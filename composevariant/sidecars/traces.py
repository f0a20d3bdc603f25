"""What a sidecar left on the services that it served: labels, variables, mounts and log drivers for it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from composevariant.compose.services import pairs_of, text_of
from composevariant.compose.volumes import placed_in
from composevariant.sidecars.patterns import fits, may_fit
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.sidecars.preset import Traces
    from composevariant.tree import Node
    from composevariant.tree_edits import Path


class Trace(NamedTuple):
    """One thing that a sidecar left."""

    sort: Literal["label", "variable", "mount", "logging"]
    service: str
    name: str
    """The key of a label or variable, where something is mounted, or the log driver."""
    path: Path
    node: Node
    source: str = ""
    """The volume or path that is mounted, or the host that a variable names."""


def traces_of(name: str, service: Mapping, traces: Traces) -> Iterator[Trace]:
    """The traces on one service, called `name`."""
    here = ("services", name)
    yield from _labels(name, (*here, "labels"), service.get("labels"), traces)
    deploy = service.get("deploy")
    if isinstance(deploy, Mapping):
        yield from _labels(name, (*here, "deploy", "labels"), deploy.get("labels"), traces)
    for pair in pairs_of(service.get("environment")):
        if fits(pair.key, traces.environment):
            yield Trace("variable", name, pair.key, (*here, "environment", pair.position), pair.node)
    logging = service.get("logging") if traces.log_drivers else None
    driver = text_of(logging.get("driver")) if isinstance(logging, Mapping) else ""
    if logging is not None and fits(driver, traces.log_drivers):
        yield Trace("logging", name, driver, (*here, "logging"), logging)
    for path, mount, node in placed_in(service, lambda text: may_fit(text, traces.mounts)):
        if fits(mount.target, traces.mounts):
            yield Trace("mount", name, mount.target, (*here, *path), node, mount.source)


def _labels(name: str, path: Path, labels: Node | None, traces: Traces) -> Iterator[Trace]:
    for pair in pairs_of(labels):
        if fits(pair.key, traces.labels):
            yield Trace("label", name, pair.key, (*path, pair.position), pair.node)
