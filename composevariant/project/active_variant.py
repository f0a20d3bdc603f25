"""The variables that select a variant for Docker Compose, in a block of `.env` or in a shell."""

from __future__ import annotations

import json
import os
import re
from shlex import quote
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from composevariant.compose.files import assignments, quote_value
from composevariant.errors import UnusableInput
from composevariant.project.base_files import COMPOSE_FILE, MARKER
from composevariant.text import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Mapping as Table

_BUILDER: Final = re.compile(
    "DOCKER_(BUILDKIT|HOST|CONTEXT|CONFIG|TLS|TLS_VERIFY|CERT_PATH|API_VERSION)"
    "|COMPOSE_DOCKER_CLI_BUILD|BUILDKIT_(PROGRESS|COLORS|TTY_LOG_LINES|HOST)|BUILDX_[A-Z_]+"
)
"""Variables that the docker client and its plugins read only from the environment, as listed on docs.docker.com."""


def is_for_builders(name: str) -> bool:
    """Return whether a variable has no effect in `.env`.

    The docker client reads such a variable before Compose reads `.env`.
    """
    return _BUILDER.fullmatch(name) is not None


def check_variables(variables: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the variables if they are valid in a shell.

    Raises:
        UnusableInput: A name is reserved, or a value contains a NUL character.
    """
    variables = list(variables)
    for name, value in variables:
        if name in (COMPOSE_FILE, MARKER):
            raise UnusableInput(f"env sets {name}, which `switch`, `env` and `run` set themselves")
        if "\0" in value:
            raise UnusableInput(f"env: the value of {name} contains a NUL character, which is not allowed")
    return variables


def compose_file_variables(paths: Sequence[str]) -> list[tuple[str, str]]:
    """Return `COMPOSE_FILE` for these files, and `COMPOSE_PATH_SEPARATOR` if a path contains the usual one."""
    separator = os.pathsep if not any(os.pathsep in path for path in paths) else "|"
    value = separator.join(paths)
    if separator == os.pathsep:
        return [(COMPOSE_FILE, value)]
    return [("COMPOSE_PATH_SEPARATOR", separator), (COMPOSE_FILE, value)]


def project_variables(project: str, env_file: str) -> list[tuple[str, str]]:
    """Return the variables for a file in another folder than its project. An empty argument gives no variable."""
    return [pair for pair in (("COMPOSE_PROJECT_NAME", project), ("COMPOSE_ENV_FILES", env_file)) if pair[1]]


def shell_changes(
    variables: Sequence[tuple[str, str]], environment: Table[str, str], known: Iterable[str]
) -> list[Variable]:
    """Return the changes that set these variables and unset the variables of another variant.

    If no earlier `env` marked its variables, the `known` names, which are those that variants may set, are unset.
    """
    marked = environment.get(MARKER)
    before = marked.split() if marked is not None else [COMPOSE_FILE, *known]
    names = [name for name, _ in variables]
    gone: list[Variable] = [(name, None) for name in dict.fromkeys(before) if name not in names]
    mark: Variable = (MARKER, " ".join(names) if names else None)
    return [*gone, *variables, mark]


class Active(NamedTuple):
    """The files that `docker compose` uses by default."""

    files: tuple[str, ...]
    """The files as written, or an empty tuple if Compose looks for its default names."""
    source: str
    """Where the files are set, such as `the shell` or `.env:12`. Empty for the default."""


def active_files(environment: Table[str, str], dotenv: str | None, dotenv_name: str = ".env") -> Active:
    """Return the default files. `COMPOSE_FILE` in the shell overrides the value in `.env` (measured with 2.40.3)."""
    found = {assigned.name: assigned for assigned in assignments(dotenv or "")}
    in_dotenv = found.get(COMPOSE_FILE)
    value = environment.get(COMPOSE_FILE) or (in_dotenv.value if in_dotenv else "")
    if not value:
        return Active((), "")
    written = found.get("COMPOSE_PATH_SEPARATOR")
    separator = environment.get("COMPOSE_PATH_SEPARATOR") or (written.value if written else "") or os.pathsep
    source = "the shell" if environment.get(COMPOSE_FILE) else f"{dotenv_name}:{in_dotenv.line if in_dotenv else 1}"
    return Active(tuple(filter(None, value.split(separator))), source)


# The marked block that `switch` writes at the end of a `.env`. Nothing else in the file changes.

_BROKEN: Final = "the line above had no line break"

_NEW: Final = "this file was not there before"

_BLOCK: Final = re.compile(
    r"^# >>> composevariant switch (?P<variant>\S+)(?:, (?P<before>[^\r\n]*?))? >>>(?P<end>\r?)\n"
    r"(?P<lines>(?:.*\n)*?)"
    r"# <<< composevariant (?P<digest>[0-9a-f]+): `composevariant switch base` takes this block out <<<\r?\n?",
    re.MULTILINE,
)


class Block(NamedTuple):
    """The block that `switch` wrote in a `.env`."""

    variant: str
    lines: str
    is_ours: bool
    """Whether the lines of the block are as `switch` wrote them."""
    rest: str | None
    """The file as it was without the block, or None if the file did not exist."""


def find_block(text: str) -> Block | None:
    """Return the block in a `.env` (the last block if it was copied), or None if there is no block."""
    found = None
    for found in _BLOCK.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    if found is None:
        return None
    before, after = text[: found.start()], text[found.end() :]
    if found["before"] == _BROKEN and not after:
        before = before.removesuffix("\r\n" if found["end"] else "\n")
    rest = None if found["before"] == _NEW and not before + after else before + after
    return Block(found["variant"], found["lines"], digest(found["lines"]) == found["digest"], rest)


def add_block(text: str | None, variant: str, variables: Sequence[tuple[str, str]]) -> str:
    """Return the `.env` with a block of these variables at the end, because Compose uses the last value of a name.

    `text` is the file without a block, or None if the file does not exist.
    """
    newline = "\r\n" if text and "\r\n" in text else "\n"
    before = _NEW if text is None else _BROKEN if text and not text.endswith("\n") else ""
    lines = "".join(f"{name}={quote_value(value)}{newline}" for name, value in variables)
    begin = f"# >>> composevariant switch {variant}{f', {before}' if before else ''} >>>"
    end = f"# <<< composevariant {digest(lines)}: `composevariant switch base` takes this block out <<<"
    gap = newline if before == _BROKEN else ""
    return f"{text or ''}{gap}{begin}{newline}{lines}{end}{newline}"


# Shell commands that set the variables, for `eval`. Values are quoted, so that none of them is executed.

Variable: TypeAlias = tuple[str, str | None]
"""A name and its value. None unsets the variable."""

_POWERSHELL_QUOTES: Final = re.compile("(['\u2018\u2019\u201a\u201b])")
"""Quotes that end a single-quoted string in PowerShell unless they are doubled (about_Quoting_Rules)."""

_NOT_FOR_CMD: Final = '"%!\r\n'


def render_shell(shell: str, variables: Sequence[Variable]) -> str:
    """Return the commands that set the variables in a shell, which is one of `SHELLS`.

    Raises:
        UnusableInput: The shell cannot express a value.
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
            wrong = f'cmd cannot set {name}: its value contains ", %, ! or a line break, which cmd cannot quote'
            raise UnusableInput(wrong, None, "use --shell powershell")
    return "".join(f'set "{name}={value or ""}"\n' for name, value in variables)


def _json(variables: Sequence[Variable]) -> str:
    return json.dumps(dict(variables), indent=2, ensure_ascii=False) + "\n"


def _github(variables: Sequence[Variable]) -> str:
    """Return lines for `>> "$GITHUB_ENV"`.

    That file cannot unset a variable, so the variable is set to an empty string, which Compose treats as unset.
    """
    return "".join(_github_lines(name, value or "") for name, value in variables)


def _github_lines(name: str, value: str) -> str:
    if "\n" not in value and "\r" not in value:
        return f"{name}={value}\n"
    end = f"end_of_{name}_{digest(value)}"
    return f"{name}<<{end}\n{value}\n{end}\n"


def _dotenv(variables: Sequence[Variable]) -> str:
    return "".join(f"{name}={quote_value(value)}\n" for name, value in variables if value is not None)


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
"""The output formats by name. `sh` covers every POSIX shell, including dash."""
