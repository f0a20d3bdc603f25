"""The files of an image, read from the stream of `docker export` without unpacking it."""

from __future__ import annotations

from posixpath import basename, join, normpath
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from composevariant.bench.marks import LENGTH, PATTERN
from composevariant.dockerfile.shell import unquoted_words
from composevariant.project import FAST_SIDECAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_CHUNK: Final = 1 << 20
_SHELLS: Final = frozenset(("sh", "bash", "ash", "dash", "zsh", "exec", "env", "tini", "dumb-init", "gosu", "su-exec"))
_RUNNERS: Final = frozenset(
    ("node", "python", "python3", "java", "ruby", "php", "bun", "deno", "npm", "dotnet", FAST_SIDECAR)
)
_MADE_BY_DOCKER: Final = frozenset(
    ("dev/console", "etc/hostname", "etc/hosts", "etc/resolv.conf", ".dockerenv", "etc/mtab")
)


class File(NamedTuple):
    """A file of an image: its size, and a digest of what it holds or where it leads."""

    size: int
    digest: str


class Contents(NamedTuple):
    """All files of an image by path, without a leading slash."""

    files: Mapping[str, File]
    marks: frozenset[str]
    """The marks of this run that are in them."""
    marked: frozenset[str] = frozenset()
    """The files that hold one."""


def read_contents(stream: IO[bytes], run: str) -> Contents:
    """Read the whole stream."""
    import tarfile

    files: dict[str, File] = {}
    found: dict[str, set[bytes]] = {}
    with tarfile.open(fileobj=stream, mode="r|", bufsize=_CHUNK) as archive:
        for member in archive:
            path = normpath(member.name)
            if data := archive.extractfile(member) if member.isreg() else None:
                files[path], marks = _read(data, member.size)
                found |= {path: marks} if marks else {}
            elif member.issym():
                files[path] = File(0, f"-> {member.linkname}")
            elif member.islnk():  # another name of a file before it, which counts from the root; a symbolic link, too
                target = normpath(join("/", member.linkname)).lstrip("/")
                files[path] = files.get(target, File(0, f"-> /{target}"))
                found |= {path: found[target]} if target in found else {}
    kept = {path: file for path, file in files.items() if path not in _MADE_BY_DOCKER}
    ours = {
        path: {mark for each in marks if (mark := each.decode()).startswith(f"cvbench{run}")}
        for path, marks in found.items()
    }
    return Contents(kept, frozenset().union(*ours.values()), frozenset(path for path, marks in ours.items() if marks))


def _read(data: IO[bytes], size: int) -> tuple[File, set[bytes]]:
    """A file, and the marks of any run that are in it."""
    from hashlib import sha256

    digest, tail, found = sha256(), b"", set[bytes]()
    while chunk := data.read(_CHUNK):
        digest.update(chunk)
        found.update(PATTERN.findall(tail + chunk))
        tail = chunk[-LENGTH:]
    return File(size, digest.hexdigest()), found


def main_program(command: Iterable[str], workdir: str, path: str, files: Mapping[str, File]) -> str:
    """The file that a container would run: of a shell or an interpreter, what it runs; "" where that is unclear."""
    found = [file for word in _words(command) if (file := _resolved(word, workdir, path, files))]
    own = [file for file in found if basename(file) not in _SHELLS | _RUNNERS]
    return next(iter((*own, *found)), "")


def _words(command: Iterable[str]) -> Iterator[str]:
    for word in command:
        try:
            inner = unquoted_words(word) if " " in word else [word]
        except ValueError:
            inner = word.split()
        yield from (each.strip("&;|()") for each in inner)


def _resolved(word: str, workdir: str, path: str, files: Mapping[str, File]) -> str:
    if not word or word.startswith("-") or "=" in word:
        return ""
    places = [join(workdir or "/", word)]
    if "/" not in word:
        places = [join(folder, word) for folder in path.split(":")] + places
    for place in places:
        found = _followed(normpath(place).lstrip("/"), files)
        if found:
            return found
    return ""


def _followed(name: str, files: Mapping[str, File]) -> str:
    """The file behind symbolic links; "" when there is none."""
    for _ in range(8):
        parts = name.split("/")
        for count in range(1, len(parts) + 1):
            part = "/".join(parts[:count])
            file = files.get(part)
            if file is not None and file.digest.startswith("-> "):
                target = normpath(join("/", part.rpartition("/")[0], file.digest[3:])).lstrip("/")
                name = "/".join((target, *parts[count:]))
                break
        else:
            return name if name in files else ""
    return ""
