"""Every Filebeat configuration that `add` writes, against what Filebeat 8.x and 9.x accept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest

from composevariant.compose.services import services_of
from composevariant.source import Source
from composevariant.tree.nodes import plain
from composevariant.yamltext.parser import parse
from tests.operations.adding import added

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = "services: {web: {image: web}, worker: {image: worker}}"
MODES = {"host": "", "stdout": ", for: [web, worker]", "files": ", for: [web, worker], logs: /app/logs"}
OUTPUTS = {
    "elasticsearch": "{hosts: ['https://es:9200'], api_key: '${ES_KEY}', ssl: {certificate_authorities: [/run/ca]}}",
    "logstash": "{hosts: ['logstash:5044'], ssl.enabled: true}",
    "kafka": "{hosts: ['kafka:9092'], topic: logs, version: '2.1.0'}",
    "redis": "{hosts: ['redis:6379'], key: logs, db: 1}",
    "console": "{pretty: true}",
    "file": "{path: /tmp/out, rotate_every_kb: 1000}",
}

TOP_LEVEL: Final = {"filebeat.autodiscover", "filebeat.inputs"} | {f"output.{name}" for name in OUTPUTS}
PROVIDER: Final = {"type", "hints.enabled", "hints.default_config", "templates"}
FILESTREAM: Final = {
    "type",
    "id",
    "paths",
    "parsers",
    "close.on_state_change.removed",
    "prospector.scanner.symlinks",
    "prospector.scanner.fingerprint.enabled",
    "file_identity.native",
    "fields",
    "fields_under_root",
}
"""What the filestream input of 8.x and of 9.x both accept."""
PARSERS: Final = {"container", "ndjson", "multiline", "syslog", "include_message"}
OUTPUT_OPTIONS: Final = {
    "elasticsearch": {"hosts", "username", "password", "api_key", "ssl"},
    "logstash": {"hosts", "ssl.enabled"},
    "kafka": {"hosts", "topic", "required_acks", "version"},
    "redis": {"hosts", "password", "key", "db"},
    "console": {"pretty"},
    "file": {"path", "filename", "rotate_every_kb"},
}
CASES = [
    pytest.param(mode, output, version, id=f"{mode} to {output}, {version}")
    for mode in MODES
    for output in OUTPUTS
    for version in ("8.12.0", "9.5.1")
]


def configurations(mode: str, output: str, version: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each service that is added, with its configuration."""
    options = OUTPUTS[output]
    overlay = f"add: [{{sidecar: filebeat, version: {version}, output: {{{output}: {options}}}{MODES[mode]}}}]"
    outcome = added(BASE, overlay)
    services: Any = {name: plain(service) for name, service in services_of(outcome.tree).items()}
    found = []
    for file in outcome.files:
        root = parse(Source(file.path, file.text)).root
        assert root is not None
        config: Any = plain(root)
        found.append((services[file.path.removeprefix("filebeat/").removesuffix(".yml")], config))
    assert len(found) == (1 if mode == "host" else 2)
    return found


def inputs(config: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from config.get("filebeat.inputs", ())
    for provider in config.get("filebeat.autodiscover", {}).get("providers", ()):
        assert set(provider) <= PROVIDER
        if provider.get("hints.enabled"):
            yield provider["hints.default_config"]  # without it nothing is shipped since 8.12
        for template in provider.get("templates", ()):
            yield from template["config"]


@pytest.mark.parametrize(("mode", "output", "version"), CASES)
def test_has_only_options_that_both_versions_accept(mode: str, output: str, version: str) -> None:
    for _, config in configurations(mode, output, version):
        assert set(config) <= TOP_LEVEL
        assert [key for key in config if key.startswith("output.")] == [f"output.{output}"]
        assert set(config[f"output.{output}"]) <= OUTPUT_OPTIONS[output]
        for each in inputs(config):
            assert each["type"] == "filestream"  # `log` and `container` do not start on 9.x
            assert set(each) <= FILESTREAM
            assert {name for parser in each.get("parsers", ()) for name in parser} <= PARSERS
            # Together they read files of less than 1024 bytes on 9.x too.
            assert each["prospector.scanner.fingerprint.enabled"] is False
            assert "file_identity.native" in each


@pytest.mark.parametrize(("mode", "output", "version"), CASES)
def test_ids_are_there_and_differ(mode: str, output: str, version: str) -> None:
    for service, config in configurations(mode, output, version):
        ids = [each["id"] for each in inputs(config)]
        assert all(ids)
        assert len(set(ids)) == len(ids)
        if mode == "files":
            assert ids == ["${SERVICE_NAME}-files"]
            assert service["environment"]["SERVICE_NAME"] in ("web", "worker")


@pytest.mark.parametrize("mode", ["host", "stdout"])
def test_reads_the_json_files_of_docker_and_nothing_beside_them(mode: str) -> None:
    for _, config in configurations(mode, "console", "9.5.1"):
        prefix = "data" if mode == "host" else "data.docker"
        paths = [path for each in inputs(config) for path in each["paths"]]
        assert paths == [f"/var/lib/docker/containers/${{{prefix}.container.id}}/*-json.log"]


@pytest.mark.parametrize(("mode", "output", "version"), CASES)
def test_no_flag_of_several_letters_has_a_single_dash(mode: str, output: str, version: str) -> None:
    for service, _ in configurations(mode, output, version):
        words = [*service["command"], *service["healthcheck"]["test"]]
        assert [word for word in words if re.match(r"-[a-z]{2}", word)] == []
        assert "-e" in words  # an own command loses the image's default, which logs to stderr


def test_each_has_a_registry_of_its_own() -> None:
    data = [
        volume
        for service, _ in configurations("files", "console", "9.5.1")
        for volume in service["volumes"]
        if volume.endswith(":/usr/share/filebeat/data")
    ]

    assert len(set(data)) == 2


def test_every_variable_of_the_configuration_is_in_the_environment() -> None:
    for mode in MODES:
        for output in OUTPUTS:
            for service, config in configurations(mode, output, "9.5.1"):
                used = set(re.findall(r"\$\{([A-Z_]+)", str(config)))
                assert used <= set(service.get("environment", {}))
