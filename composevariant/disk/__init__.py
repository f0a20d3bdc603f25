"""The only package that touches the disk or starts a program. A test reads every other module to keep it so.

Files: `ProjectFiles` reads and writes all or nothing, `RecordedFiles` records what was read, `read_packaged` reads the
data of the package, `WorkFolder` holds the copies that `bench` builds, `read_counters` and `load_average` ask the kernel.
Programs: `docker` and `git` are started in `disk.programs` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.disk.counters import load_average, read_counters
    from composevariant.disk.packaged import packaged_names, read_packaged
    from composevariant.disk.programs import (
        ProgramResult,
        replace_process,
        is_installed,
        output_of,
        run,
        run_interruptible,
    )
    from composevariant.disk.project_files import BOM, ProjectFiles, FileToWrite, nearest_folder
    from composevariant.disk.recorded_files import RecordedFiles
    from composevariant.disk.work_folders import ContextCopy, ContextFile, WorkFolder, abandoned_runs

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "counters": "load_average read_counters",
        "packaged": "packaged_names read_packaged",
        "programs": "ProgramResult replace_process is_installed output_of run run_interruptible",
        "project_files": "BOM ProjectFiles FileToWrite nearest_folder",
        "recorded_files": "RecordedFiles",
        "work_folders": "ContextCopy ContextFile WorkFolder abandoned_runs",
    },
)
