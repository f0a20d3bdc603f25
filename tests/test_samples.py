"""The samples: complete projects, run with the real Docker Compose and on a real engine."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from composevariant import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = sorted(path.parent for path in (Path(__file__).parents[1] / "samples").glob("*/composevariant.yml"))
EXPECTED = Path(__file__).parent / "samples"
"""For each sample a folder with the variants as they must come out, and overrides that mean the same to Compose."""


@pytest.fixture
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of a sample, with all its variants written."""
    source: Path = request.param
    folder = tmp_path / source.name
    shutil.copytree(source, folder)
    assert cli.run_cli(["migrate", "--all", "-C", str(folder)]) == 0
    return folder


def compose(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["docker", "compose", *words], cwd=folder, capture_output=True, text=True, check=False, timeout=600
    )


def config(folder: Path, *files: str) -> dict[str, object]:
    """What Docker Compose makes of the files, less `x-` keys, which have no meaning."""
    named = [word for file in files for word in ("-f", file)]
    ran = compose(folder, *named, "--profile", "*", "config", "--format", "json")
    assert ran.returncode == 0, ran.stderr
    found: dict[str, object] = json.loads(ran.stdout)
    return {key: value for key, value in found.items() if not key.startswith("x-")}


@pytest.mark.parametrize("sample", SAMPLES, indirect=True, ids=lambda path: path.name)
def test_the_variants_are_what_a_careful_person_would_have_written(sample: Path) -> None:
    expected = {path.name: path.read_text() for path in (EXPECTED / sample.name).glob("docker-compose.*.yml")}

    made = {name: (sample / name).read_text().split("\n", 3)[3] for name in expected}

    assert made == expected
    assert expected


@pytest.mark.parametrize("sample", SAMPLES, indirect=True, ids=lambda path: path.name)
def test_the_fast_dockerfiles_are_what_the_generator_makes(sample: Path) -> None:
    fast = {path: path.read_bytes() for path in sample.rglob("Dockerfile*.fast")}
    for path in fast:
        path.unlink()

    assert cli.run_cli(["dockerfile", "-C", str(sample)]) == (0 if fast else 2)

    assert {path: path.read_bytes() for path in sample.rglob("Dockerfile*.fast")} == fast


@pytest.mark.oracle
@pytest.mark.parametrize("sample", SAMPLES, indirect=True, ids=lambda path: path.name)
def test_docker_compose_accepts_every_variant(sample: Path) -> None:
    for variant in sorted(sample.glob("docker-compose.*.yml")):
        ran = compose(sample, "-f", variant.name, "config", "-q")
        assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.oracle
@pytest.mark.parametrize("sample", SAMPLES, indirect=True, ids=lambda path: path.name)
def test_a_variant_means_what_base_and_an_equivalent_override_mean(sample: Path) -> None:
    overrides = {path.name.split(".")[1]: path for path in (EXPECTED / sample.name).glob("override.*.yml")}
    for path in overrides.values():
        shutil.copy(path, sample / path.name)

    for variant in overrides:
        first = ["fast"] if "fast" in overrides and variant != "fast" else []  # lite and ci extend fast
        files = ["docker-compose.yml", *(f"override.{name}.yml" for name in [*first, variant])]
        assert config(sample, f"docker-compose.{variant}.yml") == config(sample, *files), variant
    assert overrides


def answer(url: str, wait: float = 60) -> str:
    """What a server answers, once it does."""
    until = time.monotonic() + wait
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return str(response.read().decode())
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


@pytest.fixture
def started(request: pytest.FixtureRequest, sample: Path) -> Iterator[tuple[Path, str]]:
    """A sample's variant, built and started on the engine under a name of its own; all of it is removed afterwards."""
    variant, services = request.param
    name = f"cvtest{uuid.uuid4().hex[:8]}"
    # Fixed container names and host ports would clash with whatever else runs on the machine.
    paths = ("services.*.container_name", "services.*.ports")
    overlay = "remove:\n" + "".join(f"  - {{path: '{path}', missing: ok}}\n" for path in paths)
    (sample / "alone.yml").write_text(overlay)
    assert cli.run_cli(["migrate", variant, "--overlay", "alone.yml", "--force", "-C", str(sample)]) == 0
    file = ["-p", name, "-f", f"docker-compose.{variant}.yml"]
    try:
        up = compose(sample, *file, "up", "-d", "--build", "--no-deps", *services)
        assert up.returncode == 0, up.stderr[-3000:]
        yield sample, name
    finally:
        compose(sample, *file, "down", "-v", "--rmi", "local", "--timeout", "1")


def address(name: str, service: str) -> str:
    """The address of a service's container on this machine."""
    listed = subprocess.run(
        ["docker", "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", f"{name}-{service}-1"],
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.split()[0]


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize(
    "sample", [path for path in SAMPLES if path.name == "reconciliation"], indirect=True, ids=["x"]
)
@pytest.mark.parametrize("started", [("fast", ("backend", "frontend"))], indirect=True, ids=["fast"])
def test_the_fast_variant_of_the_reconciliation_sample_runs(started: tuple[Path, str]) -> None:
    _, name = started

    assert "ok" in answer(f"http://{address(name, 'backend')}:2000/health").lower()
    assert "<html" in answer(f"http://{address(name, 'frontend')}/").lower()


@pytest.mark.docker
@pytest.mark.parametrize("sample", [path for path in SAMPLES if path.name == "sidecar"], indirect=True, ids=["x"])
@pytest.mark.parametrize("started", [("nolog", ("app", "worker"))], indirect=True, ids=["nolog"])
def test_the_stripped_variant_of_the_sidecar_sample_runs(started: tuple[Path, str]) -> None:
    _, name = started

    assert "<html" in answer(f"http://{address(name, 'app')}/").lower()
