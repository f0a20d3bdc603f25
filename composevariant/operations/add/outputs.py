"""The output of an added sidecar, with its options. Secrets are never written to a file as plain text."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import UNKNOWN, as_far_as_known, hosts_in, text_of
from composevariant.errors import ComposeVariantError, UnusableInput, did_you_mean, raise_all
from composevariant.sidecars import fill_mapping, fill_text, fits_image
from composevariant.text import matches
from composevariant.tree import Entry, Mapping, Scalar, Sequence, detach, location_of, string

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from composevariant.overlay import Add
    from composevariant.sidecars import Destination, Template
    from composevariant.tree import Node

_SECRET: Final = re.compile(r"pass(?:word|phrase)|secret|token|api_?key|credential|^pass$", re.IGNORECASE)
_SECRET_TEXT: Final = re.compile(r"://[^/@\s]*:[^/@\s$]+@|-----BEGIN [A-Z ]*PRIVATE KEY")
_VARIABLE: Final = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?[-?][^{}$]*)?\})", re.ASCII)


class Output(NamedTuple):
    """The destination to which a sidecar sends data."""

    name: str
    service: str
    """The service in the project, or an empty string for an output outside the project."""
    host: str
    options: Mapping
    """The options for the configuration, with variables in the notation of the sidecar."""
    environment: Mapping
    """The variables that the sidecar's service needs for the options."""


def output(template: Template, wanted: Add, services: Table[str, Mapping], variable: str) -> Output | None:
    """Return the output named in the overlay, else an output found in the project, else the first output in the preset.

    `variable` is the notation for a variable in the configuration, with `{{variable}}` in place of the name.

    Raises:
        UnusableInput: The sidecar has no such output, or an option contains a secret.
    """
    known = {destination.name: destination for destination in template.outputs}
    if wanted.output is not None and wanted.output[0] not in known:
        name = wanted.output[0]
        what = f'{wanted.sidecar} has no output "{name}"{did_you_mean(name, known)}'
        hint = f"choose one of {', '.join(known)}" if known else "it has no outputs"
        raise UnusableInput(what, location_of(wanted.output[1]) or wanted.location, hint)
    if not known:
        return None
    found = _in_project(template.outputs, services)
    name = wanted.output[0] if wanted.output else next(iter(found), next(iter(known)))
    own = (
        Mapping(tuple(Entry(entry.key, detach(entry.value)) for entry in wanted.output[1].entries))
        if wanted.output
        else Mapping()
    )
    raise_all(list(_secrets(own, f"output.{name}")))
    service = _service_in(own, services) or ("" if own.entry("hosts") or own.entry("host") else found.get(name, ""))
    defaults = fill_mapping(known[name].options, {"host": service or name})
    options = Mapping((*(entry for entry in defaults.entries if own.entry(entry.name) is None), *own.entries))
    environment: dict[str, str] = {}
    written = _mapping_with_variables(options, variable, environment)
    entries = tuple(Entry(string(key), string(value)) for key, value in environment.items())
    return Output(name, service, service or name, written, Mapping(entries))


def _in_project(outputs: tuple[Destination, ...], services: Table[str, Mapping]) -> dict[str, str]:
    """Return a mapping from the name of each output in the project to its service.

    An output with several candidates is omitted unless one candidate has the same name as the output.
    """
    found: dict[str, str] = {}
    for destination in outputs:
        fitting = [
            name for name, service in services.items() if fits_image(text_of(service.get("image")), destination.images)
        ]
        if len(fitting) == 1 or destination.name in fitting:
            found[destination.name] = destination.name if destination.name in fitting else fitting[0]
    return found


def _service_in(options: Mapping, services: Table[str, Mapping]) -> str:
    """Return the service that the options name as a host, or an empty string."""
    for key, text in _texts(options):
        hosts = hosts_in(text, frozenset(services), key)
        if hosts:
            return hosts[0]
    return ""


def _texts(node: Node, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, Scalar):
        yield key, text_of(node)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _texts(item, key)
    else:
        for entry in node.entries:
            yield from _texts(entry.value, entry.name)


def _secrets(node: Node, at: str) -> Iterator[ComposeVariantError]:
    """Yield an error for each option that contains a secret as plain text. The message does not contain the secret."""
    if isinstance(node, Scalar):
        harmless = "$" in node.text or not node.text or node.meaning.kind in ("null", "bool")
        key = at.rpartition(".")[2]
        if _SECRET_TEXT.search(node.text) or (not harmless and _SECRET.search(key)):
            what = f"{at} holds a secret as text, which would be written to a file"
            hint = "write a variable, such as ${NAME}, or name a file of `secrets`"
            yield UnusableInput(what, location_of(node), hint)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _secrets(item, at)
    else:
        for entry in node.entries:
            yield from _secrets(entry.value, f"{at}.{entry.name}")


def _mapping_with_variables(mapping: Mapping, variable: str, environment: dict[str, str]) -> Mapping:
    entries = (Entry(entry.key, _with_variables(entry.value, variable, environment)) for entry in mapping.entries)
    return Mapping(tuple(entries))


def _with_variables(node: Node, variable: str, environment: dict[str, str]) -> Node:
    """Return the options with Compose's variables in the sidecar's notation.

    The variables are added to `environment`.
    """
    if isinstance(node, Sequence):
        items = tuple(_with_variables(item, variable, environment) for item in node.items)
        return Sequence(items)
    if isinstance(node, Mapping):
        return _mapping_with_variables(node, variable, environment)
    if "$" not in node.text:
        return node

    def named(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if environment.setdefault(name, match[0]) != match[0]:
            what = f"the variable {name} is written in two ways: {environment[name]} and {match[0]}"
            raise UnusableInput(what, location_of(node))
        return fill_text(variable, {"variable": name})

    text = _VARIABLE.sub(named, node.text.replace("$$", "\0")).replace("\0", "$")
    return replace(node, text=text, style="'", tag=None, span=None, origin=None)


# The version of an added sidecar.


def version(
    template: Template, wanted: Add, default: str | None, services: Table[str, Mapping], sends: Output | None
) -> str | None:
    """Return the version from the overlay, else that of the output's service if both must match, else the default.

    Raises:
        UnusableInput: The configuration does not support this version.
    """
    if wanted.version is None:
        return _version_of_output(template, services, sends) or default
    if not _fits(wanted.version, template):
        what = f"{wanted.sidecar} {wanted.version} cannot be added"
        raise UnusableInput(what, wanted.location, f"the configuration is for {', '.join(template.versions)}")
    return wanted.version


def _fits(text: str, template: Template) -> bool:
    known = as_far_as_known(text)
    return not template.versions or UNKNOWN in known or any(matches(each, known) for each in template.versions)


def _version_of_output(template: Template, services: Table[str, Mapping], sends: Output | None) -> str | None:
    """Return the image tag of the output's service. All sidecars in a stack have the version of that stack."""
    destination = next((each for each in template.outputs if sends and each.name == sends.name), None)
    if sends is None or destination is None or not destination.same_version or sends.service not in services:
        return None
    image = services[sends.service].get("image")
    if not isinstance(image, Scalar) or not fits_image(image.text, destination.images):
        return None
    tag = image.text.rpartition("/")[2].partition("@")[0].partition(":")[2]
    return tag if tag and UNKNOWN not in as_far_as_known(tag) and _fits(tag, template) else None
