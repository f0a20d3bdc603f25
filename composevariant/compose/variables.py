"""Variables in Compose values, counted with the defaults that the file itself gives them."""

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
    """What `text` is when no variable is set and every one has its default from the file.

    `${V:-d}` and `${V-d}` are `d`, at any depth; `${V:+x}` is empty; `$$` is `$`. None when a variable has no default
    (`$V`, `${V}`, `${V:?message}`), or when Compose would refuse the text. Neither the shell nor `.env` counts.
    The grammar is that of compose-go's `template.go`: a default ends at the brace that closes its own (`${V:-{}}`),
    and `$1` or a `$` at the end is only text.
    """
    return _fill_in(text, None)


def interpolate(text: str, known: Mapping[str, str]) -> str | None:
    """What Compose makes of `text` with these variables; one that is not set is empty.

    None when a variable is required (`${V:?message}`) and not set, or when Compose would refuse the text.
    """
    return _fill_in(text, known)


def broken_references(text: str) -> Iterator[str]:
    """The references that Compose cannot read, each up to the character that is wrong, such as `${MY ` of `${MY TAG}`.

    What follows may be a value that nobody else should see. Compose looks into defaults, alternatives and messages even
    where they do not count (measured).
    """
    for reference, word in _all_references(text):
        if not (reference["dollar"] or reference["named"] or reference["braced"]):
            begun = _BEGUN.match(text, reference.start())
            yield begun[0] if begun else reference[0]
        yield from broken_references(word)


def required_and_unset(text: str, known: Mapping[str, str]) -> Iterator[str]:
    """The variables that `text` requires, at any depth (`${V:?message}`), and that have no value."""
    for reference, word in _all_references(text):
        operator, value = reference["operator"] or "", known.get(reference["braced"] or "")
        if operator.endswith("?") and (value is None or (operator == ":?" and not value)):
            yield reference["braced"]
        yield from required_and_unset(word, known)


def with_fallbacks(text: str, values: Mapping[str, str]) -> str | None:
    """`text`, saying itself what a variable is that nobody sets: `${V}` becomes `${V-value}`.

    None where that cannot be said in Compose's words: for `${V:+x}` and `${V:?message}` of a value that is not empty,
    whose meaning depends on whether a variable is empty or not set, and for a value that holds braces.
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
    """The references of a text, escaped dollars included, and what stands in each behind its operator."""
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
    """The value of a reference, and where it ends: the pattern takes everything up to the line's last brace."""
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
    """The end of the reference that starts at `start`: behind its own brace, else behind the last one."""
    depth, at = 0, start
    while at < end:
        if text[at] == "}":
            depth -= 1
            if depth == 0:
                return at + 1
        elif text[at] == "{":
            depth += 1
            at += 1  # as compose-go does: the character behind an opening brace never closes it
        at += 1
    return end


# What can be said of a text some of whose variables have no default in the file.

UNKNOWN: Final = "\0"
"""Stands for a value that only the environment knows; Compose files cannot hold this character."""


_INNERMOST: Final = r"\$\$|\$\{[^{}]*\}|\$[A-Za-z_]\w*"


def as_far_as_known(text: str) -> str:
    """The text with its defaults put in, and `UNKNOWN` in place of each variable without one.

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
