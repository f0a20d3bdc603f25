"""Cache mounts: which ones a Dockerfile uses, what the engine says of them, and how ours are taken away again."""

from __future__ import annotations

import re
from posixpath import normpath
from typing import TYPE_CHECKING, Final

from composevariant.bench.engine import Mount
from composevariant.bench.sizes import read_size
from composevariant.dockerfile.image import image_of
from composevariant.dockerfile.places import absolute_at, mounts_of
from composevariant.dockerfile.shell import ShellSyntaxError, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.stages import Dockerfile, Stage

_CACHED: Final = re.compile(r"cached mount (?P<target>\S+) from ")
_PLAIN: Final = re.compile(r"[^\s,\"'\\$`]+")


def mount_names(dockerfile: Dockerfile, arguments: Mapping[str, str | None]) -> frozenset[str]:
    """The ids of all cache mounts of a Dockerfile, which are their targets where none is written.

    Older BuildKits take variables in them as they are written, newer ones replace them: both names are there.
    """
    names: set[str] = set()
    for stage, _, options in _mounts(dockerfile):
        name = options.get("id") or options.get("target", "")
        names.update((name, _expanded(name, dockerfile, stage, arguments)))
    return frozenset(names)


def mount_targets(dockerfile: Dockerfile, arguments: Mapping[str, str | None] | None = None) -> frozenset[str]:
    """Where the cache mounts of a Dockerfile are mounted, as the engine lists them: relative ones count from `WORKDIR`.

    Left out are those of which it cannot be told. Variables are replaced, and are there as written, too, as for names.
    """
    targets: set[str] = set()
    for stage, instruction, options in _mounts(dockerfile):
        target = options.get("target", "")
        targets.update((normpath(target),) if "$" in target else ())
        targets.add(absolute_at(dockerfile, stage, instruction, _expanded(target, dockerfile, stage, arguments or {})))
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


def _expanded(name: str, dockerfile: Dockerfile, stage: Stage, arguments: Mapping[str, str | None]) -> str:
    """The name with the variables of the stage replaced; as it is where that cannot be done."""
    if "$" not in name:
        return name
    variables = image_of(dockerfile, stage, arguments).environment
    try:
        return expand(name, {**variables, **_known(stage.arguments(), arguments)})
    except ShellSyntaxError:
        return name


def forgetting(names: Iterable[str], unique: str) -> str:
    """A Dockerfile that makes BuildKit let go of cache mounts and never gets to use them; "" for none.

    Its steps are nobody else's: BuildKit 0.8 may crash where one of two builds that share a step ends early (seen).

    With `--no-cache`, BuildKit empties the mounts of all steps when it reads them. The first step here fails, so no
    mount is made anew. There is no prune that could take one namespace.
    """
    known = sorted({name for name in names if _PLAIN.fullmatch(name)})
    steps = [
        f'RUN --mount=type=cache,id={name},target=/{number} ["{unique}"]\n'
        for number, name in enumerate(known, start=1)
    ]
    return "".join(("FROM scratch\n", f"COPY nothing-{unique} /\n", *steps)) if steps else ""


def mounts_in(listed: str) -> dict[str, Mount]:
    """The cache mounts that `docker buildx du --verbose` lists."""
    found: dict[str, Mount] = {}
    for record in listed.split("\n\n"):
        fields = {
            name.strip(): value.strip() for name, _, value in (line.partition(":") for line in record.splitlines())
        }
        target = _CACHED.match(fields.get("Description", ""))
        if fields.get("Type") == "exec.cachemount" and target:
            found[fields.get("ID", "")] = Mount(normpath(target["target"]), read_size(fields.get("Size", "")))
    return found
