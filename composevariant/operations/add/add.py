"""`add`: a sidecar comes, with everything that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import pairs_of, placed_in, services_of, text_of
from composevariant.compose.merge import merge
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.findings import Note, note
from composevariant.operations.add.configuration import (
    Patch,
    clashes,
    configured,
    fitted,
    inline_name,
    new_paths,
    with_sources,
    yaml_text,
)
from composevariant.operations.add.outputs import output, version
from composevariant.operations.add.targets import doubts, remarks, surrounded, targets, unusable
from composevariant.operations.compose import merged
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

    from composevariant.operations.add.outputs import Output
    from composevariant.operations.add.targets import Served
    from composevariant.operations.context import Context
    from composevariant.overlay import Add
    from composevariant.sidecars import ModeSettings, Preset, Template
    from composevariant.tree import Path


class _Asked(NamedTuple):
    """One service to add, and everything that says how."""

    wanted: Add
    preset: Preset
    template: Template
    parts: ModeSettings
    served: Served
    name: str
    context: Context


class _Patched(NamedTuple):
    """What one service gets that is served: all that the template says, and what of that it does not have yet."""

    name: str
    wished: Mapping
    patch: Patch


def apply(tree: Mapping, wanted: Add, context: Context) -> Outcome:
    """The tree with the sidecar: one service for the host, or one for each service of `for`.

    What was added before for the same is taken back first, so that a later layer can say it differently. Everything
    that is written into other services is recorded in a label, and `strip` takes exactly that back.

    Raises:
        UnusableInput: it cannot be added: no such preset, service or output; a service or volume of the name that is
            not ours; log files where no other container can read them; a log driver that the sidecar cannot read. All
            such problems are reported at once.
    """
    preset = find_preset(wanted.sidecar, context, wanted.location, whole=True)
    if preset.template is None:
        what = f"{preset.title} can be stripped, but there is no template to add it"
        raise UnusableInput(what, wanted.location, "a preset with the key service: adds one")
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
            asked = _Asked(wanted, preset, preset.template, parts, each, name, context)
            more = _added(_without_former(outcome.tree, asked), asked)
        except ComposeVariantError as error:
            errors.append(error)
        else:
            outcome = Outcome(more.tree, (*outcome.notes, *more.notes), (*outcome.files, *more.files))
    raise_all(errors)
    many = list(remarks(tree, served, wanted, preset))
    return outcome._replace(notes=(*outcome.notes, *many))


def _no_such_mode(wanted: Add, preset: Preset, template: Template, served: Served) -> UnusableInput:
    ways = {"host": "without `for`", "stdout": "with `for`", "files": "with `for` and `logs`", "receive": "with `for`"}
    known = ", or ".join(dict.fromkeys(ways[mode] for mode, _ in template.modes))
    return UnusableInput(f"{preset.title} cannot be added {ways[served.mode]}", wanted.location, f"add it {known}")


def _without_former(tree: Mapping, asked: _Asked) -> Mapping:
    """The tree without what an earlier `add` made of the same sidecar for the same.

    Raises:
        UnusableInput: there is a service of the name that is not ours.
    """
    services = services_of(tree)
    old = services.get(asked.name)
    if old is None:
        return tree
    if label(old, SIDECAR) != asked.preset.name:
        what = f"there is a service {asked.name} already, which was not added by composevariant"
        raise UnusableInput(what, location_of(old), f"strip or rename it before {asked.preset.title} is added")
    return remove_added(delete(tree, [("services", asked.name)]), [asked.name], tree)[0]


def _added(tree: Mapping, asked: _Asked) -> Outcome:
    """The tree with one more service, and its target prepared."""
    services = services_of(tree)
    target = services.get(asked.served.name, Mapping())
    raise_all(list(unusable(target, asked.served, asked.preset, asked.wanted)))
    template = asked.parts.config
    sends = output(asked.template, asked.wanted, services, template.variable if template else "")
    values = _values(asked, services, sends)
    patches = _patches(asked, services, values)
    patch = patches[0].patch if patches else Patch(Mapping(), {})
    service = with_sources(fill_mapping(asked.parts.service, values), patch.sources)
    if sends and sends.environment.entries:
        service = merge(service, Mapping((Entry(Scalar("environment"), sends.environment),)))
    config = template._replace(text=fill_text(template.text, values)) if template else None
    ready = configured(service, asked.name, config, asked.wanted, asked.context)
    service = surrounded(ready.service, tree, asked.served, sends)
    new = _shared_paths(patches, service, services)
    after, notes = tree, list(ready.notes)
    for each in patches:
        if each.patch.content.entries:
            new += new_paths(each.patch.content, services[each.name], ("services", each.name))
            done = merged(after, _project(each.name, each.patch.content))
            after, notes = done.tree, [*notes, *done.notes]
    made = {path for service in services.values() for path in added_paths(service)}
    definitions = [*_new_volumes(after, service, patch.content, asked)]
    definitions += [("configs", inline_name(asked.name), ready.inline)] if ready.inline else []
    for section, name, definition in definitions:
        new += [
            (section, name),
            *([] if isinstance(after.get(section), Mapping) and section not in made else [(section,)]),
        ]
        after = put(after, (section, name), definition)
    service = _marked(service, asked, new)
    after = put(after, ("services", asked.name), service)
    after = _with_own_settings(after, asked)
    done_service = services_of(after)[asked.name]
    notes = [_what(asked, sends), *_addressed(asked, sends), *notes, *doubts(tree, done_service, asked.name, sends)]
    return Outcome(after, tuple(notes), (ready.file,) if ready.file else ())


def _patches(asked: _Asked, services: dict[str, Mapping], values: dict[str, str]) -> list[_Patched]:
    """What the services get that are served.

    Raises:
        UnusableInput: one of them has something else there already.
    """
    patches: list[_Patched] = []
    errors: list[ComposeVariantError] = []
    for name in asked.served.patched:
        wished = fill_mapping(asked.parts.target, {**values, "target": name})
        patch = fitted(wished, services[name], name, asked.wanted.location)
        errors += clashes(patch.content, services[name], ("services", name), asked.wanted.location)
        patches.append(_Patched(name, wished, patch))
    raise_all(errors)
    return patches


def _values(asked: _Asked, services: dict[str, Mapping], sends: Output | None) -> dict[str, str]:
    """What the placeholders stand for."""
    params = {**dict(asked.template.params), **dict(asked.wanted.params)}
    known = dict(asked.template.params)
    unknown = [name for name, _ in asked.wanted.params if name not in known]
    if unknown:
        hint = f"known are {', '.join(known)}" if known else "it has none"
        raise UnusableInput(f"{asked.preset.name} has no parameter {unknown[0]}", asked.wanted.location, hint)
    params["version"] = version(asked.template, asked.wanted, params.get("version"), services, sends)
    missing = [name for name, value in params.items() if value is None and name not in ("version", "logs")]
    if missing:
        hint = f"write `params: {{{missing[0]}: …}}` under add"
        raise UnusableInput(f"{asked.preset.name} needs the parameter {missing[0]}", asked.wanted.location, hint)
    values = {name: value for name, value in params.items() if value is not None}
    values |= {"sidecar": asked.preset.name, "service": asked.name, "target": asked.served.name}
    values |= {"logs": asked.served.logs, "project": asked.context.project}
    if sends:
        values |= {"host": sends.host, "output_name": sends.name, "output": yaml_text(sends.options)}
    return values


def _project(name: str, service: Mapping) -> Mapping:
    services = Mapping((Entry(string(name), service),))
    return Mapping((Entry(Scalar("services"), services),))


def _shared_paths(patches: list[_Patched], service: Mapping, services: dict[str, Mapping]) -> list[Path]:
    """What another added sidecar has put there and this one counts on, so that it stays as long as one of them does."""
    others = {path for other in services.values() for path in added_paths(other)}
    volumes = [("volumes", placed.mount.source) for placed in placed_in(service) if placed.mount.type == "volume"]
    wished = [path for each in patches for path in new_paths(each.wished, None, ("services", each.name))]
    paths = [*wished, *volumes]
    return [path for path in paths if write_path(literal(*map(str, path))) in others]


def _new_volumes(tree: Mapping, service: Mapping, patch: Mapping, asked: _Asked) -> Iterator[tuple[str, str, Mapping]]:
    """The volumes to define.

    Raises:
        UnusableInput: one of them is there already, for something else.
    """
    section = tree.get("volumes")
    known = section.names() if isinstance(section, Mapping) else []
    new: list[str] = []
    others = {path for other in services_of(tree).values() for path in added_paths(other)}
    shared = {placed.mount.source for placed in placed_in(services_of(tree).get(asked.served.name, Mapping()))}
    ours = {placed.mount.source for placed in placed_in(patch)}
    for placed in (*placed_in(patch), *placed_in(service)):
        name = placed.mount.source
        if placed.mount.type != "volume" or not name:
            continue
        at = ("volumes", name)
        if name not in known and name not in new:
            new.append(name)
            yield "volumes", name, Mapping(flow=True)
        elif name not in new and (name in ours or name not in shared) and write_path(literal(*at)) not in others:
            what = f"there is a volume {name} already, which was not added by composevariant"
            raise UnusableInput(what, location_of(get(tree, at)), "remove or rename it first")


def _marked(service: Mapping, asked: _Asked, new: list[Path]) -> Mapping:
    """The service with the labels by which it is known again."""
    labels = {pair.key: pair.value for pair in pairs_of(service.get("labels"))}
    labels[SIDECAR] = asked.preset.name
    if asked.served.patched:
        labels[FOR] = " ".join(asked.served.patched)
    if new:
        paths = dict.fromkeys(write_path(literal(*map(str, path))) for path in new)
        labels[ADDED] = " ".join(paths).replace("$", "$$")
    entries = tuple(Entry(string(key), string(value)) for key, value in labels.items())
    return service.with_value("labels", Mapping(entries))


def _with_own_settings(tree: Mapping, asked: _Asked) -> Mapping:
    """The tree with `with:` merged into the service."""
    own = asked.wanted.merged
    if own is None:
        return tree
    after = merge(tree, _project(asked.name, own))
    service = services_of(after)[asked.name]
    if asked.wanted.config == "inline" and text_of(service.get("read_only")) == "true":
        what = f"{asked.name} cannot be read_only with an inline configuration, which Compose could not write"
        raise UnusableInput(what, asked.wanted.location, "use `config: file`, or leave read_only out")
    return after


def _what(asked: _Asked, sends: Output | None) -> Note:
    """What was added, in one line."""
    senders = ", ".join(asked.served.senders) or "whatever sends to it"
    about = {"host": "the host", "stdout": f"what {asked.served.name} prints", "receive": senders}
    reads = about.get(asked.served.mode, f"the files in {asked.served.logs} of {asked.served.name}")
    goes = f", sends to {sends.name}" if sends and asked.wanted.config in ("file", "inline") else ""
    named = f", the service {sends.service}" if sends and sends.service not in ("", sends.name) else ""
    path, where = ("services", asked.name), asked.wanted.location
    return note("add.added", "changed", path, where, reads=reads, sends=f"{goes}{named}")


def _addressed(asked: _Asked, sends: Output | None) -> Iterator[Note]:
    """Which variable says where an output outside the project is, where the overlay does not say it."""
    said = asked.wanted.output is not None and asked.wanted.output[1].entries
    if sends and not sends.service and not said and sends.environment.entries:
        variable = sends.environment.entries[0].name
        path, where = ("services", asked.name, "environment", variable), asked.wanted.location
        yield note("add.address", "note", path, where, output=sends.name, variable=variable)
