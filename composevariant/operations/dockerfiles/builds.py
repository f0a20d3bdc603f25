"""The build of a service, with settings inherited through `extends` and the paths of the files."""

from __future__ import annotations

from posixpath import expanduser, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import with_defaults
from composevariant.compose.merge import base_name
from composevariant.source import Source
from composevariant.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from composevariant.file_views import Files
    from composevariant.tree import Node

DEFAULT_DOCKERFILE: Final = "Dockerfile"
_REMOTE: Final = ("github.com/", "git@", "service:")


class Argument(NamedTuple):
    """A build argument with its value and node.

    Variables are replaced by their in-file defaults. An unknown value is None.
    """

    value: str | None
    node: Node


class Build(NamedTuple):
    """The `build` of a service. Each setting is either its own or inherited through `extends`."""

    service: str
    node: Node
    """The `build` of the service, or else of the nearest service that it extends."""
    context: Scalar | None
    dockerfile: Scalar | None
    inline: Scalar | None
    inline_of: str
    """The service that sets `dockerfile_inline`, or an empty string."""
    target: Scalar | None
    arguments: Table[str, Argument]
    elsewhere: str
    """The other file that the service extends if that file may contain settings of this build, or an empty string."""

    @property
    def name(self) -> str:
        """The name of the Dockerfile as written in the Compose file."""
        return self.dockerfile.text if self.dockerfile else DEFAULT_DOCKERFILE

    @property
    def shown(self) -> str:
        """The name of the Dockerfile that messages show."""
        return "dockerfile_inline" if self.inline else self.name

    @property
    def inline_source(self) -> Source | None:
        """The Dockerfile from `dockerfile_inline`, with variables replaced by their defaults."""
        return Source("dockerfile_inline", with_defaults(self.inline.text) or "") if self.inline else None

    def source_in(self, files: Files) -> Source | None:
        """Return the Dockerfile, or None if it does not exist or its path is unknown."""
        if self.inline is not None:
            return self.inline_source
        path = self.path_of(self.name)
        text = files.read_text(path) if path else None
        return Source(path, text) if path and text is not None else None

    def why_unknown(self, dockerfile: str) -> str:
        """Return why the path of a Dockerfile of this build is unknown, or an empty string if the path is known."""
        if self.elsewhere:
            return f"part of its build is in {self.elsewhere}, which it extends"
        context = self.context.text if self.context else "."
        for key, text in (("context", context), ("Dockerfile", dockerfile)):
            known = with_defaults(text)
            if known is None:
                return f"its {key} {text} has a variable without a default"
            if _is_remote(known):
                return f"its {key} {text} is remote"
        return ""

    def path_of(self, dockerfile: str) -> str | None:
        """Return the path of a Dockerfile of this build relative to the root of `Files`, or None if it is unknown."""
        if self.why_unknown(dockerfile):
            return None
        context = with_defaults(self.context.text if self.context else ".") or "."
        if context.startswith("~"):
            context = join(expanduser("~"), context[1:].lstrip("/"))  # also `~name`, as Compose does
        return normpath(join(context, with_defaults(dockerfile) or DEFAULT_DOCKERFILE))


def build_of(services: Table[str, Mapping], service: str) -> Build | None:
    """Return the build of a service, or None if the service has no build."""
    owners = [name for name in lineage(services, service) if _build(services[name]) is not None]
    builds = [build for name in owners if (build := _build(services[name])) is not None]
    if not builds:
        return None
    name_at, name = _first(builds, "dockerfile")
    inline_at, inline = _first(builds, "dockerfile_inline")
    context = _first(builds, "context")[1]
    return Build(
        service=service,
        node=builds[0],
        context=context,
        dockerfile=name if name_at <= inline_at else None,
        inline=inline if inline_at < name_at else None,
        inline_of=owners[inline_at] if inline else "",
        target=_first(builds, "target")[1],
        arguments={key: value for build in reversed(builds) for key, value in _arguments(build)},
        elsewhere="" if context and (name or inline) else _other_file(services, service),
    )


def lineage(services: Table[str, Mapping], service: str) -> list[str]:
    """Return the chain from a service through the services that it extends, as far as they are in this file."""
    names: list[str] = []
    while service in services and service not in names:
        names.append(service)
        service = base_name(services[service])
    return names


def _other_file(services: Table[str, Mapping], service: str) -> str:
    extends = services[lineage(services, service)[-1]].get("extends")
    file = extends.get("file") if isinstance(extends, Mapping) else None
    return file.text if isinstance(file, Scalar) else ""


def _build(service: Mapping) -> Node | None:
    build = service.get("build")
    return build if isinstance(build, Mapping) or _text(build) is not None else None


def _first(builds: list[Node], key: str) -> tuple[int, Scalar | None]:
    """Return the position and value of a setting in the first build that has the setting."""
    for at, build in enumerate(builds):
        value = build.get(key) if isinstance(build, Mapping) else build if key == "context" else None
        text = _text(value)
        if text is not None and (text.text or key == "context"):
            return at, text
    return len(builds), None


def _text(node: Node | None) -> Scalar | None:
    return node if isinstance(node, Scalar) and node.meaning.kind != "null" else None


def _arguments(build: Node) -> Iterator[tuple[str, Argument]]:
    arguments = build.get("args") if isinstance(build, Mapping) else None
    if isinstance(arguments, Mapping):
        for entry in arguments.entries:
            text = _text(entry.value)
            yield entry.name, Argument(with_defaults(text.text) if text else None, entry.key)
    elif isinstance(arguments, Sequence):
        for item in arguments.items:
            name, equals, value = item.text.partition("=") if isinstance(item, Scalar) else ("", "", "")
            known = with_defaults(name)
            if known:
                yield known, Argument(with_defaults(value) if equals else None, item)


def _is_remote(text: str) -> bool:
    """Return whether Compose 2.40.3 treats the text as something other than a path.

    It treats `host:path` as a path (measured).
    """
    return "://" in text or text.startswith(_REMOTE)
