"""Which services a sidecar is added for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import placed_in, services_of, text_of, texts_of
from composevariant.errors import UnusableInput, did_you_mean, raise_all
from composevariant.findings import Note, note
from composevariant.sidecars import SIDECAR, find_suspects, fits_image, label, load_preset, preset_names
from composevariant.tree import Entry, Mapping, Scalar, Sequence, location_of, string

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as Sequence_abc

    from composevariant.operations.add.outputs import Output
    from composevariant.operations.context import Context
    from composevariant.overlay import Add
    from composevariant.sidecars import Mode, Preset
    from composevariant.tree import Node


class Served(NamedTuple):
    """What one generated service is there for."""

    name: str
    """The service that is served; "" for the whole host."""
    mode: Mode
    logs: str = ""
    """Where it writes its log files."""
    senders: tuple[str, ...] = ()
    """The services that send to the generated one."""

    @property
    def patched(self) -> tuple[str, ...]:
        """The services that get something of their own for it."""
        return self.senders or ((self.name,) if self.name else ())


def targets(tree: Mapping, wanted: Add, preset: Preset, context: Context) -> tuple[list[Served], list[Note]]:
    """What the sidecar is added for, one service each; and what a wildcard left out.

    Raises:
        UnusableInput: a service that is named is not there, or none is left.
    """
    receives = preset.template is not None and preset.template.parts("receive") is not None
    if wanted.targets is None:
        watches = preset.template is not None and preset.template.parts("host") is not None
        return [Served("", "host" if watches or not receives else "receive")], []
    names = wanted.targets.select_or_error(tree)
    written = {name.text for name in wanted.targets.name}
    out = dict(_left_out(tree, [name for name in names if name not in written], preset, context))
    services = services_of(tree)
    notes = [
        note(
            "add.left-out",
            "note",
            ("services", name),
            location_of(services[name]),
            sidecar=preset.title,
            target=name,
            reason=why,
        )
        for name, why in out.items()
    ]
    chosen = [name for name in names if name not in out]
    if not chosen:
        raise UnusableInput("no service is left to add it for", wanted.targets.location, "name the services")
    unknown = [(name, place) for name, _, place in wanted.logs if name != "*" and name not in chosen]
    raise_all(
        [
            UnusableInput(f'add.logs: "{name}" is none of the services in for{did_you_mean(name, chosen)}', place)
            for name, place in unknown
        ]
    )
    paths = {name: path for name, path, _ in wanted.logs}
    logs = {name: paths.get(name, paths.get("*", "")) for name in chosen}
    if receives and not wanted.logs:
        return [Served("", "receive", senders=tuple(chosen))], notes
    return [Served(name, "files" if logs[name] else "stdout", logs[name]) for name in chosen], notes


def _left_out(tree: Mapping, names: list[str], preset: Preset, context: Context) -> Iterator[tuple[str, str]]:
    """The services that a wildcard does not mean: jobs, what the sidecar sends to, and other sidecars."""
    services = services_of(tree)
    jobs = _jobs(services)
    others = [load_preset(name) for name in preset_names()] if names else []
    outputs = preset.template.outputs if preset.template else ()
    backends = (*preset.backends, *(image for output in outputs for image in output.images))
    for name in names:
        image = text_of(services[name].get("image"))
        known = [
            other.title
            for other in others
            if any(found.certain for found in find_suspects(services, [name], other, context.workspace))
        ]
        if name in jobs:
            yield name, "it runs once"
        elif label(services[name], SIDECAR) or known:
            yield name, f"it is a sidecar itself{f' ({known[0]})' if known else ''}"
        elif fits_image(image, backends):
            yield name, f"{preset.title} may send to it"


def _jobs(services: dict[str, Mapping]) -> set[str]:
    jobs = {name for name, service in services.items() if text_of(service.get("restart")) == "no"}
    for service in services.values():
        depends_on = service.get("depends_on")
        for other, settings in depends_on.items() if isinstance(depends_on, Mapping) else ():
            condition = settings.get("condition") if isinstance(settings, Mapping) else None
            if text_of(condition) == "service_completed_successfully":
                jobs.add(other)
    return jobs


# What an added sidecar takes over from the services around it: networks, profiles, restarts, and what it waits
# for.


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


# What forbids a sidecar, and what its user should know: log drivers, replicas, names, and how many there are.

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


def remarks(tree: Mapping, served: Sequence_abc[Served], wanted: Add, preset: Preset) -> Iterator[Note]:
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
