"""Sidecars inside images: `dockerfile` takes them out, `migrate` tells which ones are left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

BASE = "services:\n  app:\n    build: app\n"
SCRIPT = "#!/bin/sh\nfilebeat -e &\nexec /server\n"
WITH = "FROM debian\nRUN dpkg -i filebeat.deb\nCOPY start.sh /start.sh\nCMD /start.sh\n"
WITHOUT = "FROM debian\nCOPY start.sh.fast /start.sh\nCMD /start.sh\n"
SCHEMA = Path(__file__).parents[2] / "schemas" / "dockerfile.schema.json"


def test_a_dockerfile_and_its_script_are_written_without_it(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**{"compose.yaml": BASE, "app/Dockerfile": WITH, "app/start.sh": SCRIPT})
    (folder.path / "app/start.sh").chmod(0o755)

    ran = folder.run("dockerfile")

    assert ran.code == 0
    assert ran.err == (
        "app: app/Dockerfile:2:5: sidecar out: done for Filebeat\n"
        "app: app/start.sh:2:1: sidecar out: done for Filebeat\n"
        "wrote app/Dockerfile.fast\nwrote app/start.sh.fast\n"
    )
    assert folder.body("app/Dockerfile.fast") == WITHOUT
    script = folder.path / "app/start.sh.fast"
    assert script.read_text().startswith("#!/bin/sh\n# Made by composevariant from start.sh, without Filebeat.")
    assert script.read_text().endswith("\nexec /server\n")
    assert script.stat().st_mode & 0o777 == 0o755
    assert folder.read("app/start.sh") == SCRIPT
    before = folder.read("app/Dockerfile.fast") + folder.read("app/start.sh.fast")
    assert folder.run("dockerfile").code == 0
    assert folder.read("app/Dockerfile.fast") + folder.read("app/start.sh.fast") == before


def test_a_script_that_somebody_else_wrote_is_not_overwritten(project: Callable[..., ProjectFolder]) -> None:
    files = {"compose.yaml": BASE, "app/Dockerfile": WITH, "app/start.sh": SCRIPT, "app/start.sh.fast": "mine\n"}
    folder = project(**files)

    ran = folder.run("dockerfile")

    assert ran.code == 3
    assert "app/start.sh.fast was written or edited by somebody else" in ran.err
    assert folder.names() == files.keys()


def test_a_dry_run_shows_the_script_too(project: Callable[..., ProjectFolder]) -> None:
    folder = project(**{"compose.yaml": BASE, "app/Dockerfile": WITH, "app/start.sh": SCRIPT})

    ran = folder.run("dockerfile", "--dry-run")

    assert "-COPY start.sh /start.sh\n+COPY start.sh.fast /start.sh\n" in ran.out
    assert "-filebeat -e &\n" in ran.out
    assert folder.names() == {"compose.yaml", "app/Dockerfile", "app/start.sh"}


def test_the_report_as_json_has_what_it_tells(project: Callable[..., ProjectFolder]) -> None:
    configuration = "filebeat.inputs:\n- type: filestream\n  paths: [/logs/*.log]\n"
    text = "FROM debian\nCOPY filebeat.yml /etc/filebeat/\nCMD service filebeat start && /server\n"
    folder = project(**{"compose.yaml": BASE, "app/Dockerfile": text, "app/filebeat.yml": configuration})

    ran = folder.run("dockerfile", "--dry-run", "--format", "json")

    jsonschema.validate(json.loads(ran.out), json.loads(SCHEMA.read_text()))
    (row,) = json.loads(ran.out)
    assert [done["location"] for done in row["done"]] == ["app/Dockerfile:2:1", "app/Dockerfile:3:1"]
    assert row["told"][0]["message"].startswith("no longer collected: /logs/*.log")


@pytest.mark.parametrize(
    ("options", "gone"),
    [
        pytest.param((), ["filebeat"], id="Filebeat by default"),
        pytest.param(("--keep-sidecars",), [], id="none"),
        pytest.param(("--strip", "fluent-bit"), ["fluent-bit"], id="another one"),
        pytest.param(("--strip", "fluent-bit", "--strip", "filebeat"), ["filebeat", "fluent-bit"], id="two"),
    ],
)
def test_options_say_what_goes(
    project: Callable[..., ProjectFolder], options: tuple[str, ...], gone: list[str]
) -> None:
    text = "FROM python\nRUN apt-get install -y filebeat fluent-bit x\nRUN pip install y\n"
    folder = project(**{"compose.yaml": BASE, "app/Dockerfile": text})

    ran = folder.run("dockerfile", *options)

    assert ran.code == 0
    made = folder.read("app/Dockerfile.fast")
    assert [name for name in ("filebeat", "fluent-bit") if name not in made.split("\n", 3)[3]] == gone
    assert f"composevariant dockerfile {' '.join(('app', *options))}\n" in made


def test_the_variant_fast_of_the_project_says_what_goes(project: Callable[..., ProjectFolder]) -> None:
    text = "FROM debian\nRUN apt-get install -y filebeat acme-agent x\nCMD acme-agent & server\n"
    variants = (
        "variants:\n  fast:\n    strip: [acme]\n    sidecars:\n"
        "      acme: {match: {images: [acme]}, embedded: {words: [acme-agent]}}\n"
    )
    folder = project(**{"compose.yaml": BASE, "composevariant.yml": variants, "app/Dockerfile": text})

    assert folder.run("dockerfile").code == 0

    assert 'RUN apt-get install -y filebeat x\nCMD ["server"]' in folder.read("app/Dockerfile.fast")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("filebaet", '"filebaet" is not a known sidecar (did you mean "filebeat"?)', id="a misspelt name"),
        pytest.param("cadvisor", "it is not known what cAdvisor looks like inside an image", id="one without words"),
    ],
)
def test_an_unknown_sidecar_is_refused(project: Callable[..., ProjectFolder], name: str, message: str) -> None:
    folder = project(**{"compose.yaml": BASE, "app/Dockerfile": WITH})

    ran = folder.run("dockerfile", "--strip", name)

    assert ran.code == 2
    assert message in ran.err


MAPPED = "strip: [filebeat]\ndockerfiles: {map: {app: Dockerfile.fast}}\n"


@pytest.mark.parametrize(
    ("overlay", "fast", "told"),
    [
        pytest.param(
            "strip: [filebeat]\n",
            WITHOUT,
            "app: Filebeat is still in the image: app/Dockerfile:2 installs it, app/start.sh:2 starts it"
            " [dockerfile.sidecar]\n",
            id="the standard Dockerfile, which the overlay leaves",
        ),
        pytest.param(MAPPED, "FROM debian\nCMD /server\n", "", id="a Dockerfile without it"),
        pytest.param(
            MAPPED,
            "FROM debian\nCOPY filebeat.yml /etc/filebeat/\nCMD /server\n",
            "app: Filebeat is still in the image: app/Dockerfile.fast:2 configures it [dockerfile.sidecar]\n",
            id="a Dockerfile that forgot a line",
        ),
        pytest.param("strip: [{sidecar: filebeat, except: [app]}]\n", WITHOUT, "", id="an excepted service"),
        pytest.param("strip: [datadog]\n", WITHOUT, "", id="another sidecar"),
    ],
)
def test_a_strip_tells_what_is_left_in_images(
    project: Callable[..., ProjectFolder], overlay: str, fast: str, told: str
) -> None:
    files = {"app/Dockerfile": WITH, "app/Dockerfile.fast": fast, "app/start.sh": SCRIPT, "o.yml": overlay}
    folder = project(**{"compose.yaml": BASE, **files})

    ran = folder.run("migrate", "--dry-run", "--overlay", "o.yml")

    assert ran.code == 0
    assert ("still in the image" in ran.err) == bool(told)
    assert told in ran.err


def test_an_inline_dockerfile_is_looked_at(project: Callable[..., ProjectFolder]) -> None:
    base = "services:\n  app:\n    build:\n      dockerfile_inline: |\n        FROM debian\n"
    base += "        RUN apt-get install filebeat\n"
    folder = project(**{"compose.yaml": base, "o.yml": "strip: [filebeat]\n"})

    ran = folder.run("migrate", "--dry-run", "--overlay", "o.yml")

    assert "Filebeat is still in the image: dockerfile_inline:2 installs it [dockerfile.sidecar]" in ran.err
