"""The ways in which a cache makes a build ship the wrong program, on a real engine: the recipe that fails, and ours."""

from __future__ import annotations

import os
import subprocess
import uuid
from typing import TYPE_CHECKING

import pytest

from composevariant.dockerfile.context import BuildContext
from composevariant.fast_dockerfile.fast import fast_dockerfile
from composevariant.fast_dockerfile.passes.base import BuildRequest
from composevariant.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.docker

RUST = "rust:1.90-bookworm"
STANDARD = f"""\
FROM {RUST} AS builder
WORKDIR /app
COPY other.txt Cargo.toml Cargo.lock ./
COPY src src
RUN cargo build --release

FROM debian:bookworm-slim
COPY --from=builder /app/target/release/shop /shop
CMD ["/shop"]
"""
MOUNTED = STANDARD.replace(
    "RUN cargo build --release",
    "RUN --mount=type=cache,{id}target=/app/target cargo build --release && cp target/release/shop /shop",
).replace("/app/target/release/shop /shop", "/shop /shop")
"""As it is often written: a mount, the program copied out, and nothing else."""
DUMMY = f"""\
FROM {RUST} AS dependencies
WORKDIR /app
COPY Cargo.toml Cargo.lock ./
RUN mkdir src && echo "fn main() {{}}" > src/main.rs && cargo build --release && rm -rf src

FROM dependencies AS builder
COPY src src
RUN cargo build --release

FROM debian:bookworm-slim
COPY --from=builder /app/target/release/shop /shop
CMD ["/shop"]
"""


class Folder:
    """A build context on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read_text(self, path: str) -> str | None:
        return (self.path / path).read_text() if self.is_file(path) else None

    def is_file(self, path: str) -> bool:
        return (self.path / path).is_file()


class Shop:
    """A cargo package without dependencies, whose program prints a word of another module.

    Files are old, as in a checkout that was made some time ago. BuildKit sends only files whose size or time it has not
    seen in a folder of that name, and takes layers again by content: times and a comment are others in each test, and
    words of one test differ in length.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nonce = uuid.uuid4().int % 10**8
        self.time = 1_000_000_000 + self.nonce
        (folder / "src").mkdir(parents=True)
        self.write("Cargo.toml", '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n')
        self.write("Cargo.lock", 'version = 4\n\n[[package]]\nname = "shop"\nversion = "0.1.0"\n')
        self.write("src/main.rs", 'mod word;\n\nfn main() {\n    println!("{}", word::WORD);\n}\n')
        self.write("other.txt", "")
        self.say("one")

    def say(self, word: str, later: int = 0) -> None:
        self.write("src/word.rs", f'pub const WORD: &str = "{word}"; // {self.nonce}\n', later)

    def write(self, name: str, text: str, later: int = 0) -> None:
        (self.folder / name).write_text(text)
        os.utime(self.folder / name, (self.time + later, self.time + later))


def built(folder: Path, dockerfile: str, *, network: str = "none") -> subprocess.CompletedProcess[str]:
    command = ["docker", "build", "-q", f"--network={network}", "-f", "-", str(folder)]
    environment = {**os.environ, "DOCKER_BUILDKIT": "1"}
    (folder / "Dockerfile.tried").write_text(dockerfile)
    command[command.index("-")] = str(folder / "Dockerfile.tried")
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)


def output(folder: Path, dockerfile: str) -> str:
    """What the program of the image prints. The image is removed, its layers stay for the next build."""
    image = built(folder, dockerfile)
    assert image.returncode == 0, image.stderr[-2000:]
    name = image.stdout.strip()
    ran = subprocess.run(["docker", "run", "--rm", name], check=True, capture_output=True, text=True)
    subprocess.run(["docker", "rmi", name], check=False, capture_output=True)
    return ran.stdout.strip()


@pytest.fixture
def project() -> str:
    """A name that no other run has, so that its mounts are empty."""
    return f"cvtest{uuid.uuid4().hex[:8]}"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")


@pytest.fixture
def ours(project: str) -> Callable[..., str]:
    """The fast Dockerfile of a standard one."""

    def make(text: str = STANDARD, name: str = project) -> str:
        fast = fast_dockerfile(Source("Dockerfile", text), BuildRequest(name, ("shop",)))
        assert [each.rung for each in fast.done] == ["cache mounts", "compile cache"]
        return fast.text

    return make


@pytest.fixture
def mounted(project: str) -> str:
    return MOUNTED.format(id=f"id={project}-plain,")


def test_the_dummy_is_never_shipped(shop: Shop, ours: Callable[..., str]) -> None:
    assert output(shop.folder, DUMMY) == ""
    assert output(shop.folder, ours()) == "one"


def test_an_edit_of_another_module_arrives(shop: Shop, ours: Callable[..., str]) -> None:
    output(shop.folder, DUMMY)
    output(shop.folder, ours())
    shop.say("three")

    assert output(shop.folder, DUMMY) == ""
    assert output(shop.folder, ours()) == "three"


