"""Cargo. Its own lock files lie beside the registry, not in it, so one build at a time uses the mount."""

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
"""Commands that leave the folder of what is compiled alone; an `install` of a path is one of those above."""


def _where(surroundings: InstallContext) -> tuple[str, ...]:
    if surroundings.image != "rust":
        raise Refused("only the image rust says where its registry is")
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
