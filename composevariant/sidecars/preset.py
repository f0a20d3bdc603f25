"""What a preset says about a sidecar. Presets are data: the fields are the YAML keys, and none has code of its own.

In every pattern `*` stands for any text. Patterns for images, names and files are compared word by word: letter case
does not count, and `_` and `.` count as `-`, so `*-filebeat` fits the service `prod_filebeat` as well as the file
`Dockerfile.filebeat`. Patterns for labels, variables, paths in the container and keys count letter by letter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from composevariant.sidecars.template import Template

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
