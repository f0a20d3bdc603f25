"""Which services `bench` builds: what Docker Compose says of base and variant, and the Dockerfiles of both."""

from __future__ import annotations

import json
import posixpath
from typing import TYPE_CHECKING

from composevariant.bench import Half, Job, builds_of, built_services, mapping
from composevariant.disk import run
from composevariant.errors import UnusableInput, did_you_mean, raise_all
from composevariant.source import Source
from composevariant.variants import resolve_variants

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from composevariant.bench import Build
    from composevariant.commands.bench import BenchOptions
    from composevariant.operations import GeneratedVariant
    from composevariant.variants import OpenProject


def plan_jobs(project: OpenProject, options: BenchOptions) -> tuple[str, list[Job], list[str]]:
    """The variant's name, what is to be built, and notes on what is not.

    Raises:
        UnusableInput: the variant, a service or a file that is named is not there, or nothing differs.
    """
    variant = resolve_variants(project, [options.variant] if options.variant else [], None, every=False)[0]
    generated, _ = project.make(variant)
    jobs = _jobs(project, options, generated)
    same = [job.service for job in jobs if job.is_same and not options.services]
    jobs = [job for job in jobs if job.service not in same]
    if not jobs:
        hint = "--service measures one anyway; `composevariant dockerfile` writes fast Dockerfiles"
        raise UnusableInput(f"the variant {variant.name} builds no service differently from the base", None, hint)
    return variant.name, jobs, [f"{name} is built the same way in both, and was not measured" for name in same]


def _jobs(project: OpenProject, options: BenchOptions, generated: GeneratedVariant) -> list[Job]:
    """What is built of the services that are meant; nothing is asked of all others."""
    one = _config(project, [word for name in project.base.names for word in ("-f", name)], "")
    two = _config(project, ["-f", "-"], generated.body)
    in_two = built_services(two)
    known = [name for name in built_services(one) if name in in_two]
    names, edits = _names(known, options.services), _edits(options.edits, known)
    base, variant = builds_of(one, names), builds_of(two, names)
    folder = posixpath.dirname(project.base.name)
    unwritten = {posixpath.normpath(posixpath.join(folder, file.path)): file.text for file in generated.files}
    replacements = tuple(_replacements(project, options.dependencies).items())
    jobs = []
    for name in names:
        standard, fast = _half(project, name, base[name], {}), _half(project, name, variant[name], unwritten)
        jobs.append(Job(name, {"base": standard, "variant": fast}, edits.get(name, edits.get("", "")), replacements))
    return jobs


def _names(known: Sequence[str], named: Sequence[str]) -> Sequence[str]:
    """The services that are meant, of those that are built in both."""
    unknown = [name for name in named if name not in known]
    message = "--service names {}, which is not built in both{}"
    raise_all([UnusableInput(message.format(name, did_you_mean(name, known))) for name in unknown])
    return named or known


def _config(project: OpenProject, files: Sequence[str], text: str) -> dict[str, object]:
    """What Docker Compose makes of the files; their paths count from the folder of the base."""
    folder = project.files.full_path(".")
    command = ["docker", "compose", "--project-directory", posixpath.dirname(project.base.name) or "."]
    command += ["--profile", "*", *files, "config", "--format", "json"]
    ran = run(command, given=text, folder=folder)
    if ran.code != 0:
        what = "the variant" if text else project.base.label
        raise UnusableInput(f"docker compose rejects {what}: {ran.errors.strip()}")
    return mapping(json.loads(ran.output))


def _half(project: OpenProject, service: str, build: Build, unwritten: Mapping[str, str]) -> Half:
    """One side. Files that the variant brings along count as it would write them."""
    files = project.files

    def read(path: str) -> Source | None:
        text = unwritten.get(posixpath.normpath(path))
        return Source(path, text) if text is not None else files.read(path)

    path = files.relative(build.dockerfile, ".") if build.dockerfile else ""
    source = read(path) if path else Source("dockerfile_inline", build.inline)
    if source is None:
        hint = f"`composevariant dockerfile {service}` writes a fast one"
        raise UnusableInput(f"{service} is built from {path}, which does not exist", None, hint)
    own = read(f"{path}.dockerignore") if path else None
    shared = files.read(posixpath.join(build.context, ".dockerignore"))
    return Half(build, source, own.text if own else None, shared.text if shared else "")


def _edits(words: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """The files that `--edit` names by service, "" for all; names of services have no `=`, and those of files may.

    Raises:
        UnusableInput: a service is not built in both: its file would not be edited, and another one measured.
    """
    split = [word.partition("=") if "=" in word else ("", "", word) for word in words]
    unknown = [name for name, _, _ in split if name and name not in known]
    message = "--edit names the service {}, which is not built in both{}"
    hint = "--edit takes FILE or SERVICE=FILE; =FILE is a file for all services with a = in its name"
    raise_all([UnusableInput(message.format(name, did_you_mean(name, known)), None, hint) for name in unknown])
    return {name: file for name, _, file in split}


def _replacements(project: OpenProject, words: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        path, _, new = word.partition("=")
        source = project.files.read(new) if new else None
        if source is None:
            raise UnusableInput(f'--dependency takes FILE=NEW, and "{word}" names no file to put there')
        found[posixpath.normpath(path)] = source.text
    return found
