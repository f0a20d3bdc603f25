"""The Docker engine, called through its command line client."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final, TypeVar

from composevariant.bench.engine import BuildFailed, BuildResult, EngineInfo, Image, Layer, Mount, instruction_of
from composevariant.bench.job import mount_removal_dockerfile, mounts_in
from composevariant.bench.marks import Contents, read_contents
from composevariant.bench.plan import mapping, number, text, texts
from composevariant.bench.progress import read_plain, read_rawjson
from composevariant.disk import is_installed, output_of, read_counters, run, run_interruptible
from composevariant.errors import UnusableInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from composevariant.bench.engine import Request
    from composevariant.disk import ProgramResult

LABEL: Final = "composevariant.bench"
NAMESPACE: Final = "BUILDKIT_CACHE_MOUNT_NS"
_FOR_BUILDS: Final = {"DOCKER_BUILDKIT": "1", "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
_Number = TypeVar("_Number", int, float)


class Docker:
    """The engine of the current Docker context. `run` labels everything that it creates."""

    def __init__(self, run: str) -> None:
        self._run = run
        if not is_installed("docker"):
            raise UnusableInput("docker is not installed, but bench needs it")
        self._buildx = _call(["docker", "buildx", "version"]).code == 0

    def about(self) -> EngineInfo:
        ran = _call(["docker", "info", "--format", "{{json .}}"])
        info = mapping(json.loads(ran.output)) if ran.code == 0 and ran.output.startswith("{") else {}
        if not info.get("ServerVersion"):
            raise UnusableInput("no Docker engine answers", None, "run `docker info` for the reason")
        client = _call(["docker", "version", "--format", "{{.Client.Version}}"]).output.strip()
        buildx = _call(["docker", "buildx", "version"]).output.split()[1:2] if self._buildx else []
        return EngineInfo(
            engine=text(info["ServerVersion"]),
            client=f"{client}, buildx {buildx[0]}" if buildx else client,
            progress="rawjson" if self._buildx else "plain",
            system=f"{text(info.get('OperatingSystem'))}, {text(info.get('Architecture'))}",
            cores=int(number(info.get("NCPU"))),
            memory=int(number(info.get("MemTotal"))),
        )

    def build(self, request: Request) -> BuildResult:
        command = ["docker", "buildx", "build", "--load"] if self._buildx else ["docker", "build"]
        command += [f"--progress={'rawjson' if self._buildx else 'plain'}", "-t", request.tag, "-f", request.dockerfile]
        command += ["--label", f"{LABEL}={self._run}", "--build-arg", f"{NAMESPACE}={request.namespace}"]
        command += [*(["--no-cache"] if request.no_cache else []), *request.options, request.context]
        before, begin = read_counters(), time.perf_counter()
        ran = run_interruptible(command, _FOR_BUILDS)
        seconds = time.perf_counter() - begin
        log = read_rawjson(ran.errors) if self._buildx else read_plain(ran.errors)
        if ran.code != 0:
            raise BuildFailed("\n".join(log.output) or f"docker build failed with code {ran.code}")
        after = read_counters()
        return BuildResult(
            seconds,
            log,
            _difference(before.cpu_seconds, after.cpu_seconds),
            _difference(before.received, after.received),
        )

    def image(self, tag: str) -> Image:
        found = mapping(json.loads(_output("docker", "image", "inspect", "--format", "{{json .}}", tag)))
        config = mapping(found.get("Config"))
        lines = _output("docker", "history", "--no-trunc", "--human=false", "--format", "{{json .}}", tag).splitlines()
        rows = [mapping(json.loads(line)) for line in lines]
        variables = dict(each.partition("=")[::2] for each in texts(config.get("Env")))
        return Image(
            id=text(found.get("Id")),
            size=int(number(found.get("Size"))),
            layers=tuple(
                Layer(int(text(row.get("Size")) or 0), instruction_of(text(row.get("CreatedBy")))) for row in rows
            ),
            command=(*texts(config.get("Entrypoint")), *texts(config.get("Cmd"))),
            workdir=text(config.get("WorkingDir")),
            path=variables.get("PATH", "/usr/local/bin:/usr/bin:/bin"),
        )

    def contents(self, tag: str, run: str) -> Contents:
        # The container is never started. "nothing" is the command that Docker requires if the image has no command.
        container = _output("docker", "create", "--label", f"{LABEL}={self._run}", tag, "nothing").strip()
        try:
            with output_of(["docker", "export", container]) as archive:
                return read_contents(archive, run)
        finally:
            _call(["docker", "rm", "-f", "-v", container])

    def mounts(self) -> Mapping[str, Mount]:
        ran = _call(["docker", "buildx", "du", "--verbose"])
        return mounts_in(ran.output) if ran.code == 0 else {}

    def forget_mounts(self, namespace: str, names: Iterable[str]) -> None:
        """Empty the cache mounts by running a `--no-cache` build, which fails before it uses them."""
        script = mount_removal_dockerfile(names, namespace)
        if not script:
            return
        command = ["docker", "buildx", "build"] if self._buildx else ["docker", "build"]
        command += ["--no-cache", "--build-arg", f"{NAMESPACE}={namespace}", "-"]
        _call(command, script)

    def remove_images(self, run: str) -> None:
        label = f"label={LABEL}={run}"
        containers = _output("docker", "ps", "-aq", "--no-trunc", "--filter", label).split()
        if containers:
            _call(["docker", "rm", "-f", "-v", *containers])
        images = _output("docker", "images", "-aq", "--no-trunc", "--filter", label).split()
        for image in dict.fromkeys(images):  # an image of this run may already be gone together with another image
            _call(["docker", "image", "rm", "-f", image])


def _difference(before: _Number | None, after: _Number | None) -> _Number | None:
    return None if before is None or after is None else after - before


def _call(command: Sequence[str], given: str = "") -> ProgramResult:
    return run(command, given=given, variables={"DOCKER_BUILDKIT": "1"}, own_session=True)


def _output(*command: str) -> str:
    ran = _call(command)
    if ran.code != 0:
        raise UnusableInput(f"`{' '.join(command[:3])}` failed: {ran.errors.strip()}")
    return ran.output
