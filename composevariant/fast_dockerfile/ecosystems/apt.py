"""apt. Debian and Ubuntu images delete apt's downloads unless their file `docker-clean` is removed (measured)."""

import re
from typing import Final

from composevariant.dockerfile import script_of
from composevariant.errors import Refused
from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, InstallContext

_INSTALL: Final = r"\bapt(?:-get)?[ \t]+(?:-[^ \t]+[ \t]+)*(?:install|build-dep)\b"
_UPDATE: Final = r"\bapt(?:-get)?[ \t]+(?:-[^ \t]+[ \t]+)*update\b"

_KEEP: Final = (
    "RUN rm -f /etc/apt/apt.conf.d/docker-clean \\\n"
    " && echo 'Binary::apt::APT::Keep-Downloaded-Packages \"true\";' > /etc/apt/apt.conf.d/keep-cache"
)


def _where(surroundings: InstallContext) -> tuple[str, ...]:
    """Return the folders of packages and lists. The database of installed packages is elsewhere and is kept."""
    for stage in surroundings.dockerfile.stages:
        for instruction in stage.instructions:
            text = script_of(instruction)
            install = re.search(_INSTALL, text) if instruction.name == "RUN" else None
            if install and not re.search(_UPDATE, text[: install.start()]):
                line = instruction.location().line
                raise Refused(f"line {line} installs without apt-get update, and the package lists would be missing")
    if not any(re.search(_INSTALL, command.text) for command in surroundings.chain.commands):
        raise Refused("the step installs nothing, and its package lists would be missing in the image")
    return "/var/cache/apt", "/var/lib/apt/lists"


CACHE: Final = DownloadCache(
    ecosystem="apt",
    installs=re.compile(
        r"apt(?:-get)?[ \t]+(?:-[^ \t]+[ \t]+)*(?:build-dep|dist-upgrade|install|update|upgrade)(?![^ \t])"
    ),
    where=_where,
    moved_by=re.compile(r"Dir::(?:Cache|State)|docker-clean|Keep-Downloaded-Packages|--no-download|apt-cacher"),
    emptied_by=re.compile(r"apt(?:-get)?[ \t]+(?:-[^ \t]+[ \t]+)*(?:auto)?clean(?:[ \t]+-[^ \t]+)*"),
    locked=True,
    above=(_KEEP,),
)
