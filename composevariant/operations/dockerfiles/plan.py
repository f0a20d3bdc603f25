"""Decide which Dockerfile each service gets."""

from __future__ import annotations

from posixpath import dirname, normpath, relpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import services_of, with_defaults
from composevariant.errors import ComposeVariantError, UnusableInput, did_you_mean
from composevariant.findings import Note, note
from composevariant.operations.dockerfiles.builds import build_of
from composevariant.tree import location_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.file_views import Files
    from composevariant.operations.dockerfiles.builds import Build
    from composevariant.overlay import Dockerfiles
    from composevariant.source import Location
    from composevariant.tree import Mapping, Path


class Swap(NamedTuple):
    """A service that gets another Dockerfile."""

    build: Build
    name: str
    """The new value of `build.dockerfile`."""
    path: str | None
    """The path of the new Dockerfile, or None if it is unknown."""


class Missing(NamedTuple):
    """A service whose fast Dockerfile is missing and will be generated."""

    build: Build
    name: str
    """The new value of `build.dockerfile`."""
    path: str


class Plan(NamedTuple):
    """The changes to services in the order of the base file, with notes and errors."""

    swaps: tuple[Swap, ...]
    notes: tuple[Note, ...]
    errors: tuple[ComposeVariantError, ...]
    missing: tuple[Missing, ...] = ()


def make_plan(tree: Mapping, wanted: Dockerfiles, workspace: Files) -> Plan:
    """Decide for every service with a build which Dockerfile it gets. Errors are collected instead of raised."""
    planner = _Planner(services_of(tree), wanted, workspace)
    planner.check_map()
    chosen = planner.chosen(tree)
    for name, build in planner.builds.items():
        if name in planner.mapped:
            planner.by_map(build, *planner.mapped[name])
        elif name in chosen and wanted.suffix:
            planner.by_suffix(build, wanted.suffix)
    return Plan(tuple(planner.swaps), tuple(planner.notes), tuple(planner.errors), tuple(planner.missing))


def swap_note(swap: Swap, place: Location | None) -> Note:
    """Return the note on a swap."""
    build = swap.build
    return note("dockerfiles.swapped", "changed", dockerfile_path(build), place, before=build.shown, after=swap.name)


def dockerfile_path(build: Build) -> Path:
    """Return the path of the setting that names the Dockerfile of a service."""
    return ("services", build.service, "build", "dockerfile")


def stays_note(build: Build, why: str, place: Location | None) -> Note:
    """Return the note on a service that keeps its Dockerfile."""
    return note("dockerfiles.stays", "kept", dockerfile_path(build), place, file=build.shown, reason=why)


