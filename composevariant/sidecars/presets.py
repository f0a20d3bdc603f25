"""Presets, which are descriptions of sidecars in YAML.

Presets are data without code, and their fields are the YAML keys.

In every pattern, `*` matches any text. Patterns for images, names and files are compared word by word, ignoring letter
case and treating `_` and `.` as `-`. So `*-filebeat` matches both the service `prod_filebeat` and the file
`Dockerfile.filebeat`. Patterns for labels, variables, container paths and keys are compared exactly.
"""

from __future__ import annotations

import re
from functools import cache
from posixpath import join
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol, TypeVar

from composevariant.disk import packaged_names, read_packaged
from composevariant.errors import ComposeVariantError, UnusableInput, did_you_mean, raise_all
from composevariant.source import Location, Source
from composevariant.text import pattern
from composevariant.tree import Value, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.file_views import Files, Folders
    from composevariant.sidecars.templates import Template
    from composevariant.tree import Fields, Mapping, Node

SidecarClass = Literal["collector", "receiver", "path", "controller"]
"""How a sidecar relates to services.

A sidecar reads from services, receives data from them, is in the path of their traffic, or controls their containers.
"""

CLASSES: Final[tuple[SidecarClass, ...]] = ("collector", "receiver", "path", "controller")


class Match(NamedTuple):
    """How a service is recognised. `sidecars.detect` grades the evidence."""

    images: tuple[str, ...] = ()
    """The image without registry, tag and digest. A pattern with n slashes is compared with the last n + 1 parts."""
    except_images: tuple[str, ...] = ()
    """Images that are never the sidecar."""
    app_images: tuple[str, ...] = ()
    """Images of apps that contain the sidecar. A service with such an image is at most a candidate."""
    commands: tuple[str, ...] = ()
    """The program that the service runs."""
    mounts: tuple[str, ...] = ()
    """Mount targets that only this sidecar has, because they are directories in its image."""
    names: tuple[str, ...] = ()
    """The service's name, `container_name` or `hostname`."""
    dockerfiles: tuple[str, ...] = ()
    """The file name of the Dockerfile."""
    contexts: tuple[str, ...] = ()
    """The name of the folder that is built."""
    sources: tuple[str, ...] = ()
    """The name of a mounted file."""
    watches: tuple[str, ...] = ()
    """Mount sources that this and other sidecars have in common. All of these sources must be mounted."""


class Traces(NamedTuple):
    """The settings that a sidecar leaves in the services that it serves."""

    labels: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    mounts: tuple[str, ...] = ()
    """Directories and files in an app's container that exist only for the sidecar."""
    fragments: tuple[str, ...] = ()
    """Top-level `x-` keys."""
    files: tuple[str, ...] = ()
    """The names of files in `env_file` and `label_file`."""
    own_labels: tuple[str, ...] = ()
    """The text before the name of a label in the sidecar's configuration."""
    log_drivers: tuple[str, ...] = ()
    """Log drivers that only send to this sidecar."""
    words: tuple[str, ...] = ()
    """Words by which scripts and other files of a project mention the sidecar."""


class Embedded(NamedTuple):
    """How a sidecar is recognised inside the image of an app, without a separate service."""

    words: tuple[str, ...] = ()
    """Words (not patterns) in a command, path or address that concerns the sidecar."""
    repositories: tuple[str, ...] = ()
    """Addresses and files of the sidecar's package repositories that do not contain the sidecar's name."""
    neighbours: tuple[str, ...] = ()
    """Names of other packages in these repositories. If such a package is installed, the repository is kept."""
    log_settings: tuple[str, ...] = ()
    """The settings in the sidecar's configuration that list the log files it reads."""


