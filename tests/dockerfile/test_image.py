from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from composevariant.dockerfile.image import Image, exposed_ports, image_of
from composevariant.dockerfile.stages import read_dockerfile
from composevariant.source import Source

if TYPE_CHECKING:
    from pathlib import Path


def image(text: str, target: str = "", arguments: dict[str, str | None] | None = None) -> Image:
    dockerfile = read_dockerfile(Source("Dockerfile", text))
    stage = dockerfile.target(target)
    assert stage is not None
    return image_of(dockerfile, stage, arguments or {})


@pytest.mark.parametrize(
    ("word", "ports"),
    [
        pytest.param("80", {"80/tcp"}, id="a port"),
        pytest.param("53/UDP", {"53/udp"}, id="a protocol"),
        pytest.param("8000-8002/udp", {"8000/udp", "8001/udp", "8002/udp"}, id="a range"),
        pytest.param("8080:80", {"80/tcp"}, id="a host port does not count"),
        pytest.param("$PORT", {"$PORT/tcp"}, id="a variable"),
        pytest.param("${PORT:-80}/udp", {"${PORT:-80}/udp"}, id="a variable with a colon"),
        pytest.param("1-99999999", {"1-99999999/tcp"}, id="a range beyond all ports"),
    ],
)
def test_exposed_ports_have_one_form(word: str, ports: set[str]) -> None:
    assert exposed_ports(word) == ports


@pytest.mark.parametrize(
    ("text", "target", "ports", "user"),
    [
        pytest.param("FROM a\n", "", [], None, id="nothing is set"),
        pytest.param(
            "FROM a\nEXPOSE 80 81\nEXPOSE 80/udp\n", "", ["80/tcp", "80/udp", "81/tcp"], None, id="ports add up"
        ),
        pytest.param("FROM a\nUSER b\nUSER c:d\n", "", [], "c:d", id="the last user counts"),
        pytest.param("FROM a\nUSER b\nEXPOSE 1\nFROM c\nEXPOSE 2\n", "", ["2/tcp"], None, id="only the last stage"),
        pytest.param("FROM a AS x\nUSER b\nEXPOSE 1\nFROM c\n", "X", ["1/tcp"], "b", id="the target stage"),
        pytest.param(
            "FROM a AS x\nEXPOSE 1\nUSER b\nFROM X AS y\nEXPOSE 2\nFROM y\nUSER c\n",
            "",
            ["1/tcp", "2/tcp"],
            "c",
            id="through the stages that it builds on",
        ),
        pytest.param("ARG B=x\nFROM a AS x\nUSER b\nFROM ${B}\n", "", [], "b", id="a base in a variable"),
        pytest.param("FROM a AS x\nONBUILD USER b\nFROM x AS y\nFROM y\n", "", [], "b", id="the triggers of a base"),
        pytest.param("FROM a AS x\nONBUILD USER b\n", "", [], None, id="but not its own"),
        pytest.param("FROM x AS x\nUSER b\n", "", [], "b", id="a stage with the name of its image"),
    ],
)
def test_ports_and_user_of_the_stage_that_is_built(text: str, target: str, ports: list[str], user: str | None) -> None:
    built = image(text, target)

    assert (sorted(built.exposed), built.user) == (ports, user)


@pytest.mark.parametrize(
    ("text", "arguments", "user"),
    [
        pytest.param("FROM a\nARG U=b\nUSER $U\n", {}, "b", id="a default"),
        pytest.param("FROM a\nARG U=b\nUSER $U\n", {"U": "c"}, "c", id="a given value"),
        pytest.param("FROM a\nARG U=b\nUSER $U\n", {"U": None}, "$U", id="a given value that is not known"),
        pytest.param("ARG U=b\nFROM a\nUSER $U\n", {}, "$U", id="not declared in the stage"),
        pytest.param("ARG U=b\nFROM a\nARG U\nUSER $U\n", {}, "b", id="declared again in the stage"),
        pytest.param("ARG U=b\nFROM a\nARG U=c\nUSER $U\n", {}, "c", id="with a default of its own"),
        pytest.param("FROM a\nENV U=b V=${U:-x}\nUSER $V\n", {}, "x", id="ENV sees what was before it"),
        pytest.param("FROM a\nENV U b c\nUSER $U\n", {}, "b c", id="the old form of ENV"),
        pytest.param("FROM a\nARG U=b\nENV U=c\nUSER $U\n", {"U": "d"}, "c", id="a later ENV counts"),
        pytest.param("FROM a\nENV U=c\nARG U=b\nUSER $U\n", {}, "b", id="a later ARG counts"),
        pytest.param("FROM a AS x\nENV U=c\nARG U=b\nFROM x\nUSER $U\n", {}, "c", id="in the next stage ENV counts"),
        pytest.param("FROM a AS x\nARG U=b\nFROM x\nUSER $U\n", {}, "b", id="arguments are inherited"),
        pytest.param("FROM a\nARG A=b B=${A}c\nUSER '$A':\"$B\"\n", {}, "$A:bc", id="quotes"),
        pytest.param(
            "FROM a\nUSER " + "${A:-" * 5000 + "\n", {}, "${A:-" * 5000, id="so does what is nested too deeply"
        ),
        pytest.param("FROM a\nARG A=bc\nUSER ${A#b}\n", {}, "${A#b}", id="a pattern stays as it is"),
    ],
)
def test_variables_count_as_docker_counts_them(text: str, arguments: dict[str, str | None], user: str) -> None:
    assert image(text, arguments=arguments).user == user


