"""Which service gets which Dockerfile, and which ones cannot get one."""

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
    """What `build.dockerfile` is to be."""
    path: str | None
    """Where that file is; None when it cannot be looked at."""


class Missing(NamedTuple):
    """A service whose fast Dockerfile is to be made."""

    build: Build
    name: str
    """What `build.dockerfile` is to be."""
    path: str


class Plan(NamedTuple):
    """What to do for which service, in the order of the base, and all that stands against it."""

    swaps: tuple[Swap, ...]
    notes: tuple[Note, ...]
    errors: tuple[ComposeVariantError, ...]
    missing: tuple[Missing, ...] = ()


def make_plan(tree: Mapping, wanted: Dockerfiles, workspace: Files) -> Plan:
    """Decide for every service that is built. Mistakes are not raised but collected."""
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
    """What is said of a swap."""
    build = swap.build
    return note("dockerfiles.swapped", "changed", dockerfile_path(build), place, before=build.shown, after=swap.name)


def dockerfile_path(build: Build) -> Path:
    """The setting that names the Dockerfile of a service."""
    return ("services", build.service, "build", "dockerfile")


def stays_note(build: Build, why: str, place: Location | None) -> Note:
    """What is said of a service that gets no other Dockerfile."""
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
            self.refuse(f"dockerfiles.map: {build.service}: there is no {path}", location, self.closer(build, file))
        elif build.inline is None and build.name == file:
            where = location_of(build.node)
            self.notes.append(note("dockerfiles.already", "note", dockerfile_path(build), where, file=file))
        else:
            self.swap(build, file, path)

    def closer(self, build: Build, file: str) -> str:
        """A hint for those who wrote the path as seen from the Compose file."""
        context = build.path_of("x")
        hint = "the path counts from the build context"
        if context is None or context.startswith("/") or not self.workspace.is_file(normpath(file)):
            return hint
        return f"{hint}: write {relpath(normpath(file), dirname(context))}"

    def by_suffix(self, build: Build, suffix: str) -> None:
        name = with_defaults(build.name) or build.name
        if build.inline is None and (is_suffixed(build.name, suffix) or is_suffixed(name, suffix)):
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
            self.cannot(build, f"there is no {' or '.join(files)}", "write it, or name another in dockerfiles.map")

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
        self.refuse(message, place, f"{hint}; dockerfiles.missing: keep leaves such services on their standard file")

    def refuse(self, message: str, location: Location | None, hint: str = "") -> None:
        self.errors.append(UnusableInput(message, location, hint))

    def place(self, build: Build) -> Location | None:
        return location_of(build.dockerfile or build.inline or build.node)


# The names that a variant's Dockerfile may have, given the standard one's.

_ENDING: Final = ".Dockerfile"


def candidates(name: str, suffix: str, replaces: Iterable[str]) -> list[str]:
    """Names to look for, the likeliest first: `Dockerfile.prod` may become `Dockerfile.prod.fast` or `Dockerfile.fast`.

    A variable in the name stays as it is written.
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


def is_suffixed(name: str, suffix: str) -> bool:
    """Whether the name is one of a variant already: `Dockerfile.fast` or `x.fast.Dockerfile`."""
    return name.endswith(suffix) or _stem(name).endswith(suffix)


def _stem(name: str) -> str:
    """The `x` of `x.Dockerfile`, in whatever case the ending is; else ""."""
    stem = name[: -len(_ENDING)]
    return stem if name.lower().endswith(_ENDING.lower()) and stem and not stem.endswith("/") else ""
