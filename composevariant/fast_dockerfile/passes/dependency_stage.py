"""Compile the crates of a cargo project in a separate layer, before the sources, if a cache mount is not possible.

An empty program in place of the real program lets cargo compile only the crates. The well-known recipe ends there and
ships the empty program, because `COPY` keeps the times of the sources, which are older than the compiled files.
Touching the sources in the step that compiles prevents this, but `cargo clean -p` without `--release` does not
(measured).
"""

from __future__ import annotations

import re
from posixpath import join, normpath
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile import destination, is_within
from composevariant.errors import Refused
from composevariant.fast_dockerfile.passes.base import Applied, Skipped
from composevariant.fast_dockerfile.passes.compile_cache import check_layer, compiling_commands, may_compile
from composevariant.fast_dockerfile.passes.manifests_first import (
    check_between_copy_and_step,
    copy_lines,
    source_folder,
    sources_above,
)
from composevariant.fast_dockerfile.passes.steps import ROOT, start_of, steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile import BuildContext, Chain, Instruction
    from composevariant.fast_dockerfile.passes.base import PassInput
    from composevariant.fast_dockerfile.passes.steps import Step

NAME: Final = "dependency stage"
_COMMAND: Final = re.compile(
    r"cargo[ \t]+(?:build|b)(?:[ \t]+(?:-r|-q|-v|--(?:release|locked|quiet|verbose|all-features|no-default-features)"
    r"|--(?:target|profile|features|jobs)[ \t=][ \t]*[\w,./-]+|-[jF][ \t]*[\w,]+))*"
)
_SECTIONS: Final = re.compile(r"^\[\[?(?:workspace|lib|bin|bench|test|example|patch)[\].]", re.MULTILINE)
_PATHS: Final = re.compile(r"^[^#\n]*\b(?:path|build|autobins|default-run)[ \t]*=", re.MULTILINE)
_PROJECTS: Final = ("Cargo.toml", ".cargo/config.toml")
_SOURCES: Final = re.compile(r"(?<![\w-])src(?![\w-])")
_EMPTY: Final = "# An empty program in the place of the real one lets cargo compile the crates alone."
_WHY: Final = (
    "# COPY keeps the sources' times, and cargo goes by them: without the touch, sources that are older than the empty",
    "# program would count as compiled.",
)


def compile_crates_first(work: PassInput) -> Iterator[Applied | Skipped]:
    """Add a layer with compiled crates before each step that compiles without a mount, and yield the results."""
    for step in steps(work):
        if step.chain is None or not compiling_commands(step.chain) or _has_mount(step):
            continue
        try:
            with work.rewriting.all_or_nothing():
                _rewrite(step, step.chain)
        except Refused as refused:
            yield Skipped(NAME, f"cargo: {refused.message}", step.run.location())
        else:
            yield Applied(NAME, "cargo", step.run.location())


def _has_mount(step: Step) -> bool:
    return any(re.search(r"target=[^,]*/target(?:,|$)", flag.value) for flag in step.run.flags)


def _rewrite(step: Step, chain: Chain) -> None:
    folders = check_layer(step, chain)
    copy = sources_above(step)
    if copy is None:
        raise Refused("no source folder is copied before the step")
    check_between_copy_and_step(step, copy, also=("ARG", "ENV", "USER"))
    _check_owner(step, copy)
    _check_above(step, copy, folders.work)
    first = compiling_commands(chain)[0]
    command = chain.commands[first].text
    if len(compiling_commands(chain)) > 1 or not _COMMAND.fullmatch(command, start_of(chain.commands[first])):
        raise Refused(f"only `cargo build` with plain options compiles the crates alone, not {command}")
    if first:
        raise Refused("other commands run before it in the same step")
    context = step.work.request.context
    lines = copy_lines(step, copy, _manifests(context, source_folder(step, copy)), _PROJECTS)
    rewriting, flags = step.work.rewriting, "".join(f"{flag.value} " for flag in step.run.flags)
    crates = (
        f"RUN {flags}mkdir src \\",
        " && echo 'fn main() {}' > src/main.rs \\",
        f" && {command} \\",
        " && rm -r src",
    )
    rewriting.insert_before(copy, [*lines, _EMPTY, *crates], above_comments=True)
    rewriting.insert_before(step.run, _WHY)
    touch = f"find {folders.sources} -path {folders.target} -prune -o -type f -exec touch {{}} +"
    rewriting.add_command(step.run, first, touch)


def _check_owner(step: Step, copy: Instruction) -> None:
    """Refuse if the step's user does not own the sources and so cannot touch them."""
    owner = (copy.flag("chown") or "root").partition(":")[0]
    if step.user not in ROOT and owner != (step.user or "").partition(":")[0]:
        raise Refused(f"the sources belong to {owner}, and the step is not run by that user")


def _check_above(step: Step, copy: Instruction, folder: str) -> None:
    """Refuse if files exist before the sources are copied.

    Such files would be compiled, or removed together with the empty program.
    """
    dockerfile = step.work.dockerfile
    for stage in dockerfile.lineage(step.stage):
        for each in stage.instructions:
            if each is copy:
                return
            line = each.location().line
            if each.name in ("ADD", "COPY"):
                place = destination(dockerfile, stage, each)
                if place is None or is_within(place, folder) or is_within(folder, place):
                    raise Refused(f"line {line} copies to the folder of the sources")
            if each.name == "RUN" and (_SOURCES.search(each.text) or may_compile(step, each)):
                raise Refused(f"line {line} creates or compiles sources before they are copied")


def _manifests(context: BuildContext, source: str) -> tuple[str, ...]:
    """Return the files that cargo needs to compile the crates of a package with a single program.

    Raises:
        Refused: The package is of another kind, or the package's dependencies need the sources.
    """
    text = context.read_text(join(source, "Cargo.toml"))
    if text is None or not context.is_file(join(source, "Cargo.lock")):
        raise Refused(f"{source} does not contain Cargo.toml and Cargo.lock")
    found = _SECTIONS.search(text) or _PATHS.search(text)
    if found:
        raise Refused(f"Cargo.toml has {found[0].strip()}, which may need the sources")
    if not context.is_file(join(source, "src/main.rs")):
        raise Refused(f"no such file: {normpath(join(source, 'src/main.rs'))}")
    for name in ("src/lib.rs", "build.rs"):
        if context.is_file(join(source, name)):
            raise Refused(f"an empty program does not replace {normpath(join(source, name))}")
    others = ("rust-toolchain.toml", "rust-toolchain", ".cargo/config.toml")
    return ("Cargo.toml", "Cargo.lock", *(name for name in others if context.is_file(join(source, name))))
