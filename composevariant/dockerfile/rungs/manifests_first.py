"""The rung that copies what names the dependencies, installs them, and copies the sources only then.

The sources go down behind the step that installs; in their place, only its manifests are copied. A changed source then
leaves the layer with the dependencies alone. Where the given command needs the sources, too, one that does not goes
before it.
"""

from __future__ import annotations

import re
from posixpath import dirname, isabs, join, normpath, relpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.ecosystems.all import MANIFESTS
from composevariant.dockerfile.ecosystems.ecosystem import Project
from composevariant.dockerfile.places import destination, is_within, workdir_at
from composevariant.dockerfile.rungs.rung import Done, Forbidden
from composevariant.dockerfile.rungs.steps import chain_of, check_plain, check_triggers, start_of, steps
from composevariant.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.chains import Chain
    from composevariant.dockerfile.context import BuildContext
    from composevariant.dockerfile.ecosystems.ecosystem import Manifests
    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.rungs.rung import Work
    from composevariant.dockerfile.rungs.steps import Step

RUNG: Final = "manifests first"
_TOOLS: Final = (
    r"(?:python[0-9.]*[ \t]+-m[ \t]+)?pip[0-9.]*[ \t]+install[ \t]+(?:(?:-U|--upgrade|--no-cache-dir)[ \t]+)*"
    r"(?:(?:pip|setuptools|wheel|poetry|uv)(?:[=<>~]=?[\w.]+)?[ \t]*)+$"
)
_BEFORE: Final = re.compile(
    r"(?:set[ \t]+-|corepack[ \t]|apk[ \t]|apt(?:-get)?[ \t]|mkdir[ \t]"
    r"|npm[ \t]+(?:i|install)[ \t]+(?:-g|--global)[ \t]"
    rf"|(?:npm|pnpm|yarn|pip[0-9.]*|poetry)[ \t]+config[ \t]|{_TOOLS})"
)
"""What may stand before the install in its step, as it needs no sources."""
_NAMES_FILES: Final = re.compile(
    r"\b(?:PIP_(?:CONSTRAINT|FIND_LINKS|REQUIREMENT)|UV_(?:BUILD_CONSTRAINT|CONFIG_FILE|CONSTRAINT|FIND_LINKS|OVERRIDE)"
    r"|NODE_OPTIONS|NPM_CONFIG_\w*CONFIG|npm_config_\w*config|MAVEN_ARGS|GOFLAGS)\b"
)
"""Variables that may name a file of the sources."""
_PROJECTS: Final = (
    *("package.json", "pnpm-workspace.yaml", "yarn.lock", ".npmrc", ".yarnrc.yml", "pyproject.toml", "uv.toml"),
    *("go.work", "go.mod", "pom.xml"),
)
_KEPT_BY_SHELL: Final = re.compile(r"(?:cd|export|source|\.|umask|pushd|alias|unset)(?![^ \t])|\w+=[^ \t]*$")
_UNCOPIED: Final = re.compile(r"[$*?\[]")


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
        copy = _sources_above(step)
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


def _sources_above(step: Step) -> Instruction | None:
    """The nearest `COPY` above a step that takes a whole folder of the context to where the step works."""
    dockerfile, own = step.work.dockerfile, step.stage.instructions
    folder = workdir_at(dockerfile, step.stage, step.run)
    for copy in reversed(own[: own.index(step.run)]):
        if copy.name not in ("ADD", "COPY") or copy.flag("from") is not None:
            continue
        place = destination(dockerfile, step.stage, copy)
        names = [word.value for word in copy.words[:-1]]
        is_folder = len(names) == 1 and not step.work.order.context.is_file(names[0]) and not _UNCOPIED.search(names[0])
        if folder is not None and place is not None and is_folder and is_within(folder, place):
            return copy
    return None


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
    _check_between(step, copy)
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
        if not _BEFORE.match(other.text):
            raise Refused(f"{other.words[0]} stands before it in its step and may need the sources")
    if (
        not own
        and at + 1 < len(chain.commands)
        and any(_KEPT_BY_SHELL.match(each.text) for each in chain.commands[:at])
    ):
        raise Refused("the rest of the step needs what is set before")
    lines = _copy_lines(step, copy, manifests, text)
    return _Plan(copy, lines, at, f"{assigned}{first}" if own else "")


