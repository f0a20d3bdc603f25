"""A strip of sidecars that are sent to, or stand in the way: services are repaired, or it is refused."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from composevariant.compose.services import services_of
from composevariant.errors import ComposeVariantError, Refused
from composevariant.operations.strip import strip
from composevariant.overlay.operations import Strip
from composevariant.tree.nodes import plain
from tests.operations.removal import OVERLAY, compose_model, context, refusals, said, tree, untold, written

if TYPE_CHECKING:
    from composevariant.operations.context import Outcome


def stripped(sidecar: str, before: str, files: dict[str, str] | None = None, *services: str) -> Outcome:
    return strip.apply(tree(before), Strip(sidecar, services, location=OVERLAY), context(files))


CASES = [
    pytest.param(
        "fluentd",
        """
        services:
          app: {image: a, logging: {driver: fluentd, options: {fluentd-address: "localhost:24224"}}}
          fluentd: {image: "fluent/fluentd:v1.18", ports: ["24224:24224"]}
        """,
        "services: {app: {image: a}}",
        ["app: logging dropped: it sends to localhost:24224, which is removed; the default log driver applies"],
        id="E24 the log driver that pushes to Fluentd",
    ),
    pytest.param(
        "loki",
        """
        services:
          app: {image: a, logging: {driver: loki, options: {loki-url: "http://u:pw@localhost:3100/loki/api/v1/push"}}}
          loki: {image: "grafana/loki:3.5.0", ports: ["3100:3100"]}
        """,
        "services: {app: {image: a}}",
        ["app: logging dropped: it sends to http://localhost:3100, which is removed; the default log driver applies"],
        id="the log driver that pushes to Loki, whose password is not shown",
    ),
    pytest.param(
        "loki",
        """
        services:
          app: {image: a, logging: {driver: loki, options: {loki-url: "http://localhost:3100/loki/api/v1/push"}}}
          job: {image: a, logging: {driver: loki, options: {loki-url: "${LOKI_URL}"}}}
          far: {image: a, logging: {driver: loki, options: {loki-url: "https://u:pw@logs.example.com/push"}}}
          plain: {image: a, logging: {driver: json-file}}
        """,
        """
        services:
          app: {image: a}
          job: {image: a}
          far: {image: a, logging: {driver: loki, options: {loki-url: "https://u:pw@logs.example.com/push"}}}
          plain: {image: a, logging: {driver: json-file}}
        """,
        [
            ": no Loki service found; 2 leftover log drivers removed",
            "app: logging dropped: its driver loki sends to the sidecar; the default log driver applies",
            (
                "far: logging kept: it sends to logs.example.com, outside the project; "
                "services.far.logging under remove removes it"
            ),
        ],
        id="a log driver is a trace, also without a service",
    ),
    pytest.param(
        "fluentd",
        """
        services:
          app: {image: a, logging: {driver: fluentd}}
          bit: {image: "fluent/fluent-bit:5.1.1", ports: ["24224:24224"]}
          fluentd: {image: "fluent/fluentd:v1.18", ports: ["24225:24224"]}
        """,
        """
        services:
          app: {image: a, logging: {driver: fluentd}}
          bit: {image: "fluent/fluent-bit:5.1.1", ports: ["24224:24224"]}
        """,
        ["app: logging kept: it sends to localhost:24224, where a service listens"],
        id="a log driver whose listener stays",
    ),
    pytest.param(
        "apm-server",
        """
        services:
          app:
            image: a
            environment:
              ELASTIC_APM_SERVER_URL: http://apm-server:8200
              ELASTIC_APM_SERVICE_NAME: app
              MONITOR: http://apm-server:8200/health
              PROBE_HOST: apm-server
              LOGIN: https://u:pw@apm-server/
              NODE_NAME: apm-server
              OPTIONS: --apm http://apm-server:8200 --fast
              HOSTS: apm-server:8200,db:5432
              FROM_OUTSIDE: ${MONITOR:-http://apm-server:8200}
          apm-server: {image: "docker.elastic.co/apm/apm-server:9.5.1"}
        """,
        """
        services:
          app:
            image: a
            environment:
              NODE_NAME: apm-server
              OPTIONS: --apm http://apm-server:8200 --fast
              HOSTS: apm-server:8200,db:5432
              FROM_OUTSIDE: ${MONITOR:-http://apm-server:8200}
        """,
        [
            "app: variable ELASTIC_APM_SERVICE_NAME removed",
            "app: variable MONITOR removed: it names apm-server, which is removed",
            "app: variable PROBE_HOST removed: it names apm-server, which is removed",
            "app: variable LOGIN removed: it names apm-server, which is removed",
            "app: environment.OPTIONS names the host apm-server, which is removed",
            "app: environment.HOSTS names the host apm-server, which is removed",
            "app: environment.FROM_OUTSIDE names the host apm-server, which is removed",
        ],
        id="variables that are its address go; one that says more, or may be another address, stays",
    ),
    pytest.param(
        "elk",
        """
        services:
          app:
            image: a
            environment: [ELASTICSEARCH_URL=http://elasticsearch:9200, LOG_LEVEL=info]
            depends_on: [elasticsearch, logstash]
          elasticsearch: {image: "elasticsearch:9.5.1"}
          logstash: {image: "logstash:9.5.1"}
          kibana: {image: "kibana:9.5.1", depends_on: [elasticsearch]}
        """,
        "services: {app: {image: a, environment: [LOG_LEVEL=info]}}",
        ["app: variable ELASTICSEARCH_URL removed: it names elasticsearch, which is removed"],
        id="ELK on request",
    ),
    pytest.param(
        "otel-collector",
        """
        services:
          app: {image: a, environment: {OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel:4317", OTEL_SERVICE_NAME: app}}
          worker: {image: a, environment: ["OTEL_EXPORTER_OTLP_ENDPOINT=http://otel:4317"]}
          quiet: {image: a, environment: {OTEL_EXPORTER_OTLP_HEADERS: x, OTEL_SDK_DISABLED: "false"}}
          other: {image: a, environment: {OTEL_SERVICE_NAME: other}}
          otel: {image: "otel/opentelemetry-collector-contrib:0.130.0"}
        """,
        """
        services:
          app: {image: a, environment: {OTEL_SERVICE_NAME: app, OTEL_SDK_DISABLED: "true"}}
          worker: {image: a, environment: [OTEL_SDK_DISABLED=true]}
          quiet: {image: a, environment: {OTEL_SDK_DISABLED: "false"}}
          other: {image: a, environment: {OTEL_SERVICE_NAME: other}}
        """,
        [": OTEL_SDK_DISABLED=true set on app, worker, which used OpenTelemetry Collector"],
        id="SDKs are told that the collector is gone, in the notation of each service",
    ),
    pytest.param(
        "datadog",
        "services: {app: {image: a, environment: {DD_AGENT_HOST: dd}}, dd: {image: registry.datadoghq.com/agent:7}}",
        "services: {app: {image: a}}",
        [],
        id="Datadog's own registry",
    ),
    pytest.param(
        "socket-proxy",
        "services: {app: {image: a, depends_on: [proxy]}, proxy: {image: tecnativa/docker-socket-proxy}}",
        "services: {app: {image: a}}",
        [],
        id="a proxy that nobody names",
    ),
]


@pytest.mark.parametrize(("sidecar", "before", "after", "notes"), CASES)
def test_strip(sidecar: str, before: str, after: str, notes: list[str]) -> None:
    outcome = stripped(sidecar, before)

    assert plain(outcome.tree) == plain(tree(after))
    assert [note for note in notes if note not in said(outcome)] == []
    assert "pw" not in "".join(said(outcome))
    assert strip.apply(outcome.tree, Strip(sidecar), context()).tree is outcome.tree


@pytest.mark.oracle
@pytest.mark.parametrize(("sidecar", "before", "after", "notes"), CASES)
def test_compose_accepts_the_text_and_finds_the_same_in_it(
    sidecar: str, before: str, after: str, notes: list[str]
) -> None:
    outcome = stripped(sidecar, before)

    model = compose_model(written(before, outcome))

    assert model == compose_model(after)
    assert untold(compose_model(dedent(before)), model, outcome) == []


PROXY = """
services:
  app: {image: a, volumes: ["./traefik.yml:/etc/traefik/traefik.yml"]}
  traefik: {image: "traefik:3", command: "--providers.docker.endpoint=tcp://proxy:2375"}
  proxy: {image: tecnativa/docker-socket-proxy}
"""
PUBLISHED = "services: {app: {image: a}, proxy: {image: tecnativa/docker-socket-proxy, ports: ['127.0.0.1:2375:2375']}}"
FILE = PROXY.replace('command: "--providers.docker.endpoint=tcp://proxy:2375"', "user: root")
REFUSED = [
    pytest.param(PROXY, {}, "traefik names it as a host", id="a command names it"),
    pytest.param(FILE, {"traefik.yml": "endpoint: tcp://proxy:2375"}, "traefik.yml names it as a host", id="a file"),
    pytest.param(PUBLISHED, {}, "it publishes port 2375", id="a published port"),
]


@pytest.mark.parametrize(("before", "files", "why"), REFUSED)
def test_what_traffic_goes_through_is_not_removed_unasked(before: str, files: dict[str, str], why: str) -> None:
    with pytest.raises(ComposeVariantError) as caught:
        stripped("socket-proxy", before, files)

    assert caught.value.exit_code == Refused.exit_code
    [message] = refusals(caught.value)
    assert f"proxy is not removed: traffic passes through it, and {why}\n" in message
    assert "hint: write `services: [proxy]` under strip" in message
    named = stripped("socket-proxy", before, files, "proxy")
    assert "proxy" not in services_of(named.tree)


def test_a_file_that_does_not_name_it_is_no_traffic() -> None:
    outcome = stripped("socket-proxy", FILE, {"traefik.yml": "# proxy\n"})

    assert "proxy" not in services_of(outcome.tree)
