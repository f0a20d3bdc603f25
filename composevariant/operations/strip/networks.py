"""Effects of a strip on traffic, such as networks with a single service left.

Also contains the advice on kept sidecars.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import (
    config_mentions,
    mentions,
    mounts_in,
    service_references,
    services_of,
    text_of,
    texts_of,
)
from composevariant.errors import ComposeVariantError, Refused
from composevariant.findings import Note, keyed, note
from composevariant.operations.context import Outcome
from composevariant.operations.remove.mentions import host_names, published_ports, removal_of
from composevariant.operations.strip.selection import configurations
from composevariant.sidecars import fits
from composevariant.source import Location, Source
from composevariant.tree import Mapping, delete, location_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from composevariant.compose import Reference
    from composevariant.operations.context import Context
    from composevariant.sidecars import Advice, Preset


def without_lonely_networks(before: Mapping, after: Mapping) -> Outcome:
    """Return `after` without memberships in networks whose other members have all been removed since `before`.

    A service keeps its last network, because a service without networks joins `default`. It also keeps external
    networks and `default`, which may have members that do not name these networks.
    """
    services = services_of(after)
    emptied = {
        found.name
        for name, service in services_of(before).items()
        if name not in services
        for found in _memberships(name, service)
    }
    emptied = {name for name in emptied if name != "default" and not _is_external(after, name)}
    members: dict[str, list[Reference]] = {name: [] for name in sorted(emptied)}
    for name, service in services.items():
        for found in _memberships(name, service):
            members.get(found.name, []).append(found)
    alone = [found[0] for found in members.values() if len(found) == 1]
    dropped: list[Reference] = []
    for found in alone:
        left = len(_memberships(found.user, services[found.user])) - sum(one.user == found.user for one in dropped)
        if left > 1:
            dropped.append(found)
    notes = (
        note(
            "strip.lonely-network",
            "warning",
            keyed(found.path, found.node),
            location_of(found.node),
            network=found.name,
        )
        for found in dropped
    )
    return Outcome(delete(after, [found.path for found in dropped]), tuple(notes))


def _memberships(name: str, service: Mapping) -> list[Reference]:
    return list(service_references(name, service, "network"))


def _is_external(tree: Mapping, name: str) -> bool:
    networks = tree.get("networks")
    network = networks.get(name) if isinstance(networks, Mapping) else None
    external = network.get("external") if isinstance(network, Mapping) else None
    return isinstance(external, Mapping) or text_of(external) == "true"


# Sidecars that traffic passes through, such as proxies, are only removed when no remaining service uses them.


def traffic_refusals(
    tree: Mapping, gone: Collection[str], sidecars: Collection[str], context: Context
) -> list[ComposeVariantError]:
    """Return an error for each sidecar that still receives traffic.

    `gone` contains the names of all removed services.
    """
    services = services_of(tree)
    stay = {name: service for name, service in services.items() if name not in gone}
    rest = delete(tree, [("services", name) for name in gone])
    errors: list[ComposeVariantError] = []
    for name in sidecars:
        hosts = host_names(removal_of(tree, [name], context.project))
        users = [user for user, service in stay.items() if any(mentions(service, hosts))]
        users += dict.fromkeys(found.setting for found in config_mentions(tree, hosts))
        users += _mounted_files_with(rest, hosts, context) if not users else []
        ports = sorted(published_ports([services[name]]))
        why = f"{', '.join(users)} names it as a host" if users else f"it publishes port {', '.join(ports)}"
        if users or ports:
            hint = f"write `services: [{name}]` under strip to remove it anyway, or point its users elsewhere"
            what = f"{name} is not removed: traffic passes through it, and {why}"
            errors.append(Refused(what, location_of(services[name]), hint))
    return errors


def _mounted_files_with(tree: Mapping, hosts: frozenset[str], context: Context) -> list[str]:
    """Return the mounted files that name one of the hosts."""
    if context.folders is None:
        return []
    from composevariant.compose import mounted_mentions

    return [found.file for found in mounted_mentions(tree, hosts, context.folders)]


# Warnings on sidecars that are kept, from the `advice` of their preset.


class _Text(NamedTuple):
    """A command or a configuration file of the sidecar."""

    text: str
    where: Location | None
    """The location of the whole text, or None for a file, where each line has its own location."""
    file: str = ""

    def at(self, offset: int) -> Location | None:
        return self.where or Source(self.file, self.text).location(offset)


def advice_on(
    tree: Mapping, sidecars: Iterable[str], preset: Preset, read: Callable[[str], str | None]
) -> Iterator[Note]:
    """Yield a warning for each piece of advice that applies to one of the sidecars.

    `read` returns the text of a file.
    """
    services, names = services_of(tree), list(sidecars)
    for name in names:
        service = services[name]
        commands = [_Text(" ".join(_words(service)), location_of(service.get("command") or service))]
        files = list(_files(tree, service, preset, read))
        tag = text_of(service.get("image")).partition("@")[0].rpartition(":")[2]
        for advice in preset.advice:
            if advice.versions and not fits(tag, advice.versions):
                continue
            wrong = _in_texts(advice, commands, files) or _in_mounts(advice, service)
            if wrong is None and advice.alone:
                wrong = _shared_mount(advice, name, names, services)
            if wrong is not None:
                what, where = wrong
                place = where or location_of(service)
                yield note("sidecar.advice", "warning", ("services", name), place, found=what, advice=advice.says)


_Wrong = tuple[str, Location | None]


def _words(service: Mapping) -> list[str]:
    return [*texts_of(service.get("entrypoint")), *texts_of(service.get("command"))]


def _files(tree: Mapping, service: Mapping, preset: Preset, read: Callable[[str], str | None]) -> Iterator[_Text]:
    for file, text in configurations(tree, service, preset.match, read):
        inline = location_of(tree.get("configs")) if file.startswith("configs.") else None
        yield _Text(text, inline, file.removeprefix("./"))


def _in_texts(advice: Advice, commands: list[_Text], files: list[_Text]) -> _Wrong | None:
    for pattern, texts in ((advice.command, commands), (advice.config, files)):
        for each in texts if pattern else ():
            found = re.search(pattern, each.text, re.MULTILINE)
            if found and not (advice.unless and re.search(advice.unless, each.text, re.MULTILINE)):
                return f"{found[0].strip()}", each.at(found.start())
    for each in files if advice.unique else ():
        seen: set[str] = set()
        for found in re.finditer(advice.unique, each.text, re.MULTILINE):
            if found[1] in seen:
                return found[1], each.at(found.start())
            seen.add(found[1])
    return None


def _in_mounts(advice: Advice, service: Mapping) -> _Wrong | None:
    targets = {placed.mount.target for placed in mounts_in(service)}
    missing = advice.mount and advice.mount not in targets
    return (f"nothing is mounted at {advice.mount}", None) if missing else None


def _shared_mount(advice: Advice, name: str, names: list[str], services: dict[str, Mapping]) -> _Wrong | None:
    """Return the problem if an earlier sidecar mounts the same source at the path `advice.alone`, or None."""
    sources: dict[str, str] = {}
    for other in names[: names.index(name) + 1]:
        for placed in mounts_in(services[other]):
            source = placed.mount.source
            if placed.mount.target == advice.alone and source:
                if other == name and source in sources:
                    return f"{source} is also mounted in {sources[source]}", location_of(placed.node)
                sources.setdefault(source, other)
    return None
