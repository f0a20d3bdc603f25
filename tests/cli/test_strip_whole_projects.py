"""A strip on the command line: several bases, files around them, the report, and the files that are written."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

BASE = """\
services:
  app:
    image: a # ours
    depends_on: [filebeat]
  filebeat:
    image: elastic/filebeat:9.5.1
    volumes: ["fb:/usr/share/filebeat/data", "./filebeat.yml:/usr/share/filebeat/filebeat.yml:ro"]
volumes:
  fb:
"""
OVERRIDE = "services:\n  filebeat:\n    ports: ['5066:5066']\n  app:\n    labels: {co.elastic.logs/enabled: 'true'}\n"
STRIPPED = "services:\n  app:\n    image: a # ours\n"
FAST = "variants: {fast: {strip: [filebeat]}}\n"


def compose(folder: ProjectFolder, *files: str) -> subprocess.CompletedProcess[str]:
    command = ["docker", "compose", *(word for file in files for word in ("-f", file)), "config", "--format", "json"]
    return subprocess.run(command, cwd=folder.path, capture_output=True, text=True, check=False)


def test_e20_both_files_lose_it(project: Callable[..., ProjectFolder]) -> None:
    project_file = f"base: [docker-compose.yml, docker-compose.override.yml]\n{FAST}"
    files = {"docker-compose.yml": BASE, "docker-compose.override.yml": OVERRIDE, "composevariant.yml": project_file}
    folder = project(**files)

    ran = folder.run("migrate")

    assert ran.code == 0, ran.err
    assert folder.body("docker-compose.fast.yml") == STRIPPED
    assert "app: label co.elastic.logs/enabled removed" in ran.err
    assert "depends_on filebeat dropped" in ran.err
    assert "override.yml" not in "".join(line for line in ran.err.splitlines() if "published port" not in line)


@pytest.mark.oracle
def test_e20_an_override_that_counts_on_it_is_warned_of_and_compose_refuses_it(
    project: Callable[..., ProjectFolder],
) -> None:
    files = {"docker-compose.yml": BASE, "docker-compose.override.yml": OVERRIDE, "composevariant.yml": FAST}
    folder = project(**files)

    ran = folder.run("migrate")

    assert ran.code == 0, ran.err
    assert "docker-compose.override.yml:3:5: services.filebeat changes a service that the variant" in ran.err
    refused = compose(folder, "docker-compose.fast.yml", "docker-compose.override.yml")
    assert 'service "filebeat" has neither an image nor a build context' in refused.stderr
    assert list(json.loads(compose(folder, "docker-compose.fast.yml").stdout)["services"]) == ["app"]


def test_what_is_around_does_not_make_a_variant_out_of_date(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**{"docker-compose.yml": BASE, "composevariant.yml": FAST, "Makefile": "logs:\n"})
    folder.run("migrate")

    folder.write("Makefile", "logs:\n\tdocker compose logs filebeat\n")
    folder.write("filebeat.yml", "output.console: {}\n")

    assert folder.run("migrate", "--check").out == "docker-compose.fast.yml: up to date\n"
    assert "Makefile:2 mentions filebeat; the file is not edited" in folder.run("migrate", "--dry-run").err
    assert "filebeat.yml is not mounted any more; no file is deleted" in folder.run("migrate", "--dry-run").err


def test_e28_a_base_without_it_is_written_byte_by_byte(project: Callable[..., ProjectFolder]) -> None:
    text = "\ufeff# ours\r\nservices:\r\n  app:   {image: a}   # filebeat\r\n\r\nx-y: [ 1,2 ]"
    folder = project(**{"composevariant.yml": FAST, "Makefile": "logs:\n\tfilebeat\n"})
    (folder.path / "docker-compose.yml").write_bytes(text.encode())

    ran = folder.run("migrate")

    assert ran.code == 0
    assert "Makefile" not in ran.err
    assert (folder.path / "docker-compose.fast.yml").read_bytes().decode().endswith(text.removeprefix("\ufeff"))


def test_files_that_are_too_large_or_not_text_are_left_alone(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**{"docker-compose.yml": BASE, "composevariant.yml": FAST})
    (folder.path / "large.sh").write_text("filebeat\n" * 200_000)
    (folder.path / "binary.sh").write_bytes(b"filebeat \xff\n")
    (folder.path / "link.sh").symlink_to("large.sh")

    ran = folder.run("migrate", "--dry-run")

    assert ran.code == 0
    assert ".sh" not in ran.err


def test_presets_of_the_project_stand_in_its_folder_wherever_the_base_is(project: Callable[..., ProjectFolder]) -> None:
    base = "services: {app: {image: a}, acme: {image: acme/agent}}"
    files = {
        "deploy/docker-compose.yml": base,
        "composevariant.yml": "base: deploy/docker-compose.yml\nvariants: {fast: {strip: [acme]}}",
        ".composevariant/sidecars/acme.yaml": "match: {images: [acme/agent]}",
    }
    folder = project(**files)

    assert folder.run("migrate").code == 0
    assert folder.body("deploy/docker-compose.fast.yml") == "services: {app: {image: a}}"

    folder.write(".composevariant/sidecars/filebeat.yml", "match: {images: [acme]}")
    folder.write("composevariant.yml", "base: deploy/docker-compose.yml\nvariants: {fast: {strip: [filebeat]}}")
    assert folder.run("migrate").err.startswith(
        "error: .composevariant/sidecars/filebeat.yml:1:1: filebeat comes with composevariant and cannot be redefined"
    )


ELK = """\
services:
  elasticsearch: {image: "elasticsearch:9.5.1"}
  filebeat: {image: "elastic/filebeat:9.5.1", volumes: ["fb:/usr/share/filebeat/data"]}
