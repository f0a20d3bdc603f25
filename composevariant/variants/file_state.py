"""How the file of a variant stands against what would be written now, by the digests of its header."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.disk import Written
from composevariant.errors import ComposeVariantError
from composevariant.source import Source
from composevariant.text import Generated, Header, digest, read_generated
from composevariant.tree import same
from composevariant.yamltext import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.disk import ProjectFiles
    from composevariant.overlay import Overlay
    from composevariant.tree import Node

State = Literal[
    "up to date",
    "missing",
    "base changed",
    "overlay changed",
    "inputs changed",
    "tool format changed",
    "hand-edited",
    "reformatted",
    "foreign file",
]


PROTECTED: Final[tuple[State, ...]] = ("hand-edited", "reformatted", "foreign file")
"""Files that hold something which we did not write."""


class FileStatus(NamedTuple):
    """A variant's file and everything that sets it apart from what would be written now."""

    states: tuple[State, ...]
    """What protects the file comes first; `up to date` and `missing` stand alone."""
    existing: str | None
    """The body of the file that is there, or all of a foreign file; None when there is none."""
    header: Header | None = None
    """The header of the file that is there, if it is one of ours."""

    @property
    def state(self) -> State:
        return self.states[0]

    @property
    def is_protected(self) -> bool:
        return self.states[0] in PROTECTED

    @property
    def words(self) -> str:
        return ", ".join(self.states)


def file_status(there: Source | None, header: Header, tree: Node, overlay: Overlay) -> FileStatus:
    """How a file compares with the header and the tree that a variant of this overlay would be written with now."""
    if there is None:
        return FileStatus(("missing",), None)
    generated = read_generated(there.text)
    if generated is None:
        return FileStatus(("foreign file",), there.text)
    # The command that made a file may be another one, such as with -f: the header's other lines do not count.
    states = (*_edits(there.name, generated, tree), *_outdated(generated.header, header, overlay))
    return FileStatus(states or ("up to date",), generated.body, generated.header)


def _edits(path: str, there: Generated, tree: Node) -> Iterator[State]:
    """Whether the body is not what we wrote: changed by hand, or by a formatter that kept its meaning."""
    if digest(there.body) == there.header.body:
        return
    try:
        root = parse(Source(path, there.body)).root
    except ComposeVariantError:
        root = None
    yield "reformatted" if root is not None and same(root, tree) else "hand-edited"


def _outdated(old: Header, new: Header, overlay: Overlay) -> Iterator[State]:
    if old.format != new.format:
        yield "tool format changed"
    if old.base != new.base:
        yield "base changed"
    if old.overlay != new.overlay and not _is_legacy_digest(old.overlay, overlay):
        yield "overlay changed"
    if old.inputs != new.inputs:
        yield "inputs changed"


def _is_legacy_digest(found: str, overlay: Overlay) -> bool:
    from composevariant.overlay import legacy_text  # only when the present digest does not match

    return found == digest(legacy_text(overlay))


# The text of a variant's file as it was before somebody edited it: kept beside the project, else found in git.

KEPT_FOLDER: Final = ".composevariant/last"


_OLDEST: Final = 200
"""So many versions of the file are looked at in git."""


def keep_copies(files: ProjectFiles, bodies: Iterable[tuple[str, str]]) -> Iterator[Written]:
    """What is written beside the files of variants, so that a later edit can be told from what we wrote.

    `bodies` are those of the variants by name. They are of use on this machine only: git is told to leave them out.
    """
    written = [Written(kept_path(variant), body) for variant, body in bodies]
    yield from written
    ignored = f"{KEPT_FOLDER}/.gitignore"
    if written and not files.is_file(ignored):
        yield Written(ignored, "*\n")


def kept_path(variant: str) -> str:
    return f"{KEPT_FOLDER}/{variant}.yml"


def find_ancestor(files: ProjectFiles, variant: str, path: str, body_digest: str) -> str | None:
    """The body whose digest is `body_digest`: from the kept copy of the variant, else from git's versions of the file.

    None when it is in neither.
    """
    kept = files.read(kept_path(variant))
    if kept is not None and digest(kept.text) == body_digest:
        return kept.text
    return next((body for body in _versions(files.full_path(path)) if digest(body) == body_digest), None)


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
