"""The official images whose Dockerfiles say what user a step has and where a package manager keeps its downloads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from composevariant.dockerfile.stages import Dockerfile, Stage

_LIBRARY: Final = (
    *("alpine", "amazoncorretto", "buildpack-deps", "busybox", "composer", "debian", "eclipse-temurin", "golang"),
    *("gradle", "httpd", "ibm-semeru-runtimes", "maven", "nginx", "node", "openjdk", "php", "python", "ruby", "rust"),
    *("ubuntu",),
)
_IMAGE: Final = re.compile(
    rf"(?:(?:docker\.io/)?(?:library/)?(?P<library>{'|'.join(_LIBRARY)})"
    r"|mcr\.microsoft\.com/(?P<microsoft>dotnet/sdk)|ghcr\.io/astral-sh/(?P<astral>uv))"
    r"(?::[\w.${}-]+)?(?:@sha256:[0-9a-f]+)?"
)
_WINDOWS: Final = re.compile(r"windows|nanoserver|ltsc")
_OLD_GRADLE: Final = re.compile(r"gradle:[1-6](?![0-9])")
"""Which were run by a user of their own."""


def official_name(image: str) -> str:
    """`node` for `node:20-slim`; "" for an image that is not known. All known ones are run by root."""
    found = _IMAGE.fullmatch(image)
    if found is None or _WINDOWS.search(image) or _OLD_GRADLE.search(image):
        return ""
    return next(filter(None, found.groups()), "")


_WORKDIRS: Final = {"composer": "/app", "golang": "/go", "gradle": "/home/gradle", "httpd": "/usr/local/apache2"}
_NO_WORKDIR: Final = frozenset(("debian", "dotnet/sdk", "maven", "node", "python", "ruby", "rust", "ubuntu", "uv"))


def base_workdir(dockerfile: Dockerfile, stage: Stage) -> str | None:
    """The working directory that a stage starts with when no `WORKDIR` of the Dockerfile says otherwise."""
    image = base_image(dockerfile, stage)
    return "/" if image in _NO_WORKDIR else _WORKDIRS.get(image)


def base_image(dockerfile: Dockerfile, stage: Stage) -> str:
    """The official image that a stage is built on, through other stages or not."""
    return official_name(dockerfile.lineage(stage)[0].base)
