"""Sidecars inside the images that services build."""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import services_of, text_of, texts_of, with_defaults
from composevariant.errors import UnusableInput
from composevariant.findings import Note, found_by
from composevariant.operations.dockerfiles.builds import build_of
from composevariant.operations.dockerfiles.plan import dockerfile_path
from composevariant.sidecars import find_preset
from composevariant.tree import Scalar, location_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.fast_dockerfile import BuildRequest, SidecarFindings
    from composevariant.file_views import Folders
    from composevariant.operations.context import Context
    from composevariant.operations.dockerfiles.builds import Build
    from composevariant.sidecars import Preset
    from composevariant.source import Source
    from composevariant.tree import Mapping

CHECK: Final = "dockerfile.sidecar"
_DOES: Final = {"install": "installed", "configuration": "configured", "start": "started"}
_SCRIPTS: Final = (".sh", ".conf", ".ini", "Procfile")


def with_sidecars(order: BuildRequest, presets: Iterable[Preset], services: Table[str, Mapping]) -> BuildRequest:
    """The order for an image without these sidecars."""
    from composevariant.fast_dockerfile import StartOverride

    starts = [
        StartOverride(f"services.{name}.{setting}", text)
        for name in order.services
        for setting in ("entrypoint", "command")
        if (text := _words(services[name], setting))
    ]
    return order._replace(sidecars=tuple(presets), starts=tuple(starts))


def _words(service: Mapping, setting: str) -> str:
    node = service.get(setting)
    return text_of(node) if isinstance(node, Scalar) else " ".join(texts_of(node))


def left_in_images(tree: Mapping, context: Context) -> Iterator[Note]:
    """Sidecars that are to be stripped and that a service's image still has: what of it, and where.

    The Dockerfiles are those that the services end up with. They are only looked at: the variant does not depend on
    what they say.
    """
    services = services_of(tree)
    if context.folders is None or all(service.entry("build") is None for service in services.values()):
        return
    glances = _Glances(context.folders)
    for wanted in context.strips:
        preset = find_preset(wanted.sidecar, context, wanted.location)
        looked = _Looked(preset, glances)
        for name in services if preset.embedded.words else ():
            build = build_of(services, name) if name not in wanted.excepted else None
            inside = looked.inside(build) if build is not None else None
            if build is not None and inside is not None and inside.findings:
                yield _note(build, preset, inside)


class _Glances(NamedTuple):
    """The files of the project for reports alone."""

    folders: Folders

    def read_text(self, path: str) -> str | None:
        return self.folders.glance(path)

    def is_file(self, path: str) -> bool:
        return self.folders.exists(path)


def _note(build: Build, preset: Preset, inside: SidecarFindings) -> Note:
    places: list[str] = []
    for kind, does in _DOES.items():
        where = [finding.location for finding in inside.findings if finding.kind == kind]
        found = dict.fromkeys(f"{place.file}:{place.line}" for place in where)
        places += [f"{does} by {', '.join(found)}"] if found else []
    written = map(location_of, (build.dockerfile, build.inline, build.context, build.node))  # a new node has no place
    place = next(filter(None, written), inside.findings[0].location)
    names = {"sidecar": preset.title, "places": "; ".join(places)}
    return found_by(CHECK, "warning", dockerfile_path(build), place, **names)


class _Looked:
    """What the Dockerfiles of a project have of one sidecar; each is looked at once for all services it builds."""

    def __init__(self, preset: Preset, files: _Glances) -> None:
        self._preset = preset
        self._files = files
        self._known: dict[tuple[str, ...], SidecarFindings | None] = {}

    def inside(self, build: Build) -> SidecarFindings | None:
        source = build.source_in(self._files)
        if source is None:
            return None
        folder = dirname(build.path_of("x") or "/")
        key = (source.name, source.text, folder, build.target.text if build.target else "")
        if key not in self._known:
            may = self._may_speak(source.text, folder)
            self._known[key] = _look_inside(build, source, self._preset, self._files) if may else None
        return self._known[key]

    def _may_speak(self, text: str, folder: str) -> bool:
        """A quick look before a closer one: at the Dockerfile, and at scripts of the context that it names."""
        if self._says(text):
            return True
        names = {word.strip("[]\"',/") for word in text.split() if word.rstrip("]\"',").endswith(_SCRIPTS)}
        paths = {name.split("/", number)[-1] for name in names for number in range(name.count("/") + 1)}
        return any(self._says(self._files.read_text(normpath(join(folder, path))) or "") for path in sorted(paths))

    def _says(self, text: str) -> bool:
        small = text.lower()
        return any(word.lower() in small for word in self._preset.embedded.words)


def _look_inside(build: Build, source: Source, preset: Preset, files: _Glances) -> SidecarFindings | None:
    from composevariant.dockerfile import BuildContext, read_dockerfile
    from composevariant.fast_dockerfile import find_sidecar

    try:
        dockerfile = read_dockerfile(source)
    except UnusableInput:
        return None
    target = with_defaults(build.target.text) if build.target else ""
    context = BuildContext(files, dirname(build.path_of("x") or "/"))
    return find_sidecar(dockerfile, preset, context, None if target is None else frozenset((target,)))
