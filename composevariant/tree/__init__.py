"""The data model: immutable YAML nodes, paths into them, and the differences between two trees.

`Scalar`, `Mapping` and `Sequence` know their source span, and they are equal when Compose considers their values equal.
`with_value`, `put` and `delete` build a changed tree that shares every untouched node. `compare` returns the `Change`s
between two trees, on which all reports are based. `Fields` reads configuration files and collects errors with their
locations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.lazy_face import lazy_face

if TYPE_CHECKING:
    from composevariant.tree.changes import Cause, Change, align, compare
    from composevariant.tree.config_reader import Field, Fields, Value, one_of, raise_in_order
    from composevariant.tree.edits import (
        OVERRIDE,
        RESET,
        delete,
        detach,
        get,
        go_text_of,
        in_place_of,
        is_null,
        items_at,
    )
    from composevariant.tree.edits import mapping_at, put, value_at, with_items, with_scalars, with_values
    from composevariant.tree.nodes import Alias, Entry, Mapping, Meaning, NULL, Node, Path, Scalar, Sequence, Span
    from composevariant.tree.nodes import (
        WrittenNode,
        go_text,
        location_of,
        node_text,
        plain,
        plain_meaning,
        same,
        string,
    )
    from composevariant.tree.paths import PathPattern, Step, find, format_path, literal, nearest, parse_path, write_path
    from composevariant.tree.paths import write_step

__all__, __getattr__ = lazy_face(
    __name__,
    {
        "changes": "Cause Change align compare",
        "config_reader": "Field Fields Value one_of raise_in_order",
        "edits": (
            "OVERRIDE RESET delete detach get go_text_of in_place_of is_null items_at mapping_at put value_at "
            "with_items with_scalars with_values"
        ),
        "nodes": (
            "Alias Entry Mapping Meaning NULL Node Path Scalar Sequence Span WrittenNode go_text location_of "
            "node_text plain plain_meaning same string"
        ),
        "paths": "PathPattern Step find format_path literal nearest parse_path write_path write_step",
    },
)
