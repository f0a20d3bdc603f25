"""Messages are worded last: rewording one changes its line in every report, and nothing else."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path
from string import Formatter

import pytest

import composevariant
from composevariant import cli, messages
from composevariant.findings import Note, note

PACKAGE = Path(composevariant.__file__).parent
SAMPLES = Path(__file__).parents[1] / "samples"
MARK = "zq "
BASE = """\
name: shop
services:
  app:
    image: shop/app
    build: .
    depends_on: [beat, cache]
    links: ["beat:shipper"]
    environment: {LOG_HOST: beat, REDIS_URL: redis://me:pw@cache:6379, FILEBEAT_ID: "1"}
    labels: {co.elastic.logs/enabled: "true"}
    volumes: [logs:/var/log/filebeat, data:/data]
    networks: [front, back]
    ports: ["80:80"]
  worker:
    extends: {service: app}
    command: run --host cache
  beat: {image: elastic/filebeat, volumes: [logs:/logs], networks: [back], ports: ["5044:5044"]}
  cache: {image: redis, networks: [front], profiles: [fast]}
  es: {image: elasticsearch:8, ipc: service:beat}
volumes: {logs: , data: }
networks: {front: , back: }
"""
PROJECT = """\
base: docker-compose.yml
variants:
  stripped:
    strip: [{sidecar: filebeat, services: [beat], shared_network: adopt}]
    dockerfiles: {suffix: .fast, image: "{image}-fast"}
  removed:
    extends: [stripped]
    remove: [services.cache, "services.app.environment[REDIS_URL]"]
  kept:
    strip: [{sidecar: filebeat, except: [beat]}]
    dockerfiles: {suffix: .slim, missing: keep}
    rename: {services.cache: services.redis, volumes.data: volumes.files}
  added:
    strip: [{sidecar: filebeat, services: [beat], shared_network: adopt}]
    add: [{sidecar: filebeat, for: [app]}]
    compose: {services: {app: {ports: ["81:80"], depends_on: [cache]}}}
    each: [{match: {name: "*"}, replace: {restart: "no"}}]
    replace: {services.app.image: "shop/other"}
"""
FILES = {
    "docker-compose.yml": BASE,
    "composevariant.yml": PROJECT,
    "Dockerfile": "FROM debian\nEXPOSE 80\nUSER app\nCMD x\n",
    "Dockerfile.fast": "FROM debian\nEXPOSE 81\nUSER root\nCMD y\n",
    ".env": "COMPOSE_PROFILES=fast\n",
}
EXPLAINED = ("services.app", "services.app.*", "services.*.depends_on.*", "services.app.volumes[/data]", "volumes.*")


def reworded(template: str) -> str:
    """Another sentence with the same arguments: no word of it is written as before."""
    start = "{service} " if template.startswith("{service} ") else ""
    shouted = "".join(
        literal.upper().replace("{", "{{").replace("}", "}}") + (f"{{{name}}}" if name else "")
        for literal, name, _, _ in Formatter().parse(template.removeprefix(start))
    )
    return f"{start}{MARK}{shouted}"


def reports(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """All lines of all reports on all variants of a project."""
    here = ["-C", str(folder)]
    calls = [["migrate", "--all", "--dry-run", "--diff", form] for form in ("none", "semantic", "html", "json")]
    variants = re.findall(r"^  (\w+):$", (folder / "composevariant.yml").read_text(), re.MULTILINE)
    calls += [["diff", name, "--diff", form] for name in variants for form in ("semantic", "html", "json")]
    calls += [["explain", path, name] for name in variants for path in EXPLAINED]
    calls += [["validate"]]
    lines: list[str] = []
    for call in calls:
        code = cli.run_cli([*call, *here])
        printed = capsys.readouterr()
        lines += [" ".join(call), str(code), *printed.out.splitlines(), *printed.err.splitlines()]
    return lines


@pytest.fixture(params=["reconciliation", "sidecar", "written"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    target = tmp_path / "project"
    if request.param != "written":
        shutil.copytree(SAMPLES / request.param, target)
        return target
    target.mkdir()
    for name, text in FILES.items():
        (target / name).write_text(text)
    return target


def test_rewording_every_message_changes_its_lines_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = reports(folder, capsys)
    for table in ("MESSAGES", "LINES", "PHRASES"):
        old: dict[str, str] = getattr(messages, table)
        monkeypatch.setattr(messages, table, {name: reworded(template) for name, template in old.items()})

    after = reports(folder, capsys)

    assert any(MARK in line for line in after)
    assert [line.replace(MARK, "").lower() for line in after] == [line.lower() for line in before]
    assert all(MARK in new for old, new in zip(before, after, strict=True) if old != new)


def names_in_code() -> set[str]:
    """The ids that the code gives to notes; those of checks are put together in some places."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path.name != "messages.py":
            texts = (node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
            found |= {text for text in texts if isinstance(text, str)}
    return found


def test_every_message_is_used() -> None:
    settings = {f"dockerfile.{name}" for name in ("command", "entrypoint", "healthcheck")}
    settings |= {f"dockerfile.{name}" for name in ("expose", "user", "volume", "workdir")}

    assert set(messages.MESSAGES) - settings - names_in_code() == set()
    assert set(messages.LINES) <= set(messages.MESSAGES)
    assert set(messages.PHRASES) - names_in_code() == set()


def test_every_id_of_a_note_has_a_message() -> None:
    used = {
        node.args[0].value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("note", "found_by")
        if isinstance(node.args[0], ast.Constant)
    }

    assert used
    assert used <= set(messages.MESSAGES)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nobody_takes_a_message_apart(path: Path) -> None:
    methods = ("partition", "rpartition", "split", "startswith", "endswith", "removeprefix", "removesuffix", "find")
    apart = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in methods
        if isinstance(node.value, ast.Attribute) and node.value.attr in ("message", "sentence", "line")
    ]

    apart += [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in ("search", "match", "fullmatch", "findall", "finditer", "sub")
        if any(isinstance(each, ast.Attribute) and each.attr in ("message", "sentence") for each in node.args)
    ]

    assert apart == []


@pytest.mark.parametrize(
    ("found", "message", "line", "about"),
    [
        pytest.param(
            note("strip.excepted", "kept", ("services", "es")),
            "es kept: listed under `except` in the overlay", "listed under `except` in the overlay", "", id="a service",
        ),
        pytest.param(
            note("strip.fragment", "removed", ("x-beat",), name="x-beat"),
            "x-beat removed", "x-beat removed", "", id="a key at the top level",
        ),
        pytest.param(
            note("dockerfiles.already", "note", ("services", "app", "build"), file="F"),
            "is already built from F", "is already built from F", "app: ", id="a setting of a service",
        ),
    ],
)  # fmt: skip
def test_a_note_is_worded_for_its_place(found: Note, message: str, line: str, about: str) -> None:
    assert (found.message, found.line, found.about) == (message, line, about)
