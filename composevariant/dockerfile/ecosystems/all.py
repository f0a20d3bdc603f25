"""All download caches that are known."""

from typing import Final

from composevariant.dockerfile.ecosystems import (
    apt,
    bundler,
    cargo,
    composer,
    dotnet,
    go,
    gradle,
    maven,
    npm,
    pip,
    pnpm,
    poetry,
    uv,
    yarn,
)

CACHES: Final = (
    *(apt.CACHE, npm.CACHE, pnpm.CACHE, yarn.CACHE, pip.CACHE, uv.CACHE, poetry.CACHE, cargo.CACHE),
    *(go.CACHE, go.BUILD_CACHE, maven.CACHE, gradle.CACHE, bundler.CACHE, composer.CACHE, dotnet.CACHE),
)