def _check_between(step: Step, copy: Instruction) -> None:
    own = step.stage.instructions
    if copy.json or copy.name != "COPY" or copy.heredocs:
        raise Refused("the sources are copied in a way that is not known", copy.location())
    for each in own[own.index(copy) + 1 : own.index(step.run)]:
        line = each.location().line
        moves = each.name == "WORKDIR" and not isabs(copy.words[-1].value)
        if moves or each.name in ("ADD", "COPY"):
            raise Refused(f"line {line} stands between the sources and the step")
        if each.name == "RUN":
            chain = chain_of(step.work, each)
            if chain is None or not all(_BEFORE.match(command.text) for command in chain.commands):
                raise Refused(f"the step in line {line} may need the sources, and stands before the install")


def _check_variables(step: Step) -> None:
    for stage in step.work.dockerfile.lineage(step.stage):
        for each in stage.instructions:
            sets = each.name in ("ARG", "ENV") or each is step.run
            if sets and (found := _NAMES_FILES.search(each.arguments.value)):
                raise Refused(f"{found[0]} in line {each.location().line} may name a file of the sources")


def _copy_lines(step: Step, copy: Instruction, manifests: Manifests, command: str) -> list[str]:
    """The `COPY` of the files that are needed, with the flags of the given one.

    Raises:
        Refused: the sources are needed, or a file is not sent to the engine.
    """
    dockerfile, context = step.work.dockerfile, step.work.order.context
    place = destination(dockerfile, step.stage, copy) or "/"
    folder = workdir_at(dockerfile, step.stage, step.run) or "/"
    below = relpath(folder, place.rstrip("/") or "/")
    source = normpath(join(copy.words[0].value.lstrip("/") or ".", below))
    _check_above(context, copy.words[0].value, below)
    files = manifests.files(Project(context, source), command)
    paths = [normpath(join(source, name)) for name in files]
    for path in paths:
        if context.is_ignored(path):
            raise Refused(f"{path} is not sent to the engine: {context.ignore_file} leaves it out")
    check_plain(*paths)
    for name in manifests.results:
        result = normpath(join(source, name))
        if not context.is_ignored(result):
            raise Refused(f"{result} is not in .dockerignore: sources that come later could replace what is installed")
    flags = "".join(f"{copy.line.text[flag.begin : flag.end]} " for flag in copy.flags)
    target = copy.words[-1].value if below == "." else folder
    check_plain(target)
    folders: dict[str, list[str]] = {}
    for path, name in zip(paths, files, strict=True):
        folders.setdefault(dirname(normpath(name)), []).append(path)
    places = {each: join(target.rstrip("/") or "/", each).rstrip("/") for each in folders}
    return [f"COPY {flags}{' '.join(folders[each])} {places[each]}/" for each in folders]


def _check_above(context: BuildContext, source: str, below: str) -> None:
    """Folders above, whose files come with the sources as well, are no project that this one is a part of."""
    folder = normpath(source.lstrip("/") or ".")
    for part in below.split("/") if below != "." else ():
        found = next((name for name in _PROJECTS if context.is_file(join(folder, name))), "")
        if found:
            raise Refused(f"{normpath(join(folder, found))} may be of the project as well")
        folder = join(folder, part)


def _rewrite(step: Step, chain: Chain, plan: _Plan) -> None:
    rewriting, run = step.work.rewriting, step.run
    rewriting.insert_before(plan.copy, plan.lines, above_comments=True)
    if plan.first:
        flags = "".join(f"{run.line.text[flag.begin : flag.end]} " for flag in run.flags)
        rewriting.insert_before(run, [f"RUN {flags}{plan.first}"], above_comments=True)
        rewriting.move_before(plan.copy, run)
    else:
        last = plan.at + 1 == len(chain.commands)
        rewriting.move_behind(plan.copy, run, None if last else plan.at)
