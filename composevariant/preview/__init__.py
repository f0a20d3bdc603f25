"""Reports of changes: unified, side-by-side, semantic, JSON and HTML diffs, summaries and explanations.

All formats are built from `Change`s and notes. None of them depends on the text of a message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.preview.attribute_phrases import meaning_differences
    from composevariant.preview.comparison import as_json, compare_sides
    from composevariant.preview.explanation import SettingHistory, Value, explain
    from composevariant.preview.html.markup import document, tag, text
    from composevariant.preview.html.page import html_page
    from composevariant.preview.pair import Pair, Side
    from composevariant.preview.secrets import MASK, is_secret, mask_passwords
    from composevariant.preview.semantic_form import semantic
    from composevariant.preview.side_by_side_form import side_by_side
    from composevariant.preview.summary_form import Outcome, Report, format_warning, summary
    from composevariant.preview.unified_form import paint, unified

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "attribute_phrases": "meaning_differences",
        "comparison": "as_json compare_sides",
        "explanation": "SettingHistory Value explain",
        "html.markup": "document tag text",
        "html.page": "html_page",
        "pair": "Pair Side",
        "secrets": "MASK is_secret mask_passwords",
        "semantic_form": "semantic",
        "side_by_side_form": "side_by_side",
        "summary_form": "Outcome Report format_warning summary",
        "unified_form": "paint unified",
    },
)
