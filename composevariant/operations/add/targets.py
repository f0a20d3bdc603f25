"""The services for which a sidecar is added, and the settings that the sidecar takes over from these services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import mounts_in, services_of, text_of, texts_of
from composevariant.errors import UnusableInput, did_you_mean, raise_all
from composevariant.findings import Note, note
from composevariant.operations.waits import jobs_of
from composevariant.sidecars import SIDECAR, find_suspects, fits_image, label, load_preset, preset_names
from composevariant.tree import Entry, Mapping, Scalar, Sequence, location_of, string

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence as SequenceABC

    from composevariant.operations.add.outputs import Output
    from composevariant.operations.context import Context
    from composevariant.overlay import Add
    from composevariant.sidecars import Mode, Preset
    from composevariant.tree import Node


class Served(NamedTuple):
    """The purpose of one added service."""

    name: str
    """The service that the sidecar works for, or an empty string for the whole host."""
    mode: Mode
    logs: str = ""
    """The folder with the log files of that service."""
    senders: tuple[str, ...] = ()
    """The services that send data to the added service."""

    @property
    def patched(self) -> tuple[str, ...]:
        """The services that are changed for the added service."""
        return self.senders or ((self.name,) if self.name else ())


def targets(tree: Mapping, wanted: Add, preset: Preset, context: Context) -> tuple[list[Served], list[Note]]:
    """Return the targets of the sidecar, one for each added service, and notes on services that are omitted.

    Raises:
        UnusableInput: A named service does not exist, or no service is left.
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
        raise UnusableInput(
            f"no service is left to add {preset.title} for", wanted.targets.location, "name the services"
        )
    unknown = [(name, place) for name, _, place in wanted.logs if name != "*" and name not in chosen]
    raise_all(
        [
            UnusableInput(
                f'add.logs: "{name}" is not one of the services under `for`{did_you_mean(name, chosen)}', place
            )
            for name, place in unknown
        ]
    )
    paths = {name: path for name, path, _ in wanted.logs}
    logs = {name: paths.get(name, paths.get("*", "")) for name in chosen}
    if receives and not wanted.logs:
        return [Served("", "receive", senders=tuple(chosen))], notes
    return [Served(name, "files" if logs[name] else "stdout", logs[name]) for name in chosen], notes


def _left_out(tree: Mapping, names: list[str], preset: Preset, context: Context) -> Iterator[tuple[str, str]]:
    """Yield services that a wildcard omits, with the reason.

    These are jobs, outputs of the sidecar and other sidecars.
    """
    services = services_of(tree)
    jobs = jobs_of(services)
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


# Settings that an added sidecar takes over from other services (networks, profiles, restart and depends_on).


def with_surroundings(service: Mapping, tree: Mapping, served: Served, output: Output | None) -> Mapping:
    """Return the service with settings taken over from its target and output.

    Settings in its template take precedence.
    """
    services = services_of(tree)
    target = services.get(served.name, Mapping())
    sends = services.get(output.service, Mapping()) if output else Mapping()
    if served.senders:
        return _with_surroundings_of_receiver(
            service, [services[name] for name in served.senders], served, sends, output
        )
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


def _with_surroundings_of_receiver(
    service: Mapping, senders: list[Mapping], served: Served, sends: Mapping, output: Output | None
) -> Mapping:
    """Return a receiving service with the networks of its senders and output and with the profiles of its senders."""
    joined = [network_names(sender) or ["default"] for sender in senders if not sender.entry("network_mode")]
    joined += [network_names(sends) or ["default"]] if output and output.service else []
    names = list(dict.fromkeys(name for names in joined for name in names))
    profiles = [texts_of(sender.get("profiles")) for sender in senders]
    hidden = profiles if all(profiles) else []  # a sender without profiles always needs it
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
    """Return the networks that a service names. An empty list means `default`."""
    networks = service.get("networks")
    return networks.names() if isinstance(networks, Mapping) else texts_of(networks)


def _names(names: list[str]) -> Sequence | None:
    return Sequence(tuple(map(string, names)), flow=True) if names else None


def _restart(target: Mapping, service: Mapping) -> Node | None:
    restart = target.get("restart")
    return Scalar(restart.text, restart.style) if isinstance(restart, Scalar) else service.get("restart")


def _depends_on(target: Mapping, served: Served, sends: Mapping, output: Output | None) -> Mapping | None:
    """Return the `depends_on` of a sidecar, which names its output and the service whose files it reads."""
    waits: dict[str, Mapping] = {}
    if served.mode == "files":
        waits[served.name] = _condition("service_started")
    if output and output.service:
        health = sends.get("healthcheck")
        healthy = isinstance(health, Mapping) and text_of(health.get("disable")) != "true"
        wait = _condition("service_healthy" if healthy else "service_started")
        hidden, ours = set(texts_of(sends.get("profiles"))), set(texts_of(target.get("profiles")))
        if hidden and not (ours and ours <= hidden):
            # Otherwise, Compose refuses the project when the profile is not active.
            wait = wait.with_value("required", Scalar("false"))
        waits[output.service] = wait
    return Mapping(tuple(Entry(string(name), wait) for name, wait in waits.items())) if waits else None


def _condition(name: str) -> Mapping:
    return Mapping((Entry(Scalar("condition"), Scalar(name)),))


def isolation_warnings(tree: Mapping, service: Mapping, name: str, output: Output | None) -> Iterator[Note]:
    """Yield a warning if the sidecar cannot reach an output outside the project."""
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


# Errors and notes on log drivers, replicas, container names and the number of sidecars.

_MANY: Final = 3
_JSON_FILE: Final = "json-file"
_LINKS: Final = "/var/log/nginx"
"""The folder in which the official nginx image has links to stdout and stderr instead of log files."""


def log_driver_errors(target: Mapping, served: Served, preset: Preset, wanted: Add) -> Iterator[UnusableInput]:
    """Yield an error if the sidecar cannot read the logs of the target."""
    driver = _driver(target)
    if served.mode == "stdout" and driver not in ("", _JSON_FILE):
        what = f"{served.name} uses the log driver {driver}, but {preset.title} needs json-file to read its output"
        hint = f"write `logging: !override {{driver: json-file}}` for {served.name} under compose, or name `logs`"
        yield UnusableInput(what, location_of(target.get("logging")) or wanted.location, hint)


def notes_on_sidecars(tree: Mapping, served: SequenceABC[Served], wanted: Add, preset: Preset) -> Iterator[Note]:
    """Yield notes on the added sidecars."""
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
    mounted = any(placed.mount.target == served.logs for placed in mounts_in(target))
    if served.logs.startswith(_LINKS) and not mounted:
        here = ("services", served.name, "volumes")
        yield note("add.nginx-links", "warning", here, location_of(target), folder=_LINKS)
