"""Marks in edited sources. A mark is `cvbench` and twelve digits, and shows from which sources an image was built.

A comment is enough if the image contains the sources, but a compiler drops comments. Therefore a mark is a string that
the program contains but never prints. In languages where such a string could have side effects, the mark is a comment.
"""

from __future__ import annotations

import re
from itertools import count
from posixpath import basename, join, normpath, splitext
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile import unquoted_words
from composevariant.project import FAST_SIDECAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

PATTERN: Final = re.compile(rb"cvbench[0-9a-f]{12}")

LENGTH: Final = 19

_RUST_MAIN: Final = re.compile(r"^(?:pub(?:\(crate\))? )?(?:async )?fn main\(\)[^{;]*\{", re.MULTILINE)

_RUST_FUNCTION: Final = re.compile(r"^(?:pub(?:\([a-z]+\))? )?(?:async )?fn \w+[^{;]*\{", re.MULTILINE)


def mark(run: str, number: int) -> str:
    """Return the mark for one edit. `run` is eight hexadecimal digits that are unique to the run."""
    return f"cvbench{run}{number:04x}"


def marks(run: str) -> Iterator[str]:
    """Yield all marks of a run, in order."""
    return (mark(run, number) for number in count(1))


def add_mark(name: str, text: str, new: str) -> str | None:
    """Return the text of a source file with a mark added, or None if the language is unknown."""
    edit = _EDITS.get(splitext(name)[1].lower())
    return edit(text, new) if edit else None


def rank(name: str, text: str) -> int | None:
    """Return a rank for how reliably a mark in the file reaches the image, or None if the file cannot be marked.

    The best rank is 0.
    """
    suffix = splitext(name)[1].lower()
    if suffix not in _EDITS:
        return None
    if suffix == ".rs":
        return 0 if _RUST_MAIN.search(text) else 1 if _RUST_FUNCTION.search(text) else 3
    return 2 if suffix in _PAGES else 0


def manifest_edit(name: str, text: str, new: str) -> str | None:
    """Return a manifest or lock file with other bytes but the same dependencies, or None if the format is unknown."""
    base = basename(name)
    if base == "package.json":
        return _with_key(text, new)
    if base == "go.mod":
        return f"{_with_newline(text)}// {new}\n"
    if base.endswith((".toml", ".txt")) or base in _HASHED:
        return f"{_with_newline(text)}# {new}\n"
    return f"{_with_newline(text)}<!-- {new} -->\n" if base.endswith(("pom.xml", ".csproj")) else None


MANIFESTS: Final = (
    "Cargo.toml",
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "go.mod",
    "Gemfile",
    "pom.xml",
)

_HASHED: Final = ("Gemfile", "Cargo.lock", "poetry.lock", "uv.lock")


def _with_key(text: str, new: str) -> str | None:
    begin = text.find("{")
    return f'{text[: begin + 1]}"x-cvbench": "{new}",{text[begin + 1 :]}' if begin >= 0 and '":' in text else None


