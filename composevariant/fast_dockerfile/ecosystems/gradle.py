"""Gradle. Its daemon would lock the cache and be killed at the end of the step, so the daemon is not started."""

import re
from typing import Final

from composevariant.errors import Refused
from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, InstallContext


def _where(surroundings: InstallContext) -> tuple[str, ...]:
    """Return `GRADLE_USER_HOME`.

    The image `gradle` links root's folder to the folder of the user `gradle` (see the Dockerfile of that image).
    """
    home = surroundings.environment.get("GRADLE_USER_HOME")
    if home is None:
        return ("/home/gradle/.gradle" if surroundings.image == "gradle" else "/root/.gradle",)
    if not home.startswith("/") or "$" in home:
        raise Refused(f"GRADLE_USER_HOME is {home}, which is not an absolute path without variables")
    return (home.rstrip("/"),)


CACHE: Final = DownloadCache(
    ecosystem="gradle",
    installs=re.compile(r"(?:(?:\./)?gradlew|gradle)(?=[ \t])(?![ \t]+(?:-v|--version)(?![^ \t]))"),
    where=_where,
    moved_by=re.compile(
        r"(?<=/)\.gradle(?![\w.])|-Duser\.home|--gradle-user-home|(?<![^ \t])-g(?=[ \t=])|publishToMavenLocal"
    ),
    added=(re.compile(r"(?:(?:\./)?gradlew|gradle)(?=[ \t])(?!.*--no-daemon)"), "--no-daemon"),
    locked=True,
    read_later=True,
    offline=re.compile(r"--offline(?![^ \t])"),
)
