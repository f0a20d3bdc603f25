"""How paths are written: `services.*.ports["80:80"]`.

Steps are joined by dots or written in brackets. A bare step ends at a dot, bracket, quote or blank. Text in quotes is
taken letter by letter, with the quote itself written twice; everywhere else `*` stands for any text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from composevariant.errors import UnusableInput
from composevariant.patterns import pattern
from composevariant.wildcards import matches

if TYPE_CHECKING:
    from composevariant.source import Location


class Step(NamedTuple):
    """One step of a path: a key or the identity of a list item, or a wildcard pattern for these."""

    text: str
    wild: bool = False

    def matches(self, name: str) -> bool:
        return matches(self.text, name) if self.wild else self.text == name


PathPattern: TypeAlias = tuple[Step, ...]

_BARE: Final = pattern(r"[^.\[\]\"'\s]+")
_BRACKETS: Final = pattern(r"\[(?:\"((?:[^\"]|\"\")*)\"|'((?:[^']|'')*)'|([^\[\]\"'\s](?:[^\[\]]*[^\[\]\s])?))\]")
_HINT: Final = (
    "names are joined by dots; a name with dots or blanks goes in brackets and quotes, as in "
    'services["ordering.api"]; a list item goes by its key, as in ports["80:80"]'
)


def parse_path(text: str, location: Location | None = None) -> PathPattern:
    """The path that `text` spells.

    Raises:
        UnusableInput: the text is no path; the message points at the first wrong character.
    """
    steps: list[Step] = []
    at = 0
    while at < len(text) or not steps:
        dot = bool(steps) and text.startswith(".", at)
        found = _BARE.match(text, at + dot) if dot or not steps else None
        found = found or (None if dot else _BRACKETS.match(text, at))
        if found is None:
            raise _syntax_error(text, at + dot, location, after_dot=dot)
        steps.append(_step(found))
        at = found.end()
    return tuple(steps)


def literal(*names: str) -> PathPattern:
    """The path of exactly these names, in which `*` is no wildcard."""
    return tuple(Step(name) for name in names)


def write_step(step: Step, *, item: bool = False, first: bool = False) -> str:
    """A step as `parse_path` reads it. An `item` of a list is written in brackets."""
    literal_star = "*" in step.text and not step.wild
    if not item and not literal_star and _BARE.fullmatch(step.text):
        return step.text if first else f".{step.text}"
    bracketed = _BRACKETS.fullmatch(f"[{step.text}]")
    if (item or step.wild) and not literal_star and bracketed and bracketed[3] is not None:
        return f"[{step.text}]"
    quote = "'" if '"' in step.text and "'" not in step.text else '"'
    return f"[{quote}{step.text.replace(quote, quote * 2)}{quote}]"


def write_path(pattern: PathPattern) -> str:
    """The pattern as `parse_path` reads it."""
    return "".join(write_step(step, first=not index) for index, step in enumerate(pattern))


def _step(found: re.Match[str]) -> Step:
    text = found.group()
    if not text.startswith("["):
        return Step(text, "*" in text)
    double, single, bare = found.groups()
    if bare is not None:
        return Step(bare, "*" in bare)
    return Step(double.replace('""', '"') if double is not None else single.replace("''", "'"))


def _syntax_error(text: str, at: int, location: Location | None, *, after_dot: bool) -> UnusableInput:
    found = text[at : at + 1]
    if not text:
        wrong = "it is empty"
    elif after_dot:
        wrong = "a name is missing after the dot"
    elif found == "[":
        wrong = "this bracket is empty, not closed, or holds a quote or bracket that is not quoted"
    elif found.isspace():
        wrong = "a name with a blank goes in brackets and quotes"
    else:
        wrong = f"{found} is not expected here"
    shown = re.sub(r"\s", " ", text)
    return UnusableInput(f'"{shown}" is not a path: {wrong}\n    {shown}\n    {" " * at}^', location, _HINT)
