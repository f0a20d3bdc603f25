"""Search a Dockerfile, and the scripts that it copies, for a sidecar."""

from __future__ import annotations

import re
from posixpath import basename, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile import flat_chain, image_of
from composevariant.fast_dockerfile.embedded.command_lines import change_start, must_keep_shell, read_command_line
from composevariant.fast_dockerfile.embedded.copies import (
    context_copies,
    needed_stages,
    source_references,
    target_stages,
)
from composevariant.fast_dockerfile.embedded.findings import Change, Finding, SidecarFindings, SidecarMatcher, find_in
from composevariant.fast_dockerfile.embedded.instructions import CERTIFICATE, inspect_instruction, installed_tools
from composevariant.fast_dockerfile.embedded.start_files import StartFiles, inspect_start_files
from composevariant.sidecars import fits_image

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.dockerfile import BuildContext, Dockerfile, Instruction, Stage
    from composevariant.fast_dockerfile.embedded.findings import NewFile
    from composevariant.sidecars import Preset
    from composevariant.source import Location

_CONFIGURATION: Final = (".yml", ".yaml", ".conf", ".toml")
_OF_BASE_IMAGES: Final = ("docker-entrypoint.sh", "catalina.sh")
"""Scripts of official images that do not start a sidecar."""


def find_sidecar(
    dockerfile: Dockerfile, preset: Preset, context: BuildContext, targets: frozenset[str] | None = frozenset(("",))
) -> SidecarFindings:
    """Return everything in the images of some stages that belongs to a sidecar, with the changes that remove it.

    Args:
        dockerfile: The Dockerfile to search.
        preset: The sidecar. If it has no words for images, nothing is found.
        context: The build context with the copied scripts.
        targets: The names of the stages that become images. An empty string means the last stage, None any stage.
    """
    if not preset.embedded.words:
        return SidecarFindings(preset.title)
    search = _Search(dockerfile, preset, context, targets)
    search.inspect_instructions()
    search.drop_stages()
    search.inspect_starts()
    return search.findings()


class _Start(NamedTuple):
    instruction: Instruction
    before: tuple[str, ...]
    """The words of the `ENTRYPOINT` to which a `CMD` is appended."""
    workdir: str


