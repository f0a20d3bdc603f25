"""A quick reading of a plain `migrate` call, which is the one that people and scripts repeat.

Importing typer takes as long as migrating a small project does. So a call made of nothing but known words is read here,
to exactly what typer would make of it (the tests compare both); for anything else the answer is None, and typer reads
it, with its messages and its help.
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
    """The call that the arguments make, or None when typer has to read them."""
    if arguments[:1] != ["migrate"]:
        return None
    flags: set[str] = set()
    single: dict[str, str] = {}
    repeated: dict[str, list[str]] = {"base": [], "folders": [], "variants": []}
    words = iter(arguments[1:])
    for word in words:
        if word in _FLAGS:
            flags.add(_FLAGS[word])
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
    return _call(flags, single, repeated)


def _call(flags: set[str], single: dict[str, str], repeated: dict[str, list[str]]) -> MigrateCall:
    from composevariant.commands.migrate import MigrateOptions

    options = MigrateOptions(
        variants=tuple(repeated["variants"]),
        base=tuple(repeated["base"]),
        overlay=single.get("overlay"),
        output=single.get("output"),
        diff=single.get("diff") or ("unified" if "dry_run" in flags else "none"),
        against=single.get("against", "base"),
        schema=single.get("schema"),
        dry_run="dry_run" in flags,
        check="check" in flags,
        every="every" in flags,
        force="force" in flags,
        merge="merge" in flags,
        form=single.get("form"),
        flatten="flatten" in flags,
    )
    return MigrateCall(tuple(repeated["folders"]), options)
