"""Compare the file of a variant with the text that would be written now, by the digests in the header."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.disk import FileToWrite
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
"""The states in which a file has content that composevariant did not generate."""


class FileStatus(NamedTuple):
    """The existing file of a variant, and how it differs from the text that would be written now."""

    states: tuple[State, ...]
    """The states of the file, with protected states first. `up to date` and `missing` never occur with other states."""
    existing: str | None
    """The body of the existing file, the whole text of a foreign file, or None if there is no file."""
    header: Header | None = None
    """The header of the existing file, or None if the file was not generated."""
    header_is_old: bool = False
    """Whether only the header would change, because the body is as it would be written now, whoever wrote it."""

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
    """Compare an existing file with the header and the tree that would be written now."""
    if there is None:
        return FileStatus(("missing",), None)
    generated = read_generated(there.text)
    if generated is None:
        return FileStatus(("foreign file",), there.text)
    # Other lines of the header are ignored, because different commands may generate the same file.
    states = (*_edits(there.name, generated, tree), *_outdated(generated.header, header, overlay))
    if states and digest(generated.body) == header.body:
        return FileStatus(("up to date",), generated.body, generated.header, header_is_old=True)
    return FileStatus(states or ("up to date",), generated.body, generated.header)


def _edits(path: str, there: Generated, tree: Node) -> Iterator[State]:
    """Yield a state if the body was changed by hand, or was reformatted without any change to values."""
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
    from composevariant.overlay import legacy_text  # only if the current digest differs

    return found == digest(legacy_text(overlay))


# The generated text of a file before it was edited: from a copy in the project, or from git.

KEPT_FOLDER: Final = ".composevariant/last"

_OLDEST: Final = 200
"""The maximum number of versions of the file that are read from git."""


def keep_copies(files: ProjectFiles, bodies: Iterable[tuple[str, str]]) -> Iterator[FileToWrite]:
    """Yield copies of the generated bodies, from which later edits are computed.

    `bodies` are pairs of a variant name and a body. The copies are local, because a `.gitignore` excludes them.
    """
    written = [FileToWrite(kept_path(variant), body) for variant, body in bodies]
    yield from written
    ignored = f"{KEPT_FOLDER}/.gitignore"
    if written and not files.is_file(ignored):
        yield FileToWrite(ignored, "*\n")


def kept_path(variant: str) -> str:
    return f"{KEPT_FOLDER}/{variant}.yml"


def find_ancestor(files: ProjectFiles, variant: str, path: str, body_digest: str) -> str | None:
    """Return the body with this digest from the copy of the variant or from git, or None if neither has it."""
    kept = files.read(kept_path(variant))
    if kept is not None and digest(kept.text) == body_digest:
        return kept.text
    return next((body for body in _versions(files.full_path(path)) if digest(body) == body_digest), None)


def _versions(path: str) -> Iterator[str]:
    """Yield the bodies of a generated file in git, newest first. Outside of a repository, there are none."""
    folder, name = posixpath.split(path)
    commits = _git(folder, "log", f"--max-count={_OLDEST}", "--format=%H", "--", name)
    for commit in (commits or "").split():
        text = _git(folder, "show", f"{commit}:./{name}")
        generated = read_generated(text.removeprefix("\ufeff")) if text else None
        if generated:
            yield generated.body


def _git(folder: str, *words: str) -> str | None:
    """Return the output of git, or None if git fails or is not installed."""
    from composevariant.disk import run

    try:
        ran = run(["git", "-C", folder or ".", *words])
    except OSError:
        return None
    return ran.output if ran.code == 0 else None
