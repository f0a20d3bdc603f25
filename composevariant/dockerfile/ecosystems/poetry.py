"""Poetry. Environments lie beside its caches, and are what is installed: only the caches go into a mount."""

import re
from typing import Final

from composevariant.dockerfile.ecosystems.ecosystem import DownloadCache, always

CACHE: Final = DownloadCache(
    ecosystem="poetry",
    installs=re.compile(r"(?:python[0-9.]*[ \t]+-m[ \t]+)?poetry[ \t]+(?:-[^ \t]+[ \t]+)*(?:install|sync)(?![^ \t])"),
    where=always("/root/.cache/pypoetry/artifacts", "/root/.cache/pypoetry/cache"),
    moved_by=re.compile(
        r"POETRY_CACHE_DIR|XDG_CACHE_HOME|cache-dir|pypoetry(?!/virtualenvs)|poetry[ \t]+cache|\.cache(?!/pypoetry)"
    ),
    off=("--no-cache",),
    emptied_by=re.compile(r"poetry[ \t]+cache[ \t]+clear[ \t]+[^;&|]*--all(?:[ \t]+[^;&|]*)?"),
    settings=("poetry.toml",),
)
