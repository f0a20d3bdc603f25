"""The settings of the image that a stage builds (`EXPOSE`, `USER` and so on), and the paths that they determine.

The settings of a base image outside the Dockerfile are unknown. The rules were measured with Docker 20.10's BuildKit:

- A stage inherits the settings and arguments of the stage that it builds on, and first runs that stage's `ONBUILD`
  triggers.
- `ENTRYPOINT` drops an inherited `CMD`.
- The later of `ENV` and `ARG` wins, but at the start of a stage every inherited `ENV` wins.
"""

from __future__ import annotations

import re
from posixpath import isabs, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.shell import ShellSyntaxError, expand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.stages import Dockerfile, Stage

_LARGEST_PORT: Final = 65535


class Image(NamedTuple):
    """The settings of an image. Variables that only the base image could set are kept as written."""

    environment: Mapping[str, str]
    exposed: frozenset[str] = frozenset()
    """The ports with their protocols, such as `80/tcp`."""
    user: str | None = None
    """The user, or None if the base image determines the user. None has the same meaning in the fields below."""
    workdir: str | None = None
    volumes: frozenset[str] = frozenset()
    entrypoint: Instruction | None = None
    command: Instruction | None = None
    healthcheck: Instruction | None = None


def image_of(dockerfile: Dockerfile, stage: Stage, arguments: Mapping[str, str | None] | None = None) -> Image:
    """Return the image settings of `stage` when built with `arguments`, where None is an unknown value."""
    build = _Build(dockerfile, arguments or {})
    image = Image({})
    triggers: tuple[Instruction, ...] = ()
    for part in build.lineage(stage):
        image = build.apply_stage(image, (*triggers, *part.instructions))
        triggers = tuple(each.trigger for each in part.instructions if each.trigger is not None)
    return image


def exposed_ports(text: str) -> frozenset[str]:
    """Return the ports in one word of an `EXPOSE`. For example, `8000-8001` is `8000/tcp` and `8001/tcp`."""
    ports, _, protocol = text.partition("/")
    protocol = protocol.lower() or "tcp"
    if "$" not in text:
        ports = ports.rpartition(":")[2]
        low, _, high = ports.partition("-")
        if low.isdecimal() and high.isdecimal() and int(high) <= _LARGEST_PORT:
            return frozenset(f"{port}/{protocol}" for port in range(int(low), int(high) + 1))
    return frozenset((f"{ports}/{protocol}",))


class _Build:
    def __init__(self, dockerfile: Dockerfile, given: Mapping[str, str | None]) -> None:
        self.dockerfile = dockerfile
        self.escape = dockerfile.escape
        self.given = given
        self.outside: dict[str, str] = {}
        self.variables: dict[str, str] = {}
        for instruction in dockerfile.preamble:
            if instruction.name == "ARG":
                self.declare(instruction, self.outside)

    def lineage(self, stage: Stage) -> list[Stage]:
        """Return the stages that a stage builds on, from first to last, followed by the stage itself."""
        stages = [stage]
        while (base := self.dockerfile.base_of(stages[0], self.expand(stages[0].base, self.outside))) is not None:
            stages.insert(0, base)
        return stages

    def apply_stage(self, image: Image, instructions: tuple[Instruction, ...]) -> Image:
        """Return the image settings after the instructions of one more stage."""
        self.variables.update(image.environment)
        inherited = image.command
        for instruction in instructions:
            if instruction.name == "ARG":
                self.declare(instruction, self.variables)
                continue
            if instruction.name == "ENTRYPOINT" and image.command is inherited:
                image = image._replace(command=None)
            image = self.apply(image, instruction)
        return image

    def apply(self, image: Image, instruction: Instruction) -> Image:
        match instruction.name:
            case "EXPOSE":
                words = {word for value in self.values(instruction) for word in value.split()}
                return image._replace(exposed=image.exposed.union(*map(exposed_ports, words)))
            case "USER":
                return image._replace(user="".join(self.values(instruction)))
            case "WORKDIR":
                return image._replace(workdir=normpath(join(image.workdir or "", *self.values(instruction))))
            case "VOLUME":
                return image._replace(volumes=image.volumes.union(self.values(instruction)))
            case "ENV":
                new = self.pairs(instruction)
                self.variables.update(new)
                return image._replace(environment={**image.environment, **new})
            case "CMD":
                return image._replace(command=instruction)
            case "ENTRYPOINT":
                return image._replace(entrypoint=instruction)
            case "HEALTHCHECK":
                return image._replace(healthcheck=instruction)
        return image

    def declare(self, instruction: Instruction, variables: dict[str, str]) -> None:
        """Declare an `ARG` with its given value, else its default, else its value from before the first `FROM`."""
        for word in instruction.words:
            name, equals, default = word.value.partition("=")
            value = self.expand(default, variables) if equals else self.outside.get(name)
            if name in self.given:
                value = self.given[name]
                variables.pop(name, None)
            if value is not None:
                variables[name] = value

    def pairs(self, instruction: Instruction) -> dict[str, str]:
        words = [word.value for word in instruction.words]
        if words and "=" not in words[0]:
            words = ["=".join(words)]
        split = (word.partition("=") for word in words)
        return {self.expand(name, self.variables): self.expand(value, self.variables) for name, _, value in split}

    def values(self, instruction: Instruction) -> list[str]:
        return [self.expand(word.value, self.variables) for word in instruction.words]

    def expand(self, text: str, variables: Mapping[str, str]) -> str:
        """Return the text with its variables replaced, or unchanged if the text cannot be expanded."""
        try:
            return expand(text, variables, self.escape)
        except (ShellSyntaxError, RecursionError):
            return text


