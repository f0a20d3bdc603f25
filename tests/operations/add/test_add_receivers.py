"""Sidecars that services send to: one service, and something of its own for each of those that send."""

from __future__ import annotations

import pytest

from composevariant.errors import SeveralErrors
from tests.operations.adding import added, added_text, stripped_again
from tests.operations.removal import compose_model

BASE = """\
services:
  # the shop
  web:
    image: web
    environment: [A=b]   # more to come
  api:
    image: api
    networks: [back, front]
    environment:
      C: d
  db: {image: postgres, networks: [back]}
networks: {back: {}, front: {}}
"""
FLUENTD = "add: [{sidecar: fluentd, for: [web, api]}]"
OTEL = "add: [{sidecar: otel-collector, for: [web, api, db]}]"


def test_one_service_and_a_log_driver_for_each() -> None:
    text = added_text(BASE, FLUENTD)

    assert text.count("image: fluent/fluentd") == 1
    assert text.count("driver: fluentd") == 2
    assert ("tag: web" in text, "tag: api" in text, "tag: db" in text) == (True, True, False)
    assert stripped_again(text, "fluentd") == BASE


def test_it_is_in_all_networks_of_those_that_send() -> None:
    text = added_text(BASE, OTEL)

    assert "networks: [default, back, front]" in text
    assert "- OTEL_EXPORTER_OTLP_ENDPOINT=http://otel-collector:4318" in text or "OTEL_EXPORTER_OTLP_ENDPOINT" in text
    assert stripped_again(text, "otel-collector") == BASE


@pytest.mark.oracle
@pytest.mark.parametrize("overlay", [FLUENTD, OTEL])
def test_compose_accepts_it_and_the_others_stay_as_they_were(overlay: str) -> None:
    before, after = compose_model(BASE)["services"], compose_model(added_text(BASE, overlay))["services"]

    for name, service in before.items():
        changed = {key for key in {*service, *after[name]} if service.get(key) != after[name].get(key)}
        assert changed <= {"logging", "environment"}


def test_without_for_it_comes_alone() -> None:
    text = added_text(BASE, "add: [{sidecar: otel-collector}]")

    assert text.count("OTEL_EXPORTER") == 0
    assert stripped_again(text, "otel-collector") == BASE


def test_a_second_add_for_others_takes_the_place_of_the_first() -> None:
    twice = added_text(BASE, "add: [{sidecar: fluentd, for: [web]}, {sidecar: fluentd, for: [api]}]")

    assert twice == added_text(BASE, "add: [{sidecar: fluentd, for: [api]}]")


def test_what_is_set_already_is_an_error_for_each_service() -> None:
    base = "services:\n  a: {image: a, logging: {driver: syslog}}\n  b: {image: b, logging: {driver: gelf}}\n"

    with pytest.raises(SeveralErrors) as error:
        added(base, "add: [{sidecar: fluentd, for: [a, b]}]")

    assert "services.a.logging.driver is already set" in str(error.value)
    assert "services.b.logging.driver is already set" in str(error.value)


def test_profiles_are_those_of_the_senders_where_all_have_some() -> None:
    base = "services:\n  a: {image: a, profiles: [x]}\n  b: {image: b, profiles: [x, y]}\n  c: {image: c}\n"

    assert "profiles: [x, y]" in added_text(base, "add: [{sidecar: fluentd, for: [a, b]}]").split("\n  fluentd:")[1]
    assert "profiles" not in added_text(base, "add: [{sidecar: fluentd, for: [a, c]}]").split("\n  fluentd:")[1]


def test_it_waits_for_what_it_sends_to() -> None:
    base = "services:\n  web: {image: web}\n  search: {image: elasticsearch:8.15.0, networks: [n]}\nnetworks: {n: {}}\n"
    text = added_text(base, "add: [{sidecar: apm-server, for: [web]}]")

    assert "docker.elastic.co/apm/apm-server:8.15.0" in text
    assert "search: {condition: service_started}" in text or "condition: service_started" in text
    assert "networks: [default, n]" in text
    assert "ELASTIC_APM_SERVER_URL: http://apm-server:8200" in text
    assert stripped_again(text, "apm-server") == base