def _with_newline(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"


def _append_line(line: str) -> Callable[[str, str], str]:
    return lambda text, new: f"{_with_newline(text)}{line.replace('%', new)}\n"


def _rust(text: str, new: str) -> str:
    found = _RUST_MAIN.search(text) or _RUST_FUNCTION.search(text)
    if not found:
        return f"{_with_newline(text)}// {new}\n"
    return f'{text[: found.end()]} std::hint::black_box("{new}");{text[found.end() :]}'


def _php(text: str, new: str) -> str:
    inside = text.rfind("<?") > text.rfind("?>")
    return f"{_with_newline(text)}// {new}\n" if inside else f"{_with_newline(text)}<?php /* {new} */ ?>\n"


# The compiler cannot know that a package variable is false, so it keeps the string.
_GO: Final = 'var %off bool\n\nfunc init() {\n\tif %off {\n\t\tprintln("%")\n\t}\n}'


# Constructors are kept even if unused sections are dropped.
_C: Final = '__attribute__((constructor)) static void %f(void) { __asm__ volatile("" : : "r"("%")); }'


# Valid in every kind of JavaScript and TypeScript, and bundlers keep it because it has a side effect.
_SCRIPT: Final = 'Object.assign(globalThis, { cvbench: "%" });'

_HASH: Final = _append_line("# %")

_PAGE: Final = _append_line("<!-- % -->")

_PAGES: Final = (".css", ".html", ".htm", ".vue", ".svelte", ".sql", ".scss")

_EDITS: Final[dict[str, Callable[[str, str], str]]] = {
    ".rs": _rust,
    ".go": _append_line(_GO),
    **dict.fromkeys((".c", ".cc", ".cpp", ".cxx"), _append_line(_C)),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"), _append_line(_SCRIPT)),
    ".py": _append_line('_cvbench = "%"'),
    # Jars and assemblies contain the names of classes unchanged.
    **dict.fromkeys((".java", ".kt", ".cs", ".scala"), _append_line("class % {}")),
    **dict.fromkeys((".rb", ".sh", ".ex", ".exs", ".pl"), _HASH),
    ".php": _php,
    **dict.fromkeys((".html", ".htm", ".vue", ".svelte"), _PAGE),
    **dict.fromkeys((".css", ".scss"), _append_line("/* % */")),
    ".sql": _append_line("-- %"),
}


# The files of an image, read from the stream of `docker export` without unpacking it.

_CHUNK: Final = 1 << 20

_SHELLS: Final = frozenset(("sh", "bash", "ash", "dash", "zsh", "exec", "env", "tini", "dumb-init", "gosu", "su-exec"))

_RUNNERS: Final = frozenset(
    ("node", "python", "python3", "java", "ruby", "php", "bun", "deno", "npm", "dotnet", FAST_SIDECAR)
)

_MADE_BY_DOCKER: Final = frozenset(
    ("dev/console", "etc/hostname", "etc/hosts", "etc/resolv.conf", ".dockerenv", "etc/mtab")
)


class File(NamedTuple):
    """A file in an image, with its size and a digest of its content or link target."""

    size: int
    digest: str


class Contents(NamedTuple):
    """All files in an image, by path without a leading slash."""

    files: Mapping[str, File]
    marks: frozenset[str]
    """The marks of this run that the files contain."""
    marked: frozenset[str] = frozenset()
    """The paths of the files that contain a mark."""


def read_contents(stream: IO[bytes], run: str) -> Contents:
    """Read the output of `docker export` to its end."""
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
            elif member.islnk():  # the target is an earlier file or link, as a path from the root
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
    """Read a file, and find the marks of any run in the file."""
    from hashlib import sha256

    digest, tail, found = sha256(), b"", set[bytes]()
    while chunk := data.read(_CHUNK):
        digest.update(chunk)
        found.update(PATTERN.findall(tail + chunk))
        tail = chunk[-LENGTH:]
    return File(size, digest.hexdigest()), found


def main_program(command: Iterable[str], workdir: str, path: str, files: Mapping[str, File]) -> str:
    """Return the path of the program that a container runs, or an empty string if the program is unclear.

    If the program is an interpreter, the path is that of its script.
    """
    found = [file for word in _words(command) if (file := _find_file(word, workdir, path, files))]
    own = [file for file in found if basename(file) not in _SHELLS | _RUNNERS]
    return next(iter((*own, *found)), "")


def _words(command: Iterable[str]) -> Iterator[str]:
    for word in command:
        try:
            inner = unquoted_words(word) if " " in word else [word]
        except ValueError:
            inner = word.split()
        yield from (each.strip("&;|()") for each in inner)


def _find_file(word: str, workdir: str, path: str, files: Mapping[str, File]) -> str:
    if not word or word.startswith("-") or "=" in word:
        return ""
    places = [join(workdir or "/", word)]
    if "/" not in word:
        places = [join(folder, word) for folder in path.split(":")] + places
    for place in places:
        found = _follow_links(normpath(place).lstrip("/"), files)
        if found:
            return found
    return ""


def _follow_links(name: str, files: Mapping[str, File]) -> str:
    """Return the path with symbolic links resolved, or an empty string if the target does not exist."""
    for _ in range(8):
        parts = name.split("/")
        for length in range(1, len(parts) + 1):
            part = "/".join(parts[:length])
            file = files.get(part)
            if file is not None and file.digest.startswith("-> "):
                target = normpath(join("/", part.rpartition("/")[0], file.digest[3:])).lstrip("/")
                name = "/".join((target, *parts[length:]))
                break
        else:
            return name if name in files else ""
    return ""