class Advice(NamedTuple):
    """A reason why a sidecar does not work as intended. Texts are searched with regular expressions."""

    says: str
    versions: tuple[str, ...] = ()
    """The affected versions, by image tag. An empty value means all versions."""
    command: str = ""
    """A pattern of a wrong command line."""
    config: str = ""
    """A pattern of a wrong configuration."""
    unless: str = ""
    """A pattern for text elsewhere in the command line or configuration that makes it correct."""
    unique: str = ""
    """A pattern whose first group must match a different text each time in a configuration."""
    mount: str = ""
    """A path at which something must be mounted."""
    alone: str = ""
    """A path at which no two sidecars of this preset may mount the same source."""


class Preset(NamedTuple):
    """The description of a sidecar."""

    name: str
    title: str
    """The display name in messages."""
    sort: SidecarClass = "collector"
    """The YAML key is `class`, a reserved word in Python."""
    match: Match = Match()
    traces: Traces = Traces()
    companions: tuple[str, ...] = ()
    """Images of services that are removed with the sidecar if no other service uses them."""
    backends: tuple[str, ...] = ()
    """Images of services that the sidecar sends to. They are kept and reported."""
    instead: tuple[tuple[str, str], ...] = ()
    """Variables that replace removed variables of the sidecar, to disable the code that looks for it."""
    embedded: Embedded = Embedded()
    advice: tuple[Advice, ...] = ()
    """Advice on sidecars that are kept."""
    template: Template | None = None
    """How the sidecar is added.

    The template is None if the sidecar cannot be added, or if only the first half of the preset was read.
    """


# Built-in presets, presets of a project, and how a preset is read.

Patterns = TypeVar("Patterns", Match, Traces, Embedded)

_FOLDER: Final = "sidecars/presets"
_OWN_FOLDER: Final = ".composevariant/sidecars"
_ENDINGS: Final = (".yml", ".yaml")
_KEYS: Final = ("title", "class", "match", "traces", "companions", "backends", "instead", "embedded")
_ADVICE: Final = "advice"
TEMPLATE_KEYS: Final = ("params", "versions", "outputs", "service", "target", "config", "modes")
"""The keys of a template, listed here so that `strip` need not import `sidecars.templates`."""

_REST: Final = pattern(rf"^(?:{'|'.join((_ADVICE, *TEMPLATE_KEYS))}):", re.MULTILINE)


def preset_names() -> tuple[str, ...]:
    """Return the names of the built-in presets, in alphabetical order."""
    return tuple(sorted(file.removesuffix(".yml") for file in packaged_names(_FOLDER) if file.endswith(".yml")))


class PresetSources(Protocol):
    """Access to the presets of a project, in addition to the built-in ones."""

    @property
    def workspace(self) -> Files:
        """The files of the project."""

    @property
    def folders(self) -> Folders | None:
        """The folders of the project, or None if they cannot be listed."""

    @property
    def root(self) -> str:
        """The path of the project's folder, relative to the folder of the base file."""

    @property
    def presets(self) -> tuple[tuple[str, Mapping], ...]:
        """The presets that overlays define, by name."""


def find_preset(name: str, context: PresetSources, location: Location | None = None, *, whole: bool = False) -> Preset:
    """Return the preset `name`, which may be built in, in an overlay, or in the project's folder of presets.

    Args:
        name: The name of the preset.
        context: The access to the presets in overlays and in the project's folder of presets.
        location: The location of the name, for error messages.
        whole: Whether to also read the template and the advice, which `strip` does not need.

    Raises:
        UnusableInput: The preset does not exist or is invalid, or a project file has the name of a built-in preset.
    """
    if name in preset_names():
        if context.folders:
            raise_all(list(_hidden(name, context, context.folders)))
        return load_preset(name, whole=whole)
    own = dict(context.presets)
    if name in own:
        return read_preset(name, own[name])
    for ending in _ENDINGS if name and "/" not in name else ():
        text = context.workspace.read_text(join(context.root, f"{_OWN_FOLDER}/{name}{ending}"))
        if text is not None:
            return _parse(name, f"{_OWN_FOLDER}/{name}{ending}", text)
    known = (*preset_names(), *own)
    hint = f"known sidecars: {', '.join(known)}; define one in {_OWN_FOLDER}/{name}.yml or in sidecars: of an overlay"
    raise UnusableInput(f'"{name}" is not a known sidecar{did_you_mean(name, known)}', location, hint)


