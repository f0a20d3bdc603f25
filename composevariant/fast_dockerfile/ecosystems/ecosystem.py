"""The data types that the file of a package manager fills in."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import join, normpath
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from composevariant.errors import Refused

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from composevariant.dockerfile import BuildContext, Chain, Dockerfile


class InstallContext(NamedTuple):
    """The context of a step that installs packages."""

    dockerfile: Dockerfile
    chain: Chain
    image: str
    """The name of the official base image; "" for any other image."""
    environment: Mapping[str, str]
    """The variables that the Dockerfile sets in the stage."""
    context: BuildContext
    folders: tuple[str, ...]
    """The context folders that the Dockerfile copies."""


Where: TypeAlias = Callable[[InstallContext], tuple[str, ...]]
"""Returns the folders of a cache, absolute and without variables; raises `Refused` if they are unknown."""


class DownloadCache(NamedTuple):
    """Folders of downloads that an install command uses and that the image does not need."""

    ecosystem: str
    installs: re.Pattern[str]
    """Matches the start of a command that uses the cache, after variable assignments."""
    where: Where
    moved_by: re.Pattern[str]
    """Matches text in the Dockerfile that moves, disables or otherwise uses the cache."""
    rung: str = "cache mounts"
    """The pass to report."""
    name: str = ""
    """The name of the mount, if it is not that of the ecosystem."""
    off: tuple[str, ...] = ()
    """Flags that disable the cache: they are removed."""
    emptied_by: re.Pattern[str] | None = None
    """Matches a whole command that empties the cache: it is removed."""
    added: tuple[re.Pattern[str], str] | None = None
    """A flag to add with the mount, after the text that the pattern matches at the start of a command."""
    assigned: str = ""
    """A variable assignment for the command that sets the cache folder."""
    locked: bool = False
    """Whether only one build at a time may use the cache."""
    read_later: bool = False
    """Whether later steps read the cache: all of them must get the mount, and the stage must not be shipped."""
    offline: re.Pattern[str] | None = None
    """Matches a flag for installing from the cache only, which fails if the cache is empty."""
    above: tuple[str, ...] = ()
    """Instructions to add before the first such step. They change the image, so it must not be shipped."""
    settings: tuple[str, ...] = ()
    """Names of further files to search with `moved_by`."""


class Project(NamedTuple):
    """The context folder of the manifests."""

    context: BuildContext
    folder: str

    def read(self, name: str) -> str | None:
        return self.context.read_text(join(self.folder, name))

    def has(self, name: str) -> bool:
        return self.context.is_file(join(self.folder, name))

    def needs(self, *names: str) -> str:
        """Return the text of the first of these files that exists.

        Raises:
            Refused: None of them exists.
        """
        for name in names:
            text = self.read(name)
            if text is not None:
                return text
        raise Refused(f"no such file: {' or '.join(normpath(join(self.folder, name)) for name in names)}")


class Manifests(NamedTuple):
    """How to install dependencies from manifests, before the sources are copied."""

    ecosystem: str
    installs: re.Pattern[str]
    """Matches a whole install command, after variable assignments."""
    files: Callable[[Project, str], tuple[str, ...]]
    """Returns the files that a command needs, required ones first; raises `Refused` if it may need the sources."""
    first: Callable[[str], str] = str
    """Returns the command that installs without the sources: the given one, or another one to add before it."""
    results: tuple[str, ...] = ()
    """Folders of installed packages, which the sources must not contain."""
    projects: tuple[str, ...] = ()
    """Files whose presence in a parent folder makes that folder the root of the project."""
    adds: bool = False
    """Whether another command from `first` leaves more files than the given one."""


def fixed_folders(*folders: str) -> Where:
    """Return these folders for every image."""
    return lambda _: folders
