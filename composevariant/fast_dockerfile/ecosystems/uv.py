"""uv. It copies files from a mount instead of linking them. Symlinks into the mount would be broken in the image."""

import re
from typing import Final

from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, Manifests, Project, fixed_folders
from composevariant.fast_dockerfile.ecosystems.node_packages import existing_files
from composevariant.fast_dockerfile.ecosystems.python_projects import check_pyproject, requirements

CACHE: Final = DownloadCache(
    ecosystem="uv",
    installs=re.compile(r"uv[ \t]+(?:sync|pip[ \t]+(?:install|sync))(?![^ \t])"),
    where=fixed_folders("/root/.cache/uv"),
    moved_by=re.compile(
        r"UV_(?:NO_)?CACHE|--(?:no-)?cache-dir|XDG_CACHE_HOME|\.cache|uv[ \t]+cache|UV_LINK_MODE=\W?symlink|--link-mode"
        r"|(?:cache-dir|link-mode|no-cache)[ \t]*="
    ),
    off=("--no-cache",),
    emptied_by=re.compile(r"uv[ \t]+cache[ \t]+(?:clean|prune)(?:[ \t]+--(?:ci|force))*"),
    offline=re.compile(r"--offline(?![^ \t])"),
    settings=("uv.toml",),
)


def _files(project: Project, command: str) -> tuple[str, ...]:  # noqa: ARG001
    check_pyproject(project)
    project.needs("uv.lock")
    return ("pyproject.toml", "uv.lock", *existing_files(project, ".python-version", "uv.toml"))


def _first(command: str) -> str:
    """Return the command that installs only the dependencies, because installing the project requires its sources."""
    whole = re.search(r"[ \t]--no-install-(?:project|workspace)(?![^ \t])", command)
    return command if whole else f"{command} --no-install-project"


MANIFESTS: Final = Manifests(
    ecosystem="uv",
    installs=re.compile(
        r"uv[ \t]+sync(?:[ \t]+--(?!project|directory|package|script|all-packages)[\w-]+(?:[ \t=]+[^ \t-][^ \t]*)?)*"
    ),
    files=_files,
    projects=("pyproject.toml", "uv.toml"),
    first=_first,
    results=(".venv",),
)
REQUIREMENTS: Final = Manifests(
    ecosystem="uv",
    installs=re.compile(r"uv[ \t]+pip[ \t]+install[ \t](?=.*--system)(?=(?:.*[ \t])?(?:-r|--requirements?)[ \t=]).*"),
    files=requirements,
)
