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
"""A longer scalar goes into quotes: YAML's rules for long plain ones differ where they could be keys."""


_NOT_IN_FLOW: Final = pattern(r"[,\[\]{}]|:$")


_UNPRINTABLE: Final = pattern("[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")


_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\x1b": "\\e"}


def scalar_text(scalar: Scalar, quote: str = "", *, flow: bool = False) -> str:
    """A scalar on one line: as it is spelled where it comes from, quoted like its neighbours when it is a string."""
    if scalar.style in ("|", ">"):
        return quoted(scalar.text, '"')
    wanted = scalar.style
    is_string = not scalar.tag and scalar.meaning.kind == "str"
    if not wanted and quote and is_string:
        wanted = quote
    if wanted in ("'", '"') and quote in ("'", '"') and not _needs_escapes(scalar.text) and is_string:
        wanted = quote
    if wanted:
        spelled = _spelling(scalar)
        return spelled if spelled and spelled[0] == wanted else quoted(scalar.text, wanted)
    if not scalar.text:
        return ""
    return scalar.text if is_plain_safe(scalar.text, flow=flow) else quoted(scalar.text, '"')


def _spelling(scalar: Scalar) -> str:
    """A quoted scalar as its own file spells it, when that is on one line and still says the same."""
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
    """Whether a scalar can stand without quotes and be read back as the same text."""
    if text.startswith(("---", "...")) or text == "<<" or len(text) > _MAX_PLAIN:
        return False
    if not _PLAIN.fullmatch(text) or text != text.strip():
        return False
    return not (flow and _NOT_IN_FLOW.search(text)) and not text.endswith(":")


def quoted(text: str, quote: str) -> str:
    """A string in quotes; single ones only where nothing needs an escape."""
    if quote == "'" and not _UNPRINTABLE.search(text):
        return "'" + text.replace("'", "''") + "'"
    escaped = "".join(_ESCAPES.get(char, char) for char in text)
    return '"' + _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04X}", escaped) + '"'
