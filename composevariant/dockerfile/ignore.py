"""Which files of a context a build is sent: the rules of `.dockerignore`.

Those of moby's `patternmatcher`: a pattern that matches a folder matches all in it; the last one that matches counts.
"""

from __future__ import annotations

import re
from posixpath import normpath
from typing import NamedTuple


class Rule(NamedTuple):
    """A line of the file."""

    pattern: re.Pattern[str]
    excludes: bool
    """False for a line with `!`."""


def read_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a `.dockerignore`; lines that Docker would refuse are left out."""
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
    """Whether a file or folder of the context is left out."""
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
            found.append(pattern[at - 1 : end + 1] if end > 0 else "(")  # an open bracket makes the line wrong
            at = end + 1 if end > 0 else len(pattern)
        elif character == "\\" and at < len(pattern):
            found.append(re.escape(pattern[at]))
            at += 1
        else:
            found.append({"*": "[^/]*", "?": "[^/]"}.get(character, re.escape(character)))
    return "".join(found)
