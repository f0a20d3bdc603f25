from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from composevariant.dockerfile.stages import Dockerfile, read_dockerfile
from composevariant.errors import UnusableInput
from composevariant.source import Source

if TYPE_CHECKING:
    from pathlib import Path

THREE_STAGES = """\
ARG BASE=builder
ARG UNUSED
FROM rust AS Builder
ARG PROFILE=release
RUN cargo build
FROM debian
ARG PROFILE
COPY --from=0 /app /app
FROM ${BASE} as test
ARG A=1 B
RUN cargo test
"""


def dockerfile(text: str) -> Dockerfile:
    return read_dockerfile(Source("Dockerfile", text))


def test_a_stage_is_a_from_with_what_follows() -> None:
    stages = dockerfile(THREE_STAGES).stages

    assert [(stage.number, stage.name, stage.base) for stage in stages] == [
        (0, "builder", "rust"),
        (1, "", "debian"),
        (2, "test", "${BASE}"),
    ]
    assert [[each.name for each in stage.instructions] for stage in stages] == [
        ["ARG", "RUN"],
        ["ARG", "COPY"],
        ["ARG", "RUN"],
    ]


@pytest.mark.parametrize(
    ("target", "number"),
    [
        pytest.param("builder", 0, id="by name"),
        pytest.param("BUILDER", 0, id="by name in another case"),
        pytest.param("", 2, id="the last one without a name"),
        pytest.param("0", None, id="never by number"),
        pytest.param("debian", None, id="never by image"),
    ],
)
def test_a_target_is_a_stage_by_name(target: str, number: int | None) -> None:
    stage = dockerfile(THREE_STAGES).target(target)

    assert (stage.number if stage else None) == number


@pytest.mark.docker
@pytest.mark.parametrize("builder", [pytest.param("1", id="BuildKit"), pytest.param("0", id="the classic builder")])
@pytest.mark.parametrize("target", ["one", "ONE", "", "0", "1"])
def test_docker_has_the_same_idea_of_a_target(target: str, builder: str, tmp_path: Path) -> None:
    text = "FROM scratch AS One\nCOPY Dockerfile /\nFROM scratch\nCOPY Dockerfile /\n"
    (tmp_path / "Dockerfile").write_text(text)
    command = ["docker", "build", "-q", f"--target={target}", str(tmp_path)]
    built = subprocess.run(command, check=False, capture_output=True, env={**os.environ, "DOCKER_BUILDKIT": builder})

    subprocess.run(["docker", "rmi", built.stdout.strip() or "none"], check=False, capture_output=True)

    assert (built.returncode == 0) == (dockerfile(text).target(target) is not None)


@pytest.mark.parametrize(
    ("reference", "number"),
    [
        pytest.param("Test", 2, id="by name"),
        pytest.param("1", 1, id="by number"),
        pytest.param("3", None, id="a number that is too high"),
        pytest.param("nginx:1.27", None, id="an image"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_reference_is_a_stage_by_name_or_number(reference: str, number: int | None) -> None:
    stage = dockerfile(THREE_STAGES).stage(reference)

    assert (stage.number if stage else None) == number


def test_of_two_stages_with_one_name_the_last_is_meant() -> None:
    target = dockerfile("FROM a AS x\nFROM b AS x\n").target("x")

    assert target is not None
    assert target.base == "b"


@pytest.mark.parametrize(
    ("base", "number"),
    [
        pytest.param("builder", 0, id="an earlier stage"),
        pytest.param("Builder", 0, id="in any case"),
        pytest.param("test", None, id="not itself"),
        pytest.param("rust", None, id="an image"),
        pytest.param("", None, id="not a stage without a name"),
    ],
)
def test_a_stage_builds_on_an_earlier_one(base: str, number: int | None) -> None:
    file = dockerfile(THREE_STAGES)
    stage = file.base_of(file.stages[2], base)

    assert (stage.number if stage else None) == number


def test_arguments_are_known_for_each_stage_and_for_the_file() -> None:
    file = dockerfile(THREE_STAGES)

    assert [stage.arguments() for stage in file.stages] == [
        {"PROFILE": "release"},
        {"PROFILE": None},
        {"A": "1", "B": None},
    ]
    assert file.arguments() == {"BASE", "UNUSED", "PROFILE", "A", "B"}


@pytest.mark.parametrize(
    ("text", "escape"),
    [
        pytest.param("FROM a\n", "\\", id="a backslash"),
        pytest.param("# escape=`\nFROM a\n", "`", id="what the directive says"),
    ],
)
def test_the_escape_character_is_known(text: str, escape: str) -> None:
    assert dockerfile(text).escape == escape


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="an empty file"),
        pytest.param("# FROM a\n", id="only a comment"),
        pytest.param("ARG A\nRUN b\n", id="instructions, but no FROM"),
    ],
)
def test_a_file_without_from_is_no_dockerfile(text: str) -> None:
    with pytest.raises(UnusableInput, match=r"^Dockerfile:1:1: has no FROM"):
        dockerfile(text)
