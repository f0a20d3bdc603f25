"""`list sidecars`: what is known, and what is found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jsonschema import Draft202012Validator

from composevariant.disk.packaged import read_packaged
from composevariant.sidecars.presets import preset_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

BASE = """
services:
  app:
    image: shop/app
    labels: {co.elastic.logs/enabled: "true"}
  shipper: {image: docker.elastic.co/beats/filebeat:9.5.1}
  fluentd: {image: acme/fd}
"""
OWN = "variants: {a: {sidecars: {acme: {match: {images: [shop/app]}, service: {image: acme}}}}}\n"
FOLDER = "title: Acme FD\nclass: receiver\nmatch: {images: [acme/fd]}\n"


def test_says_what_is_known_and_found(project: Callable[..., ProjectFolder]) -> None:
    files = {"docker-compose.yml": BASE, "composevariant.yml": OWN, ".composevariant/sidecars/fd.yml": FOLDER}
    ran = project(**files).run("list", "sidecars")

    lines = {line.split()[0]: " ".join(line.split()) for line in ran.out.splitlines()}
    assert ran.code == 0
    assert list(lines) == [*preset_names(), "acme", "fd"]
    assert lines["filebeat"].endswith("collector host, stdout, files shipper; 1 trace on other services")
    assert lines["fluentd"] == "fluentd Fluentd receiver receive perhaps fluentd"
    assert lines["acme"] == "acme acme collector host app"
    assert lines["fd"] == "fd Acme FD receiver strip only fluentd"


def test_json_fits_its_schema(project: Callable[..., ProjectFolder]) -> None:
    ran = project(**{"docker-compose.yml": BASE}).run("list", "sidecars", "--format", "json")

    report = json.loads(ran.out)
    assert not list(
        Draft202012Validator(json.loads(read_packaged("schemas/sidecars.schema.json").text)).iter_errors(report)
    )
    [filebeat] = [each for each in report["sidecars"] if each["sidecar"] == "filebeat"]
    assert (filebeat["services"], filebeat["traces"]) == (["shipper"], 1)


def test_anything_else_is_refused(project: Callable[..., ProjectFolder]) -> None:
    ran = project(**{"docker-compose.yml": BASE}).run("list", "volumes")

    assert (ran.code, ran.err) == (2, 'error: invalid argument "volumes": expected variants or sidecars\n')