volumes: {fb: }
"""


def test_e19_what_is_included_is_written_out_and_stripped(project: Callable[..., ProjectFolder]) -> None:
    base = "include: [elk.yml]\nservices:\n  app: {image: a, depends_on: [filebeat]}\n"
    variants = "variants: {fast: {strip: [filebeat]}, flat: {flatten: true, strip: [filebeat]}}"
    folder = project(**{"docker-compose.yml": base, "elk.yml": ELK, "composevariant.yml": variants})

    assert folder.run("migrate", "flat").code == 0
    assert folder.body("docker-compose.flat.yml") == (
        'services:\n  app: {image: a}\n  elasticsearch: {image: "elasticsearch:9.5.1"}\n'
    )
    ran = folder.run("migrate", "fast")
    assert (
        "elk.yml:3:1: the included file elk.yml mentions Filebeat, but strip does not change included files" in ran.err
    )


def test_e17_an_image_with_it_inside_is_swapped_and_its_mounts_go(project: Callable[..., ProjectFolder]) -> None:
    base = (
        "services:\n  backend:\n    build: {context: ., dockerfile: Dockerfile.backend}\n"
        "    volumes: [fb:/var/log/filebeat]\nvolumes: {fb: }\n"
    )
    overlay = "variants: {fast: {strip: [filebeat], dockerfiles: {map: {backend: Dockerfile.backend.fast}}}}"
    installs = "FROM debian\nRUN apt-get install -y filebeat\n"
    folder = project(**{"docker-compose.yml": base, "composevariant.yml": overlay, "Dockerfile.backend": installs})

    missing = folder.run("migrate")
    folder.write("Dockerfile.backend.fast", "FROM debian\n")
    ran = folder.run("migrate")

    assert missing.code == 2
    assert "Dockerfile.backend.fast" in missing.err
    assert ran.code == 0, ran.err
    assert folder.body("docker-compose.fast.yml") == (
        "services:\n  backend:\n    build: {context: ., dockerfile: Dockerfile.backend.fast}\n"
    )
