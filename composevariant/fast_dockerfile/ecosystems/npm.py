"""npm. Its cache is content-addressed and locked by npm, so concurrent builds can share the cache."""

import re
from typing import Final

from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, Manifests, Project, fixed_folders
from composevariant.fast_dockerfile.ecosystems.node_packages import check_package, existing_files

CACHE: Final = DownloadCache(
    ecosystem="npm",
    installs=re.compile(r"npm[ \t]+(?:ci|clean-install|i|install)(?![^ \t])"),
    where=fixed_folders("/root/.npm"),
    moved_by=re.compile(
        r"npm_config_cache|--cache(?![^ \t=])|npm[ \t]+(?:cache|config)|\.npm(?![^/ \t\"'])|^[ \t]*cache[ \t]*=",
        re.IGNORECASE | re.MULTILINE,
    ),
    emptied_by=re.compile(r"npm[ \t]+cache[ \t]+clean(?:[ \t]+(?:--force|-f))?"),
    # A lock file fixes the versions, so npm need not ask the registry for newer versions.
    added=(re.compile(r"npm[ \t]+(?:ci|clean-install)(?![^ \t])"), "--prefer-offline"),
    offline=re.compile(r"--offline(?![^ \t=])"),
    settings=(".npmrc",),
)


def _files(project: Project, command: str) -> tuple[str, ...]:
    check_package(project, command)
    project.needs("package-lock.json", "npm-shrinkwrap.json")
    return ("package.json", *existing_files(project, "package-lock.json", "npm-shrinkwrap.json", ".npmrc"))


MANIFESTS: Final = Manifests(
    ecosystem="npm",
    installs=re.compile(
        r"npm[ \t]+(?:ci|clean-install|i|install)(?:[ \t]+--(?!global|prefix|workspace)[\w-]+(?:=[^ \t]+)?)*"
    ),
    files=_files,
    projects=("package.json", ".npmrc"),
    results=("node_modules",),
)