def test_new_sources_with_an_old_time_arrive(shop: Shop, ours: Callable[..., str], mounted: str) -> None:
    for dockerfile in (mounted, ours()):
        shop.say("one", 10)
        assert output(shop.folder, dockerfile) == "one"
        shop.say("three", 0)
        assert output(shop.folder, dockerfile) == ("one" if dockerfile is mounted else "three")


def test_what_was_changed_back_is_changed_back(shop: Shop, ours: Callable[..., str], mounted: str) -> None:
    """A layer with the first sources is taken again; the mount holds what was made of the second ones."""
    now = 2_000_000_000
    for dockerfile in (mounted, ours()):
        shop.write("other.txt", "")
        shop.say("one")
        assert output(shop.folder, dockerfile) == "one"
        shop.say("three", now)
        assert output(shop.folder, dockerfile) == "three"
        shop.say("one")
        shop.write("other.txt", "changed")
        assert output(shop.folder, dockerfile) == ("three" if dockerfile is mounted else "one")


def test_two_projects_with_one_package_name_keep_apart(
    shop: Shop, tmp_path: Path, ours: Callable[..., str], mounted: str, project: str
) -> None:
    other = Shop(tmp_path / "other")
    other.say("other")

    assert output(shop.folder, mounted) == "one"
    assert output(other.folder, mounted) == "one"
    assert output(shop.folder, ours()) == "one"
    assert output(other.folder, ours(name=f"{project}-other")) == "other"
    assert output(other.folder, ours()) == "other", "two checkouts of one project"


def test_a_program_that_is_no_longer_built_is_not_taken_from_the_cache(shop: Shop, ours: Callable[..., str]) -> None:
    assert output(shop.folder, ours()) == "one"
    shop.write("Cargo.toml", (shop.folder / "Cargo.toml").read_text() + '[[bin]]\nname = "new"\npath = "src/main.rs"\n')

    image = built(shop.folder, ours())

    assert image.returncode != 0
    assert "target/release/shop" in image.stderr


def test_a_mount_cannot_be_written_by_another_user(shop: Shop, project: str) -> None:
    text = STANDARD.replace("RUN cargo", "RUN chown -R 1000 /app\nUSER 1000\nRUN cargo")
    mount = f"RUN --mount=type=cache,id={project},target=/app/target cargo"

    fast = fast_dockerfile(Source("Dockerfile", text), BuildRequest(project, ("shop",)))

    assert built(shop.folder, text.replace("RUN cargo", mount)).returncode != 0
    reasons = {each.reason.split(" and ")[0] for each in fast.refused if each.rung != "dependency stage"}
    assert reasons == {"cargo: the step is run by USER 1000"}
    assert "--mount" not in fast.body
    assert output(shop.folder, fast.body) == "one"


def test_a_layer_of_crates_ships_the_right_program(shop: Shop, project: str) -> None:
    """Where a mount would lose what is compiled; the recipe with the dummy fails the same."""
    text = f'FROM {RUST}\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nCMD ["target/release/shop"]\n'
    context = BuildContext(Folder(shop.folder))

    fast = fast_dockerfile(Source("Dockerfile", text), BuildRequest(project, ("shop",), context=context))

    assert [each.rung for each in fast.done] == ["dependency stage"]
    for word, later in (("one", 10), ("three", 0), ("eleven", 2_000_000_000), ("one", 10)):
        shop.say(word, later)
        assert output(shop.folder, fast.text) == word


APT = """\
FROM debian:bookworm-slim AS builder
RUN {mounts}apt-get update && apt-get install -y --no-install-recommends jq{clean}
FROM debian:bookworm-slim
COPY --from=builder /usr/bin/jq /jq
"""
KEPT = """\
FROM debian:bookworm-slim
RUN --mount=type=cache,id={id},target=/var/cache/apt echo {nonce} && ls /var/cache/apt/archives/ | grep -c jq_
"""


@pytest.mark.slow
def test_apt_keeps_what_it_downloads(project: str, tmp_path: Path) -> None:
    plain = APT.format(mounts=f"--mount=type=cache,id={project}-plain,target=/var/cache/apt ", clean="")
    standard = APT.format(mounts="", clean=" && rm -rf /var/lib/apt/lists/*")

    fast = fast_dockerfile(Source("Dockerfile", standard), BuildRequest(project)).text

    for dockerfile, kept, name in ((plain, False, f"{project}-plain"), (fast, True, f"{project}-apt")):
        made = built(tmp_path, dockerfile, network="default")
        if made.returncode and "Failed to fetch" in made.stderr:
            pytest.skip("Debian's packages cannot be reached")
        assert made.returncode == 0, made.stderr[-2000:]
        assert (built(tmp_path, KEPT.format(id=name, nonce=uuid.uuid4())).returncode == 0) is kept
