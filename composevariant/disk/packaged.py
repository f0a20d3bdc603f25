"""Read data files from installed packages, such as our schemas and the Compose schema in `check-jsonschema`."""

from __future__ import annotations

import os
from typing import Final

from composevariant.source import Source

_OURS: Final = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - pathlib costs 6 ms


def read_packaged(name: str, package: str = "") -> Source:
    """Read a data file of a package without importing the package.

    Args:
        name: The path inside the package's folder, such as `schemas/overlay.schema.json`.
        package: The package, which defaults to `composevariant`.

    Raises:
        ModuleNotFoundError: The package is not installed.
        FileNotFoundError: The package has no such file.
        OSError: The file cannot be read.
        UnicodeDecodeError: The file is not UTF-8.
    """
    paths = [os.path.join(folder, name) for folder in _folders(package)]  # noqa: PTH118
    path = next(filter(os.path.isfile, paths), None)
    if path is None:
        raise FileNotFoundError(name)
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        return Source(path, file.read())


def packaged_names(folder: str) -> list[str]:
    """Return the names of the files in a folder of `composevariant`."""
    return os.listdir(os.path.join(_OURS, folder))  # noqa: PTH118, PTH208


def _folders(package: str) -> list[str]:
    if not package:
        return [_OURS, os.path.dirname(_OURS)]  # noqa: PTH120 - in a wheel the schemas are in the package, in a checkout next to it
    from importlib.util import find_spec

    found = find_spec(package)
    folders = found.submodule_search_locations if found else None
    if not folders:
        raise ModuleNotFoundError(name=package)
    return list(folders)
