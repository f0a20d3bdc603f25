"""The header comment of a generated file, with its inputs, the command that generates it, and digests.

The header contains no dates or release numbers, so that the same inputs give the same bytes everywhere. Digests ignore
the newline style, because git may change it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.text.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT: Final = 1
"""The version of the format, which is increased only when the same inputs give a different body."""

_MADE: Final = "# Made by composevariant from"
_DIGESTS: Final = pattern(r"# composevariant: format (\d+)((?: \w+ [0-9a-f]+)+)")


class Header(NamedTuple):
    """The values in the header of a generated file."""

    format: int
    body: str
    base: str
    overlay: str
    inputs: str


class Generated(NamedTuple):
    """A generated file, which consists of a header and a body."""

    header: Header
    body: str


def digest(*texts: str) -> str:
    """Return a short digest of texts, which is the same for LF and CRLF."""
    try:
        from _blake2 import blake2b  # hashlib's own, without the OpenSSL that importing hashlib loads: 3 ms a run
    except ImportError:
        from hashlib import blake2b

    hashed = blake2b(digest_size=8)
    for text in texts:
        data = text.replace("\r\n", "\n").encode()
        hashed.update(b"%d:" % len(data))
        hashed.update(data)
    return hashed.hexdigest()


def header_text(bases: Iterable[str], variant: str, overlays: Iterable[str], command: str, header: Header) -> list[str]:
    """Return the lines of the header. Unprintable characters in file names are replaced with `?`."""
    files = [*bases, *overlays]
    names = files[0] if len(files) == 1 else f"{', '.join(files[:-1])} and {files[-1]}"
    digests = " ".join(f"{name} {getattr(header, name)}" for name in ("body", "base", "overlay", "inputs"))
    lines = [
        f"{_MADE} {names}, variant {variant}. Edit those, not this file, and run",
        f"#   {command}",
        f"# composevariant: format {header.format} {digests}",
    ]
    return ["".join(char if char.isprintable() else "?" for char in line) for line in lines]


def read_generated(text: str) -> Generated | None:
    """Parse a generated file, or return None for any other file. `text` must not start with a byte order mark."""
    if not text.startswith(_MADE):
        return None
    lines = text.split("\n", 3)
    found = _DIGESTS.fullmatch(lines[2].rstrip("\r")) if len(lines) > 2 else None  # noqa: PLR2004
    if found is None:
        return None
    words = found[2].split()
    named = dict(zip(words[::2], words[1::2], strict=True))
    values = [named.get(name, "") for name in ("body", "base", "overlay", "inputs")]
    return Generated(Header(int(found[1]), *values), lines[3] if len(lines) > 3 else "")  # noqa: PLR2004


_BESIDE: Final = pattern(r"# Made by composevariant .*\r?\n# composevariant: body ([0-9a-f]+)\r?\n")


def beside_text(file: str, body: str) -> str:
    """Return the text of an extra file that is generated next to a variant, with a header comment.

    `file` is the base.
    """
    made = f"# Made by composevariant from {file} and the key add of an overlay. Edit that, not this file."
    return f"{made}\n# composevariant: body {digest(body)}\n{body}"


def body_beside(text: str) -> str | None:
    """Return the body of a file written by `beside_text` if the file is unedited, or None for any other file."""
    found = _BESIDE.match(text)
    body = text[found.end() :] if found else ""
    return body if found and digest(body) == found[1] else None