class _Planner:
    def __init__(self, services: dict[str, Mapping], wanted: Dockerfiles, workspace: Files) -> None:
        self.services = services
        self.builds = {name: build for name in services if (build := build_of(services, name)) is not None}
        self.wanted = wanted
        self.workspace = workspace
        self.mapped = {service: (file, location) for service, file, location in wanted.map}
        self.swaps: list[Swap] = []
        self.notes: list[Note] = []
        self.errors: list[ComposeVariantError] = []
        self.missing: list[Missing] = []

    def check_map(self) -> None:
        for service, (_, location) in self.mapped.items():
            if service not in self.services:
                meant = did_you_mean(service, self.services)
                self.refuse(f'dockerfiles.map names "{service}", which is not a service{meant}', location)
            elif service not in self.builds:
                self.refuse(f'dockerfiles.map names "{service}", which has no build', location)

    def chosen(self, tree: Mapping) -> set[str]:
        if self.wanted.services is None:
            return set(self.builds)
        try:
            selected = self.wanted.services.select_or_error(tree)
        except ComposeVariantError as error:
            self.errors.append(error)
        else:
            if self.builds.keys().isdisjoint(selected):
                self.refuse("no service that dockerfiles.services selects has a build", self.wanted.location)
            return set(selected)
        return set()

    def by_map(self, build: Build, file: str, location: Location | None) -> None:
        path = build.path_of(file)
        if build.inline_of not in ("", build.service, *self.mapped):
            self.refuse(
                f"services.{build.service}.build has its dockerfile_inline from {build.inline_of}",
                location,
                f"name {build.inline_of} in dockerfiles.map as well",
            )
        elif path is not None and not self.workspace.is_file(path):
            self.refuse(
                f"dockerfiles.map: {build.service}: no such file: {path}", location, self.path_hint(build, file)
            )
        elif build.inline is None and build.name == file:
            where = location_of(build.node)
            self.notes.append(note("dockerfiles.already", "note", dockerfile_path(build), where, file=file))
        else:
            self.swap(build, file, path)

    def path_hint(self, build: Build, file: str) -> str:
        """Return a hint, which contains the correct path if the file exists relative to the Compose file."""
        context = build.path_of("x")
        hint = "the path is relative to the build context"
        if context is None or context.startswith("/") or not self.workspace.is_file(normpath(file)):
            return hint
        return f"{hint}: write {relpath(normpath(file), dirname(context))}"

    def by_suffix(self, build: Build, suffix: str) -> None:
        name = with_defaults(build.name) or build.name
        if build.inline is None and (has_suffix(build.name, suffix) or has_suffix(name, suffix)):
            here, place = dockerfile_path(build), self.place(build)
            self.notes.append(note("dockerfiles.suffixed", "note", here, place, file=build.name, suffix=suffix))
            return
        why = "only dockerfiles.map can swap dockerfile_inline" if build.inline else build.why_unknown(build.name)
        if why:
            self.cannot(build, why, "name its Dockerfile in dockerfiles.map")
            return
        names = candidates(build.name, suffix, self.wanted.replaces)
        files = {path: name for name in names if (path := build.path_of(name)) is not None}
        found = [path for path in files if self.workspace.is_file(path)]
        if len(found) > 1:
            message = f"services.{build.service}.build could become {' or '.join(found)}"
            self.refuse(message, self.place(build), "name the one to take in dockerfiles.map")
        elif found:
            self.swap(build, files[found[0]], found[0])
        elif self.wanted.missing == "generate":
            path = next(iter(files))
            self.missing.append(Missing(build, files[path], path))
        else:
            self.cannot(build, f"no such file: {' or '.join(files)}", "write it, or name another in dockerfiles.map")

    def swap(self, build: Build, name: str, path: str | None) -> None:
        swap = Swap(build, name, path)
        self.swaps.append(swap)
        self.notes.append(swap_note(swap, self.place(build)))

    def cannot(self, build: Build, why: str, hint: str) -> None:
        place = self.place(build)
        if self.wanted.missing in ("keep", "generate"):
            self.notes.append(stays_note(build, why, place))
            return
        message = f'services.{build.service}.build has no Dockerfile with the suffix "{self.wanted.suffix}": {why}'
        self.refuse(message, place, f"{hint}; with dockerfiles.missing: keep, such services keep their Dockerfile")

    def refuse(self, message: str, location: Location | None, hint: str = "") -> None:
        self.errors.append(UnusableInput(message, location, hint))

    def place(self, build: Build) -> Location | None:
        return location_of(build.dockerfile or build.inline or build.node)


# Names for the Dockerfile of a variant.

_ENDING: Final = ".Dockerfile"


def candidates(name: str, suffix: str, replaces: Iterable[str]) -> list[str]:
    """Return the names to look for, starting with the most likely name.

    For `Dockerfile.prod`, the names are `Dockerfile.prod.fast` and `Dockerfile.fast`. Variables in the name are kept.
    """
    names = [f"{name}{suffix}"]
    stem = _stem(name)
    if stem:
        names.append(f"{stem}{suffix}{name[len(stem) :]}")
    for ending in replaces:
        kept = name.removesuffix(ending) if ending else name
        if kept != name and not kept.endswith("/") and kept:
            names.append(f"{kept}{suffix}")
    return list(dict.fromkeys(names))


def has_suffix(name: str, suffix: str) -> bool:
    """Return whether the name already has the suffix, as in `Dockerfile.fast` or `x.fast.Dockerfile`."""
    return name.endswith(suffix) or _stem(name).endswith(suffix)


def _stem(name: str) -> str:
    """Return the `x` of `x.Dockerfile`, ignoring case, or an empty string for any other name."""
    stem = name[: -len(_ENDING)]
    return stem if name.lower().endswith(_ENDING.lower()) and stem and not stem.endswith("/") else ""
