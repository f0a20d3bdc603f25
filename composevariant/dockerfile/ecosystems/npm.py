"""npm. Its cache is content-addressed and locked by itself, so builds at the same time may share it."""

import re
from typing import Final

from composevariant.dockerfile.ecosystems.ecosystem import DownloadCache

CACHE: Final = DownloadCache(
    ecosystem="npm",
    installs=re.compile(r"npm[ \t]+(?:ci|clean-install|i|install)(?![^ \t])"),
    folder=".npm",
    moved_by=re.compile(
        r"npm_config_cache|--cache(?![^ \t=])|npm[ \t]+(?:cache|config)|\.npm(?![^/ \t\"'])", re.IGNORECASE
    ),
)
