"""Temporary folders of `bench`, with copies of build contexts in which files are edited.

The copies consist of hard links, so no contents are read. An edited file is replaced by a new file, so the user's file
does not change. Files that were written in the last minute (such as the report itself) are copied in full, because
another process may still be writing them, and that would also change the linked copy.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from composevariant.disk.programs import is_running
from composevariant.errors import UnusableInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import TracebackType

_LARGEST_EDITED = 1 << 20
_RECENT = 60.0
_NAME = "composevariant-bench-"
_NOTES = "notes"


class ContextFile(NamedTuple):
    """A file of a build context."""

    path: str
    """The path relative to the context."""
    size: int


class AbandonedRun(NamedTuple):
    """The folder of a run that was killed and could not clean up."""

    run: str
    folder: str
    namespaces: Mapping[str, Sequence[str]]
    """The names of the run's cache mounts, by namespace."""

    def remove(self) -> None:
        """Remove the folder. The images and mounts in the engine remain."""
        shutil.rmtree(self.folder, ignore_errors=True)


def abandoned_runs() -> Iterator[AbandonedRun]:
    """Yield the runs of the current user whose processes have ended."""
    for folder in sorted(Path(tempfile.gettempdir()).glob(f"{_NAME}*")):
        try:
            ours = folder.stat().st_uid == os.getuid() and not folder.is_symlink()
            lines = (folder / _NOTES).read_text(encoding="utf-8").splitlines() if ours else []
        except OSError:
            continue
        if lines and lines[0].isdecimal() and not is_running(int(lines[0])):
            found = [line.split("\t") for line in lines[1:]]
            yield AbandonedRun(folder.name.removeprefix(_NAME), str(folder), {words[0]: words[1:] for words in found})


class WorkFolder:
    """A temporary folder, which is removed with all its contents at the end of the `with` block."""

    def __init__(self, run: str) -> None:
        self._folder = Path(tempfile.gettempdir()) / f"{_NAME}{run}"
        self.keeps_notes = False
        """Whether the recorded notes must be kept because the next run has to remove something."""

    def __enter__(self) -> Self:
        self._folder.mkdir(mode=0o700)
        (self._folder / _NOTES).write_text(f"{os.getpid()}\n", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for path in self._folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
        if not self.keeps_notes:
            shutil.rmtree(self._folder, ignore_errors=True)

    def remember(self, namespace: str, names: Iterable[str]) -> None:
        """Record cache mounts before they are created, so that a later run can remove them if this run is killed."""
        with (self._folder / _NOTES).open("a", encoding="utf-8") as notes:
            notes.write("\t".join((namespace, *sorted(names))) + "\n")

    def copy_of(self, name: str, context: str, left_out: Callable[[str], bool]) -> ContextCopy:
        """Copy a context without the folders for which `left_out` returns True.

        Raises:
            UnusableInput: The context cannot be read.
        """
        source = Path(context)
        if not source.is_dir():
            raise UnusableInput(f"the context {context} is not a folder")
        # The engine identifies a context by the last part of its path, so that part includes the name of the run.
        target = self._folder / name / f"{self._folder.name}-{name}-0"
        try:
            return ContextCopy(target, _copy_folder(source, target, left_out))
        except OSError as error:
            raise UnusableInput(f"the context {context} cannot be copied: {error}") from None

    def dockerfile(self, name: str, text: str, ignore: str | None) -> str:
        """Write a Dockerfile and, if given, its ignore file, and return the path of the Dockerfile."""
        folder = self._folder / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "Dockerfile").write_text(text, encoding="utf-8", newline="")
        if ignore is not None:
            (folder / "Dockerfile.dockerignore").write_text(ignore, encoding="utf-8", newline="")
        return str(folder / "Dockerfile")


class ContextCopy:
    """A copy of a build context, in which files can be edited and restored."""

    def __init__(self, folder: Path, linked: bool) -> None:  # noqa: FBT001 - the result of copying
        self._folder = folder
        self.linked = linked
        """Whether the copy takes no disk space because it consists of links."""
        self._kept: dict[str, Path] = {}
        self._times = 0

    @property
    def path(self) -> str:
        return str(self._folder)

    def renew(self) -> None:
        """Rename the copy, so that the engine, which caches contexts by name, reads the whole context again."""
        self._times += 1
        new = self._folder.with_name(f"{self._folder.name.rpartition('-')[0]}-{self._times}")
        self._folder.rename(new)
        self._folder = new

    def files(self) -> Iterator[ContextFile]:
        """Yield all files of the context."""
        for folder, _, names in os.walk(self._folder):
            for name in names:
                path = Path(folder, name)
                if path.is_file() and not path.is_symlink():
                    yield ContextFile(path.relative_to(self._folder).as_posix(), path.stat().st_size)

    def read(self, path: str) -> str | None:
        """Return the text of a file, or None if the file is not text or is too large to edit."""
        file = self._folder / path
        try:
            return file.read_bytes().decode() if file.stat().st_size <= _LARGEST_EDITED else None
        except (OSError, UnicodeDecodeError):
            return None

    def replace(self, path: str, text: str) -> None:
        """Replace a file with a new file. The original is kept with its modification time, for `restore`."""
        file = self._folder / path
        if path not in self._kept:
            kept = self._folder.parent / f"kept-{len(self._kept)}"
            file.rename(kept)
            self._kept[path] = kept
        else:
            file.unlink(missing_ok=True)
        file.write_bytes(text.encode())
        shutil.copymode(self._kept[path], file)

    def settle(self, path: str) -> None:
        """Make the current file, with its modification time, the version that `restore` restores."""
        kept = self._kept[path]
        kept.unlink()
        os.link(self._folder / path, kept)

    def restore(self, path: str) -> None:
        """Restore the saved version of a file with its modification time."""
        if path in self._kept:
            (self._folder / path).unlink(missing_ok=True)
            os.link(self._kept[path], self._folder / path)

    def add(self, path: str, text: str) -> None:
        """Create a file."""
        (self._folder / path).write_bytes(text.encode())


def _copy_folder(source: Path, target: Path, left_out: Callable[[str], bool]) -> bool:
    """Copy a folder, and return whether all files could be linked."""
    linked = True
    target.mkdir(parents=True)
    for folder, names, files in os.walk(source):
        at = Path(folder).relative_to(source)
        kept = []
        for name in sorted(names):
            if (Path(folder) / name).is_symlink():
                files.append(name)
            elif not left_out((at / name).as_posix()):
                kept.append(name)
                (target / at / name).mkdir()
        names[:] = kept
        for name in files:
            linked &= _copy_file(Path(folder) / name, target / at / name)
        shutil.copystat(folder, target / at)
    return linked


def _copy_file(source: Path, target: Path) -> bool:
    if source.is_symlink():
        target.symlink_to(source.readlink())
    elif source.is_file():
        if time.time() - source.stat().st_mtime < _RECENT:
            shutil.copy2(source, target)
            return True
        try:
            os.link(source, target)
        except OSError:  # another file system, or somebody else's file
            shutil.copy2(source, target)
            return False
    return True
