"""Go. Modules are verified with go.sum. Later builds read the modules, so every step that builds gets the mount."""

import re
from typing import Final

from composevariant.errors import Refused
from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, InstallContext, Manifests, Project

_BUILDS: Final = re.compile(r"\bgo[ \t]+(?:build|install|run|test|vet)(?![^ \t])")


def _where(surroundings: InstallContext) -> tuple[str, ...]:
    if surroundings.image != "golang":
        raise Refused("the folder of the modules is only known for the image golang")
    return ("/go/pkg/mod",)


def _where_built(surroundings: InstallContext) -> tuple[str, ...]:
    """Return the build cache for builds without C.

    With C, the cache does not detect changes to C libraries (`go help cache`).
    """
    builds = [command.text for command in surroundings.chain.commands if _BUILDS.search(command.text)]
    never = surroundings.environment.get("CGO_ENABLED") == "0"
    if not never and any(not re.match(r"(?:\w+=\S*[ \t]+)*CGO_ENABLED=0[ \t]", build) for build in builds):
        raise Refused("without CGO_ENABLED=0 the build cache does not detect changed C libraries")
    return ("/root/.cache/go-build",)


CACHE: Final = DownloadCache(
    ecosystem="go",
    installs=re.compile(
        r"go[ \t]+(?:build|generate|get|install|list|mod[ \t]+(?:download|tidy|verify)|run|test|tool|vet)(?![^ \t])"
    ),
    where=_where,
    moved_by=re.compile(
        r"GOPATH|GOMODCACHE|GOFLAGS|GOPROXY=\W?off|-mod=|-modcacherw|/go/pkg|go[ \t]+(?:clean|env[ \t]+-)"
    ),
    read_later=True,
)

BUILD_CACHE: Final = DownloadCache(
    ecosystem="go",
    installs=re.compile(r"go[ \t]+(?:build|install|run|test|vet)(?![^ \t])"),
    where=_where_built,
    moved_by=re.compile(r"GOCACHE|XDG_CACHE_HOME|\.cache|go[ \t]+clean"),
    rung="compile cache",
    name="go-build",
)


def _files(project: Project, command: str) -> tuple[str, ...]:  # noqa: ARG001
    text = project.needs("go.mod")
    local = re.search(r"=>[ \t]*(\.{0,2}/[^ \t\n]*)", text)
    if local:
        raise Refused(f"go.mod takes a module from {local[1]}")
    for name in ("go.work", "vendor/modules.txt"):
        if project.has(name):
            raise Refused(f"the downloads may depend on {name}")
    project.needs("go.sum")
    return "go.mod", "go.sum"


MANIFESTS: Final = Manifests(
    ecosystem="go",
    installs=re.compile(
        r"go[ \t]+(?:mod[ \t]+download|(?:build|install|test|vet)(?![^ \t])(?!.*(?:@|-mod=|-C[ \t])).*)"
    ),
    files=_files,
    projects=("go.mod", "go.work"),
    first=lambda _: "go mod download",
    adds=True,
)
