"""Variables as a shell's own commands, for `eval` and the like. A value never becomes anything but a value."""

from __future__ import annotations

import json
import re
from shlex import quote
from typing import TYPE_CHECKING, Final, TypeAlias

from composevariant.compose.dotenv import quoted
from composevariant.errors import UnusableInput
from composevariant.header import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Variable: TypeAlias = tuple[str, str | None]
"""A name and its value; None takes the variable away."""

_POWERSHELL_QUOTES: Final = re.compile("(['\u2018\u2019\u201a\u201b])")
"""All of these end a text in single quotes; doubled they stand for themselves (PowerShell's about_Quoting_Rules)."""
_NOT_FOR_CMD: Final = '"%!\r\n'


def shell_text(shell: str, variables: Sequence[Variable]) -> str:
    """The variables in the words of a shell, one of `SHELLS`.

    Raises:
        UnusableInput: the shell has no way to say a value.
    """
    return SHELLS[shell](variables)


def _posix(variables: Sequence[Variable]) -> str:
    return "".join(
        f"unset {name}\n" if value is None else f"export {name}={quote(value)}\n" for name, value in variables
    )


def _fish(variables: Sequence[Variable]) -> str:
    escaped = ((name, value if value is None else re.sub(r"([\\'])", r"\\\1", value)) for name, value in variables)
    return "".join(f"set -e {name}\n" if value is None else f"set -gx {name} '{value}'\n" for name, value in escaped)


def _powershell(variables: Sequence[Variable]) -> str:
    doubled = ((name, value if value is None else _POWERSHELL_QUOTES.sub(r"\1\1", value)) for name, value in variables)
    return "".join(
        f"Remove-Item -ErrorAction Ignore Env:{name}\n" if value is None else f"$env:{name} = '{value}'\n"
        for name, value in doubled
    )


def _cmd(variables: Sequence[Variable]) -> str:
    for name, value in variables:
        if value and set(value) & set(_NOT_FOR_CMD):
            wrong = f'cmd cannot set {name}: its value has one of " % ! or a line break, which cmd has no quotes for'
            raise UnusableInput(wrong, None, "use --shell powershell")
    return "".join(f'set "{name}={value or ""}"\n' for name, value in variables)


def _json(variables: Sequence[Variable]) -> str:
    return json.dumps(dict(variables), indent=2, ensure_ascii=False) + "\n"


def _github(variables: Sequence[Variable]) -> str:
    """For `>> "$GITHUB_ENV"`, which cannot take a variable away: it becomes empty, which Compose takes for unset."""
    return "".join(_github_lines(name, value or "") for name, value in variables)


def _github_lines(name: str, value: str) -> str:
    if "\n" not in value and "\r" not in value:
        return f"{name}={value}\n"
    end = f"end_of_{name}_{digest(value)}"
    return f"{name}<<{end}\n{value}\n{end}\n"


def _dotenv(variables: Sequence[Variable]) -> str:
    return "".join(f"{name}={quoted(value)}\n" for name, value in variables if value is not None)


SHELLS: Final[dict[str, Callable[[Sequence[Variable]], str]]] = {
    "bash": _posix,
    "zsh": _posix,
    "sh": _posix,
    "fish": _fish,
    "powershell": _powershell,
    "cmd": _cmd,
    "json": _json,
    "github": _github,
    "dotenv": _dotenv,
}
"""The forms by name. `sh` is every POSIX shell, dash among them."""
