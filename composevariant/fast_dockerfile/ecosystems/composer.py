"""Composer. Its cache folder depends on the image, so a variable sets the folder for the command."""

import re
from typing import Final

from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, fixed_folders

CACHE: Final = DownloadCache(
    ecosystem="composer",
    installs=re.compile(
        r"(?:php[ \t]+)?(?:[\w./-]*/)?composer(?:\.phar)?[ \t]+(?:-[^ \t]+[ \t]+)*"
        r"(?:create-project|i|install|require|u|update)(?![^ \t])"
    ),
    where=fixed_folders("/root/.cache/composer"),
    moved_by=re.compile(r"COMPOSER_(?:CACHE_\w+|HOME|NO_CACHE)|(?<!-)cache-(?:files-)?dir|\.cache/composer|\.composer"),
    off=("--no-cache",),
    emptied_by=re.compile(r"(?:php[ \t]+)?(?:[\w./-]*/)?composer(?:\.phar)?[ \t]+(?:clear-?cache|cc)"),
    assigned="COMPOSER_CACHE_DIR=/root/.cache/composer",
    settings=("composer.json",),
)
