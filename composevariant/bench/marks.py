"""An edit that leaves a mark: the text `cvbench` with twelve digits, which shows in the image what it was built from.

A comment would do where sources are shipped, but a compiler drops it. So the mark is a text that a program holds and
never prints; where a language has no way for that without consequences, it is a comment.
"""

from __future__ import annotations

import re
from itertools import count
from posixpath import basename, splitext
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATTERN: Final = re.compile(rb"cvbench[0-9a-f]{12}")
LENGTH: Final = 19
_RUST_MAIN: Final = re.compile(r"^(?:pub(?:\(crate\))? )?(?:async )?fn main\(\)[^{;]*\{", re.MULTILINE)
_RUST_FUNCTION: Final = re.compile(r"^(?:pub(?:\([a-z]+\))? )?(?:async )?fn \w+[^{;]*\{", re.MULTILINE)


def mark(run: str, number: int) -> str:
    """The mark of one edit. `run` is eight hexadecimal digits that no other run has."""
    return f"cvbench{run}{number:04x}"


def marks(run: str) -> Iterator[str]:
    """All marks of a run, one after the other."""
    return (mark(run, number) for number in count(1))


def marked(name: str, text: str, new: str) -> str | None:
    """The text of a source file with a mark; None where the language is not known."""
    edit = _EDITS.get(splitext(name)[1].lower())
    return edit(text, new) if edit else None


def rank(name: str, text: str) -> int | None:
    """How sure a mark in the file is to be found in the image, 0 the surest; None where it cannot have one."""
    suffix = splitext(name)[1].lower()
    if suffix not in _EDITS:
        return None
    if suffix == ".rs":
        return 0 if _RUST_MAIN.search(text) else 1 if _RUST_FUNCTION.search(text) else 3
    return 2 if suffix in _PAGES else 0


def manifest_edit(name: str, text: str, new: str) -> str | None:
    """A manifest or lock file with other bytes and the same dependencies; None where that cannot be told."""
    base = basename(name)
    if base == "package.json":
        return _with_key(text, new)
    if base == "go.mod":
        return f"{_ended(text)}// {new}\n"
    if base.endswith((".toml", ".txt")) or base in _HASHED:
        return f"{_ended(text)}# {new}\n"
    return f"{_ended(text)}<!-- {new} -->\n" if base.endswith(("pom.xml", ".csproj")) else None


MANIFESTS: Final = (
    "Cargo.toml",
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "go.mod",
    "Gemfile",
    "pom.xml",
)
_HASHED: Final = ("Gemfile", "Cargo.lock", "poetry.lock", "uv.lock")


def _with_key(text: str, new: str) -> str | None:
    begin = text.find("{")
    return f'{text[: begin + 1]}"x-cvbench": "{new}",{text[begin + 1 :]}' if begin >= 0 and '":' in text else None


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"


def _appended(line: str) -> Callable[[str, str], str]:
    return lambda text, new: f"{_ended(text)}{line.replace('%', new)}\n"


def _rust(text: str, new: str) -> str:
    found = _RUST_MAIN.search(text) or _RUST_FUNCTION.search(text)
    if not found:
        return f"{_ended(text)}// {new}\n"
    return f'{text[: found.end()]} std::hint::black_box("{new}");{text[found.end() :]}'


def _php(text: str, new: str) -> str:
    inside = text.rfind("<?") > text.rfind("?>")
    return f"{_ended(text)}// {new}\n" if inside else f"{_ended(text)}<?php /* {new} */ ?>\n"


# A package variable is never known to be false, so that the text stays in the program.
_GO: Final = 'var %off bool\n\nfunc init() {\n\tif %off {\n\t\tprintln("%")\n\t}\n}'
# A constructor is kept even where unused sections are dropped.
_C: Final = '__attribute__((constructor)) static void %f(void) { __asm__ volatile("" : : "r"("%")); }'
# Valid in every kind of JavaScript and TypeScript, and a bundler keeps it for its effect.
_SCRIPT: Final = 'Object.assign(globalThis, { cvbench: "%" });'
_HASH: Final = _appended("# %")
_PAGE: Final = _appended("<!-- % -->")

_PAGES: Final = (".css", ".html", ".htm", ".vue", ".svelte", ".sql", ".scss")
_EDITS: Final[dict[str, Callable[[str, str], str]]] = {
    ".rs": _rust,
    ".go": _appended(_GO),
    **dict.fromkeys((".c", ".cc", ".cpp", ".cxx"), _appended(_C)),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"), _appended(_SCRIPT)),
    ".py": _appended('_cvbench = "%"'),
    # The names of classes stand in a jar or an assembly as they are.
    **dict.fromkeys((".java", ".kt", ".cs", ".scala"), _appended("class % {}")),
    **dict.fromkeys((".rb", ".sh", ".ex", ".exs", ".pl"), _HASH),
    ".php": _php,
    **dict.fromkeys((".html", ".htm", ".vue", ".svelte"), _PAGE),
    **dict.fromkeys((".css", ".scss"), _appended("/* % */")),
    ".sql": _appended("-- %"),
}
