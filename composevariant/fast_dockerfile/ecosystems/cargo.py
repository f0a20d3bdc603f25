"""Cargo. Its lock files are next to the registry, outside the mount, so only one build at a time may use the mount."""

import re
from typing import Final

from composevariant.errors import Refused
from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, InstallContext

CARGO: Final = r"cargo(?:[ \t]+\+[^ \t]+)?[ \t]+"
COMPILES: Final = re.compile(
    CARGO
    + r"(?:b|bench|build|c|check|clippy|d|doc|install[ \t](?:.*[ \t])?--path|nextest|r|run|rustc|t|test)(?![^ \t])"
)
COMPILES_NOTHING: Final = re.compile(
    CARGO
    + r"(?:--version|-V|add|chef[ \t]+prepare|fetch|generate-lockfile|install|login|metadata|tree|update)(?![^ \t])"
)
"""Commands that do not use the target folder. `install --path` does, and is matched by `COMPILES`."""


def _where(surroundings: InstallContext) -> tuple[str, ...]:
    if surroundings.image != "rust":
        raise Refused("the folder of the registry is only known for the image rust")
    return "/usr/local/cargo/registry", "/usr/local/cargo/git"


CACHE: Final = DownloadCache(
    ecosystem="cargo",
    installs=re.compile(
        CARGO + r"(?:b|bench|build|c|check|chef|clippy|d|doc|fetch|install|nextest|r|run|rustc|t|test)(?![^ \t])"
    ),
    where=_where,
    moved_by=re.compile(r"CARGO_HOME|/usr/local/cargo/(?:registry|git)|cargo[ \t]+cache"),
    locked=True,
    read_later=True,
    offline=re.compile(r"--(?:offline|frozen)(?![^ \t])"),
)
