"""Sidecars inside the images that services build."""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import services_of, text_of, texts_of, with_defaults
from composevariant.errors import UnusableInput
from composevariant.findings import Note, found_by, listed, phrase
from composevariant.operations.dockerfiles.builds import build_of
from composevariant.operations.dockerfiles.plan import dockerfile_path
from composevariant.sidecars import find_preset
from composevariant.tree import Scalar, location_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.fast_dockerfile import BuildRequest, SidecarFindings
    from composevariant.file_views import Folders
    from composevariant.findings import Phrase
    from composevariant.operations.context import Context
    from composevariant.operations.dockerfiles.builds import Build
    from composevariant.sidecars import Preset
    from composevariant.source import Source
    from composevariant.tree import Mapping

CHECK: Final = "dockerfile.sidecar"
_PHRASES: Final = {
    "install": "dockerfiles.installs",
    "configuration": "dockerfiles.configures",
    "start": "dockerfiles.starts",
}
_SCRIPTS: Final = (".sh", ".conf", ".ini", "Procfile")


def with_sidecars(order: BuildRequest, presets: Iterable[Preset], services: Table[str, Mapping]) -> BuildRequest:
    """Return the request for an image without the sidecars."""
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
    """Yield a warning for each stripped sidecar that the image of a service still contains.

    The Dockerfiles are those of the finished variant, but they are not inputs of the variant.
    """
    services = services_of(tree)
    if context.folders is None or all(service.entry("build") is None for service in services.values()):
        return
    glances = _Glances(context.folders)
    for wanted in context.strips:
        preset = find_preset(wanted.sidecar, context, wanted.location)
        search = _Search(preset, glances)
        for name in services if preset.embedded.words else ():
            build = build_of(services, name) if name not in wanted.excepted else None
            inside = search.inside(build) if build is not None else None
            if build is not None and inside is not None and inside.findings:
                yield _note(build, preset, inside)


class _Glances(NamedTuple):
    """The files of the project, which are read only for reports."""

    folders: Folders

    def read_text(self, path: str) -> str | None:
        return self.folders.glance(path)

    def is_file(self, path: str) -> bool:
        return self.folders.exists(path)


def _note(build: Build, preset: Preset, inside: SidecarFindings) -> Note:
    phrases: list[Phrase] = []
    for kind, name in _PHRASES.items():
        where = [piece.location for piece in inside.findings if piece.kind == kind]
        found = dict.fromkeys(f"{place.file}:{place.line}" for place in where)
        phrases += [phrase(name, places=", ".join(found))] if found else []
    written = map(location_of, (build.dockerfile, build.inline, build.context, build.node))  # new nodes have none
    place = next(filter(None, written), inside.findings[0].location)
    places = listed(*phrases) if phrases else ""
    return found_by(CHECK, "warning", dockerfile_path(build), place, sidecar=preset.title, places=places)


class _Search:
    """A search of Dockerfiles for one sidecar. Each Dockerfile is searched once for all services that it builds."""

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
            may = self._may_contain(source.text, folder)
            self._known[key] = _look_inside(build, source, self._preset, self._files) if may else None
        return self._known[key]

    def _may_contain(self, text: str, folder: str) -> bool:
        """Return whether the Dockerfile, or a script that it names, contains a word that indicates the sidecar."""
        if self._has_word(text):
            return True
        names = {word.strip("[]\"',/") for word in text.split() if word.rstrip("]\"',").endswith(_SCRIPTS)}
        paths = {name.split("/", number)[-1] for name in names for number in range(name.count("/") + 1)}
        return any(self._has_word(self._files.read_text(normpath(join(folder, path))) or "") for path in sorted(paths))

    def _has_word(self, text: str) -> bool:
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
