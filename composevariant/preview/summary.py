"""What `migrate` tells of one variant: what changed, was repaired or kept, what to look at, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.compose.identity import item_key
from composevariant.preview.colors import painted
from composevariant.preview.folding import folded
from composevariant.preview.model import Model
from composevariant.preview.net import net
from composevariant.preview.telling import changed, current, lines, warning
from composevariant.preview.words import one_line
from composevariant.validation.problem import may_be_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.changes import Change
    from composevariant.findings import Note

Outcome = Literal["written", "dry run", "up to date"]


class Report(NamedTuple):
    """What there is to tell of one variant."""

    variant: str
    output: str
    """The file, as the user would name it."""
    changes: tuple[Change, ...]
    """By each operation, in the order in which they applied."""
    notes: tuple[Note, ...]
    """In the same order."""
    env: tuple[tuple[str, str], ...]
    """The variables that go with the variant."""
    outcome: Outcome
    files: tuple[str, ...] = ()
    """What Docker Compose is given with `-f`; nothing is the output alone."""
    options: tuple[str, ...] = ()
    """What else it has to be told."""


_OUTCOMES: Final[dict[Outcome, str]] = {
    "written": "written",
    "dry run": "dry run, nothing written",
    "up to date": "up to date, nothing written",
}
_NOTHING: Final = "nothing: the variant says what its base says"
_MARGIN: Final = 10


def summary(report: Report, *, color: bool) -> str:
    """The story of one variant, on one screen for a common project; of a file that is up to date only the warnings."""
    effects = net(report.changes, Model(item_key))
    notes = current(report.notes, effects)
    told: dict[str, Iterable[str]] = {}
    if report.outcome != "up to date":
        told["changed"] = [*folded(changed(report.changes, effects, notes))] or [_NOTHING]
        told["repaired"] = folded(lines(notes, "repaired"))
        told["kept"] = folded(lines(notes, "kept"))
        told["note"] = folded(lines(notes, "note"))
    told["warning"] = map(warning, (note for note in notes if note.kind == "warning"))
    told["next"] = _next_steps(report)
    headline = f"{report.output} (variant {report.variant}): {_OUTCOMES[report.outcome]}\n"
    return painted(headline, "bold", wanted=color) + "".join(
        f"{_label(name, color=color) if not number else ' ' * _MARGIN}{one_line(text)}\n"
        for name, texts in told.items()
        for number, text in enumerate(texts)
    )


def _label(name: str, *, color: bool) -> str:
    return painted(name, "yellow" if name == "warning" else "cyan", wanted=color) + " " * (_MARGIN - len(name))


def _next_steps(report: Report) -> list[str]:
    from shlex import quote

    steps = ["run this again without --dry-run, then"] if report.outcome == "dry run" else []
    told = [f"{name}={quote(value)}" for name, value in report.env if not may_be_secret((name,))]
    untold = [name for name, _ in report.env if may_be_secret((name,))]
    if told:
        steps.append(f"export {' '.join(told)}")
    if untold:
        steps.append(f"export {' '.join(untold)} too, with the values that the overlay has")
    files = (word for name in report.files or (report.output,) for word in ("-f", name))
    return [*steps, f"docker compose {' '.join(map(quote, (*report.options, *files)))} up -d --build --remove-orphans"]
