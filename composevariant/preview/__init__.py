"""Changes as people read them: unified, side-by-side, semantic, JSON and HTML diffs, summaries and explanations.

Every form reads `Change`s and notes; none of them reads the text of a message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.preview.attribute_phrases import apart, differences
    from composevariant.preview.comparison import as_json, compared
    from composevariant.preview.explanation import Explained, Value, explain
    from composevariant.preview.html.markup import document, tag, text
    from composevariant.preview.html.page import html_page
    from composevariant.preview.pair import Pair, Side
    from composevariant.preview.secrets import MASK, is_secret, without_passwords
    from composevariant.preview.semantic_form import semantic
    from composevariant.preview.side_by_side_form import side_by_side
    from composevariant.preview.summary_form import Outcome, Report, summary, warning
    from composevariant.preview.unified_form import painted, unified

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "attribute_phrases": "apart differences",
        "comparison": "as_json compared",
        "explanation": "Explained Value explain",
        "html.markup": "document tag text",
        "html.page": "html_page",
        "pair": "Pair Side",
        "secrets": "MASK is_secret without_passwords",
        "semantic_form": "semantic",
        "side_by_side_form": "side_by_side",
        "summary_form": "Outcome Report summary warning",
        "unified_form": "painted unified",
    },
)
