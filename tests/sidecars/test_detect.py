"""What speaks for a service being Filebeat, and how much."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from composevariant.compose.services import services_of
from composevariant.sidecars.detect import Suspect, find_suspects
from composevariant.sidecars.presets import load_preset
from composevariant.source import Source
from composevariant.tree.nodes import Mapping
from composevariant.yamltext.parser import parse


class Files(dict[str, str]):
    def read_text(self, path: str) -> str | None:
        return self.get(path)

    def is_file(self, path: str) -> bool:
        return path in self


def found(service: str, files: dict[str, str] | None = None, name: str = "shipper") -> Suspect | None:
    """What is suspected of one service, which is called `name`."""
    text = f"services:\n  {name}:\n{indent(dedent(service).strip(), '    ')}\n"
    root = parse(Source("compose.yml", text)).root
    assert isinstance(root, Mapping)
    services = services_of(root)
    suspected = find_suspects(services, services, load_preset("filebeat"), Files(files or {}))
    return suspected[0] if suspected else None


STRONG = [
    pytest.param("image: docker.elastic.co/beats/filebeat:9.5.1", id="the usual image"),
    pytest.param("image: elastic/filebeat", id="Docker Hub"),
    pytest.param("image: docker.elastic.co/beats/filebeat-wolfi@sha256:0f", id="another flavour, by digest"),
    pytest.param("image: localhost:5000/malcolm/filebeat-oss:26.01", id="a registry with a port"),
    pytest.param("image: ${REGISTRY}/beats/filebeat:${VERSION}", id="variables around the name"),
    pytest.param("image: ${IMAGE:-docker.elastic.co/beats/filebeat:${VERSION}}", id="a default with a variable in it"),
    pytest.param('image: x\nvolumes: ["./a.yml:/usr/share/filebeat/filebeat.yml:ro"]', id="a mount in its directory"),
    pytest.param(
        "image: x\nvolumes: [{type: volume, source: d, target: /usr/share/filebeat/data/}]", id="a long mount"
    ),
    pytest.param('image: x\nvolumes: ["${CONF}:/usr/share/filebeat/filebeat.yml"]', id="a mount from a variable"),
    pytest.param("image: x\nconfigs: [{source: c, target: /usr/share/filebeat/filebeat.yml}]", id="a config there"),
    pytest.param("image: x\nsecrets: [{source: c, target: /usr/share/filebeat/key}]", id="a secret there"),
    pytest.param("build: .\ncommand: filebeat -e", id="the command"),
    pytest.param("image: ${IMAGE}\nentrypoint: [/usr/local/bin/filebeat, -e]", id="the entrypoint"),
    pytest.param("build: .\ncommand: [sh, -c, 'exec filebeat -e -c /x.yml']", id="the command of a shell"),
    pytest.param("build: .\ncommand: bash -ec 'filebeat -e'", id="the command of a shell in one text"),
    pytest.param("build: .\nentrypoint: [tini, --]\ncommand: [filebeat]", id="the command behind an init"),
    pytest.param("image: x\nlabels: {composevariant.sidecar: filebeat}", id="our own label"),
    pytest.param("image: x\nlabels: [composevariant.sidecar=filebeat]", id="our own label in a list"),
]


@pytest.mark.parametrize("service", STRONG)
def test_one_strong_signal_is_enough(service: str) -> None:
    suspect = found(service)

    assert suspect is not None
    assert suspect.certain
    assert [signal.strength for signal in suspect.signals] == ["strong"]


TWO_MEDIUM = [
    pytest.param(
        "image: acme/shipper\ncontainer_name: prod_filebeat\nvolumes: ['./filebeat.docker.yml:/c.yml']",
        id="a name and a file",
    ),
    pytest.param("build: {context: ./docker/filebeat/}\nhostname: filebeat", id="a folder and a name"),
    pytest.param(
        "build: {context: ., dockerfile: docker/Dockerfile.filebeat}\ncommand: sh -c 'filebeat & wait'",
        id="a Dockerfile and a command among others",
    ),
    pytest.param(
        "image: acme/shipper\ncommand: filebeat\ncontainer_name: filebeat-1",
        id="an app's image that runs it, and a name",
    ),
]


@pytest.mark.parametrize("service", TWO_MEDIUM)
def test_two_medium_signals_are_enough(service: str) -> None:
    suspect = found(service)

    assert suspect is not None
    assert suspect.certain
    assert [signal.strength for signal in suspect.signals] == ["medium", "medium"]


CANDIDATES = [
    pytest.param("build: ./shipper", "filebeat", "name filebeat", id="the name alone"),
    pytest.param(
        "build: ./shipper\ncontainer_name: filebeat", "my.Filebeat", "name my.Filebeat", id="names count once"
    ),
    pytest.param(
        "build: {context: ., dockerfile: filebeat.Dockerfile}",
        "x",
        "Dockerfile filebeat.Dockerfile",
        id="the Dockerfile alone",
    ),
    pytest.param(
        "image: a\nvolumes: ['./filebeat.yml:/etc/filebeat/filebeat.yml']",
        "app",
        "mount of ./filebeat.yml",
        id="a file alone",
    ),
    pytest.param(
        "image: acme/app\ncommand: sh -c 'filebeat -e & exec ./app'",
        "app",
        "command filebeat",
        id="an app that starts it by the way",
    ),
    pytest.param(
        "image: acme/x\nenvironment: [FILEBEAT_A=1]\nlabels: {co.elastic.logs/enabled: 'false'}\n"
        "volumes: ['/var/run/docker.sock:/var/run/docker.sock', '/var/lib/docker/containers:/c']",
        "filebeat",
        "name filebeat, mounts of /var/run/docker.sock and /var/lib/docker/containers, variable FILEBEAT_A, "
        "label co.elastic.logs/enabled",
        id="weak signals help to judge but do not decide",
    ),
]


@pytest.mark.parametrize(("service", "name", "reasons"), CANDIDATES)
def test_one_medium_signal_makes_a_candidate(service: str, name: str, reasons: str) -> None:
    suspect = found(service, name=name)

    assert suspect is not None
    assert not suspect.certain
    assert suspect.reasons == reasons


OTHERS = [
    pytest.param(
        "image: docker.elastic.co/beats/metricbeat:9.5.1\nvolumes: ['./a:/usr/share/filebeat/x']",
        "filebeat",
        id="another Beat",
    ),
    pytest.param("image: trustpilot/beat-exporter:0.4", "filebeat-exporter", id="an exporter"),
    pytest.param("image: docker.elastic.co/elastic-agent/elastic-agent:9", "x", id="Elastic Agent"),
    pytest.param("image: acme/nginx-filebeat:latest", "web", id="an app with Filebeat in its image"),
    pytest.param("image: acme/java-8-base-filebeat", "java", id="a base image with Filebeat"),
    pytest.param("image: acme/filebeater", "x", id="a longer word"),
    pytest.param("image: a\nvolumes: ['./certs:/etc/filebeat/certs']", "x", id="certificates"),
    pytest.param(
        "image: a\nvolumes: ['/var/run/docker.sock:/var/run/docker.sock', '/var/lib/docker/containers:/c']",
        "collector",
        id="some other collector",
    ),
    pytest.param(
        "image: a\nlabels: {co.elastic.logs/enabled: 'false'}\nenvironment: {FILEBEAT_A: 1}",
        "x",
        id="what Filebeat leaves on services",
    ),
    pytest.param("image: a\nlabels: {composevariant.sidecar: metricbeat}", "x", id="our label of another sidecar"),
    pytest.param("image: a\nhealthcheck: {test: pgrep filebeat}", "x", id="a test for it"),
    pytest.param("extends: {service: shipper}", "shipper", id="a service that extends itself"),
]


@pytest.mark.parametrize(("service", "name"), OTHERS)
def test_look_alikes(service: str, name: str) -> None:
    assert found(service, name=name) is None


DOCKERFILES = [
    pytest.param(
        "build: ./s",
        {"s/Dockerfile": "FROM docker.elastic.co/beats/filebeat:9.5.1\nUSER root\n"},
        True,
        id="built on it",
    ),
    pytest.param(
        "build: {context: ., dockerfile: d/F}",
        {"d/F": "FROM golang AS b\nfrom elastic/filebeat\n"},
        True,
        id="the last stage",
    ),
    pytest.param(
        "build: .",
        {"Dockerfile": "FROM elastic/filebeat AS fb\nFROM debian\nCOPY --from=fb /x /x\n"},
        False,
        id="another stage",
    ),
    pytest.param(
        "build: {context: ., target: fb}",
        {"Dockerfile": "FROM elastic/filebeat AS fb\nFROM debian\n"},
        True,
        id="the target",
    ),
    pytest.param("build: .", {"Dockerfile": "FROM elastic/filebeat AS fb\nFROM fb\n"}, True, id="a stage on a stage"),
    pytest.param('build: {dockerfile_inline: "FROM elastic/filebeat"}', {}, True, id="an inline Dockerfile"),
    pytest.param("build: .", {}, False, id="no Dockerfile to be read"),
    pytest.param("build: https://example.com/a.git", {}, False, id="a remote context"),
    pytest.param("build: ${CONTEXT}", {}, False, id="a context that only the environment knows"),
    pytest.param(
        "build: .", {"Dockerfile": "FROM a\nRUN <<E\nfrom filebeat import x\nE\n"}, False, id="a word in a script"
    ),
    pytest.param("build: .", {"Dockerfile": "FROM filebeat\nRUN <<E\n"}, False, id="a Dockerfile that Docker refuses"),
]


@pytest.mark.parametrize(("service", "files", "is_filebeat"), DOCKERFILES)
def test_the_image_that_a_service_builds_on(service: str, files: dict[str, str], is_filebeat: bool) -> None:
    suspect = found(service, files)

    assert (suspect is not None and suspect.certain) == is_filebeat


def test_what_a_service_extends_counts() -> None:
    text = """
    services:
      base: {image: elastic/filebeat:9.5.1}
      heir: {extends: base, user: root}
      other: {extends: {service: base}, image: nginx}
      loop: {extends: pool}
      pool: {extends: loop}
    """
    root = parse(Source("compose.yml", dedent(text))).root
    assert isinstance(root, Mapping)

    services = services_of(root)
    names = [suspect.name for suspect in find_suspects(services, services, load_preset("filebeat"), Files())]

    assert names == ["base", "heir"]
