"""The variables that make a variant the one that Docker Compose uses, and where such are found."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose.dotenv import assignments
from composevariant.environment.marker import COMPOSE_FILE, MARKER
from composevariant.errors import UnusableInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Mapping as Table

    from composevariant.environment.shells import Variable

_BUILDER: Final = re.compile(
    "DOCKER_(BUILDKIT|HOST|CONTEXT|CONFIG|TLS|TLS_VERIFY|CERT_PATH|API_VERSION)"
    "|COMPOSE_DOCKER_CLI_BUILD|BUILDKIT_(PROGRESS|COLORS|TTY_LOG_LINES|HOST)|BUILDX_[A-Z_]+"
)
"""What the docker client and its plugins read from their own environment only, see docs.docker.com's lists of these."""


def is_for_builders(name: str) -> bool:
    """Whether a variable has no effect in `.env`: the docker client reads it before Compose reads that file."""
    return _BUILDER.fullmatch(name) is not None


def checked(variables: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The variables, if a shell can have them.

    Raises:
        UnusableInput: a name is one of our own, or a value holds what no variable can.
    """
    variables = list(variables)
    for name, value in variables:
        if name in (COMPOSE_FILE, MARKER):
            raise UnusableInput(f"env sets {name}, which `switch`, `env` and `run` set themselves")
        if "\0" in value:
            raise UnusableInput(f"env has a value for {name} with a NUL character, which no variable can hold")
    return variables


def compose_file(paths: Sequence[str]) -> list[tuple[str, str]]:
    """`COMPOSE_FILE` for these files, with the separator where a path has the usual one in it."""
    separator = os.pathsep if not any(os.pathsep in path for path in paths) else "|"
    value = separator.join(paths)
    if separator == os.pathsep:
        return [(COMPOSE_FILE, value)]
    return [("COMPOSE_PATH_SEPARATOR", separator), (COMPOSE_FILE, value)]


def of_another_folder(project: str, env_file: str) -> list[tuple[str, str]]:
    """What Docker Compose would take from the folder of a file that is in another one; "" is nothing to say."""
    return [pair for pair in (("COMPOSE_PROJECT_NAME", project), ("COMPOSE_ENV_FILES", env_file)) if pair[1]]


def exports(variables: Sequence[tuple[str, str]], environment: Table[str, str], known: Iterable[str]) -> list[Variable]:
    """What a shell has to do so that these variables hold, and none of another variant.

    Without a mark of an earlier `env`, `known`, the names that any variant sets, are taken away.
    """
    marked = environment.get(MARKER)
    before = marked.split() if marked is not None else [COMPOSE_FILE, *known]
    names = [name for name, _ in variables]
    gone: list[Variable] = [(name, None) for name in dict.fromkeys(before) if name not in names]
    mark: Variable = (MARKER, " ".join(names) if names else None)
    return [*gone, *variables, mark]


class Active(NamedTuple):
    """What a bare `docker compose` uses."""

    files: tuple[str, ...]
    """As written; empty where Compose looks for its default names."""
    source: str
    """Who says so, such as `the shell` or `.env:12`; empty for nobody."""


def active_files(environment: Table[str, str], dotenv: str | None, dotenv_name: str = ".env") -> Active:
    """The files of a bare `docker compose`: the shell's `COMPOSE_FILE` wins over that of `.env` (measured, 2.40.3)."""
    found = {assigned.name: assigned for assigned in assignments(dotenv or "")}
    in_dotenv = found.get(COMPOSE_FILE)
    value = environment.get(COMPOSE_FILE) or (in_dotenv.value if in_dotenv else "")
    if not value:
        return Active((), "")
    written = found.get("COMPOSE_PATH_SEPARATOR")
    separator = environment.get("COMPOSE_PATH_SEPARATOR") or (written.value if written else "") or os.pathsep
    source = "the shell" if environment.get(COMPOSE_FILE) else f"{dotenv_name}:{in_dotenv.line if in_dotenv else 1}"
    return Active(tuple(filter(None, value.split(separator))), source)
