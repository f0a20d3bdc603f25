"""Wrapper scripts that start a sidecar beside the application, and the same without it.

Only what stands at the top level, on a line of its own or in a list of simple commands, can be taken out.
"""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.embedded.commands import part_of, program_of
from composevariant.dockerfile.embedded.lists import and_lists
from composevariant.dockerfile.embedded.verbs import KEEPERS, SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.embedded.lists import AndList, Job
    from composevariant.dockerfile.embedded.marks import Marks
    from composevariant.dockerfile.embedded.verbs import Kind

_OPENERS: Final = frozenset(("if", "case", "for", "while", "until", "select", "{", "("))
_CLOSERS: Final = frozenset(("fi", "esac", "done", "}", ")"))
_BEFORE_COMMAND: Final = frozenset((";", "&", "|", "&&", "||", "then", "do", "else", "elif", "{", "(", "!", ";;"))
_PIECE: Final = re.compile(r"&&|\|\||;;|[;&|(){}]|[^\s;&|(){}]+")
_QUOTED: Final = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|\$\{[^}]*\}|\$\([^)]*\)")
_WATCHES: Final = re.compile(r"\bwait[ \t]+-n\b|\bkill[ \t]+-0\b|\$!|\bpgrep\b|\bpidof\b|\bjobs\b")
_HEREDOC: Final = re.compile(r"(?<!<)<<-?[ \t]*(['\"]?)(\w+)\1")


class ScriptPiece(NamedTuple):
    """What a script does with the sidecar."""

    kind: Kind
    program: str
    line: int
    """Counted from 1."""
    reason: str = ""


class Line(NamedTuple):
    """A logical line: continued lines are one."""

    text: str
    number: int
    start: int
    end: int
    depth: int
    """How many compound commands it is inside of."""
    in_heredoc: bool = False

    @property
    def is_comment(self) -> bool:
        return self.text.lstrip().startswith("#")


class Edited(NamedTuple):
    """A script, what it has of the sidecar, and its text without that."""

    pieces: tuple[ScriptPiece, ...]
    text: str = ""

    @property
    def reason(self) -> str:
        return next((piece.reason for piece in self.pieces if piece.reason), "")


def script_without(text: str, marks: Marks) -> Edited:
    """A script without the sidecar; the pieces say why where that cannot be."""
    lines = list(_lines(text))
    about = [line for line in lines if not line.is_comment and marks.about(line.text)]
    if not about:
        return Edited((), text)
    pieces: list[ScriptPiece] = []
    left: dict[int, str] = {}
    for line in about:
        found, rest = _edited_line(line, marks)
        pieces += found
        left[line.number] = rest
    if not any(piece.reason for piece in pieces):
        reason = _reason_against(lines, left, marks)
        if reason:
            pieces[0] = pieces[0]._replace(reason=reason)
    return Edited(tuple(pieces), _joined(text, lines, left, marks))


def _edited_line(line: Line, marks: Marks) -> tuple[list[ScriptPiece], str]:
    """The pieces of a line, and the line without them."""
    wrong = "is inside a condition, a loop or a function" if line.depth else ""
    if line.in_heredoc:
        wrong = "is in a here-document"
    lists = None if wrong else and_lists(line.text)
    if lists is None:
        wrong = wrong or "is more than simple commands"
        return [ScriptPiece("start", "", line.number, f"the line that speaks of {marks.title} {wrong}")], line.text
    pieces: list[ScriptPiece] = []
    texts: list[str] = []
    for each in lists:
        kept: list[str] = []
        for job in each.jobs:
            piece, rest = _edited_job(job, each, line.number, marks)
            pieces += [piece] if piece else []
            kept += [rest] if rest else []
        if kept:
            texts.append(" && ".join(kept) + (f" {each.end}" if each.end == "&" else each.end))
    indent = line.text[: len(line.text) - len(line.text.lstrip())]
    return pieces, indent + " ".join(texts).rstrip(";") if texts else ""


