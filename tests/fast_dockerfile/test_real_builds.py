"""Real applications with real dependencies, built from the standard and from the generated Dockerfile: the same."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from typing import TYPE_CHECKING, NamedTuple

import pytest

from composevariant.dockerfile.context import BuildContext
from composevariant.fast_dockerfile.fast import fast_dockerfile
from composevariant.fast_dockerfile.passes.base import BuildRequest
from composevariant.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.docker, pytest.mark.slow]

CACHES = (
    "/root/.cache/",
    "/root/.local/",
    "/root/.npm/",
    "/usr/local/share/.cache/",
    "/tmp/",  # noqa: S108
    "/proc/",
    "/sys/",
    "/dev/",
)
"""Where files may differ: an image need not hold what a package manager keeps for later."""
MADE_ANEW = (".pyc", "/.package-lock.json", "/RECORD", "/uv_cache.json", "/INSTALLER", "/direct_url.json")
"""Files with times or hashes of such files in them."""
SETTINGS = ("Cmd", "Entrypoint", "Env", "ExposedPorts", "User", "Volumes", "WorkingDir")


class App(NamedTuple):
    """An application: its standard Dockerfile, its files, and the edit after which it prints another word."""

    image: str
    dockerfile: str
    files: dict[str, str]
    edited: str
    rungs: set[str]
    before: str = ""
    """A shell command that makes a lock file, in a container with the files at /app."""


PYTHON = "import six\n\nprint('one', six.__version__)\n"
NODE = {
    "package.json": '{"name": "x", "version": "1.0.0", "dependencies": {"big.js": "6.2.2"}}\n',
    "main.js": "const Big = require('big.js');\nconsole.log('one', new Big(0.1).plus(0.2).toString());\n",
    ".dockerignore": "node_modules\nDockerfile*\n",
}
APPS = {
    "npm": App(
        "node:20-bookworm-slim",
        "FROM node:20-bookworm-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci && node --check main.js\n"
        'CMD ["node", "main.js"]\n',
        NODE,
        "main.js",
        {"manifests first", "cache mounts"},
        "npm install --package-lock-only --silent",
    ),
    "pnpm": App(
        "node:20-bookworm-slim",
        "FROM node:20-bookworm-slim\nRUN npm install -g pnpm@9\nWORKDIR /app\nCOPY . .\n"
        'RUN pnpm install --frozen-lockfile && node --check main.js\nCMD ["node", "main.js"]\n',
        NODE,
        "main.js",
        {"manifests first", "cache mounts"},
        "npm install -g --silent pnpm@9 && pnpm install --lockfile-only --silent",
    ),
    "yarn": App(
        "node:20-bookworm-slim",
        "FROM node:20-bookworm-slim\nRUN npm install -g yarn@1.22.22\nWORKDIR /app\nCOPY . .\n"
        'RUN yarn install --frozen-lockfile && node --check main.js\nCMD ["node", "main.js"]\n',
        NODE,
        "main.js",
        {"manifests first", "cache mounts"},
        "npm install -g --silent yarn@1.22.22 && yarn install --silent && rm -r node_modules",
    ),
    "pip": App(
        "python:3.11-slim",
        "FROM python:3.11-slim\nWORKDIR /app\nCOPY . .\nRUN pip install --no-cache-dir -r requirements.txt\n"
        'CMD ["python", "main.py"]\n',
        {"requirements.txt": "six==1.16.0\n", "main.py": PYTHON, ".dockerignore": "Dockerfile*\n"},
        "main.py",
        {"manifests first", "cache mounts"},
    ),
    "uv": App(
        "python:3.11-slim",
        "FROM python:3.11-slim\nENV UV_NATIVE_TLS=1\nRUN pip install --no-cache-dir uv\nWORKDIR /app\nCOPY . .\n"
        "RUN uv sync --locked\n"
        'CMD ["/app/.venv/bin/python", "main.py"]\n',
        {
            "pyproject.toml": '[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.11"\n'
            'dependencies = ["six==1.16.0"]\n',
            "main.py": PYTHON,
            ".dockerignore": ".venv\nDockerfile*\n",
        },
        "main.py",
        {"manifests first", "cache mounts"},
        "pip install -q uv && UV_NATIVE_TLS=1 uv lock -q",
    ),
    "cargo": App(
        "rust:1.90-bookworm",
        "FROM rust:1.90-bookworm AS builder\nWORKDIR /app\nCOPY . .\nRUN cargo build --release --locked\n"
        "FROM debian:bookworm-slim\nCOPY --from=builder /app/target/release/x /usr/local/bin/x\n"
        'USER nobody\nCMD ["x"]\n',
        {
            "Cargo.toml": '[package]\nname = "x"\nversion = "1.0.0"\nedition = "2021"\n\n[dependencies]\nitoa = "1"\n',
            "src/main.rs": 'fn main() {\n    println!("one {}", itoa::Buffer::new().format(42u8));\n}\n',
            ".dockerignore": "target\nDockerfile*\n",
        },
        "src/main.rs",
        {"cache mounts", "compile cache"},
        "cargo generate-lockfile -q",
    ),
    "go": App(
        "golang:1.22",
        "FROM golang:1.22 AS builder\nWORKDIR /app\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /out/x\n"
        'FROM scratch\nCOPY --from=builder /out/x /x\nCMD ["/x"]\n',
        {
            "go.mod": "module x\n\ngo 1.22\n\nrequire golang.org/x/text v0.14.0\n",
            "main.go": 'package main\n\nimport (\n\t"fmt"\n\n\t"golang.org/x/text/cases"\n'
            '\t"golang.org/x/text/language"\n)\n\n'
            'func main() { fmt.Println("one", cases.Upper(language.English).String("x")) }\n',
            ".dockerignore": "Dockerfile*\n",
        },
        "main.go",
        {"manifests first", "cache mounts", "compile cache"},
        "go mod tidy",
    ),
}


class Folder:
    """A build context on the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read_text(self, path: str) -> str | None:
        return (self.path / path).read_text() if self.is_file(path) else None

    def is_file(self, path: str) -> bool:
        return (self.path / path).is_file()


