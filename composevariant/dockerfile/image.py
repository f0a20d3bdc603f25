"""What the image of a stage would be configured to: `EXPOSE`, `USER` and the like, through all stages it builds on.

What the base image brings along is not known here. The rules were measured with Docker 20.10's BuildKit: a stage
inherits the settings and arguments of the stage it builds on, whose `ONBUILD` triggers run first; `ENTRYPOINT` drops an
inherited `CMD`; of `ENV` and `ARG` the later one counts, and in a new stage every inherited `ENV`.
"""

from __future__ import annotations

from posixpath import join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.shell import ShellSyntaxError, expand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.stages import Dockerfile, Stage

_LARGEST_PORT: Final = 65535


class Image(NamedTuple):
    """The settings of an image. Variables that only the base image could set are kept as they are written."""

    environment: Mapping[str, str]
    exposed: frozenset[str] = frozenset()
    """Ports with their protocol: `80/tcp`."""
    user: str | None = None
    """None stands for the base image's, here and below."""
    workdir: str | None = None
    volumes: frozenset[str] = frozenset()
    entrypoint: Instruction | None = None
    command: Instruction | None = None
    healthcheck: Instruction | None = None


def image_of(dockerfile: Dockerfile, stage: Stage, arguments: Mapping[str, str | None] | None = None) -> Image:
    """The settings of the image of `stage`, built with `arguments` (None stands for a value that is not known)."""
    build = _Build(dockerfile, arguments or {})
    image = Image({})
    triggers: tuple[Instruction, ...] = ()
    for part in build.lineage(stage):
        image = build.applied(image, (*triggers, *part.instructions))
        triggers = tuple(each.trigger for each in part.instructions if each.trigger is not None)
    return image


def exposed_ports(text: str) -> frozenset[str]:
    """One word of an `EXPOSE` as ports with their protocol: `8000-8001` is `8000/tcp` and `8001/tcp`."""
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
        """The stages that this one builds on, the first one first, and itself."""
        stages = [stage]
        while (base := self.dockerfile.base_of(stages[0], self.expanded(stages[0].base, self.outside))) is not None:
            stages.insert(0, base)
        return stages

    def applied(self, image: Image, instructions: tuple[Instruction, ...]) -> Image:
        """The image of one more stage."""
        self.variables.update(image.environment)
        inherited = image.command
        for instruction in instructions:
            if instruction.name == "ARG":
                self.declare(instruction, self.variables)
                continue
            if instruction.name == "ENTRYPOINT" and image.command is inherited:
                image = image._replace(command=None)
            image = self.changed(image, instruction)
        return image

    def changed(self, image: Image, instruction: Instruction) -> Image:
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
        """An `ARG`: the given value, else its default, else the one from before the first `FROM`."""
        for word in instruction.words:
            name, equals, default = word.value.partition("=")
            value = self.expanded(default, variables) if equals else self.outside.get(name)
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
        return {self.expanded(name, self.variables): self.expanded(value, self.variables) for name, _, value in split}

    def values(self, instruction: Instruction) -> list[str]:
        return [self.expanded(word.value, self.variables) for word in instruction.words]

    def expanded(self, text: str, variables: Mapping[str, str]) -> str:
        """The text with its variables replaced; as it is where that cannot be done."""
        try:
            return expand(text, variables, self.escape)
        except (ShellSyntaxError, RecursionError):
            return text
