"""Choose the file to edit. It must be a source file that the Dockerfiles copy and whose mark reaches the image."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from posixpath import basename, dirname, normpath, splitext
from typing import TYPE_CHECKING, Final

from composevariant.bench.marks import MANIFESTS, manifest_edit, rank
from composevariant.dockerfile import mounts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from composevariant.disk import ContextFile
    from composevariant.dockerfile import Dockerfile

_ENTRY: Final = ("main", "index", "app", "server", "program", "__main__", "manage", "wsgi")
_NOT_SOURCE: Final = re.compile(
    r"(^|/)(tests?|__tests__|spec|examples?|benches|docs?|node_modules|vendor|dist|target|migrations|\.[^/]+)/"
    r"|(^|/)(build\.rs|setup\.py|conftest\.py|package-info\.java|module-info\.java|[^/]*_test\.go)$"
    r"|\.(min|test|spec|config|d)\.[a-z]+$",
    re.IGNORECASE,
)
_TRIED: Final = 40


def is_copied(dockerfile: Dockerfile, path: str) -> bool:
    """Return whether a `COPY`, an `ADD` or a mount in the Dockerfile uses a file from the context."""
    return any(_covers(source, path) for source in _sources(dockerfile))


def _sources(dockerfile: Dockerfile) -> Iterator[str]:
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            if instruction.name in ("COPY", "ADD") and instruction.flag("from") is None:
                yield from (word.value for word in instruction.words[:-1] if "://" not in word.value)
            of_context = (each for each in mounts_of(instruction) if each["type"] == "bind" and not each.get("from"))
            yield from (mount.get("source", ".") for mount in of_context)


def _covers(source: str, path: str) -> bool:
    if "$" in source:
        return True
    source = normpath(source).lstrip("/")
    if source in (".", ""):
        return True
    parts = path.split("/")
    above = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
    return any(fnmatchcase(each, source) and each.count("/") == source.count("/") for each in above)


def source_to_edit(files: Iterable[ContextFile], read: Callable[[str], str | None]) -> str | None:
    """Return the most likely main source file. Entry points are preferred, then large files."""
    known = [file for file in files if rank(file.path, "") is not None and not _NOT_SOURCE.search(file.path)]
    known.sort(key=lambda file: (not _is_entry(file.path), -file.size, file.path))
    best: tuple[int, str] | None = None
    for file in known[:_TRIED]:
        text = read(file.path)
        sure = rank(file.path, text) if text is not None else None
        if sure is not None and (best is None or sure < best[0]):
            best = (sure, file.path)
    return best[1] if best else None


def _is_entry(path: str) -> bool:
    return splitext(basename(path))[0].lower() in _ENTRY


def manifest_to_edit(files: Iterable[ContextFile], source: str, read: Callable[[str], str | None]) -> str | None:
    """Return the nearest manifest above the source file, or None if no manifest can be edited."""
    names = {file.path for file in files}
    folder = dirname(source)
    while True:
        for name in MANIFESTS:
            path = normpath(f"{folder}/{name}") if folder else name
            text = read(path) if path in names else None
            if text is not None and manifest_edit(path, text, "x") is not None:
                return path
        if not folder:
            return None
        folder = dirname(folder)
