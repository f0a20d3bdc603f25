"""Checks for build caches and stages that can put a stale program into the image or lose build output."""

from __future__ import annotations

import re
from posixpath import join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile import absolute_at, destination, image_of, is_within, mounts_of, script_of
from composevariant.fast_dockerfile.embedded.copies import needed_stages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from composevariant.dockerfile import Dockerfile, Instruction, Stage
    from composevariant.source import Location

CARGO_BUILDS: Final = re.compile(
    r"(?<![\w/.-])cargo[ \t]+(?:\+\S+[ \t]+)?(?:(?:b|build|rustc)\b|install\b(?=[^;&|\n]*--path))"
)
"""Commands that compile the project, unlike `cargo install NAME`, which only installs a tool."""


class Hazard(NamedTuple):
    """One finding of a check."""

    check: str
    """The stable id of the check."""
    message: str
    location: Location


class CacheMount(NamedTuple):
    """A `--mount=type=cache` flag."""

    target: str
    id: str
    """The id, or an empty string if there is none. In that case, all projects with the same target share the cache."""


def cache_mounts(instruction: Instruction) -> Iterator[CacheMount]:
    """Yield the cache mounts of a `RUN`."""
    for mount in mounts_of(instruction):
        if mount["type"] == "cache" and mount.get("target"):
            yield CacheMount(mount["target"].rstrip("/") or "/", mount.get("id", ""))


def stale_dummy(dockerfile: Dockerfile, stages: list[Stage]) -> Iterator[Hazard]:
    """Yield hazards where a step compiles the sources after another step has compiled an empty program in their place.

    Such a program lets cargo compile the crates in a separate layer, but the empty program may then be shipped.
    """
    for stage in stages:
        if any(stage in dockerfile.lineage(other) for other in stages if other is not stage):
            continue  # checked together with the stages that build on it
        yield from _check_history(list(_history(dockerfile, stage)))


def cache_over_output(dockerfile: Dockerfile, stages: list[Stage]) -> Iterator[Hazard]:
    """Yield hazards where a copied or started file exists only in a cache mount and not in the image (measured)."""
    for stage in stages:
        for instruction in stage.instructions:
            origin = dockerfile.stage(instruction.flag("from") or "") if instruction.flag("from") else None
            if instruction.name == "COPY" and origin is not None and origin.number < stage.number:
                for word in instruction.words[:-1]:
                    yield from _find_in_mount(dockerfile, origin, normpath(join("/", word.value)), instruction)
    for stage in stages:
        yield from _check_started_program(dockerfile, stage)


def shared_compile_cache(dockerfile: Dockerfile, stages: list[Stage]) -> Iterator[Hazard]:
    """Yield a hazard for each cache mount without an id that contains compiled files.

    All projects with the same target share such a mount.
    """
    del dockerfile
    for stage in stages:
        for instruction in stage.instructions:
            script = script_of(instruction) if instruction.name == "RUN" else ""
            for mount in cache_mounts(instruction):
                fits = any(place.search(mount.target) and program.search(script) for place, program in _COMPILES)
                if fits and not mount.id:
                    message = (
                        f"the cache mount {mount.target} has no id, so all projects with this path share it, and one "
                        "may ship the program of another: add an id with the project's name"
                    )
                    yield Hazard(SHARED_COMPILE_CACHE, message, instruction.location())


def lost_stage(dockerfile: Dockerfile, stages: list[Stage]) -> Iterator[Hazard]:
    """Yield hazards for unused dependency stages, and for copies of an empty folder or of only a part of the result."""
    for stage in dockerfile.stages:
        if stage not in stages and _NAMED.search(stage.name) and not _is_used(dockerfile, stage):
            message = f"no stage uses the stage {stage.name}: everything that it installs is lost"
            yield Hazard(LOST_STAGE, message, stage.start.location())
    for stage in stages:
        for instruction in stage.instructions:
            origin = dockerfile.stage(instruction.flag("from") or "") if instruction.flag("from") else None
            if instruction.name == "COPY" and origin is not None and origin.number < stage.number:
                yield from _check_empty_folder(dockerfile, origin, instruction)
                yield from _check_downloads(dockerfile, stage, origin, instruction)


