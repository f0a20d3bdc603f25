"""pip. Its cache follows the HTTP headers of the index, so with some mirrors the cache stays empty (measured)."""

import re
from typing import Final

from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, Manifests, fixed_folders
from composevariant.fast_dockerfile.ecosystems.python_projects import requirements

CACHE: Final = DownloadCache(
    ecosystem="pip",
    installs=re.compile(r"(?:python[0-9.]*[ \t]+-m[ \t]+)?pip[0-9.]*[ \t]+install(?![^ \t])"),
    where=fixed_folders("/root/.cache/pip"),
    moved_by=re.compile(r"PIP_(?:NO_)?CACHE_DIR|--cache-dir|XDG_CACHE_HOME|\.cache|pip[0-9.]*[ \t]+(?:cache|config)"),
    off=("--no-cache-dir",),
    emptied_by=re.compile(r"(?:python[0-9.]*[ \t]+-m[ \t]+)?pip[0-9.]*[ \t]+cache[ \t]+purge"),
)

MANIFESTS: Final = Manifests(
    ecosystem="pip",
    installs=re.compile(
        r"(?:python[0-9.]*[ \t]+-m[ \t]+)?pip[0-9.]*[ \t]+install[ \t](?=(?:.*[ \t])?(?:-r|--requirement)[ \t=]).*"
    ),
    files=requirements,
)
