"""Sidecars out of images: what people write, and what becomes of it, or why nothing does.

A case in `embedded/` has parts that start with `=== name`: the files of the build context, `Dockerfile` among them;
`fast`, the expected text, left out where nothing is done; `> name`, the files that are written beside it; and `report`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.dockerfile.context import BuildContext
from composevariant.dockerfile.stages import read_dockerfile
from composevariant.fast_dockerfile.embedded.search import find_log_paths, find_sidecar
from composevariant.fast_dockerfile.fast import FastDockerfile, fast_dockerfile
from composevariant.fast_dockerfile.passes.base import Applied, BuildRequest, PassNote, Skipped, StartOverride
from composevariant.fast_dockerfile.passes.sidecar_out import NAME
from composevariant.sidecars.presets import load_preset, preset_names
from composevariant.source import Source
from tests.fast_dockerfile.golden_cases import Texts

FOLDER = Path(__file__).parent / "embedded"
CASES = sorted(FOLDER.glob("*/*.case"))
SAMPLE = Path(__file__).parents[2] / "samples" / "reconciliation"


class Case(NamedTuple):
    files: dict[str, str]
    fast: str | None
    beside: dict[str, str]
    report: str


def parse(text: str) -> Case:
    parts = re.split(r"^=== (.+)\n", text, flags=re.MULTILINE)
    named = dict(zip(parts[1::2], parts[2::2], strict=True))
    fast, report = named.pop("fast", None), named.pop("report", "")
    beside = {name[2:]: named.pop(name) for name in list(named) if name.startswith("> ")}
    return Case(named, fast, beside, report)


def make(files: dict[str, str], *presets: str, starts: tuple[StartOverride, ...] = ()) -> FastDockerfile:
    context = BuildContext(Texts(files), "", ".dockerignore" if ".dockerignore" in files else "")
    sidecars = tuple(load_preset(preset) for preset in presets)
    order = BuildRequest("Shop", ("app",), context=context, sidecars=sidecars, starts=starts)
    return fast_dockerfile(Source("Dockerfile", files["Dockerfile"]), order)


def report(fast: FastDockerfile) -> str:
    results: list[Applied | Skipped | PassNote] = [*fast.done, *fast.refused, *fast.told]
    mine = [each for each in sorted(results, key=lambda each: each.location) if each.rung == NAME]
    return "".join(f"{each.location.file}:{each.location.line}: {_said(each)}\n" for each in mine)


def _said(result: Applied | Skipped | PassNote) -> str:
    if isinstance(result, Applied):
        return f"done for {result.ecosystem}"
    return f"refused: {result.reason}" if isinstance(result, Skipped) else f"note: {result.message}"


def unmarked(text: str) -> str:
    return re.sub(r"# Made by composevariant from .*\n# composevariant: body \w+\r?\n", "", text)


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}: {path.stem}")
def test_the_sidecar_goes_and_the_application_stays(path: Path) -> None:
    case = parse(path.read_text())

    fast = make(case.files, path.parent.name)

    assert report(fast) == case.report
    expected = case.files["Dockerfile"] if case.fast is None else case.fast
    assert without_mounts(fast.body) == expected
    assert {file.path: unmarked(file.text) for file in fast.files} == case.beside


def without_mounts(text: str) -> str:
    """Without what the other rungs do."""
    return re.sub(r"--mount=type=cache,\S+ ", "", text)


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}: {path.stem}")
def test_what_was_made_has_nothing_of_it_and_is_left_alone(path: Path) -> None:
    case = parse(path.read_text())
    fast = make(case.files, path.parent.name)
    if not any(done.rung == NAME for done in fast.done):
        return
    files = {**case.files, **{file.path: file.text for file in fast.files}, "Dockerfile": fast.body}

    again = make(files, path.parent.name)

    assert [done for done in again.done if done.rung == NAME] == []
    assert [refused for refused in again.refused if refused.rung == NAME] == []
    assert again.files == ()


@pytest.mark.parametrize(
    ("sidecar", "text", "kinds"),
    [
        pytest.param("filebeat", "RUN apt-get install -y filebeat", ["install"], id="a package"),
        pytest.param("filebeat", "COPY filebeat.yml /etc/filebeat/", ["configuration"], id="a configuration"),
        pytest.param("filebeat", "CMD filebeat -e & app", ["start"], id="a start"),
        pytest.param("filebeat", 'LABEL by="filebeat"\n# filebeat\nCMD app', [], id="a label and a comment"),
        pytest.param("filebeat", "RUN apt-get install -y metricbeat", [], id="another Beat"),
        pytest.param("filebeat", "FROM scratch\nCMD app\nFROM debian AS other\nCMD x", [], id="several stages"),
        pytest.param(
            "fluent-bit",
            "RUN curl https://packages.fluentbit.io/fluentbit.key | gpg --dearmor > /x.gpg\n"
            'RUN apt-get install -y fluent-bit\nCMD ["sh", "-c", "/opt/fluent-bit/bin/fluent-bit -c /f.conf & app"]',
            ["install", "install", "start"],
            id="fluent-bit",
        ),
        pytest.param(
            "datadog",
            "ENV DD_SITE=datadoghq.eu\nRUN apt-get install -y datadog-agent\nCMD service datadog-agent start && app",
            ["install", "start"],
            id="the Datadog agent; its variables may be for a library",
        ),
        pytest.param("datadog", "RUN pip install datadog ddtrace\nCMD ddtrace-run app", [], id="the Datadog library"),
    ],
)
def test_finds_what_installs_configures_and_starts_it(sidecar: str, text: str, kinds: list[str]) -> None:
    read = read_dockerfile(Source("Dockerfile", f"FROM debian\n{text}\n"))

    inside = find_sidecar(read, load_preset(sidecar), BuildContext())

    assert [finding.kind for finding in inside.findings] == kinds


def test_only_stages_that_are_built_count() -> None:
    text = "FROM debian AS logs\nRUN apt-get install filebeat\nFROM debian AS app\nCMD app\n"
    read = read_dockerfile(Source("Dockerfile", text))
    preset = load_preset("filebeat")

    found = {
        target: len(find_sidecar(read, preset, BuildContext(), frozenset((target,))).findings)
        for target in ("app", "logs")
    }

    assert found == {"app": 0, "logs": 1}
    assert len(find_sidecar(read, preset, BuildContext(), None).findings) == 1


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_without_words_finds_nothing_and_one_with_words_its_own_package(name: str) -> None:
    preset = load_preset(name)
    word = next(iter(preset.embedded.words), "nothing")
    read = read_dockerfile(Source("Dockerfile", f"FROM debian\nRUN apt-get install -y {word}\n"))

    assert bool(find_sidecar(read, preset, BuildContext()).findings) == bool(preset.embedded.words)


def test_a_command_of_the_compose_file_that_starts_it_is_a_reason_against() -> None:
    started = StartOverride("services.app.command", "sh -c 'filebeat -e & app'")

    fast = make({"Dockerfile": "FROM debian\nRUN dpkg -i filebeat.deb\nCMD app\n"}, "filebeat", starts=(started,))

    assert report(fast) == "Dockerfile:2: refused: Filebeat: services.app.command in the Compose file starts it\n"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param(
            "FROM a\r\n\r\n# Filebeat\r\nRUN dpkg -i filebeat.deb\r\n\r\nCMD filebeat & app -x\r\n",
            'FROM a\r\n\r\nCMD ["app", "-x"]\r\n',
            id="line ends of Windows",
        ),
        pytest.param(
            "FROM a\nENV FILEBEAT_A=1 FILEBEAT_B=2 C=3 FILEBEAT_D=4 E=5\n",
            "FROM a\nENV C=3 E=5\n",
            id="the first two of several variables, and another one",
        ),
        pytest.param("FROM a\nCMD filebeat & app", 'FROM a\nCMD ["app"]', id="a last line without an end"),
        pytest.param("FROM a\nCMD app\nRUN rm filebeat.deb", "FROM a\nCMD app\n", id="a last line that goes"),
    ],
)
def test_texts_that_a_case_cannot_show(text: str, after: str) -> None:
    assert make({"Dockerfile": text}, "filebeat").body == after


def test_several_sidecars_go_one_after_the_other() -> None:
    text = "FROM debian\nRUN apt-get install -y curl filebeat fluent-bit\nCMD app\n"

    fast = make({"Dockerfile": text}, "filebeat", "fluent-bit")

    assert fast.body == "FROM debian\nRUN apt-get install -y curl\nCMD app\n"
    assert [done.ecosystem for done in fast.done] == ["Filebeat", "Fluent Bit"]


@pytest.mark.parametrize("name", ["backend", "frontend"])
def test_the_sample_s_images_are_what_the_hand_written_files_have(name: str) -> None:
    folder = SAMPLE / "infrastructure" / "docker"
    standard = (folder / f"Dockerfile.{name}").read_text()
    filebeat = (SAMPLE / "infrastructure" / "filebeat" / "filebeat.yml").read_text()

    fast = make({"Dockerfile": standard, "infrastructure/filebeat/filebeat.yml": filebeat}, "filebeat")

    by_hand = read_dockerfile(Source("by hand", (folder / f"Dockerfile.{name}.fast").read_text()))
    made = read_dockerfile(Source("made", fast.body))
    shipped = [each.line.text for each in made.stages[-1].instructions if each.flag("from") is None]
    assert shipped == [each.line.text for each in by_hand.stages[-1].instructions if each.flag("from") is None]
    assert "/filebeat" not in "".join(shipped)


@pytest.mark.parametrize(
    ("text", "settings", "paths"),
    [
        pytest.param("paths:\n  - /a/*.log\n  - '/b'\nhosts: [x]\n", ("paths",), ["/a/*.log", "/b"], id="a list"),
        pytest.param('- type: log\n  paths: ["/a", /b]\n', ("paths",), ["/a", "/b"], id="a list in brackets"),
        pytest.param("[INPUT]\n    Name tail\n    Path /a/*.log\n", ("path",), ["/a/*.log"], id="a table of words"),
        pytest.param("path = /a # why\n# path = /b\n", ("path",), ["/a"], id="a comment"),
        pytest.param("host: /a\npath: logs/x\n", ("path",), [], id="another setting, and no absolute path"),
        pytest.param("__path__: /var/log/*log\n", ("__path__",), ["/var/log/*log"], id="a label"),
        pytest.param("path: /a\n", (), [], id="no settings"),
    ],
)
def test_paths_of_log_files(text: str, settings: tuple[str, ...], paths: list[str]) -> None:
    assert find_log_paths(text, settings) == paths


COMMANDS = st.sampled_from(
    ["apt-get update", "apt-get install -y curl", "make", "rm -rf /x", "cd /src", "curl -O https://x/y", "true"]
)
OURS = st.sampled_from(
    [
        "curl -O https://x/filebeat.deb",
        "dpkg -i filebeat.deb",
        "rm filebeat.deb",
        "filebeat modules enable nginx",
        "apt-get install -y curl filebeat",
        "mkdir -p /x /var/log/filebeat",
    ]
)


@given(
    st.lists(st.tuples(st.one_of(COMMANDS, OURS), st.sampled_from([" && ", "; ", " \\\n && "])), min_size=1, max_size=8)
)
def test_commands_that_are_not_its_own_stay_in_their_order(chain: list[tuple[str, str]]) -> None:
    text = "".join(command + operator for command, operator in chain[:-1]) + chain[-1][0]

    fast = make({"Dockerfile": f"FROM x\nRUN {text}\nRUN apt-get install -y z\nCMD app\n"}, "filebeat")

    assert "filebeat" not in fast.body
    kept = [command for command, _ in chain if "filebeat" not in command]
    places = [fast.body.find(command) for command in kept]
    assert -1 not in places
    assert fast.body.endswith("RUN apt-get install -y z\nCMD app\n")


@given(st.text(alphabet="ab&;|$'\"#\\ \nfilebeat-e(){}<>", max_size=60))
def test_any_script_is_either_understood_or_refused(text: str) -> None:
    files = {
        "Dockerfile": "FROM x\nRUN dpkg -i filebeat.deb\nCOPY s.sh /s.sh\nCMD /s.sh\n",
        "s.sh": f"#!/bin/sh\n{text}",
    }

    fast = make(files, "filebeat")

    assert fast.done or fast.refused
