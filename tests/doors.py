"""Where a module touches the disk or starts a program, read off its syntax.

Names are followed through imports: `from os import remove as r` makes `r` an `os.remove`. The receiver of a method is
not known, so the methods that are found are those that only a path has. `exists`, `read_text` and `replace` have other
owners too; but a path cannot be had without `pathlib`, which is found wherever it is used.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Door = Literal["files", "programs"]


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


_ON_TEXTS = _words(
    "basename commonpath commonprefix dirname isabs join normcase normpath relpath sep split splitdrive splitext"
)
_PURE = _words(
    *(f"{module}.{name}" for module in ("os.path", "posixpath", "ntpath") for name in _ON_TEXTS),
    "os.path os.curdir os.extsep os.linesep os.pardir os.pathsep os.sep os.fspath os.PathLike",
    "os.urandom os.cpu_count os.getpid shutil.get_terminal_size",
    "pathlib.PurePath pathlib.PurePosixPath importlib.util",
)
"""What only works on texts, or asks about this process or its terminal."""

_FILES = _words(
    "os posixpath ntpath pathlib shutil tempfile glob fileinput linecache mmap fcntl zipfile shelve dbm",
    "sqlite3 resource importlib.resources importlib.util pkgutil __import__",
    "open io.open io.FileIO codecs.open tarfile.open gzip.open bz2.open lzma.open",
)
_PROGRAMS = _words(
    "subprocess multiprocessing pty shutil.which concurrent.futures.ProcessPoolExecutor",
    "asyncio.create_subprocess_exec asyncio.create_subprocess_shell",
    "os.abort os.fork os.forkpty os.kill os.killpg os.popen os.startfile os.system os._exit",
)
_STARTS = ("os.exec", "os.spawn", "os.posix_spawn", "os.wait")

_METHODS = _words(
    "absolute chmod expanduser hardlink_to is_dir is_symlink iterdir lstat mkdir open read_bytes readlink",
    "rglob rmdir samefile symlink_to touch unlink write_bytes write_text",
)
"""Of paths alone, in this package."""


def uses(code: str) -> list[tuple[Door, str]]:
    """The doors that a module would need, each with what it does there."""
    tree = ast.parse(code)
    names = _imported(tree)
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found: list[tuple[Door, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and id(node) not in inner:
            found += _of_name(_dotted(node, names))
        if isinstance(node, ast.Call):
            found += _of_call(node, names)
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [each for alias in node.names for each in _of_name(f"{node.module}.{alias.name}")]
    return list(dict.fromkeys(found))


def _imported(tree: ast.Module) -> dict[str, str]:
    """What the names of a module that are imported stand for."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return {"open": "open", "__import__": "__import__"} | names


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    """The whole name of something imported; "" for anything else."""
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value, names)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def _of_name(name: str) -> Iterator[tuple[Door, str]]:
    if name in _PURE:
        return
    words = name.split(".")
    owners = {".".join(words[:length]) for length in range(1, len(words) + 1)}
    if owners & _PROGRAMS or name.startswith(_STARTS):
        yield "programs", name
    elif owners & _FILES:
        yield "files", name


def _of_call(call: ast.Call, names: dict[str, str]) -> Iterator[tuple[Door, str]]:
    """A method of a path, and a module that is imported by a name made at run time, in which anything may be."""
    name = _dotted(call.func, names)
    if isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS and not name:
        yield "files", f".{call.func.attr}()"
    if name == "importlib.import_module" and not isinstance(call.args[0], ast.Name | ast.Attribute):
        module = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
        if isinstance(module, str):
            yield from _of_name(module)
        else:
            yield "files", "import_module(...)"
