"""Lossless YAML: text to a tree with exact places, and a changed tree back to text by splices.

Knows nothing of Compose. This is the only package that writes YAML.
"""

from composevariant.yamltext.documents import parse_documents
from composevariant.yamltext.edit import Editor, edit
from composevariant.yamltext.parse import Document, parse

__all__ = ["Document", "Editor", "edit", "parse", "parse_documents"]
