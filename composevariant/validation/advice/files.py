"""What a Compose file names on the disk, and is not there."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from composevariant.compose.env_files import env_file_fault, raw_file_fault
from composevariant.compose.placing import items_at, mapping_at, value_at
from composevariant.compose.services import text_of
from composevariant.tree import Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.tree import Node
    from composevariant.validation.advice.look import Look
    from composevariant.validation.problem import Problem

_REMOTE = ("://", "git@", "github.com/")


def is_local(path: str) -> bool:
    """Whether a path is one of this disk, and known: no variable without a default, no home, no drive, no URL."""
    unknown = not path or "\0" in path or path.startswith("~") or path[1:2] == ":" or "\\" in path
    return not unknown and not any(mark in path for mark in _REMOTE)


def no_context(look: Look) -> Iterator[Problem]:
    """Folders that are built from and do not exist."""
    for name, build in _builds(look):
        context = _context(build)
        if look.disk and is_local(context) and not look.disk.exists(context):
            path = ("services", name, "build", *(("context",) if isinstance(build, Mapping) else ()))
            yield look.problem("build.context", "warning", path, f"is {context}, which does not exist")


def no_dockerfile(look: Look) -> Iterator[Problem]:
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


def _builds(look: Look) -> Iterator[tuple[str, Node]]:
    for name, service in look.services.items():
        build = service.get("build")
        if build is not None:
            yield name, build


def _context(build: Node) -> str:
    return text_of(build.get("context") if isinstance(build, Mapping) else build) or "."


def no_bind_source(look: Look) -> Iterator[Problem]:
    """Files and folders that are mounted and do not exist: Docker makes an empty folder of each, also of a file."""
    from composevariant.compose.volumes import mount_of

    for name, service in look.services.items():
        for index, item in enumerate(items_at(service, "volumes")):
            mount = mount_of(item)
            source = mount.source if mount and mount.type == "bind" else ""
            if look.disk and source.startswith(".") and is_local(source) and not look.disk.exists(source):
                wrong = f"mounts {source}, which does not exist; Docker makes an empty folder of it"
                yield look.problem("mount.source", "advice", ("services", name, "volumes", index), wrong)


def no_env_file(look: Look) -> Iterator[Problem]:
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


def _wrong_env_file(look: Look, item: Node, file: str) -> str:
    optional = isinstance(item, Mapping) and look.text(item.get("required")) == "false"
    if look.disk is None or not look.disk.is_file(file):
        is_missed = look.disk is not None and not optional
        return "which does not exist; Docker Compose refuses to start without it" if is_missed else ""
    text = look.disk.read_text(file) or ""
    is_raw = isinstance(item, Mapping) and look.text(item.get("format")) == "raw"
    fault = raw_file_fault(text) if is_raw else env_file_fault(text, look.known or {})
    return f"which Docker Compose cannot read: its {fault}" if fault else ""


def no_secret_file(look: Look) -> Iterator[Problem]:
    """Files of secrets and configs that do not exist."""
    for section in ("secrets", "configs"):
        for name, member in mapping_at(look.root, section).items():
            file = text_of(value_at(member, "file"))
            if look.disk and is_local(file) and not look.disk.exists(file):
                check = f"file.{section.removesuffix('s')}"
                yield look.problem(check, "warning", (section, name, "file"), f"names {file}, which does not exist")
