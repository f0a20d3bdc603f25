"""Output: data to stdout, messages to stderr, and colour only on terminals."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

from composevariant.errors import UnusableInput

if TYPE_CHECKING:
    from collections.abc import Sequence


def wants_color(stream: TextIO | None) -> bool:
    """Return whether to colour the output: on a terminal, unless `NO_COLOR` is set (https://no-color.org)."""
    if stream is None or not stream.isatty():
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_data(text: str) -> None:
    """Print data to stdout, byte for byte. No newline is added or translated.

    If the reader closed the pipe, as `head` does, the output is discarded and the run continues.

    Raises:
        UnusableInput: Writing to stdout failed, for example because the disk is full.
    """
    if not text or not sys.stdout:
        return
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode(errors="surrogateescape"))
        sys.stdout.flush()
    except BrokenPipeError:
        _discard(sys.stdout)
    except OSError as error:
        _discard(sys.stdout)
        raise UnusableInput(f"stdout cannot be written: {(error.strerror or str(error)).lower()}") from None


def print_message(text: str) -> None:
    """Print a message to stderr."""
    if not text or not sys.stderr:
        return
    try:
        sys.stderr.write(f"{text.rstrip()}\n")
    except OSError:  # a closed stderr must not stop the work
        _discard(sys.stderr)


def align_rows(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows as lines of a table with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def printable(text: str) -> str:
    """Return the text with control characters except line breaks escaped, because YAML values may contain them."""
    if text.replace("\n", "").isprintable():
        return text
    return "".join(
        char if char == "\n" or char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def print_error(text: str) -> None:
    """Print an error to stderr. The word `error` is red on a terminal."""
    word = "\x1b[31merror\x1b[0m" if wants_color(sys.stderr) else "error"
    for line in printable(text).split("\n"):
        print_message(line if line.startswith(" ") else f"{word}: {line}")


def _discard(stream: TextIO) -> None:
    """Redirect the stream to the null device, including its buffered output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
