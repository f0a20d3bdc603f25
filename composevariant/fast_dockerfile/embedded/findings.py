"""By what a text in a Dockerfile or a script is known to be about a sidecar."""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.dockerfile import Instruction, Taken
    from composevariant.fast_dockerfile.embedded.commands import Kind
    from composevariant.sidecars import Embedded
    from composevariant.source import Location

_SHARED: Final = (
    *("", "app", "bin", "dev/null", "etc", "home", "lib", "opt", "root", "run", "sbin", "srv", "tmp", "usr", "usr/bin"),
    *("usr/lib", "usr/local", "usr/local/bin", "usr/local/sbin", "usr/sbin", "usr/share", "usr/src", "var", "var/lib"),
    *("var/log", "var/tmp"),
)


_SHARED_FOLDERS: Final = frozenset(("", ".", "-", *(f"/{name}" for name in _SHARED)))
"""What is put here is not known by the folder alone."""


class SidecarMatcher:
    """The words of a sidecar, and the places to which a Dockerfile moved it under another name."""

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
        """Whether a text names the sidecar, or a place where it was put."""
        for path in self.spared:
            text = text.replace(path, "")
        if self._word.search(text) or self._place.search(text):
            return True
        return self._repositories_too and self.matches_repository(text)

    def matches_file_name(self, path: str) -> bool:
        """Whether a file is called after the sidecar: `filebeat.yml`, but not `nginx-filebeat.conf`."""
        return self._word.match(basename(path.rstrip("/"))) is not None

    def matches_repository(self, text: str) -> bool:
        """Whether a text names a package repository that has the sidecar."""
        return self._repository.search(text) is not None

    def matches_neighbour(self, text: str) -> bool:
        """Whether a text names something else of the same repositories."""
        return self._neighbour.search(text) is not None

    def with_places(self, paths: Iterable[str]) -> SidecarMatcher:
        """The same, where the sidecar is also what stands at these paths; folders of everybody do not count."""
        new = {path.rstrip("/") for path in paths if path.rstrip("/") not in _SHARED_FOLDERS and "$" not in path}
        new = {path for path in new if path and not self._word.search(path)}
        if not new:
            return self
        return SidecarMatcher(
            self.embedded, self.title, self.places | new, self.spared, repositories=self._repositories_too
        )

    def with_repositories(self) -> SidecarMatcher:
        """The same, where the package repositories are the sidecar's alone."""
        return SidecarMatcher(self.embedded, self.title, self.places, self.spared, repositories=True)

    def without_paths(self, paths: Iterable[str]) -> SidecarMatcher:
        """The same, where these files are not the sidecar, whatever they are called."""
        spared = self.spared.union(paths)
        return SidecarMatcher(self.embedded, self.title, self.places, spared, repositories=self._repositories_too)


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """One of the words, where no letter or digit goes before or follows."""
    either = "|".join(map(re.escape, words))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{either})(?![A-Za-z0-9])" if words else r"(?!)", re.IGNORECASE)


def _glob(pattern: str) -> str:
    return r"[^\s'\"]*".join(map(re.escape, pattern.split("*")))


# What of a sidecar is in the image that a Dockerfile builds, and what would become of each instruction without
# it.


class Finding(NamedTuple):
    """One place that installs, configures or starts the sidecar."""

    kind: Kind
    what: str
    """The program or instruction that does it."""
    location: Location
    reason: str = ""
    """Why it cannot be taken out."""


class Change(NamedTuple):
    """What becomes of an instruction. Without anything said, it goes."""

    instruction: Instruction
    findings: tuple[Finding, ...]
    removed_commands: Taken | None = None
    """What goes out of the shell chain of a `RUN`."""
    arguments: str | None = None
    """The text that takes the place of the arguments."""
    removed_words: tuple[int, ...] = ()
    """The numbers of the arguments that go, written without JSON."""
    lines_after: tuple[str, ...] = ()
    """Lines that are put behind it; without anything else said, the instruction itself stays then."""
    note: str = ""
    """What somebody should know about it."""

    @property
    def is_removal(self) -> bool:
        return (
            self.removed_commands is None and self.arguments is None and not self.removed_words and not self.lines_after
        )


class NewFile(NamedTuple):
    """A file of the build context with the sidecar taken out, to be written beside the one it is made of."""

    path: str
    """As the build context counts, as `made_of` does."""
    text: str
    made_of: str


class SidecarFindings(NamedTuple):
    """All that a Dockerfile has of one sidecar."""

    title: str
    changes: tuple[Change, ...] = ()
    other_findings: tuple[Finding, ...] = ()
    """Pieces that are no instruction's: in scripts."""
    files: tuple[NewFile, ...] = ()
    unreadable: tuple[Finding, ...] = ()
    """Scripts that an image starts and that are not in the context: nobody knows what they start."""
    configurations: tuple[str, ...] = ()
    """Files of the context that configure the sidecar."""
    notes: tuple[tuple[str, Location], ...] = ()
    """What stays and may be of no use any more."""

    @property
    def findings(self) -> list[Finding]:
        """In the order of the file."""
        found = [*(finding for change in self.changes for finding in change.findings), *self.other_findings]
        return sorted(
            found, key=lambda finding: (finding.location.file, finding.location.line, finding.location.column)
        )

    @property
    def other_locations(self) -> list[Location]:
        """Where findings are that are no instruction's."""
        return [finding.location for finding in self.other_findings]

    @property
    def obstacles(self) -> list[Finding]:
        """What stands against taking it out; what is started in a way that is seen need not be looked for."""
        started = any(finding.kind == "start" for finding in self.findings)
        return [*(finding for finding in self.findings if finding.reason), *(() if started else self.unreadable)]
