"""Projects of several files: `include`, `extends` of other files, env files, flattening and relocated paths.

`merge_documents` merges base files losslessly; `Others` and `flatten` resolve what other files bring in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.compose.files.compose_files import ComposeFiles, mounted_mentions
    from composevariant.compose.files.documents import Extended, Heirs, Remark, merge_documents
    from composevariant.compose.files.env_files import assignments, env_file_fault, quoted, raw_file_fault
    from composevariant.compose.files.flatten import Others, flat_project, whole_if_known, whole_of
    from composevariant.compose.files.include import OtherFileError, UnknownFileError
    from composevariant.compose.files.other_files import OtherFiles
    from composevariant.compose.files.relocated_paths import moved_paths, with_contexts

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "compose_files": "ComposeFiles mounted_mentions",
        "documents": "Extended Heirs Remark merge_documents",
        "env_files": "assignments env_file_fault quoted raw_file_fault",
        "flatten": "Others flat_project whole_if_known whole_of",
        "include": "OtherFileError UnknownFileError",
        "other_files": "OtherFiles",
        "relocated_paths": "moved_paths with_contexts",
    },
)
