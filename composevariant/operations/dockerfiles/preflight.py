"""Warnings on a new Dockerfile about hazards and about differences between the new image and the old one."""

from __future__ import annotations

from posixpath import basename, dirname, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import text_of, with_defaults
from composevariant.dockerfile import read_dockerfile
from composevariant.errors import UnusableInput, did_you_mean
from composevariant.findings import Note, NoteKind, found_by, note, phrase
from composevariant.operations.dockerfiles.builds import lineage
from composevariant.operations.dockerfiles.plan import dockerfile_path
from composevariant.source import Location, Source
from composevariant.tree import Scalar, location_of
from composevariant.tree import Sequence as SequenceNode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Mapping as Table

    from composevariant.dockerfile import BuildContext, Dockerfile, Image, Instruction, Stage
    from composevariant.file_views import Files
    from composevariant.findings import Phrase
    from composevariant.operations.dockerfiles.builds import Build
    from composevariant.operations.dockerfiles.plan import Swap
    from composevariant.sidecars import Preset
    from composevariant.tree import Mapping, Node

PREDEFINED: Final = frozenset(
    (
        *("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY", "SOURCE_DATE_EPOCH"),
        *(f"{side}{part}" for side in ("BUILD", "TARGET") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")),
    )
)
"""The build arguments that Docker accepts without an `ARG`, in addition to those that start with `BUILDKIT_`."""


class DockerfileCache:
    """The Dockerfiles of a workspace.

    Files with the same text, which are common in large projects, are parsed only once.
    """

    def __init__(self, workspace: Files, made: Table[str, str] | None = None) -> None:
        """Create a cache. `made` maps the paths of files that are written with the variant to their texts."""
        self._workspace = workspace
        self._made = made or {}
        self._read: dict[str, Dockerfile] = {}

    def get(self, path: str) -> Dockerfile:
        """Return the Dockerfile at a path. Its `source` may be another file with the same text.

        Raises:
            UnusableInput: The Dockerfile cannot be read, or BuildKit would refuse it.
        """
        text = self._made[path] if path in self._made else self._workspace.read_text(path)
        if text is None:
            raise UnusableInput("it cannot be read as UTF-8 text", Location(path, 1, 1))
        if text not in self._read:
            self._read[text] = read_dockerfile(Source(path, text))
        return self._read[text]


def findings(
    swap: Swap,
    cache: DockerfileCache,
    services: Table[str, Mapping],
    files: Files,
    gone: Sequence[Preset] = (),
) -> Iterator[Note | UnusableInput]:
    """Yield notes on a swap, and errors if the service could not be built after the swap.

    Scripts are looked up in `files`, which need not be inputs of the variant. `gone` contains the presets of the
    sidecars that the same variant strips.
    """
    build = swap.build
    if swap.path is None:
        why = build.why_unknown(swap.name)
        where = location_of(build.node)
        yield note("dockerfiles.unseen", "note", dockerfile_path(build), where, file=swap.name, reason=why)
        return
    try:
        new = cache.get(swap.path)
    except UnusableInput as error:
        names = {"file": swap.path, "reason": error.message}
        yield found_by("dockerfile.unread", "warning", dockerfile_path(build), error.location, **names)
        return
    target = with_defaults(build.target.text) if build.target else ""
    if target is not None and new.target(target) is None:
        yield _no_stage(swap, new, target)
    yield from _undeclared_arguments(swap, new)
    yield from _hazards(swap, new, target)
    old = _current_dockerfile(build, cache)
    if old is not None and old is not new and target is not None:
        yield from differences(swap, (old, new), target, services, gone)
        yield from lost_scripts(swap, (old, new), target, services[build.service], files)


def _current_dockerfile(build: Build, cache: DockerfileCache) -> Dockerfile | None:
    """Return the current Dockerfile of the service, or None if it cannot be read."""
    try:
        if build.inline_source is not None:
            return read_dockerfile(build.inline_source)
        path = build.path_of(build.name)
        return cache.get(path) if path else None
    except UnusableInput:
        return None


def _no_stage(swap: Swap, new: Dockerfile, target: str) -> UnusableInput:
    names = [stage.name for stage in new.stages if stage.name]
    return UnusableInput(
        f'services.{swap.build.service}.build.target names "{target}", which is not a stage of {swap.path}'
        f"{did_you_mean(target, names)}",
        location_of(swap.build.target),
        f"its stages are {', '.join(names)}" if names else "its stages have no names",
    )


def _undeclared_arguments(swap: Swap, new: Dockerfile) -> Iterator[Note]:
    declared = new.arguments()
    for name, argument in swap.build.arguments.items():
        if not is_declared(name, declared):
            path, where = ("services", swap.build.service, "build", "args", name), location_of(argument.node)
            yield found_by("build.args", "warning", path, where, file=str(swap.path), argument=name)


def is_declared(name: str, declared: frozenset[str]) -> bool:
    """Return whether Docker accepts a build argument because it is declared by an `ARG` or predefined."""
    return name in declared or name.upper() in PREDEFINED or name.startswith("BUILDKIT_")


_IN_HAZARDS: Final = ("cargo", "type=cache")
"""Words of which every single-stage Dockerfile with hazards contains one.

They are tested first because the full check takes as long as reading a small project.
"""


def _hazards(swap: Swap, new: Dockerfile, target: str | None) -> Iterator[Note]:
    """Yield a warning for each hazard in the new Dockerfile, which may ship stale files."""
    if len(new.stages) == 1 and not any(word in new.source.text for word in _IN_HAZARDS):
        return
    from composevariant.fast_dockerfile import hazards

    for hazard in hazards(new, target):
        place = Location(swap.path or hazard.location.file, hazard.location.line, hazard.location.column)
        yield found_by(hazard.check, "warning", dockerfile_path(swap.build), place, reason=hazard.message)


# Differences between the image configurations of the old and the new Dockerfile.


class _Difference(NamedTuple):
    check: str
    kind: NoteKind
    setting: str
    """The attribute of the service that overrides the setting, or an empty string."""
    arguments: Table[str, str | Phrase]


def differences(
    swap: Swap,
    dockerfiles: tuple[Dockerfile, Dockerfile],
    target: str,
    services: Table[str, Mapping],
    gone: Sequence[Preset] = (),
) -> Iterator[Note]:
    """Yield a note for each setting that differs between the images.

    `dockerfiles` contains the old and the new Dockerfile. The sidecars in `gone` are ignored, because the new image
    need not start them.
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
    from composevariant.dockerfile import image_of

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
    """Yield differences between commands. The text of commands is not shown because it may contain secrets."""
    for name, setting, mine, other in (
        ("ENTRYPOINT", "entrypoint", ours.entrypoint, theirs.entrypoint),
        ("CMD", "command", ours.command, theirs.command),
        ("HEALTHCHECK", "healthcheck", ours.healthcheck, theirs.healthcheck),
    ):
        if _meaning(mine) == _meaning(other) or (gone and _is_left(mine, other, gone)):
            continue
        both = mine is not None and other is not None
        message = "dockerfiles.differs" if both else "dockerfiles.gained" if mine is not None else "dockerfiles.lost"
        lines = {"line": str(_line(mine)), "other": str(_line(other))}
        difference = phrase(message, name=name, after=paths[0], before=paths[1], **lines)
        yield _Difference(f"dockerfile.{setting}", "note", setting, {"difference": difference})


def _is_left(mine: Instruction | None, other: Instruction | None, gone: Sequence[Preset]) -> bool:
    """Return whether the new command is the old command without the sidecars, with or without a shell."""
    if mine is None or other is None or mine.name == "HEALTHCHECK":
        return False
    from composevariant.fast_dockerfile import remove_sidecars

    left = (remove_sidecars(other, gone, keeps_shell=keeps_shell) for keeps_shell in (False, True))
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


# Scripts in the `command` or `entrypoint` of a service that only its old Dockerfile copies.

CHECK: Final = "dockerfile.lost-script"
_SCRIPTS: Final = (".sh", ".bash", ".py", ".rb", ".js", ".pl")


def lost_scripts(
    swap: Swap, dockerfiles: tuple[Dockerfile, Dockerfile], target: str, service: Mapping, files: Files
) -> Iterator[Note]:
    """Yield a warning for each started file that is only in the old image.

    `dockerfiles` contains the old and the new Dockerfile.
    """
    from composevariant.dockerfile import BuildContext, image_of

    old, new = dockerfiles
    before, after = old.target(target), new.target(target)
    if before is None or after is None:
        return
    context = BuildContext(files, dirname(swap.build.path_of("x") or "/"))
    workdir = text_of(service.get("working_dir")) or image_of(old, before).workdir or "/"
    for setting in ("entrypoint", "command"):
        for word, node in _words(service.get(setting)):
            if "/" not in word and not word.endswith(_SCRIPTS):
                continue
            path = normpath(join(workdir, word))
            is_mentioned = basename(path) in new.source.text
            if not is_mentioned and _has(old, before, path, context) and not _has(new, after, path, context):
                names = {"setting": setting, "script": word, "before": swap.build.shown, "after": swap.name}
                where = ("services", swap.build.service, setting)
                yield found_by(CHECK, "warning", where, location_of(node), **names)


def _words(node: Node | None) -> Iterator[tuple[str, Node]]:
    for item in node.items if isinstance(node, SequenceNode) else (node,):
        if isinstance(item, Scalar):
            yield from ((word.strip("'\""), item) for word in item.text.split())


def _has(dockerfile: Dockerfile, stage: Stage, path: str, context: BuildContext) -> bool:
    """Return whether a file in the build context is copied to `path`, either by name or with its folder."""
    from composevariant.fast_dockerfile import context_copies

    instructions = [each for part in dockerfile.lineage(stage) for each in part.instructions]
    return any(
        path == copied.as_file or any(context.is_file(source) for source in copied.source_at(path))
        for copied in context_copies(instructions)
    )
