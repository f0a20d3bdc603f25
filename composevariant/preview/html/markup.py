"""Writing HTML: whatever comes from a file is escaped."""

from __future__ import annotations

from html import escape
from typing import Final

_VOID: Final = ("meta",)


def tag(name: str, content: str = "", /, **attributes: str) -> str:
    """An element. `content` is HTML already; attributes are not. `class_` and `data_x` stand for `class`, `data-x`."""
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{content}</{name}>"


def text(raw: str) -> str:
    """Text from a file, as HTML shows it."""
    return escape(raw)