# Official images: their user, their working directory and the download folders of their package managers are known.

_LIBRARY: Final = (
    *("alpine", "amazoncorretto", "buildpack-deps", "busybox", "composer", "debian", "eclipse-temurin", "golang"),
    *("gradle", "httpd", "ibm-semeru-runtimes", "maven", "nginx", "node", "openjdk", "php", "python", "ruby", "rust"),
    *("ubuntu",),
)

_IMAGE: Final = re.compile(
    rf"(?:(?:docker\.io/)?(?:library/)?(?P<library>{'|'.join(_LIBRARY)})"
    r"|mcr\.microsoft\.com/(?P<microsoft>dotnet/sdk)|ghcr\.io/astral-sh/(?P<astral>uv))"
    r"(?::[\w.${}-]+)?(?:@sha256:[0-9a-f]+)?"
)

_WINDOWS: Final = re.compile(r"windows|nanoserver|ltsc")

_OLD_GRADLE: Final = re.compile(r"gradle:[1-6](?![0-9])")
"""The names of old Gradle images, which do not run as root."""


def official_name(image: str) -> str:
    """Return the name of an official image, such as `node` for `node:20-slim`, or an empty string if it is unknown.

    All known images run as root.
    """
    found = _IMAGE.fullmatch(image)
    if found is None or _WINDOWS.search(image) or _OLD_GRADLE.search(image):
        return ""
    return next(filter(None, found.groups()), "")


_WORKDIRS: Final = {"composer": "/app", "golang": "/go", "gradle": "/home/gradle", "httpd": "/usr/local/apache2"}

_NO_WORKDIR: Final = frozenset(("debian", "dotnet/sdk", "maven", "node", "python", "ruby", "rust", "ubuntu", "uv"))


def base_workdir(dockerfile: Dockerfile, stage: Stage) -> str | None:
    """Return the working directory that a stage inherits from its base image."""
    image = base_image(dockerfile, stage)
    return "/" if image in _NO_WORKDIR else _WORKDIRS.get(image)


def base_image(dockerfile: Dockerfile, stage: Stage) -> str:
    """Return the official image that a stage is built on, directly or through other stages."""
    return official_name(dockerfile.lineage(stage)[0].base)


# Paths in a stage: the working directory of an instruction, mount targets, and destinations of `COPY`.

_SPECIAL: Final = re.compile(r"[$,'\"\\\s]")

_SAME: Final = {"src": "source", "dst": "target", "destination": "target"}


def workdir_at(dockerfile: Dockerfile, stage: Stage, instruction: Instruction) -> str | None:
    """Return an instruction's working directory, or None if it is unknown or cannot be written in a `--mount`."""
    before = stage.instructions[: stage.instructions.index(instruction)]
    workdir = image_of(dockerfile, stage._replace(instructions=before)).workdir or ""
    if not isabs(workdir):
        start = base_workdir(dockerfile, stage)
        if start is None:
            return None
        workdir = normpath(join(start, workdir))
    return None if _SPECIAL.search(workdir) else workdir


def absolute_at(dockerfile: Dockerfile, stage: Stage, instruction: Instruction, path: str) -> str:
    """Return the absolute form of a path in an instruction, such as a mount target, or an empty string if unknown."""
    if "$" in path or isabs(path):
        return "" if "$" in path else normpath(path)
    workdir = workdir_at(dockerfile, stage, instruction)
    return normpath(join(workdir, path)) if workdir else ""


def mounts_of(instruction: Instruction) -> Iterator[dict[str, str]]:
    """Yield the options of each mount of a `RUN`. `type` is always set, and aliases become `source` and `target`."""
    for flag in instruction.flags if instruction.name == "RUN" else ():
        name, _, value = flag.value.partition("=")
        if name == "--mount":
            pairs = [part.partition("=")[::2] for part in value.split(",")]
            options = {_SAME.get(key.lower(), key.lower()): option for key, option in pairs}
            yield {**options, "type": options.get("type", "bind").lower()}


def destination(dockerfile: Dockerfile, stage: Stage, copy: Instruction) -> str | None:
    """Return the absolute destination of a `COPY` or `ADD`, with any trailing slash, or None if it is unknown."""
    target = copy.words[-1].value if len(copy.words) > 1 else "$"
    workdir = "/" if isabs(target) else workdir_at(dockerfile, stage, copy)
    if workdir is None or "$" in target:
        return None
    path = normpath(join(workdir, target))
    return f"{path.rstrip('/')}/" if target.endswith(("/", "/.")) or target in (".", "") else path


def is_within(path: str, folder: str) -> bool:
    """Return whether a path is the folder itself or inside the folder."""
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")
