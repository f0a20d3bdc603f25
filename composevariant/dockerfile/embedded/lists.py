"""Shell text as lists of commands, some of them in the background: what `CMD` and the lines of scripts are made of.

The grammar is that of `chains`, and `&`. What it does not know is opaque, and nobody may look inside.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.chains import RESERVED, WORD

if TYPE_CHECKING:
    from collections.abc import Iterator

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
