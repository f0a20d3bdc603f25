"""Recognise a sidecar in text, and describe which parts of the sidecar a Dockerfile contains."""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.dockerfile import Instruction, Removals
    from composevariant.fast_dockerfile.embedded.commands import Kind
    from composevariant.sidecars import Embedded
    from composevariant.source import Location

_SHARED: Final = (
    *("", "app", "bin", "dev/null", "etc", "home", "lib", "opt", "root", "run", "sbin", "srv", "tmp", "usr", "usr/bin"),
    *("usr/lib", "usr/local", "usr/local/bin", "usr/local/sbin", "usr/sbin", "usr/share", "usr/src", "var", "var/lib"),
    *("var/log", "var/tmp"),
)
_SHARED_FOLDERS: Final = frozenset(("", ".", "-", *(f"/{name}" for name in _SHARED)))
"""Common folders, in which a file does not necessarily belong to the sidecar."""


class SidecarMatcher:
    """A matcher that recognises a sidecar by its words and by the paths where a Dockerfile puts it."""

    def __init__(
        self,
        embedded: Embedded,
        title: str,
        places: frozenset[str] = frozenset(),
        spared: frozenset[str] = frozenset(),
        *,
        repositories: bool = False,
    ) -> None:
        self.embedded = embedded
        self.title = title
        self.places = places
        self.spared = spared
        self._repositories_too = repositories
        self._word = _any_of(embedded.words)
        self._repository = re.compile("|".join(map(_glob, embedded.repositories)) or r"(?!)", re.IGNORECASE)
        self._neighbour = _any_of(embedded.neighbours)
        moved = "|".join(map(re.escape, sorted(places)))
        self._place = re.compile(rf"(?<![\w.-])(?:{moved})(?![\w-])" if moved else r"(?!)")

    def matches(self, text: str) -> bool:
        """Return whether a text names the sidecar or a path where the sidecar was put."""
        for path in self.spared:
            text = text.replace(path, "")
        if self._word.search(text) or self._place.search(text):
            return True
        return self._repositories_too and self.matches_repository(text)

    def matches_file_name(self, path: str) -> bool:
        """Return whether a file is named after the sidecar, such as `filebeat.yml` but not `nginx-filebeat.conf`."""
        return self._word.match(basename(path.rstrip("/"))) is not None

    def matches_repository(self, text: str) -> bool:
        """Return whether a text names a package repository of the sidecar."""
        return self._repository.search(text) is not None

    def matches_neighbour(self, text: str) -> bool:
        """Return whether a text names another package from the same repositories."""
        return self._neighbour.search(text) is not None

    def with_places(self, paths: Iterable[str]) -> SidecarMatcher:
        """Return a matcher that also recognises these paths, except for common folders."""
        new = {path.rstrip("/") for path in paths if path.rstrip("/") not in _SHARED_FOLDERS and "$" not in path}
        new = {path for path in new if path and not self._word.search(path)}
        if not new:
            return self
        return SidecarMatcher(
            self.embedded, self.title, self.places | new, self.spared, repositories=self._repositories_too
        )

    def with_repositories(self) -> SidecarMatcher:
        """Return a matcher that also recognises the package repositories."""
        return SidecarMatcher(self.embedded, self.title, self.places, self.spared, repositories=True)

    def without_paths(self, paths: Iterable[str]) -> SidecarMatcher:
        """Return a matcher that ignores these paths regardless of their names."""
        spared = self.spared.union(paths)
        return SidecarMatcher(self.embedded, self.title, self.places, spared, repositories=self._repositories_too)


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern for one of the words, without a letter or digit before or after it."""
    either = "|".join(map(re.escape, words))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{either})(?![A-Za-z0-9])" if words else r"(?!)", re.IGNORECASE)


def _glob(pattern: str) -> str:
    return r"[^\s'\"]*".join(map(re.escape, pattern.split("*")))


class Finding(NamedTuple):
    """A location where the sidecar is installed, configured or started."""

    kind: Kind
    what: str
    """The program or instruction that installs, configures or starts the sidecar."""
    location: Location
    reason: str = ""
    """Why the finding cannot be removed, or an empty string if it can."""


class Change(NamedTuple):
    """A change to an instruction. If all fields have their default values, the instruction is removed."""

    instruction: Instruction
    findings: tuple[Finding, ...]
    removed_commands: Removals | None = None
    """The commands and words to remove from a `RUN`."""
    arguments: str | None = None
    """The new arguments of the instruction."""
    removed_words: tuple[int, ...] = ()
    """The numbers of the arguments to remove, if the arguments are not written as JSON."""
    lines_after: tuple[str, ...] = ()
    """Lines to insert after the instruction, which is kept."""
    note: str = ""
    """A consequence that the user should know."""

    @property
    def is_removal(self) -> bool:
        return (
            self.removed_commands is None and self.arguments is None and not self.removed_words and not self.lines_after
        )


def find_in(instruction: Instruction, kind: Kind, reason: str = "") -> tuple[Finding, ...]:
    """Return one finding that covers a whole instruction."""
    return (Finding(kind, instruction.name, instruction.location(), reason),)


class NewFile(NamedTuple):
    """A copy of a context file without the sidecar, to be written next to `made_of`."""

    path: str
    """The path of the copy. Like `made_of`, it is relative to the build context."""
    text: str
    made_of: str


class SidecarFindings(NamedTuple):
    """Everything in a Dockerfile that belongs to one sidecar."""

    title: str
    changes: tuple[Change, ...] = ()
    other_findings: tuple[Finding, ...] = ()
    """Findings that do not belong to a change, such as those in scripts and base images."""
    files: tuple[NewFile, ...] = ()
    unreadable: tuple[Finding, ...] = ()
    """Scripts that an image starts but that are not in the context."""
    configurations: tuple[str, ...] = ()
    """Files in the build context that configure the sidecar."""
    notes: tuple[tuple[str, Location], ...] = ()
    """Notes about files that are kept but may no longer be needed."""

    @property
    def findings(self) -> list[Finding]:
        """Return all findings, in the order of the files."""
        found = [*(finding for change in self.changes for finding in change.findings), *self.other_findings]
        return sorted(
            found, key=lambda finding: (finding.location.file, finding.location.line, finding.location.column)
        )

    @property
    def other_locations(self) -> list[Location]:
        """Return the locations of findings outside the instructions."""
        return [finding.location for finding in self.other_findings]

    @property
    def obstacles(self) -> list[Finding]:
        """Return the findings that prevent the removal.

        Unreadable scripts count only if nothing else is found to start the sidecar.
        """
        started = any(finding.kind == "start" for finding in self.findings)
        return [*(finding for finding in self.findings if finding.reason), *(() if started else self.unreadable)]