class _Search:
    def __init__(
        self, dockerfile: Dockerfile, preset: Preset, context: BuildContext, targets: frozenset[str] | None
    ) -> None:
        self.dockerfile = dockerfile
        self.preset = preset
        self.context = context
        self.targets = targets
        self.stages = needed_stages(dockerfile, targets)
        self.matcher = SidecarMatcher(preset.embedded, preset.title)
        self.changes: dict[Instruction, Change] = {}
        self.other_findings: list[Finding] = []
        self.files: dict[str, NewFile] = {}
        self.unreadable: list[Finding] = []

    def instructions(self) -> list[Instruction]:
        return [*self.dockerfile.preamble, *(each for stage in self.stages for each in stage.instructions)]

    def inspect_instructions(self) -> None:
        """Inspect all instructions except the start instructions.

        The order matters, because each instruction may put the sidecar at a new path.
        """
        if self._uses_repositories_alone():
            self.matcher = self.matcher.with_repositories()
        for instruction in self.instructions():
            step = inspect_instruction(self.dockerfile, instruction, self.matcher, self.preset.match.images)
            self.matcher = step.matcher
            if step.change is not None:
                self.changes[instruction] = step.change

    def _uses_repositories_alone(self) -> bool:
        """Return whether the sidecar is the only package that the image installs from the sidecar's repositories."""
        runs = [each for each in self.instructions() if each.name == "RUN"]
        chains = [(each, flat_chain(each, self.dockerfile.escape)) for each in runs]
        packages = [word for _, chain in chains if chain for _, word in installed_tools(chain)]
        opaque = [each.line.text for each, chain in chains if chain is None]
        if any(self.matcher.matches_neighbour(text) for text in (*packages, *opaque)):
            return False
        return any(self.matcher.matches(each.line.text) for each in self.instructions() if each.name != "LABEL")

    def drop_stages(self) -> None:
        """Remove stages that are unused after the removals, regardless of what else these stages do."""
        gone = [change.instruction for change in self.changes.values() if change.is_removal]
        left = needed_stages(self.dockerfile, self.targets, gone)
        by_number = any(
            origin.isdecimal() for stage in left for each in stage.instructions for origin in source_references(each)
        )
        for stage in (each for each in self.stages if each not in left):
            for instruction in stage.instructions:
                self.changes.pop(instruction, None)
            if not by_number:
                findings = (Finding("install", "FROM", stage.start.location()),)
                self.changes |= {each: Change(each, ()) for each in stage.instructions}
                self.changes[stage.start] = Change(stage.start, findings)
        self.stages = left

    def inspect_starts(self) -> None:
        for stage in target_stages(self.dockerfile, self.targets):
            self._inspect_base(stage)
            starts = self._starts(stage)
            named = {
                word: path
                for start in starts
                for word, path in read_command_line(start.instruction, start.before).paths(start.workdir).items()
            }
            kept = [
                each for each in self._lineage(stage) if each not in self.changes or not self.changes[each].is_removal
            ]
            found = inspect_start_files(kept, dict.fromkeys(named.values()), self.context, self.matcher)
            self._add(found)
            scripts = {path for path in named.values() if self._is_copied(path, kept)}
            matcher = self.matcher.without_paths(word for word, path in named.items() if path in scripts)
            unreadable = [word for word, path in named.items() if word.endswith(".sh") and path not in scripts]
            for start in starts:
                self._report_unreadable(start.instruction, unreadable)
                line = read_command_line(start.instruction, start.before)
                keeps = must_keep_shell(start.instruction, line, start.before, has_shell=self._has_shell(stage))
                change = change_start(start.instruction, line, matcher, keeps_shell=keeps)
                if change is not None:
                    self.changes[start.instruction] = change
        self._remove_unused_starts()

    def _report_unreadable(self, start: Instruction, unreadable: list[str]) -> None:
        """Record the started scripts that are neither in the context nor known from the base image."""
        for word in unreadable:
            if word in start.line.text and basename(word) not in _OF_BASE_IMAGES:
                reason = f"it starts {word}, which is not in the build context and cannot be read"
                self.unreadable += find_in(start, "start", reason)

    def _lineage(self, stage: Stage) -> list[Instruction]:
        return [each for part in self.dockerfile.lineage(stage) for each in part.instructions]

    def _has_shell(self, stage: Stage) -> bool:
        return any(each.name == "SHELL" for each in self._lineage(stage))

    def _is_copied(self, path: str, kept: list[Instruction]) -> bool:
        found = (source for copied in context_copies(kept) for source in copied.source_at(path))
        return any(self.context.is_file(source) for source in found)

    def _add(self, found: StartFiles) -> None:
        self.other_findings += [finding for finding in found.findings if finding not in self.other_findings]
        self.files |= {file.path: file for file in found.files}
        for change in found.changes:
            self.changes.setdefault(change.instruction, change)

    def _starts(self, stage: Stage) -> list[_Start]:
        image = image_of(self.dockerfile, stage)
        workdir = image.workdir or "/"
        entry = image.entrypoint
        before = tuple(word.value for word in entry.words) if entry is not None and entry.json else ()
        found = [_Start(entry, (), workdir)] if entry is not None else []
        return found + ([_Start(image.command, before, workdir)] if image.command is not None else [])

    def _inspect_base(self, stage: Stage) -> None:
        base = self.dockerfile.lineage(stage)[0]
        if fits_image(base.base, self.preset.match.images):
            reason = f"it is an image of {self.preset.title} itself"
        elif self.matcher.matches(basename(base.base)) and not fits_image(base.base, self.preset.match.except_images):
            reason = f"the base image contains {self.preset.title}"
        else:
            return
        finding = Finding("install", "FROM", base.start.location(), reason)
        self.other_findings += [finding] if finding not in self.other_findings else []

    def _remove_unused_starts(self) -> None:
        """Remove each `CMD` and `ENTRYPOINT` that is overridden by a later instruction."""
        live = {
            start.instruction for stage in target_stages(self.dockerfile, self.targets) for start in self._starts(stage)
        }
        for instruction in self.instructions():
            is_dead = instruction.name in ("CMD", "ENTRYPOINT") and instruction not in live
            if is_dead and self.matcher.matches(instruction.line.text):
                self.changes[instruction] = Change(instruction, find_in(instruction, "start"))

    def findings(self) -> SidecarFindings:
        changes = sorted(self.changes.values(), key=lambda change: change.instruction.start)
        return SidecarFindings(
            self.preset.title,
            tuple(changes),
            tuple(self.other_findings),
            tuple(self.files.values()),
            tuple(dict.fromkeys(self.unreadable)),
            tuple(dict.fromkeys(self._configurations(changes))),
            tuple(self._notes(changes)),
        )

    def _notes(self, changes: Iterable[Change]) -> Iterable[tuple[str, Location]]:
        for change in changes:
            if change.note:
                yield change.note, change.instruction.location()
        texts = [self.context.read_text(normpath(path)) or "" for path in self._configurations(changes)]
        for each in (each for stage in self.stages for each in stage.instructions):
            gone = each in self.changes and self.changes[each].is_removal
            files = [word.value for word in each.words[:-1] if word.value.endswith(CERTIFICATE)]
            if each.name not in ("COPY", "ADD") or gone or not files:
                continue
            target = each.words[-1].value
            if self.matcher.matches(target) or any(target in text for text in texts):
                yield f"{', '.join(files)} is kept: other programs may use it", each.location()

    def _configurations(self, changes: Iterable[Change]) -> Iterable[str]:
        for change in changes:
            instruction = change.instruction
            if instruction.name in ("COPY", "ADD") and instruction.flag("from") is None and change.is_removal:
                for word in instruction.words[:-1]:
                    if word.value.endswith(_CONFIGURATION):
                        yield word.value.lstrip("/")


# The log files that a sidecar reads, which are no longer collected without the sidecar.

_ITEM: Final = re.compile(r"^[ \t]*-[ \t]+(.+)$")


def find_log_paths(text: str, settings: Iterable[str]) -> list[str]:
    """Return the values of these settings that look like paths. The configuration can have any format."""
    names = "|".join(map(re.escape, settings))
    setting = re.compile(rf"^[ \t]*(?:-[ \t]+)?[\"']?(?:{names})[\"']?(?:[ \t]*[:=][ \t]*|[ \t]+)(.*)$", re.IGNORECASE)
    found: list[str] = []
    listing = False
    for line in text.splitlines() if names else ():
        if line.lstrip().startswith(("#", ";")):
            continue
        named = setting.match(line)
        item = _ITEM.match(line)
        if named:
            found += _values(named[1])
            listing = not named[1].strip()
        elif listing and item:
            found += _values(item[1])
        elif line.strip():
            listing = False
    return list(dict.fromkeys(path for path in found if path.startswith(("/", "./"))))


def _values(text: str) -> list[str]:
    bare = text.split(" #", maxsplit=1)[0].strip().strip("[]")
    return [part.strip().strip("\"'") for part in bare.split(",") if part.strip()]
