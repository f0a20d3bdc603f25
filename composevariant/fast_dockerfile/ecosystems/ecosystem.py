"""The data types with which each file in this package describes a package manager."""

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
    """The name of the official base image, or an empty string for any other image."""
    environment: Mapping[str, str]
    """The variables that the Dockerfile sets in the stage."""
    context: BuildContext
    folders: tuple[str, ...]
    """The context folders that the Dockerfile copies."""


Where: TypeAlias = Callable[[InstallContext], tuple[str, ...]]
"""A function that returns the folders of a cache as absolute paths without variables. It raises `Refused` if the
folders are unknown."""


class DownloadCache(NamedTuple):
    """Download folders that an install command uses and that the image does not need."""

    ecosystem: str
    installs: re.Pattern[str]
    """A pattern for the start of a command that uses the cache, after any variable assignments."""
    where: Where
    moved_by: re.Pattern[str]
    """A pattern for text in the Dockerfile that moves, disables or otherwise uses the cache."""
    rung: str = "cache mounts"
    """The name of the pass to report."""
    name: str = ""
    """The name of the mount, if it differs from the name of the ecosystem."""
    off: tuple[str, ...] = ()
    """Flags that disable the cache and are therefore removed."""
    emptied_by: re.Pattern[str] | None = None
    """A pattern for a whole command that empties the cache and is therefore removed."""
    added: tuple[re.Pattern[str], str] | None = None
    """A flag to add along with the mount, and a pattern for the start of a command after which to add the flag."""
    assigned: str = ""
    """A variable assignment that sets the cache folder, to add to the command."""
    locked: bool = False
    """Whether only one build at a time may use the cache."""
    read_later: bool = False
    """Whether later steps read the cache. If so, all of them must get the mount, and the stage must not be shipped."""
    offline: re.Pattern[str] | None = None
    """A pattern for a flag that installs only from the cache, which fails if the cache is empty."""
    above: tuple[str, ...] = ()
    """Instructions to add before the first step with the mount. They change the image, so it must not be shipped."""
    settings: tuple[str, ...] = ()
    """The names of other files to search with `moved_by`."""


class Project(NamedTuple):
    """The context folder that contains the manifests."""

    context: BuildContext
    folder: str

    def read(self, name: str) -> str | None:
        return self.context.read_text(join(self.folder, name))

    def has(self, name: str) -> bool:
        return self.context.is_file(join(self.folder, name))

    def needs(self, *names: str) -> str:
        """Return the text of the first existing file among these names.

        Raises:
            Refused: None of the files exists.
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
    """A pattern for a whole install command, after any variable assignments."""
    files: Callable[[Project, str], tuple[str, ...]]
    """A function that returns the files that a command needs, starting with the required files. It raises `Refused` if
    the command may need the sources."""
    first: Callable[[str], str] = str
    """A function that returns the command that installs without the sources, which is either the given command or
    another command to add before it."""
    results: tuple[str, ...] = ()
    """The folders of installed packages, which the sources must not contain."""
    projects: tuple[str, ...] = ()
    """Files whose presence in a parent folder makes that folder the root of the project."""
    adds: bool = False
    """Whether another command returned by `first` leaves more files than the given command."""


def fixed_folders(*folders: str) -> Where:
    """Return a function that returns these folders for every image."""
    return lambda _: folders
