"""What is said about a Dockerfile before a service is built from it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from composevariant.errors import UnusableInput
from composevariant.operations.dockerfiles import apply
from composevariant.operations.outcome import Context
from composevariant.overlay import Dockerfiles
from composevariant.source import Source
from composevariant.tree import Mapping
from composevariant.yamltext import parse


class Files(dict[str, str]):
    def read_text(self, path: str) -> str | None:
        return self[path] if self[path] != "not UTF-8" else None

    def is_file(self, path: str) -> bool:
        return path in self


def said(build: str, standard: str, fast: str) -> list[str]:
    """The warnings about a swap from one Dockerfile to the other."""
    root = parse(Source("docker-compose.yml", f"services:\n  api:\n    build: {build}\n")).root
    assert isinstance(root, Mapping)
    files = Files({"Dockerfile": dedent(standard), "Dockerfile.fast": dedent(fast)})
    outcome = apply(root, Dockerfiles(suffix=".fast", map=()), Context(files, "shop"))
    return [f"{note.location}: {note.message}" for note in outcome.notes if note.kind == "warning"]


@pytest.mark.parametrize(
    ("build", "standard", "fast"),
    [
        pytest.param(".", "FROM a\n", "FROM b\n", id="only the base image differs"),
        pytest.param(
            ".",
            "FROM a\nEXPOSE 80 81\nUSER b\n",
            "FROM a\nUSER b\nEXPOSE 81/tcp\nEXPOSE 80\n",
            id="the same, written otherwise",
        ),
        pytest.param("{target: dev}", "FROM a AS dev\n", "FROM b AS Dev\nFROM c\n", id="the target in another case"),
        pytest.param("{target: '${T:-dev}'}", "FROM a AS dev\n", "FROM b AS dev\n", id="the default of a target"),
        pytest.param(
            "{target: '${T}'}", "FROM a\nEXPOSE 1\n", "FROM b\n", id="a target that only the environment knows"
        ),
        pytest.param("{target: ''}", "FROM a\n", "FROM b\n", id="an empty target"),
        pytest.param(
            "{args: {A: 1, HTTP_PROXY: x, no_proxy: y, BUILDKIT_INLINE_CACHE: 1, TARGETARCH: arm64}}",
            "FROM a\n",
            "ARG A\nFROM b\n",
            id="declared and predefined arguments",
        ),
        pytest.param(
            "{args: ['A=1', B, '${C}=1']}", "FROM a\n", "FROM b\nARG A B\n", id="declared arguments as a list"
        ),
        pytest.param(
            "{args: {PORT: 1}}",
            "FROM a\nARG PORT=2\nEXPOSE $PORT\n",
            "FROM a\nEXPOSE 1\n ARG PORT\n",
            id="ports with the service's arguments",
        ),
        pytest.param(
            "{args: {PORT: }}",
            "FROM a\nARG PORT=2\nEXPOSE $PORT\n",
            "FROM b\nARG PORT=3\nEXPOSE $PORT\n",
            id="an argument from the environment",
        ),
        pytest.param(
            "{target: x}",
            "FROM a AS x\nEXPOSE 1\nFROM b\n",
            "FROM a AS y\nEXPOSE 1\nFROM y AS x\n",
            id="ports through an earlier stage",
        ),
        pytest.param(".", "not a Dockerfile", "FROM a\nUSER b\n", id="a standard file that cannot be read"),
        pytest.param(".", "not UTF-8", "FROM a\nUSER b\n", id="a standard file that is not UTF-8"),
        pytest.param("{target: x}", "FROM a\n", "FROM a AS x\nUSER b\n", id="a target that only the new file has"),
    ],
)
def test_nothing_to_say(build: str, standard: str, fast: str) -> None:
    assert said(build, standard, fast) == []


@pytest.mark.parametrize(
    ("build", "standard", "fast", "warnings"),
    [
        pytest.param(
            "{dockerfile: Dockerfile}",
            "FROM a\nEXPOSE 3000\nEXPOSE 53/udp\n",
            "FROM a\nEXPOSE 80\n",
            ["3:25: Dockerfile.fast exposes 80/tcp, Dockerfile exposes 3000/tcp, 53/udp"],
            id="other ports",
        ),
        pytest.param(
            ".",
            "FROM a\n",
            "FROM a\nEXPOSE 80\n",
            ["3:12: Dockerfile.fast exposes 80/tcp, Dockerfile exposes nothing"],
            id="a new port",
        ),
        pytest.param(
            ".",
            "FROM a\nUSER app\n",
            "FROM a\nUSER app\nUSER root\n",
            ["3:12: Dockerfile.fast runs as root, Dockerfile runs as app"],
            id="another user",
        ),
        pytest.param(
            ".",
            "FROM a\nUSER app\n",
            "FROM a\n",
            ["3:12: Dockerfile.fast runs as the base image's user, Dockerfile runs as app"],
            id="no user any more",
        ),
        pytest.param(
            "{target: dev}",
            "FROM a AS dev\nUSER one\nFROM b\n",
            "FROM a AS dev\nUSER two\nFROM b\n",
            ["3:12: Dockerfile.fast runs as two, Dockerfile runs as one"],
            id="another user in the target",
        ),
        pytest.param(
            "{args: {A: 1, B: 2}}",
            "FROM a\nARG A B\n",
            "FROM a\nARG B\n",
            ["3:20: Dockerfile.fast does not declare the build argument A"],
            id="an argument that is not declared",
        ),
        pytest.param(
            "{args: ['A=1', B]}",
            "FROM a\n",
            "FROM a\nARG B\n",
            ["3:20: Dockerfile.fast does not declare the build argument A"],
            id="one of a list",
        ),
    ],
)
def test_differences_are_warned_of(build: str, standard: str, fast: str, warnings: list[str]) -> None:
    assert said(build, standard, fast) == [f"docker-compose.yml:{warning}" for warning in warnings]


@pytest.mark.parametrize(
    ("fast", "warning"),
    [
        pytest.param(
            "FROM a\nRUN <<EOF\n",
            "Dockerfile.fast:2:1: Dockerfile.fast was not checked: no line EOF ends the here-document",
            id="a mistake in it",
        ),
        pytest.param(
            "",
            "Dockerfile.fast:1:1: Dockerfile.fast was not checked: has no FROM, so there is nothing to build",
            id="an empty file",
        ),
        pytest.param(
            "not UTF-8",
            "Dockerfile.fast:1:1: Dockerfile.fast was not checked: it is not UTF-8 text that can be read",
            id="not UTF-8",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_warned_of(fast: str, warning: str) -> None:
    assert said("{target: dev, args: {A: 1}}", "FROM a\n", fast) == [warning]


@pytest.mark.parametrize(
    ("target", "fast", "error"),
    [
        pytest.param(
            "bulider",
            "FROM a AS builder\nFROM b\nFROM c AS Final\n",
            'docker-compose.yml:3:21: services.api.build.target names "bulider", which is not a stage of '
            'Dockerfile.fast (did you mean "builder"?)\n  hint: its stages are builder, final',
            id="a misspelt name",
        ),
        pytest.param(
            "dev",
            "FROM a\n",
            'docker-compose.yml:3:21: services.api.build.target names "dev", which is not a stage of Dockerfile.fast\n'
            "  hint: its stages have no names",
            id="a file without names",
        ),
        pytest.param(
            "0",
            "FROM a AS dev\n",
            'docker-compose.yml:3:21: services.api.build.target names "0", which is not a stage of Dockerfile.fast\n'
            "  hint: its stages are dev",
            id="a number, which Docker takes for a name",
        ),
    ],
)
def test_a_target_must_be_a_stage_of_the_new_file(target: str, fast: str, error: str) -> None:
    with pytest.raises(UnusableInput) as refused:
        said(f"{{target: '{target}'}}", "FROM a\n", fast)

    assert str(refused.value) == error


def test_an_inline_dockerfile_is_compared_too() -> None:
    text = 'services:\n  api:\n    build: {dockerfile_inline: "FROM a\\nUSER ${U:-one}"}\n'
    root = parse(Source("docker-compose.yml", text)).root
    assert isinstance(root, Mapping)
    wanted = Dockerfiles(map=(("api", "x", None),))
    outcome = apply(root, wanted, Context(Files({"x": "FROM a\nUSER two\n"}), "shop"))

    assert [note.message for note in outcome.notes if note.kind == "warning"] == [
        "x runs as two, dockerfile_inline runs as one"
    ]


def test_files_with_one_text_keep_their_names_in_warnings() -> None:
    root = parse(Source("docker-compose.yml", "services:\n  a: {build: a}\n  b: {build: b}\n")).root
    assert isinstance(root, Mapping)
    texts = {"Dockerfile": "FROM x\n", "Dockerfile.fast": "FROM x\nUSER y\n"}
    files = Files({f"{folder}/{name}": text for folder in "ab" for name, text in texts.items()})
    outcome = apply(root, Dockerfiles(suffix=".fast"), Context(files, "shop"))

    assert [note.message for note in outcome.notes if note.kind == "warning"] == [
        "a/Dockerfile.fast runs as y, a/Dockerfile runs as the base image's user",
        "b/Dockerfile.fast runs as y, b/Dockerfile runs as the base image's user",
    ]