def docker(*words: str) -> str:
    environment = {**os.environ, "DOCKER_BUILDKIT": "1"}
    ran = subprocess.run(["docker", *words], check=False, capture_output=True, text=True, env=environment)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout.strip()


@pytest.fixture(params=APPS)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[App, Path]:
    found = APPS[request.param]
    if not docker("images", "-q", found.image):
        pytest.skip(f"the engine has no image {found.image}")
    for name, text in found.files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    if found.before:
        docker(
            "run",
            "--rm",
            "--network=host",
            "-v",
            f"{tmp_path}:/app",
            "-w",
            "/app",
            found.image,
            "sh",
            "-c",
            found.before,
        )
    return found, tmp_path


@pytest.fixture
def built() -> Iterator[list[str]]:
    """Images that are removed afterwards."""
    images: list[str] = []
    yield images
    for image in images:
        subprocess.run(["docker", "rmi", image], check=False, capture_output=True)


def files_of(image: str, tmp_path: Path) -> dict[str, str]:
    """What an image holds, outside of caches: names, and the modes and sizes."""
    container = docker("create", image)
    archive = tmp_path / "image.tar"
    docker("export", "-o", str(archive), container)
    docker("rm", container)
    listed = subprocess.run(["tar", "-tvf", archive], check=True, capture_output=True, text=True).stdout
    rows = [line.split(maxsplit=5) for line in listed.splitlines()]
    found = {f"/{row[5]}": f"{row[0]} {row[1]} {row[2]}" for row in rows if not row[5].endswith("/")}
    return {
        name: row
        for name, row in found.items()
        if not name.startswith(CACHES) and not name.endswith(MADE_ANEW) and "/Dockerfile" not in name
    }


def test_both_images_are_the_same_cold_and_after_a_change(
    app: tuple[App, Path], built: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    what, folder = app
    context = BuildContext(Folder(folder), "", ".dockerignore")
    order = BuildRequest(f"cvtest{uuid.uuid4().hex[:8]}", ("x",), context=context)
    fast = fast_dockerfile(Source("Dockerfile", what.dockerfile), order)
    assert {done.rung for done in fast.done} == what.rungs
    (folder / "Dockerfile").write_text(what.dockerfile)
    (folder / "Dockerfile.fast").write_text(fast.text)
    scratch = tmp_path_factory.mktemp("image")

    for word in ("one", "three"):
        changed = what.files[what.edited].replace("one", word)
        (folder / what.edited).write_text(changed)
        images = [
            docker("build", "-q", "-f", str(folder / name), str(folder)) for name in ("Dockerfile", "Dockerfile.fast")
        ]
        built += images
        outputs = [docker("run", "--rm", image) for image in images]
        settings = [json.loads(docker("inspect", "-f", "{{json .Config}}", image)) for image in images]

        assert outputs[0] == outputs[1]
        assert outputs[0].startswith(word)
        assert [settings[0].get(name) for name in SETTINGS] == [settings[1].get(name) for name in SETTINGS]
        assert files_of(images[0], scratch) == files_of(images[1], scratch)
