"""`bench` on a real engine: what it says, what it exits with, and that nothing is left of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from composevariant.bench import docker as docker_client
from composevariant.bench.job import mount_removal_dockerfile
from composevariant.disk.programs import ProgramResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.cli.conftest import ProjectFolder

BASE = "services:\n  app:\n    build: .\n"
STANDARD = 'FROM busybox\nCOPY . /src\nRUN sleep 0.6; cat /src/*.py > /app\nCMD ["/app"]\n'
FAST = 'FROM busybox\nRUN sleep 0.6\nCOPY . /src\nRUN cat /src/*.py > /app\nCMD ["/app"]\n'
# What is in the mount wins over what was copied: the recipe that ships the program of an earlier build.
STALE = (
    "FROM busybox\nCOPY . /src\n"
    "RUN --mount=type=cache,target=/@ test -f /@/app || cat /src/*.py > /@/app; cp /@/app /app; sleep 0.3\n"
    'CMD ["/app"]\n'
)
# The way to build for a crate: an empty program in the place of the real one, and what becomes of it.
CARGO = (
    "FROM rust:1.90-bookworm AS deps\nWORKDIR /b\nCOPY Cargo.toml Cargo.lock ./\n"
    "RUN mkdir src && echo 'fn main() {}' > src/main.rs && cargo build --release --locked\n"
    "FROM rust:1.90-bookworm AS builder\nWORKDIR /b\nCOPY --from=deps /b/target target\nCOPY . .\n"
    "RUN @cargo build --release --locked\n"
    'FROM debian:bookworm-slim\nCOPY --from=builder /b/target/release/app /app\nCMD ["/app"]\n'
)

CARGO_STANDARD = (
    "FROM rust:1.90-bookworm AS builder\nWORKDIR /b\nCOPY . .\nRUN cargo build --release --locked\n"
    'FROM debian:bookworm-slim\nCOPY --from=builder /b/target/release/app /app\nCMD ["/app"]\n'
)


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout


def left_behind(target: str) -> list[str]:
    """The images, containers, cache mounts and folders that a run of this test has left."""
    labels = ("--filter", "label=composevariant.bench", "--filter", f"label=cvtest={target}")
    found = [*docker("images", "-aq", *labels).split(), *docker("ps", "-aq", *labels).split()]
    found += [line for line in docker("buildx", "du", "--verbose").splitlines() if f"cached mount /{target} " in line]
    return found + [str(path) for path in Path(tempfile.gettempdir()).glob("composevariant-bench-*")]


@pytest.fixture
def target() -> str:
    """The name of a cache mount that no other build has."""
    return f"cv{uuid.uuid4().hex}"


@pytest.fixture
def app(
    project: Callable[..., ProjectFolder],
    target: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., ProjectFolder]:
    """A service with a standard Dockerfile and the given fast one; its sources are old, as those of a checkout."""
    temporary = str(tmp_path_factory.mktemp("temporary"))
    monkeypatch.setenv("TMPDIR", temporary)
    monkeypatch.setattr(tempfile, "tempdir", temporary)

    def make(fast: str, standard: str = STANDARD, **files: str) -> ProjectFolder:
        label, own = f"LABEL cvtest={target}\n", f"FROM busybox\nENV CVTEST={target}\n"
        # No step is shared with another test: BuildKit 0.8 may crash when one of two builds that share one is stopped.
        texts = [text.replace("FROM busybox\n", own) + label for text in (standard, fast)]
        dockerfiles = dict(zip(("Dockerfile", "Dockerfile.fast"), texts, strict=True))
        folder = project(**{"compose.yaml": BASE, "main.py": "x = 1\n", "data": "1" * 9000, **dockerfiles, **files})
        for path in folder.path.rglob("*"):
            os.utime(path, (1_700_000_000, 1_700_000_000))
        return folder

    return make


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(
            ["--scenario", "manifst"], 'no such scenario: manifst (did you mean "manifest"?)', id="a scenario"
        ),
        pytest.param(["--runs", "0"], 'invalid --runs "0": expected N or SCENARIO=N', id="no runs"),
        pytest.param(["--runs", "warm=3"], "no such scenario: warm", id="runs of a scenario that is none"),
        pytest.param(["--fail-under", "50%"], "--fail-under takes SCENARIO=PERCENT", id="a threshold of nothing"),
    ],
)
def test_wrong_words_are_told_before_anything_is_built(
    project: Callable[..., ProjectFolder], words: list[str], message: str
) -> None:
    ran = project(**{"compose.yaml": BASE}).run("bench", *words)

    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


def test_without_docker_it_says_so(project: Callable[..., ProjectFolder], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    ran = project(**{"compose.yaml": BASE}).run("bench")

    assert (ran.code, ran.err) == (2, "error: docker is not installed, but bench needs it\n")


WITH_SIGNALS = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # who runs the tests in the background has it ignored
from composevariant.cli import run_cli
raise SystemExit(run_cli(["bench", "--runs", "9"]))
"""


