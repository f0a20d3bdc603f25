"""How the patterns of presets are compared, see `preset`."""

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
    """Whether one of the patterns describes the text, letter by letter."""
    return may_fit(text, patterns) and any(matches(pattern, text) for pattern in patterns)


def fits_words(text: str, patterns: tuple[str, ...]) -> bool:
    """The same, word by word."""
    if not may_fit(text, patterns):
        return False
    words = _words(text)
    return any(matches(_words(pattern), words) for pattern in patterns)


def fits_image(image: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of the patterns describes an image, given as it is written in the file."""
    if not may_fit(image, patterns):
        return False
    parts = image_path(image).split("/")
    return any(fits_words("/".join(parts[-1 - pattern.count("/") :]), (pattern,)) for pattern in patterns)


def may_fit(text: str, patterns: tuple[str, ...]) -> bool:
    """Whether the text holds what one of the patterns cannot do without: a quick look before a closer one."""
    small = text.lower()
    return any(core in small for core in _cores(patterns))


@lru_cache(maxsize=128)
def _cores(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """The longest word of each pattern, without those that hold another one."""
    words = {max(_words(pattern).replace("*", "-").split("-"), key=len) for pattern in patterns}
    return tuple(word for word in words if not any(other != word and other in word for other in words))


def _words(text: str) -> str:
    return text.lower().translate(_WORDS)


# What a sidecar left on the services that it served: labels, variables, mounts and log drivers for it alone.


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
    for path, mount, node in mounts_in(service, lambda text: may_fit(text, traces.mounts)):
        if fits(mount.target, traces.mounts):
            yield Trace("mount", name, mount.target, (*here, *path), node, mount.source)


def _labels(name: str, path: Path, labels: Node | None, traces: Traces) -> Iterator[Trace]:
    for pair in pairs_of(labels):
        if fits(pair.key, traces.labels):
            yield Trace("label", name, pair.key, (*path, pair.position), pair.node)
