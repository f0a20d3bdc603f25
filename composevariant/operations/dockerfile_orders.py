"""What a fast Dockerfile is made for: all services that are built from the standard one."""

from __future__ import annotations

from posixpath import dirname, join
from typing import TYPE_CHECKING

from composevariant.compose.variables import with_defaults
from composevariant.dockerfile.context import BuildContext
from composevariant.dockerfile.rungs.rung import Order
from composevariant.operations.dockerfile_builds import build_of
from composevariant.tree import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.file_views import Files
    from composevariant.operations.dockerfile_builds import Build


def order_for(services: Table[str, Mapping], path: str, files: Files, project: str) -> Order:
    """The order for the Dockerfile at `path`, which is the same whichever service it is made for."""
    builds = [build for name in services if (build := build_of(services, name)) is not None]
    sharing = [build for build in builds if build.inline is None and build.path_of(build.name) == path]
    targets = [with_defaults(build.target.text) if build.target else "" for build in sharing]
    names = tuple(build.service for build in sharing)
    platforms = {platform for name in names for platform in _platforms(services[name])}
    return Order(
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