@pytest.mark.docker
def test_without_an_engine_it_says_so(
    project: Callable[..., ProjectFolder], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nothing.sock")

    ran = project(**{"compose.yaml": BASE}).run("bench")

    assert (ran.code, ran.err) == (2, "error: no Docker engine answers\n  hint: run `docker info` for the reason\n")


@pytest.mark.docker
@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(
            ["--service", "ap"], '--service names ap, which is not built in both (did you mean "app"?)', id="x"
        ),
        pytest.param(["--edit", "a.py"], "--edit names a.py, which is not in the context of app", id="a file"),
        pytest.param(["slow"], "no such variant: slow", id="a variant"),
    ],
)
def test_what_is_not_there_is_code_2(app: Callable[..., ProjectFolder], words: list[str], message: str) -> None:
    ran = app(FAST).run("bench", *words)

    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


@pytest.fixture
def canary(target: str) -> Iterator[str]:
    """Somebody's image of the same build, and a cache mount with something in it."""
    build = f"FROM busybox\nRUN --mount=type=cache,target=/{target} echo kept > /{target}/x\nCMD /app\n"
    subprocess.run(
        ["docker", "build", "-q", "-t", target, "-"], input=build, text=True, capture_output=True, check=True
    )
    yield target
    docker("image", "rm", target)
    command = ["docker", "build", "--no-cache", "-"]
    subprocess.run(
        command, input=mount_removal_dockerfile([f"/{target}"], target), text=True, capture_output=True, check=False
    )


@pytest.mark.docker
def test_a_fast_variant_is_measured_and_nothing_of_it_or_of_others_is_touched(
    app: Callable[..., ProjectFolder], canary: str
) -> None:
    folder = app(FAST.replace("RUN cat", f"RUN --mount=type=cache,target=/{canary} ls -A /{canary} > /seen; cat"))
    before = {path: path.stat().st_mtime_ns for path in folder.path.rglob("*")}
    others = docker("images", "-q", canary), left_behind(canary)

    ran = folder.run("bench", "--scenario", "code", "--runs", "1", "--format", "json")

    assert ran.code == 0, ran.err
    (service,) = json.loads(ran.out)["services"]
    code = next(each for each in service["scenarios"] if each["scenario"] == "code")
    assert (len(code["base"]["seconds"]), len(code["variant"]["seconds"])) == (1, 1)
    assert (code["change"]["verdict"], service["wrong"]) == ("too few runs", False)
    assert (code["base"]["steps"], code["base"]["steps_cached"]) == (2, 0)
    assert (code["variant"]["steps"], code["variant"]["steps_cached"]) == (3, 1)
    cold = next(each for each in service["scenarios"] if each["scenario"] == "cold")
    assert cold["base"]["context_bytes"] == cold["variant"]["context_bytes"] > code["base"]["context_bytes"]
    assert [finding["kind"] for finding in service["findings"]] == ["ok", "ok", "ok"]
    assert service["images"]["variant"]["cache_mounts"] == {f"/{canary}": 0}
    assert {path: path.stat().st_mtime_ns for path in folder.path.rglob("*")} == before
    assert (docker("images", "-q", canary), left_behind(canary)) == others


@pytest.mark.docker
@pytest.mark.slow
def test_with_two_equal_dockerfiles_no_difference_is_claimed(app: Callable[..., ProjectFolder]) -> None:
    folder = app(STANDARD)

    unasked = folder.run("bench")
    asked = folder.run("bench", "--service", "app", "--scenario", "nochange", "--html", "report.html")

    assert unasked.code == 2
    assert "builds no service differently from the base" in unasked.err
    assert asked.code == 0
    assert [line.endswith("no difference") for line in asked.out.splitlines() if line.startswith("nochange")] == [True]
    assert "<svg" in folder.read("report.html")


@pytest.mark.docker
@pytest.mark.slow
def test_a_large_difference_is_claimed_and_a_threshold_holds(app: Callable[..., ProjectFolder]) -> None:
    folder = app(FAST.replace("sleep 0.6", "sleep 3"), STANDARD.replace("sleep 0.6", "sleep 3"))

    ran = folder.run("bench", "--scenario", "code", "--fail-under", "code=20%", "--format", "markdown")
    late = folder.run("bench", "--scenario", "code", "--fail-under", "code=99.9%")

    assert ran.code == 0, ran.err
    assert "| **code (3)** |" in ran.out
    assert late.code == 1
    assert "error: app: code must be 99.9 % faster, but the result is: -" in late.err


