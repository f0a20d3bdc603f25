"""A fast Dockerfile made of the standard one, with a comment that says so and tells when the standard one moved on."""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile import Directive, Rewriting, read_dockerfile
from composevariant.errors import UnusableInput
from composevariant.fast_dockerfile.passes.base import Done, Extra, Info, Skipped, Work
from composevariant.fast_dockerfile.passes.cache_mounts import mount_caches
from composevariant.fast_dockerfile.passes.compile_cache import cache_compiling
from composevariant.fast_dockerfile.passes.dependency_stage import compile_crates_first
from composevariant.fast_dockerfile.passes.manifests_first import put_manifests_first
from composevariant.fast_dockerfile.passes.slimming import slim
from composevariant.text import digest

if TYPE_CHECKING:
    from composevariant.dockerfile import Dockerfile
    from composevariant.fast_dockerfile.passes.base import BuildRequest, Result, Rung
    from composevariant.source import Source

_HEADER: Final = re.compile(
    r"^# Made by composevariant from .*\n#   .*\n"
    r"# composevariant: source (?P<source>[0-9a-f]+) body (?P<body>[0-9a-f]+)\r?\n",
    re.MULTILINE,
)


class Fast(NamedTuple):
    """What became of a Dockerfile."""

    body: str
    """Without the comment at its top; the standard file's own text where nothing was done."""
    text: str
    done: tuple[Done, ...]
    refused: tuple[Skipped, ...]
    told: tuple[Info, ...] = ()
    files: tuple[Extra, ...] = ()
    """Files of the build context that it needs."""


def fast_dockerfile(source: Source, order: BuildRequest) -> Fast:
    """Make the fast Dockerfile.

    Raises:
        UnusableInput: it cannot be read, or was itself made by composevariant.
    """
    if _HEADER.search(source.text):
        hint = "name the service's standard Dockerfile in the Compose file"
        raise UnusableInput("was made by composevariant and cannot be a source", source.location(0), hint)
    dockerfile = read_dockerfile(source)
    results: list[Result] = []
    for rung in rungs_for(order):
        dockerfile, found = _climbed(rung, dockerfile, order)
        results += found
        made = {each.path: each.text for each in found if isinstance(each, Extra)}
        order = order._replace(context=order.context.with_texts(made)) if made else order
    body = dockerfile.source.text
    at = max((item.end for item in dockerfile.items if isinstance(item, Directive)), default=0)
    header = _header(source, order, body)
    return Fast(
        body,
        body[:at] + header + body[at:],
        tuple(result for result in results if isinstance(result, Done)),
        tuple(result for result in results if isinstance(result, Skipped)),
        tuple(result for result in results if isinstance(result, Info)),
        tuple({result.path: result for result in results if isinstance(result, Extra)}.values()),
    )


def _climbed(rung: Rung, dockerfile: Dockerfile, order: BuildRequest) -> tuple[Dockerfile, list[Result]]:
    """What a rung makes of a Dockerfile; one that moves something may then find more to move."""
    done: list[Result] = []
    while True:
        rewriting = Rewriting(dockerfile)
        found = list(rung(Work(dockerfile, rewriting, order)))
        dockerfile = rewriting.dockerfile()
        if rung not in REPEATED or not any(isinstance(each, Done) for each in found):
            return dockerfile, [*done, *found]
        done += (each for each in found if isinstance(each, Done))


class MadeFrom(NamedTuple):
    """What the comment in a file of ours says."""

    source: str
    """The digest of what it was made of."""
    untouched: bool
    """Whether nobody edited it since."""


def made_from(text: str) -> MadeFrom | None:
    """What a fast Dockerfile was made of; None for one that is not ours."""
    found = _HEADER.search(text)
    if found is None:
        return None
    return MadeFrom(found["source"], digest(text[: found.start()] + text[found.end() :]) == found["body"])


def is_untouched(text: str) -> bool:
    """Whether a fast Dockerfile is one that we made and nobody edited since."""
    made = made_from(text)
    return made is not None and made.untouched


def copy_of(source: Source, order: BuildRequest) -> str:
    """The ignore file of a fast Dockerfile: what the standard one's says, below a comment that says so."""
    return _header(source, order, source.text) + source.text


def _header(source: Source, order: BuildRequest, body: str) -> str:
    lines = (
        f"# Made by composevariant from {basename(source.name)}. Edit that, not this file, and run",
        f"#   {order.command}",
        f"# composevariant: source {digest(source.text)} body {digest(body)}",
    )
    newline = "\r\n" if "\r\n" in source.text else "\n"
    return "".join(f"{''.join(char if char.isprintable() else '?' for char in line)}{newline}" for line in lines)


# All rungs, in the order in which they work: each one reads what those before have written.

RUNGS: Final[tuple[Rung, ...]] = (put_manifests_first, mount_caches, cache_compiling, compile_crates_first, slim)


REPEATED: Final[tuple[Rung, ...]] = (put_manifests_first,)
"""Those that are done again while they find something to do."""


def rungs_for(order: BuildRequest) -> tuple[Rung, ...]:
    """Sidecars go first, each by itself: nothing need be done for steps that are not there any more."""
    if not order.sidecars:
        return RUNGS
    from composevariant.fast_dockerfile.passes.sidecar_out import sidecar_out

    return (*(sidecar_out(preset) for preset in order.sidecars), *RUNGS)
