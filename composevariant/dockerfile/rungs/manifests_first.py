"""The rung that copies what names the dependencies, installs them, and copies the sources only then.

The sources go down behind the step that installs; in their place, only its manifests are copied. A changed source then
leaves the layer with the dependencies alone. Where the given command needs the sources, too, one that does not goes
before it.
"""

from __future__ import annotations

import re
from itertools import takewhile
from posixpath import join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.ecosystems.all import CACHES, MANIFESTS
from composevariant.dockerfile.ecosystems.ecosystem import Project
from composevariant.dockerfile.rungs.rung import Done, Forbidden
from composevariant.dockerfile.rungs.sources import (
    NEEDS_NO_SOURCES,
    check_between,
    copy_lines,
    source_folder,
    sources_above,
)
from composevariant.dockerfile.rungs.steps import chain_of, check_triggers, start_of, steps
from composevariant.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.chains import Chain
    from composevariant.dockerfile.ecosystems.ecosystem import Manifests
    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.rungs.rung import Work
from composevariant.dockerfile.rungs.steps import Step

RUNG: Final = "manifests first"
_NAMES_FILES: Final = re.compile(
    r"\b(?:PIP_(?:CONSTRAINT|FIND_LINKS|REQUIREMENT)|UV_(?:BUILD_CONSTRAINT|CONFIG_FILE|CONSTRAINT|FIND_LINKS|OVERRIDE)"
    r"|NODE_OPTIONS|NPM_CONFIG_\w*CONFIG|npm_config_\w*config|MAVEN_ARGS|GOFLAGS)\b"
)
"""Variables that may name a file of the sources."""
_CACHES: Final = r"(?:(?:/root|~|\$HOME|\$\{HOME\})/\.(?:cache|npm|yarn)|/tmp|/var/cache|/var/lib/apt/lists)(?![\w.-])"
_EMPTIES: Final = re.compile(rf"rm(?:[ \t]+-\w+)*(?:[ \t]+{_CACHES}[^ \t]*)+")
_REMOVES: Final = re.compile(
    r"^(?:rm|rmdir)(?![^ \t])|\b(?:autoremove|clean|del|prune|purge|remove|uninstall)(?![^ \t])|--(?:omit|prod)"
)
_KEPT_BY_SHELL: Final = re.compile(r"(?:cd|export|set|source|\.|umask|pushd|alias|unset)(?![^ \t])|\w+=[^ \t]*$")


class _Plan(NamedTuple):
    """How a step and the sources before it change places."""

    copy: Instruction
    lines: list[str]
    """The `COPY` of the manifests, one for each folder."""
    at: int
    """The command that installs."""
    first: str
    """The command that goes before; "" when the step itself does."""


def put_manifests_first(work: Work) -> Iterator[Done | Forbidden]:
    """Ask for manifests before sources wherever a step installs behind them; gives what was done, or why not."""
    moved: set[Instruction] = set()
    for step in steps(work):
        copy = sources_above(step)
        if copy is None or copy in moved or step.chain is None:
            continue
        for manifests in MANIFESTS:
            at = _installing(step.chain, manifests)
            if at is None or _is_first_already(step, copy, manifests):
                continue
            try:
                with work.rewriting.all_or_nothing():
                    _rewrite(step, step.chain, _plan(step, step.chain, copy, manifests, at))
            except Refused as refused:
                yield Forbidden(RUNG, f"{manifests.ecosystem}: {refused.message}", step.run.location())
            else:
                moved.add(copy)
                yield Done(RUNG, manifests.ecosystem, step.run.location())
                break


def _installing(chain: Chain, manifests: Manifests) -> int | None:
    found = (at for at, each in enumerate(chain.commands) if manifests.installs.fullmatch(each.text, start_of(each)))
    return next(found, None)


def _is_first_already(step: Step, copy: Instruction, manifests: Manifests) -> bool:
    """Whether a step above the sources installs already."""
    above = [each for stage in step.work.dockerfile.lineage(step.stage) for each in stage.instructions]
    for each in above[: above.index(copy)]:
        chain = chain_of(step.work, each)
        if chain and any(manifests.installs.match(command.text, start_of(command)) for command in chain.commands):
            return True
    return False


def _plan(step: Step, chain: Chain, copy: Instruction, manifests: Manifests, at: int) -> _Plan:
    check_triggers(step)
    check_between(step, copy)
    _check_variables(step)
    command = chain.commands[at]
    assigned, text = command.text[: start_of(command)], command.text[start_of(command) :]
    first = manifests.first(text)
    own = first != text
    if own and manifests.adds and step.work.ships(step.stage):
        raise Refused(f"the image that is shipped would have all that {first} downloads")
    if own and at:
        raise Refused("commands stand before it in its step")
    for other in chain.commands[:at]:
        if not NEEDS_NO_SOURCES.match(other.text):
            raise Refused(f"{other.words[0]} stands before it in its step and may need the sources")
    if not own:
        at = _with_cleanup(chain, at)
        _check_rest(step, chain, at)
    lines = _copy_lines(step, copy, manifests, text)
    return _Plan(copy, lines, at, f"{assigned}{first}" if own else "")


def _with_cleanup(chain: Chain, at: int) -> int:
    """The last of the commands behind the install that only empty a cache: they belong to it."""
    patterns = (_EMPTIES, *(each.emptied_by for each in CACHES if each.emptied_by))
    rest = [command.text for command in chain.commands[at + 1 :]]
    return at + len(list(takewhile(lambda text: any(each.fullmatch(text) for each in patterns), rest)))


def _check_rest(step: Step, chain: Chain, at: int) -> None:
    """What becomes a step of its own neither needs what the shell keeps, nor removes what would stay in a layer."""
    rest = chain.commands[at + 1 :]
    if rest and any(_KEPT_BY_SHELL.match(each.text) for each in chain.commands[:at]):
        raise Refused("the rest of the step needs what is set before")
    removing = next((each.text for each in rest if _REMOVES.search(each.text)), "")
    if removing and step.work.ships(step.stage):
        raise Refused(f"what {removing} removes would stay in a layer of the image that is shipped")


def _check_variables(step: Step) -> None:
    for stage in step.work.dockerfile.lineage(step.stage):
        for each in stage.instructions:
            sets = each.name in ("ARG", "ENV") or each is step.run
            if sets and (found := _NAMES_FILES.search(each.arguments.value)):
                raise Refused(f"{found[0]} in line {each.location().line} may name a file of the sources")


def _copy_lines(step: Step, copy: Instruction, manifests: Manifests, command: str) -> list[str]:
    context, source = step.work.order.context, source_folder(step, copy)
    files = manifests.files(Project(context, source), command)
    for name in manifests.results:
        result = normpath(join(source, name))
        if not context.is_ignored(result):
            raise Refused(f"{result} is not in .dockerignore: sources that come later could replace what is installed")
    return copy_lines(step, copy, files, manifests.projects)


def _rewrite(step: Step, chain: Chain, plan: _Plan) -> None:
    rewriting, run = step.work.rewriting, step.run
    if plan.lines:
        rewriting.insert_before(plan.copy, plan.lines, above_comments=True)
    if plan.first:
        flags = "".join(f"{run.line.text[flag.begin : flag.end]} " for flag in run.flags)
        rewriting.insert_before(run, [f"RUN {flags}{plan.first}"], above_comments=True)
        rewriting.move_before(plan.copy, run)
    else:
        last = plan.at + 1 == len(chain.commands)
        rewriting.move_behind(plan.copy, run, None if last else plan.at)