@pytest.mark.docker
def test_a_variant_that_ships_an_old_program_is_wrong(app: Callable[..., ProjectFolder], target: str) -> None:
    ran = app(STALE.replace("@", target)).run("bench", "--scenario", "code", "--runs", "1")

    assert ran.code == 1
    assert "WRONG: variant: code: the image ships an earlier main.py" in ran.out
    assert "error: app: an image ships an old program" in ran.err
    assert left_behind(target) == []


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "wrong"), [("", True), ("touch src/main.rs && ", False)], ids=["the dummy is shipped", "touched"]
)
def test_the_recipe_with_an_empty_program(app: Callable[..., ProjectFolder], before: str, wrong: bool) -> None:
    if not docker("images", "-q", "rust:1.90-bookworm"):
        pytest.skip("the image rust:1.90-bookworm is not there")
    folder = app(
        CARGO.replace("@", before),
        CARGO_STANDARD,
        **{
            "Cargo.toml": '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n',
            "Cargo.lock": 'version = 3\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n',
            "src/main.rs": 'fn main() {\n    println!("hello");\n}\n',
        },
    )
    (folder.path / "main.py").unlink()

    ran = folder.run("bench", "--scenario", "cold")

    assert ran.code == (1 if wrong else 0), ran.err
    assert ("WRONG: variant: cold: " in ran.out) is wrong
    assert ("ok: variant: every change of src/main.rs arrived" in ran.out) is not wrong


@pytest.mark.docker
def test_a_build_that_fails_is_code_2_and_leaves_nothing(app: Callable[..., ProjectFolder], target: str) -> None:
    fails = f"FROM busybox\nARG API_TOKEN\nCOPY . /\nRUN --mount=type=cache,target=/{target} echo $API_TOKEN; exit 3\n"
    folder = app(fails)
    folder.write("compose.yaml", "services:\n  app:\n    build: {context: ., args: {API_TOKEN: hunter2}}\n")

    ran = folder.run("bench", "--runs", "1")

    assert (ran.code, ran.out) == (2, "")
    assert "error: app: Dockerfile.fast does not build (variant, without any cache):" in ran.err
    assert "exit code: 3" in ran.err
    assert "hunter2" not in ran.err
    assert left_behind(target) == []


@pytest.mark.docker
@pytest.mark.parametrize(
    ("builds", "number"),
    [
        pytest.param(1, signal.SIGINT, id="Ctrl-C in the first build"),
        pytest.param(4, signal.SIGTERM, id="a request to end, later", marks=pytest.mark.slow),
        *(
            pytest.param(builds, number, id=f"{number.name} in build {builds}", marks=pytest.mark.slow)
            for builds in (2, 3, 7)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        ),
    ],
)
def test_an_interruption_leaves_nothing(
    app: Callable[..., ProjectFolder], target: str, builds: int, number: signal.Signals
) -> None:
    mounted = f"RUN --mount=type=cache,target=/{target} sleep 0.5; cat"
    folder = app(FAST.replace("RUN cat", mounted))
    process = subprocess.Popen([sys.executable, "-c", WITH_SIGNALS], cwd=folder.path, stderr=subprocess.PIPE)
    assert process.stderr is not None
    for _ in range(builds):
        process.stderr.readline()
    time.sleep(0.4)

    process.send_signal(number)
    process.send_signal(number)
    process.communicate(timeout=60)

    assert process.returncode == 130
    assert left_behind(target) == []


@pytest.mark.docker
@pytest.mark.slow
def test_what_a_killed_run_has_left_is_removed_by_the_next_one(app: Callable[..., ProjectFolder], target: str) -> None:
    folder = app(FAST.replace("RUN cat", f"RUN --mount=type=cache,target=/{target} cat"))
    command = [sys.executable, "-m", "composevariant", "bench", "--runs", "9"]
    process = subprocess.Popen(command, cwd=folder.path, stderr=subprocess.PIPE)
    assert process.stderr is not None
    for _ in range(4):
        process.stderr.readline()
    process.kill()
    process.communicate(timeout=60)
    time.sleep(3)  # the build that was running ends by itself
    left = left_behind(target)

    ran = folder.run("bench", "--scenario", "cold")

    assert len(left) > 3
    assert "note: removed the leftovers of an earlier run" in ran.err
    assert left_behind(target) == []


@pytest.mark.docker
@pytest.mark.slow
def test_a_client_without_buildx_is_read_by_its_plain_progress(
    app: Callable[..., ProjectFolder], target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = docker_client._call

    def without_buildx(command: Sequence[str], given: str = "") -> ProgramResult:
        if list(command) == ["docker", "buildx", "version"]:
            return ProgramResult(1, "", "not a docker command")
        return real(command, given)

    monkeypatch.setattr(docker_client, "_call", without_buildx)
    folder = app(FAST.replace("RUN cat", f"RUN --mount=type=cache,target=/{target} cat"))

    ran = folder.run("bench", "--scenario", "code", "--runs", "1", "--format", "json")

    found = json.loads(ran.out)
    cold, code = found["services"][0]["scenarios"]
    assert found["machine"]["progress"] == "plain"
    assert (cold["base"]["steps"], cold["base"]["steps_cached"], code["variant"]["steps_cached"]) == (2, 0, 1)
    assert cold["base"]["step_seconds"]["other"] >= 0.5
    assert code["variant"]["context_bytes"] > 0
    assert left_behind(target) == []
