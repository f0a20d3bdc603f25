"""The builds of a service: parsed Dockerfiles, ignore files, and the data that both sides share."""

from __future__ import annotations

import posixpath
import re
from posixpath import normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.bench.engine import Mount
from composevariant.bench.plan import mapping, objects, read_size, text, texts
from composevariant.bench.sources import is_copied, manifest_to_edit, source_to_edit
from composevariant.dockerfile import (
    ShellSyntaxError,
    absolute_at,
    expand,
    image_of,
    is_ignored,
    mounts_of,
    read_dockerfile,
    read_rules,
)
from composevariant.errors import UnusableInput
from composevariant.preview import MASK, is_secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from composevariant.bench.plan import Side
    from composevariant.disk import ContextFile
    from composevariant.dockerfile import Dockerfile, Instruction, Stage
    from composevariant.source import Source


class JobSide(NamedTuple):
    """One side of a job."""

    build: Build
    source: Source
    """The Dockerfile."""
    ignore: str | None
    """The text of `<Dockerfile>.dockerignore`, or None if there is no such file. It overrides `context_ignore`."""
    context_ignore: str
    """The text of the context's `.dockerignore`, or an empty string if there is none."""

    def dockerfile(self) -> Dockerfile:
        return read_dockerfile(self.source)

    def ignored(self) -> Callable[[str], bool]:
        """Return a function that tests whether a file or folder is excluded from the context."""
        rules = read_rules(self.context_ignore if self.ignore is None else self.ignore)
        return lambda path: is_ignored(path, rules)

    def skips(self) -> Callable[[str], bool]:
        """Return a function that tests whether a folder can be skipped.

        If the ignore file has `!` patterns, only `.git` can be skipped.
        """
        rules = read_rules(self.context_ignore if self.ignore is None else self.ignore)
        has_exceptions = any(not rule.excludes for rule in rules)
        return lambda path: (not has_exceptions or path == ".git") and is_ignored(path, rules)

    def mounts(self) -> frozenset[str]:
        """Return the names of the cache mounts."""
        return mount_names(self.dockerfile(), self._arguments())

    def mount_targets(self) -> frozenset[str]:
        """Return the targets of the cache mounts."""
        return mount_targets(self.dockerfile(), self._arguments())

    def _arguments(self) -> dict[str, str | None]:
        return dict(word.partition("=")[::2] for word in self.build.options if "=" in word)

    def with_label(self, mark: str) -> str:
        """Return the Dockerfile with a label at the end of the target stage."""
        dockerfile = self.dockerfile()
        stage = dockerfile.target(self.build.target)
        if stage is None:
            raise UnusableInput(f"has no stage {self.build.target}", self.source.location(0))
        end = (stage.instructions[-1] if stage.instructions else stage.start).end
        before = self.source.text[:end]
        return f"{before}{'' if before.endswith(chr(10)) else chr(10)}LABEL cvbench={mark}\n{self.source.text[end:]}"


class Job(NamedTuple):
    """A service to build from the base and from the variant."""

    service: str
    sides: Mapping[Side, JobSide]
    edit: str = ""
    """The file to edit, relative to the context, or an empty string to choose a file automatically."""
    replacements: tuple[tuple[str, str], ...] = ()
    """Files in the context, with their texts in the scenario `dependency`."""

    @property
    def is_same(self) -> bool:
        """Return whether both sides have the same build."""
        base, variant = self.sides["base"], self.sides["variant"]
        settings = base.build._replace(dockerfile="") == variant.build._replace(dockerfile="")
        return settings and base.ignore == variant.ignore and base.source.text == variant.source.text


def edited_file(job: Job, files: Sequence[ContextFile], read: Callable[[str], str | None]) -> str:
    """Return the source file to edit, which both Dockerfiles copy.

    Raises:
        UnusableInput: there is no such file, or the file of `--edit` cannot be edited.
    """
    sides = [(job_side.dockerfile(), job_side.ignored()) for job_side in job.sides.values()]
    reached = [
        file for file in files if all(is_copied(each, file.path) and not ignored(file.path) for each, ignored in sides)
    ]
    if job.edit:
        if job.edit not in {file.path for file in files}:
            raise UnusableInput(f"--edit names {job.edit}, which is not in the context of {job.service}")
        if job.edit not in {file.path for file in reached}:
            raise UnusableInput(f"--edit names {job.edit}, which the Dockerfiles of {job.service} do not both copy")
        reached = [file for file in reached if file.path == job.edit]
        if read(job.edit) is None:
            raise UnusableInput(f"--edit names {job.edit}, which is not a text file")
        return job.edit
    found = source_to_edit(reached, read)
    if found is None:
        hint = f"name one, relative to the context: --edit {job.service}=FILE"
        raise UnusableInput(f"found no source file of {job.service} that both Dockerfiles copy", None, hint)
    return found


