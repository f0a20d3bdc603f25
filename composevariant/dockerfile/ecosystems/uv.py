"""uv. From a mount it copies instead of linking; links that point into the mount would be broken in the image."""

import re
from typing import Final

from composevariant.dockerfile.ecosystems.ecosystem import DownloadCache, always

CACHE: Final = DownloadCache(
    ecosystem="uv",
    installs=re.compile(r"uv[ \t]+(?:sync|pip[ \t]+(?:install|sync))(?![^ \t])"),
    where=always("/root/.cache/uv"),
    moved_by=re.compile(
        r"UV_(?:NO_)?CACHE|--(?:no-)?cache-dir|XDG_CACHE_HOME|\.cache|uv[ \t]+cache|UV_LINK_MODE=\W?symlink|--link-mode"
        r"|(?:cache-dir|link-mode|no-cache)[ \t]*="
    ),
    off=("--no-cache",),
    emptied_by=re.compile(r"uv[ \t]+cache[ \t]+(?:clean|prune)(?:[ \t]+--(?:ci|force))*"),
    offline=re.compile(r"--offline(?![^ \t])"),
    settings=("uv.toml",),
)
