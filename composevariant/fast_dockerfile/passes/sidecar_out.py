"""Remove everything from the image that installs, configures or starts a sidecar. The application is kept.

The sidecar is removed completely or not at all, because an image that starts a missing program would be worse than a
slow image. Unlike the other passes, this pass changes the image on purpose. The new Dockerfile is searched again, and
must not contain any trace of the sidecar.
"""

from __future__ import annotations

import re
from posixpath import normpath
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile import Cut, Instruction, chain_after, chain_cuts, flat_chain, outline_of, read_items
from composevariant.errors import Refused
from composevariant.fast_dockerfile.embedded.findings import SidecarMatcher
from composevariant.fast_dockerfile.embedded.instructions import installed_tools
from composevariant.fast_dockerfile.embedded.search import find_log_paths, find_sidecar
from composevariant.fast_dockerfile.embedded.start_files import SUFFIX
from composevariant.fast_dockerfile.passes.base import Applied, PassNote, ReplacementFile, Skipped
from composevariant.source import Source
from composevariant.text import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from composevariant.dockerfile import Dockerfile, Item, Outline, Rewriting
    from composevariant.fast_dockerfile.embedded.findings import Change, NewFile, SidecarFindings
    from composevariant.fast_dockerfile.passes.base import Pass, PassInput, Result
    from composevariant.sidecars import Preset

NAME: Final = "sidecar out"
_MARK: Final = re.compile(
    r"^# Made by composevariant from .*\n# composevariant: body (?P<body>[0-9a-f]+)\r?\n", re.MULTILINE
)
_DOWNLOADERS: Final = frozenset(("ADD", "apt-key", "curl", "echo", "gpg", "wget"))
_TOOLS: Final = ("curl", "wget", "unzip", "gnupg", "gnupg2", "gpg", "apt-transport-https")


def sidecar_out(preset: Preset) -> Pass:
    """Return the pass that removes a sidecar."""
    return lambda work: _results(work, preset)


def _results(work: PassInput, preset: Preset) -> Iterator[Result]:
    request, matcher = work.request, SidecarMatcher(preset.embedded, preset.title)
    found = find_sidecar(work.dockerfile, preset, request.context, request.targets)
    if not found.findings:
        return
    started = next((start for start in request.starts if matcher.matches(start.text)), None)
    if started is not None:
        place = found.findings[0].location
        yield Skipped(NAME, f"{preset.title}: {started.setting} in the Compose file starts it", place)
        return
    obstacles = found.obstacles
    if obstacles:
        for finding in obstacles:
            yield Skipped(NAME, f"{preset.title}: {finding.reason}", finding.location)
        return
    files = [_add_comment(file, preset) for file in found.files]
    try:
        with work.rewriting.all_or_nothing():
            _apply(work, found, matcher)
            _check(work, preset, files)
    except Refused as refused:
        yield Skipped(NAME, refused.message, refused.location or found.findings[0].location)
        return
    for place in dict.fromkeys(
        [*(each.findings[0].location for each in found.changes if each.findings), *found.other_locations]
    ):
        yield Applied(NAME, preset.title, place)
    yield from files
    yield from _notes(work, found, preset)


def _apply(work: PassInput, found: SidecarFindings, matcher: SidecarMatcher) -> None:
    gone = {change.instruction for change in found.changes if change.is_removal}
    if gone:
        remove_instructions(work.dockerfile, work.rewriting, gone, matcher.matches)
    for change in found.changes:
        if not change.is_removal:
            _change(work.dockerfile, work.rewriting, change)


def _change(dockerfile: Dockerfile, rewriting: Rewriting, change: Change) -> None:
    instruction, escape = change.instruction, dockerfile.escape
    now = outline_of(instruction, escape)
    cuts: list[Cut] = []
    chain = flat_chain(instruction, escape)
    if change.removed_commands is not None and chain is not None:
        cuts += chain_cuts(instruction, chain, change.removed_commands)
        now = now._replace(words=chain_after(instruction, chain, change.removed_commands))
    if change.removed_words:
        cuts += _word_cuts(change)
        now = now._replace(words=tuple(word for at, word in enumerate(now.words) if at not in change.removed_words))
    if change.arguments is not None:
        whole = instruction.arguments
        cuts.append(Cut(*instruction.line.span(whole.begin, whole.end), change.arguments))
        (new,) = _outlines(f"{instruction.name} {change.arguments}\n", escape)
        now = new._replace(flags=now.flags)
    after = _join_lines(instruction, change.lines_after)
    if after:
        cuts.append(Cut(instruction.end, instruction.end, after))
    rewriting.cut(instruction, cuts, (now, *_outlines(after, escape)))


def _word_cuts(change: Change) -> Iterator[Cut]:
    line, words = change.instruction.line, change.instruction.words
    first = next(at for at in range(len(words)) if at not in change.removed_words)
    if first:
        yield Cut(line.offset(words[0].begin), line.offset(words[first].begin))
    for at in change.removed_words:
        if at > first:
            yield Cut(line.offset(words[at - 1].end - 1) + 1, line.offset(words[at].end - 1) + 1)


def _join_lines(instruction: Instruction, lines: tuple[str, ...]) -> str:
    text = instruction.text
    newline = "\r\n" if "\r\n" in text else "\n"
    joined = "".join(f"{line}{newline}" for line in lines)
    return joined if text.endswith("\n") or not joined else newline + joined.removesuffix(newline)


def _outlines(text: str, escape: str) -> list[Outline]:
    items = read_items(Source("", f"# escape={escape}\n{text}"))
    return [outline_of(item, escape) for item in items if isinstance(item, Instruction)]