def manifest_file(job: Job, source: str, files: Sequence[ContextFile], read: Callable[[str], str | None]) -> str:
    """Return the manifest to edit, or an empty string if there is none."""
    ignored = [job_side.ignored() for job_side in job.sides.values()]
    reached = [file for file in files if not any(each(file.path) for each in ignored)]
    return manifest_to_edit(reached, source, read) or ""


# The build of a service, from the output of `docker compose config --format json`, in which variables are replaced.

_NAMED: Final = ("service:", "docker-image:", "oci-layout:", "target:")

_SHORTEST_SECRET: Final = 4

_LEFT_OUT: Final = frozenset(("cache_from", "cache_to", "no_cache", "pull", "tags"))
"""Settings that are ignored, because they would use other caches in the measurement or tag images."""


class Build(NamedTuple):
    """The build of one side of a service."""

    context: str
    """The absolute path of the context."""
    dockerfile: str
    """The absolute path of the Dockerfile, or an empty string if the Compose file contains its text."""
    inline: str
    target: str
    options: tuple[str, ...]
    """The other settings, as options for `docker build`. `secrets` lists the secret values in these options."""
    secrets: tuple[str, ...]
    left_out: tuple[str, ...]
    """The keys of ignored settings."""

    def without_secrets(self, words: str) -> str:
        """Return the text with the values of secret-looking build arguments removed."""
        for secret in self.secrets:
            words = words.replace(secret, MASK)
        return words


def built_services(config: dict[str, object]) -> list[str]:
    """Return the names of all services with a build, even those that `bench` cannot build."""
    return [name for name, service in mapping(config.get("services")).items() if mapping(service).get("build")]


def builds_of(config: dict[str, object], requested: Iterable[str] | None = None) -> dict[str, Build]:
    """Return the builds of the requested services by name, or of all services with a build by default.

    The other services are not read, so a service that `bench` cannot build does not prevent a run.

    Raises:
        UnusableInput: `bench` cannot build one of the services, for example because its context is a URL.
    """
    services = mapping(config.get("services"))
    known = mapping(config.get("secrets"))
    names = built_services(config) if requested is None else requested
    found = {name: mapping(services[name]) for name in names}
    return {
        name: _build(name, mapping(service["build"]), text(service.get("platform")), known)
        for name, service in found.items()
    }


def _build(service: str, build: dict[str, object], platform: str, known: dict[str, object]) -> Build:
    context = text(build.get("context"))
    if "://" in context or not posixpath.isabs(context):
        hint = "bench copies the context; name services whose context is a folder with --service"
        raise UnusableInput(f"{service} is built from {context}, which is not a folder of this machine", None, hint)
    inline = text(build.get("dockerfile_inline"))
    arguments = {name: value for name, value in mapping(build.get("args")).items() if isinstance(value, str)}
    return Build(
        context,
        "" if inline else posixpath.normpath(posixpath.join(context, text(build.get("dockerfile")) or "Dockerfile")),
        inline,
        text(build.get("target")),
        tuple(_options(service, {"platforms": [platform] if platform else [], **build}, known)),
        tuple(value for name, value in arguments.items() if is_secret(name, value) and len(value) >= _SHORTEST_SECRET),
        tuple(sorted(_LEFT_OUT & {key for key, value in build.items() if value})),
    )


def _options(service: str, build: dict[str, object], known: dict[str, object]) -> list[str]:
    words: list[str] = []
    for name, value in mapping(build.get("args")).items():
        words += ["--build-arg", name if value is None else f"{name}={value}"]
    for name, value in mapping(build.get("labels")).items():
        words += ["--label", f"{name}={value}"]
    for name, value in mapping(build.get("additional_contexts")).items():
        if text(value).startswith(_NAMED[0]):
            raise UnusableInput(f"{service} is built with the image of another service, which bench does not build")
        words += ["--build-context", f"{name}={value}"]
    for host in texts(build.get("extra_hosts")):
        words += ["--add-host", host.replace("=", ":", 1)]
    for name, value in mapping(build.get("extra_hosts")).items():
        words += [word for each in _as_list(value) for word in ("--add-host", f"{name}:{each}")]
    words += [
        word for secret in objects(build.get("secrets")) for word in ("--secret", _secret(service, secret, known))
    ]
    words += [word for key in _ssh(build.get("ssh")) for word in ("--ssh", key)]
    for key, option in (("network", "--network"), ("shm_size", "--shm-size"), ("isolation", "--isolation")):
        if build.get(key):
            words += [option, str(build[key])]
    for name, limit in mapping(build.get("ulimits")).items():
        pair = mapping(limit)
        words += ["--ulimit", f"{name}={pair.get('soft')}:{pair.get('hard')}" if pair else f"{name}={limit}"]
    platforms = texts(build.get("platforms"))
    return [*words, "--platform", platforms[0]] if len(platforms) == 1 else words


