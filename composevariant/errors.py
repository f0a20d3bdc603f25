"""Errors that are shown to users, each with a message, a location and a hint."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from composevariant.source import Location

DIFFERENCES, UNUSABLE, REFUSED, INTERNAL = 1, 2, 3, 4
_MANY = 200
_WORST_FIRST = (INTERNAL, UNUSABLE, REFUSED, DIFFERENCES, 0)


def worst(codes: Iterable[int]) -> int:
    """Return the most severe exit code, in the order 4, 2, 3, 1, 0."""
    return min(codes, key=_WORST_FIRST.index, default=0)


class ComposeVariantError(Exception):
    """An error that a user can act on. `exit_code` is the exit code of the process (see `docs/design.md`)."""

    exit_code = UNUSABLE

    def __init__(self, message: str, location: Location | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.hint = hint

    @property
    def errors(self) -> tuple[ComposeVariantError, ...]:
        """The individual errors that make up this error."""
        return (self,)

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location else ""
        hint = f"\n  hint: {self.hint}" if self.hint else ""
        return f"{place}{self.message}{hint}"


class UnusableInput(ComposeVariantError):
    """A file, an overlay or an option cannot be used (exit 2)."""


class Refused(ComposeVariantError):
    """The command did nothing, to protect the user's files or data (exit 3)."""

    exit_code = REFUSED


class InternalError(ComposeVariantError):
    """A bug in composevariant, found before anything was written (exit 4)."""

    exit_code = INTERNAL


class SeveralErrors(ComposeVariantError):
    """All errors from one run, shown together. The most severe error determines the exit code (4 > 2 > 3)."""

    def __init__(self, errors: Sequence[ComposeVariantError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self._errors = tuple(errors)
        self.exit_code = worst(error.exit_code for error in errors)

    @property
    def errors(self) -> tuple[ComposeVariantError, ...]:
        return self._errors


def raise_all(errors: Sequence[ComposeVariantError]) -> None:
    """Raise the collected errors, if any, without duplicates.

    A single error is raised as it is, and several errors are raised as `SeveralErrors`.
    """
    errors = list({str(each): each for error in errors for each in error.errors}.values())
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise SeveralErrors(errors)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean "x"?)` for the closest known word, or an empty string if no word is close."""
    from difflib import get_close_matches

    names = list(known)
    if len(names) > _MANY:  # comparing with thousands of names would take seconds
        names = [name for name in names if name[:1] == word[:1] and abs(len(name) - len(word)) <= 1]
    close = get_close_matches(word, names[:_MANY], n=1)
    return f' (did you mean "{close[0]}"?)' if close else ""
