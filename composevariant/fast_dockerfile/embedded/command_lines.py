"""`CMD` and `ENTRYPOINT` without a sidecar: the application that they start."""

from __future__ import annotations

import json
import re
from posixpath import basename, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile import RESERVED, WORD, Instruction, read_items
from composevariant.fast_dockerfile.embedded.commands import (
    BUILTINS,
    KEEPERS,
    SERVICES,
    SidecarCommand,
    inspect_command,
    program_of,
)
from composevariant.fast_dockerfile.embedded.findings import Change, Finding, SidecarMatcher
from composevariant.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.sidecars import Preset

_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"$`\\]*\"")
"""What means the same without its quotes."""


_SHELLS: Final = frozenset(("sh", "bash", "ash", "dash"))


class CommandLine(NamedTuple):
    """What an instruction starts: shell text with what runs it, or words without a shell."""

    shell: tuple[str, ...]
    """`("/bin/bash", "-c")`; empty for words, and for the shell that Docker adds."""
    text: str
    """"" for words."""
    words: tuple[str, ...]

    def paths(self, workdir: str) -> dict[str, str]:
        """The words that may name a file in the image, and where that is."""
        lists = and_lists(self.text) if self.text else None
        jobs = [job.words for each in lists or () for job in each.jobs]
        words = [word.strip("'\"") for each in jobs for word in each] or list(self.words)
        return {word: normpath(join(workdir, word)) for word in words if word and not word.startswith("-")}


def read_command_line(instruction: Instruction, before: tuple[str, ...] = ()) -> CommandLine:
    """How an instruction starts things; `before` is the ENTRYPOINT in whose list the words of a CMD stand."""
    words = tuple(word.value for word in instruction.words)
    if not instruction.json:
        text = instruction.arguments.value
        inner = _shell_in(text)
        return inner or CommandLine((), text, ())
    if _is_shell(before) and len(words) == 1:
        return CommandLine((), words[0], ())
    match words:
        case (shell, option, text, *more) if _is_shell((shell, option)):
            return CommandLine((shell, option), text, tuple(more))
    return CommandLine((), "", words)


def _is_shell(words: tuple[str, ...]) -> bool:
    match words:
        case (shell, option):
            return basename(shell) in _SHELLS and option.startswith("-") and option.endswith("c")
    return False


def _shell_in(text: str) -> CommandLine | None:
    """The shell that a shell is asked to run: `bash -c "..."`."""
    lists = and_lists(text)
    if lists is None or len(lists) != 1 or len(lists[0].jobs) != 1 or lists[0].end:
        return None
    words = lists[0].jobs[0].words
    match words[1:] if words[:1] == ("exec",) else words:
        case (shell, option, text) if _is_shell((shell, option)) and _QUOTED.fullmatch(text):
            return CommandLine((shell, option), text[1:-1], ())
    return None


def change_start(
    instruction: Instruction, line: CommandLine, matcher: SidecarMatcher, *, keeps_shell: bool
) -> Change | None:
    """What becomes of a `CMD` or `ENTRYPOINT`; None when it has nothing of the sidecar.

    Args:
        instruction: The `CMD` or `ENTRYPOINT`.
        line: What it starts.
        matcher: By what the sidecar is known.
        keeps_shell: Whether a shell has to run what is left, see `must_keep_shell`.
    """
    if not matcher.matches(line.text or " ".join(line.words)):
        return None
    if not line.text:
        return _refuse(instruction, _reason_for_words(instruction, line.words, matcher))
    if line.words:
        return _refuse(instruction, "the shell is given further arguments")
    started = remove_from_command_line(line.text, matcher)
    if started.reason:
        return _refuse(instruction, started.reason)
    arguments = _arguments(instruction, line, started, keeps_shell=keeps_shell)
    return Change(instruction, _finding(instruction), arguments=arguments)


