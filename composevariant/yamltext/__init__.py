"""Lossless YAML: parse text into a tree, and write a changed tree back without altering any untouched byte.

`parse` builds a `Document` with exact spans. `edit` and `Editor` align the original tree with the final one, splice the
text, and verify the result by parsing it again. `propagate` and `lift` keep anchors and aliases consistent. This is the
only package that writes YAML, and it knows nothing about Compose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.yamltext.editor import Editor, edit
    from composevariant.yamltext.parser import Document, parse, parse_documents
    from composevariant.yamltext.shared_anchors import lift, propagate

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "editor": "Editor edit",
        "parser": "Document parse parse_documents",
        "shared_anchors": "lift propagate",
    },
)
