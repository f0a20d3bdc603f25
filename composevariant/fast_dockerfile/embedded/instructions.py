"""Search one instruction for a sidecar. `CMD` and `ENTRYPOINT` are handled in `command_lines`."""

from __future__ import annotations

import json
import re
from posixpath import basename, dirname
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile import Removals, flat_chain
from composevariant.fast_dockerfile.embedded.commands import PROGRAM_RULES, inspect_command, program_of
from composevariant.fast_dockerfile.embedded.findings import Change, Finding, find_in
from composevariant.sidecars import fits_image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile import Chain, Command, Dockerfile, Instruction
    from composevariant.fast_dockerfile.embedded.commands import Kind, SidecarCommand
    from composevariant.fast_dockerfile.embedded.findings import SidecarMatcher

CERTIFICATE: Final = (".crt", ".pem", ".key", ".cer", ".p12", ".pfx")
_CONFIGURATION: Final = (".yml", ".yaml", ".conf", ".toml", ".json", ".list", ".repo")
_PACKAGE: Final = (".deb", ".rpm", ".apk", ".tar.gz", ".tgz", ".zip", ".tar.xz", ".gpg", ".asc")
_LEFT_OVER: Final = re.compile(
    r"(?:apt-get|apt)\s+(?:-\S+\s+)*(?:update|clean|autoclean|autoremove)(?:\s+-\S+)*"
    r"|(?:yum|dnf|microdnf)\s+(?:-\S+\s+)*(?:clean|makecache|update)\b.*|apk\s+update"
    r"|rm\s+(?:-\S+\s+)*(?:/var/(?:lib/apt/lists|cache/\S+|tmp|log/\S+)/?\S*|/tmp/\*)"
    r"(?:\s+(?:/var/(?:lib/apt/lists|cache/\S+|tmp|log/\S+)/?\S*|/tmp/\*))*"
    r"|set\s+[-+]\S+(?:\s+\S+)?|true|:|cd\s+\S+|\w+=\S*"
)
"""A pattern for commands that are useless in a step that no longer installs anything."""
_LOGS: Final = re.compile(r"/var/log/")
_UPDATE: Final = re.compile(r"(?:apt-get|apt)\s+(?:-\S+\s+)*update(?:\s+-\S+)*")
_INSTALLS: Final = re.compile(r"\b(?:apt-get|apt|aptitude)\s+(?:-\S+\s+)*install\b")


class InstructionResult(NamedTuple):
    """The change to an instruction, if any, and the matcher for the following instructions."""

    change: Change | None
    matcher: SidecarMatcher


def inspect_instruction(
    dockerfile: Dockerfile, instruction: Instruction, matcher: SidecarMatcher, images: tuple[str, ...]
) -> InstructionResult:
    """Search an instruction for the sidecar. `images` are the patterns of the sidecar's official images."""
    if instruction.name == "RUN":
        return _inspect_run(dockerfile, instruction, matcher)
    if instruction.name in ("COPY", "ADD"):
        return _inspect_copy(dockerfile, instruction, matcher, images)
    if instruction.name in ("ENV", "ARG"):
        return InstructionResult(_inspect_variables(instruction, matcher), matcher)
    if instruction.name == "VOLUME":
        return InstructionResult(_inspect_volumes(instruction, matcher), matcher)
    if instruction.name in ("LABEL", "MAINTAINER", "CMD", "ENTRYPOINT", "FROM") or not matcher.matches(
        _text_of(instruction)
    ):
        return InstructionResult(None, matcher)
    return InstructionResult(
        _refuse(instruction, "configuration", f"{instruction.name} mentions {matcher.title}"), matcher
    )


def _text_of(instruction: Instruction) -> str:
    docs = (instruction.source.text[doc.start : doc.end] for doc in instruction.heredocs)
    return "\n".join((instruction.line.text, *docs))


def _refuse(instruction: Instruction, kind: Kind, reason: str) -> Change:
    return Change(instruction, find_in(instruction, kind, reason))


