"""Match the patterns in presets (see `presets`), and find the traces that a sidecar leaves in other services."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from composevariant.compose import image_path, mounts_in, pairs_of, text_of
from composevariant.text import matches
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.sidecars.presets import Traces
    from composevariant.tree import Node, Path

_WORDS = str.maketrans("_.", "--")


def fits(text: str, patterns: tuple[str, ...]) -> bool:
    """Return whether one of the patterns matches the text exactly."""
    return may_fit(text, patterns) and any(matches(pattern, text) for pattern in patterns)


def fits_words(text: str, patterns: tuple[str, ...]) -> bool:
    """Return whether one of the patterns matches the text word by word."""
    if not may_fit(text, patterns):
        return False
    words = _words(text)
    return any(matches(_words(pattern), words) for pattern in patterns)


def fits_image(image: str, patterns: tuple[str, ...]) -> bool:
    """Return whether one of the patterns matches an image as written in the file."""
    if not may_fit(image, patterns):
        return False
    parts = image_path(image).split("/")
    return any(fits_words("/".join(parts[-1 - pattern.count("/") :]), (pattern,)) for pattern in patterns)


def may_fit(text: str, patterns: tuple[str, ...]) -> bool:
    """Return False if the text cannot match any of the patterns. This is a quick test before a full comparison."""
    small = text.lower()
    return any(core in small for core in _cores(patterns))


@lru_cache(maxsize=128)
def _cores(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the longest word of each pattern, without words that contain another of these words."""
    words = {max(_words(pattern).replace("*", "-").split("-"), key=len) for pattern in patterns}
    return tuple(word for word in words if not any(other != word and other in word for other in words))


def _words(text: str) -> str:
    return text.lower().translate(_WORDS)


# Traces that a sidecar leaves in the services that it serves, such as labels, variables, mounts and log drivers.


class Trace(NamedTuple):
    """A setting in a service that exists only for a sidecar."""

    sort: Literal["label", "variable", "mount", "logging"]
    service: str
    name: str
    """The key of a label or variable, the target of a mount, or the log driver."""
    path: Path
    node: Node
    source: str = ""
    """The mounted volume or path, or the host in a variable."""


def traces_of(name: str, service: Mapping, traces: Traces) -> Iterator[Trace]:
    """Yield the traces of a sidecar in the service `name`."""
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
    for path, mount, node in mounts_in(service, lambda text: may_fit(text, traces.mounts)):
        if fits(mount.target, traces.mounts):
            yield Trace("mount", name, mount.target, (*here, *path), node, mount.source)


def _labels(name: str, path: Path, labels: Node | None, traces: Traces) -> Iterator[Trace]:
    for pair in pairs_of(labels):
        if fits(pair.key, traces.labels):
            yield Trace("label", name, pair.key, (*path, pair.position), pair.node)
