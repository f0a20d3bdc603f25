"""Projects of several files, with `include`, `extends` from other files, env files, flattening and relocated paths.

`merge_documents` merges the base files without loss. `ReferenceResolver` reads services and projects from other files.
`flatten_project` turns a whole project into a single file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.compose.files.compose_files import ComposeFiles
    from composevariant.compose.files.documents import ExtendedServices, MergeNote, ResolvedServices, merge_documents
    from composevariant.compose.files.env_files import assignments, env_file_fault, quote_value, raw_file_fault
    from composevariant.compose.files.flatten import ReferenceResolver, flatten_project, resolve_project
    from composevariant.compose.files.flatten import resolve_project_if_possible
    from composevariant.compose.files.include import OtherFileError, UnknownFileError
    from composevariant.compose.files.other_files import OtherFiles
    from composevariant.compose.files.relocated_paths import relocate_paths, with_contexts

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "compose_files": "ComposeFiles",
        "documents": "ExtendedServices MergeNote ResolvedServices merge_documents",
        "env_files": "assignments env_file_fault quote_value raw_file_fault",
        "flatten": "ReferenceResolver flatten_project resolve_project resolve_project_if_possible",
        "include": "OtherFileError UnknownFileError",
        "other_files": "OtherFiles",
        "relocated_paths": "relocate_paths with_contexts",
    },
)