def must_keep_shell(instruction: Instruction, line: CommandLine, before: tuple[str, ...], *, has_shell: bool) -> bool:
    """Whether the application must go on being run by a shell.

    An `ENTRYPOINT` without one would be given the words of a `CMD`, which a shell ignores. An `ENTRYPOINT` before a
    `CMD` may act on the name of the program. A `SHELL` says what runs a text, and a login shell knows more variables.
    """
    login = bool(line.shell) and line.shell[1] != "-c"
    return instruction.name == "ENTRYPOINT" or bool(before) or login or (has_shell and not line.shell)


def _refuse(instruction: Instruction, reason: str) -> Change:
    return Change(instruction, _finding(instruction, reason))


def _finding(instruction: Instruction, reason: str = "") -> tuple[Finding, ...]:
    return (Finding("start", instruction.name, instruction.location(), reason),)


def _reason_for_words(instruction: Instruction, words: tuple[str, ...], matcher: SidecarMatcher) -> str:
    if not matcher.matches(words[0]):
        return f"{basename(words[0])} is given {matcher.title} as an argument"
    if instruction.name == "ENTRYPOINT":
        return f"{matcher.title} is the ENTRYPOINT: a CMD is only its arguments, so no application ever ran"
    return f"it starts nothing but {matcher.title}"


def _arguments(instruction: Instruction, line: CommandLine, started: Remainder, *, keeps_shell: bool) -> str:
    if started.words and not keeps_shell:
        return _json(started.words)
    replaces = bool(started.words) and not started.text.startswith("exec ")
    text = f"exec {started.text}" if replaces else started.text
    if line.shell:
        return _json([*line.shell, text])
    return _json([text]) if instruction.json else text


