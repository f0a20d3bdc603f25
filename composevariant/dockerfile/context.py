"""A read-only view of the files that a build sends to the engine. Paths are relative to the build context."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from composevariant.dockerfile.items import Instruction
    from composevariant.file_views import Files


class BuildContext(NamedTuple):
    """Read access to the folder of a build context."""

    files: Files | None = None
    """The files, or None if the context is unknown."""
    folder: str = ""
    """The path of the context in `files`."""
    ignore_file: str = ""
    """The path in `files` of the Dockerfile's `.dockerignore`, or an empty string if there is none."""

    def read_text(self, path: str) -> str | None:
        return self.files.read_text(self._at(path)) if self.files else None

    def is_file(self, path: str) -> bool:
        return self.files is not None and self.files.is_file(self._at(path))

    def is_ignored(self, path: str) -> bool:
        """Return whether a file or folder is excluded from the context."""
        text = self.files.read_text(self.ignore_file) if self.files and self.ignore_file else None
        return text is not None and is_ignored(path, read_rules(text))

    def with_texts(self, texts: Table[str, str]) -> BuildContext:
        """Return the context with these files added."""
        return self._replace(files=_FilesWithTexts(self.files, {self._at(path): text for path, text in texts.items()}))

    def _at(self, path: str) -> str:
        return normpath(join(self.folder, path.lstrip("/")))


class _FilesWithTexts:
    """The files of a context, with additional files that take precedence."""

    def __init__(self, files: Files | None, texts: Table[str, str]) -> None:
        self._files = files
        self._texts = texts

    def read_text(self, path: str) -> str | None:
        if path in self._texts:
            return self._texts[path]
        return self._files.read_text(path) if self._files else None

    def is_file(self, path: str) -> bool:
        return path in self._texts or (self._files is not None and self._files.is_file(path))


def copied_folders(instructions: tuple[Instruction, ...]) -> list[str]:
    """Return the folders in the context that `COPY` and `ADD` copy from, starting with the context itself."""
    folders = ["."]
    for instruction in instructions:
        if instruction.name in ("COPY", "ADD") and instruction.flag("from") is None:
            sources = [normpath(word.value.lstrip("/") or ".") for word in instruction.words[:-1]]
            known = [source for source in sources if "$" not in source and "*" not in source]
            folders += [place for source in known for place in (source, dirname(source) or ".")]
    return list(dict.fromkeys(folders))


# The rules of a `.dockerignore`, which exclude files from the context.


class Rule(NamedTuple):
    """A line of a `.dockerignore`."""

    pattern: re.Pattern[str]
    excludes: bool
    """Whether the line excludes paths. A line that starts with `!` does not."""


def read_rules(text: str) -> tuple[Rule, ...]:
    """Return the rules in a `.dockerignore`, without the lines that Docker would refuse."""
    rules: list[Rule] = []
    for line in text.splitlines():
        pattern = line.strip()
        if not pattern or line.startswith("#"):
            continue
        excludes = not pattern.startswith("!")
        pattern = normpath(pattern.removeprefix("!").strip()).lstrip("/")
        try:
            rules.append(Rule(re.compile(_expression(pattern)), excludes))
        except re.error:
            continue
    return tuple(rules)


def is_ignored(path: str, rules: tuple[Rule, ...]) -> bool:
    """Return whether the rules exclude a file or folder in the context."""
    parts = normpath(path).split("/")
    folders = ["/".join(parts[: number + 1]) for number in range(len(parts))]
    ignored = False
    for rule in rules:
        if any(rule.pattern.fullmatch(folder) for folder in folders):
            ignored = rule.excludes
    return ignored


def _expression(pattern: str) -> str:
    found: list[str] = []
    at = 0
    while at < len(pattern):
        character = pattern[at]
        at += 1
        if pattern.startswith("**/", at - 1):
            found.append("(?:.*/)?")
            at += 2
        elif pattern.startswith("**", at - 1):
            found.append(".*")
            at += 1
        elif character == "[":
            end = pattern.find("]", at)
            found.append(pattern[at - 1 : end + 1] if end > 0 else "(")  # without an end the line is invalid
            at = end + 1 if end > 0 else len(pattern)
        elif character == "\\" and at < len(pattern):
            found.append(re.escape(pattern[at]))
            at += 1
        else:
            found.append({"*": "[^/]*", "?": "[^/]"}.get(character, re.escape(character)))
    return "".join(found)
