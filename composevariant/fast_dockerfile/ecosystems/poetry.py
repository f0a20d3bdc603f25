"""Poetry. Only its caches are mounted, because the environments next to the caches contain the installed packages."""

import re
from typing import Final

from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, Manifests, Project, fixed_folders
from composevariant.fast_dockerfile.ecosystems.node_packages import existing_files
from composevariant.fast_dockerfile.ecosystems.python_projects import check_pyproject

CACHE: Final = DownloadCache(
    ecosystem="poetry",
    installs=re.compile(r"(?:python[0-9.]*[ \t]+-m[ \t]+)?poetry[ \t]+(?:-[^ \t]+[ \t]+)*(?:install|sync)(?![^ \t])"),
    where=fixed_folders("/root/.cache/pypoetry/artifacts", "/root/.cache/pypoetry/cache"),
    moved_by=re.compile(
        r"POETRY_CACHE_DIR|XDG_CACHE_HOME|cache-dir|pypoetry(?!/virtualenvs)|poetry[ \t]+cache|\.cache(?!/pypoetry)"
    ),
    off=("--no-cache",),
    emptied_by=re.compile(r"poetry[ \t]+cache[ \t]+clear[ \t]+[^;&|]*--all(?:[ \t]+[^;&|]*)?"),
    settings=("poetry.toml",),
)


def _files(project: Project, command: str) -> tuple[str, ...]:  # noqa: ARG001
    check_pyproject(project)
    project.needs("poetry.lock")
    return ("pyproject.toml", "poetry.lock", *existing_files(project, "poetry.toml"))


def _first(command: str) -> str:
    """Return the command that installs only the dependencies, because installing the project requires its sources."""
    return command if re.search(r"[ \t]--no-root(?![^ \t])", command) else f"{command} --no-root"


MANIFESTS: Final = Manifests(
    ecosystem="poetry",
    installs=re.compile(
        r"(?:python[0-9.]*[ \t]+-m[ \t]+)?poetry[ \t]+(?:-n[ \t]+)?(?:install|sync)"
        r"(?:[ \t]+(?:-n|--(?!directory|project|only-root)[\w-]+(?:[ \t=]+[^ \t-][^ \t]*)?))*"
    ),
    files=_files,
    projects=("poetry.toml",),
    first=_first,
    results=(".venv",),
)
