"""`add`: add a sidecar and everything that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import mounts_in, pairs_of, services_of, text_of
from composevariant.compose.merge import merge
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.findings import Note, note, phrase
from composevariant.operations.add.configuration import (
    Patch,
    clashes,
    inline_name,
    new_paths,
    patch_for,
    with_configuration,
    with_sources,
    yaml_text,
)
from composevariant.operations.add.outputs import output, version
from composevariant.operations.add.targets import (
    isolation_warnings,
    log_driver_errors,
    notes_on_sidecars,
    targets,
    with_surroundings,
)
from composevariant.operations.compose import merge_override
from composevariant.operations.context import Outcome
from composevariant.sidecars import (
    ADDED,
    FOR,
    SIDECAR,
    added_paths,
    fill_mapping,
    fill_text,
    find_preset,
    label,
    remove_added,
)
from composevariant.tree import Entry, Mapping, Scalar, delete, get, literal, location_of, put, string, write_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.findings import Phrase
    from composevariant.operations.add.outputs import Output
    from composevariant.operations.add.targets import Served
    from composevariant.operations.context import Context
    from composevariant.overlay import Add
    from composevariant.sidecars import ModeSettings, Preset, Template
    from composevariant.tree import Path


class _Request(NamedTuple):
    """A service to add, with everything that is needed to add it."""

    wanted: Add
    preset: Preset
    template: Template
    parts: ModeSettings
    served: Served
    name: str
    context: Context


class _Patched(NamedTuple):
    """The changes to one service that the sidecar works for."""

    name: str
    wished: Mapping
    """All settings in the template for this service."""
    patch: Patch
    """The settings that the service does not have yet."""


def apply(tree: Mapping, wanted: Add, context: Context) -> Outcome:
    """Return the tree with the sidecar, as one service for the host or one for each service under `for`.

    A sidecar that was added earlier for the same services is removed first, so that a later overlay can change it. All
    settings written into other services are recorded in a label, so that `strip` can remove exactly these settings.

    Raises:
        UnusableInput: The preset, service or output does not exist, a service or volume that composevariant did not add
            already has the name, no other container can read the log files, or the sidecar cannot read the log driver.
            All errors are raised together.
    """
    preset = find_preset(wanted.sidecar, context, wanted.location, whole=True)
    if preset.template is None:
        what = f"{preset.title} can be stripped but not added: its preset has no template"
        raise UnusableInput(what, wanted.location, "define a preset with the key `service`")
    served, left_out = targets(tree, wanted, preset, context)
    outcome = Outcome(tree, tuple(left_out))
    errors: list[ComposeVariantError] = []
    for each in served:
        parts = preset.template.parts(each.mode)
        name = f"{each.name}-{preset.name}" if each.name else preset.name
        if parts is None:
            errors.append(_no_such_mode(wanted, preset, preset.template, each))
            continue
        try:
            request = _Request(wanted, preset, preset.template, parts, each, name, context)
            more = _add_service(_without_earlier(outcome.tree, request), request)
        except ComposeVariantError as error:
            errors.append(error)
        else:
            outcome = Outcome(more.tree, (*outcome.notes, *more.notes), (*outcome.files, *more.files))
    raise_all(errors)
    many = list(notes_on_sidecars(tree, served, wanted, preset))
    return outcome._replace(notes=(*outcome.notes, *many))


def _no_such_mode(wanted: Add, preset: Preset, template: Template, served: Served) -> UnusableInput:
    ways = {"host": "without `for`", "stdout": "with `for`", "files": "with `for` and `logs`", "receive": "with `for`"}
    known = ", or ".join(dict.fromkeys(ways[mode] for mode, _ in template.modes))
    return UnusableInput(f"{preset.title} cannot be added {ways[served.mode]}", wanted.location, f"add it {known}")


def _without_earlier(tree: Mapping, request: _Request) -> Mapping:
    """Return the tree without the same sidecar from an earlier `add`.

    Raises:
        UnusableInput: A service that composevariant did not add already has the name.
    """
    services = services_of(tree)
    old = services.get(request.name)
    if old is None:
        return tree
    if label(old, SIDECAR) != request.preset.name:
        what = f"the service {request.name} already exists and was not added by composevariant"
        raise UnusableInput(what, location_of(old), f"strip or rename it before {request.preset.title} is added")
    return remove_added(delete(tree, [("services", request.name)]), [request.name], tree)[0]


def _add_service(tree: Mapping, request: _Request) -> Outcome:
    """Return the tree with the service of the sidecar and the changes to the services that the sidecar works for."""
    services = services_of(tree)
    target = services.get(request.served.name, Mapping())
    raise_all(list(log_driver_errors(target, request.served, request.preset, request.wanted)))
    template = request.parts.config
    sends = output(request.template, request.wanted, services, template.variable if template else "")
    values = _values(request, services, sends)
    patches = _patches(request, services, values)
    patch = patches[0].patch if patches else Patch(Mapping(), {})
    service = with_sources(fill_mapping(request.parts.service, values), patch.sources)
    if sends and sends.environment.entries:
        service = merge(service, Mapping((Entry(Scalar("environment"), sends.environment),)))
    config = template._replace(text=fill_text(template.text, values)) if template else None
    ready = with_configuration(service, request.name, config, request.wanted, request.context)
    service = with_surroundings(ready.service, tree, request.served, sends)
    new = _shared_paths(patches, service, services)
    after, notes = tree, list(ready.notes)
    for each in patches:
        if each.patch.content.entries:
            new += new_paths(each.patch.content, services[each.name], ("services", each.name))
            done = merge_override(after, put(Mapping(), ("services", each.name), each.patch.content))
            after, notes = done.tree, [*notes, *done.notes]
    definitions = [*_new_volumes(after, service, patch.content, request)]
    definitions += [("configs", inline_name(request.name), ready.inline)] if ready.inline else []
    recorded = {path for service in services.values() for path in added_paths(service)}
    for section, name, definition in definitions:
        exists = isinstance(after.get(section), Mapping) and section not in recorded
        new += [(section, name)] if exists else [(section, name), (section,)]
        after = put(after, (section, name), definition)
    service = _with_our_labels(service, request, new)
    after = put(after, ("services", request.name), service)
    after = _with_own_settings(after, request)
    done_service = services_of(after)[request.name]
    notes = [
        _added_note(request, sends),
        *_address_note(request, sends),
        *notes,
        *isolation_warnings(tree, done_service, request.name, sends),
    ]
    return Outcome(after, tuple(notes), (ready.file,) if ready.file else ())


def _patches(request: _Request, services: dict[str, Mapping], values: dict[str, str]) -> list[_Patched]:
    """Return the changes to the services that the sidecar works for."""
    patches: list[_Patched] = []
    errors: list[ComposeVariantError] = []
    for name in request.served.patched:
        wished = fill_mapping(request.parts.target, {**values, "target": name})
        patch = patch_for(wished, services[name], name, request.wanted.location)
        errors += clashes(patch.content, services[name], ("services", name), request.wanted.location)
        patches.append(_Patched(name, wished, patch))
    raise_all(errors)
    return patches


def _values(request: _Request, services: dict[str, Mapping], sends: Output | None) -> dict[str, str]:
    """Return the values of the placeholders."""
    params = {**dict(request.template.params), **dict(request.wanted.params)}
    known = dict(request.template.params)
    unknown = [name for name, _ in request.wanted.params if name not in known]
    if unknown:
        hint = f"its parameters are {', '.join(known)}" if known else "it has no parameters"
        raise UnusableInput(f"{request.preset.name} has no parameter {unknown[0]}", request.wanted.location, hint)
    params["version"] = version(request.template, request.wanted, params.get("version"), services, sends)
    missing = [name for name, value in params.items() if value is None and name not in ("version", "logs")]
    if missing:
        hint = f"write `params: {{{missing[0]}: …}}` under add"
        raise UnusableInput(f"{request.preset.name} needs the parameter {missing[0]}", request.wanted.location, hint)
    values = {name: value for name, value in params.items() if value is not None}
    values |= {"sidecar": request.preset.name, "service": request.name, "target": request.served.name}
    values |= {"logs": request.served.logs, "project": request.context.project}
    if sends:
        values |= {"host": sends.host, "output_name": sends.name, "output": yaml_text(sends.options)}
    return values


def _shared_paths(patches: list[_Patched], service: Mapping, services: dict[str, Mapping]) -> list[Path]:
    """Return paths that `add` wrote for another sidecar and that this sidecar also needs. Both sidecars record them."""
    others = {path for other in services.values() for path in added_paths(other)}
    volumes = [("volumes", placed.mount.source) for placed in mounts_in(service) if placed.mount.type == "volume"]
    wished = [path for each in patches for path in new_paths(each.wished, None, ("services", each.name))]
    paths = [*wished, *volumes]
    return [path for path in paths if write_path(literal(*map(str, path))) in others]


def _new_volumes(
    tree: Mapping, service: Mapping, patch: Mapping, request: _Request
) -> Iterator[tuple[str, str, Mapping]]:
    """Yield the section, name and definition of each volume to define.

    Raises:
        UnusableInput: A volume of that name already exists for another purpose.
    """
    section = tree.get("volumes")
    known = section.names() if isinstance(section, Mapping) else []
    new: list[str] = []
    others = {path for other in services_of(tree).values() for path in added_paths(other)}
    shared = {placed.mount.source for placed in mounts_in(services_of(tree).get(request.served.name, Mapping()))}
    ours = {placed.mount.source for placed in mounts_in(patch)}
    for placed in (*mounts_in(patch), *mounts_in(service)):
        name = placed.mount.source
        if placed.mount.type != "volume" or not name:
            continue
        at = ("volumes", name)
        if name not in known and name not in new:
            new.append(name)
            yield "volumes", name, Mapping(flow=True)
        elif name not in new and (name in ours or name not in shared) and write_path(literal(*at)) not in others:
            what = f"the volume {name} already exists and was not added by composevariant"
            raise UnusableInput(what, location_of(get(tree, at)), "remove or rename it first")


def _with_our_labels(service: Mapping, request: _Request, new: list[Path]) -> Mapping:
    """Return the service with the labels that identify it as added by composevariant."""
    labels = {pair.key: pair.value for pair in pairs_of(service.get("labels"))}
    labels[SIDECAR] = request.preset.name
    if request.served.patched:
        labels[FOR] = " ".join(request.served.patched)
    if new:
        paths = dict.fromkeys(write_path(literal(*map(str, path))) for path in new)
        labels[ADDED] = " ".join(paths).replace("$", "$$")
    entries = tuple(Entry(string(key), string(value)) for key, value in labels.items())
    return service.with_value("labels", Mapping(entries))


def _with_own_settings(tree: Mapping, request: _Request) -> Mapping:
    """Return the tree with the settings under `with` merged into the service."""
    own = request.wanted.merged
    if own is None:
        return tree
    after = merge(tree, put(Mapping(), ("services", request.name), own))
    service = services_of(after)[request.name]
    if request.wanted.config == "inline" and text_of(service.get("read_only")) == "true":
        what = f"{request.name} cannot be read_only with an inline configuration, which Compose could not write"
        raise UnusableInput(what, request.wanted.location, "use `config: file`, or leave read_only out")
    return after


def _added_note(request: _Request, sends: Output | None) -> Note:
    """Return the note on the added service, with its sources and its output."""
    served: Served = request.served
    output_phrase: Phrase | str = ""
    if sends and request.wanted.config in ("file", "inline"):
        name = "add.sends" if sends.service in ("", sends.name) else "add.sends-service"
        output_phrase = phrase(name, output=sends.name, name=sends.service)
    path, where = ("services", request.name), request.wanted.location
    return note("add.added", "changed", path, where, reads=_sources(served), sends=output_phrase)


def _sources(served: Served) -> Phrase | str:
    match served.mode:
        case "host":
            return phrase("add.for-host")
        case "stdout":
            return phrase("add.for-output", name=served.name)
        case "receive":
            return ", ".join(served.senders) or phrase("add.for-any")
        case _:
            return phrase("add.for-files", folder=served.logs, name=served.name)


def _address_note(request: _Request, sends: Output | None) -> Iterator[Note]:
    """Yield a note on the variable for the address of an output outside the project if the overlay does not set it."""
    is_set = request.wanted.output is not None and request.wanted.output[1].entries
    if sends and not sends.service and not is_set and sends.environment.entries:
        variable = sends.environment.entries[0].name
        path, where = ("services", request.name, "environment", variable), request.wanted.location
        yield note("add.address", "note", path, where, output=sends.name, variable=variable)
