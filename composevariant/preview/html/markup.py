"""HTML for all reports: whatever comes from a file is escaped."""

from __future__ import annotations

from html import escape
from typing import Final

from composevariant.preview.html.style import STYLE

_VOID: Final = ("meta",)
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def tag(name: str, content: str = "", /, **attributes: str) -> str:
    """An element. `content` is HTML already; attributes are not. `class_` and `data_x` stand for `class`, `data-x`."""
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{content}</{name}>"


def text(raw: str) -> str:
    """Text from a file, as HTML shows it."""
    return escape(raw)


def document(title: str, style: str, body: str) -> str:
    """A self-contained page: no script, no network. `style` is added to the style that all pages share."""
    head = (
        tag("meta", charset="utf-8")
        + tag("meta", name="viewport", content="width=device-width, initial-scale=1")
        + tag("meta", http_equiv="Content-Security-Policy", content=_POLICY)
        + tag("title", text(title))
        + tag("style", STYLE + style)
    )
    return f"<!doctype html>\n{tag('html', tag('head', head) + tag('body', body), lang='en')}\n"