def _inspect_run(dockerfile: Dockerfile, instruction: Instruction, matcher: SidecarMatcher) -> InstructionResult:
    if not matcher.matches(_text_of(instruction)):
        return InstructionResult(None, matcher)
    chain = flat_chain(instruction, dockerfile.escape)
    if chain is None:
        reason = "the step is more than commands joined by && and ;"
        return InstructionResult(_refuse(instruction, "install", reason), matcher)
    parts: dict[int, SidecarCommand] = {}
    for at, command in enumerate(chain.commands):
        part = inspect_command(command.text, command.words, matcher)
        if part is not None:
            parts[at] = part
            matcher = matcher.with_places(place.strip("'\"") for place in part.places)
    if not parts:  # only a flag mentions the sidecar
        return InstructionResult(
            _refuse(instruction, "install", f"a flag of the step mentions {matcher.title}"), matcher
        )
    if any(command.text.endswith("\\ ") for command in chain.commands):
        reason = "an escaped space precedes an operator"
        return InstructionResult(_refuse(instruction, "install", reason), matcher)
    change = _remove_commands(dockerfile, instruction, chain, parts)
    flagged = any(matcher.matches(flag.value) for flag in instruction.flags)
    if flagged and not change.is_removal and not any(finding.reason for finding in change.findings):
        return InstructionResult(
            _refuse(instruction, "install", f"a flag of the step mentions {matcher.title}"), matcher
        )
    return InstructionResult(change, matcher)


def _remove_commands(
    dockerfile: Dockerfile, instruction: Instruction, chain: Chain, parts: dict[int, SidecarCommand]
) -> Change:
    findings = []
    for at, part in parts.items():
        place = instruction.source.location(instruction.line.offset(chain.commands[at].begin))
        findings.append(
            Finding(part.kind, part.program, place, part.reason or _reason_to_keep_folder(chain, at, parts))
        )
    gone = frozenset(at for at, part in parts.items() if not part.words)
    left = [command for at, command in enumerate(chain.commands) if at not in gone]
    words = {at: part.words for at, part in parts.items() if part.words}
    if not left:
        return Change(instruction, tuple(findings))
    if _is_needed_later(dockerfile, instruction):
        return Change(instruction, tuple(findings), Removals(gone, words))
    if not words and all(_LEFT_OVER.fullmatch(command.text) for command in left):
        logs = [command.words[0] for command in left if _LOGS.search(command.text)]
        note = "the rest of the step, which only removes log files, is removed as well" if logs else ""
        return Change(instruction, tuple(findings), note=note)
    return Change(instruction, tuple(findings), Removals(gone | _needless_updates(chain, gone), words))


def _reason_to_keep_folder(chain: Chain, at: int, parts: dict[int, SidecarCommand]) -> str:
    """Return why a `cd` must be kept, or an empty string if it can be removed.

    A `cd` must be kept if a later command would otherwise run in another folder.
    """
    if parts[at].program not in ("cd", "pushd"):
        return ""
    for later in range(at + 1, len(chain.commands)):
        words = program_of(chain.commands[later].words)
        if words[:1] == ("cd",) and later not in parts and words[1:2] and words[1].startswith(("/", "~")):
            return ""
        if later not in parts:
            first = words[0] if words else "what follows"
            return f"{first} runs in the folder that {parts[at].program} changes to"
    return ""


def _needless_updates(chain: Chain, gone: frozenset[int]) -> set[int]:
    """Return the updates to package lists that only the sidecar needed."""
    vain: set[int] = set()
    waiting: list[int] = []
    for at, command in enumerate(chain.commands):
        if at in gone:
            vain.update(waiting if _INSTALLS.search(command.text) else ())
        elif _UPDATE.fullmatch(command.text):
            waiting = [at]
        elif _INSTALLS.search(command.text):
            waiting = []
            vain.discard(max(vain, default=-1))
    return vain


def _is_needed_later(dockerfile: Dockerfile, instruction: Instruction) -> bool:
    """Return whether a later step installs from the package lists that this step downloads."""
    own = [stage for stage in dockerfile.stages if instruction in stage.instructions]
    heirs = [each for each in dockerfile.stages for stage in own if stage in dockerfile.lineage(each)]
    later = [each for heir in heirs for each in heir.instructions if each.start > instruction.start]
    return any(
        each.name == "RUN" and _INSTALLS.search(each.line.text) and not re.search(r"\bupdate\b", each.line.text)
        for each in later
    )


def installed_tools(chain: Chain) -> Iterator[tuple[Command, str]]:
    """Yield the packages that a chain installs, each with the command that installs it."""
    for command in chain.commands:
        words = program_of(command.words)
        rule = PROGRAM_RULES.get(basename(words[0])) if words else None
        if rule and rule.subcommands and not set(rule.subcommands).isdisjoint(words):
            yield from ((command, word) for word in words[1:] if not word.startswith("-"))


