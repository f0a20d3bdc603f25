"""All download caches that are known."""

from typing import Final

from composevariant.dockerfile.ecosystems import npm, pip, uv

CACHES: Final = (npm.CACHE, pip.CACHE, uv.CACHE)