def _edited_job(job: Job, whole: AndList, number: int, marks: Marks) -> tuple[ScriptPiece | None, str]:
    part = part_of(job.text, job.words, marks)
    if part is None:
        return None, job.text
    reason = part.reason
    by_service = part.program in SERVICES or program_of(job.words)[0].startswith(("/etc/init.d/", "/etc/rc.d/"))
    if part.kind == "start" and whole.waits and not by_service:
        reason = reason or f"the script waits for {marks.title}, which keeps the container alive"
    if "|" in job.words and part.kind == "start":
        reason = reason or f"what {marks.title} prints is piped on"
    rest = ""
    if part.words:
        rest = job.text
        for word in part.words:
            rest = re.sub(rf"[ \t]+{re.escape(word)}(?![^ \t;&|<>])", "", rest, count=1)
    return ScriptPiece(part.kind, part.program, number, reason), rest


def _reason_against(lines: list[Line], left: dict[int, str], marks: Marks) -> str:
    """Why the rest of the script would not run as it did."""
    if lines and (lines[-1].depth != 0 or any(line.depth < 0 for line in lines)):
        return "the script's conditions and loops could not be followed"
    rest = [left.get(line.number, line.text) for line in lines if not line.is_comment]
    rest = [text.strip() for text in rest if text.strip()]
    watching = next((found[0] for text in rest if (found := _WATCHES.search(text))), "")
    if watching:
        return f"the script watches over what it starts ({watching})"
    commands = [job for text in rest for each in and_lists(text) or () for job in each.jobs]
    opaque = any(and_lists(text) is None for text in rest)
    programs = [basename((program_of(job.words) or ("",))[0]) for job in commands]
    if not opaque and all(name in KEEPERS or name in ("", "export") for name in programs):
        return f"it starts nothing but {marks.title}"
    if rest and re.search(r"(?<![&>])&$", rest[-1]):
        return "nothing would be left in the foreground, so the container would end"
    return ""


def _lines(text: str) -> Iterator[Line]:
    """The logical lines, with their depth."""
    depth, number, at = 0, 1, 0
    awaited: list[str] = []
    while at < len(text):
        start, first = at, number
        joined = ""
        while True:
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            piece = text[at:end].rstrip("\r")
            at, number = end + 1, number + 1
            continued = piece.endswith("\\") and not awaited and not joined.lstrip().startswith("#") and at < len(text)
            joined += piece[:-1] if continued else piece
            if not continued:
                break
        inside = bool(awaited)
        if inside and joined.strip() == awaited[0]:
            awaited.pop(0)
        change = 0 if inside or joined.lstrip().startswith("#") else _nesting(joined)
        yield Line(joined, first, start, min(at, len(text)), depth + min(change, 0), inside)
        depth += change
        if not inside and not joined.lstrip().startswith("#"):
            awaited += [found[2] for found in _HEREDOC.finditer(joined)]
    yield Line("", number, len(text), len(text), depth)


def _nesting(line: str) -> int:
    """How many compound commands a line opens more than it closes."""
    change, at_command = 0, True
    for piece in _PIECE.findall(_QUOTED.sub("_", line)):
        if piece.startswith("#"):
            break
        if at_command and piece in _OPENERS - {"{", "("}:
            change += 1
        elif at_command and piece in _CLOSERS - {"}", ")"}:
            change -= 1
        elif piece == "{":
            change += 1
        elif piece == "}":
            change -= 1
        at_command = piece in _BEFORE_COMMAND
    return change


def _joined(text: str, lines: list[Line], left: dict[int, str], marks: Marks) -> str:
    """The text with the lines that are left; comments that head only what goes do so too."""
    parts: list[str] = []
    comments: list[str] = []
    for at, line in enumerate(lines):
        whole = text[line.start : line.end]
        if line.is_comment and not whole.startswith("#!"):
            comments.append(whole)
            continue
        rest = left.get(line.number)
        gone = rest is not None and not rest
        behind = next((each.text.strip() for each in lines[at + 1 :] if left.get(each.number, "-")), "")
        alone = not behind or behind.startswith("#")
        parts += [each for each in comments if not (gone and (alone or marks.about(each)))]
        comments = []
        if gone:
            continue
        if rest is not None:
            newline = whole[len(whole.rstrip("\r\n")) :]
            whole = f"{rest}{newline}"
        if not whole.strip() and parts and not parts[-1].strip() and left:
            continue
        parts.append(whole)
    return "".join((*parts, *comments))
