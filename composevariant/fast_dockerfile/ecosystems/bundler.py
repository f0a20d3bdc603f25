"""Bundler. The mount contains only the downloaded .gem files. Installed gems are in a folder next to the mount."""

import re
from typing import Final

from composevariant.errors import Refused
from composevariant.fast_dockerfile.ecosystems.ecosystem import DownloadCache, InstallContext


def _where(surroundings: InstallContext) -> tuple[str, ...]:
    if surroundings.image != "ruby":
        raise Refused("the folder of the gems is only known for the image ruby")
    return ("/usr/local/bundle/cache",)


CACHE: Final = DownloadCache(
    ecosystem="bundler",
    installs=re.compile(r"bundle(?:[ \t]+_[0-9.]+_)?(?:[ \t]+install(?![^ \t])|(?=[ \t]+--(?!version))|[ \t]*$)"),
    where=_where,
    moved_by=re.compile(
        r"BUNDLE_(?:APP_CONFIG|CACHE_PATH|DEPLOYMENT|PATH)|GEM_HOME"
        r"|bundle[ \t][^;&|]*--(?:path|deployment|no-cache)(?![^ \t=])"
        r"|bundle[ \t]+(?:cache|clean|config|package)(?![^ \t])(?![ \t]+(?:set[ \t]+)?(?:--\w+[ \t]+)*"
        r"(?:frozen|jobs|retry|without|force_ruby_platform)\b)|/usr/local/bundle"
    ),
    offline=re.compile(r"--local(?![^ \t])"),
    settings=(".bundle/config",),
)
