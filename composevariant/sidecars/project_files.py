"""Files of a project that people and machines run or read: scripts, Makefiles, CI, READMEs, and what they speak of.

Looked for after every strip that did something, so it compares texts and leaves regular expressions to what is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.file_views import Folders


_DEPTH: Final = 2
_MOST_FOLDERS: Final = 100
_NOT_OURS: Final = frozenset(("node_modules", "vendor", "target", "dist", "build", "venv", "__pycache__"))
_OF_CI: Final = frozenset((".github", ".gitlab", ".circleci", ".buildkite"))
_OF_SCRIPTS: Final = frozenset(("bin", "script", "scripts", "ci", "tools"))
_NAMES: Final = frozenset(
    ("makefile", "gnumakefile", "justfile", "jenkinsfile", "procfile", "tiltfile", "package.json")
)
_STEMS: Final = frozenset(
    ("taskfile", ".gitlab-ci", ".travis", "appveyor", "azure-pipelines", "bitbucket-pipelines", "cloudbuild")
)
"""What the YAML files of task runners and CI are called."""
_STARTS: Final = ("readme", "contributing", "install", "deploy", "operations", "runbook", ".env.")
_ENDINGS: Final = (".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd", ".mk", ".env")


def speaking_files(folders: Folders, words: tuple[str, ...]) -> Iterator[tuple[str, dict[int, str]]]:
    """The files in which one of the words stands, with the word as it is written in each line that has one.

    Compose files and Dockerfiles are not among them.
    """
    for file in _files(folders):
        text = folders.glance(file) or ""
        small = text.lower()
        found = word_places(text, words) if any(word in small for word in words) else {}
        if found:
            yield file, found


def word_places(text: str, words: tuple[str, ...]) -> dict[int, str]:
    """The lines of a text that have one of the words, with the word as it is written there."""
    import re

    word = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, words))})(?![^\W_])", re.IGNORECASE)
    found = ((number, word.search(line)) for number, line in enumerate(text.splitlines(), 1))
    return {number: place[0] for number, place in found if place}


def _files(folders: Folders) -> Iterator[str]:
    """The files, from the folder of the Compose file downwards, level by level."""
    waiting, seen = [("", 0)], 0
    while waiting and seen < _MOST_FOLDERS:
        folder, depth = waiting.pop(0)
        seen += 1
        files, below = folders.inside(folder)
        path = folder.split("/")
        for name in files:
            if _is_one(name.lower(), path):
                yield f"{folder}/{name}" if folder else name
        if depth < _DEPTH:
            ours = (name for name in below if name not in _NOT_OURS and (name in _OF_CI or not name.startswith(".")))
            waiting += ((f"{folder}/{name}" if folder else name, depth + 1) for name in ours)


def _is_one(name: str, folders: list[str]) -> bool:
    if name.endswith((".yml", ".yaml")):
        return folders[0] in _OF_CI or name.rpartition(".")[0] in _STEMS
    is_script = folders[-1] in _OF_SCRIPTS and "." not in name
    return is_script or name in _NAMES or name.startswith(_STARTS) or name.endswith(_ENDINGS)
