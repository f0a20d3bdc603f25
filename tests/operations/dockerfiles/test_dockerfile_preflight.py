"""What is said about a Dockerfile before a service is built from it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from composevariant.errors import UnusableInput
from composevariant.operations.context import Context
from composevariant.operations.dockerfiles.dockerfiles import apply
from composevariant.operations.dockerfiles.sidecars import left_in_images
from composevariant.overlay.operations import Dockerfiles, Strip
from composevariant.source import Source
from composevariant.tree.nodes import Mapping
from composevariant.yamltext.parser import parse


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
            ["3:25: Dockerfile.fast exposes 80/tcp, Dockerfile exposes 3000/tcp, 53/udp [dockerfile.expose]"],
            id="other ports",
        ),
        pytest.param(
            ".",
            "FROM a\n",
            "FROM a\nEXPOSE 80\n",
            ["3:12: Dockerfile.fast exposes 80/tcp, Dockerfile exposes nothing [dockerfile.expose]"],
            id="a new port",
        ),
        pytest.param(
            ".",
            "FROM a\nUSER app\n",
            "FROM a\nUSER app\nUSER root\n",
            ["3:12: Dockerfile.fast runs as root, Dockerfile runs as app [dockerfile.user]"],
            id="another user",
        ),
        pytest.param(
            ".",
            "FROM a\nUSER app\n",
            "FROM a\n",
            ["3:12: Dockerfile.fast runs as the base image's user, Dockerfile runs as app [dockerfile.user]"],
            id="no user any more",
        ),
        pytest.param(
            "{target: dev}",
            "FROM a AS dev\nUSER one\nFROM b\n",
            "FROM a AS dev\nUSER two\nFROM b\n",
            ["3:12: Dockerfile.fast runs as two, Dockerfile runs as one [dockerfile.user]"],
            id="another user in the target",
        ),
        pytest.param(
            "{args: {A: 1, B: 2}}",
            "FROM a\nARG A B\n",
            "FROM a\nARG B\n",
            ["3:20: Dockerfile.fast does not declare the build argument A [build.args]"],
            id="an argument that is not declared",
        ),
        pytest.param(
            "{args: ['A=1', B]}",
            "FROM a\n",
            "FROM a\nARG B\n",
            ["3:20: Dockerfile.fast does not declare the build argument A [build.args]"],
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
            "Dockerfile.fast:1:1: Dockerfile.fast was not checked: it cannot be read as UTF-8 text",
            id="not UTF-8",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_warned_of(fast: str, warning: str) -> None:
    assert said("{target: dev, args: {A: 1}}", "FROM a\n", fast) == [f"{warning} [dockerfile.unread]"]


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
        "x runs as two, dockerfile_inline runs as one [dockerfile.user]"
    ]


def test_files_with_one_text_keep_their_names_in_warnings() -> None:
    root = parse(Source("docker-compose.yml", "services:\n  a: {build: a}\n  b: {build: b}\n")).root
    assert isinstance(root, Mapping)
    texts = {"Dockerfile": "FROM x\n", "Dockerfile.fast": "FROM x\nUSER y\n"}
    files = Files({f"{folder}/{name}": text for folder in "ab" for name, text in texts.items()})
    outcome = apply(root, Dockerfiles(suffix=".fast"), Context(files, "shop"))

    assert [note.message for note in outcome.notes if note.kind == "warning"] == [
        "a/Dockerfile.fast runs as y, a/Dockerfile runs as the base image's user [dockerfile.user]",
        "b/Dockerfile.fast runs as y, b/Dockerfile runs as the base image's user [dockerfile.user]",
    ]


def advice(build: str, standard: str, fast: str, *others: str) -> list[str]:
    """What checks find, warnings or not; `others` are files that exist."""
    text = f"services:\n  api:\n    build: {build}\n"
    root = parse(Source("docker-compose.yml", text)).root
    assert isinstance(root, Mapping)
    files = Files({"Dockerfile": standard, "Dockerfile.fast": fast, **dict.fromkeys(others, "")})
    outcome = apply(root, Dockerfiles(suffix=".fast", map=()), Context(files, "shop"))
    return [note.message for note in outcome.notes if note.check]


@pytest.mark.parametrize(
    ("standard", "fast", "told"),
    [
        pytest.param(
            "FROM a\nWORKDIR /b\n",
            "FROM a\nWORKDIR /c\n",
            ["Dockerfile.fast works in /c, Dockerfile works in /b [dockerfile.workdir]"],
            id="another folder",
        ),
        pytest.param(
            "FROM a\nVOLUME /b /c\n",
            "FROM a\nVOLUME /c\n",
            ["Dockerfile.fast has volumes at /c, Dockerfile has volumes at /b, /c [dockerfile.volume]"],
            id="a volume less",
        ),
        pytest.param(
            "FROM a\nCMD b\n",
            "FROM a\nRUN x\nCMD b c\n",
            ["Dockerfile.fast:3 has a different CMD from Dockerfile:2 [dockerfile.command]"],
            id="another command",
        ),
        pytest.param(
            'FROM a\nENTRYPOINT ["b"]\n',
            "FROM a\n",
            ["Dockerfile.fast has no ENTRYPOINT, Dockerfile:2 has one [dockerfile.entrypoint]"],
            id="no entrypoint any more",
        ),
        pytest.param(
            "FROM a\n",
            "FROM a\nHEALTHCHECK CMD b\n",
            ["Dockerfile.fast:2 has a HEALTHCHECK, Dockerfile has none [dockerfile.healthcheck]"],
            id="a new health check",
        ),
        pytest.param(
            "FROM a\nHEALTHCHECK --retries=2 CMD b\n",
            "FROM a\nHEALTHCHECK --retries=3 CMD b\n",
            ["Dockerfile.fast:2 has a different HEALTHCHECK from Dockerfile:2 [dockerfile.healthcheck]"],
            id="a health check that is tried more often",
        ),
        pytest.param(
            'FROM a\nCMD ["b",  "c"]\n', 'FROM a\nCMD ["b","c"]\n', [], id="the same command, written otherwise"
        ),
        pytest.param("FROM a AS b\nCMD c\nFROM b\n", "FROM a\nCMD c\n", [], id="the same command, from another stage"),
    ],
)
def test_differences_of_images_are_told(standard: str, fast: str, told: list[str]) -> None:
    assert advice(".", standard, fast) == told


SCRIPTS = "Dockerfile copies into the image but Dockerfile.fast does not [dockerfile.lost-script]"


@pytest.mark.parametrize(
    ("service", "standard", "fast", "told"),
    [
        pytest.param(
            ".\n    command: /start.sh x",
            "FROM a\nCOPY start.sh /\n",
            "FROM a\n",
            [f"command starts /start.sh, which {SCRIPTS}"],
            id="a script",
        ),
        pytest.param(
            ".\n    entrypoint: [sh, ./start.sh]",
            "FROM a\nWORKDIR /app\nCOPY start.sh .\n",
            "FROM a\nWORKDIR /app\n",
            [f"entrypoint starts ./start.sh, which {SCRIPTS}"],
            id="a script in the working directory",
        ),
        pytest.param(
            ".\n    command: /app/start.sh",
            "FROM a\nCOPY . /app\n",
            "FROM a\nCOPY src /app\n",
            [f"command starts /app/start.sh, which {SCRIPTS}"],
            id="a script that was copied with its folder",
        ),
        pytest.param(
            ".\n    command: /app/start.sh",
            "FROM a\nCOPY start.sh /app/\n",
            "FROM a\nCOPY . /app\n",
            [],
            id="a script that is copied with its folder",
        ),
        pytest.param(
            ".\n    command: /start.sh",
            "FROM a\nCOPY start.sh /\n",
            "FROM a\nRUN curl x > /start.sh\n",
            [],
            id="a script that is made in another way",
        ),
        pytest.param(".\n    command: /usr/bin/app", "FROM a\n", "FROM a\n", [], id="a program of the base image"),
    ],
)
def test_a_script_that_only_the_old_image_has_is_warned_of(
    service: str, standard: str, fast: str, told: list[str]
) -> None:
    assert advice(service, standard, fast, "start.sh") == told


def test_a_dangerous_recipe_is_warned_of_at_its_line() -> None:
    fast = (
        "FROM rust\nRUN mkdir src && echo > src/main.rs && cargo build --release\nCOPY . .\nRUN cargo build --release\n"
    )

    (warning,) = said(".", "FROM rust\n", fast)

    assert warning.startswith("Dockerfile.fast:4:1: the empty program of line 2 may be shipped")
    assert warning.endswith("[dockerfile.stale-dummy]")


@pytest.mark.parametrize(
    ("fast", "told"),
    [
        pytest.param('FROM a\nCMD ["server"]\n', [], id="the same without the sidecar"),
        pytest.param(
            "FROM a\nCMD server & filebeat -e\n",
            ["Filebeat is still in the image: Dockerfile.fast:2 starts it [dockerfile.sidecar]"],
            id="the same with the sidecar",
        ),
        pytest.param(
            'FROM a\nCMD ["server", "-x"]\n',
            ["Dockerfile.fast:2 has a different CMD from Dockerfile:2 [dockerfile.command]"],
            id="another command",
        ),
    ],
)
def test_that_a_stripped_sidecar_is_not_started_is_no_difference(fast: str, told: list[str]) -> None:
    files = Files({"Dockerfile": "FROM a\nCMD server & filebeat -e\n", "Dockerfile.fast": fast})

    assert variant_notes(files) == told


def variant_notes(files: Files) -> list[str]:
    root = parse(Source("docker-compose.yml", "services:\n  api:\n    build: .\n")).root
    assert isinstance(root, Mapping)
    context = Context(files, "shop", folders=Glances(files), strips=(Strip("filebeat"),))
    outcome = apply(root, Dockerfiles(suffix=".fast"), context)
    return [note.message for note in (*outcome.notes, *left_in_images(outcome.tree, context)) if note.check]


class Glances:
    """The same files for a glance."""

    def __init__(self, files: Files) -> None:
        self.files = files

    def exists(self, path: str) -> bool:
        return self.files.is_file(path)

    def glance(self, path: str) -> str | None:
        return self.files.get(path)

    def inside(self, folder: str) -> tuple[list[str], list[str]]:
        return sorted(self.files), []