def test_the_other_settings() -> None:
    built = image('FROM a\nWORKDIR /a\nWORKDIR b/../c\nVOLUME /d ["/e"]\nVOLUME ["/f g"]\nENV A=1 B="2 3"\n')

    assert built.workdir == "/a/c"
    assert built.volumes == {"/d", "[/e]", "/f g"}
    assert built.environment == {"A": "1", "B": "2 3"}


@pytest.mark.parametrize(
    ("text", "entrypoint", "command", "healthcheck"),
    [
        pytest.param("FROM a\nCMD b\nCMD c\n", None, "CMD c\n", None, id="the last command counts"),
        pytest.param("FROM a\nCMD b\nENTRYPOINT c\n", "ENTRYPOINT c\n", "CMD b\n", None, id="both in one stage"),
        pytest.param(
            "FROM a AS x\nCMD b\nFROM x\nENTRYPOINT c\n", "ENTRYPOINT c\n", None, None, id="ENTRYPOINT drops CMD"
        ),
        pytest.param(
            "FROM a AS x\nENTRYPOINT c\nFROM x\nCMD b\n", "ENTRYPOINT c\n", "CMD b\n", None, id="CMD keeps ENTRYPOINT"
        ),
        pytest.param("FROM a AS x\nHEALTHCHECK NONE\nFROM x\n", None, None, "HEALTHCHECK NONE\n", id="a health check"),
    ],
)
def test_what_is_run(text: str, entrypoint: str | None, command: str | None, healthcheck: str | None) -> None:
    built = image(text)
    found = [each.text if each else None for each in (built.entrypoint, built.command, built.healthcheck)]

    assert found == [entrypoint, command, healthcheck]


MANY_SETTINGS = """\
ARG G=global
ARG NEXT=b
FROM scratch AS A
ENV X=env
ARG X=arg
ARG G
ARG H=h
ENV P=$X
EXPOSE 70
CMD ["x"]
FROM a AS b
ONBUILD VOLUME /trigger
ENV S=$X-$G-$H
EXPOSE ${NOPE:-81} ${H:+82}/udp 83-85 86:87 "88"
FROM ${NEXT}
ENTRYPOINT ["y"]
ENV A=1 B=${A:-none}2
ENV A=2 B=${A}2
USER "$A":"${B}"
WORKDIR rel/$A
WORKDIR more
VOLUME /a $A "/b"
"""


@pytest.mark.docker
def test_the_settings_are_those_of_a_real_build(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(MANY_SETTINGS)
    identity = subprocess.run(
        ["docker", "build", "-q", tmp_path], check=True, capture_output=True, text=True
    ).stdout.strip()
    inspect = subprocess.run(["docker", "inspect", identity], check=True, capture_output=True, text=True).stdout
    subprocess.run(["docker", "rmi", identity], check=True, capture_output=True)
    real = json.loads(inspect)[0]["Config"]

    built = image(MANY_SETTINGS)

    assert sorted(built.exposed) == sorted(real["ExposedPorts"])
    assert built.user == real["User"]
    assert f"/{built.workdir}" == real["WorkingDir"]
    assert sorted(built.volumes) == sorted(real["Volumes"])
    assert {f"{name}={value}" for name, value in built.environment.items()} <= set(real["Env"])
    assert (built.command is not None) == bool(real["Cmd"])
