"""What forbids a sidecar, and what its user should know: log drivers, replicas, names, and how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose.services import services_of, text_of
from composevariant.compose.volumes import placed_in
from composevariant.errors import UnusableInput
from composevariant.findings import Note, note
from composevariant.tree import Mapping, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.operations.adding.targets import Served
    from composevariant.overlay import Add
    from composevariant.sidecars.preset import Preset

_MANY: Final = 3
_JSON_FILE: Final = "json-file"
_LINKS: Final = "/var/log/nginx"
"""Where the official nginx image has links to stdout and stderr instead of log files."""


def unusable(target: Mapping, served: Served, preset: Preset, wanted: Add) -> Iterator[UnusableInput]:
    """Why the sidecar could not read what the target writes."""
    driver = _driver(target)
    if served.mode == "stdout" and driver not in ("", _JSON_FILE):
        what = f"{served.name} logs with the driver {driver}, and {preset.title} needs json-file to read what it prints"
        hint = f"write `logging: !override {{driver: json-file}}` for {served.name} under compose, or name `logs`"
        yield UnusableInput(what, location_of(target.get("logging")) or wanted.location, hint)


def remarks(tree: Mapping, served: Sequence[Served], wanted: Add, preset: Preset) -> Iterator[Note]:
    """What there is to know about the sidecars that were added."""
    services = services_of(tree)
    for each in served:
        target = services.get(each.name, Mapping())
        if each.mode == "stdout":
            yield from _about_printed_logs(target, each.name)
        elif each.mode == "files":
            yield from _about_log_files(target, each)
    printed = [each for each in served if each.mode == "stdout"]
    if len(printed) > _MANY:
        yield note("add.many", "note", (), wanted.location, count=str(len(printed)), sidecar=preset.title)
    own = wanted.merged.entry("container_name") if wanted.merged else None
    if own:
        yield note("add.container-name", "note", (), location_of(own.key))


def _driver(target: Mapping) -> str:
    logging = target.get("logging")
    return text_of(logging.get("driver")) if isinstance(logging, Mapping) else ""


def _about_printed_logs(target: Mapping, name: str) -> Iterator[Note]:
    logging = target.get("logging")
    options = logging.get("options") if isinstance(logging, Mapping) else None
    if not _driver(target):
        yield note("add.no-driver", "warning", ("services", name, "logging"), location_of(target))
    elif not (isinstance(options, Mapping) and options.entry("max-size")):
        yield note("add.log-size", "warning", ("services", name, "logging"), location_of(logging))


def _about_log_files(target: Mapping, served: Served) -> Iterator[Note]:
    deploy = target.get("deploy")
    replicas = text_of(deploy.get("replicas")) if isinstance(deploy, Mapping) else text_of(target.get("scale"))
    if replicas.isdigit() and int(replicas) > 1:
        path, where = ("services", served.name), location_of(deploy or target.get("scale"))
        yield note("add.replicas", "warning", (*path, "deploy" if deploy else "scale"), where, count=replicas)
    mounted = any(placed.mount.target == served.logs for placed in placed_in(target))
    if served.logs.startswith(_LINKS) and not mounted:
        here = ("services", served.name, "volumes")
        yield note("add.nginx-links", "warning", here, location_of(target), folder=_LINKS)
