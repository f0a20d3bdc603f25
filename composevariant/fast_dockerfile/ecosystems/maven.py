"""Maven. It does not lock its repository, so only one build at a time may use the mount."""

import re
from typing import Final

from composevariant.errors import Refused
from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, Manifests, Project, fixed_folders

CACHE: Final = DownloadCache(
    ecosystem="maven",
    installs=re.compile(r"(?:(?:\./)?mvnw|mvn)(?=[ \t])(?![ \t]+(?:-v|--version)(?![^ \t]))"),
    # Only the repository is mounted, because the mount must not hide the settings.xml next to the repository.
    where=fixed_folders("/root/.m2/repository"),
    # `install` writes to the same folder, so one build could use another build's artifact.
    moved_by=re.compile(
        r"maven\.repo\.local|localRepository|(?<=/)\.m2(?![\w.])(?!/settings)|-Duser\.home|MAVEN_USER_HOME"
        r"|\b(?:mvn|mvnw)[ \t](?:[^;&|]*[ \t])?(?:install|deploy)(?![^ \t])"
    ),
    locked=True,
    read_later=True,
    offline=re.compile(r"(?<![^ \t])(?:-o|--offline)(?![^ \t])"),
    settings=("settings.xml", ".mvn/maven.config", ".mvn/settings.xml", ".mvn/jvm.config"),
)

_FLAGS: Final = (
    r"-[Bqe]|-ntp|--batch-mode|--no-transfer-progress|--quiet|-DskipTests(?:=true)?|-Dmaven\.test\.skip=true"
)


def _files(project: Project, command: str) -> tuple[str, ...]:  # noqa: ARG001
    pom = project.needs("pom.xml")
    for pattern, what in (
        (r"<modules?>", "modules, whose pom.xml files are needed"),
        (r"<relativePath>[^<]", "a parent in another folder"),
        (r"<scope>\s*(?:system|import)|<systemPath>", "dependencies of a path or of another pom"),
        (r"\$\{(?:project\.)?basedir\}|file:", "paths of other files"),
    ):
        if re.search(pattern, pom):
            raise Refused(f"pom.xml has {what}")
    for name in (".mvn/extensions.xml", ".mvn/maven.config", ".mvn/jvm.config"):
        if project.has(name):
            raise Refused(f"the downloads depend on {name}")
    return ("pom.xml",)


def _first(command: str) -> str:
    return command if "dependency:" in command else "mvn -B dependency:go-offline"


MANIFESTS: Final = Manifests(
    ecosystem="maven",
    installs=re.compile(rf"mvn(?:[ \t]+(?:{_FLAGS}|clean|compile|package|verify|dependency:(?:go-offline|resolve)))+"),
    files=_files,
    projects=("pom.xml",),
    first=_first,
    adds=True,
)