def _json(words: tuple[str, ...] | list[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False)


# Shell text as lists of commands, some of them in the background: what `CMD` and the lines of scripts are made
# of.

_TOKEN: Final = re.compile(
    rf"[ \t]*(?:(?P<redirect>(?:&>>?|[0-9]*(?:<<<|>>|[<>]&|[<>]))[ \t]*(?:{WORD}))"
    rf"|(?P<word>{WORD})|(?P<pipe>\|(?![|&]))|(?P<operator>&&|;(?!;)|&(?!&)))"
)


class Job(NamedTuple):
    """A command, pipes included: `text` is what stands from `begin` to `end`."""

    text: str
    begin: int
    end: int
    words: tuple[str, ...]
    """As written. A pipe is the word `|`; redirections are left out."""


class AndList(NamedTuple):
    """Commands joined by `&&`."""

    jobs: tuple[Job, ...]
    end: str
    """`&` for one in the background, else `;`; "" behind the last one."""

    @property
    def waits(self) -> bool:
        """Whether the shell waits for it."""
        return self.end != "&"


def and_lists(text: str) -> tuple[AndList, ...] | None:
    """The lists that a text is for a POSIX shell, in order; None when it is opaque."""
    lists: list[AndList] = []
    jobs: list[Job] = []
    for job, operator in _jobs(text.rstrip()):
        if job is None or _is_compound(job):
            return None
        jobs.append(job)
        if operator != "&&":
            lists.append(AndList(tuple(jobs), operator))
            jobs = []
    return None if jobs else tuple(lists)


def _jobs(text: str) -> Iterator[tuple[Job | None, str]]:
    """Each command with the operator behind it; None for what is none, which ends it."""
    words: list[str] = []
    begin, end, at = -1, -1, 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            yield None, ""
            return
        at = token.end()
        if token.lastgroup != "operator":
            begin, end = token.start(token.lastgroup or 0) if begin < 0 else begin, at
            words += [] if token.lastgroup == "redirect" else [token[0].lstrip(" \t")]
            continue
        yield _job(text, begin, end, words), token["operator"]
        words, begin = [], -1
    if begin >= 0:
        yield _job(text, begin, end, words), ""


def _job(text: str, begin: int, end: int, words: list[str]) -> Job | None:
    return Job(text[begin:end], begin, end, tuple(words)) if begin >= 0 and words else None


def _is_compound(job: Job) -> bool:
    first = True
    for word in (*job.words, "|"):
        if first and (word == "|" or word in RESERVED):
            return True
        first = word == "|"
    return False


# The application behind a command line that starts a sidecar too.

_DAEMON_WORDS: Final = frozenset(("-d", "-D", "--daemon", "--daemonize", "--background", "-daemon"))


_BY_SCRIPT: Final = re.compile(r"^/etc/init\.d/|^/etc/rc\.d/")


_STAYS: Final[dict[str, tuple[str, ...]]] = {
    "nginx": ("daemon off",),
    "apachectl": ("FOREGROUND", "-X"),
    "apache2ctl": ("FOREGROUND", "-X"),
    "httpd": ("FOREGROUND", "-X"),
    "apache2": ("FOREGROUND", "-X"),
    "catalina.sh": (" run",),
    "supervisord": ("-n", "--nodaemon"),
    "sshd": ("-D",),
    "crond": ("-f", "-n"),
    "cron": ("-f",),
    "startup.sh": (),
    "php-fpm": ("-F", "--nodaemonize"),
}
"""Programs that go into the background on their own, and what keeps them from it."""


_NEEDS_SHELL: Final = re.compile(r"[$`*?\[\]~<>|{}#!\\]")


class Remainder(NamedTuple):
    """What is left of a command line."""

    text: str = ""
    """For a shell."""
    words: tuple[str, ...] = ()
    """The same without a shell; empty when it needs one."""
    reason: str = ""
    """Why the sidecar cannot be taken out."""


class _Line(NamedTuple):
    """A list of the command line, and what its commands have to do with the sidecar."""

    whole: AndList
    parts: tuple[SidecarCommand | None, ...]

    @property
    def kept(self) -> list[Job]:
        return [job for job, part in zip(self.whole.jobs, self.parts, strict=True) if part is None or part.words]

    @property
    def runs_it(self) -> bool:
        """Whether the shell runs the sidecar itself here, last, and waits for it."""
        part = self.parts[-1]
        return self.whole.waits and part is not None and part.kind == "start" and part.program not in SERVICES


def remove_from_command_line(text: str, matcher: SidecarMatcher) -> Remainder:
    """The application of a command line that a shell runs, without the sidecar."""
    lists = and_lists(text)
    if lists is None:
        return Remainder(reason="the command line is more than commands joined by &, && and ;")
    lines = [_Line(each, tuple(inspect_command(job.text, job.words, matcher) for job in each.jobs)) for each in lists]
    reason = _reason_against(lines, matcher)
    if reason:
        return Remainder(reason=reason)
    ended = lines[-1].runs_it and not _by_service(lines[-1])
    left = [line for line in lines if line.kept]
    if ended:
        return _bring_to_front(lines, left, matcher)
    if not left[-1].whole.waits:
        return Remainder(reason="nothing would be left in the foreground, so the container would end")
    return _join([(line.kept, line.whole.end) for line in left])


def _reason_against(lines: list[_Line], matcher: SidecarMatcher) -> str:
    parts = [part for line in lines for part in line.parts if part]
    known = next((part.reason for part in parts if part.reason), "")
    if known:
        return known
    if any(part.words for part in parts):
        return f"a command is about {matcher.title} and other things"
    jobs = [job for line in lines for job in line.kept]
    if all(basename((program_of(job.words) or ("",))[0]) in KEEPERS for job in jobs):
        return f"it starts nothing but {matcher.title}"
    piped = next(
        (job for line in lines for job in line.whole.jobs if "|" in job.words and matcher.matches(job.text)), None
    )
    return f"what {matcher.title} prints is piped on" if piped else ""


def _by_service(line: _Line) -> bool:
    """Whether an init script starts the sidecar and returns."""
    words = program_of(line.whole.jobs[-1].words)
    return bool(words) and _BY_SCRIPT.match(words[0]) is not None


def _bring_to_front(lines: list[_Line], left: list[_Line], matcher: SidecarMatcher) -> Remainder:
    """The container ran as long as the sidecar did: now it runs as long as the application."""
    if any(program_of(job.words)[:1] != ("sleep",) for job in lines[-1].kept):
        return Remainder(reason=f"{matcher.title} keeps the container alive: what starts before it returns")
    left = [line for line in left if line is not lines[-1]]
    background = [line for line in left if not line.whole.waits]
    if len(background) != 1:
        wrong = "several programs are in the background" if background else "what starts before it returns"
        return Remainder(reason=f"{matcher.title} keeps the container alive: {wrong}")
    at = left.index(background[0])
    if any(program_of(job.words)[:1] != ("sleep",) for line in left[at + 1 :] for job in line.kept):
        return Remainder(reason="commands between the application and the end would come too late or too early")
    application = background[0].kept[-1]
    if runs_in_background(application):
        name = basename(program_of(application.words)[0])
        return Remainder(
            reason=f"{name} may go into the background, and only {matcher.title} keeps the container alive"
        )
    return _join([(line.kept, line.whole.end) for line in left[:at]] + [(background[0].kept, "")])


def runs_in_background(job: Job) -> bool:
    """Whether a command is known to return while its program goes on."""
    words = program_of(job.words)
    if not words:
        return True
    program = basename(words[0])
    if program in SERVICES or _BY_SCRIPT.match(words[0]) or not _DAEMON_WORDS.isdisjoint(words[1:]):
        return program not in _STAYS or not any(word in job.text for word in _STAYS[program])
    if program in _STAYS:
        return not any(word in job.text for word in _STAYS[program])
    return False


def _join(lists: list[tuple[list[Job], str]]) -> Remainder:
    """The lists as text, the last command in the place of the shell where that is the same."""
    jobs, _ = lists[-1]
    last = jobs[-1]
    only = len(lists) == 1 and len(jobs) == 1
    words = _words_without_shell(last) if only else ()
    if words:
        return Remainder(" ".join(last.text.split()), words)
    texts = [" && ".join(job.text for job in jobs) for jobs, _ in lists]
    if _can_replace_shell(last) and all(end != "&" for _, end in lists):
        texts[-1] = texts[-1][: len(texts[-1]) - len(last.text)] + f"exec {last.text}"
    ends = [end for _, end in lists[:-1]]
    joined = "".join(f"{text}{' &' if end == '&' else end} " for text, end in zip(texts, ends, strict=False))
    return Remainder(joined + texts[-1])


def _can_replace_shell(job: Job) -> bool:
    first = job.words[0]
    return "|" not in job.words and "=" not in first and "$" not in first and basename(first) not in BUILTINS


def _words_without_shell(job: Job) -> tuple[str, ...]:
    """The words of a command that needs no shell; none when it needs one."""
    from shlex import split

    unquoted = re.sub(r"'[^']*'", "", job.text)
    if _NEEDS_SHELL.search(unquoted) or "|" in job.words:
        return ()
    words = split(job.text)
    words = words[1:] if words[0] == "exec" and len(words) > 1 and not words[1].startswith("-") else words
    return () if "=" in words[0] or words[0] in BUILTINS else tuple(words)


# What an instruction starts besides a sidecar.


def remove_sidecars(instruction: Instruction, presets: Iterable[Preset], *, keeps_shell: bool) -> Instruction:
    """A `CMD` or `ENTRYPOINT` as it would be without these sidecars; as it is where they cannot be taken out."""
    for preset in presets:
        matcher = SidecarMatcher(preset.embedded, preset.title)
        change = change_start(instruction, read_command_line(instruction), matcher, keeps_shell=keeps_shell)
        if change is not None and change.arguments is not None:
            (item,) = read_items(Source("", f"{instruction.name} {change.arguments}\n"))
            instruction = item if isinstance(item, Instruction) else instruction
    return instruction
