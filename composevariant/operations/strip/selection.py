"""Which services a `strip` is about: what the overlay says of them goes before what they look like."""

from __future__ import annotations

from posixpath import basename, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import hosts_in, mentions, placed_in, service_references, services_of, text_of
from composevariant.sidecars import find_suspects, fits, fits_image, fits_words
from composevariant.tree import Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from composevariant.file_views import Files
    from composevariant.overlay import Strip
    from composevariant.sidecars import Match, Preset, Suspect
    from composevariant.tree import Node

    Read = Callable[[str], str | None]
    """Gives the text of a file, or None."""


class Chosen(NamedTuple):
    """The services of a project in the light of one sidecar."""

    sidecars: dict[str, str]
    """The sidecar itself, with the reason why each service is taken for it."""
    companions: dict[str, str]
    """Services that only serve the sidecar, with the reason."""
    excepted: frozenset[str]
    """Services that the overlay keeps out of this."""
    kept: frozenset[str]
    """Those among them that are the sidecar."""
    candidates: tuple[Suspect, ...]
    """Services that may be the sidecar; too little speaks for it."""

    @property
    def untouchable(self) -> frozenset[str]:
        """Services on which nothing is a trace: the excepted ones, and those that may be the sidecar themselves."""
        return self.excepted | {suspect.name for suspect in self.candidates if suspect.goes_by_the_name}


def choose(tree: Mapping, wanted: Strip, preset: Preset, workspace: Files) -> Chosen:
    """The services that are to be stripped, and those that are not."""
    services = services_of(tree)
    found = {suspect.name: suspect for suspect in find_suspects(services, services, preset, workspace)}
    certain = {name: suspect.reasons for name, suspect in found.items() if suspect.certain}
    named = {name: "named in the overlay" for name in wanted.services if name in services}
    excepted = frozenset(name for name in wanted.excepted if name in services)
    decided = {*certain, *named, *excepted}
    sidecars = {name: why for name, why in (certain | named).items() if name not in excepted}
    return Chosen(
        sidecars=sidecars,
        companions=_companions(tree, sidecars, preset, excepted, workspace),
        excepted=excepted,
        kept=excepted.intersection(certain),
        candidates=tuple(suspect for name, suspect in found.items() if name not in decided),
    )


def with_heirs(chosen: Chosen, before: Mapping, after: Mapping, preset: Preset, workspace: Files) -> Chosen:
    """The same, with those that became the sidecar when what they took from it was written out."""
    old, new = services_of(before), services_of(after)
    changed = [name for name, service in new.items() if service is not old[name] and name not in chosen.excepted]
    found = {
        suspect.name: suspect.reasons for suspect in find_suspects(new, changed, preset, workspace) if suspect.certain
    }
    if not found:
        return chosen
    candidates = tuple(suspect for suspect in chosen.candidates if suspect.name not in found)
    return chosen._replace(sidecars=chosen.sidecars | found, candidates=candidates)


def _companions(
    tree: Mapping, sidecars: dict[str, str], preset: Preset, excepted: frozenset[str], workspace: Files
) -> dict[str, str]:
    if not sidecars:
        return {}

    return {name: why for name, why in companions(tree, sidecars, preset, workspace).items() if name not in excepted}


# Services that are there for a sidecar only: jobs that prepare its files, and proxies that nobody else uses.

_COMPLETED: Final = "service_completed_successfully"


def companions(tree: Mapping, sidecars: Collection[str], preset: Preset, workspace: Files) -> dict[str, str]:
    """The services that go along with these sidecars, with the reason."""
    services = services_of(tree)
    found = {name: f"prepares files of {user} only" for name, user in _jobs(services, sidecars, preset)}
    others = [name for name in services if name not in sidecars and name not in found]
    proxies = [name for name in others if fits_image(text_of(services[name].get("image")), preset.companions)]
    for proxy in proxies:
        users = _users(proxy, services) | _users_by_configuration(proxy, tree, sidecars, preset, workspace)
        if users and users.issubset({*sidecars, *found}):
            found[proxy] = f"used by {', '.join(sorted(users))} only"
    return found


def _jobs(services: dict[str, Mapping], sidecars: Collection[str], preset: Preset) -> Iterator[tuple[str, str]]:
    """Jobs that mount nothing but what a sidecar has in its own directories, and that nobody else knows."""
    mounted = {name: [placed.mount.source for placed in placed_in(service)] for name, service in services.items()}
    owners = {
        placed.mount.source: name
        for name in sidecars
        for placed in placed_in(services[name])
        if placed.mount.source and fits(placed.mount.target, preset.match.mounts)
    }
    waits = _waits(services, sidecars)
    for name, sources in mounted.items() if owners else ():
        if name in sidecars or not sources or not owners.keys() >= set(sources):
            continue
        if name not in waits and text_of(services[name].get("restart")) != "no":
            continue
        others = {other for other in services if other not in sidecars and other != name}
        shared = any(source in mounted[other] for other in others for source in sources)
        if (waits.get(name) == _COMPLETED or not shared) and _users(name, services) <= set(sidecars):
            yield name, owners[sources[0]]


def _waits(services: dict[str, Mapping], sidecars: Collection[str]) -> dict[str, str]:
    """The services that sidecars wait for, with the condition."""
    return {
        name: text_of(settings.get("condition")) if isinstance(settings, Mapping) else ""
        for sidecar in sidecars
        for name, settings in _named(services[sidecar].get("depends_on"))
    }


def _named(depends_on: Node | None) -> Iterator[tuple[str, Node | None]]:
    if isinstance(depends_on, Mapping):
        yield from depends_on.items()
    elif isinstance(depends_on, Sequence):
        yield from ((text_of(item), None) for item in depends_on.items)


def _users_by_configuration(
    proxy: str, tree: Mapping, sidecars: Collection[str], preset: Preset, workspace: Files
) -> set[str]:
    """The sidecars whose configuration names the proxy as a host."""
    services, host = services_of(tree), frozenset((proxy,))
    return {
        name
        for name in sidecars
        for _, text in configurations(tree, services[name], preset.match, workspace.read_text)
        if hosts_in(text, host)
    }


def _users(name: str, services: dict[str, Mapping]) -> set[str]:
    """The services that refer to this one or name it as a host."""
    users = set()
    for user, service in services.items():
        refers = any(found.name == name for found in service_references(user, service, "service"))
        if user != name and (refers or any(mentions(service, frozenset((name,))))):
            users.add(user)
    return users


# The configuration of a sidecar, as far as it is part of the project.


def configurations(tree: Mapping, service: Mapping, match: Match, read: Read) -> Iterator[tuple[str, str]]:
    """The configuration files of a sidecar that are part of the project, by name, with their texts."""
    for _, mount, _ in placed_in(service):
        if not fits(mount.target, match.mounts) and not fits_words(basename(mount.source), match.sources):
            continue
        if mount.type == "config":
            configs = tree.get("configs")
            config = configs.get(mount.source) if isinstance(configs, Mapping) else None
            content = text_of(config.get("content")) if isinstance(config, Mapping) else ""
            file = text_of(config.get("file")) if isinstance(config, Mapping) else ""
            yield f"configs.{mount.source}", content or _text(file, read)
        elif mount.type == "bind":
            yield mount.source, _text(mount.source, read)


def _text(file: str, read: Read) -> str:
    return (read(normpath(file)) or "") if file.startswith(".") or file[:1].isalnum() else ""
