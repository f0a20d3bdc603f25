"""From what Docker Compose says of a build to the words of `docker build`."""

from __future__ import annotations

import pytest

from composevariant.bench.job import builds_of, built_services
from composevariant.errors import UnusableInput


def config(**build: object) -> dict[str, object]:
    secrets = {"file": {"file": "/s/token"}, "env": {"environment": "TOKEN"}, "other": {"external": True}}
    return {"services": {"app": {"build": {"context": "/p", **build}}, "db": {"image": "x"}}, "secrets": secrets}


@pytest.mark.parametrize(
    ("build", "words"),
    [
        pytest.param({"args": {"A": "1", "B": None}}, ["--build-arg", "A=1", "--build-arg", "B"], id="arguments"),
        pytest.param({"labels": {"a": "b"}}, ["--label", "a=b"], id="labels"),
        pytest.param({"extra_hosts": ["a=1.2.3.4"]}, ["--add-host", "a:1.2.3.4"], id="hosts"),
        pytest.param({"extra_hosts": {"a": ["1.2.3.4"]}}, ["--add-host", "a:1.2.3.4"], id="hosts as a mapping"),
        pytest.param({"additional_contexts": {"a": "/b"}}, ["--build-context", "a=/b"], id="more contexts"),
        pytest.param({"secrets": [{"source": "file"}]}, ["--secret", "id=file,src=/s/token"], id="a secret of a file"),
        pytest.param(
            {"secrets": [{"source": "env", "target": "t"}]}, ["--secret", "id=t,env=TOKEN"], id="a secret of a variable"
        ),
        pytest.param({"ssh": ["default"]}, ["--ssh", "default"], id="ssh"),
        pytest.param(
            {"network": "host", "shm_size": "1000"}, ["--network", "host", "--shm-size", "1000"], id="plain ones"
        ),
        pytest.param(
            {"ulimits": {"a": 1, "b": {"soft": 1, "hard": 2}}}, ["--ulimit", "a=1", "--ulimit", "b=1:2"], id="limits"
        ),
        pytest.param({"platforms": ["linux/amd64"]}, ["--platform", "linux/amd64"], id="one platform"),
    ],
)
def test_options(build: dict[str, object], words: list[str]) -> None:
    assert list(builds_of(config(**build))["app"].options) == words


def test_the_platform_of_the_service_is_that_of_its_build() -> None:
    found = {"services": {"app": {"platform": "linux/arm64", "build": {"context": "/p"}}}}

    assert builds_of(dict(found))["app"].options == ("--platform", "linux/arm64")


def test_where_files_are_and_what_does_not_count() -> None:
    built = builds_of(config(dockerfile="docker/Dockerfile", target="t", cache_from=["x"], pull=True))["app"]
    inline = builds_of(config(dockerfile_inline="FROM x"))["app"]

    assert (built.context, built.dockerfile, built.target) == ("/p", "/p/docker/Dockerfile", "t")
    assert built.left_out == ("cache_from", "pull")
    assert (inline.dockerfile, inline.inline) == ("", "FROM x")


def test_secrets_stay_out_of_what_is_said() -> None:
    built = builds_of(config(args={"API_TOKEN": "hunter2", "LEVEL": "debug"}))["app"]

    assert built.without_secrets("curl hunter2 debug") == "curl *** debug"


@pytest.mark.parametrize(
    "build",
    [
        pytest.param({"context": "https://github.com/a/b.git"}, id="a context elsewhere"),
        pytest.param({"additional_contexts": {"a": "service:b"}}, id="the image of another service"),
        pytest.param({"secrets": [{"source": "other"}]}, id="a secret that only the engine has"),
    ],
)
def test_what_cannot_be_built(build: dict[str, object]) -> None:
    with pytest.raises(UnusableInput):
        builds_of(config(**build))


TWO: dict[str, object] = {
    "services": {
        "far": {"build": {"context": "https://x/y.git"}},
        "near": {"build": {"context": "/b"}},
        "db": {"image": "x"},
        "none": None,
    }
}


@pytest.mark.parametrize("wanted", [pytest.param(None, id="all that are built"), pytest.param(["far"], id="by name")])
def test_a_service_that_is_wanted_and_cannot_be_built_is_told(wanted: list[str] | None) -> None:
    with pytest.raises(UnusableInput, match="far is built from"):
        builds_of(TWO, wanted)


def test_a_service_that_is_not_wanted_is_not_read() -> None:
    assert built_services(TWO) == ["far", "near"]
    assert list(builds_of(TWO, ["near"])) == ["near"]
    assert builds_of(TWO, []) == {}
