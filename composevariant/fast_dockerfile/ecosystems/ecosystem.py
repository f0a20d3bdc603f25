"""What a package manager's file says."""

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
    """What a step that installs packages has around it."""

    dockerfile: Dockerfile
    chain: Chain
    image: str
    """The official image that its stage is built on; "" for any other."""
    environment: Mapping[str, str]
    """The variables that the Dockerfile sets for its stage."""
    context: BuildContext
    folders: tuple[str, ...]
    """The places in the context that the Dockerfile copies files from."""


Where: TypeAlias = Callable[[InstallContext], tuple[str, ...]]
"""The folders of a cache, absolute and free of variables; raises `Refused` where they cannot be told."""


class DownloadCache(NamedTuple):
    """Folders of downloads that installing reads and fills, and that an image does not need."""

    ecosystem: str
    installs: re.Pattern[str]
    """The start of a command that uses it, behind variables that are set for it."""
    where: Where
    moved_by: re.Pattern[str]
    """A text anywhere in the Dockerfile that moves the cache, turns it off or uses it in another way."""
    rung: str = "cache mounts"
    name: str = ""
    """What the mount is called, if not after the ecosystem."""
    off: tuple[str, ...] = ()
    """Flags of the command that turn the cache off, and that the mount makes needless."""
    emptied_by: re.Pattern[str] | None = None
    """A whole command that empties the cache, and that the mount makes needless: it is taken out."""
    added: tuple[re.Pattern[str], str] | None = None
    """A flag that goes with the mount, behind what the pattern finds at the start of a command."""
    assigned: str = ""
    """A variable for the command alone that says where the cache is."""
    locked: bool = False
    """Whether two builds must not use it at the same time."""
    read_later: bool = False
    """Whether later steps need what is in it: they all have to get the mount, and the image must not be shipped."""
    offline: re.Pattern[str] | None = None
    """A flag that lets a command read nothing but the cache, which would fail where that was emptied."""
    above: tuple[str, ...] = ()
    """Instructions that go before the first such step of an image, whose files change: it must not be shipped."""
    settings: tuple[str, ...] = ()
    """Files, beside those that are copied, that may say something which `moved_by` finds."""


class Project(NamedTuple):
    """A folder of the context that manifests lie in."""

    context: BuildContext
    folder: str

    def read(self, name: str) -> str | None:
        return self.context.read_text(join(self.folder, name))

    def has(self, name: str) -> bool:
        return self.context.is_file(join(self.folder, name))

    def needs(self, *names: str) -> str:
        """The text of the first of these files that is there.

        Raises:
            Refused: none of them is.
        """
        for name in names:
            text = self.read(name)
            if text is not None:
                return text
        raise Refused(f"there is no {' or '.join(normpath(join(self.folder, name)) for name in names)}")


class Manifests(NamedTuple):
    """How dependencies are installed from the files that name them, before the sources are there."""

    ecosystem: str
    installs: re.Pattern[str]
    """A whole command, behind variables that are set for it."""
    files: Callable[[Project, str], tuple[str, ...]]
    """The files that a command needs, the first ones being those that are always there; raises `Refused` where it may
    need the sources."""
    first: Callable[[str], str] = str
    """The command that installs without the sources: the same one, which then goes before them, or one of its own."""
    results: tuple[str, ...] = ()
    """Folders that it fills, which sources from the host must not bring along."""
    projects: tuple[str, ...] = ()
    """Files that make a folder above the project's: the manifests alone would then not be the whole of it."""
    adds: bool = False
    """Whether a command of its own leaves more behind than the given one, which a shipped image must not have."""


def fixed_folders(*folders: str) -> Where:
    """These folders, in every image."""
    return lambda _: folders
