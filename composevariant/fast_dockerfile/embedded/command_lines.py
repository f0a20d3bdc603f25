"""Remove a sidecar from `CMD` and `ENTRYPOINT`, so that only the application is started."""

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
from composevariant.fast_dockerfile.embedded.findings import Change, SidecarMatcher, find_in
from composevariant.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from composevariant.sidecars import Preset

_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"$`\\]*\"")
"""A pattern for quoted text that has the same meaning without its quotes."""
_SHELLS: Final = frozenset(("sh", "bash", "ash", "dash"))


class CommandLine(NamedTuple):
    """The command of a start instruction: either a text and the shell that runs it, or words without a shell."""

    shell: tuple[str, ...]
    """The shell and its option, such as `("/bin/bash", "-c")`. Empty for words and for the shell that Docker adds."""
    text: str
    """The text for the shell, or an empty string for words."""
    words: tuple[str, ...]

    def paths(self, workdir: str) -> dict[str, str]:
        """Map each word that may name a file in the image to its absolute path."""
        lists = and_lists(self.text) if self.text else None
        jobs = [job.words for each in lists or () for job in each.jobs]
        words = [word.strip("'\"") for each in jobs for word in each] or list(self.words)
        return {word: normpath(join(workdir, word)) for word in words if word and not word.startswith("-")}


def read_command_line(instruction: Instruction, before: tuple[str, ...] = ()) -> CommandLine:
    """Parse a `CMD` or `ENTRYPOINT`. `before` contains the words of the `ENTRYPOINT` to which a `CMD` is appended."""
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
    """Parse a shell that the text runs, as in `bash -c "..."`."""
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
    """Return the change to a `CMD` or `ENTRYPOINT`, or None if the instruction does not mention the sidecar.

    Args:
        instruction: The `CMD` or `ENTRYPOINT`.
        line: The parsed instruction.
        matcher: Recognises the sidecar.
        keeps_shell: Whether a shell must run the rest, as explained in `must_keep_shell`.
    """
    if not matcher.matches(line.text or " ".join(line.words)):
        return None
    if not line.text:
        return Change(instruction, find_in(instruction, "start", _reason_for_words(instruction, line.words, matcher)))
    if line.words:
        return Change(instruction, find_in(instruction, "start", "the shell has further arguments"))
    started = remove_from_command_line(line.text, matcher)
    if started.reason:
        return Change(instruction, find_in(instruction, "start", started.reason))
    arguments = _arguments(instruction, line, started, keeps_shell=keeps_shell)
    return Change(instruction, find_in(instruction, "start"), arguments=arguments)


def must_keep_shell(instruction: Instruction, line: CommandLine, before: tuple[str, ...], *, has_shell: bool) -> bool:
    """Return whether the application must still be started through a shell.

    An `ENTRYPOINT` without a shell would receive the `CMD` as arguments. A `CMD` after an `ENTRYPOINT` may depend
    on the program's name. A login shell sets more variables, and `SHELL` changes the shell of a command in shell
    form.
    """
    login = bool(line.shell) and line.shell[1] != "-c"
    return instruction.name == "ENTRYPOINT" or bool(before) or login or (has_shell and not line.shell)


def _reason_for_words(instruction: Instruction, words: tuple[str, ...], matcher: SidecarMatcher) -> str:
    if not matcher.matches(words[0]):
        return f"{basename(words[0])} has {matcher.title} as an argument"
    if instruction.name == "ENTRYPOINT":
        return f"{matcher.title} is the ENTRYPOINT: a CMD is only its arguments, so the image starts no application"
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


# Splitting shell text, from a `CMD` or a line in a script, into lists of commands.

_TOKEN: Final = re.compile(
    rf"[ \t]*(?:(?P<redirect>(?:&>>?|[0-9]*(?:<<<|>>|[<>]&|[<>]))[ \t]*(?:{WORD}))"
    rf"|(?P<word>{WORD})|(?P<pipe>\|(?![|&]))|(?P<operator>&&|;(?!;)|&(?!&)))"
)


class Job(NamedTuple):
    """A command with its pipes. `text` extends from offset `begin` to offset `end`."""

    text: str
    begin: int
    end: int
    words: tuple[str, ...]
    """The words as written. A pipe is the word `|`, and redirections are omitted."""


class AndList(NamedTuple):
    """Commands joined by `&&`."""

    jobs: tuple[Job, ...]
    end: str
    """The operator after the list: `&` for the background, otherwise `;`, or an empty string at the end of the text."""

    @property
    def waits(self) -> bool:
        """Return whether the shell waits for the list to end."""
        return self.end != "&"


def and_lists(text: str) -> tuple[AndList, ...] | None:
    """Split a text into the lists that a POSIX shell would run.

    Return None if the text contains more than simple commands.
    """
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
    """Yield each command with the operator after it.

    If the text cannot be parsed further, the last command is None.
    """
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


