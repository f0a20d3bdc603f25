"""Find references from services to other services, volumes, networks, configs, secrets and models.

The notations follow the Compose specification as compose-go 2.9.1 reads it. compose-go turns `links` and namespaces
such as `service:db` into dependencies, so Compose refuses an undefined name in any of these settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.compose.services import services_of
from composevariant.compose.variables import with_defaults
from composevariant.compose.volumes import mount_of
from composevariant.tree import OVERRIDE, RESET, Mapping, Scalar, items_at, value_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.tree import Entry, Node, Path

Kind = Literal[
    "depends_on", "links", "volumes_from", "network_mode", "pid", "ipc", "uts", "cgroup", "extends",
    "additional_contexts", "volumes", "networks", "configs", "secrets", "build.secrets", "models",
]  # fmt: skip
Target = Literal["service", "volume", "network", "config", "secret", "model"]

SECTIONS: Final[dict[Target, str]] = {
    "service": "services",
    "volume": "volumes",
    "network": "networks",
    "config": "configs",
    "secret": "secrets",
    "model": "models",
}
"""The top-level key that defines the targets of each type."""

ContainerKind = Literal["network_mode", "pid", "ipc", "volumes_from", "external_links"]


class Reference(NamedTuple):
    """A setting that names something defined elsewhere in the project.

    Variables are replaced by their defaults from the file. A name is left out if it contains a variable without a
    default. The `default` network is included, although projects need not define it.
    """

    user: str
    """The service that contains the reference, or an empty string at the top level."""
    kind: Kind
    target: Target
    name: str
    path: Path
    """The path to delete in order to remove the reference. This is a list item, a mapping entry or a whole setting."""
    node: Node
    """The node of the name, which is the key of a mapping entry or the scalar that contains the name."""
    required: bool
    """False for `depends_on` with `required: false`. Compose refuses an undefined name even then."""


class ContainerReference(NamedTuple):
    """A setting that names a container instead of a service. Compose does not check container names."""

    user: str
    kind: ContainerKind
    name: str
    path: Path
    node: Node


class _FoundName(NamedTuple):
    """A name inside a setting, with its node and its path relative to the setting."""

    name: str
    path: Path
    node: Node
    required: bool = True


def references(tree: Mapping) -> Iterator[Reference]:
    """Yield every reference in the project, service by service."""
    for user, service in services_of(tree).items():
        yield from service_references(user, service)


def service_references(user: str, service: Mapping, *targets: Target) -> Iterator[Reference]:
    """Yield the references of the service named `user`. With `targets`, yield only references to these types."""
    for entry in _settings(service):
        setting = entry.key.text
        for kind, target, read in _TABLE.get(setting, ()):
            if not targets or target in targets:
                for name, below, node, required in read(entry.value):
                    yield Reference(user, kind, target, name, ("services", user, setting, *below), node, required)


def container_references(tree: Mapping) -> Iterator[ContainerReference]:
    """Yield every `container:<name>` and every item of `external_links`, service by service."""
    for user, service in services_of(tree).items():
        yield from service_container_references(user, service)


def service_container_references(user: str, service: Mapping) -> Iterator[ContainerReference]:
    """Yield the containers that the service named `user` refers to."""
    for entry in _settings(service):
        if row := _CONTAINERS.get(entry.key.text):
            kind, read = row
            for name, below, node, _ in read(entry.value):
                yield ContainerReference(user, kind, name, ("services", user, kind, *below), node)


def _settings(service: Mapping) -> Iterator[Entry]:
    """Yield the settings that take effect, without `!reset` settings.

    Compose ignores tags inside a value tagged `!override`.
    """
    return (entry for entry in service.entries if entry.value.tag != RESET or service.tag == OVERRIDE)


def _text(node: Node | None) -> str | None:
    """Return the text of a scalar with variables replaced by their defaults, or None."""
    if not isinstance(node, Scalar) or node.meaning.kind == "null":
        return None
    return with_defaults(node.text) if "$" in node.text else node.text


def _items(node: Node | None) -> Iterator[_FoundName]:
    for index, item in enumerate(items_at(node)):
        text = _text(item)
        if text:
            yield _FoundName(text, (index,), item)


def _names(node: Node) -> Iterator[_FoundName]:
    """Yield the names in a list, or the keys of a mapping."""
    if not isinstance(node, Mapping):
        yield from _items(node)
        return
    for entry in node.entries:
        needed = value_at(entry.value, "required")
        required = not (isinstance(needed, Scalar) and needed.meaning.value is False)
        yield _FoundName(entry.name, (entry.name,), entry.key, required)


def _links(node: Node) -> Iterator[_FoundName]:
    for found in _items(node):
        yield found._replace(name=found.name.partition(":")[0])


def _volumes_from(node: Node) -> Iterator[_FoundName]:
    for found in _links(node):
        if found.name != "container":
            yield found


def _sources(node: Node | None) -> Iterator[_FoundName]:
    """Yield the names of configs or secrets, which are either items or the `source` of items."""
    for index, item in enumerate(items_at(node)):
        source = item.get("source") if isinstance(item, Mapping) else item
        text = _text(source)
        if text and source is not None:
            yield _FoundName(text, (index,), source)


def _volumes(node: Node) -> Iterator[_FoundName]:
    for index, item in enumerate(items_at(node)):
        mount = mount_of(item)
        if mount is not None and mount.type == "volume" and mount.source:
            source = item.get("source") if isinstance(item, Mapping) else item
            yield _FoundName(mount.source, (index,), source or item)


def _below(node: Node | None, prefix: str) -> Iterator[_FoundName]:
    text = _text(node)
    if node is not None and text is not None and text.startswith(prefix) and text != prefix:
        yield _FoundName(text.removeprefix(prefix), (), node)


def _container(node: Node) -> Iterator[_FoundName]:
    return _below(node, "container:")


def _volumes_from_container(node: Node) -> Iterator[_FoundName]:
    for found in _items(node):
        if found.name.startswith("container:"):
            yield found._replace(name=found.name.split(":")[1])


def _namespace(node: Node) -> Iterator[_FoundName]:
    return _below(node, "service:")


def _extends(node: Node) -> Iterator[_FoundName]:
    """Yield the service that `extends` names, unless that service is in another file (`file:`)."""
    if isinstance(node, Mapping):
        service = node.get("service")
        if node.get("file") is not None or service is None:
            return
        node = service
    text = _text(node)
    if text:
        yield _FoundName(text, (), node)


def _build_secrets(build: Node) -> Iterator[_FoundName]:
    for found in _sources(value_at(build, "secrets")):
        yield found._replace(path=("secrets", *found.path))


def _additional_contexts(build: Node) -> Iterator[_FoundName]:
    contexts = value_at(build, "additional_contexts")
    if isinstance(contexts, Mapping):
        for entry in contexts.entries:
            for found in _below(entry.value, "service:"):
                yield found._replace(path=("additional_contexts", entry.name))
    for found in _items(contexts):
        context = found.name.partition("=")[2]
        if context.startswith("service:"):
            yield found._replace(name=context.removeprefix("service:"), path=("additional_contexts", *found.path))


class _Row(NamedTuple):
    kind: Kind
    target: Target
    read: Callable[[Node], Iterator[_FoundName]]


_NAMESPACES: Final[tuple[Kind, ...]] = ("network_mode", "pid", "ipc", "uts", "cgroup")
_TABLE: Final[dict[str, tuple[_Row, ...]]] = {
    "depends_on": (_Row("depends_on", "service", _names),),
    "links": (_Row("links", "service", _links),),
    "volumes_from": (_Row("volumes_from", "service", _volumes_from),),
    **{kind: (_Row(kind, "service", _namespace),) for kind in _NAMESPACES},
    "extends": (_Row("extends", "service", _extends),),
    "build": (
        _Row("additional_contexts", "service", _additional_contexts),
        _Row("build.secrets", "secret", _build_secrets),
    ),
    "volumes": (_Row("volumes", "volume", _volumes),),
    "networks": (_Row("networks", "network", _names),),
    "configs": (_Row("configs", "config", _sources),),
    "secrets": (_Row("secrets", "secret", _sources),),
    "models": (_Row("models", "model", _names),),
}
"""The settings of a service that contain references, and the functions that read these settings."""

_CONTAINERS: Final[dict[str, tuple[ContainerKind, Callable[[Node], Iterator[_FoundName]]]]] = {
    "network_mode": ("network_mode", _container),
    "pid": ("pid", _container),
    "ipc": ("ipc", _container),
    "volumes_from": ("volumes_from", _volumes_from_container),
    "external_links": ("external_links", _links),
}
"""The settings of a service that can name containers, and the functions that read these settings."""