def _inspect_copy(
    dockerfile: Dockerfile, instruction: Instruction, matcher: SidecarMatcher, images: tuple[str, ...]
) -> InstructionResult:
    *sources, target = [word.value for word in instruction.words] or [""]
    origin = instruction.flag("from")
    if origin is not None and _is_its_image(dockerfile, origin, matcher, images):
        return InstructionResult(Change(instruction, find_in(instruction, "install")), matcher.with_places([target]))
    if not matcher.matches(_text_of(instruction)):
        return InstructionResult(None, matcher)
    if instruction.heredocs:
        reason = f"a file that is written here mentions {matcher.title}"
        return InstructionResult(_refuse(instruction, "configuration", reason), matcher)
    mine = [at for at, source in enumerate(sources) if _is_its_own(source, target, matcher, origin)]
    if not mine:
        return InstructionResult(None, matcher)
    kind = _kind_of([sources[at] for at in mine], origin)
    places = [target] if len(sources) == 1 and not target.endswith("/") else []
    if len(mine) == len(sources):
        return InstructionResult(Change(instruction, find_in(instruction, kind)), matcher.with_places(places))
    return InstructionResult(remove_words(instruction, mine, find_in(instruction, kind)), matcher)


def _is_its_image(dockerfile: Dockerfile, origin: str, matcher: SidecarMatcher, images: tuple[str, ...]) -> bool:
    stage = dockerfile.stage(origin)
    if stage is None:
        return fits_image(origin, images)
    return matcher.matches(stage.name) or fits_image(dockerfile.lineage(stage)[0].base, images)


def _is_its_own(source: str, target: str, matcher: SidecarMatcher, origin: str | None) -> bool:
    """Return whether a file belongs to the sidecar, judging by its target or by its name and type.

    Certificates may be shared with other programs, and a script may start other programs.
    """
    if source.endswith(CERTIFICATE):
        return False
    is_script = source.removesuffix(".fast").endswith((".sh", ".bash"))
    if matcher.matches(dirname(target)) or (matcher.matches(target) and not is_script):
        return True
    if not matcher.matches(source):
        return False
    if origin is not None or "://" in source:
        return True
    named = matcher.matches_file_name(source) or matcher.matches_repository(source)
    return named and source.rstrip("/").endswith((*_CONFIGURATION, *_PACKAGE, "*"))


def _kind_of(sources: list[str], origin: str | None) -> Kind:
    packaged = any("://" in source or source.endswith(_PACKAGE) for source in sources)
    return "install" if origin is not None or packaged else "configuration"


def _inspect_variables(instruction: Instruction, matcher: SidecarMatcher) -> Change | None:
    if not matcher.matches(instruction.line.text):
        return None
    pairs = [word.value for word in instruction.words]
    if instruction.name == "ENV" and pairs and "=" not in pairs[0]:
        pairs = ["=".join(pairs)]
    mine = [at for at, pair in enumerate(pairs) if matcher.matches(pair.partition("=")[0])]
    for at, pair in enumerate(pairs):
        if at not in mine and matcher.matches(pair):
            name = pair.partition("=")[0]
            return _refuse(instruction, "configuration", f"{instruction.name} {name} mentions {matcher.title}")
    findings = find_in(instruction, "configuration")
    first = next((pair for at, pair in enumerate(pairs) if at not in mine), "")
    if first.startswith("--"):
        return _refuse(instruction, "configuration", f"{first} would be a flag of {instruction.name}")
    return Change(instruction, findings) if len(mine) == len(pairs) else remove_words(instruction, mine, findings)


def _inspect_volumes(instruction: Instruction, matcher: SidecarMatcher) -> Change | None:
    mine = [at for at, word in enumerate(instruction.words) if matcher.matches(word.value)]
    if not mine:
        return None
    findings = find_in(instruction, "configuration")
    everything = len(mine) == len(instruction.words)
    return Change(instruction, findings) if everything else remove_words(instruction, mine, findings)


def remove_words(instruction: Instruction, gone: list[int], findings: tuple[Finding, ...]) -> Change:
    """Return a change that removes some arguments."""
    if not instruction.json:
        return Change(instruction, findings, removed_words=tuple(gone))
    left = [word.value for at, word in enumerate(instruction.words) if at not in gone]
    return Change(instruction, findings, arguments=json.dumps(left, ensure_ascii=False))
