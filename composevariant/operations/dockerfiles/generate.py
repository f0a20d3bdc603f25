"""Fast Dockerfiles that a variant brings along: made where there is none, kept up to date where we made one."""

from __future__ import annotations

from posixpath import basename, dirname, join, normpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import services_of, with_defaults
from composevariant.dockerfile import BuildContext
from composevariant.errors import UnusableInput
from composevariant.fast_dockerfile import BuildRequest, FastDockerfile, fast_dockerfile, make_ignore_file, read_header
from composevariant.findings import Note, note
from composevariant.operations.context import ExtraFile
from composevariant.operations.dockerfiles.builds import build_of
from composevariant.operations.dockerfiles.plan import dockerfile_path
from composevariant.source import Location, Source
from composevariant.text import digest
from composevariant.tree import Mapping, Scalar, Sequence, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from composevariant.file_views import Files
    from composevariant.operations.context import Context
    from composevariant.operations.dockerfiles.builds import Build


class Generated(NamedTuple):
    """A fast Dockerfile, its files, and what there is to say."""

    fast: FastDockerfile
    files: tuple[ExtraFile, ...]
    notes: tuple[Note, ...]


def generate(tree: Mapping, build: Build, path: str, context: Context, *, asked: bool) -> Generated | None:
    """Make the fast Dockerfile of a build, to be written to `path`; None when the standard one is not there.

    What it is made of does not count among the variant's inputs: it is the result that has to be up to date. When
    nobody `asked` for it, the variant does not write it.

    Raises:
        UnusableInput: the standard Dockerfile cannot be read, or was made by us.
    """
    files = context.contexts or context.workspace
    standard = build.path_of(build.name)
    text = files.read_text(standard) if standard and build.inline is None else None
    if standard is None or text is None:
        return None
    order = _order(tree, standard, context)
    fast = fast_dockerfile(Source(standard, text), order)
    update = "" if asked else order.command
    written = files_of(fast, order, ExtraFile(path, fast.text, standard, update), files)
    return Generated(fast, tuple(written), tuple(_notes(build, path, fast)))


def files_of(fast: FastDockerfile, order: BuildRequest, dockerfile: ExtraFile, files: Files) -> Iterator[ExtraFile]:
    """A fast Dockerfile with its own ignore file, which would otherwise not count for it, and what it copies."""
    yield dockerfile
    ignore_file, update = f"{dockerfile.made_of}.dockerignore", dockerfile.update
    ignored = files.read_text(ignore_file)
    if ignored is not None:
        copy = make_ignore_file(Source(ignore_file, ignored), order)
        yield ExtraFile(f"{dockerfile.path}.dockerignore", copy, ignore_file, update)
    folder = order.context.folder
    for extra in fast.files:
        yield ExtraFile(normpath(join(folder, extra.path)), extra.text, normpath(join(folder, extra.made_of)), update)


def kept_up_to_date(
    tree: Mapping, build: Build, path: str, context: Context, *, asked: bool
) -> Generated | Note | None:
    """What a Dockerfile at `path` that we made would be now; None when it is not ours, a note when it was edited."""
    files = context.contexts or context.workspace
    there = files.read_text(path)
    made = read_header(there) if there else None
    standard = build.path_of(build.name)
    text = files.read_text(standard) if standard else None
    if made is None or text is None:
        return None
    if made.untouched and (asked or digest(text) != made.source):
        return generate(tree, build, path, context, asked=asked)
    if digest(text) == made.source:
        return None
    where, names = location_of(build.dockerfile or build.node), {"file": path, "standard": basename(standard or "")}
    return note("dockerfiles.edited", "warning", dockerfile_path(build), where, **names)


def _order(tree: Mapping, path: str, context: Context) -> BuildRequest:
    services = services_of(tree)
    order = order_for(services, path, context.contexts or context.workspace, context.project)
    if not context.strips:
        return order
    from composevariant.operations.dockerfiles.sidecars import with_sidecars
    from composevariant.sidecars import find_preset

    presets = [find_preset(strip.sidecar, context, strip.location) for strip in context.strips]
    return with_sidecars(order, presets, services)


def _notes(build: Build, path: str, fast: FastDockerfile) -> Iterator[Note]:
    here = dockerfile_path(build)
    for done in fast.done:
        names = {"file": path, "rung": done.rung, "ecosystem": done.ecosystem}
        yield note("dockerfiles.rung-done", "changed", here, done.location, **names)
    for refused in fast.refused:
        names = {"file": path, "rung": refused.rung, "reason": refused.reason}
        yield note("dockerfiles.rung-refused", "kept", here, refused.location, **names)
    for told in fast.told:
        names = {"file": path, "rung": told.rung, "reason": told.message}
        yield note("dockerfiles.rung-note", "note", here, told.location, **names)


def why_nothing(fast: FastDockerfile) -> str:
    """Why a fast Dockerfile would be the standard one."""
    reasons = [f"{refused.rung}: {refused.reason}" for refused in fast.refused]
    return "; ".join(dict.fromkeys(reasons)) or "no step installs packages in a way that is known"


def unreadable(build: Build, error: UnusableInput) -> UnusableInput:
    """The error of a standard Dockerfile, as one of its service."""
    place = error.location or location_of(build.node) or Location(build.name, 1, 1)
    return UnusableInput(
        f"services.{build.service}.build cannot get a fast Dockerfile: {error.message}", place, error.hint
    )


# What a fast Dockerfile is made for: all services that are built from the standard one.


def order_for(services: Table[str, Mapping], path: str, files: Files, project: str) -> BuildRequest:
    """The order for the Dockerfile at `path`, which is the same whichever service it is made for."""
    builds = [build for name in services if (build := build_of(services, name)) is not None]
    sharing = [build for build in builds if build.inline is None and build.path_of(build.name) == path]
    targets = [with_defaults(build.target.text) if build.target else "" for build in sharing]
    names = tuple(build.service for build in sharing)
    platforms = {platform for name in names for platform in _platforms(services[name])}
    return BuildRequest(
        project,
        names,
        None if None in targets else frozenset(target for target in targets if target is not None),
        _context(path, sharing, files),
        platforms.pop() if len(platforms) == 1 else "",
        f"composevariant dockerfile {' '.join(names)}",
        many_platforms=len(platforms) > 1,
    )


def _platforms(service: Mapping) -> list[str]:
    """What a service says it is built for."""
    build, own = service.get("build"), service.get("platform")
    several = build.get("platforms") if isinstance(build, Mapping) else None
    listed = several.items if isinstance(several, Sequence) else ()
    return [node.text for node in (*listed, own) if isinstance(node, Scalar) and node.text]


def _context(path: str, builds: list[Build], files: Files) -> BuildContext:
    """The context that all of them have; one that cannot be looked at when they differ."""
    folders = {dirname(build.path_of("x") or "/") for build in builds}
    if len(folders) != 1:
        return BuildContext()
    folder = folders.pop()
    ignores = (f"{path}.dockerignore", join(folder, ".dockerignore"))
    return BuildContext(files, folder, next(filter(files.is_file, ignores), ""))
