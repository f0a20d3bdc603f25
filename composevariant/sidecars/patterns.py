"""How the patterns of presets are compared, see `preset`."""

from __future__ import annotations

from functools import lru_cache

from composevariant.compose.images import image_path
from composevariant.wildcards import matches

_WORDS = str.maketrans("_.", "--")


def fits(text: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of the patterns describes the text, letter by letter."""
    return may_fit(text, patterns) and any(matches(pattern, text) for pattern in patterns)


def fits_words(text: str, patterns: tuple[str, ...]) -> bool:
    """The same, word by word."""
    if not may_fit(text, patterns):
        return False
    words = _words(text)
    return any(matches(_words(pattern), words) for pattern in patterns)


def fits_image(image: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of the patterns describes an image, given as it is written in the file."""
    if not may_fit(image, patterns):
        return False
    parts = image_path(image).split("/")
    return any(fits_words("/".join(parts[-1 - pattern.count("/") :]), (pattern,)) for pattern in patterns)


def may_fit(text: str, patterns: tuple[str, ...]) -> bool:
    """Whether the text holds what one of the patterns cannot do without: a quick look before a closer one."""
    small = text.lower()
    return any(core in small for core in _cores(patterns))


@lru_cache(maxsize=128)
def _cores(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """The longest word of each pattern, without those that hold another one."""
    words = {max(_words(pattern).replace("*", "-").split("-"), key=len) for pattern in patterns}
    return tuple(word for word in words if not any(other != word and other in word for other in words))


def _words(text: str) -> str:
    return text.lower().translate(_WORDS)
