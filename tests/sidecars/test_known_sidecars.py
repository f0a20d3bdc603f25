"""Every preset on services as people write them: it is found, it goes without a trace, and look-alikes stay."""

from __future__ import annotations

from textwrap import dedent

import pytest

from composevariant.compose.services import services_of
from composevariant.operations.strip import strip
from composevariant.overlay.operations import Strip
from composevariant.sidecars.detect import find_suspects
from composevariant.sidecars.presets import load_preset, preset_names
from composevariant.tree.nodes import plain
from tests.operations.removal import Files, compose_model, context, tree, written

APP = "services:\n  app:\n    image: shop/app\n"

SIDECARS = {
    "filebeat": ("image: docker.elastic.co/beats/filebeat:9.5.1", 'labels: {co.elastic.logs/module: "nginx"}'),
    "metricbeat": (
        "image: docker.elastic.co/beats/metricbeat-wolfi:9.5.1",
        'labels: {co.elastic.metrics/module: "redis"}',
    ),
    "fluent-bit": ("image: cr.fluentbit.io/fluent/fluent-bit:5.1.1", "environment: {FLUENT_BIT_HOST: sidecar}"),
    "fluentd": (
        "image: fluent/fluentd:v1.18\nports: ['24224:24224', '24224:24224/udp']",
        "logging: {driver: fluentd, options: {fluentd-address: 'localhost:24224'}}",
    ),
    "vector": ("image: timberio/vector:0.57.0-alpine", ""),
    "alloy": ("image: grafana/alloy:v1.9.0", ""),
    "promtail": ("image: grafana/promtail:3.5.0", "environment: [PROMTAIL_JOB=app]"),
    "otel-collector": (
        "image: ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-contrib:0.130.0",
        "environment: {OTEL_EXPORTER_OTLP_ENDPOINT: 'http://sidecar:4317'}",
    ),
    "logstash": ("image: docker.elastic.co/logstash/logstash:9.5.1", "environment: {LOGSTASH_HOST: sidecar}"),
    "elk": ("image: elasticsearch:9.5.1", ""),
    "apm-server": (
        "image: docker.elastic.co/apm/apm-server:9.5.1",
        "environment: {ELASTIC_APM_SERVER_URL: 'http://sidecar:8200', ELASTIC_APM_SERVICE_NAME: app}",
    ),
    "datadog": (
        "image: gcr.io/datadoghq/agent:7",
        "environment: {DD_AGENT_HOST: sidecar}\nlabels: {com.datadoghq.ad.logs: '[]'}",
    ),
    "cadvisor": ("image: gcr.io/cadvisor/cadvisor:v0.52.1\nprivileged: true", ""),
    "node-exporter": ("image: quay.io/prometheus/node-exporter:v1.9.1\npid: host", ""),
    "autoheal": ("image: willfarrell/autoheal:1.2.0\nnetwork_mode: none", "labels: [autoheal=true]"),
    "watchtower": (
        "image: containrrr/watchtower:1.7.1",
        "labels: ['com.centurylinklabs.watchtower.enable=true']",
    ),
    "loki": (
        "image: grafana/loki:3.5.0",
        "logging: {driver: loki, options: {loki-url: 'https://u:p@localhost:3100/loki/api/v1/push'}}",
    ),
    "socket-proxy": ("image: tecnativa/docker-socket-proxy:0.4", ""),
}
"""A service as it is, and what an app has for it."""


INSTEAD = {"otel-collector": "    environment: {OTEL_SDK_DISABLED: 'true'}\n"}
"""What the app gets for what it lost."""


def project(sidecar: str, app: str) -> str:
    text = APP
    if app:
        text += "".join(f"    {line}\n" for line in app.splitlines())
    depends = "    depends_on: [sidecar]\n"
    return text + depends + "  sidecar:\n" + "".join(f"    {line}\n" for line in sidecar.splitlines())


def test_the_table_has_every_preset() -> None:
    assert set(SIDECARS) == set(preset_names())


@pytest.mark.parametrize("name", SIDECARS)
def test_is_found_by_its_image_alone(name: str) -> None:
    services = services_of(tree(project(*SIDECARS[name])))

    found = find_suspects(services, services, load_preset(name), Files({}))

    assert [(suspect.name, suspect.certain) for suspect in found] == [("sidecar", True)]


@pytest.mark.parametrize("name", SIDECARS)
def test_goes_without_a_trace_and_twice_is_once(name: str) -> None:
    once = strip.apply(tree(project(*SIDECARS[name])), Strip(name), context()).tree

    after = tree(APP + INSTEAD.get(name, ""))
    assert plain(once) == plain(after)
    assert strip.apply(once, Strip(name), context()).tree is once


@pytest.mark.oracle
def test_compose_accepts_what_is_left() -> None:
    for name, (sidecar, app) in SIDECARS.items():
        before = project(sidecar, app)
        text = written(before, strip.apply(tree(before), Strip(name), context()))

        assert list(compose_model(text)["services"]) == ["app"], name


LOOK_ALIKES = [
    pytest.param(
        "vector", "image: pgvector/pgvector:pg17\nenvironment: {VECTOR_STORE: pg}", id="a database of vectors"
    ),
    pytest.param("vector", "build: ./vector", id="an app called like it, built from a folder of that name"),
    pytest.param("elk", "image: prometheuscommunity/elasticsearch-exporter:v1.9.0", id="an exporter"),
    pytest.param("logstash", "image: bonniernews/logstash_exporter", id="another exporter"),
    pytest.param("metricbeat", "image: docker.elastic.co/beats/filebeat:9.5.1", id="another Beat"),
    pytest.param("fluentd", "image: fluent/fluent-bit:5.1.1", id="Fluentd's little brother"),
    pytest.param("fluent-bit", "image: fluent/fluentd:v1.18", id="its big brother"),
    pytest.param("datadog", "image: acme/agent:1", id="another agent"),
    pytest.param("otel-collector", "image: acme/log-collector", id="another collector"),
    pytest.param("node-exporter", "image: prometheuscommunity/postgres-exporter", id="an exporter of a database"),
    pytest.param("apm-server", "image: docker.elastic.co/kibana/kibana:9.5.1", id="another server of the stack"),
    pytest.param("socket-proxy", "image: nginx", id="a proxy in front of an app"),
    pytest.param("alloy", "build: .\ncommand: [node, alloy.js]", id="a program of its own"),
]


@pytest.mark.parametrize(("name", "service"), LOOK_ALIKES)
def test_a_look_alike_stays(name: str, service: str) -> None:
    lines = "".join(f"    {line}\n" for line in service.splitlines())
    root = tree(dedent(f"{APP}  {'vector' if name == 'vector' else 'other'}:\n{lines}"))

    assert strip.apply(root, Strip(name), context()).tree is root
