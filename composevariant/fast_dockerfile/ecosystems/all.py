"""All known download caches, and all known ways to install dependencies from manifests alone."""

from typing import Final

from composevariant.fast_dockerfile.ecosystems import (
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

MANIFESTS: Final = (
    *(npm.MANIFESTS, pnpm.MANIFESTS, yarn.MANIFESTS, pip.MANIFESTS, uv.MANIFESTS, uv.REQUIREMENTS, poetry.MANIFESTS),
    *(go.MANIFESTS, maven.MANIFESTS),
)