def own_names(context: PresetSources) -> list[str]:
    """Return the names of the presets in the project's folder of presets."""
    names = context.folders.inside(join(context.root, _OWN_FOLDER))[0] if context.folders else []
    return [name.rpartition(".")[0] for name in names if name.endswith(_ENDINGS)]


def _hidden(name: str, context: PresetSources, folders: Folders) -> Iterator[UnusableInput]:
    """Yield an error for each file of the project that has the name of a built-in preset."""
    for file in (f"{_OWN_FOLDER}/{name}{ending}" for ending in _ENDINGS):
        if folders.exists(join(context.root, file)):
            what = f"{name} comes with composevariant and cannot be redefined"
            yield UnusableInput(what, Location(file, 1, 1), "rename the file and use its new name in the overlay")


@cache
def load_preset(name: str, *, whole: bool = False) -> Preset:
    """Return a built-in preset. The cache is safe because presets are the same for every project.

    The advice and the template come last in the file and are parsed only if `whole` is true, to keep `strip` fast.
    """
    text = read_packaged(f"{_FOLDER}/{name}.yml").text
    rest = None if whole else _REST.search(text)
    return _parse(name, f"presets/{name}.yml", text[: rest.start()] if rest else text)


def _parse(name: str, file: str, text: str) -> Preset:
    from composevariant.yamltext import parse

    root = parse(Source(file, text)).root
    if root is None:
        raise UnusableInput(f"{file}: the preset {name} is empty")
    return read_preset(name, root)


def read_preset(name: str, node: Node, where: str = "") -> Preset:
    """Return the preset that a mapping describes.

    `where` is the path of the mapping if the mapping is part of an overlay.

    Raises:
        UnusableInput: The mapping is not a valid preset. Several problems are raised as `SeveralErrors`.
    """
    problems: list[ComposeVariantError] = []
    value = Value(node, where, problems).fields()
    value.check_keys((*_KEYS, _ADVICE, *TEMPLATE_KEYS))
    preset = Preset(
        name=name,
        title=value.read("title", Value.text, name),
        sort=value.read("class", one_of(*CLASSES), "collector"),
        match=value.need("match", lambda match: _patterns(match, Match), Match()),
        traces=value.read("traces", lambda traces: _patterns(traces, Traces), Traces()),
        companions=value.read("companions", Value.texts, ()),
        backends=value.read("backends", Value.texts, ()),
        instead=value.read("instead", _instead, ()),
        embedded=value.read("embedded", lambda embedded: _patterns(embedded, Embedded), Embedded()),
        advice=value.read(_ADVICE, _advices, ()),
        template=_template(value),
    )
    raise_all(problems)
    return preset


def _advices(value: Value) -> tuple[Advice, ...]:
    from composevariant.sidecars.templates import read_advice

    return tuple(map(read_advice, value.items("pieces of advice")))


def _template(value: Fields) -> Template | None:
    if not any(map(value.mapping.entry, TEMPLATE_KEYS)):
        return None
    from composevariant.sidecars.templates import read_template

    return read_template(value)


def _instead(value: Value) -> tuple[tuple[str, str], ...]:
    fields = value.fields()
    fields.check_keys(("environment",))
    return fields.read("environment", _variables, ())


def _variables(value: Value) -> tuple[tuple[str, str], ...]:
    return tuple((field.key, field.value.text()) for field in value.fields().all())


def _patterns(value: Value, kind: type[Patterns]) -> Patterns:
    keys = value.fields()
    keys.check_keys(kind._fields)
    return kind(**{name: keys.read(name, Value.texts, ()) for name in kind._fields})
