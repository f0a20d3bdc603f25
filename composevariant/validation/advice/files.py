"""What a Compose file names on the disk, and is not there."""

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
    """Whether a path is one of this disk, and known: no variable without a default, no home, no drive, no URL."""
    unknown = not path or "\0" in path or path.startswith("~") or path[1:2] == ":" or "\\" in path
    return not unknown and not any(mark in path for mark in _REMOTE)


def no_context(look: CheckContext) -> Iterator[Problem]:
    """Folders that are built from and do not exist."""
    for name, build in _builds(look):
        context = _context(build)
        if look.disk and is_local(context) and not look.disk.exists(context):
            path = ("services", name, "build", *(("context",) if isinstance(build, Mapping) else ()))
            yield look.problem("build.context", "warning", path, f"is {context}, which does not exist")


def no_dockerfile(look: CheckContext) -> Iterator[Problem]:
    """Dockerfiles that do not exist, where their context does."""
    for name, build in _builds(look):
        context = _context(build)
        settings = mapping_at(build)
        if not look.disk or settings.entry("dockerfile_inline") or not is_local(context):
            continue
        dockerfile = text_of(settings.get("dockerfile")) or "Dockerfile"
        path = posixpath.join(context, dockerfile)
        if is_local(dockerfile) and look.disk.exists(context) and not look.disk.is_file(path):
            below = ("dockerfile",) if settings.entry("dockerfile") else ()
            wrong = f"needs {posixpath.normpath(path)}, which does not exist"
            yield look.problem("build.dockerfile", "warning", ("services", name, "build", *below), wrong)


def _builds(look: CheckContext) -> Iterator[tuple[str, Node]]:
    for name, service in look.services.items():
        build = service.get("build")
        if build is not None:
            yield name, build


def _context(build: Node) -> str:
    return text_of(build.get("context") if isinstance(build, Mapping) else build) or "."


def no_bind_source(look: CheckContext) -> Iterator[Problem]:
    """Files and folders that are mounted and do not exist: Docker makes an empty folder of each, also of a file."""
    from composevariant.compose import mount_of

    for name, service in look.services.items():
        for index, item in enumerate(items_at(service, "volumes")):
            mount = mount_of(item)
            source = mount.source if mount and mount.type == "bind" else ""
            if look.disk and source.startswith(".") and is_local(source) and not look.disk.exists(source):
                wrong = f"mounts {source}, which does not exist; Docker makes an empty folder of it"
                yield look.problem("mount.source", "advice", ("services", name, "volumes", index), wrong)


def no_env_file(look: CheckContext) -> Iterator[Problem]:
    """Files of variables and labels that do not exist or cannot be read; Compose refuses the project then."""
    for name, service in look.services.items():
        for setting in ("env_file", "label_file"):
            node = service.get(setting)
            listed = isinstance(node, Sequence)
            for index, item in enumerate(node.items if isinstance(node, Sequence) else (node,) if node else ()):
                file = look.text(item.get("path") if isinstance(item, Mapping) else item)
                wrong = _wrong_env_file(look, item, file) if is_local(file) else ""
                if wrong:
                    path = ("services", name, setting, *((index,) if listed else ()))
                    yield look.problem(f"file.{setting.replace('_', '-')}", "error", path, f"names {file}, {wrong}")


def _wrong_env_file(look: CheckContext, item: Node, file: str) -> str:
    optional = isinstance(item, Mapping) and look.text(item.get("required")) == "false"
    if look.disk is None or not look.disk.is_file(file):
        is_missed = look.disk is not None and not optional
        return "which does not exist; Docker Compose refuses to start without it" if is_missed else ""
    text = look.disk.read_text(file) or ""
    is_raw = isinstance(item, Mapping) and look.text(item.get("format")) == "raw"
    fault = raw_file_fault(text) if is_raw else env_file_fault(text, look.known or {})
    return f"which Docker Compose cannot read: its {fault}" if fault else ""


def no_secret_file(look: CheckContext) -> Iterator[Problem]:
    """Files of secrets and configs that do not exist."""
    for section in ("secrets", "configs"):
        for name, member in mapping_at(look.root, section).items():
            file = text_of(value_at(member, "file"))
            if look.disk and is_local(file) and not look.disk.exists(file):
                check = f"file.{section.removesuffix('s')}"
                yield look.problem(check, "warning", (section, name, "file"), f"names {file}, which does not exist")


# What the Dockerfile of a service says: whether it fits the service, and whether it ships what it builds.

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
"""What is found here of any Dockerfile, that of a variant or not."""


class _Read(NamedTuple):
    build: Build
    dockerfile: Dockerfile
    path: Path
    """Of the build."""


def dockerfile_problems(look: CheckContext) -> Iterator[Problem]:
    """What is found of the Dockerfiles, each of which is read once for all."""
    for read in _read(look):
        yield from _no_stage(*read)
        yield from _undeclared_argument(*read)
        yield from _dangerous_recipes(*read)


def _no_stage(build: Build, dockerfile: Dockerfile, path: Path) -> Iterator[Problem]:
    """A `target` that is no stage; the build fails."""
    target = with_defaults(build.target.text) if build.target else ""
    if target and dockerfile.target(target) is None:
        names = [stage.name for stage in dockerfile.stages if stage.name]
        wrong = f'names "{target}", which is not a stage of {dockerfile.source.name}{did_you_mean(target, names)}'
        yield _problem("build.target", (*path, "target"), wrong, location_of(build.target))


def _undeclared_argument(build: Build, dockerfile: Dockerfile, path: Path) -> Iterator[Problem]:
    """Build arguments that have no effect."""
    from composevariant.operations import is_declared

    declared = dockerfile.arguments()
    for name, argument in build.arguments.items():
        if not is_declared(name, declared):
            wrong = f"is not declared by {dockerfile.source.name}, and has no effect"
            yield _problem("build.args", (*path, "args", name), wrong, location_of(argument.node))


def _dangerous_recipes(build: Build, dockerfile: Dockerfile, path: Path) -> Iterator[Problem]:
    """Recipes that ship something else than what is built, or throw it away."""
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


def _read(look: CheckContext) -> Iterator[_Read]:
    """The builds whose Dockerfile can be looked at; what is wrong with the others is for Docker to say."""
    for name in look.services:
        build = build_of(look.services, name)
        source = build.source_in(look.disk) if build is not None and look.disk is not None else None
        if build is None or source is None:
            continue
        from composevariant.dockerfile import read_dockerfile

        try:
            yield _Read(build, read_dockerfile(source), ("services", name, "build"))
        except UnusableInput:
            continue