def _as_list(value: object) -> Iterable[str]:
    return [value] if isinstance(value, str) else texts(value)


def _secret(service: str, secret: dict[str, object], known: dict[str, object]) -> str:
    source = text(secret.get("source"))
    defined = mapping(known.get(source))
    name = text(secret.get("target")) or source
    if defined.get("environment"):
        return f"id={name},env={text(defined['environment'])}"
    if defined.get("file"):
        return f"id={name},src={text(defined['file'])}"
    raise UnusableInput(f"{service} is built with the secret {source}, which is neither a file nor a variable")


def _ssh(value: object) -> list[str]:
    if isinstance(value, dict):
        return [f"{name}={path}" if path else str(name) for name, path in value.items()]
    return texts(value)


# Cache mounts: those in a Dockerfile, those that the engine lists, and the removal of our own.

_CACHED: Final = re.compile(r"cached mount (?P<target>\S+) from ")

_PLAIN: Final = re.compile(r"[^\s,\"'\\$`]+")


def mount_names(dockerfile: Dockerfile, arguments: Mapping[str, str | None]) -> frozenset[str]:
    """Return the ids of all cache mounts in a Dockerfile. The default id is the target.

    Older versions of BuildKit keep variables in ids as written, and newer versions replace them. The result contains
    both ids.
    """
    names: set[str] = set()
    for stage, _, options in _mounts(dockerfile):
        name = options.get("id") or options.get("target", "")
        names.update((name, _expand_variables(name, dockerfile, stage, arguments)))
    return frozenset(names)


def mount_targets(dockerfile: Dockerfile, arguments: Mapping[str, str | None] | None = None) -> frozenset[str]:
    """Return the absolute targets of a Dockerfile's cache mounts, as the engine lists them.

    A relative target is resolved against `WORKDIR`, or omitted if the working directory is unknown. A target with
    variables is returned both as written and with the variables replaced, as in `mount_names`.
    """
    targets: set[str] = set()
    for stage, instruction, options in _mounts(dockerfile):
        target = options.get("target", "")
        targets.update((normpath(target),) if "$" in target else ())
        targets.add(
            absolute_at(dockerfile, stage, instruction, _expand_variables(target, dockerfile, stage, arguments or {}))
        )
    return frozenset(targets - {""})


def _mounts(dockerfile: Dockerfile) -> Iterator[tuple[Stage, Instruction, dict[str, str]]]:
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            for options in mounts_of(instruction):
                if options["type"] == "cache":
                    yield stage, instruction, options


def _known(declared: Mapping[str, str | None], given: Mapping[str, str | None]) -> dict[str, str]:
    values = {name: given.get(name, default) for name, default in declared.items()}
    return {name: value for name, value in values.items() if value is not None}


def _expand_variables(name: str, dockerfile: Dockerfile, stage: Stage, arguments: Mapping[str, str | None]) -> str:
    """Return the name with the stage's variables replaced, or unchanged if the name cannot be expanded."""
    if "$" not in name:
        return name
    variables = image_of(dockerfile, stage, arguments).environment
    try:
        return expand(name, {**variables, **_known(stage.arguments(), arguments)})
    except ShellSyntaxError:
        return name


def mount_removal_dockerfile(names: Iterable[str], unique: str) -> str:
    """Return a Dockerfile whose build makes BuildKit drop cache mounts without using them.

    The result is an empty string if there are no mounts.

    `unique` makes the steps different from those of all other builds, because BuildKit 0.8 has been observed to crash
    if two builds share a step and one of them ends early.

    With `--no-cache`, BuildKit empties the mounts of all steps when it loads the Dockerfile. The first step fails, so
    no mount is created again. `docker builder prune` is not used, because it cannot remove the mounts of only one
    namespace.
    """
    known = sorted({name for name in names if _PLAIN.fullmatch(name)})
    steps = [
        f'RUN --mount=type=cache,id={name},target=/{number} ["{unique}"]\n'
        for number, name in enumerate(known, start=1)
    ]
    return "".join(("FROM scratch\n", f"COPY nothing-{unique} /\n", *steps)) if steps else ""


def mounts_in(listed: str) -> dict[str, Mount]:
    """Parse the cache mounts in the output of `docker buildx du --verbose`."""
    found: dict[str, Mount] = {}
    for record in listed.split("\n\n"):
        fields = {
            name.strip(): value.strip() for name, _, value in (line.partition(":") for line in record.splitlines())
        }
        target = _CACHED.match(fields.get("Description", ""))
        if fields.get("Type") == "exec.cachemount" and target:
            found[fields.get("ID", "")] = Mount(normpath(target["target"]), read_size(fields.get("Size", "")))
    return found
