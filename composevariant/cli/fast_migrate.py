"""A fast parser for plain `migrate` calls, which people and scripts repeat most often.

Importing typer takes as long as migrating a small project. This parser handles calls that consist only of known words,
with the same result as typer (the tests compare both). For any other call, the parser returns None, and typer takes
over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from composevariant.commands.migrate import MigrateOptions

_FLAGS: Final = {
    "--dry-run": "dry_run",
    "--check": "check",
    "--all": "every",
    "--force": "force",
    "--merge": "merge",
    "--flatten": "flatten",
}
_SINGLE: Final = {
    "--overlay": "overlay",
    "-o": "output",
    "--output": "output",
    "--diff": "diff",
    "--against": "against",
    "--schema": "schema",
    "--as": "form",
}
_REPEATED: Final = {"-f": "base", "--file": "base", "-C": "folders"}
_DIFF_FORMS: Final = ("unified", "semantic", "side-by-side", "none")


class MigrateCall(NamedTuple):
    """A `migrate` call: the folders to work in, and the options."""

    folders: tuple[str, ...]
    options: MigrateOptions


def parse_migrate(arguments: list[str]) -> MigrateCall | None:
    """Parse the arguments of a `migrate` call. Return None if typer has to parse them."""
    if arguments[:1] != ["migrate"]:
        return None
    flags: dict[str, bool] = {}
    single: dict[str, str] = {}
    repeated: dict[str, list[str]] = {"base": [], "folders": [], "variants": []}
    words = iter(arguments[1:])
    for word in words:
        if word in _FLAGS:
            flags[_FLAGS[word]] = True
        elif word in _SINGLE or word in _REPEATED:
            value = next(words, "")
            if not value or (value.startswith("-") and value != "-"):
                return None
            if word in _SINGLE:
                single[_SINGLE[word]] = value
            else:
                repeated[_REPEATED[word]].append(value)
        elif word.startswith("-") or not word:
            return None
        else:
            repeated["variants"].append(word)
    if single.get("diff", "none") not in _DIFF_FORMS:
        return None
    from composevariant.commands.migrate import MigrateOptions

    options = MigrateOptions(variants=tuple(repeated["variants"]), base=tuple(repeated["base"]))
    options = options._replace(**flags, **single)  # type: ignore[arg-type]
    return MigrateCall(tuple(repeated["folders"]), options)
