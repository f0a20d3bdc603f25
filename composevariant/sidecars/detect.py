"""Which services are a given sidecar, by graded signals, so that a look-alike stays.

One strong signal is enough, and so are two medium ones. With one medium signal a service is only a candidate, which is
reported and left alone. Weak signals decide nothing; they help a reader to judge a candidate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from composevariant.compose.images import image_path
from composevariant.compose.partial import UNKNOWN
from composevariant.compose.services import pairs_of, text_of, texts_of
from composevariant.compose.volumes import placed_in
from composevariant.errors import ComposeVariantError
from composevariant.sidecars.built_from import final_image, folder_and_file
from composevariant.sidecars.marker import SIDECAR
from composevariant.sidecars.patterns import fits, fits_image, fits_words, may_fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.file_views import Files
    from composevariant.sidecars.preset import Match, Preset
    from composevariant.tree import Mapping


class Signal(NamedTuple):
    """One reason to take a service for the sidecar."""

    strength: Literal["strong", "medium", "weak"]
    about: Literal["label", "image", "command", "mount", "name", "build", "trace"]
    reason: str


class Suspect(NamedTuple):
    """A service with at least one signal that is not weak, or would not be if its image were not that of an app."""

    name: str
    signals: tuple[Signal, ...]

    @property
    def certain(self) -> bool:
        grades = [signal.strength for signal in self.signals]
        return "strong" in grades or grades.count("medium") > 1

    @property
    def goes_by_the_name(self) -> bool:
        """Whether the service itself, and not only something in it, is called like the sidecar."""
        return any(signal.about in ("name", "build") and signal.strength != "weak" for signal in self.signals)

    @property
    def reasons(self) -> str:
        """What decided, or, for a candidate, everything that speaks for it."""
        strong = [signal for signal in self.signals if signal.strength == "strong"]
        return ", ".join(signal.reason for signal in strong or self.signals)


def suspects(services: Table[str, Mapping], among: Iterable[str], preset: Preset, workspace: Files) -> list[Suspect]:
    """Which of these services are or may be the sidecar. What a service extends counts, if it is one of `services`."""
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
    from composevariant.compose.extends import flattened

    try:
        return flattened(service, services, services)
    except ComposeVariantError:  # Compose refuses this file too, which is for the validation to say
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
        yield Signal("strong", "image", f"image {_shown(image)}")
    for signal in (
        *_program(service, match, image),
        *_mounts(service, match),
        *_names(name, service, match),
        *_build(service, match, workspace),
    ):
        yield signal._replace(strength="weak") if is_app else signal


def _program(service: Mapping, match: Match, image: str) -> Iterator[Signal]:
    """The program is only strong evidence when the image is not known to be an app's, which starts it by the way."""
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
    mounts = [placed.mount for placed in placed_in(service, lambda text: may_fit(text, patterns))]
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
            yield Signal("medium", "name", f"name {_shown(known)}")
            return


def _build(service: Mapping, match: Match, workspace: Files) -> Iterator[Signal]:
    build = service.get("build")
    if build is None:
        return
    folder, file = (text.rstrip("/").rpartition("/")[2] for text in folder_and_file(build))
    if fits_words(file, match.dockerfiles):
        yield Signal("medium", "build", f"Dockerfile {_shown(file)}")
    elif fits_words(folder, match.contexts):
        yield Signal("medium", "build", f"build context {_shown(folder)}")
    base = final_image(build, match.images, workspace)
    if base and fits_image(base, match.images):
        yield Signal("strong", "build", f"image {base} that the Dockerfile builds on")


def _weak_signals(service: Mapping, preset: Preset) -> Iterator[Signal]:
    """What other sidecars have as well, and what the sidecar leaves on services, at times on itself."""
    watches = preset.match.watches
    if watches and {placed.mount.source for placed in placed_in(service)}.issuperset(watches):
        yield Signal("weak", "mount", f"mounts of {' and '.join(watches)}")
    for setting, about, patterns in (
        ("environment", "variable", preset.traces.environment),
        ("labels", "label", preset.traces.labels),
    ):
        name = next((pair.key for pair in pairs_of(service.get(setting)) if fits(pair.key, patterns)), "")
        if name:
            yield Signal("weak", "trace", f"{about} {name}")


def _shown(text: str) -> str:
    return text.replace(UNKNOWN, "…")
