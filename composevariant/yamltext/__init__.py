"""Lossless YAML: text to tree, and a changed tree back to text with every untouched byte kept.

`parse` builds a `Document` with exact spans. `edit` and `Editor` align the first tree with the last, splice the text,
and prove the result by reading it again. `propagate` and `lift` keep anchors and aliases together. This is the only
room that writes YAML, and it knows nothing about Compose.
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