def _check_history(history: list[Instruction]) -> Iterator[Hazard]:
    dummy = compiled = copied = None
    for instruction in history:
        if _writes_dummy(instruction):
            dummy, compiled, copied = instruction, None, None
            continue
        if instruction.name in ("COPY", "ADD"):
            copied = instruction if compiled is not None else None
        if instruction.name != "RUN":
            continue
        script = script_of(instruction)
        builds = CARGO_BUILDS.search(script)
        if _is_dummy(script, builds):
            dummy, compiled, copied = instruction, None, None
        elif compiled is not None and _forces_rebuild(script):
            dummy = compiled = copied = None
        if dummy is None or builds is None:
            continue
        if compiled is not None and copied is not None and instruction is not compiled:
            message = (
                f"the empty program of line {dummy.location().line} may be shipped: cargo does not compile sources "
                "that are older than its build result; touch them in the same step, before cargo build"
            )
            yield Hazard(STALE_DUMMY, message, instruction.location())
            return
        cleaned = _forces_rebuild(script[builds.end() :])
        dummy, compiled = (None, None) if cleaned else (dummy, instruction)


def _writes_dummy(instruction: Instruction) -> bool:
    """Return whether a `COPY` writes a Rust program from a here-document."""
    return bool(instruction.heredocs) and instruction.name == "COPY" and instruction.words[-1].value.endswith(".rs")


def _is_dummy(script: str, builds: re.Match[str] | None) -> bool:
    """Return whether a step writes an empty program without compiling the real program before that."""
    found = _DUMMY.search(script)
    writes = found is not None and not re.search(r"\bfind\b[^\n;&|]*-exec[ \t]+touch", script)
    if not writes or found is None:
        return False
    if found[0].startswith("touch"):
        return bool(re.search(r"\bmkdir\b", script[: found.start()]))
    return builds is None or found.start() < builds.start()


_DUMMY: Final = re.compile(r">>?[ \t]*\S*\.rs\b|\b(?:tee|touch)\b[^;&|\n]*\.rs\b|\bcargo[ \t]+(?:init|new)\b")


def _forces_rebuild(script: str) -> bool:
    """Return whether a step forces cargo to compile the program again.

    Such a step touches the program's sources or removes the build result.
    """
    if _TOUCHED.search(script) or _REMOVED.search(script):
        return True
    releases = "--release" in script
    cleaned = [found[1] for found in _CLEANED.finditer(script)]
    return any("-p" not in options or "--release" in options or not releases for options in cleaned)


_TOUCHED: Final = re.compile(r"\btouch\b")
_REMOVED: Final = re.compile(r"\brm\b[^;&|\n]*(?:\btarget\b|fingerprint)")
_CLEANED: Final = re.compile(r"\bcargo[ \t]+clean\b([^;&|\n]*)")
STALE_DUMMY: Final = "dockerfile.stale-dummy"


def _history(dockerfile: Dockerfile, stage: Stage) -> Iterator[Instruction]:
    """Yield the instructions that created a stage's files, including those of stages whose `target` it copies."""
    for part in dockerfile.lineage(stage):
        for instruction in part.instructions:
            origin = instruction.flag("from") if instruction.name == "COPY" else None
            copied = dockerfile.stage(origin) if origin else None
            has_target = any("target" in word.value for word in instruction.words[:-1])
            if copied is not None and copied.number < stage.number and has_target:
                yield from _history(dockerfile, copied)
            else:
                yield instruction


def _find_in_mount(dockerfile: Dockerfile, stage: Stage, path: str, user: Instruction) -> Iterator[Hazard]:
    steps = [(part, each) for part in dockerfile.lineage(stage) for each in part.instructions]
    for at, (part, run) in enumerate(steps):
        for mount in cache_mounts(run):
            folder = absolute_at(dockerfile, part, run, mount.target)
            inside = bool(folder) and "$" not in path and path != folder and is_within(path, folder)
            if inside and not _is_written_to_image(dockerfile, steps, at, folder):
                message = (
                    f"{path} is in the cache mount of line {run.location().line} and not in the image: "
                    "copy it to another place in that step, and take it from there"
                )
                yield Hazard(CACHE_OVER_OUTPUT, message, user.location())
                return


def _is_written_to_image(dockerfile: Dockerfile, steps: list[tuple[Stage, Instruction]], at: int, folder: str) -> bool:
    """Return whether a `COPY` writes into the folder, or a later step builds there without the mount."""
    for number, (part, instruction) in enumerate(steps):
        if instruction.name in ("COPY", "ADD"):
            place = destination(dockerfile, part, instruction)
            if place is not None and is_within(place, folder):
                return True
        targets = [absolute_at(dockerfile, part, instruction, mount.target) for mount in cache_mounts(instruction)]
        if (
            number > at
            and instruction.name == "RUN"
            and folder not in targets
            and _BUILDS.search(script_of(instruction))
        ):
            return True
    return False


