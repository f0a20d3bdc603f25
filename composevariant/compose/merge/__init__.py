"""Docker Compose's rules for merging an override into a base, including `extends`, `!reset` and `!override`.

The rules follow compose-go 2.9.1. Tests compare them with `docker compose config` 2.40.3, attribute by attribute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.compose.merge.attribute_merges import names_as_mapping
    from composevariant.compose.merge.extends import base_name, extends_of, names_other_files, resolve_extends
    from composevariant.compose.merge.extends import with_settings_of
    from composevariant.compose.merge.merger import expand_build, merge
    from composevariant.compose.merge.service_tags import (
        ListForms,
        PAIRS_OF_SERVICES,
        drop_ineffective_tags,
        with_tags_of,
    )
    from composevariant.compose.merge.service_tags import without_tags

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "attribute_merges": "names_as_mapping",
        "extends": "base_name extends_of names_other_files resolve_extends with_settings_of",
        "merger": "expand_build merge",
        "service_tags": "ListForms PAIRS_OF_SERVICES drop_ineffective_tags with_tags_of without_tags",
    },
)
