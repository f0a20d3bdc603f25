"""What a preset says about a sidecar. Presets are data: the fields are the YAML keys, and none has code of its own.

In every pattern `*` stands for any text. Patterns for images, names and files are compared word by word: letter case
does not count, and `_` and `.` count as `-`, so `*-filebeat` fits the service `prod_filebeat` as well as the file
`Dockerfile.filebeat`. Patterns for labels, variables, paths in the container and keys count letter by letter.
"""

from __future__ import annotations

import re
from functools import cache
from posixpath import join
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol, TypeVar

from composevariant.disk import packaged_names, read_packaged
from composevariant.errors import ComposeVariantError, UnusableInput, did_you_mean, raise_all
from composevariant.source import Location
from composevariant.tree import Value, one_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.file_views import Files, Folders
    from composevariant.sidecars.templates import Template
    from composevariant.tree import Fields, Mapping, Node

SidecarClass = Literal["collector", "receiver", "path", "controller"]
"""Whether a sidecar fetches from the services, is sent to, stands in their traffic, or acts on their containers."""


CLASSES: Final[tuple[SidecarClass, ...]] = ("collector", "receiver", "path", "controller")


class Match(NamedTuple):
    """How a service is recognised. What each kind of evidence is worth: `sidecars.detect`."""

    images: tuple[str, ...] = ()
    """The image without registry, tag and digest; a pattern with n slashes is compared with the last n + 1 parts."""
    except_images: tuple[str, ...] = ()
    """Images that are certainly something else."""
    app_images: tuple[str, ...] = ()
    """Images of apps that have the sidecar inside: a service with one is at most a candidate."""
    commands: tuple[str, ...] = ()
    """The program that the service runs."""
    mounts: tuple[str, ...] = ()
    """Where only this sidecar has something mounted: its own directories in its own image."""
    names: tuple[str, ...] = ()
    """The service's name, `container_name` or `hostname`."""
    dockerfiles: tuple[str, ...] = ()
    """The file name of the Dockerfile."""
    contexts: tuple[str, ...] = ()
    """The name of the folder that is built."""
    sources: tuple[str, ...] = ()
    """The file name of what is mounted."""
    watches: tuple[str, ...] = ()
    """What is mounted, all of it, by this and other sidecars."""


class Traces(NamedTuple):
    """What a sidecar leaves on the services that it serves."""

    labels: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    mounts: tuple[str, ...] = ()
    """Directories and files in an app's container that are there for the sidecar alone."""
    fragments: tuple[str, ...] = ()
    """Top-level `x-` keys."""
    files: tuple[str, ...] = ()
    """The names of files in `env_file` and `label_file`."""
    own_labels: tuple[str, ...] = ()
    """The text before the name of a label in the sidecar's configuration."""
    log_drivers: tuple[str, ...] = ()
    """Log drivers that send to nothing but this sidecar."""
    words: tuple[str, ...] = ()
    """How scripts and other files of a project speak of it."""


class Embedded(NamedTuple):
    """What it looks like in an app's image, where no service of its own is it."""

    words: tuple[str, ...] = ()
    """Words, not patterns, in a command, a path or an address that is about it."""
    repositories: tuple[str, ...] = ()
    """Addresses and files of package repositories that have it, without its name in them."""
    neighbours: tuple[str, ...] = ()
    """Words for other things in these repositories, which stay where one of them is installed."""
    log_settings: tuple[str, ...] = ()
    """The settings of its configuration that say which log files it reads."""


class Advice(NamedTuple):
    """Something that keeps a sidecar from working as it is meant to. Texts are looked for by regular expressions."""

    says: str
    versions: tuple[str, ...] = ()
    """The versions that it is about, by the tag of the image; without them, all."""
    command: str = ""
    """What is wrong in a command line."""
    config: str = ""
    """What is wrong in the configuration."""
    unless: str = ""
    """What makes it right, elsewhere in the same text."""
    unique: str = ""
    """What must not be twice the same in one configuration: the first group."""
    mount: str = ""
    """Where something must be mounted."""
    alone: str = ""
    """Where no two of these sidecars may mount the same."""


class Preset(NamedTuple):
    """A sidecar as data."""

    name: str
    title: str
    """The name in messages."""
    sort: SidecarClass = "collector"
    """The YAML key is `class`, which Python keeps for itself."""
    match: Match = Match()
    traces: Traces = Traces()
    companions: tuple[str, ...] = ()
    """Images of services that go along when nobody but the sidecar uses them."""
    backends: tuple[str, ...] = ()
    """Images of services that the sidecar sends to. They stay, and the report says so."""
    instead: tuple[tuple[str, str], ...] = ()
    """Variables for services that lost variables of the sidecar: they tell what looks for it that it is gone."""
    embedded: Embedded = Embedded()
    advice: tuple[Advice, ...] = ()
    """For those that stay."""
    template: Template | None = None
    """How it is added; None where it cannot be, and where nobody asked."""


