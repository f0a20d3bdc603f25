"""The configuration of a sidecar, as far as it is part of the project."""

from __future__ import annotations

from posixpath import basename, normpath
from typing import TYPE_CHECKING

from composevariant.compose.services import text_of
from composevariant.compose.volumes import placed_in
from composevariant.sidecars.patterns import fits, fits_words
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.sidecars.preset import Match

    Read = Callable[[str], str | None]
    """Gives the text of a file, or None."""


def configurations(tree: Mapping, service: Mapping, match: Match, read: Read) -> Iterator[tuple[str, str]]:
    """The configuration files of a sidecar that are part of the project, by name, with their texts."""
    for _, mount, _ in placed_in(service):
        if not fits(mount.target, match.mounts) and not fits_words(basename(mount.source), match.sources):
            continue
        if mount.type == "config":
            configs = tree.get("configs")
            config = configs.get(mount.source) if isinstance(configs, Mapping) else None
            content = text_of(config.get("content")) if isinstance(config, Mapping) else ""
            file = text_of(config.get("file")) if isinstance(config, Mapping) else ""
            yield f"configs.{mount.source}", content or _text(file, read)
        elif mount.type == "bind":
            yield mount.source, _text(mount.source, read)


def _text(file: str, read: Read) -> str:
    return (read(normpath(file)) or "") if file.startswith(".") or file[:1].isalnum() else ""
