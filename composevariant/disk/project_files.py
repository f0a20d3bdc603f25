"""Read the files of a project, and write several files so that either all are written or none."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from composevariant.errors import Refused, UnusableInput
from composevariant.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable

BOM = "\ufeff"


class FileToWrite(NamedTuple):
    """A file to write, with its path and its whole text, including a byte order mark if needed."""

    path: str
    text: str
    mode_of: str = ""
    """The path of the file whose mode a new file gets, so that a copy of a private file is also private."""


class ProjectFiles:
    """The files of a project folder.

    Paths are absolute or relative to this folder, and messages show paths as given.
    """

    def __init__(self, folder: str = ".") -> None:
        self._folder = folder
        self._with_bom: set[str] = set()

    def is_there(self) -> bool:
        """Return whether the folder exists."""
        return os.path.isdir(self._folder)  # noqa: PTH112

    def full_path(self, path: str) -> str:
        return os.path.join(self._folder, os.path.expanduser(path))  # noqa: PTH111, PTH118 - pathlib costs 6 ms

    def absolute_path(self, path: str) -> str:
        return os.path.abspath(self.full_path(path))  # noqa: PTH100

    def from_here(self, path: str) -> str:
        """Return the path relative to the current directory, for a command that the user may run."""
        return os.path.normpath(self.full_path(path))

    def relative(self, folder: str, start: str) -> str:
        """Return the relative path from the folder `start` to `folder`, with `/` as the separator."""
        return os.path.relpath(self.full_path(folder), self.full_path(start) or ".").replace(os.sep, "/")

    def read(self, path: str, /) -> Source | None:
        """Read a file without its byte order mark, or return None if the file does not exist.

        Raises:
            UnusableInput: The file cannot be read, is not UTF-8, or was changed in the meantime.
        """
        try:
            data = _read_bytes(self.full_path(path))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UnusableInput(f"{path} cannot be read: {_reason(error)}") from None
        text = _decode(path, data)
        if text.startswith(BOM):
            self._with_bom.add(path)
            text = text[1:]
        return Source(path, text)

    def has_bom(self, path: str) -> bool:
        """Return whether the file had a byte order mark when it was read."""
        return path in self._with_bom

    def is_file(self, path: str) -> bool:
        return os.path.isfile(self.full_path(path))  # noqa: PTH113

    def exists(self, path: str) -> bool:
        """Return whether a file or folder exists."""
        return os.path.exists(self.full_path(path))  # noqa: PTH110

    def is_same(self, one: str, other: str) -> bool:
        """Return whether both paths lead to the same file after symbolic links are resolved."""
        return os.path.realpath(self.full_path(one)) == os.path.realpath(self.full_path(other))

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder."""
        full = self.full_path(folder)
        return [name for name in os.listdir(full or ".") if os.path.isfile(os.path.join(full, name))]  # noqa: PTH113, PTH118, PTH208

    def inside(self, folder: str) -> tuple[list[str], list[str]]:
        """Return the sorted names of the files and of the subfolders in a folder, without symbolic links.

        Both lists are empty if the folder cannot be read.
        """
        try:
            with os.scandir(self.full_path(folder) or ".") as found:
                names = [(each.name, each.is_dir(follow_symlinks=False)) for each in found if not each.is_symlink()]
        except OSError:
            return [], []
        return sorted(name for name, is_dir in names if not is_dir), sorted(name for name, is_dir in names if is_dir)

    def size(self, path: str) -> int:
        """Return the size of a file in bytes, or 0 if the file does not exist."""
        try:
            return os.path.getsize(self.full_path(path))  # noqa: PTH202
        except OSError:
            return 0

    def folder_name(self, folder: str = "") -> str:
        """Return the real name of a folder, from which Docker Compose derives the name of the project."""
        return os.path.basename(os.path.realpath(self.full_path(folder)))  # noqa: PTH119

    def write(self, files: Iterable[FileToWrite]) -> None:
        """Write all of the files or none.

        Each file is replaced atomically, and the old files are restored if a write fails.

        Raises:
            Refused: A path is a symbolic link to a file outside the project.
            UnusableInput: A file cannot be written.
        """
        targets = [(file, self._target(file.path)) for file in files]
        staged: list[tuple[str, str]] = []
        try:
            for file, target in targets:
                like = self.full_path(file.mode_of) if file.mode_of else target
                try:
                    os.makedirs(os.path.dirname(target) or ".", exist_ok=True)  # noqa: PTH103, PTH120
                    staged.append((_stage(target, file.text.encode(), like), target))
                except OSError as error:
                    wrong = f"{file.path} cannot be written: {_reason(error)}; nothing was changed"
                    raise UnusableInput(wrong) from None
            _put_in_place(staged)
        finally:
            for temporary, _ in staged:
                _remove_if_there(temporary)

    def clean(self, path: str) -> None:
        """Remove temporary files that killed runs have left next to a file."""
        folder, name = os.path.split(self.full_path(path))
        if os.path.isdir(folder or "."):  # noqa: PTH112
            _clean(folder, name)

    def remove(self, path: str) -> None:
        """Remove a file.

        Raises:
            UnusableInput: The file cannot be removed.
        """
        try:
            os.unlink(self.full_path(path))  # noqa: PTH108
        except OSError as error:
            raise UnusableInput(f"{path} cannot be removed: {_reason(error)}") from None

    def _target(self, path: str) -> str:
        full = self.full_path(path)
        if not os.path.islink(full):  # noqa: PTH114
            return full
        target = os.path.realpath(full)
        inside = os.path.join(os.path.realpath(self._folder), "")  # noqa: PTH118
        if not target.startswith(inside):
            raise Refused(f"{path} is a symbolic link to {target}, outside the project", None, "remove the link")
        return target