# Removing the sidecar from a command line.

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
"""Programs that run in the background by default, and the words that keep them in the foreground."""
_NEEDS_SHELL: Final = re.compile(r"[$`*?\[\]~<>|{}#!\\]")


class Remainder(NamedTuple):
    """The rest of a command line without the sidecar."""

    text: str = ""
    """The text for a shell."""
    words: tuple[str, ...] = ()
    """The rest as words without a shell, or empty if the rest needs a shell."""
    reason: str = ""
    """Why the sidecar cannot be removed, or an empty string if it can."""


class _Line(NamedTuple):
    """A list of commands, with the sidecar's role in each command."""

    whole: AndList
    parts: tuple[SidecarCommand | None, ...]

    @property
    def kept(self) -> list[Job]:
        return [job for job, part in zip(self.whole.jobs, self.parts, strict=True) if part is None or part.words]

    @property
    def runs_it(self) -> bool:
        """Return whether the list ends with the sidecar itself and the shell waits for the sidecar."""
        part = self.parts[-1]
        return self.whole.waits and part is not None and part.kind == "start" and part.program not in SERVICES


def remove_from_command_line(text: str, matcher: SidecarMatcher) -> Remainder:
    """Remove the sidecar from a command line that a shell runs."""
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
        return Remainder(reason="no program would stay in the foreground, so the container would exit")
    return _join([(line.kept, line.whole.end) for line in left])


def _reason_against(lines: list[_Line], matcher: SidecarMatcher) -> str:
    parts = [part for line in lines for part in line.parts if part]
    known = next((part.reason for part in parts if part.reason), "")
    if known:
        return known
    if any(part.words for part in parts):
        return f"a command affects {matcher.title} and other things"
    jobs = [job for line in lines for job in line.kept]
    if all(basename((program_of(job.words) or ("",))[0]) in KEEPERS for job in jobs):
        return f"it starts nothing but {matcher.title}"
    piped = next(
        (job for line in lines for job in line.whole.jobs if "|" in job.words and matcher.matches(job.text)), None
    )
    return f"the output of {matcher.title} is piped to another command" if piped else ""


def _by_service(line: _Line) -> bool:
    """Return whether an init script starts the sidecar and then returns."""
    words = program_of(line.whole.jobs[-1].words)
    return bool(words) and _BY_SCRIPT.match(words[0]) is not None


def _bring_to_front(lines: list[_Line], left: list[_Line], matcher: SidecarMatcher) -> Remainder:
    """Move the application to the foreground, because until now the sidecar has kept the container running."""
    if any(program_of(job.words)[:1] != ("sleep",) for job in lines[-1].kept):
        return Remainder(reason=f"{matcher.title} keeps the container alive: the command before it returns")
    left = [line for line in left if line is not lines[-1]]
    background = [line for line in left if not line.whole.waits]
    if len(background) != 1:
        wrong = "several programs are in the background" if background else "the command before it returns"
        return Remainder(reason=f"{matcher.title} keeps the container alive: {wrong}")
    at = left.index(background[0])
    if any(program_of(job.words)[:1] != ("sleep",) for line in left[at + 1 :] for job in line.kept):
        return Remainder(reason="commands run between the application and the sidecar")
    application = background[0].kept[-1]
    if runs_in_background(application):
        name = basename(program_of(application.words)[0])
        return Remainder(reason=f"{name} may run in the background, and only {matcher.title} keeps the container alive")
    return _join([(line.kept, line.whole.end) for line in left[:at]] + [(background[0].kept, "")])


def runs_in_background(job: Job) -> bool:
    """Return whether a command is known to return while its program continues to run."""
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
    """Join the lists into a text whose last command replaces the shell if that makes no other difference."""
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
    """Return the words of a command that needs no shell, or nothing if the command needs a shell."""
    from shlex import split

    unquoted = re.sub(r"'[^']*'", "", job.text)
    if _NEEDS_SHELL.search(unquoted) or "|" in job.words:
        return ()
    words = split(job.text)
    words = words[1:] if words[0] == "exec" and len(words) > 1 and not words[1].startswith("-") else words
    return () if "=" in words[0] or words[0] in BUILTINS else tuple(words)


def remove_sidecars(instruction: Instruction, presets: Iterable[Preset], *, keeps_shell: bool) -> Instruction:
    """Return a `CMD` or `ENTRYPOINT` without these sidecars, except for sidecars that cannot be removed."""
    for preset in presets:
        matcher = SidecarMatcher(preset.embedded, preset.title)
        change = change_start(instruction, read_command_line(instruction), matcher, keeps_shell=keeps_shell)
        if change is not None and change.arguments is not None:
            (item,) = read_items(Source("", f"{instruction.name} {change.arguments}\n"))
            instruction = item if isinstance(item, Instruction) else instruction
    return instruction
