"""Single values that the schema takes for any string, and that Compose itself refuses when it reads them.

Every function takes the node of one setting and says what is wrong with it, as the end of a sentence that begins with
its path; empty when nothing is. Values that depend on a variable are left alone. The rules are those of compose-go
2.9.1: `interpolation`, `format`, `types` and `validation`, each checked against `docker compose config` 2.40.3.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from composevariant.patterns import pattern
from composevariant.tree import Scalar
from composevariant.validation.casts import Cast, cast_text, has_variable

if TYPE_CHECKING:
    from composevariant.tree import Node

_DURATION: Final = pattern(r"[-+]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h|d|w))+)")
_SIZE: Final = pattern(r"\+?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)? ?(?:b|[kmgtp](?:b|ib)?)?", re.IGNORECASE)
_CAST_NAMES: Final[dict[Cast, str]] = {"int": "a whole number", "float": "a number", "bool": "true or false"}


def string_of(node: Node | None) -> str | None:
    """The text of a scalar that is a string and holds no variable."""
    if not isinstance(node, Scalar) or has_variable(node.text) or node.meaning.kind != "str":
        return None
    return node.text.replace("$$", "$")


def wrong_duration(node: Node) -> str:
    text = string_of(node)
    if text is None or _DURATION.fullmatch(text):
        return ""
    return f'is "{text}", which is no duration such as 30s, 1m30s or 2h'


def wrong_size(node: Node) -> str:
    text = string_of(node)
    if text is None or _SIZE.fullmatch(text):
        return ""
    return f'is "{text}", which is no size such as 512m or 2g'


def wrong_cast(node: Node, kind: Cast) -> str:
    """A string where Compose wants a number or a boolean (`"yes"` and `"3"` are fine)."""
    text = string_of(node)
    if text is None or cast_text(text, kind):
        return ""
    return f'is "{text}", which is not {_CAST_NAMES[kind]}'


def wrong_whole_number(node: Node) -> str:
    return wrong_cast(node, "int")


def wrong_number(node: Node) -> str:
    return wrong_cast(node, "float")


def wrong_boolean(node: Node) -> str:
    return wrong_cast(node, "bool")


def wrong_count(node: Node) -> str:
    """A count of devices."""
    text = string_of(node)
    return "" if text is None or text.lower() == "all" else wrong_cast(node, "int")


def wrong_amount(node: Node) -> str:
    """A number that must not be negative."""
    text = string_of(node)
    meaning = cast_text(text, "int") if text is not None else node.meaning if isinstance(node, Scalar) else None
    negative = meaning is not None and isinstance(meaning.value, int | float) and meaning.value < 0
    return "is negative; it must be 0 or more" if negative else ""


def wrong_quoted(node: Node) -> str:
    """A number that must not be in quotes."""
    return "is in quotes; write the bare number" if string_of(node) is not None else ""


def wrong_option(node: Node) -> str:
    """An option of a driver that Compose does not print into text itself."""
    if isinstance(node, Scalar):
        return "must be in quotes" if node.meaning.kind in ("bool", "float") else ""
    return "must be a string"


def wrong_mode(node: Node) -> str:
    """The file mode of a secret or config: octal digits in a string, or a whole number."""
    text = string_of(node)
    if text is not None and not re.fullmatch(r"[-+]?[0-7]{1,21}", text):
        return f'is "{text}", which is no file mode such as "0444"'
    kind = node.meaning.kind if isinstance(node, Scalar) else "int"
    return "is not a whole number, so it is no file mode" if kind == "float" else ""


def wrong_exposed_port(node: Node) -> str:
    return "is no port number" if isinstance(node, Scalar) and node.meaning.kind == "float" else ""
