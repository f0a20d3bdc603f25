"""Scan a YAML text with the pure Python scanner of ruamel.yaml.

A token is a plain tuple `(kind, start, end, text, style)`, because a large file has tens of thousands of tokens. Tokens
are used instead of composed nodes because only tokens have the exact offsets of aliases, tags, anchors, empty values
and ends.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from composevariant.errors import UnusableInput
from composevariant.yamltext.lines import line_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.source import Source

Token: TypeAlias = tuple[int, int, int, str, str]

(
    MAP_START,
    SEQ_START,
    BLOCK_END,
    FLOW_MAP,
    FLOW_MAP_END,
    FLOW_SEQ,
    FLOW_SEQ_END,
    KEY,
    VALUE,
    DASH,
    COMMA,
    ALIAS,
    ANCHOR,
    TAG,
    SCALAR,
    DOC_START,
    DOC_END,
    DIRECTIVE,
    STREAM_END,
) = range(19)

MAX_DEPTH: Final = 100
"""The maximum nesting depth. Real files stay below 20, and the limit keeps recursion safe for hostile files."""
MAX_MERGED: Final = 500_000
"""The maximum number of entries that `<<` merges in a document. Each is a real object, so this also limits memory."""

_DOUBTFUL_BREAK: Final = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
_BREAK_NAMES: Final = {
    "\r": "carriage return",
    "\x85": "next line character (U+0085)",
    "\u2028": "line separator (U+2028)",
    "\u2029": "paragraph separator (U+2029)",
}
_MAX_TABS: Final = 200
_DEPTH_CHANGE: Final = dict.fromkeys((MAP_START, SEQ_START, FLOW_MAP, FLOW_SEQ), 1) | dict.fromkeys(
    (BLOCK_END, FLOW_MAP_END, FLOW_SEQ_END), -1
)
_KINDS: Final = {
    "<block mapping start>": MAP_START,
    "<block sequence start>": SEQ_START,
    "<block end>": BLOCK_END,
    "{": FLOW_MAP,
    "}": FLOW_MAP_END,
    "[": FLOW_SEQ,
    "]": FLOW_SEQ_END,
    "?": KEY,
    ":": VALUE,
    "-": DASH,
    ",": COMMA,
    "<alias>": ALIAS,
    "<anchor>": ANCHOR,
    "<tag>": TAG,
    "<scalar>": SCALAR,
    "<document start>": DOC_START,
    "<document end>": DOC_END,
    "<directive>": DIRECTIVE,
    "<stream end>": STREAM_END,
}


def scan(source: Source) -> list[Token]:
    """Return the tokens of `source`.

    Raises:
        UnusableInput: The text is not YAML, or is nested too deeply. The message has the scanner's reason and location.
    """
    text = source.text
    doubtful = _DOUBTFUL_BREAK.search(text)
    if doubtful is not None:
        raise UnusableInput(
            f"a lone {_BREAK_NAMES[doubtful.group()]}, which only some programs treat as a line break",
            source.location(doubtful.start()),
            "end lines with LF or CRLF, and write such a character as an escape in double quotes",
        )
    try:
        return list(_scan(source, text))
    except _SeparatingTab:
        tokens = list(_scan(source, _without_separating_tabs(text)))
    if any(token[0] == SCALAR and "\t" in text[token[1] : token[2]] and _is_decoded(text, token) for token in tokens):
        return _scan_tab_by_tab(source)
    return tokens


def _scan_tab_by_tab(source: Source) -> list[Token]:
    """Scan with spaces in place of the tabs that the scanner rejects. Other tabs are content of scalars."""
    shadow, place = source.text, None
    for _ in range(_MAX_TABS):
        try:
            return list(_scan(source, shadow))
        except _SeparatingTab as tab:
            shadow = shadow[: tab.offset] + " " + shadow[tab.offset + 1 :]
            place = source.location(tab.offset)
    raise UnusableInput(f"more than {_MAX_TABS} tabs between words", place, "separate with spaces")


class _SeparatingTab(Exception):
    def __init__(self, offset: int) -> None:
        super().__init__()
        self.offset = offset


def _scan(source: Source, shadow: str) -> Iterator[Token]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    depth = 0
    try:
        for token in YAML(typ="safe", pure=True).scan(shadow):
            kind = _KINDS.get(token.id)
            if kind is None:
                continue
            start, end = token.start_mark.index, token.end_mark.index
            depth += _DEPTH_CHANGE.get(kind, 0)
            if depth > MAX_DEPTH:
                raise too_deep(source, start)
            yield _token(source.text, kind, start, end, token)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if mark is not None and _is_separating_tab(shadow, mark.index):
            raise _SeparatingTab(mark.index) from None
        if mark is not None and error.context_mark is not None and mark.index >= len(shadow):
            mark = error.context_mark  # the start of an unclosed collection is more useful than the end of the file
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        place = source.location(mark.index) if mark else None
        raise UnusableInput(f"not valid YAML: {reason}", place, _advice(shadow, mark.index if mark else 0)) from None
    except YAMLError as error:
        position = getattr(error, "position", None)
        place = source.location(position) if isinstance(position, int) else None
        raise UnusableInput(f"not valid YAML: {str(error).splitlines()[0]}", place) from None


def _advice(text: str, offset: int) -> str:
    """Return a hint for two mistakes that the scanner does not name: tabs and templates."""
    if text[offset : offset + 1] == "\t":
        return "YAML is indented with spaces, never with tabs"
    if text[max(offset - 1, 0) : offset + 1] in ("{%", "{{") or text.startswith(("{%", "{{"), offset):
        return "this looks like a template: render it first, and use the result as the base"
    return ""


def too_deep(source: Source, offset: int) -> UnusableInput:
    return UnusableInput(f"nested more than {MAX_DEPTH} levels deep", source.location(offset))


def _is_separating_tab(text: str, offset: int) -> bool:
    line_start = text.rfind("\n", 0, offset) + 1
    line = text[line_start : line_end(text, offset)]
    return text[offset : offset + 1] == "\t" and _without_tabs(line)[offset - line_start] == " "


def _without_separating_tabs(text: str) -> str:
    """Replace tabs that may be separators with spaces, without changing any offset."""
    return "\n".join(map(_without_tabs, text.split("\n")))


def _without_tabs(line: str) -> str:
    """Replace tabs with spaces after content and before a comment or the line end.

    Tabs in indentation stay, because they are errors.
    """
    lead = len(line) - len(line.lstrip(" -\t"))
    start, content = line[:lead], line[lead:].replace("\t", " ")
    if start[:1] == " " and (not content.strip() or content.startswith("#")):
        start = start.replace("\t", " ")
    return f"{start}{content}"


def _is_decoded(text: str, token: Token) -> bool:
    """Return whether the scanner decoded the value of a scalar token, so that its value can differ from its text."""
    return bool(token[4]) or "\n" in text[token[1] : token[2]]


def _token(text: str, kind: int, start: int, end: int, token: object) -> Token:
    if kind == SCALAR:
        style = str(getattr(token, "style", None) or "")
        if style in ("|", ">"):
            end = block_scalar_end(text, start, end)
        content = text[start:end]
        value = content if not style and "\n" not in content else str(getattr(token, "value", ""))
        return kind, start, end, value, style
    if kind in (ALIAS, ANCHOR):
        return kind, start, end, str(getattr(token, "value", "")), ""
    if kind == TAG:
        return kind, start, end, text[start:end], ""
    return kind, start, end, "", ""


def block_scalar_end(text: str, start: int, end: int) -> int:
    """Return the end of the last text line of a block scalar, or of its trailing blank lines if it is a `|+` scalar.

    Spaces beyond the indentation count as text.
    """
    header_end = text.find("\n", start, end)
    if header_end < 0:
        return len(text[start:end].rstrip()) + start
    if "+" in text[start:header_end].partition("#")[0]:
        line_start = text.rfind("\n", header_end, end)
        tail = end if text[line_start + 1 : end].strip(" ") else line_start
        return tail - 1 if text[tail - 1 : tail] == "\r" else tail
    lines = text[header_end + 1 : end].split("\n")
    indent = next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" \r")), 0)
    while lines and not lines[-1].strip(" \r") and not 0 < indent < len(lines[-1].rstrip("\r")):
        lines.pop()
    content = "\n".join(lines).removesuffix("\r")
    return header_end + 1 + len(content) if content else len(text[start:header_end].rstrip()) + start
