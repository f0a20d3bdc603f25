"""HTML building blocks for all reports: elements, and styles for light mode, dark mode and print."""

from __future__ import annotations

from html import escape
from typing import Final

BASE_STYLE: Final = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1f2328; --dim: #59636e; --line: #d1d9e0; --soft: #f6f8fa;
  --red: #b3261e; --red-soft: #ffebe9; --red-mark: #ffb3ad; --green: #116329; --green-soft: #dafbe1;
  --green-mark: #8fdf9f; --amber: #7d4e00; --amber-soft: #fff4d6; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --paper: #0d1117; --ink: #e6edf3; --dim: #9198a1; --line: #3d444d;
  --soft: #151b23; --red: #ff9b93; --red-soft: #3c1418; --red-mark: #8e2a2a; --green: #7ee295; --green-soft: #12301c;
  --green-mark: #22683a; --amber: #f0c463; --amber-soft: #33270a; --link: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
article + article { border-top: 3px solid var(--line); margin-top: 3rem; padding-top: 2rem; }
.dim, small { color: var(--dim); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .75rem .35rem 0; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }
thead th { color: var(--dim); font-weight: 600; }
svg { display: block; max-width: 100%; height: auto; margin: 1rem 0; }
svg rect { fill: var(--soft); stroke: var(--line); } svg text { fill: var(--ink); font: 14px system-ui, sans-serif; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; }
summary { cursor: pointer; padding: .4rem .75rem; background: var(--soft); border-radius: 6px; font-weight: 600; }
details > ul, details > p { margin: .5rem .75rem; padding-left: 1.25rem; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
@media print { body { max-width: none; } }
"""
"""The style that all pages share."""

DIFF_STYLE: Final = """
a { color: var(--link); }
.numbers { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: 1rem 0; padding: 0; }
.numbers li { border: 1px solid var(--line); border-radius: 6px; padding: .25rem .75rem; background: var(--soft); }
td > .removed, tr.removed th { text-decoration: line-through; }
.badge { border-radius: 1rem; padding: .05rem .6rem; font-size: .85rem; border: 1px solid var(--line); }
span.removed, .badge.removed { color: var(--red); } .badge.removed { background: var(--red-soft); }
span.added, .badge.added { color: var(--green); } .badge.added { background: var(--green-soft); }
.badge.changed { color: var(--amber); background: var(--amber-soft); }
svg rect.changed { fill: var(--amber-soft); stroke: var(--amber); }
svg rect.removed { fill: var(--red-soft); stroke: var(--red); stroke-dasharray: 5 3; }
svg rect.added { fill: var(--green-soft); stroke: var(--green); }
svg text.removed { text-decoration: line-through; }
svg .line { fill: none; stroke: var(--dim); stroke-width: 1.5; }
svg .line.removed { stroke: var(--red); stroke-dasharray: 5 3; } svg .line.added { stroke: var(--green); }
li.added::marker { content: "+ "; color: var(--green); }
li.removed::marker { content: "\\2212\\20"; color: var(--red); }
li.changed::marker { content: "~ "; color: var(--amber); } li.warning { color: var(--amber); }
.why { position: relative; border-bottom: 1px dotted var(--dim); }
.why > small { display: none; position: absolute; left: 0; top: 100%; z-index: 1; white-space: nowrap;
  padding: .2rem .6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); }
.why:hover > small, .why:focus > small { display: block; }
pre { margin: 0; padding: .5rem 0; overflow-x: auto; font: 13px/1.45 ui-monospace, monospace; }
pre > * { display: inline-block; min-width: 100%; padding: 0 .75rem; text-decoration: none; }
pre del { background: var(--red-soft); } pre del mark { background: var(--red-mark); color: inherit; }
pre ins { background: var(--green-soft); } pre ins mark { background: var(--green-mark); color: inherit; }
@media print { .why > small { display: inline; position: static; border: 0; } }
"""
"""The additional style of the diff page."""


# HTML elements. All text from files is escaped.

_VOID: Final = ("meta",)

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def tag(name: str, content: str = "", /, **attributes: str) -> str:
    """Return an element. `content` is HTML, and attributes are escaped.

    `class_` and `data_x` become `class` and `data-x`.
    """
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{content}</{name}>"


def text(raw: str) -> str:
    """Escape text for HTML."""
    return escape(raw)


def document(title: str, style: str, body: str) -> str:
    """Return a self-contained page without scripts or network access. `style` is added to the shared style."""
    head = (
        tag("meta", charset="utf-8")
        + tag("meta", name="viewport", content="width=device-width, initial-scale=1")
        + tag("meta", http_equiv="Content-Security-Policy", content=_POLICY)
        + tag("title", text(title))
        + tag("style", BASE_STYLE + style)
    )
    return f"<!doctype html>\n{tag('html', tag('head', head) + tag('body', body), lang='en')}\n"
