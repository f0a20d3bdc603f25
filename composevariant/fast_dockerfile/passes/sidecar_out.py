"""A sidecar out of the image: what installs, configures and starts it goes, the application and all else stays.

Everything goes or nothing: an image that starts what is not installed any more would be worse than a slow one. This
rung changes the image, which is what it is for; the others do not. Afterwards the new file is looked at again, and
nothing of the sidecar may be left.
"""

from __future__ import annotations

import re
from posixpath import normpath
from typing import TYPE_CHECKING, Final

from composevariant.dockerfile import Cut, Instruction, chain_after, chain_cuts, flat_chain, outline_of, read_items
from composevariant.errors import Refused
from composevariant.fast_dockerfile.embedded.inside import log_paths, look_inside
from composevariant.fast_dockerfile.embedded.marks import Marks
from composevariant.fast_dockerfile.embedded.steps import installed_tools
from composevariant.fast_dockerfile.embedded.wrappers import SUFFIX
from composevariant.fast_dockerfile.passes.base import Done, Extra, Info, Skipped
from composevariant.source import Source
from composevariant.text import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from composevariant.dockerfile import Dockerfile, Item, Outline, Rewriting
    from composevariant.fast_dockerfile.embedded.marks import Change, Inside, NewFile
    from composevariant.fast_dockerfile.passes.base import Result, Rung, Work
    from composevariant.sidecars import Preset

RUNG: Final = "sidecar out"


_MARK: Final = re.compile(
    r"^# Made by composevariant from .*\n# composevariant: body (?P<body>[0-9a-f]+)\r?\n", re.MULTILINE
)


_DOWNLOADERS: Final = frozenset(("ADD", "apt-key", "curl", "echo", "gpg", "wget"))


_TOOLS: Final = ("curl", "wget", "unzip", "gnupg", "gnupg2", "gpg", "apt-transport-https")


def sidecar_out(preset: Preset) -> Rung:
    """The rung that takes this sidecar out."""
    return lambda work: _results(work, preset)


def _results(work: Work, preset: Preset) -> Iterator[Result]:
    order, marks = work.order, Marks(preset.embedded, preset.title)
    inside = look_inside(work.dockerfile, preset, order.context, order.targets)
    if not inside.pieces:
        return
    started = next((start for start in order.starts if marks.about(start.text)), None)
    if started is not None:
        place = inside.pieces[0].location
        yield Skipped(RUNG, f"{preset.title}: {started.setting} of the Compose file starts it", place)
        return
    reasons = inside.reasons
    if reasons:
        for piece in reasons:
            yield Skipped(RUNG, f"{preset.title}: {piece.reason}", piece.location)
        return
    files = [_marked(file, preset) for file in inside.files]
    try:
        with work.rewriting.all_or_nothing():
            _apply(work, inside, marks)
            _check(work, preset, files)
    except Refused as refused:
        yield Skipped(RUNG, refused.message, refused.location or inside.pieces[0].location)
        return
    for place in dict.fromkeys([*(each.pieces[0].location for each in inside.changes if each.pieces), *inside.places]):
        yield Done(RUNG, preset.title, place)
    yield from files
    yield from _told(work, inside, preset)


def _apply(work: Work, inside: Inside, marks: Marks) -> None:
    gone = {change.instruction for change in inside.changes if change.goes}
    if gone:
        drop(work.dockerfile, work.rewriting, gone, marks.about)
    for change in inside.changes:
        if not change.goes:
            _change(work.dockerfile, work.rewriting, change)


def _change(dockerfile: Dockerfile, rewriting: Rewriting, change: Change) -> None:
    instruction, escape = change.instruction, dockerfile.escape
    now = outline_of(instruction, escape)
    cuts: list[Cut] = []
    chain = flat_chain(instruction, escape)
    if change.taken is not None and chain is not None:
        cuts += chain_cuts(instruction, chain, change.taken)
        now = now._replace(words=chain_after(instruction, chain, change.taken))
    if change.words:
        cuts += _word_cuts(change)
        now = now._replace(words=tuple(word for at, word in enumerate(now.words) if at not in change.words))
    if change.arguments is not None:
        whole = instruction.arguments
        cuts.append(Cut(*instruction.line.span(whole.begin, whole.end), change.arguments))
        (new,) = _outlines(f"{instruction.name} {change.arguments}\n", escape)
        now = new._replace(flags=now.flags)
    behind = _lines_behind(instruction, change.behind)
    if behind:
        cuts.append(Cut(instruction.end, instruction.end, behind))
    rewriting.cut(instruction, cuts, (now, *_outlines(behind, escape)))


def _word_cuts(change: Change) -> Iterator[Cut]:
    line, words = change.instruction.line, change.instruction.words
    first = next(at for at in range(len(words)) if at not in change.words)
    if first:
        yield Cut(line.offset(words[0].begin), line.offset(words[first].begin))
    for at in change.words:
        if at > first:
            yield Cut(line.offset(words[at - 1].end - 1) + 1, line.offset(words[at].end - 1) + 1)


def _lines_behind(instruction: Instruction, lines: tuple[str, ...]) -> str:
    text = instruction.text
    newline = "\r\n" if "\r\n" in text else "\n"
    joined = "".join(f"{line}{newline}" for line in lines)
    return joined if text.endswith("\n") or not joined else newline + joined.removesuffix(newline)


