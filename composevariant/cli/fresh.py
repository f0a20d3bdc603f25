"""A variant whose file is up to date, for the commands that use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.cli.terminal import say
from composevariant.errors import Refused
from composevariant.migration import chosen_variants, command, plan
from composevariant.writing import refusal, write

if TYPE_CHECKING:
    from composevariant.migration import Migration
    from composevariant.workshop import Workshop


def planned_variant(workshop: Workshop, name: str) -> Migration:
    """The variant and how its file stands."""
    return plan(workshop, chosen_variants(workshop, [name], None, every=False), None, None)[0]


def made_fresh(workshop: Workshop, planned: Migration, *, migrate: bool) -> None:
    """Write the variant's file where it is not up to date.

    Raises:
        Refused: it is not, and `migrate` forbids to write it or it holds something that we did not write.
    """
    if planned.standing.state == "up to date":
        return
    if planned.standing.is_protected:
        raise refusal(planned)
    if not migrate:
        hint = f"run `{command(workshop, [planned.variant], None, None)}`, or leave --no-migrate out"
        raise Refused(f"{planned.output} is not up to date: {planned.standing.words}", None, hint)
    write(workshop, [planned], force=False)
    say(f"wrote {planned.output} ({planned.standing.words})")
