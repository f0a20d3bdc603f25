"""Files of a project that people and machines run or read: scripts, Makefiles, CI, READMEs, and what they speak of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.operations.outcome import Folders

_DEPTH: Final = 2
_MOST_FOLDERS: Final = 100
_NOT_OURS: Final = frozenset(("node_modules", "vendor", "target", "dist", "build", "venv", "__pycache__"))
_OF_CI: Final = frozenset((".github", ".gitlab", ".circleci", ".buildkite"))
_OF_SCRIPTS: Final = frozenset(("bin", "script", "scripts", "ci", "tools"))
_ALONE: Final = re.compile(
    r"(?:GNU)?makefile|justfile|taskfile\.ya?ml|jenkinsfile|procfile|tiltfile|package\.json|"
    r"(?:\.gitlab-ci|\.travis|appveyor|azure-pipelines|bitbucket-pipelines|cloudbuild)\.ya?ml|"
    r"(?:readme|contributing|install|deploy|operations|runbook).*|\.env(?:\..*)?|"
    r".*\.(?:sh|bash|zsh|ps1|bat|cmd|mk|env)",
    re.IGNORECASE,
)


class Said(NamedTuple):
    """A file that speaks of something."""

    file: str
    words: dict[int, str]
    """The word as it stands in each line that has one."""


def speaking_files(folders: Folders, words: tuple[str, ...]) -> Iterator[Said]:
    """The files in which one of the words stands; Compose files and Dockerfiles are not among them."""
    word = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words))})(?![^\W_])", re.IGNORECASE)
    for file in _files(folders):
        text = folders.glance(file) or ""
        if word.search(text):
            found = ((number, word.search(line)) for number, line in enumerate(text.splitlines(), 1))
            yield Said(file, {number: place[0] for number, place in found if place})


def _files(folders: Folders) -> Iterator[str]:
    """The files, from the folder of the Compose file downwards, level by level."""
    waiting, seen = [("", 0)], 0
    while waiting and seen < _MOST_FOLDERS:
        folder, depth = waiting.pop(0)
        seen += 1
        files, below = folders.inside(folder)
        path = folder.split("/")
        for name in files:
            in_ci = path[0] in _OF_CI and name.endswith((".yml", ".yaml"))
            is_script = path[-1] in _OF_SCRIPTS and "." not in name
            if in_ci or is_script or _ALONE.fullmatch(name):
                yield f"{folder}/{name}" if folder else name
        if depth < _DEPTH:
            ours = (name for name in below if name not in _NOT_OURS and (name in _OF_CI or not name.startswith(".")))
            waiting += ((f"{folder}/{name}" if folder else name, depth + 1) for name in ours)
