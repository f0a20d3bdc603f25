"""The application behind a command line that starts a sidecar too."""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.embedded.commands import Part, part_of, program_of
from composevariant.dockerfile.embedded.lists import AndList, Job, and_lists
from composevariant.dockerfile.embedded.verbs import BUILTINS, KEEPERS, SERVICES

if TYPE_CHECKING:
    from composevariant.dockerfile.embedded.marks import Marks

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


class Started(NamedTuple):
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
    parts: tuple[Part | None, ...]

    @property
    def kept(self) -> list[Job]:
        return [job for job, part in zip(self.whole.jobs, self.parts, strict=True) if part is None or part.words]

    @property
    def runs_it(self) -> bool:
        """Whether the shell runs the sidecar itself here, last, and waits for it."""
        part = self.parts[-1]
        return self.whole.waits and part is not None and part.kind == "start" and part.program not in SERVICES


def without_sidecar(text: str, marks: Marks) -> Started:
    """The application of a command line that a shell runs, without the sidecar."""
    lists = and_lists(text)
    if lists is None:
        return Started(reason="the command line is more than commands joined by &, && and ;")
    lines = [_Line(each, tuple(part_of(job.text, job.words, marks) for job in each.jobs)) for each in lists]
    reason = _reason_against(lines, marks)
    if reason:
        return Started(reason=reason)
    ended = lines[-1].runs_it and not _by_service(lines[-1])
    left = [line for line in lines if line.kept]
    if ended:
        return _brought_to_front(lines, left, marks)
    if not left[-1].whole.waits:
        return Started(reason="nothing would be left in the foreground, so the container would end")
    return _written([(line.kept, line.whole.end) for line in left])


def _reason_against(lines: list[_Line], marks: Marks) -> str:
    parts = [part for line in lines for part in line.parts if part]
    known = next((part.reason for part in parts if part.reason), "")
    if known:
        return known
    if any(part.words for part in parts):
        return f"a command is about {marks.title} and other things"
    jobs = [job for line in lines for job in line.kept]
    if all(basename((program_of(job.words) or ("",))[0]) in KEEPERS for job in jobs):
        return f"it starts nothing but {marks.title}"
    piped = next((job for line in lines for job in line.whole.jobs if "|" in job.words and marks.about(job.text)), None)
    return f"what {marks.title} prints is piped on" if piped else ""


def _by_service(line: _Line) -> bool:
    """Whether an init script starts the sidecar and returns."""
    words = program_of(line.whole.jobs[-1].words)
    return bool(words) and _BY_SCRIPT.match(words[0]) is not None


def _brought_to_front(lines: list[_Line], left: list[_Line], marks: Marks) -> Started:
    """The container ran as long as the sidecar did: now it runs as long as the application."""
    if any(program_of(job.words)[:1] != ("sleep",) for job in lines[-1].kept):
        return Started(reason=f"{marks.title} keeps the container alive: what starts before it returns")
    left = [line for line in left if line is not lines[-1]]
    behind = [line for line in left if not line.whole.waits]
    if len(behind) != 1:
        wrong = "several programs are in the background" if behind else "what starts before it returns"
        return Started(reason=f"{marks.title} keeps the container alive: {wrong}")
    at = left.index(behind[0])
    if any(program_of(job.words)[:1] != ("sleep",) for line in left[at + 1 :] for job in line.kept):
        return Started(reason="commands between the application and the end would come too late or too early")
    application = behind[0].kept[-1]
    if goes_into_background(application):
        name = basename(program_of(application.words)[0])
        return Started(reason=f"{name} may go into the background, and only {marks.title} keeps the container alive")
    return _written([(line.kept, line.whole.end) for line in left[:at]] + [(behind[0].kept, "")])


def goes_into_background(job: Job) -> bool:
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


def _written(lists: list[tuple[list[Job], str]]) -> Started:
    """The lists as text, the last command in the place of the shell where that is the same."""
    jobs, _ = lists[-1]
    last = jobs[-1]
    only = len(lists) == 1 and len(jobs) == 1
    words = _plain_words(last) if only else ()
    if words:
        return Started(" ".join(last.text.split()), words)
    texts = [" && ".join(job.text for job in jobs) for jobs, _ in lists]
    if _can_replace_shell(last) and all(end != "&" for _, end in lists):
        texts[-1] = texts[-1][: len(texts[-1]) - len(last.text)] + f"exec {last.text}"
    ends = [end for _, end in lists[:-1]]
    joined = "".join(f"{text}{' &' if end == '&' else end} " for text, end in zip(texts, ends, strict=False))
    return Started(joined + texts[-1])


def _can_replace_shell(job: Job) -> bool:
    first = job.words[0]
    return "|" not in job.words and "=" not in first and "$" not in first and basename(first) not in BUILTINS


def _plain_words(job: Job) -> tuple[str, ...]:
    """The words of a command that needs no shell; none when it needs one."""
    from shlex import split

    unquoted = re.sub(r"'[^']*'", "", job.text)
    if _NEEDS_SHELL.search(unquoted) or "|" in job.words:
        return ()
    words = split(job.text)
    words = words[1:] if words[0] == "exec" and len(words) > 1 and not words[1].startswith("-") else words
    return () if "=" in words[0] or words[0] in BUILTINS else tuple(words)
