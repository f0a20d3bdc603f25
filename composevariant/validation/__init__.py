"""Validate a Compose file as Docker Compose 2.40.3 does, by the schema, Compose's own rules and references.

`find_problems` returns every problem for which Compose would refuse the file, and `introduced` compares two lists of
problems. The schema is compiled to functions (`Rules`), and jsonschema is only imported to describe a failure. The
package also offers the output formats (JSON, SARIF, GitHub commands) and the ignore comments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.validation.catalog import ADVICE
    from composevariant.validation.check import find_problems, in_file_order, introduced, problems_with_variables
    from composevariant.validation.compiled import Rules
    from composevariant.validation.forms import as_github, as_json, as_sarif
    from composevariant.validation.ignores import without_ignored
    from composevariant.validation.references import merge_extended
    from composevariant.validation.schema import given_schema, installed_schema

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "catalog": "ADVICE",
        "check": "find_problems in_file_order introduced problems_with_variables",
        "compiled": "Rules",
        "forms": "as_github as_json as_sarif",
        "ignores": "without_ignored",
        "references": "merge_extended",
        "schema": "given_schema installed_schema",
    },
)
