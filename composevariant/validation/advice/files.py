"""Checks of Dockerfiles and of other files to which a Compose file refers."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import text_of, with_defaults
from composevariant.compose.files import env_file_fault, raw_file_fault
from composevariant.errors import UnusableInput, did_you_mean
from composevariant.findings import Problem, shown
from composevariant.operations import build_of
from composevariant.source import Location
from composevariant.tree import Mapping, Sequence, items_at, location_of, mapping_at, value_at
from composevariant.validation import ADVICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile import Dockerfile
    from composevariant.findings import Severity
    from composevariant.operations import Build
    from composevariant.tree import Node, Path
    from composevariant.validation.advice.context import CheckContext

_REMOTE = ("://", "git@", "github.com/")


def is_local(path: str) -> bool:
    """Return whether a path is local and known.

    Home directories, drives, URLs and variables without a default are not.
    """
    unknown = not path or "\0" in path or path.startswith("~") or path[1:2] == ":" or "\\" in path
    return not unknown and not any(mark in path for mark in _REMOTE)


def missing_context(context: CheckContext) -> Iterator[Problem]:
    """Report build contexts that do not exist."""
    for name, build in _builds(context):
        folder = _context(build)
        if context.disk and is_local(folder) and not context.disk.exists(folder):
            path = ("services", name, "build", *(("context",) if isinstance(build, Mapping) else ()))
            yield context.problem("build.context", "warning", path, f"is {folder}, which does not exist")


def missing_dockerfile(context: CheckContext) -> Iterator[Problem]:
    """Report Dockerfiles that do not exist in an existing context."""
    for name, build in _builds(context):
        folder = _context(build)
        settings = mapping_at(build)
        if not context.disk or settings.entry("dockerfile_inline") or not is_local(folder):
            continue
        dockerfile = text_of(settings.get("dockerfile")) or "Dockerfile"
        path = posixpath.join(folder, dockerfile)
        if is_local(dockerfile) and context.disk.exists(folder) and not context.disk.is_file(path):
            below = ("dockerfile",) if settings.entry("dockerfile") else ()
            wrong = f"needs {posixpath.normpath(path)}, which does not exist"
            yield context.problem("build.dockerfile", "warning", ("services", name, "build", *below), wrong)


def _builds(context: CheckContext) -> Iterator[tuple[str, Node]]:
    for name, service in context.services.items():
        build = service.get("build")
        if build is not None:
            yield name, build


def _context(build: Node) -> str:
    return text_of(build.get("context") if isinstance(build, Mapping) else build) or "."


def missing_bind_source(context: CheckContext) -> Iterator[Problem]:
    """Report bind mounts whose source does not exist. Docker creates an empty folder, even if a file is expected."""
    from composevariant.compose import mount_of

    for name, service in context.services.items():
        for index, item in enumerate(items_at(service, "volumes")):
            mount = mount_of(item)
            source = mount.source if mount and mount.type == "bind" else ""
            if context.disk and source.startswith(".") and is_local(source) and not context.disk.exists(source):
                wrong = f"mounts {source}, which does not exist; Docker creates an empty folder there"
                yield context.problem("mount.source", "advice", ("services", name, "volumes", index), wrong)


def missing_env_file(context: CheckContext) -> Iterator[Problem]:
    """Report variable or label files that do not exist or cannot be read, because Compose refuses the project."""
    for name, service in context.services.items():
        for setting in ("env_file", "label_file"):
            node = service.get(setting)
            listed = isinstance(node, Sequence)
            for index, item in enumerate(node.items if isinstance(node, Sequence) else (node,) if node else ()):
                file = context.text(item.get("path") if isinstance(item, Mapping) else item)
                wrong = _wrong_env_file(context, item, file) if is_local(file) else ""
                if wrong:
                    path = ("services", name, setting, *((index,) if listed else ()))
                    yield context.problem(f"file.{setting.replace('_', '-')}", "error", path, f"names {file}, {wrong}")


def _wrong_env_file(context: CheckContext, item: Node, file: str) -> str:
    optional = isinstance(item, Mapping) and context.text(item.get("required")) == "false"
    if context.disk is None or not context.disk.is_file(file):
        is_missed = context.disk is not None and not optional
        return "which does not exist; Docker Compose refuses to start without it" if is_missed else ""
    text = context.disk.read_text(file) or ""
    is_raw = isinstance(item, Mapping) and context.text(item.get("format")) == "raw"
    fault = raw_file_fault(text) if is_raw else env_file_fault(text, context.known or {})
    return f"which Docker Compose cannot read: its {fault}" if fault else ""


def missing_secret_file(context: CheckContext) -> Iterator[Problem]:
    """Report files for secrets and configs that do not exist."""
    for section in ("secrets", "configs"):
        for name, member in mapping_at(context.root, section).items():
            file = text_of(value_at(member, "file"))
            if context.disk and is_local(file) and not context.disk.exists(file):
                check = f"file.{section.removesuffix('s')}"
                yield context.problem(check, "warning", (section, name, "file"), f"names {file}, which does not exist")


# Checks of targets, arguments and dangerous recipes in the Dockerfile of a service.

CHECKS: Final = frozenset(
    (
        "build.args",
        "build.target",
        "dockerfile.cache-over-output",
        "dockerfile.lost-stage",
        "dockerfile.shared-compile-cache",
        "dockerfile.stale-dummy",
    )
)
"""The checks that apply to every Dockerfile, whether or not a variant wrote it."""


class _Read(NamedTuple):
    build: Build
    dockerfile: Dockerfile
    path: Path
    """The location of the `build` setting in the Compose file."""


def dockerfile_problems(context: CheckContext) -> Iterator[Problem]:
    """Report the problems in all Dockerfiles. Each Dockerfile is read only once."""
    for read in _read(context):
        yield from _no_stage(*read)
        yield from _undeclared_argument(*read)
        yield from _dangerous_recipes(*read)


def _no_stage(build: Build, dockerfile: Dockerfile, path: Path) -> Iterator[Problem]:
    """Report a `target` that is not a stage, because the build would fail."""
    target = with_defaults(build.target.text) if build.target else ""
    if target and dockerfile.target(target) is None:
        names = [stage.name for stage in dockerfile.stages if stage.name]
        wrong = f'names "{target}", which is not a stage of {dockerfile.source.name}{did_you_mean(target, names)}'
        yield _problem("build.target", (*path, "target"), wrong, location_of(build.target))


def _undeclared_argument(build: Build, dockerfile: Dockerfile, path: Path) -> Iterator[Problem]:
    """Report build arguments that the Dockerfile does not declare."""
    from composevariant.operations import is_declared

    declared = dockerfile.arguments()
    for name, argument in build.arguments.items():
        if not is_declared(name, declared):
            wrong = f"is not declared in {dockerfile.source.name} and has no effect"
            yield _problem("build.args", (*path, "args", name), wrong, location_of(argument.node))


def _dangerous_recipes(build: Build, dockerfile: Dockerfile, path: Path) -> Iterator[Problem]:
    """Report recipes that lose the build output or ship something else."""
    from composevariant.fast_dockerfile import hazards

    target = with_defaults(build.target.text) if build.target else ""
    for hazard in hazards(dockerfile, target):
        where = hazard.location
        inline = build.inline is not None
        place = location_of(build.inline) if inline else Location(dockerfile.source.name, where.line, where.column)
        wrong = f"is built from {dockerfile.source.name}, line {where.line}: {hazard.message}"
        yield _problem(hazard.check, path, wrong, place)


def _problem(check: str, path: Path, wrong: str, place: Location | None) -> Problem:
    severity: Severity = "advice" if check in ADVICE else "warning"
    return Problem(check, severity, path, f"{shown(path)} {wrong}", place, (wrong,))


def _read(context: CheckContext) -> Iterator[_Read]:
    """Yield the builds whose Dockerfile can be parsed. Docker reports the errors in all other Dockerfiles."""
    for name in context.services:
        build = build_of(context.services, name)
        source = build.source_in(context.disk) if build is not None and context.disk is not None else None
        if build is None or source is None:
            continue
        from composevariant.dockerfile import read_dockerfile

        try:
            yield _Read(build, read_dockerfile(source), ("services", name, "build"))
        except UnusableInput:
            continue
