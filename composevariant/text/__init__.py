"""Text without a grammar: splices, line diffs, three-way merges and wildcards.

Nothing here knows YAML, Compose or Dockerfiles. All edits to a text are made with `Splices`. `hunks` groups changed
lines for every diff, and `pattern` compiles a regular expression at first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.text.generated_header import FORMAT, Generated, Header, beside_text, body_beside, digest
    from composevariant.text.generated_header import header_text, read_generated
    from composevariant.text.line_diff import Hunk, LineEdit, edits, hunks, longest_rising
    from composevariant.text.patterns import matches, pattern
    from composevariant.text.splices import Splice, Splices
    from composevariant.text.three_way_merge import Conflict, three_way

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "generated_header": "FORMAT Generated Header beside_text body_beside digest header_text read_generated",
        "line_diff": "Hunk LineEdit edits hunks longest_rising",
        "patterns": "matches pattern",
        "splices": "Splice Splices",
        "three_way_merge": "Conflict three_way",
    },
)