# The presets that come with composevariant, those of a project, and how a preset is read.

Patterns = TypeVar("Patterns", Match, Traces, Embedded)


_FOLDER: Final = "sidecars/presets"


_OWN_FOLDER: Final = ".composevariant/sidecars"


_ENDINGS: Final = (".yml", ".yaml")


_KEYS: Final = ("title", "class", "match", "traces", "companions", "backends", "instead", "embedded")


_ADVICE: Final = "advice"


TEMPLATE_KEYS: Final = ("params", "versions", "outputs", "service", "target", "config", "modes")
"""Those of `sidecars.template`, which to strip a sidecar need not be loaded."""


_REST: Final = re.compile(rf"^(?:{'|'.join((_ADVICE, *TEMPLATE_KEYS))}):", re.MULTILINE)


def preset_names() -> tuple[str, ...]:
    """The names of the presets that come with composevariant, in alphabetical order."""
    return tuple(sorted(file.removesuffix(".yml") for file in packaged_names(_FOLDER) if file.endswith(".yml")))


class PresetSources(Protocol):
    """Where presets are looked up, apart from those of the package."""

    @property
    def workspace(self) -> Files:
        """The files of the project."""

    @property
    def folders(self) -> Folders | None:
        """The folders of the project, if there are any."""

    @property
    def root(self) -> str:
        """The path of the project's folder, relative to that of the base file."""

    @property
    def presets(self) -> tuple[tuple[str, Mapping], ...]:
        """The presets that overlays define, by name."""


def find_preset(name: str, context: PresetSources, location: Location | None = None, *, whole: bool = False) -> Preset:
    """The preset of that name: one that comes along, one of the overlay, or one of the project's folder of presets.

    Args:
        name: What it is called.
        context: Knows the presets of overlays, and the project's folder.
        location: Where it is asked for.
        whole: Whether how it is added matters, or what to look at where it stays; to strip it, half the file is enough.

    Raises:
        UnusableInput: there is none, it is wrong, or a file of the project's own has the name of one that comes along.
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
            return _parsed(name, f"{_OWN_FOLDER}/{name}{ending}", text)
    known = (*preset_names(), *own)
    hint = f"known are {', '.join(known)}; a file {_OWN_FOLDER}/{name}.yml or the key sidecars: of an overlay adds one"
    raise UnusableInput(f'"{name}" is not a known sidecar{did_you_mean(name, known)}', location, hint)


def own_names(context: PresetSources) -> list[str]:
    """The names of the presets in the project's own folder for them."""
    names = context.folders.inside(join(context.root, _OWN_FOLDER))[0] if context.folders else []
    return [name.rpartition(".")[0] for name in names if name.endswith(_ENDINGS)]


def _hidden(name: str, context: PresetSources, folders: Folders) -> Iterator[UnusableInput]:
    """Files of the project that describe a sidecar which comes along: either of the two would not count."""
    for file in (f"{_OWN_FOLDER}/{name}{ending}" for ending in _ENDINGS):
        if folders.exists(join(context.root, file)):
            what = f"{name} comes with composevariant, and cannot be defined again"
            yield UnusableInput(what, Location(file, 1, 1), "give the file another name, and name that in the overlay")


@cache
def load_preset(name: str, *, whole: bool = False) -> Preset:
    """A preset that comes along. It is program data, the same for every project of a call.

    Advice and how it is added stand last in its file, and are only read when the `whole` is asked for: to strip is to
    be quick.
    """
    text = read_packaged(f"{_FOLDER}/{name}.yml").text
    rest = None if whole else _REST.search(text)
    return _parsed(name, f"presets/{name}.yml", text[: rest.start()] if rest else text)


def _parsed(name: str, file: str, text: str) -> Preset:
    from composevariant.source import Source
    from composevariant.yamltext import parse

    root = parse(Source(file, text)).root
    if root is None:
        raise UnusableInput(f"{file}: the preset {name} is empty")
    return read_preset(name, root)


def read_preset(name: str, node: Node, where: str = "") -> Preset:
    """The preset that a mapping describes; `where` is the setting that holds it, if it is not a file of its own.

    Raises:
        UnusableInput: it is no preset; several problems come together as `SeveralErrors`.
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
