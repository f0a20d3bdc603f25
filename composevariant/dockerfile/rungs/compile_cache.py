"""The rung that keeps what a compiler has made: cargo's `target` in a mount, its programs copied out in the same step.

Cargo goes by the times of files, and `COPY` keeps the times that these have on the host. A mount outlives all layers,
so what it holds may be newer than sources that were changed back, moved in time or belong to another checkout. That is
why sources are touched and the programs removed before each build: the right one is shipped whatever the cache holds.
"""

from __future__ import annotations

import re
from posixpath import basename, join
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.ecosystems.cargo import COMPILES
from composevariant.dockerfile.rungs.compile_obstacles import check, compiling
from composevariant.dockerfile.rungs.compile_outputs import Copied, copied_outputs, used_in_step
from composevariant.dockerfile.rungs.rung import Done, Forbidden
from composevariant.dockerfile.rungs.steps import check_plain, mount_name, steps
from composevariant.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.chains import Chain
    from composevariant.dockerfile.rungs.compile_obstacles import Folders
    from composevariant.dockerfile.rungs.rung import Work
    from composevariant.dockerfile.rungs.steps import Step

RUNG: Final = "compile cache"
_WHY: Final = (
    "# Cargo goes by the times of files, and COPY keeps those of the host: sources are touched and old programs",
    "# removed, so that nothing in the cache is ever taken for new.",
)


class _Plan(NamedTuple):
    """What is to become of a step."""

    chain: Chain
    first: int
    """The first command that compiles."""
    folders: Folders
    used: tuple[str, ...]
    copied: tuple[Copied, ...]
    out: str
    """Where the programs are copied to."""


def cache_compiling(work: Work) -> Iterator[Done | Forbidden]:
    """Ask for a mount on every step that compiles with cargo; gives what was done, or why not."""
    for step in steps(work):
        location = step.run.location()
        if step.chain is None:
            if COMPILES.search(step.run.text):
                yield Forbidden(RUNG, "the step is more than commands joined by && and ;", location)
            continue
        if not compiling(step.chain):
            continue
        try:
            with work.rewriting.all_or_nothing():
                _rewrite(step, _plan(step, step.chain))
        except Refused as refused:
            yield Forbidden(RUNG, f"cargo: {refused.message}", location)
        else:
            yield Done(RUNG, "cargo", location)


def _plan(step: Step, chain: Chain) -> _Plan:
    folders = check(step, chain)
    first = compiling(chain)[0]
    copied = tuple(copied_outputs(step, folders.target))
    used = used_in_step(chain, first, folders)
    check_plain(*used, *(each.path for each in copied))
    names = [basename(each.path) for each in copied]
    twice = next((each for each in copied if names.count(basename(each.path)) > 1), None)
    if twice and len({each.path for each in copied}) > len(set(names)):
        raise Refused(f"two programs are called {basename(twice.path)}")
    return _Plan(chain, first, folders, used, copied, _free_folder(step))


def _free_folder(step: Step) -> str:
    text = step.work.dockerfile.source.text
    names = ("/out", f"/out-{_stage_name(step)}", "/compiled")
    return next((name for name in names if not re.search(rf"{name}\b", text)), f"/compiled-{_stage_name(step)}")


def _stage_name(step: Step) -> str:
    return mount_name(step.stage.name or str(step.stage.number))


def _rewrite(step: Step, plan: _Plan) -> None:
    rewriting, target = step.work.rewriting, plan.folders.target
    rewriting.insert_before(step.run, _WHY)
    rewriting.add_flag(step.run, f"--mount=type=cache,id={_identity(step)},target={target},sharing=locked", wraps=True)
    outputs = list(dict.fromkeys((*plan.used, *(each.path for each in plan.copied))))
    if outputs:
        rewriting.add_command(step.run, plan.first, f"rm -rf {' '.join(outputs)}")
    touch = f"find {plan.folders.sources} -path {target} -prune -o -type f -exec touch {{}} +"
    rewriting.add_command(step.run, plan.first, touch)
    paths = list(dict.fromkeys(each.path for each in plan.copied))
    if paths:
        end = len(plan.chain.commands)
        rewriting.add_command(step.run, end, f"mkdir -p {plan.out}")
        rewriting.add_command(step.run, end, f"cp -a {' '.join(paths)} {plan.out}/")
    for each in plan.copied:
        rewriting.replace_word(each.copy, each.word, join(plan.out, basename(each.path)))


def _identity(step: Step) -> str:
    """A name of its own for each project, service, stage, image and platform: other programs must not get in."""
    order = step.work.order
    image = step.work.dockerfile.lineage(step.stage)[0].base
    parts = (order.project, *order.services[:1], _stage_name(step), "cargo", image, order.platform)
    return "-".join(mount_name(part) for part in parts if part)
