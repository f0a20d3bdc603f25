"""A tree as the plain data that jsonschema wants, with marks where Compose sees more than JSON can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.tree import Mapping, Sequence
from composevariant.validation.casts import cast_text, has_variable
from composevariant.validation.combinations import RESET
from composevariant.validation.places import handling

if TYPE_CHECKING:
    from composevariant.tree import Node, Scalar
    from composevariant.validation.places import Place


class WithVariable(str):
    """A string that has a variable in it: any scalar in the end."""

    __slots__ = ()


class Timestamp(str):
    """A plain date, which Compose's schema validation takes for nothing at all."""

    __slots__ = ()


class Deduplicated(list[object]):
    """A list from which Compose removes equal items before it looks at the schema."""


def json_data(node: Node, place: Place) -> object:
    """A node as Compose hands it to its schema validation."""
    if isinstance(node, Mapping):
        return {name: json_data(value, place.under(name)) for name, value in node.items() if value.tag != RESET}
    if isinstance(node, Sequence):
        items = [json_data(item, place.under("[]")) for item in node.items]
        return Deduplicated(items) if handling(place).deduplicated else items
    return _scalar_data(node, place)


def _scalar_data(node: Scalar, place: Place) -> object:
    kind, value = node.meaning
    if kind == "timestamp":
        return Timestamp(node.text)
    if kind != "str":
        return value
    if has_variable(node.text):
        return WithVariable(node.text)
    cast = handling(place).cast
    meaning = cast_text(node.text, cast) if cast else None
    return meaning.value if meaning else node.text
