"""Texts that are YAML or nearly so: real ones with small damage, and made ones."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from random import Random

SNIPPETS = (
    *"-?:,[]{}#&*!|>'\"%@` \n\r\t~ax0\\é☃🐳",
    *("a: ", "b: c\n", "  d: e\n", "- ", "- x\n", "  - ", "\n", "\n  ", "\n    ", ": ", ":\n", "  ", "x y", "\r\n"),
    *(
        "|\n",
        "|-\n",
        "|+\n",
        ">\n",
        ">-\n",
        "|2\n",
        "| # c\n",
        "'x'",
        '"y"',
        '"\\n"',
        '"\\x41\\u00e9"',
        "''",
        '""',
        "'it''s'",
    ),
    *(
        "{a: b}",
        "[a, b]",
        "[a: b]",
        "{a}",
        "{a: }",
        "{a:}",
        "[]",
        "{}",
        "[,]",
        "[a,\n  b]",
        "{a: b, # c\n c: d}",
        "]",
        "}",
    ),
    *(
        "*a",
        "&a ",
        "&a x",
        "&b\n",
        "!t ",
        "!!str ",
        "!",
        "<<: *a\n",
        "? ",
        "? a\n: b\n",
        "---\n",
        "--- ",
        "...\n",
        "%YAML 1.1\n",
    ),
    *(
        " # c",
        "#",
        "# c\n",
        "a:b",
        "x :y",
        "a: b: c",
        "- - x\n",
        "-\n",
        "- a: b\n  c: d\n",
        "'a\n  b'",
        '"a\n\n  b"',
        "\\",
    ),
)

yaml_like = st.lists(st.sampled_from(SNIPPETS), max_size=14).map("".join)
"""Made of the pieces that YAML is made of, in any order: mostly not YAML."""


def damaged(random: Random, text: str) -> str:
    """Some lines of `text`, with one to three characters or lines taken out, doubled, put in or moved."""
    lines = text.splitlines(keepends=True)
    size = random.randint(1, 30)
    start = random.randint(0, max(0, len(lines) - size))
    piece = dedent("".join(lines[start : start + size]))[:1500]
    if random.random() < 0.15:
        piece = piece.replace("\r\n", "\n").replace("\n", "\r\n")
    for _ in range(random.randint(1, 3)):
        piece = _damaged_line(random, piece) if random.random() < 0.3 else _damaged_characters(random, piece)
    return piece


def _damaged_characters(random: Random, text: str) -> str:
    at, size = random.randint(0, len(text)), random.choice((1, 1, 1, 3, 8))
    kind = random.choice(("take out", "double", "put in", "put in", "put in the place of"))
    if kind == "take out":
        return text[:at] + text[at + size :]
    if kind == "double":
        return text[: at + size] + text[at:]
    new: str = random.choice(SNIPPETS)
    return text[:at] + new + text[at + (kind != "put in") :]


def _damaged_line(random: Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if not lines:
        return text
    one, two = random.randrange(len(lines)), random.randrange(len(lines))
    kind = random.choice(("take out", "double", "indent", "dedent", "swap", "join"))
    if kind == "take out":
        del lines[one]
    elif kind == "double":
        lines.insert(two, lines[one])
    elif kind == "indent":
        lines[one] = random.choice((" ", "  ", "- ", "\t")) + lines[one]
    elif kind == "dedent":
        lines[one] = lines[one][random.randint(1, 3) :]
    elif kind == "swap":
        lines[one], lines[two] = lines[two], lines[one]
    else:
        lines[one] = lines[one].rstrip("\r\n")
    return "".join(lines)
