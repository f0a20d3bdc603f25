"""Select the services that `bench` builds.

The selection is based on `docker compose config` for the base and the variant, and on their Dockerfiles.
"""

from __future__ import annotations

import json
import posixpath
from typing import TYPE_CHECKING

from composevariant.bench import Job, JobSide, builds_of, built_services, mapping
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
    """Return the name of the variant, the builds to measure, and notes on services that are skipped.

    Raises:
        UnusableInput: The variant, a service or a file does not exist, or nothing differs.
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
    """Return the builds of the selected services. Other services are not checked."""
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
    """Return the selected services among those that both the base and the variant build."""
    unknown = [name for name in named if name not in known]
    message = "--service names {}, which is not built in both{}"
    raise_all([UnusableInput(message.format(name, did_you_mean(name, known))) for name in unknown])
    return named or known


def _config(project: OpenProject, files: Sequence[str], text: str) -> dict[str, object]:
    """Return the output of `docker compose config`, with paths relative to the folder of the base."""
    folder = project.files.full_path(".")
    command = ["docker", "compose", "--project-directory", posixpath.dirname(project.base.name) or "."]
    command += ["--profile", "*", *files, "config", "--format", "json"]
    ran = run(command, given=text, folder=folder)
    if ran.code != 0:
        what = "the variant" if text else project.base.label
        raise UnusableInput(f"docker compose rejects {what}: {ran.errors.strip()}")
    return mapping(json.loads(ran.output))


def _half(project: OpenProject, service: str, build: Build, unwritten: Mapping[str, str]) -> JobSide:
    """Return one side of the comparison. `unwritten` contains the files that the variant would write."""
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
    return JobSide(build, source, own.text if own else None, shared.text if shared else "")


def _edits(words: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """Return the files of `--edit` by service, with an empty name for all services.

    File names may contain `=`, but service names cannot.

    Raises:
        UnusableInput: A service is not built on both sides, so another file would be edited and measured.
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
            raise UnusableInput(f'invalid --dependency "{word}": expected FILE=NEW, where NEW is an existing file')
        found[posixpath.normpath(path)] = source.text
    return found