def _outlines(text: str, escape: str) -> list[Outline]:
    items = read_items(Source("", f"# escape={escape}\n{text}"))
    return [outline_of(item, escape) for item in items if isinstance(item, Instruction)]


def _check(work: Work, preset: Preset, files: list[Extra]) -> None:
    """Look at what was made as if somebody else had.

    Raises:
        Refused: something of the sidecar is left.
    """
    context = work.order.context.with_texts({file.path: file.text for file in files})
    left = look_inside(work.rewriting.dockerfile(), preset, context, work.order.targets).pieces
    ignored = next((file for file in files if work.order.context.is_ignored(file.path)), None)
    if ignored is not None:
        place = next(piece.location for piece in look_inside(work.dockerfile, preset, work.order.context).pieces)
        raise Refused(f"{preset.title}: .dockerignore leaves out {ignored.path}, which would be copied", place)
    if left:
        raise Refused(f"{preset.title}: {left[0].what} would still speak of it", left[0].location)


def _marked(file: NewFile, preset: Preset) -> Extra:
    """The file with a comment that says what it is, below the line that names its interpreter."""
    standard = file.made_of.removesuffix(SUFFIX)
    first, newline, rest = _MARK.sub("", file.text).partition("\n")
    end = "\r\n" if first.endswith("\r") else "\n"
    comment = (
        f"# Made by composevariant from {standard}, without {preset.title}. Edit that, not this file.{end}"
        f"# composevariant: body {digest(first + newline + rest)}{end}"
    )
    has_interpreter = first.startswith("#!")
    text = first + newline + comment + rest if has_interpreter else comment + first + newline + rest
    return Extra(file.path, text, standard)


def is_untouched_extra(text: str) -> bool:
    """Whether a script or configuration is one that we made and nobody edited since."""
    found = _MARK.search(text)
    return found is not None and digest(text[: found.start()] + text[found.end() :]) == found["body"]


def _told(work: Work, inside: Inside, preset: Preset) -> Iterator[Info]:
    place = inside.pieces[0].location
    paths: list[str] = []
    for path in inside.configurations:
        text = work.order.context.read_text(normpath(path))
        paths += log_paths(text, preset.embedded.log_settings) if text else []
    paths = [path for path in paths if not Marks(preset.embedded, preset.title).about(path)]
    if paths:
        shown = ", ".join(dict.fromkeys(paths))
        message = f"nobody collects {shown} any more; docker logs shows what goes to the standard output only"
        yield Info(RUNG, message, place)
    for message, where in inside.notes:
        yield Info(RUNG, message, where)
    yield from _idle_tools(work, inside, preset)


def _idle_tools(work: Work, inside: Inside, preset: Preset) -> Iterator[Info]:
    """Packages that were needed to install the sidecar and may be needed for nothing else. They stay."""
    if not _DOWNLOADERS.intersection(piece.what for piece in inside.pieces):
        return
    new = work.rewriting.dockerfile()
    chains = [(each, flat_chain(each, new.escape)) for stage in new.stages for each in stage.instructions]
    for instruction, chain in chains:
        for command, package in installed_tools(chain) if chain else ():
            others = [each.line.text for each, _ in chains if each is not instruction]
            others += [each.text for each in chain.commands if each is not command] if chain else []
            if package in _TOOLS and not any(package in text for text in others):
                message = f"{package} is still installed, which only the installation of {preset.title} needed here"
                message += "; a health check may use it" if package in ("curl", "wget") else ""
                yield Info(RUNG, message, instruction.source.location(instruction.line.offset(command.begin)))


# Whole instructions taken out of a Dockerfile, with the comments that head them and none of their neighbours'.

_BANNER: Final = re.compile(r"[-=#*~_]{3,}")


def drop(
    dockerfile: Dockerfile, rewriting: Rewriting, gone: Collection[Instruction], speaks: Callable[[str], bool]
) -> None:
    """Take instructions out. `speaks` tells whether a comment is about what goes.

    A comment directly above goes as well, unless the next instruction follows without a blank line: then it may head
    both, and goes only when it speaks of what goes. Lines that draw a rule across the page stay.
    """
    items = dockerfile.items
    going = {at for at, item in enumerate(items) if item in gone}
    for at in sorted(going):
        going |= _headings(items, at, gone, speaks)
    going |= _needless_blanks(items, going)
    owner = next(item for item in items if isinstance(item, Instruction) and item in gone)
    for at in sorted(going):
        item = items[at]
        owner = item if isinstance(item, Instruction) else owner
        rewriting.cut(owner, [Cut(item.start, item.end)], ())


def _headings(
    items: tuple[Item, ...], at: int, gone: Collection[Instruction], speaks: Callable[[str], bool]
) -> set[int]:
    first = at
    while first and items[first - 1].kind == "comment":
        first -= 1
    behind = at + 1
    while behind < len(items) and items[behind] in gone:
        behind += 1
    alone = behind == len(items) or items[behind].kind in ("blank", "comment")
    block = range(first, at)
    if not alone and not any(speaks(items[number].text) for number in block):
        return set()
    return {number for number in block if speaks(items[number].text) or not _BANNER.search(items[number].text)}


def _needless_blanks(items: tuple[Item, ...], going: set[int]) -> set[int]:
    """Blank lines that would follow others, now that what stood between them goes."""
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
