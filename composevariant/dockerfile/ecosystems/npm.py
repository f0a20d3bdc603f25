"""npm. Its cache is content-addressed and locked by itself, so builds at the same time may share it."""

import re
from typing import Final

from composevariant.dockerfile.ecosystems.ecosystem import DownloadCache, always

CACHE: Final = DownloadCache(
    ecosystem="npm",
    installs=re.compile(r"npm[ \t]+(?:ci|clean-install|i|install)(?![^ \t])"),
    where=always("/root/.npm"),
    moved_by=re.compile(
        r"npm_config_cache|--cache(?![^ \t=])|npm[ \t]+(?:cache|config)|\.npm(?![^/ \t\"'])|^[ \t]*cache[ \t]*=",
        re.IGNORECASE | re.MULTILINE,
    ),
    emptied_by=re.compile(r"npm[ \t]+cache[ \t]+clean(?:[ \t]+(?:--force|-f))?"),
    # With a lock file the versions are fixed, and asking the registry whether there are newer ones is in vain.
    added=(re.compile(r"npm[ \t]+(?:ci|clean-install)(?![^ \t])"), "--prefer-offline"),
    offline=re.compile(r"--offline(?![^ \t=])"),
    settings=(".npmrc",),
)
