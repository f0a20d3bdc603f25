"""Problems of a Compose file: the official schema, compiled; Compose's own rules; references between services.

`find_problems` returns every problem that would stop Compose. jsonschema is only loaded to word a failure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.validation.catalog import ADVICE
    from composevariant.validation.check import find_problems, in_file_order, introduced
    from composevariant.validation.compiled import Rules
    from composevariant.validation.forms import as_github, as_json, as_sarif
    from composevariant.validation.ignores import problems_with_variables, without_ignored
    from composevariant.validation.references import written_out
    from composevariant.validation.schema import given_schema, installed_schema

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "catalog": "ADVICE",
        "check": "find_problems in_file_order introduced",
        "compiled": "Rules",
        "forms": "as_github as_json as_sarif",
        "ignores": "problems_with_variables without_ignored",
        "references": "written_out",
        "schema": "given_schema installed_schema",
    },
)
