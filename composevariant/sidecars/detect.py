"""Recognise services that are a given sidecar, using graded signals.

One strong signal or two medium ones are enough. A service with one medium signal is a candidate, which is reported but
not changed. Weak signals are only reported, to help the user judge a candidate.
"""

from __future__ import annotations

from posixpath import join, normpath
from typing import TYPE_CHECKING, Literal, NamedTuple

from composevariant.compose import UNKNOWN, image_path, mounts_in, pairs_of, text_of, texts_of
from composevariant.errors import ComposeVariantError, UnusableInput
from composevariant.sidecars.marker import SIDECAR
from composevariant.sidecars.patterns import fits, fits_image, fits_words, may_fit
from composevariant.source import Source
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.file_views import Files
    from composevariant.sidecars.presets import Match, Preset
    from composevariant.tree import Node


class Signal(NamedTuple):
    """One piece of evidence that a service is the sidecar."""

    strength: Literal["strong", "medium", "weak"]
    about: Literal["label", "image", "command", "mount", "name", "build", "trace"]
    reason: str


class Suspect(NamedTuple):
    """A service with at least one strong or medium signal. In an app image, such signals count as weak."""

    name: str
    signals: tuple[Signal, ...]

    @property
    def certain(self) -> bool:
        grades = [signal.strength for signal in self.signals]
        return "strong" in grades or grades.count("medium") > 1

    @property
    def has_sidecar_name(self) -> bool:
        """Whether the name or the build of the service contains the name of the sidecar."""
        return any(signal.about in ("name", "build") and signal.strength != "weak" for signal in self.signals)

    @property
    def reasons(self) -> str:
        """The reasons for the strong signals, or for all signals if none is strong."""
        strong = [signal for signal in self.signals if signal.strength == "strong"]
        return ", ".join(signal.reason for signal in strong or self.signals)


def find_suspects(
    services: Table[str, Mapping], among: Iterable[str], preset: Preset, workspace: Files
) -> list[Suspect]:
    """Return the services in `among` that are or may be the sidecar. Inherited settings are taken into account."""
    found = []
    for name in among:
        service = services[name]
        whole = _with_bases(service, services)
        signals = tuple(_signals(name, whole, preset, workspace))
        if signals:
            found.append(Suspect(name, (*signals, *_weak_signals(whole, preset))))
    return found


def _with_bases(service: Mapping, services: Table[str, Mapping]) -> Mapping:
    if service.entry("extends") is None:
        return service
    from composevariant.compose.merge import resolve_extends

    try:
        return resolve_extends(service, services, services)
    except ComposeVariantError:  # Compose also refuses this file, and the validation reports it
        return service


def _signals(name: str, service: Mapping, preset: Preset, workspace: Files) -> Iterator[Signal]:
    match = preset.match
    if any(label.key == SIDECAR and label.value == preset.name for label in pairs_of(service.get("labels"))):
        yield Signal("strong", "label", f"label {SIDECAR}")
    image = text_of(service.get("image"))
    if fits_image(image, match.except_images):
        return
    is_app = fits_image(image, match.app_images)
    if fits_image(image, match.images):
        yield Signal("strong", "image", f"image {_readable(image)}")
    for signal in (
        *_program(service, match, image),
        *_mounts(service, match),
        *_names(name, service, match),
        *_build(service, match, workspace),
    ):
        yield signal._replace(strength="weak") if is_app else signal


def _program(service: Mapping, match: Match, image: str) -> Iterator[Signal]:
    """Yield the signal of the program.

    The signal is only medium if the image may belong to an app that also starts the program.
    """
    words = [*texts_of(service.get("entrypoint")), *texts_of(service.get("command"))]
    if not any(may_fit(word, match.commands) for word in words):
        return
    from composevariant.sidecars.programs import program_of

    program = program_of(service)
    if fits(program.name, match.commands):
        app = image and UNKNOWN not in image_path(image).rpartition("/")[2] and not fits_image(image, match.images)
        yield Signal("medium" if app or not program.alone else "strong", "command", f"command {program.name}")


