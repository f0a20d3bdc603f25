"""pnpm. Its store is content-addressed; across the mount it copies instead of linking (pnpm.io/docker)."""

import re
from typing import Final

from composevariant.dockerfile.ecosystems.ecosystem import DownloadCache, Surroundings
from composevariant.errors import Refused


def _where(surroundings: Surroundings) -> tuple[str, ...]:
    """Below `PNPM_HOME`, or where `pnpm store path` says without it (measured with pnpm 9)."""
    home = surroundings.environment.get("PNPM_HOME")
    if home is None:
        return ("/root/.local/share/pnpm/store",)
    if not home.startswith("/") or "$" in home:
        raise Refused(f"PNPM_HOME is {home}, which is not known for certain")
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
