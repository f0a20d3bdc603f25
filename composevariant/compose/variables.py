"""Interpolate variables in Compose values, either as compose-go does or with only the defaults from the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_Known: TypeAlias = "Mapping[str, str] | None"
_REFERENCE: Final = re.compile(
    r"\$(?:(?P<dollar>\$)|(?P<named>[a-z_]\w*)|\{(?:(?P<braced>[a-z_]\w*)(?:(?P<operator>:?[-+?])(?P<word>.*))?\}|))",
    re.ASCII | re.IGNORECASE,
)

_BEGUN: Final = re.compile(r"\$\{\w*.?", re.ASCII)


def with_defaults(text: str) -> str | None:
    """Return `text` with every variable replaced by its default. Neither the environment nor `.env` is read.

    `${V:-d}` and `${V-d}` become `d` at any depth, `${V:+x}` becomes empty, and `$$` becomes `$`. Return None if a
    variable has no default (`$V`, `${V}`, `${V:?message}`), or if Compose would refuse the text. The grammar follows
    compose-go's `template.go`, where a default ends at the matching brace (`${V:-{}}`), and `$1` or a `$` at the end is
    literal.
    """
    return _fill_in(text, None)


def interpolate(text: str, known: Mapping[str, str]) -> str | None:
    """Return `text` as Compose interpolates it with these variables. A variable that is not set is empty.

    Return None if a variable is required (`${V:?message}`) and not set, or if Compose would refuse the text.
    """
    return _fill_in(text, known)


def broken_references(text: str) -> Iterator[str]:
    """Yield the invalid references, each cut off after the wrong character, such as `${MY ` for `${MY TAG}`.

    The references are cut off because a secret may follow. Compose parses defaults, alternatives and messages even if
    it does not use them (measured).
    """
    for reference, word in _all_references(text):
        if not (reference["dollar"] or reference["named"] or reference["braced"]):
            begun = _BEGUN.match(text, reference.start())
            yield begun[0] if begun else reference[0]
        yield from broken_references(word)


def required_and_unset(text: str, known: Mapping[str, str]) -> Iterator[str]:
    """Yield the variables without a value that `text` requires (`${V:?message}`), at any depth."""
    for reference, word in _all_references(text):
        operator, value = reference["operator"] or "", known.get(reference["braced"] or "")
        if operator.endswith("?") and (value is None or (operator == ":?" and not value)):
            yield reference["braced"]
        yield from required_and_unset(word, known)


def with_fallbacks(text: str, values: Mapping[str, str]) -> str | None:
    """Return `text` with the values inserted as defaults, so that `${V}` becomes `${V-value}`.

    Return None if Compose has no syntax for the default. This is the case for a value with braces. It is also the case
    for `${V:+x}` and `${V:?message}` with a value that is not empty, because these forms do not distinguish an empty
    variable from an unset variable.
    """
    parts, at = [], 0
    while reference := _REFERENCE.search(text, at):
        parts.append(text[at : reference.start()])
        at = reference.end()
        if reference["operator"]:
            at = _closing_brace(text, reference.start(), reference.end())
        written = _with_fallback(reference, text[reference.start() : at], values)
        if written is None:
            return None
        parts.append(written)
    return "".join((*parts, text[at:]))


def _with_fallback(reference: re.Match[str], written: str, values: Mapping[str, str]) -> str | None:
    name, operator = reference["named"] or reference["braced"], reference["operator"] or ""
    word = written[reference.start("word") - reference.start() : -1] if operator else ""
    inner = with_fallbacks(word, values)
    if inner is None:
        return None
    if name not in values:
        return f"${{{name}{operator}{inner}}}" if operator else written
    value = values[name].replace("$", "$$")
    if "{" in value or "}" in value:
        return None
    if operator == "+":
        return inner
    if operator == ":-":
        return f"${{{name}:-${{{name}+{inner}}}${{{name}-{value}}}}}" if value else f"${{{name}:-{inner}}}"
    if operator in (":+", ":?"):
        return None if value else f"${{{name}{operator}{inner}}}"
    return f"${{{name}-{value}}}"


def _all_references(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield the references in a text, including escaped dollar signs, each with the text after its operator."""
    at = 0
    while reference := _REFERENCE.search(text, at):
        at, word = reference.end(), ""
        if reference["operator"]:
            at = _closing_brace(text, reference.start(), reference.end())
            word = text[reference.start("word") : at - 1]
        yield reference, word


def _fill_in(text: str, known: _Known) -> str | None:
    parts, at = [], 0
    while reference := _REFERENCE.search(text, at):
        parts.append(text[at : reference.start()])
        value, at = _value(reference, known)
        if value is None:
            return None
        parts.append(value)
    return "".join((*parts, text[at:]))


def _value(reference: re.Match[str], known: _Known) -> tuple[str | None, int]:
    """Return the value and the end of a reference.

    The end is needed because the pattern matches up to the last brace in the line.
    """
    if reference["dollar"]:
        return "$", reference.end()
    name, operator = reference["named"] or reference["braced"], reference["operator"]
    value = known.get(name) if known is not None and name else None
    if not operator:
        return value or "" if known is not None and name else None, reference.end()
    end = _closing_brace(reference.string, reference.start(), reference.end())
    is_set = value is not None and (value != "" or not operator.startswith(":"))
    word = reference.string[reference.start("word") : end - 1]
    if operator.endswith("+"):
        return _fill_in(word, known) if is_set else "", end
    if is_set:
        return value, end
    return None if operator.endswith("?") else _fill_in(word, known), end


def _closing_brace(text: str, start: int, end: int) -> int:
    """Return the end of the reference that starts at `start`.

    The end is after the reference's own closing brace, or after the last brace if there is none.
    """
    depth, at = 0, start
    while at < end:
        if text[at] == "}":
            depth -= 1
            if depth == 0:
                return at + 1
        elif text[at] == "{":
            depth += 1
            at += 1  # as in compose-go: the character after an opening brace never closes it
        at += 1
    return end


UNKNOWN: Final = "\0"
"""The placeholder for a value that depends on the environment. A Compose file cannot contain this character."""

_INNERMOST: Final = r"\$\$|\$\{[^{}]*\}|\$[A-Za-z_]\w*"


def as_far_as_known(text: str) -> str:
    """Return the text with variables replaced by their defaults, or by `UNKNOWN` if they have none.

    `${REGISTRY}/beats/filebeat:${VERSION:-9.5.1}` is `UNKNOWN` followed by `/beats/filebeat:9.5.1`.
    """
    if "$" not in text:
        return text
    known = with_defaults(text)
    while known is None:
        filled = re.sub(_INNERMOST, _partial_value, text, flags=re.ASCII)
        if filled == text:
            return UNKNOWN
        text, known = filled, with_defaults(filled)
    return known


def _partial_value(match: re.Match[str]) -> str:
    if match[0] == "$$":
        return "$$"
    value = with_defaults(match[0])
    return UNKNOWN if value is None else value