_BUILDS: Final = re.compile(
    r"(?<![\w/.-])(?:cargo|go|make|cmake|ninja|mvn|\./mvnw|gradle|\./gradlew|sbt|dotnet|npm|yarn|pnpm)[ \t]"
    r"|(?<![\w/.-])(?:cp|mv|install)[ \t]"
)
CACHE_OVER_OUTPUT: Final = "dockerfile.cache-over-output"


def _check_started_program(dockerfile: Dockerfile, stage: Stage) -> Iterator[Hazard]:
    image = image_of(dockerfile, stage)
    for start in (image.entrypoint, image.command):
        if start is not None and start.json and start.words and start in stage.instructions:
            program = normpath(join(image.workdir or "/", start.words[0].value))
            yield from _find_in_mount(dockerfile, stage, program, start)


_COMPILES: Final = (
    (re.compile(r"(?:^|/)target$"), re.compile(r"(?<![\w/.-])(?:cargo|mvn|\./mvnw|sbt)[ \t]")),
    (re.compile(r"(?:^|/)build$"), re.compile(r"(?<![\w/.-])(?:gradle|\./gradlew)[ \t]")),
    (re.compile(r"(?:^|/)obj$"), re.compile(r"(?<![\w/.-])dotnet[ \t]")),
)
"""The folders of compiled files, for compilers that compare file times."""
SHARED_COMPILE_CACHE: Final = "dockerfile.shared-compile-cache"
_NAMED: Final = re.compile(r"(?:^|[-_])(?:deps?|dependencies|dependency|packages|vendor)(?:$|[-_])")


def _is_used(dockerfile: Dockerfile, stage: Stage) -> bool:
    others = [other for other in dockerfile.stages if other is not stage]
    if any(stage in dockerfile.lineage(other) for other in others):
        return True
    mentions = (each.line.text for other in others for each in other.instructions)
    wanted = re.compile(rf"from=(?:{re.escape(stage.name)}|{stage.number})(?![\w-])", re.IGNORECASE)
    return any(wanted.search(text) for text in mentions)


LOST_STAGE: Final = "dockerfile.lost-stage"


def _check_empty_folder(dockerfile: Dockerfile, origin: Stage, copy: Instruction) -> Iterator[Hazard]:
    """Yield a hazard if a copied folder was a cache mount and is therefore empty in the image."""
    mounted = {
        normpath(mount.target): run
        for part in dockerfile.lineage(origin)
        for run in part.instructions
        for mount in cache_mounts(run)
        if mount.target.startswith("/")
    }
    for word in copy.words[:-1]:
        run = mounted.get(normpath(join("/", word.value)))
        if run is not None:
            message = (
                f"{word.value} is the cache mount of line {run.location().line} and empty in the image: "
                f"the files that the stage {origin.name or origin.number} creates there are lost"
            )
            yield Hazard(LOST_STAGE, message, copy.location())


def _check_downloads(dockerfile: Dockerfile, stage: Stage, origin: Stage, copy: Instruction) -> Iterator[Hazard]:
    """Yield a hazard if compiled crates are copied without the downloaded crates, which cargo then downloads again."""
    if origin in dockerfile.lineage(stage) or not any("target" in word.value for word in copy.words[:-1]):
        return
    builds = [each for each in stage.instructions if CARGO_BUILDS.search(script_of(each)) and each.name == "RUN"]
    compiled = any(each.name == "RUN" and CARGO_BUILDS.search(script_of(each)) for each in origin.instructions)
    known = any(_REGISTRY.search(each.line.text) for each in stage.instructions)
    if compiled and builds and builds[0].start > copy.start and not known:
        message = (
            f"the crates that the stage {origin.name or origin.number} downloaded are not copied, and are "
            f"downloaded again: build this stage FROM {origin.name or 'that one'}"
        )
        yield Hazard(LOST_STAGE, message, copy.location())


_REGISTRY: Final = re.compile(r"/usr/local/cargo|/\.cargo\b|CARGO_HOME")


# A new check needs a function, a line here and a section in docs/checks.md.
_CHECKS: Final[tuple[Callable[[Dockerfile, list[Stage]], Iterator[Hazard]], ...]] = (
    stale_dummy,
    cache_over_output,
    shared_compile_cache,
    lost_stage,
)


def hazards(dockerfile: Dockerfile, target: str | None) -> list[Hazard]:
    """Return the hazards of building the stage `target`.

    An empty string means the last stage, and None means any stage.
    """
    stages = needed_stages(dockerfile, None if target is None else frozenset((target,)))
    return list(dict.fromkeys(hazard for check in _CHECKS for hazard in check(dockerfile, stages)))
