"""Go. Modules are checked against go.sum; later builds need them, so every step that builds gets the mount."""

import re
from typing import Final

from composevariant.dockerfile.ecosystems.ecosystem import DownloadCache, Surroundings
from composevariant.errors import Refused


def _where(surroundings: Surroundings) -> tuple[str, ...]:
    if surroundings.image != "golang":
        raise Refused("only the image golang says where its modules are")
    return ("/go/pkg/mod",)


CACHE: Final = DownloadCache(
    ecosystem="go",
    installs=re.compile(
        r"go[ \t]+(?:build|generate|get|install|list|mod[ \t]+(?:download|tidy|verify)|run|test|tool|vet)(?![^ \t])"
    ),
    where=_where,
    moved_by=re.compile(
        r"GOPATH|GOMODCACHE|GOFLAGS|GOPROXY=\W?off|-mod=|-modcacherw|/go/pkg|go[ \t]+(?:clean|env[ \t]+-)"
    ),
    read_later=True,
)
