"""Fast Dockerfiles that a variant brings along: made where there is none, kept up to date where we made one."""

from __future__ import annotations

from posixpath import basename, join, normpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.services import services_of
from composevariant.dockerfile.fast import Fast, copy_of, fast_dockerfile, made_from
from composevariant.errors import UnusableInput
from composevariant.findings import Note, note
from composevariant.header import digest
from composevariant.operations.dockerfile_orders import order_for
from composevariant.operations.dockerfile_plan import dockerfile_path
from composevariant.operations.outcome import Beside
from composevariant.source import Location, Source
from composevariant.tree import location_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.rungs.rung import Order
    from composevariant.file_views import Files
    from composevariant.operations.dockerfile_builds import Build
    from composevariant.operations.outcome import Context
    from composevariant.tree import Mapping


class Generated(NamedTuple):
    """A fast Dockerfile, its files, and what there is to say."""

    fast: Fast
    files: tuple[Beside, ...]
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
    written = files_of(fast, order, Beside(path, fast.text, standard, update), files)
    return Generated(fast, tuple(written), tuple(_notes(build, path, fast)))


def files_of(fast: Fast, order: Order, dockerfile: Beside, files: Files) -> Iterator[Beside]:
    """A fast Dockerfile with its own ignore file, which would otherwise not count for it, and what it copies."""
    yield dockerfile
    ignore_file, update = f"{dockerfile.made_of}.dockerignore", dockerfile.update
    ignored = files.read_text(ignore_file)
    if ignored is not None:
        copy = copy_of(Source(ignore_file, ignored), order)
        yield Beside(f"{dockerfile.path}.dockerignore", copy, ignore_file, update)
    folder = order.context.folder
    for extra in fast.files:
        yield Beside(normpath(join(folder, extra.path)), extra.text, normpath(join(folder, extra.made_of)), update)


def kept_up_to_date(
    tree: Mapping, build: Build, path: str, context: Context, *, asked: bool
) -> Generated | Note | None:
    """What a Dockerfile at `path` that we made would be now; None when it is not ours, a note when it was edited."""
    files = context.contexts or context.workspace
    there = files.read_text(path)
    made = made_from(there) if there else None
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


def _order(tree: Mapping, path: str, context: Context) -> Order:
    services = services_of(tree)
    order = order_for(services, path, context.contexts or context.workspace, context.project)
    if not context.strips:
        return order
    from composevariant.operations.dockerfile_sidecars import with_sidecars
    from composevariant.sidecars.presets import find_preset

    presets = [find_preset(strip.sidecar, context, strip.location) for strip in context.strips]
    return with_sidecars(order, presets, services)


def _notes(build: Build, path: str, fast: Fast) -> Iterator[Note]:
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


def why_nothing(fast: Fast) -> str:
    """Why a fast Dockerfile would be the standard one."""
    reasons = [f"{refused.rung}: {refused.reason}" for refused in fast.refused]
    return "; ".join(dict.fromkeys(reasons)) or "no step installs packages in a way that is known"


def unreadable(build: Build, error: UnusableInput) -> UnusableInput:
    """The error of a standard Dockerfile, as one of its service."""
    place = error.location or location_of(build.node) or Location(build.name, 1, 1)
    return UnusableInput(
        f"services.{build.service}.build cannot get a fast Dockerfile: {error.message}", place, error.hint
    )
