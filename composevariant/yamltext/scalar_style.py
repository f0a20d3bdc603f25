"""Write a scalar on one line: plain or quoted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.text import pattern
from composevariant.yamltext.fast_scanner import NotPlainEnough, escaped_scalar

if TYPE_CHECKING:
    from composevariant.tree import Scalar

_PLAIN: Final = pattern(
    r"(?:[^\s\-?:,\[\]{}#&*!|>'\"%@`]|[\-?:](?=[^\s,\[\]{}]))(?:[^\s:#]++|:(?=\S)|(?<=\S)#|[ ]++(?=[^\s#]))*+"
)

_MAX_PLAIN: Final = 1000
"""The maximum length of plain scalars. Longer ones are quoted, because YAML limits plain scalars that could be keys."""

_NOT_IN_FLOW: Final = pattern(r"[,\[\]{}]|:$")

_UNPRINTABLE: Final = pattern("[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")

_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\x1b": "\\e"}


def scalar_text(scalar: Scalar, quote: str = "", *, flow: bool = False) -> str:
    """Return a scalar on one line, spelled as in its source. `quote` contains the quotes of neighbouring strings."""
    if scalar.style in ("|", ">"):
        return quoted(scalar.text, '"')
    style = scalar.style
    is_string = not scalar.tag and scalar.meaning.kind == "str"
    if not style and quote and is_string:
        style = quote
    if style in ("'", '"') and quote in ("'", '"') and not _needs_escapes(scalar.text) and is_string:
        style = quote
    if style:
        spelled = _spelling(scalar)
        return spelled if spelled and spelled[0] == style else quoted(scalar.text, style)
    if not scalar.text:
        return ""
    return scalar.text if is_plain_safe(scalar.text, flow=flow) else quoted(scalar.text, '"')


def _spelling(scalar: Scalar) -> str:
    """Return the source text of a quoted scalar if it is on one line and has the same value, or an empty string."""
    if scalar.span is None:
        return ""
    source, _, start, end = scalar.span
    try:
        token = escaped_scalar(source.text, start)
    except NotPlainEnough:
        return ""
    return source.text[start:end] if token[2:4] == (end, scalar.text) else ""


def _needs_escapes(text: str) -> bool:
    return bool(_UNPRINTABLE.search(text)) or "'" in text or '"' in text or "\\" in text


def is_plain_safe(text: str, *, flow: bool = False) -> bool:
    """Return whether a scalar parses to the same text when it is not quoted."""
    if text.startswith(("---", "...")) or text == "<<" or len(text) > _MAX_PLAIN:
        return False
    if not _PLAIN.fullmatch(text) or text != text.strip():
        return False
    return not (flow and _NOT_IN_FLOW.search(text)) and not text.endswith(":")


def quoted(text: str, quote: str) -> str:
    """Return a string in quotes. Single quotes are used only if nothing needs an escape."""
    if quote == "'" and not _UNPRINTABLE.search(text):
        return "'" + text.replace("'", "''") + "'"
    escaped = "".join(_ESCAPES.get(char, char) for char in text)
    return '"' + _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04X}", escaped) + '"'
