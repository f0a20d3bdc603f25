"""Choose the services that `strip` removes. Services named in the overlay take precedence over detected ones."""

from __future__ import annotations

from posixpath import basename, normpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import mounts_in, service_references, services_of, text_of
from composevariant.operations.waits import COMPLETED, conditions_of
from composevariant.sidecars import find_suspects, fits, fits_image, fits_words
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from composevariant.file_views import Files
    from composevariant.overlay import Strip
    from composevariant.sidecars import Match, Preset, Suspect

    Read = Callable[[str], str | None]
    """A function that returns the text of a file, or None."""


class Chosen(NamedTuple):
    """The services of a project, grouped by their relation to one sidecar."""

    sidecars: dict[str, str]
    """The services that are the sidecar, with the reason."""
    companions: dict[str, str]
    """Services that only serve the sidecar, with the reason."""
    excepted: frozenset[str]
    """The services under `except` in the overlay."""
    kept: frozenset[str]
    """The excepted services that are the sidecar."""
    candidates: tuple[Suspect, ...]
    """Services that may be the sidecar but for which there is not enough evidence."""

    @property
    def untouchable(self) -> frozenset[str]:
        """The services that keep all traces, which are the excepted services and those with the name of the sidecar."""
        return self.excepted | {suspect.name for suspect in self.candidates if suspect.has_sidecar_name}


def choose(tree: Mapping, wanted: Strip, preset: Preset, workspace: Files) -> Chosen:
    """Return the choice of services that are stripped and kept."""
    services = services_of(tree)
    found = {suspect.name: suspect for suspect in find_suspects(services, services, preset, workspace)}
    certain = {name: suspect.reasons for name, suspect in found.items() if suspect.certain}
    named = {name: "named in the overlay" for name in wanted.services if name in services}
    excepted = frozenset(name for name in wanted.excepted if name in services)
    decided = {*certain, *named, *excepted}
    sidecars = {name: why for name, why in (certain | named).items() if name not in excepted}
    serving = companions(tree, sidecars, preset, workspace) if sidecars else {}
    return Chosen(
        sidecars=sidecars,
        companions={name: why for name, why in serving.items() if name not in excepted},
        excepted=excepted,
        kept=excepted.intersection(certain),
        candidates=tuple(suspect for name, suspect in found.items() if name not in decided),
    )


def with_heirs(chosen: Chosen, before: Mapping, after: Mapping, preset: Preset, workspace: Files) -> Chosen:
    """Return `chosen` plus the services that turn out to be the sidecar once their `extends` is resolved."""
    old, new = services_of(before), services_of(after)
    changed = [name for name, service in new.items() if service is not old[name] and name not in chosen.excepted]
    found = {
        suspect.name: suspect.reasons for suspect in find_suspects(new, changed, preset, workspace) if suspect.certain
    }
    if not found:
        return chosen
    candidates = tuple(suspect for suspect in chosen.candidates if suspect.name not in found)
    return chosen._replace(sidecars=chosen.sidecars | found, candidates=candidates)


# Services that only serve a sidecar, which are jobs that prepare its files and proxies that nothing else uses.


def companions(tree: Mapping, sidecars: Collection[str], preset: Preset, workspace: Files) -> dict[str, str]:
    """Return the services that are removed together with the sidecars, each with the reason."""
    services = services_of(tree)
    found = {name: f"prepares files of {user} only" for name, user in _setup_jobs(services, sidecars, preset)}
    others = [name for name in services if name not in sidecars and name not in found]
    proxies = [name for name in others if fits_image(text_of(services[name].get("image")), preset.companions)]
    for proxy in proxies:
        users = _users(proxy, services) | _users_by_configuration(proxy, tree, sidecars, preset, workspace)
        if users and users.issubset({*sidecars, *found}):
            found[proxy] = f"used by {', '.join(sorted(users))} only"
    return found


def _setup_jobs(services: dict[str, Mapping], sidecars: Collection[str], preset: Preset) -> Iterator[tuple[str, str]]:
    """Yield the setup jobs of a sidecar, each with its sidecar.

    A setup job mounts only sources that a sidecar mounts as its own directories, and no other service uses the job.
    """
    mounted = {name: [placed.mount.source for placed in mounts_in(service)] for name, service in services.items()}
    owners = {
        placed.mount.source: name
        for name in sidecars
        for placed in mounts_in(services[name])
        if placed.mount.source and fits(placed.mount.target, preset.match.mounts)
    }
    waits = {name: state for sidecar in sidecars for name, state in conditions_of(services[sidecar]).items()}
    for name, sources in mounted.items() if owners else ():
        if name in sidecars or not sources or not owners.keys() >= set(sources):
            continue
        if name not in waits and text_of(services[name].get("restart")) != "no":
            continue
        others = {other for other in services if other not in sidecars and other != name}
        shared = any(source in mounted[other] for other in others for source in sources)
        if (waits.get(name) == COMPLETED or not shared) and _users(name, services) <= set(sidecars):
            yield name, owners[sources[0]]


def _users_by_configuration(
    proxy: str, tree: Mapping, sidecars: Collection[str], preset: Preset, workspace: Files
) -> set[str]:
    """Return the sidecars whose configuration names the proxy as a host."""
    from composevariant.compose import hosts_in

    services, host = services_of(tree), frozenset((proxy,))
    return {
        name
        for name in sidecars
        for _, text in configurations(tree, services[name], preset.match, workspace.read_text)
        if hosts_in(text, host)
    }


def _users(name: str, services: dict[str, Mapping]) -> set[str]:
    """Return the services that refer to the given service or name it as a host."""
    from composevariant.compose import mentions

    users = set()
    for user, service in services.items():
        refers = any(found.name == name for found in service_references(user, service, "service"))
        if user != name and (refers or any(mentions(service, frozenset((name,))))):
            users.add(user)
    return users


# Configuration files of a sidecar inside the project.


def configurations(tree: Mapping, service: Mapping, match: Match, read: Read) -> Iterator[tuple[str, str]]:
    """Yield the name and text of each configuration file of a sidecar that is part of the project."""
    for _, mount, _ in mounts_in(service):
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
