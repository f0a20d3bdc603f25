"""The text of a variant's file as it was before somebody edited it: kept beside the project, else found in git."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final

from composevariant.disk import Written
from composevariant.header import digest, read_generated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.disk import ProjectFiles

KEPT_IN: Final = ".composevariant/last"
_OLDEST: Final = 200
"""So many versions of the file are looked at in git."""


def kept_copies(files: ProjectFiles, bodies: Iterable[tuple[str, str]]) -> Iterator[Written]:
    """What is written beside the files of variants, so that a later edit can be told from what we wrote.

    `bodies` are those of the variants by name. They are of use on this machine only: git is told to leave them out.
    """
    written = [Written(kept_path(variant), body) for variant, body in bodies]
    yield from written
    ignored = f"{KEPT_IN}/.gitignore"
    if written and not files.is_file(ignored):
        yield Written(ignored, "*\n")


def kept_path(variant: str) -> str:
    return f"{KEPT_IN}/{variant}.yml"


def find_ancestor(files: ProjectFiles, variant: str, path: str, wanted: str) -> str | None:
    """The body whose digest is `wanted`: from the kept copy of the variant, else from git's versions of the file.

    None when it is in neither.
    """
    kept = files.read(kept_path(variant))
    if kept is not None and digest(kept.text) == wanted:
        return kept.text
    return next((body for body in _versions(files.full_path(path)) if digest(body) == wanted), None)


def _versions(path: str) -> Iterator[str]:
    """The bodies that git has of a generated file, the newest first; none where it is in no repository."""
    folder, name = posixpath.split(path)
    commits = _git(folder, "log", f"--max-count={_OLDEST}", "--format=%H", "--", name)
    for commit in (commits or "").split():
        text = _git(folder, "show", f"{commit}:./{name}")
        generated = read_generated(text.removeprefix("\ufeff")) if text else None
        if generated:
            yield generated.body


def _git(folder: str, *words: str) -> str | None:
    """What git prints; None when it fails or is not there."""
    from composevariant.disk import run

    try:
        ran = run(["git", "-C", folder or ".", *words])
    except OSError:
        return None
    return ran.output if ran.code == 0 else None