def _mounts(service: Mapping, match: Match) -> Iterator[Signal]:
    patterns = (*match.mounts, *match.sources)
    mounts = [placed.mount for placed in mounts_in(service, lambda text: may_fit(text, patterns))]
    own = next((mount.target for mount in mounts if fits(mount.target, match.mounts)), "")
    if own:
        yield Signal("strong", "mount", f"mount at {own}")
    files = (mount.source for mount in mounts if mount.type in ("bind", ""))
    source = next((file for file in files if fits_words(file.rpartition("/")[2], match.sources)), "")
    if source:
        yield Signal("medium", "mount", f"mount of {source}")


def _names(name: str, service: Mapping, match: Match) -> Iterator[Signal]:
    for known in (name, text_of(service.get("container_name")), text_of(service.get("hostname"))):
        if known and fits_words(known, match.names):
            yield Signal("medium", "name", f"name {_readable(known)}")
            return


def _build(service: Mapping, match: Match, workspace: Files) -> Iterator[Signal]:
    build = service.get("build")
    if build is None:
        return
    folder, file = (text.rstrip("/").rpartition("/")[2] for text in context_and_file(build))
    if fits_words(file, match.dockerfiles):
        yield Signal("medium", "build", f"Dockerfile {_readable(file)}")
    elif fits_words(folder, match.contexts):
        yield Signal("medium", "build", f"build context {_readable(folder)}")
    base = final_image(build, match.images, workspace)
    if base and fits_image(base, match.images):
        yield Signal("strong", "build", f"image {base} that the Dockerfile builds on")


def _weak_signals(service: Mapping, preset: Preset) -> Iterator[Signal]:
    """Yield signals for mounts that other sidecars also have, and for traces of the sidecar on this service."""
    watches = preset.match.watches
    if watches and {placed.mount.source for placed in mounts_in(service)}.issuperset(watches):
        yield Signal("weak", "mount", f"mounts of {' and '.join(watches)}")
    for setting, about, patterns in (
        ("environment", "variable", preset.traces.environment),
        ("labels", "label", preset.traces.labels),
    ):
        name = next((pair.key for pair in pairs_of(service.get(setting)) if fits(pair.key, patterns)), "")
        if name:
            yield Signal("weak", "trace", f"{about} {name}")


def _readable(text: str) -> str:
    return text.replace(UNKNOWN, "…")


# The final image of a service's Dockerfile.


def context_and_file(build: Node | None) -> tuple[str, str]:
    """Return the context and the Dockerfile as written in the file, or Compose's defaults for missing values."""
    if not isinstance(build, Mapping):
        return text_of(build), "Dockerfile"
    return text_of(build.get("context")) or ".", text_of(build.get("dockerfile")) or "Dockerfile"


def final_image(build: Node | None, images: tuple[str, ...], workspace: Files) -> str:
    """Return the base image of the target stage.

    The result is an empty string if no `FROM` in the file mentions one of `images`.
    """
    _, text = dockerfile_of(build, workspace)
    if not any(may_fit(line, images) for line in text.splitlines() if line.lstrip()[:4].upper() == "FROM"):
        return ""
    return _base_image(text, text_of(build.get("target")) if isinstance(build, Mapping) else "")


def dockerfile_of(build: Node | None, workspace: Files) -> tuple[str, str]:
    """Return the path and text of the Dockerfile.

    The path of an inline Dockerfile is empty, and both strings are empty if the Dockerfile is not local.
    """
    inline = text_of(build.get("dockerfile_inline")) if isinstance(build, Mapping) else ""
    folder, file = context_and_file(build)
    if inline or not folder or UNKNOWN in folder + file or "://" in folder or folder.startswith("git@"):
        return "", inline
    path = normpath(join(folder, file))
    return path, workspace.read_text(path) or ""


def _base_image(text: str, target: str) -> str:
    from composevariant.dockerfile import read_dockerfile

    try:
        dockerfile = read_dockerfile(Source("Dockerfile", text))
    except UnusableInput:
        return ""
    stage, base = dockerfile.target(target), ""
    while stage is not None:
        base = stage.base
        stage = dockerfile.base_of(stage, base)
    return base
