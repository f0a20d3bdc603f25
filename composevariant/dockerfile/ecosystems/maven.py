"""Maven. Nothing keeps two builds from writing its repository at the same time, so the mount does."""

import re
from typing import Final

from composevariant.dockerfile.ecosystems.ecosystem import DownloadCache, always

CACHE: Final = DownloadCache(
    ecosystem="maven",
    installs=re.compile(r"(?:(?:\./)?mvnw|mvn)(?=[ \t])(?![ \t]+(?:-v|--version)(?![^ \t]))"),
    # The repository alone: a settings.xml beside it stays visible.
    where=always("/root/.m2/repository"),
    # What is installed lies among the downloads: another build's might be taken for one's own.
    moved_by=re.compile(
        r"maven\.repo\.local|localRepository|(?<=/)\.m2(?![\w.])(?!/settings)|-Duser\.home|MAVEN_USER_HOME"
        r"|\b(?:mvn|mvnw)[ \t](?:[^;&|]*[ \t])?(?:install|deploy)(?![^ \t])"
    ),
    locked=True,
    read_later=True,
    offline=re.compile(r"(?<![^ \t])(?:-o|--offline)(?![^ \t])"),
    settings=("settings.xml", ".mvn/maven.config", ".mvn/settings.xml", ".mvn/jvm.config"),
)
