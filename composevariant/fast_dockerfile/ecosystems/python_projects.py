"""Checks of requirements files and pyproject.toml for pip, uv and Poetry."""

from __future__ import annotations

import re
import tomllib
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Final

from composevariant.errors import Refused

if TYPE_CHECKING:
    from composevariant.fast_dockerfile.ecosystems.ecosystem import Project

_NAMED: Final = re.compile(r"(?<![^ \t])(?:-r|-c|--requirements?|--constraints?)[ \t=]*([^ \t]+)")
_LOCAL: Final = re.compile(
    r"-[ef]|--(?:editable|find-links)\b|\.{0,2}/|file:|.*@[ \t]*(?:file:|\.{0,2}/)|.*git\+ssh:|.*\.whl\b"
)

_BY_SHELL: Final = re.compile(r"[$*?`]|^<")
"""A pattern for text that the shell expands, perhaps to the name of a source file."""


def requirements(project: Project, command: str) -> tuple[str, ...]:
    """Return the requirements files that a command names, and the files that these include.

    Raises:
        Refused: A package is installed from a path.
    """
    words = [word.strip("'\"") for word in _NAMED.sub("", command).split()]
    for word in words[1:]:
        if word == "." or word.startswith(".[") or _LOCAL.match(word) or _is_path(word) or _BY_SHELL.search(word):
            raise Refused(f"{word} may need the sources")
    files = list(dict.fromkeys(_NAMED.findall(command)))
    for name in files:
        if name.startswith(("/", "..")) or ":" in name:
            raise Refused(f"{name} is not one of the files that are copied")
        text = project.needs(name)
        for line in map(str.strip, text.splitlines()):
            if line and (_LOCAL.match(line) or _is_path(line.split()[0])):
                raise Refused(f"{name} has {line.split()[0]}, which may need the sources")
            found = re.match(_NAMED, line)
            if found:
                named = normpath(join(dirname(name), found[1]))
                files += [] if named in files else [named]
    return tuple(files)


def _is_path(word: str) -> bool:
    """Return whether a word names a file or folder, rather than being an option, a comment or a URL."""
    return "/" in word and not word.startswith(("-", "#")) and "://" not in word


def check_pyproject(project: Project) -> None:
    """Check that no package in pyproject.toml comes from a path.

    Raises:
        Refused: A package comes from a path, or the file is invalid.
    """
    try:
        content = tomllib.loads(project.needs("pyproject.toml"))
    except (tomllib.TOMLDecodeError, RecursionError):
        raise Refused("pyproject.toml is not valid TOML") from None
    project_table = content.get("project", {})
    if isinstance(project_table, dict) and project_table.get("dynamic"):
        raise Refused("pyproject.toml has project.dynamic, which may need the sources")
    found = _find_local(content.get("tool", {}), "tool") or _find_local(content.get("project", {}), "project")
    if found:
        raise Refused(f"pyproject.toml has {found}, which may need the sources")


def _find_local(value: object, place: str) -> str:
    """Return the key of a package that comes from a path or a workspace, or an empty string if there is none."""
    if isinstance(value, dict):
        for key, inner in value.items():
            where = f"{place}.{key}"
            if (key == "path" and ("dependencies" in place or "sources" in place)) or key == "workspace":
                return where
            if found := _find_local(inner, where):
                return found
    elif isinstance(value, list):
        return next((found for inner in value if (found := _find_local(inner, place))), "")
    elif isinstance(value, str) and re.search(r"@[ \t]*file:", value):
        return place
    return ""
