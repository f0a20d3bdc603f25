"""The name of a project that does not say it: that of its folder."""

from __future__ import annotations

import re


def name_of_folder(folder: str) -> str:
    """What Docker Compose calls a project in a folder of this name (compose-go 2.9.1, `NormalizeProjectName`)."""
    return re.sub(r"[^a-z0-9_-]", "", folder.lower()).lstrip("_-")
