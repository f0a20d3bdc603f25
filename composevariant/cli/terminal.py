"""What goes where: data to stdout, everything else to stderr; colour only where a person looks."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def wants_color(stream: TextIO) -> bool:
    """Whether to colour what goes to `stream`: on a terminal, and never with `NO_COLOR` (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def data(text: str) -> None:
    """Print data to stdout, byte for byte: no newline is added or translated."""
    if text:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode(errors="surrogateescape"))
        sys.stdout.flush()


def say(text: str) -> None:
    """Tell the user something, on stderr."""
    if text:
        sys.stderr.write(f"{text.rstrip()}\n")


def error_line(text: str) -> None:
    """Say what went wrong; the word `error` is red on a terminal."""
    word = "\x1b[31merror\x1b[0m" if wants_color(sys.stderr) else "error"
    for line in text.split("\n"):
        say(line if line.startswith(" ") else f"{word}: {line}")
