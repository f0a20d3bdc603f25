"""Yarn version 1, and later versions if they install into node_modules.

With Plug'n'Play, the cache contains the installed packages, so it must not be in a mount.
"""

import re
from posixpath import join
from typing import Final

from composevariant.errors import Refused
from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, InstallContext, Manifests, Project
from composevariant.fast_dockerfile.ecosystems.node_packages import check_package, existing_files

_CLASSIC: Final = "# yarn lockfile v1"


def _where(surroundings: InstallContext) -> tuple[str, ...]:
    """Return root's cache folder.

    This is the output of `yarn cache dir` or `yarn config get cacheFolder` (measured with 1.22 and 4.5).
    """
    locks = [text for folder in surroundings.folders if (text := _read(surroundings, folder, "yarn.lock")) is not None]
    if not locks:
        raise Refused("without a yarn.lock, the version of Yarn is unknown")
    if all(_CLASSIC in lock for lock in locks):
        return ("/usr/local/share/.cache/yarn",)
    for folder in surroundings.folders:
        settings = _read(surroundings, folder, ".yarnrc.yml") or ""
        if re.search(r"^nodeLinker:[ \t]*[\"']?(?:node-modules|pnpm)\b", settings, re.MULTILINE):
            _check_global(settings)
            return ("/root/.yarn/berry/cache",)
    raise Refused("with Plug'n'Play the cache holds the installed packages; use nodeLinker: node-modules")


def _check_global(settings: str) -> None:
    """Refuse a cache in the project folder.

    Before Yarn 4, the cache is in the home folder only if `enableGlobalCache` is set.
    """
    if re.search(r"^enableGlobalCache:[ \t]*true\b", settings, re.MULTILINE):
        return
    release = re.search(r"^yarnPath:.*yarn-(\d+)\.", settings, re.MULTILINE)
    if "enableGlobalCache" in settings or (release and int(release[1]) < 4):  # noqa: PLR2004
        raise Refused("its cache is in the project: .yarnrc.yml does not set enableGlobalCache: true")


def _read(surroundings: InstallContext, folder: str, name: str) -> str | None:
    return surroundings.context.read_text(join(folder, name))


CACHE: Final = DownloadCache(
    ecosystem="yarn",
    installs=re.compile(r"yarn(?:pkg)?(?:[ \t]+install(?![^ \t])|(?=[ \t]+--(?!version))|[ \t]*$)"),
    where=_where,
    moved_by=re.compile(
        r"YARN_(?:CACHE_FOLDER|ENABLE_GLOBAL_CACHE|GLOBAL_FOLDER)|--cache-folder|cache-?folder|globalFolder"
        r"|yarn[ \t]+(?:cache|config)|share/\.cache|\.yarn/(?:berry|cache)",
        re.IGNORECASE,
    ),
    emptied_by=re.compile(r"yarn[ \t]+cache[ \t]+clean(?:[ \t]+--(?:all|force))*"),
    offline=re.compile(r"--(?:offline|cached)(?![^ \t])"),
    settings=(".yarnrc", ".yarnrc.yml"),
)


def _files(project: Project, command: str) -> tuple[str, ...]:
    check_package(project, command)
    if _CLASSIC in project.needs("yarn.lock"):
        if "yarn-path" in (project.read(".yarnrc") or ""):
            raise Refused(".yarnrc has yarn-path, whose file is needed")
        return ("package.json", "yarn.lock", *existing_files(project, ".yarnrc", ".npmrc"))
    settings = project.read(".yarnrc.yml") or ""
    found = re.search(r"^(?:yarnPath|plugins|packageExtensions)(?=:)", settings, re.MULTILINE)
    if not re.search(r"^nodeLinker:[ \t]*[\"']?node-modules\b", settings, re.MULTILINE):
        raise Refused("with Plug'n'Play the sources may contain the installed packages")
    if found:
        raise Refused(f".yarnrc.yml has {found[0]}, whose files are needed")
    return "package.json", "yarn.lock", ".yarnrc.yml"


MANIFESTS: Final = Manifests(
    ecosystem="yarn",
    installs=re.compile(
        r"yarn(?:[ \t]+install)?(?:[ \t]+--(?!cwd|version|modules-folder)[\w-]+(?:=[^ \t]+|[ \t]+[0-9]+)?)*"
    ),
    files=_files,
    projects=("package.json", "yarn.lock", ".yarnrc.yml", ".yarnrc"),
    results=("node_modules",),
)