def nearest_folder(names: Iterable[str]) -> str | None:
    """Return the nearest folder that contains a file with one of the names, or None.

    The search starts in the current folder and goes up, and the result is `.`, `..` and so on.
    """
    names, folder = tuple(names), "."
    while True:
        if any(os.path.isfile(os.path.join(folder, name)) for name in names):  # noqa: PTH113, PTH118
            return folder
        above = ".." if folder == "." else os.path.join(folder, "..")  # noqa: PTH118
        if os.path.samefile(folder, above):  # noqa: PTH121
            return None
        folder = above


def _read_bytes(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123
        before = os.fstat(file.fileno())
        data = file.read()
        after = os.fstat(file.fileno())
    if stat.S_ISREG(before.st_mode) and (before.st_mtime_ns, len(data)) != (after.st_mtime_ns, after.st_size):
        raise OSError(0, "it changed while it was read; run the command again")
    return data


def _decode(path: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(errors="replace")
        place = Source(path, before).location(len(before))
        raise UnusableInput(f"not UTF-8 (byte 0x{data[error.start]:02x})", place, "save the file as UTF-8") from None


def _stage(target: str, data: bytes, like: str) -> str:
    """Write a temporary file next to the target, with the mode of `like`, and return its path.

    The temporary file is in the same folder, so that a rename can replace the target.
    """
    folder, name = os.path.split(target)
    _clean(folder, name)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")  # noqa: PTH118
    try:
        with open(temporary, "xb") as file:  # noqa: PTH123
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(like):  # noqa: PTH110
            os.chmod(temporary, stat.S_IMODE(os.stat(like).st_mode))  # noqa: PTH101, PTH116
    except BaseException:
        _remove_if_there(temporary)
        raise
    return temporary


def _clean(folder: str, name: str) -> None:
    start, end = f".{name}.", ".tmp"
    names = os.listdir(folder or ".")  # noqa: PTH208
    for found in [name for name in names if name.startswith(start) and name.endswith(end)]:
        from composevariant.disk.programs import is_running

        number = found[len(start) : -len(end)]
        if number.isdecimal() and not is_running(int(number)):
            _remove_if_there(os.path.join(folder, found))  # noqa: PTH118


def _put_in_place(staged: list[tuple[str, str]]) -> None:
    done: list[tuple[str, bytes | None]] = []
    try:
        for temporary, target in staged:
            old = _read_bytes(target) if os.path.exists(target) else None  # noqa: PTH110
            os.replace(temporary, target)  # noqa: PTH105
            done.append((target, old))
    except OSError as error:
        _put_back(done)
        raise UnusableInput(f"{target} cannot be written: {_reason(error)}; nothing was changed") from None
    except BaseException:  # interrupted
        _put_back(done)
        raise


def _put_back(done: list[tuple[str, bytes | None]]) -> None:
    for target, old in reversed(done):
        if old is None:
            _remove_if_there(target)
        else:
            os.replace(_stage(target, old, target), target)  # noqa: PTH105


def _remove_if_there(path: str) -> None:
    try:
        os.unlink(path)  # noqa: PTH108
    except FileNotFoundError:
        return


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower() if error.errno else str(error.args[-1])
