"""What goes where: data to stdout, everything else to stderr; colour only where a person looks."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

from composevariant.errors import UnusableInput

if TYPE_CHECKING:
    from collections.abc import Sequence


def wants_color(stream: TextIO | None) -> bool:
    """Whether to colour what goes to `stream`: on a terminal, and never with `NO_COLOR` (https://no-color.org)."""
    if stream is None or not stream.isatty():
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_data(text: str) -> None:
    """Print data to stdout, byte for byte: no newline is added or translated.

    A reader that has left, such as `head`, has read enough: the rest of the run is done all the same.

    Raises:
        UnusableInput: stdout cannot take it, such as a file on a full disk.
    """
    if not text or not sys.stdout:
        return
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode(errors="surrogateescape"))
        sys.stdout.flush()
    except BrokenPipeError:
        _to_nowhere(sys.stdout)
    except OSError as error:
        _to_nowhere(sys.stdout)
        raise UnusableInput(f"stdout cannot be written: {(error.strerror or str(error)).lower()}") from None


def print_message(text: str) -> None:
    """Tell the user something, on stderr."""
    if not text or not sys.stderr:
        return
    try:
        sys.stderr.write(f"{text.rstrip()}\n")
    except OSError:  # nobody listens; that is no reason to leave the work undone
        _to_nowhere(sys.stderr)


def align_rows(rows: Sequence[Sequence[str]]) -> str:
    """The rows as lines of a table."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def printable(text: str) -> str:
    """The text with control characters but line breaks written out: keys and values of a file may hold any."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(
        char if char == "\n" or char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def print_error(text: str) -> None:
    """Say what went wrong; the word `error` is red on a terminal."""
    word = "\x1b[31merror\x1b[0m" if wants_color(sys.stderr) else "error"
    for line in printable(text).split("\n"):
        print_message(line if line.startswith(" ") else f"{word}: {line}")


def _to_nowhere(stream: TextIO) -> None:
    """What is still to come for the stream, and what waits in its buffer, is dropped."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
