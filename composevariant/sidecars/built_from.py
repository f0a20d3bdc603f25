"""Which image a service's own Dockerfile ends in."""

from __future__ import annotations

from posixpath import join, normpath
from typing import TYPE_CHECKING

from composevariant.compose.partial import UNKNOWN
from composevariant.compose.services import text_of
from composevariant.errors import UnusableInput
from composevariant.sidecars.patterns import may_fit
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from composevariant.file_views import Files
    from composevariant.tree import Node


def folder_and_file(build: Node | None) -> tuple[str, str]:
    """The context and the Dockerfile, as they are written, with Compose's defaults."""
    if not isinstance(build, Mapping):
        return text_of(build), "Dockerfile"
    return text_of(build.get("context")) or ".", text_of(build.get("dockerfile")) or "Dockerfile"


def final_image(build: Node | None, images: tuple[str, ...], workspace: Files) -> str:
    """The image that the stage to be built starts from; "" when no FROM of the file speaks of such images."""
    _, text = dockerfile_of(build, workspace)
    if not any(may_fit(line, images) for line in text.splitlines() if line.lstrip()[:4].upper() == "FROM"):
        return ""
    return _base(text, text_of(build.get("target")) if isinstance(build, Mapping) else "")


def dockerfile_of(build: Node | None, workspace: Files) -> tuple[str, str]:
    """The Dockerfile's path and text: no path where it is written inline, nothing where it cannot be read."""
    inline = text_of(build.get("dockerfile_inline")) if isinstance(build, Mapping) else ""
    folder, file = folder_and_file(build)
    if inline or not folder or UNKNOWN in folder + file or "://" in folder or folder.startswith("git@"):
        return "", inline
    path = normpath(join(folder, file))
    return path, workspace.read_text(path) or ""


def _base(text: str, target: str) -> str:
    from composevariant.dockerfile.stages import read_dockerfile
    from composevariant.source import Source

    try:
        dockerfile = read_dockerfile(Source("Dockerfile", text))
    except UnusableInput:
        return ""
    stage, base = dockerfile.target(target), ""
    while stage is not None:
        base = stage.base
        stage = dockerfile.base_of(stage, base)
    return base