def _check(work: PassInput, preset: Preset, files: list[ReplacementFile]) -> None:
    """Search the new Dockerfile for the sidecar.

    Raises:
        Refused: A part of the sidecar is left, or a new file is ignored.
    """
    context = work.request.context.with_texts({file.path: file.text for file in files})
    left = find_sidecar(work.rewriting.dockerfile(), preset, context, work.request.targets).findings
    ignored = next((file for file in files if work.request.context.is_ignored(file.path)), None)
    if ignored is not None:
        place = next(
            finding.location for finding in find_sidecar(work.dockerfile, preset, work.request.context).findings
        )
        raise Refused(f"{preset.title}: .dockerignore excludes {ignored.path}, which would be copied", place)
    if left:
        raise Refused(f"{preset.title}: {left[0].what} would still mention it", left[0].location)


def _add_comment(file: NewFile, preset: Preset) -> ReplacementFile:
    """Return the file with our comment added, below any `#!` line."""
    standard = file.made_of.removesuffix(SUFFIX)
    first, newline, rest = _MARK.sub("", file.text).partition("\n")
    end = "\r\n" if first.endswith("\r") else "\n"
    comment = (
        f"# Made by composevariant from {standard}, without {preset.title}. Edit that, not this file.{end}"
        f"# composevariant: body {digest(first + newline + rest)}{end}"
    )
    has_interpreter = first.startswith("#!")
    text = first + newline + comment + rest if has_interpreter else comment + first + newline + rest
    return ReplacementFile(file.path, text, standard)


def is_untouched_extra(text: str) -> bool:
    """Return whether composevariant generated a script or configuration and nobody has edited it since."""
    found = _MARK.search(text)
    return found is not None and digest(text[: found.start()] + text[found.end() :]) == found["body"]


def _notes(work: PassInput, found: SidecarFindings, preset: Preset) -> Iterator[PassNote]:
    place = found.findings[0].location
    paths: list[str] = []
    for path in found.configurations:
        text = work.request.context.read_text(normpath(path))
        paths += find_log_paths(text, preset.embedded.log_settings) if text else []
    paths = [path for path in paths if not SidecarMatcher(preset.embedded, preset.title).matches(path)]
    if paths:
        shown = ", ".join(dict.fromkeys(paths))
        message = f"no longer collected: {shown}; docker logs shows only the standard output"
        yield PassNote(NAME, message, place)
    for message, where in found.notes:
        yield PassNote(NAME, message, where)
    yield from _idle_tools(work, found, preset)


def _idle_tools(work: PassInput, found: SidecarFindings, preset: Preset) -> Iterator[PassNote]:
    """Yield notes about packages that may have been needed only to install the sidecar. They remain installed."""
    if not _DOWNLOADERS.intersection(finding.what for finding in found.findings):
        return
    new = work.rewriting.dockerfile()
    chains = [(each, flat_chain(each, new.escape)) for stage in new.stages for each in stage.instructions]
    for instruction, chain in chains:
        for command, package in installed_tools(chain) if chain else ():
            others = [each.line.text for each, _ in chains if each is not instruction]
            others += [each.text for each in chain.commands if each is not command] if chain else []
            if package in _TOOLS and not any(package in text for text in others):
                message = f"{package} stays installed; only the installation of {preset.title} needed it here"
                message += ", though a health check may use it" if package in ("curl", "wget") else ""
                yield PassNote(NAME, message, instruction.source.location(instruction.line.offset(command.begin)))


# Removing whole instructions from a Dockerfile, with the comments that belong only to these instructions.

_BANNER: Final = re.compile(r"[-=#*~_]{3,}")


def remove_instructions(
    dockerfile: Dockerfile, rewriting: Rewriting, gone: Collection[Instruction], is_about: Callable[[str], bool]
) -> None:
    """Remove instructions and their comments. `is_about` decides whether a comment is about the instructions.

    A comment directly above an instruction is also removed. If the next instruction follows without a blank line, the
    comment may belong to both, and is removed only if it is about the removed instructions. Lines of dashes or stars
    are kept.
    """
    items = dockerfile.items
    going = {at for at, item in enumerate(items) if item in gone}
    for at in sorted(going):
        going |= _headings(items, at, gone, is_about)
    going |= _needless_blanks(items, going)
    owner = next(item for item in items if isinstance(item, Instruction) and item in gone)
    for at in sorted(going):
        item = items[at]
        owner = item if isinstance(item, Instruction) else owner
        rewriting.cut(owner, [Cut(item.start, item.end)], ())


def _headings(
    items: tuple[Item, ...], at: int, gone: Collection[Instruction], is_about: Callable[[str], bool]
) -> set[int]:
    first = at
    while first and items[first - 1].kind == "comment":
        first -= 1
    following = at + 1
    while following < len(items) and items[following] in gone:
        following += 1
    alone = following == len(items) or items[following].kind in ("blank", "comment")
    block = range(first, at)
    if not alone and not any(is_about(items[number].text) for number in block):
        return set()
    return {number for number in block if is_about(items[number].text) or not _BANNER.search(items[number].text)}


def _needless_blanks(items: tuple[Item, ...], going: set[int]) -> set[int]:
    """Return the blank lines that would follow another blank line after the removal."""
    needless: set[int] = set()
    after_blank, after_gone = True, False
    for at, item in enumerate(items):
        if at in going:
            after_gone = True
        elif item.kind == "blank":
            if after_blank and after_gone:
                needless.add(at)
            after_blank = True
        else:
            after_blank = after_gone = False
    return needless
