"""Images without the sidecar on a real engine: the application runs as before, and the container ends with it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.fast_dockerfile.test_sidecar_out import make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.docker

INSTALLED = (
    "FROM busybox\n# the shipper\nCOPY filebeat /usr/bin/filebeat\nRUN mkdir -p /data && chmod +x /usr/bin/filebeat\n"
)
APP = '#!/bin/sh\necho started "$@"\nexit 7\n'
SIDECAR = "#!/bin/sh\nsleep 600\n"


class Ran(NamedTuple):
    code: int
    out: str


CASES = [
    pytest.param(
        f'{INSTALLED}COPY app /app\nCMD ["sh", "-c", "/app \'a b\' & filebeat -e"]\n',
        "",
        Ran(7, "started a b\n"),
        id="the application was in the background",
    ),
    pytest.param(
        f"{INSTALLED}COPY app /app\nCMD filebeat -e & exec /app $HOME\n",
        "",
        Ran(7, "started /root\n"),
        id="the sidecar was in the background, in a shell",
    ),
    pytest.param(
        f'{INSTALLED}WORKDIR /srv\nCOPY app start.sh ./\nENTRYPOINT ["./start.sh"]\nCMD ["one", "two"]\n',
        "#!/bin/sh\nset -e\nmkdir -p /var/log/filebeat /data\n# the shipper\n"
        'nohup filebeat -e > /dev/null 2>&1 &\nexec ./app "$@"\n',
        Ran(7, "started one two\n"),
        id="a script with the arguments of the command",
    ),
    pytest.param(
        f'{INSTALLED}COPY app start.sh /bin/\nCMD ["start.sh"]\n',
        "#!/bin/sh\nfilebeat -e & app x\n",
        Ran(7, "started x\n"),
        id="a script with both on one line, found by its name",
    ),
]


@pytest.fixture
def images() -> Iterator[list[str]]:
    made: list[str] = []
    yield made
    for image in made:
        subprocess.run(["docker", "rmi", image], check=False, capture_output=True)


@pytest.mark.parametrize(("dockerfile", "script", "expected"), CASES)
def test_the_application_runs_alone(
    dockerfile: str, script: str, expected: Ran, tmp_path: Path, images: list[str]
) -> None:
    files = {"Dockerfile": dockerfile, "app": APP, "filebeat": SIDECAR} | ({"start.sh": script} if script else {})
    fast = make(files, "filebeat")
    assert fast.refused == ()
    files |= {"Dockerfile": fast.text} | {file.path: file.text for file in fast.files}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    environment = {**os.environ, "DOCKER_BUILDKIT": "1"}

    built = subprocess.run(["docker", "build", "-q", str(tmp_path)], check=True, capture_output=True, env=environment)
    images.append(built.stdout.decode().strip())

    command = ["docker", "run", "--rm", images[0]]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert Ran(ran.returncode, ran.stdout) == expected
    looked = subprocess.run(
        [*command[:3], "--entrypoint", "ls", images[0], "/usr/bin"], check=False, capture_output=True
    )
    assert b"filebeat" not in looked.stdout
