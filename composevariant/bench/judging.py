"""Check that base and variant ship the same program, and that it was built from the current sources."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.bench.plan import SIDES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from composevariant.bench.marks import File
    from composevariant.bench.plan import Side, Turn

_SHOWN: Final = 5
_HALF: Final = 0.5


class Shipped(NamedTuple):
    """The contents of an image after one build."""

    turn: Turn
    expected: str
    """The mark in the build context."""
    marks: frozenset[str]
    """The marks in the files of the image."""
    files: Mapping[str, File]


class Finding(NamedTuple):
    """The result of one check."""

    kind: Literal["ok", "doubt", "WRONG"]
    side: Side | None
    """The side that was checked, or None for both sides."""
    message: str


class Program(NamedTuple):
    """The main program of one side."""

    path: str
    file: File


def check_traces(shipped: Sequence[Shipped], file: str) -> Iterator[Finding]:
    """Check that each image was built from its current sources and not from earlier ones."""
    if not any(each.expected in each.marks for each in shipped):
        message = f"cannot check whether changes of {file} arrive: the edit leaves no trace in either image"
        yield Finding("doubt", None, f"{message}; --edit names another file")
        return
    for side in SIDES:
        own = [each for each in shipped if each.turn.side == side]
        if _is_hidden(own):
            message = f"changes of {file} change the image, but their marks are not found (is it compressed?)"
            yield Finding("doubt", side, f"{message}; cannot check whether the right change arrives")
            continue
        wrong = [each for each in own if each.expected not in each.marks or len(each.marks) > 1]
        for what in dict.fromkeys(_describe(each, file) for each in wrong):
            scenarios = dict.fromkeys(each.turn.scenario for each in wrong if _describe(each, file) == what)
            yield Finding("WRONG", side, f"{', '.join(scenarios)}: {what}")
        if not wrong:
            undone = any(each.turn.scenario == "undo" for each in own)
            message = f"every change of {file} arrived" + (", and undoing it restored it" if undone else "")
            yield Finding("ok", side, message)


def _is_hidden(own: Sequence[Shipped]) -> bool:
    """Return whether each change to the sources changed the image's files although no file contained a mark."""
    code = [each.files for each in own if each.turn.scenario == "code"]
    changed = all(one != other for one, other in pairwise(code))
    return len(code) > 1 and changed and not any(each.marks for each in own)


def _describe(shipped: Shipped, file: str) -> str:
    if shipped.marks - {shipped.expected}:
        return f"the image ships an earlier {file} than the one that it was built with"
    return f"the image was not made from the {file} that it was built with"


def compare_programs(programs: Mapping[Side, Program | None]) -> Finding:
    """Check whether the main programs can be the same."""
    base, variant = programs["base"], programs["variant"]
    if base is None or variant is None:
        return Finding("doubt", None, "cannot find the main program from the command of the image")
    small, large = sorted((base.file.size, variant.file.size))
    if base.path != variant.path:
        return Finding(
            "doubt", None, f"the main program is /{base.path} in the base and /{variant.path} in the variant"
        )
    if base.file.digest == variant.file.digest:
        return Finding("ok", None, f"the main program /{base.path} is the same")
    if large and small / large < _HALF:
        message = f"the main program /{base.path} differs in size by more than half: {base.file.size} and"
        return Finding("doubt", None, f"{message} {variant.file.size} bytes")
    share = 100 * (large - small) / large if large else 0
    words = "the same size" if small == large else f"nearly the same size, within {share:.1f} %"
    return Finding("ok", None, f"the main program /{base.path} has {words}")


class Differences(NamedTuple):
    """The differences between the files in the final images."""

    only_base: tuple[str, ...]
    only_variant: tuple[str, ...]
    differing: tuple[str, ...]


def differences(base: Mapping[str, File], variant: Mapping[str, File], marked: frozenset[str]) -> Differences:
    """Compare files by path. Files in `marked` contain a mark and therefore always differ."""
    both = base.keys() & variant.keys()
    return Differences(
        tuple(sorted(base.keys() - both)),
        tuple(sorted(variant.keys() - both)),
        tuple(sorted(path for path in both - marked if base[path].digest != variant[path].digest)),
    )


def first_few(paths: Sequence[str]) -> str:
    """Return the first few paths as text."""
    rest = len(paths) - _SHOWN
    return ", ".join(f"/{path}" for path in paths[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
