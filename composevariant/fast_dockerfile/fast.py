"""A fast Dockerfile made of the standard one, with a comment that says so and tells when the standard one moved on."""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile import Directive, Rewriting, read_dockerfile
from composevariant.errors import UnusableInput
from composevariant.fast_dockerfile.passes.base import Applied, PassInput, PassNote, ReplacementFile, Skipped
from composevariant.fast_dockerfile.passes.cache_mounts import mount_caches
from composevariant.fast_dockerfile.passes.compile_cache import cache_compiling
from composevariant.fast_dockerfile.passes.dependency_stage import compile_crates_first
from composevariant.fast_dockerfile.passes.manifests_first import put_manifests_first
from composevariant.fast_dockerfile.passes.slimming import slim_ownership
from composevariant.text import digest

if TYPE_CHECKING:
    from composevariant.dockerfile import Dockerfile
    from composevariant.fast_dockerfile.passes.base import BuildRequest, Pass, Result
    from composevariant.source import Source

_HEADER: Final = re.compile(
    r"^# Made by composevariant from .*\n#   .*\n"
    r"# composevariant: source (?P<source>[0-9a-f]+) body (?P<body>[0-9a-f]+)\r?\n",
    re.MULTILINE,
)


class FastDockerfile(NamedTuple):
    """What became of a Dockerfile."""

    body: str
    """Without the comment at its top; the standard file's own text where nothing was done."""
    text: str
    done: tuple[Applied, ...]
    refused: tuple[Skipped, ...]
    told: tuple[PassNote, ...] = ()
    files: tuple[ReplacementFile, ...] = ()
    """Files of the build context that it needs."""


def fast_dockerfile(source: Source, request: BuildRequest) -> FastDockerfile:
    """Make the fast Dockerfile.

    Raises:
        UnusableInput: it cannot be read, or was itself made by composevariant.
    """
    if _HEADER.search(source.text):
        hint = "name the service's standard Dockerfile in the Compose file"
        raise UnusableInput("was made by composevariant and cannot be a source", source.location(0), hint)
    dockerfile = read_dockerfile(source)
    results: list[Result] = []
    for rung in passes_for(request):
        dockerfile, found = _climbed(rung, dockerfile, request)
        results += found
        made = {each.path: each.text for each in found if isinstance(each, ReplacementFile)}
        request = request._replace(context=request.context.with_texts(made)) if made else request
    body = dockerfile.source.text
    at = max((item.end for item in dockerfile.items if isinstance(item, Directive)), default=0)
    header = _header(source, request, body)
    return FastDockerfile(
        body,
        body[:at] + header + body[at:],
        tuple(result for result in results if isinstance(result, Applied)),
        tuple(result for result in results if isinstance(result, Skipped)),
        tuple(result for result in results if isinstance(result, PassNote)),
        tuple({result.path: result for result in results if isinstance(result, ReplacementFile)}.values()),
    )


def _climbed(rung: Pass, dockerfile: Dockerfile, request: BuildRequest) -> tuple[Dockerfile, list[Result]]:
    """What a rung makes of a Dockerfile; one that moves something may then find more to move."""
    done: list[Result] = []
    while True:
        rewriting = Rewriting(dockerfile)
        found = list(rung(PassInput(dockerfile, rewriting, request)))
        dockerfile = rewriting.dockerfile()
        if rung not in REPEATED_PASSES or not any(isinstance(each, Applied) for each in found):
            return dockerfile, [*done, *found]
        done += (each for each in found if isinstance(each, Applied))


class Header(NamedTuple):
    """What the comment in a file of ours says."""

    source: str
    """The digest of what it was made of."""
    untouched: bool
    """Whether nobody edited it since."""


def read_header(text: str) -> Header | None:
    """What a fast Dockerfile was made of; None for one that is not ours."""
    found = _HEADER.search(text)
    if found is None:
        return None
    return Header(found["source"], digest(text[: found.start()] + text[found.end() :]) == found["body"])


def is_untouched(text: str) -> bool:
    """Whether a fast Dockerfile is one that we made and nobody edited since."""
    made = read_header(text)
    return made is not None and made.untouched


def make_ignore_file(source: Source, request: BuildRequest) -> str:
    """The ignore file of a fast Dockerfile: what the standard one's says, below a comment that says so."""
    return _header(source, request, source.text) + source.text


def _header(source: Source, request: BuildRequest, body: str) -> str:
    lines = (
        f"# Made by composevariant from {basename(source.name)}. Edit that, not this file, and run",
        f"#   {request.command}",
        f"# composevariant: source {digest(source.text)} body {digest(body)}",
    )
    newline = "\r\n" if "\r\n" in source.text else "\n"
    return "".join(f"{''.join(char if char.isprintable() else '?' for char in line)}{newline}" for line in lines)


# All rungs, in the order in which they work: each one reads what those before have written.

PASSES: Final[tuple[Pass, ...]] = (
    put_manifests_first,
    mount_caches,
    cache_compiling,
    compile_crates_first,
    slim_ownership,
)


REPEATED_PASSES: Final[tuple[Pass, ...]] = (put_manifests_first,)
"""Those that are done again while they find something to do."""


def passes_for(request: BuildRequest) -> tuple[Pass, ...]:
    """Sidecars go first, each by itself: nothing need be done for steps that are not there any more."""
    if not request.sidecars:
        return PASSES
    from composevariant.fast_dockerfile.passes.sidecar_out import sidecar_out

    return (*(sidecar_out(preset) for preset in request.sidecars), *PASSES)
