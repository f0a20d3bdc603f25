"""Cutting the short syntaxes of Compose apart without cutting into a variable such as `${PORT:-80}`."""

from __future__ import annotations


def sections(text: str, separator: str = ":") -> list[str]:
    """The parts of `text` between the separators that stand outside `${…}`."""
    if "${" not in text:
        return text.split(separator)
    parts, start, depth = [], 0, 0
    for at, char in enumerate(text):
        if text.startswith("${", at):
            depth += 1
        elif char == "}" and depth:
            depth -= 1
        elif char == separator and not depth:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def key_and_value(text: str) -> tuple[str, str | None]:
    """`KEY=VALUE` as its two parts; the value of a bare `KEY` is None."""
    key = sections(text, "=")[0]
    return key, None if len(key) == len(text) else text[len(key) + 1 :]


def mount_sections(text: str) -> list[str]:
    """The parts of a short mount. The colon behind a single letter is that of a Windows drive, as compose-go reads it.

    So a volume with a name of one letter is no volume: `v:/data` is an anonymous volume at the path `v:/data`.
    """
    if len(text) <= 2:  # noqa: PLR2004 - compose-go takes such a short text as a target, whatever it holds
        return [text]
    parts: list[str] = []
    for part in sections(text):
        drive = bool(parts) and len(parts[-1]) == 1 and parts[-1].isalpha()
        parts[-1:] = [f"{parts[-1]}:{part}"] if drive else [*parts[-1:], part]
    return parts
