"""Make a fast Dockerfile from the standard one, with a header that records both digests."""

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
    """The fast Dockerfile, and the results of all passes. The JSON output uses the names of these fields."""

    body: str
    """The Dockerfile without our header; the text of the standard file if no pass changed anything."""
    text: str
    done: tuple[Applied, ...]
    refused: tuple[Skipped, ...]
    told: tuple[PassNote, ...] = ()
    files: tuple[ReplacementFile, ...] = ()
    """Files that have to be added to the build context."""


def fast_dockerfile(source: Source, request: BuildRequest) -> FastDockerfile:
    """Make the fast Dockerfile.

    Raises:
        UnusableInput: The Dockerfile cannot be read, or composevariant made it.
    """
    if _HEADER.search(source.text):
        hint = "name the service's standard Dockerfile in the Compose file"
        raise UnusableInput("was made by composevariant and cannot be a source", source.location(0), hint)
    dockerfile = read_dockerfile(source)
    results: list[Result] = []
    for run in passes_for(request):
        dockerfile, found = _run_pass(run, dockerfile, request)
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


def _run_pass(run: Pass, dockerfile: Dockerfile, request: BuildRequest) -> tuple[Dockerfile, list[Result]]:
    """Run a pass, several times if it is one of `REPEATED_PASSES`. Return the new Dockerfile and the results."""
    done: list[Result] = []
    while True:
        rewriting = Rewriting(dockerfile)
        found = list(run(PassInput(dockerfile, rewriting, request)))
        dockerfile = rewriting.dockerfile()
        if run not in REPEATED_PASSES or not any(isinstance(each, Applied) for each in found):
            return dockerfile, [*done, *found]
        done += (each for each in found if isinstance(each, Applied))


class Header(NamedTuple):
    """The header of a file that composevariant made."""

    source: str
    """The digest of the standard file."""
    untouched: bool
    """Whether the file is as composevariant wrote it."""


def read_header(text: str) -> Header | None:
    """Read the header of a fast Dockerfile; None if composevariant did not make it."""
    found = _HEADER.search(text)
    if found is None:
        return None
    return Header(found["source"], digest(text[: found.start()] + text[found.end() :]) == found["body"])


def is_untouched(text: str) -> bool:
    """Whether composevariant made a fast Dockerfile and nobody has edited it."""
    made = read_header(text)
    return made is not None and made.untouched


def make_ignore_file(source: Source, request: BuildRequest) -> str:
    """Return the ignore file for a fast Dockerfile: the rules of the standard one below our header."""
    return _header(source, request, source.text) + source.text


def _header(source: Source, request: BuildRequest, body: str) -> str:
    lines = (
        f"# Made by composevariant from {basename(source.name)}. Edit that, not this file, and run",
        f"#   {request.command}",
        f"# composevariant: source {digest(source.text)} body {digest(body)}",
    )
    newline = "\r\n" if "\r\n" in source.text else "\n"
    return "".join(f"{''.join(char if char.isprintable() else '?' for char in line)}{newline}" for line in lines)


# In the order in which they run: each pass reads the result of the previous ones.
PASSES: Final[tuple[Pass, ...]] = (
    put_manifests_first,
    mount_caches,
    cache_compiling,
    compile_crates_first,
    slim_ownership,
)
REPEATED_PASSES: Final[tuple[Pass, ...]] = (put_manifests_first,)
"""Passes that run until they find nothing more to do: moving one instruction may allow to move another."""


def passes_for(request: BuildRequest) -> tuple[Pass, ...]:
    """Return the passes for a request. Sidecars are removed first, so that no pass works on their steps."""
    if not request.sidecars:
        return PASSES
    from composevariant.fast_dockerfile.passes.sidecar_out import sidecar_out

    return (*(sidecar_out(preset) for preset in request.sidecars), *PASSES)
