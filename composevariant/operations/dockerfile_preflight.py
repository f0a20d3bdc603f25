"""What a swap would change besides the time that a build takes, and what is dangerous in the new Dockerfile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.compose.variables import with_defaults
from composevariant.dockerfile.stages import read_dockerfile
from composevariant.errors import UnusableInput, did_you_mean
from composevariant.findings import Note, found_by, note
from composevariant.operations.dockerfile_plan import dockerfile_path
from composevariant.source import Location, Source
from composevariant.tree import location_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Mapping as Table

    from composevariant.dockerfile.stages import Dockerfile
    from composevariant.file_views import Files
    from composevariant.operations.dockerfile_builds import Build
    from composevariant.operations.dockerfile_plan import Swap
    from composevariant.sidecars.preset import Preset
    from composevariant.tree import Mapping

PREDEFINED: Final = frozenset(
    (
        *("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY", "SOURCE_DATE_EPOCH"),
        *(f"{side}{part}" for side in ("BUILD", "TARGET") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")),
    )
)
"""Build arguments that Docker takes without an `ARG`, as does everything that starts with `BUILDKIT_`."""


class Shelf:
    """The Dockerfiles of a workspace. Those with the same text, which large projects have many of, are read once."""

    def __init__(self, workspace: Files, made: Table[str, str] | None = None) -> None:
        """`made` are texts that are written with the variant, by path."""
        self._workspace = workspace
        self._made = made or {}
        self._read: dict[str, Dockerfile] = {}

    def get(self, path: str) -> Dockerfile:
        """The Dockerfile at a path of the workspace; its `source` may be another one with the same text.

        Raises:
            UnusableInput: it cannot be read, or BuildKit would refuse it.
        """
        text = self._made[path] if path in self._made else self._workspace.read_text(path)
        if text is None:
            raise UnusableInput("it is not UTF-8 text that can be read", Location(path, 1, 1))
        if text not in self._read:
            self._read[text] = read_dockerfile(Source(path, text))
        return self._read[text]


def findings(
    swap: Swap, shelf: Shelf, services: Table[str, Mapping], files: Files, gone: Sequence[Preset] = ()
) -> Iterator[Note | UnusableInput]:
    """What there is to say about a swap: an error where the service could not be built, otherwise notes.

    Scripts are looked for in `files`, which need not be what the variant depends on. The sidecars in `gone` are
    stripped by the same variant.
    """
    build = swap.build
    if swap.path is None:
        why = build.why_unknown(swap.name)
        where = location_of(build.node)
        yield note("dockerfiles.unseen", "note", dockerfile_path(build), where, file=swap.name, reason=why)
        return
    try:
        new = shelf.get(swap.path)
    except UnusableInput as error:
        names = {"file": swap.path, "reason": error.message}
        yield found_by("dockerfile.unread", "warning", dockerfile_path(build), error.location, **names)
        return
    target = with_defaults(build.target.text) if build.target else ""
    if target is not None and new.target(target) is None:
        yield _no_stage(swap, new, target)
    yield from _undeclared(swap, new)
    yield from _hazards(swap, new, target)
    old = _standard(build, shelf)
    if old is not None and old is not new and target is not None:
        from composevariant.operations.dockerfile_differences import differences
        from composevariant.operations.dockerfile_scripts import lost_scripts

        yield from differences(swap, (old, new), target, services, gone)
        yield from lost_scripts(swap, (old, new), target, services[build.service], files)


def _standard(build: Build, shelf: Shelf) -> Dockerfile | None:
    """The Dockerfile that the service has now, if it can be read."""
    try:
        if build.inline_source is not None:
            return read_dockerfile(build.inline_source)
        path = build.path_of(build.name)
        return shelf.get(path) if path else None
    except UnusableInput:
        return None


def _no_stage(swap: Swap, new: Dockerfile, target: str) -> UnusableInput:
    names = [stage.name for stage in new.stages if stage.name]
    return UnusableInput(
        f'services.{swap.build.service}.build.target names "{target}", which is not a stage of {swap.path}'
        f"{did_you_mean(target, names)}",
        location_of(swap.build.target),
        f"its stages are {', '.join(names)}" if names else "its stages have no names",
    )


def _undeclared(swap: Swap, new: Dockerfile) -> Iterator[Note]:
    declared = new.arguments()
    for name, argument in swap.build.arguments.items():
        if not is_declared(name, declared):
            path, where = ("services", swap.build.service, "build", "args", name), location_of(argument.node)
            yield found_by("build.args", "warning", path, where, file=str(swap.path), argument=name)


def is_declared(name: str, declared: frozenset[str]) -> bool:
    """Whether Docker takes a build argument: one that an `ARG` declares, or one that it knows itself."""
    return name in declared or name.upper() in PREDEFINED or name.startswith("BUILDKIT_")


_IN_HAZARDS: Final = ("cargo", "type=cache")
"""What a Dockerfile of one stage has when it is dangerous; looking closer takes as long as reading a small project."""


def _hazards(swap: Swap, new: Dockerfile, target: str | None) -> Iterator[Note]:
    """Recipes of the new Dockerfile that ship something else than what is built."""
    if len(new.stages) == 1 and not any(word in new.source.text for word in _IN_HAZARDS):
        return
    from composevariant.dockerfile.hazards.all import hazards

    for hazard in hazards(new, target):
        place = Location(swap.path or hazard.location.file, hazard.location.line, hazard.location.column)
        yield found_by(hazard.check, "warning", dockerfile_path(swap.build), place, reason=hazard.message)
