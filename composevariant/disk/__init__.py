"""The only package that accesses the disk or starts programs. A test checks that no other module does this.

`ProjectFiles` reads the project and writes all files or none. `RecordedFiles` records reads, and `read_packaged` reads
data files from packages. `WorkFolder` contains the copies that `bench` builds. `read_counters` and `load_average` query
the kernel. `run` and the other functions of `programs` start `docker` and `git`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.disk.counters import load_average, read_counters
    from composevariant.disk.packaged import packaged_names, read_packaged
    from composevariant.disk.programs import (
        ProgramResult,
        is_installed,
        output_of,
        replace_process,
        run,
        run_interruptible,
    )
    from composevariant.disk.project_files import BOM, FileToWrite, ProjectFiles, nearest_folder
    from composevariant.disk.recorded_files import RecordedFiles
    from composevariant.disk.work_folders import ContextCopy, ContextFile, WorkFolder, abandoned_runs

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "counters": "load_average read_counters",
        "packaged": "packaged_names read_packaged",
        "programs": "ProgramResult is_installed output_of replace_process run run_interruptible",
        "project_files": "BOM FileToWrite ProjectFiles nearest_folder",
        "recorded_files": "RecordedFiles",
        "work_folders": "ContextCopy ContextFile WorkFolder abandoned_runs",
    },
)
