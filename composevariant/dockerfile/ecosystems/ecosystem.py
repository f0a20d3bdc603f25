"""What a package manager's file says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re


class DownloadCache(NamedTuple):
    """A folder of downloads that installing reads and fills, and that an image does not need."""

    ecosystem: str
    installs: re.Pattern[str]
    """The start of a command that uses it, behind variables that are set for it."""
    folder: str
    """Below root's home."""
    moved_by: re.Pattern[str]
    """A text anywhere in the Dockerfile that moves the cache, turns it off or uses it in another way."""
    off: str = ""
    """A flag of the command that turns the cache off, and that the mount makes needless."""
