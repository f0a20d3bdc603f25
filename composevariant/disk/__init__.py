"""The only package that touches the disk or starts a program. A test reads every other module to keep it so.

Files: `ProjectFiles` reads with care and writes all or nothing, `BuildFiles` remembers what was read, `read_packaged`
reads the data of an installed package, `WorkFolder` holds the copies that `bench` builds, `read_counters` and `load`
ask the kernel. Programs: `docker` and `git` are started in `disk.programs` alone.

Each module is loaded when one of its names is first used: a plain `migrate` works with project files only.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from composevariant.disk.counters import load, read_counters
    from composevariant.disk.packaged import packaged_names, read_packaged
    from composevariant.disk.programs import Ran, become, is_installed, output_of, run, run_interruptible
    from composevariant.disk.project_files import BOM, ProjectFiles, Written, nearest_folder
    from composevariant.disk.recorded_files import BuildFiles
    from composevariant.disk.work_folders import Abandoned, ContextCopy, Found, WorkFolder, abandoned

__all__ = [
    "BOM",
    "Abandoned",
    "BuildFiles",
    "ContextCopy",
    "Found",
    "ProjectFiles",
    "Ran",
    "WorkFolder",
    "Written",
    "abandoned",
    "become",
    "is_installed",
    "load",
    "nearest_folder",
    "output_of",
    "packaged_names",
    "read_counters",
    "read_packaged",
    "run",
    "run_interruptible",
]

_MODULES: Final = {
    "composevariant.disk.project_files": ("BOM", "ProjectFiles", "Written", "nearest_folder"),
    "composevariant.disk.recorded_files": ("BuildFiles",),
    "composevariant.disk.packaged": ("packaged_names", "read_packaged"),
    "composevariant.disk.programs": ("Ran", "become", "is_installed", "output_of", "run", "run_interruptible"),
    "composevariant.disk.work_folders": ("Abandoned", "ContextCopy", "Found", "WorkFolder", "abandoned"),
    "composevariant.disk.counters": ("load", "read_counters"),
}

if not TYPE_CHECKING:  # for mypy, which knows the imports above, any other name is an error

    def __getattr__(name: str) -> object:
        """Load the module that has the name."""
        module = next((module for module, names in _MODULES.items() if name in names), None)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(module), name)
