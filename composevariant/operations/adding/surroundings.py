"""What an added sidecar takes over from the services around it: networks, profiles, restarts, and what it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.services import services_of, text_of, texts_of
from composevariant.findings import Note, note
from composevariant.tree import Entry, Mapping, Scalar, Sequence, location_of, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.operations.adding.outputs import Output
    from composevariant.operations.adding.targets import Served
    from composevariant.tree import Node


def surrounded(service: Mapping, tree: Mapping, served: Served, output: Output | None) -> Mapping:
    """The service with what it needs to work where it is put; what its template says goes before."""
    services = services_of(tree)
    target = services.get(served.name, Mapping())
    sends = services.get(output.service, Mapping()) if output else Mapping()
    if served.senders:
        return _between(service, [services[name] for name in served.senders], served, sends, output)
    settings: dict[str, Node | None] = {
        "restart": _restart(target, service),
        "profiles": _names(texts_of(target.get("profiles"))),
        "depends_on": _depends_on(target, served, sends, output),
    }
    if service.entry("network_mode") is None:
        settings["networks"] = _names(network_names(sends if output and output.service else target))
        if text_of(target.get("network_mode")) == "host" and not (output and output.service):
            settings["network_mode"] = string("host")
    for key, value in settings.items():
        if value is not None and (key == "restart" or service.entry(key) is None):
            service = service.with_value(key, value)
    return service


def _between(
    service: Mapping, senders: list[Mapping], served: Served, sends: Mapping, output: Output | None
) -> Mapping:
    """A service that others send to: it is in all of their networks, and in those of what it sends to itself."""
    joined = [network_names(sender) or ["default"] for sender in senders if not sender.entry("network_mode")]
    joined += [network_names(sends) or ["default"]] if output and output.service else []
    names = list(dict.fromkeys(name for names in joined for name in names))
    profiles = [texts_of(sender.get("profiles")) for sender in senders]
    hidden = profiles if all(profiles) else []  # one that is always there needs it always
    settings: dict[str, Node | None] = {
        "profiles": _names(list(dict.fromkeys(name for names in hidden for name in names))),
        "depends_on": _depends_on(Mapping(), served, sends, output),
        "networks": _names(names) if names != ["default"] else None,
    }
    for key, value in settings.items():
        if value is not None and service.entry(key) is None:
            service = service.with_value(key, value)
    return service


def network_names(service: Mapping) -> list[str]:
    """The networks that a service joins; none is the network `default`."""
    networks = service.get("networks")
    return networks.names() if isinstance(networks, Mapping) else texts_of(networks)


def _names(names: list[str]) -> Sequence | None:
    return Sequence(tuple(map(string, names)), flow=True) if names else None


def _restart(target: Mapping, service: Mapping) -> Node | None:
    restart = target.get("restart")
    return Scalar(restart.text, restart.style) if isinstance(restart, Scalar) else service.get("restart")


def _depends_on(target: Mapping, served: Served, sends: Mapping, output: Output | None) -> Mapping | None:
    """A sidecar waits for the service whose files it reads, and for what it sends to; nobody waits for it."""
    waits: dict[str, Mapping] = {}
    if served.mode == "files":
        waits[served.name] = _condition("service_started")
    if output and output.service:
        health = sends.get("healthcheck")
        healthy = isinstance(health, Mapping) and text_of(health.get("disable")) != "true"
        wait = _condition("service_healthy" if healthy else "service_started")
        hidden, ours = set(texts_of(sends.get("profiles"))), set(texts_of(target.get("profiles")))
        if hidden and not (ours and ours <= hidden):
            # Without it, Compose refuses the project whenever the profile is not active.
            wait = wait.with_value("required", Scalar("false"))
        waits[output.service] = wait
    return Mapping(tuple(Entry(string(name), wait) for name, wait in waits.items())) if waits else None


def _condition(name: str) -> Mapping:
    return Mapping((Entry(Scalar("condition"), Scalar(name)),))


def doubts(tree: Mapping, service: Mapping, name: str, output: Output | None) -> Iterator[Note]:
    """What may keep the sidecar from sending."""
    networks = tree.get("networks")
    names = network_names(service)
    inner = [
        network
        for network in names
        if isinstance(networks, Mapping)
        and isinstance(definition := networks.get(network), Mapping)
        and text_of(definition.get("internal")) == "true"
    ]
    if output and not output.service and output.options.entry("hosts") and names and inner == names:
        path = ("services", name, "networks")
        yield note("add.internal", "warning", path, location_of(networks), networks=", ".join(inner))
