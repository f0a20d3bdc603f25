"""Sidecars inside the images that services build."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose.services import services_of, text_of, texts_of
from composevariant.compose.variables import with_defaults
from composevariant.errors import UnusableInput
from composevariant.operations.dockerfile_builds import build_of
from composevariant.operations.outcome import found_by
from composevariant.sidecars.presets import find_preset
from composevariant.source import Source
from composevariant.tree import Scalar, location_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.dockerfile.embedded.pieces import Inside
    from composevariant.dockerfile.rungs.rung import Order
    from composevariant.operations.dockerfile_builds import Build
    from composevariant.operations.outcome import Context, Folders, Note
    from composevariant.overlay import Strip
    from composevariant.sidecars.preset import Preset
    from composevariant.tree import Mapping

CHECK: Final = "dockerfile.sidecar"
_DOES: Final = {"install": "installed", "configuration": "configured", "start": "started"}
_SCRIPTS: Final = (".sh", ".conf", ".ini", "Procfile")


def with_sidecars(order: Order, presets: Iterable[Preset], services: Table[str, Mapping]) -> Order:
    """The order for an image without these sidecars."""
    from composevariant.dockerfile.rungs.rung import Started

    starts = [
        Started(f"services.{name}.{setting}", text)
        for name in order.services
        for setting in ("entrypoint", "command")
        if (text := _words(services[name], setting))
    ]
    return order._replace(sidecars=tuple(presets), starts=tuple(starts))


def _words(service: Mapping, setting: str) -> str:
    node = service.get(setting)
    return text_of(node) if isinstance(node, Scalar) else " ".join(texts_of(node))


def left_in_images(tree: Mapping, strips: Iterable[Strip], context: Context) -> Iterator[Note]:
    """Sidecars that are to be stripped and that a service's image still has: what of it, and where.

    The Dockerfiles are those that the services end up with. They are only looked at: the variant does not depend on
    what they say.
    """
    services = services_of(tree)
    if context.folders is None or all(service.entry("build") is None for service in services.values()):
        return
    glances = _Glances(context.folders)
    for wanted in strips:
        preset = find_preset(wanted.sidecar, context, wanted.location)
        for name in services if preset.embedded.words else ():
            build = build_of(services, name) if name not in wanted.excepted else None
            if build is not None:
                yield from _left(build, preset, glances)


class _Glances(NamedTuple):
    """The files of the project for reports alone."""

    folders: Folders

    def read_text(self, path: str) -> str | None:
        return self.folders.glance(path)

    def is_file(self, path: str) -> bool:
        return self.folders.exists(path)


def _left(build: Build, preset: Preset, files: _Glances) -> Iterator[Note]:
    source = _source(build, files)
    if source is None or not _may_speak(source.text, preset.embedded.words):
        return
    inside = _look_inside(build, source, preset, files)
    if inside is None or not inside.pieces:
        return
    places: dict[str, None] = {}
    for kind, does in _DOES.items():
        found = dict.fromkeys(
            f"{piece.location.file}:{piece.location.line}" for piece in inside.pieces if piece.kind == kind
        )
        places |= {f"{does} by {', '.join(found)}": None} if found else {}
    message = f"{preset.title} is still in the image: {'; '.join(places)}"
    written = map(location_of, (build.dockerfile, build.inline, build.context, build.node))  # a new node has no place
    place = next(filter(None, written), inside.pieces[0].location)
    yield found_by(CHECK, "warning", build.service, message, place)


def _source(build: Build, files: _Glances) -> Source | None:
    if build.inline is not None:
        return Source("dockerfile_inline", with_defaults(build.inline.text) or "")
    path = build.path_of(build.name)
    text = files.read_text(path) if path else None
    return Source(path, text) if path and text is not None else None


def _may_speak(text: str, words: tuple[str, ...]) -> bool:
    """A quick look before a closer one: at the Dockerfile, and at the names of scripts that it copies."""
    small = text.lower()
    if any(word.lower() in small for word in words):
        return True
    copying = (line for line in text.splitlines() if line.lstrip()[:4].upper() in ("COPY", "ADD "))
    return any(word.endswith(_SCRIPTS) for line in copying for word in line.split())


def _look_inside(build: Build, source: Source, preset: Preset, files: _Glances) -> Inside | None:
    from composevariant.dockerfile.context import BuildContext
    from composevariant.dockerfile.embedded.inside import look_inside
    from composevariant.dockerfile.stages import read_dockerfile

    try:
        dockerfile = read_dockerfile(source)
    except UnusableInput:
        return None
    target = with_defaults(build.target.text) if build.target else ""
    context = BuildContext(files, dirname(build.path_of("x") or "/"))
    return look_inside(dockerfile, preset, context, None if target is None else frozenset((target,)))
