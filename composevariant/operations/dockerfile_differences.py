"""What the image of a new Dockerfile is configured to that the old one's is not.

A setting that the service makes itself, such as `user`, hides what both Dockerfiles say, and is not told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.dockerfile.image import image_of
from composevariant.findings import Note, NoteKind, found_by
from composevariant.operations.dockerfile_builds import lineage
from composevariant.operations.dockerfile_plan import dockerfile_path
from composevariant.tree import location_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Mapping as Table

    from composevariant.dockerfile.image import Image
    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.stages import Dockerfile
    from composevariant.operations.dockerfile_builds import Build
    from composevariant.operations.dockerfile_plan import Swap
    from composevariant.sidecars.preset import Preset
    from composevariant.tree import Mapping


class _Difference(NamedTuple):
    check: str
    kind: NoteKind
    setting: str
    """The service's own that hides it; "" where none does."""
    arguments: dict[str, str]


def differences(
    swap: Swap,
    dockerfiles: tuple[Dockerfile, Dockerfile],
    target: str,
    services: Table[str, Mapping],
    gone: Sequence[Preset] = (),
) -> Iterator[Note]:
    """Each setting of the two images that is not the same. `dockerfiles` are the old and the new one.

    That the new one does not start the sidecars in `gone` is no difference.
    """
    old, new = dockerfiles
    build = swap.build
    before, after = _image(old, target, build), _image(new, target, build)
    if before is None or after is None:
        return
    old_path = build.shown if build.inline else build.path_of(build.name)
    place = location_of(build.dockerfile or build.inline or build.node)
    own = {entry.name for name in lineage(services, build.service) for entry in services[name].entries}
    paths = (swap.path or swap.name, old_path or build.shown)
    starts = _starts(after, before, paths, gone)
    for each in (*_settings(after, before, paths), *starts):
        if each.setting not in own:
            yield found_by(each.check, each.kind, dockerfile_path(build), place, **each.arguments)


def _image(dockerfile: Dockerfile, target: str, build: Build) -> Image | None:
    stage = dockerfile.target(target)
    values = {name: argument.value for name, argument in build.arguments.items()}
    return image_of(dockerfile, stage, values) if stage else None


def _settings(ours: Image, theirs: Image, paths: tuple[str, str]) -> Iterator[_Difference]:
    user, folder = "the base image's user", "the base image's folder"
    kinds: tuple[tuple[str, NoteKind, str, str, str], ...] = (
        ("expose", "warning", "", _listed(ours.exposed), _listed(theirs.exposed)),
        ("user", "warning", "user", ours.user or user, theirs.user or user),
        ("workdir", "note", "working_dir", ours.workdir or folder, theirs.workdir or folder),
        ("volume", "note", "", _listed(ours.volumes), _listed(theirs.volumes)),
    )
    for name, kind, setting, mine, other in kinds:
        if mine != other:
            names = {"after": paths[0], "now": mine, "before": paths[1], "was": other}
            yield _Difference(f"dockerfile.{name}", kind, setting, names)


def _starts(ours: Image, theirs: Image, paths: tuple[str, str], gone: Sequence[Preset]) -> Iterator[_Difference]:
    """Commands are compared and not shown, as they may hold secrets."""
    for name, setting, mine, other in (
        ("ENTRYPOINT", "entrypoint", ours.entrypoint, theirs.entrypoint),
        ("CMD", "command", ours.command, theirs.command),
        ("HEALTHCHECK", "healthcheck", ours.healthcheck, theirs.healthcheck),
    ):
        if _meaning(mine) == _meaning(other) or (gone and _is_left(mine, other, gone)):
            continue
        if mine is not None and other is not None:
            message = f"{paths[0]}:{_line(mine)} has another {name} than {paths[1]}:{_line(other)}"
        elif mine is not None:
            message = f"{paths[0]}:{_line(mine)} has a {name}, {paths[1]} has none"
        else:
            message = f"{paths[0]} has no {name}, {paths[1]}:{_line(other)} has one"
        yield _Difference(f"dockerfile.{setting}", "note", setting, {"difference": message})


def _is_left(mine: Instruction | None, other: Instruction | None, gone: Sequence[Preset]) -> bool:
    """Whether the new image starts what the old one does besides these sidecars, by a shell or without one."""
    if mine is None or other is None or mine.name == "HEALTHCHECK":
        return False
    from composevariant.dockerfile.embedded.without import started_without

    left = (started_without(other, gone, keeps_shell=keeps_shell) for keeps_shell in (False, True))
    return _meaning(mine) in map(_meaning, left)


def _meaning(instruction: Instruction | None) -> tuple[object, ...]:
    if instruction is None:
        return ()
    words = tuple(" ".join(word.value.split()) for word in instruction.words)
    return instruction.json, tuple(sorted(flag.value for flag in instruction.flags)), words


def _line(instruction: Instruction | None) -> int:
    return instruction.location().line if instruction else 0


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
