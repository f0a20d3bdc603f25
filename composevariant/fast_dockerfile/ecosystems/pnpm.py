"""pnpm. Its store is content-addressed. Files in a mount are copied instead of linked (pnpm.io/docker)."""

import re
from typing import Final

from composevariant.errors import Refused
from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, InstallContext, Manifests, Project
from composevariant.fast_dockerfile.ecosystems.node_packages import check_package, existing_files


def _where(surroundings: InstallContext) -> tuple[str, ...]:
    """Return the store in `PNPM_HOME`, or else the output of `pnpm store path` (measured with pnpm 9)."""
    home = surroundings.environment.get("PNPM_HOME")
    if home is None:
        return ("/root/.local/share/pnpm/store",)
    if not home.startswith("/") or "$" in home:
        raise Refused(f"PNPM_HOME is {home}, which is not an absolute path without variables")
    return (f"{home.rstrip('/')}/store",)


CACHE: Final = DownloadCache(
    ecosystem="pnpm",
    installs=re.compile(
        r"pnpm[ \t]+(?:(?:-C|-F|--dir|--filter)[ \t]+[^ \t]+[ \t]+|-[^ \t]+[ \t]+)*(?:ci|fetch|i|install)(?![^ \t])"
    ),
    where=_where,
    moved_by=re.compile(
        r"store-?dir|virtual-?store|package-?import-?method|XDG_DATA_HOME|pnpm[ \t]+(?:store|config)|\.local/share",
        re.IGNORECASE,
    ),
    emptied_by=re.compile(r"pnpm[ \t]+store[ \t]+prune"),
    offline=re.compile(r"--offline(?![^ \t])"),
    settings=(".npmrc", "pnpm-workspace.yaml"),
)


def _files(project: Project, command: str) -> tuple[str, ...]:
    check_package(project, command)
    project.needs("pnpm-lock.yaml")
    workspace = project.read("pnpm-workspace.yaml") or ""
    found = re.search(r"^(?:packages|patchedDependencies)(?=:)", workspace, re.MULTILINE)
    if found:
        raise Refused(f"pnpm-workspace.yaml has {found[0]}, which are needed")
    if re.search(r"[\"'`]\.{1,2}/", project.read(".pnpmfile.cjs") or ""):
        raise Refused(".pnpmfile.cjs needs other files")
    return (
        "package.json",
        "pnpm-lock.yaml",
        *existing_files(project, "pnpm-workspace.yaml", ".npmrc", ".pnpmfile.cjs"),
    )


MANIFESTS: Final = Manifests(
    ecosystem="pnpm",
    installs=re.compile(r"pnpm[ \t]+(?:i|install)(?:[ \t]+(?:-[DP]|--(?!dir|filter|recursive)[\w-]+(?:=[^ \t]+)?))*"),
    files=_files,
    projects=("package.json", "pnpm-workspace.yaml", ".npmrc"),
    results=("node_modules",),
)
