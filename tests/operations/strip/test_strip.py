"""What `strip` takes away, what it repairs, what it leaves alone, and what it says."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from composevariant.compose.services import services_of
from composevariant.errors import ComposeVariantError, Refused, UnusableInput
from composevariant.operations.strip import strip
from composevariant.overlay.operations import Strip
from composevariant.tree.nodes import Mapping, plain
from tests.operations.removal import (
    OVERLAY,
    compose_model,
    context,
    document,
    refusals,
    removed,
    said,
    stripped,
    tree,
    untold,
    written,
)
from tests.operations.strip.strip_cases import CASES


@pytest.mark.parametrize(("before", "after", "notes"), CASES)
def test_strip(before: str, after: str, notes: list[str]) -> None:
    outcome = stripped(before)

    assert plain(outcome.tree) == plain(tree(after))
    assert [note for note in notes if note not in said(outcome)] == []


@pytest.mark.parametrize(("before", "after", "notes"), CASES)
def test_e28_strip_twice_is_strip_once(before: str, after: str, notes: list[str]) -> None:
    once = stripped(before).tree

    assert stripped(once).tree is once


@pytest.mark.parametrize(("before", "after", "notes"), CASES)
def test_a_service_without_a_note_stays_the_same_object(before: str, after: str, notes: list[str]) -> None:
    root = tree(before)

    outcome = stripped(root)

    left = services_of(outcome.tree)
    changed = {name for name, service in services_of(root).items() if left.get(name) is not service}
    assert changed <= {note.service for note in outcome.notes if note.kind in ("removed", "repaired", "warning")}


@pytest.mark.oracle
@pytest.mark.parametrize(("before", "after", "notes"), CASES)
def test_compose_accepts_the_text_and_finds_the_same_in_it(before: str, after: str, notes: list[str]) -> None:
    outcome = stripped(before)

    model = compose_model(written(before, outcome))

    assert model == compose_model(after)
    assert untold(compose_model(dedent(before)), model, outcome) == []


UNTOUCHED = [
    pytest.param("services: {app: {image: a, labels: [traefik.enable=true]}}", [], id="E28 nothing of Filebeat at all"),
    pytest.param(
        """
        services:  # a comment
          app:
            image:   "a"
            labels: {co.elastic.logs/enabled: "true"}
          other: {image: a, labels: ["co.elastic.logs/enabled=true"]}
          elasticsearch: {image: elasticsearch:8.15.0}
        """,
        [
            (
                ": labels for Filebeat kept on app, other: a Filebeat outside the project may use them; "
                "`labels: remove` under strip removes them"
            )
        ],
        id="E12 labels stay without a Filebeat in the project",
    ),
    pytest.param(
        """
        services:
          filebeat-metrics: {image: elastic/metricbeat:9.5.1, volumes: ["./filebeat.yml:/usr/share/metricbeat/m.yml"]}
          exporter: {image: trustpilot/beat-exporter, command: -beat.uri http://filebeat:5066}
          web: {image: acme/nginx-filebeat:1}
          java: {image: acme/java-8-base-filebeat, volumes: ["./certs:/etc/filebeat/certs"]}
        """,
        [],
        id="other Beats and images with Filebeat inside stay",
    ),
    pytest.param(
        """
        services:
          log-filebeat: {build: ./shipper, environment: {FILEBEAT_HOSTS: a}, volumes: ["x:/var/log/filebeat"]}
        volumes: {x: {}}
        """,
        [
            (
                "log-filebeat: log-filebeat kept, although it may be Filebeat (name log-filebeat, variable "
                "FILEBEAT_HOSTS); "
                "`services: [log-filebeat]` under strip removes it, `except` silences this"
            )
        ],
        id="a service that is only called like Filebeat is reported and left alone",
    ),
    pytest.param(
        "services: {filebeat: null, app: {image: a}}",
        [],
        id="a service that is not written yet is no Filebeat",
    ),
]


@pytest.mark.parametrize(("before", "notes"), UNTOUCHED)
def test_where_there_is_nothing_to_strip_the_tree_stays_the_same_object(before: str, notes: list[str]) -> None:
    base = document(before)
    assert isinstance(base.root, Mapping)

    outcome = stripped(base.root)

    assert outcome.tree is base.root
    assert written(before, stripped(before)) == base.source.text
    assert said(outcome, "warning", "kept", "removed", "repaired") == notes
    assert said(outcome, "note") == [": no Filebeat service found"]


OPTIONS = [
    pytest.param(
        """
        services:
          app: {image: a, labels: {co.elastic.logs/enabled: "true"}, deploy: {labels: ["co.elastic.logs/enabled=true"]}}
        """,
        {"labels": "remove"},
        "services: {app: {image: a}}",
        [": no Filebeat service found; 2 leftover labels removed"],
        id="E12 labels: remove takes the labels away without a Filebeat in the project",
    ),
    pytest.param(
        """
        services:
          app: {image: a, labels: {co.elastic.logs/enabled: "true"}}
          filebeat: {image: elastic/filebeat:8}
        """,
        {"labels": "keep"},
        """
        services:
          app: {image: a, labels: {co.elastic.logs/enabled: "true"}}
        """,
        [": labels for Filebeat kept on app"],
        id="labels: keep leaves them",
    ),
    pytest.param(
        """
        services:
          app:
            image: a
            labels: {co.elastic.logs/enabled: "true"}
            volumes: ["audit:/var/log/filebeat", "own:/var/lib/filebeat"]
          filebeat: {image: elastic/filebeat:8}
          audit-filebeat: {image: elastic/filebeat:8, volumes: ["audit:/logs"], environment: {FILEBEAT_A: b}}
        volumes: {audit: {}, own: {}}
        """,
        {"excepted": ("audit-filebeat",)},
        """
        services:
          app: {image: a, labels: {co.elastic.logs/enabled: "true"}, volumes: ["audit:/var/log/filebeat"]}
          audit-filebeat: {image: elastic/filebeat:8, volumes: ["audit:/logs"], environment: {FILEBEAT_A: b}}
        volumes: {audit: {}}
        """,
        [
            "audit-filebeat: audit-filebeat kept: listed under `except` in the overlay",
            ": labels for Filebeat kept on app",
            "app: mount audit:/var/log/filebeat kept: a Filebeat that is kept mounts it as well",
        ],
        id="an excepted Filebeat stays, with the labels for it and the volume that it reads",
    ),
    pytest.param(
        "services: {app: {image: a}, log-shipper: {image: acme/shipper:2}, audit: {image: acme/audit}}",
        {"services": ("log-shipper", "shiper"), "excepted": ("audti",)},
        "services: {app: {image: a}, audit: {image: acme/audit}}",
        [
            "log-shipper: log-shipper removed: named in the overlay",
            ': strip.services: no service is named "shiper" (did you mean "log-shipper"?)',
            ': strip.except: no service is named "audti" (did you mean "audit"?)',
        ],
        id="services names Filebeats that do not look like it, and unknown names are doubted",
    ),
    pytest.param(
        """
        services:
          filebeat: {image: docker.elastic.co/beats/filebeat:9.5.1, ports: ["8080:8080"], networks: [front]}
          app: {image: a, network_mode: "service:filebeat"}
        networks: {front: {}}
        """,
        {"shared_network": "adopt"},
        """
        services:
          app: {image: a, ports: ["8080:8080"], networks: [front]}
        networks: {front: {}}
        """,
        ["app: took over ports, networks from filebeat"],
        id="E05 adopt: the app takes over the ports and networks of Filebeat",
    ),
    pytest.param(
        """
        services:
          app: {image: a, networks: [back, logging, meter]}
          filebeat: {image: elastic/filebeat:8.15.0, networks: [logging, meter, lone, far, default]}
          metrics: {image: a, networks: {meter: {}}}
          last: {image: a, networks: [lone]}
          other: {image: a, networks: [far, default]}
        networks: {back: {}, logging: {}, meter: {}, lone: {}, far: {external: true}}
        """,
        {"prune_networks": True},
        """
        services:
          app: {image: a, networks: [back, meter]}
          metrics: {image: a, networks: {meter: {}}}
          last: {image: a, networks: [lone]}
          other: {image: a, networks: [far, default]}
        networks: {back: {}, meter: {}, lone: {}, far: {external: true}}
        """,
        [
            "app: networks logging dropped: no other service is in it",
            ": removed unused network logging",
            ": network lone kept: only last still uses it",
            ": network far kept: only other still uses it",
        ],
        id="E04b, E04c prune_networks: one alone leaves a network, unless it is its last one or external",
    ),
    pytest.param(
        """
        services:
          filebeat:
            image: elastic/filebeat:9.5.1
            hostname: logs
            dns: 1.1.1.1
            ipc: shareable
          app: {image: a, network_mode: "service:filebeat", ipc: "service:filebeat", pid: "service:filebeat"}
          side: {image: a, network_mode: "service:filebeat", ipc: "service:filebeat"}
        """,
        {"shared_network": "adopt"},
        """
        services:
          app: {image: a, hostname: logs, dns: 1.1.1.1, ipc: shareable}
          side: {image: a, network_mode: "service:app", ipc: "service:app"}
        """,
        [
            "app: took over hostname, dns from filebeat",
            "app: took over ipc from filebeat",
            "app: pid of filebeat dropped",
            "side: network_mode of filebeat replaced by that of app",
        ],
        id="adopt: the first takes the namespaces over, and the others live with that one",
    ),
    pytest.param(
        """
        services:
          filebeat: {image: elastic/filebeat:9.5.1, networks: {front: {aliases: [logs]}}}
          app: {image: a, network_mode: "service:filebeat", depends_on: [filebeat]}
        networks: {front: {}}
        """,
        {"shared_network": "adopt"},
        """
        services:
          app: {image: a, networks: {front: {aliases: [logs]}}}
        networks: {front: {}}
        """,
        [],
        id="adopt keeps the settings of the networks",
    ),
    pytest.param(
        """
        services:
          filebeat:
            image: elastic/filebeat:9.5.1
            volumes: ["logs:/logs:ro", "./more:/more:ro", "/etc/localtime:/etc/localtime:ro",
              "fb:/usr/share/filebeat/data"]
          app: {image: a, volumes: ["logs:/app/logs", "/etc/localtime:/etc/localtime", "data:/data"]}
          other: {image: a, volumes: [{type: bind, source: ./more, target: /var/log}]}
        volumes: {logs: {}, fb: {}, data: {}}
        """,
        {"log_volumes": "remove"},
        """
        services:
          app: {image: a, volumes: ["/etc/localtime:/etc/localtime", "data:/data"]}
          other: {image: a}
        volumes: {data: {}}
        """,
        ["app: mount logs:/app/logs removed", "other: mount ./more:/var/log removed"],
        id="log_volumes: remove takes the shared log folders away, not what is the machine's or Filebeat's own",
    ),
]


@pytest.mark.parametrize(("before", "options", "after", "notes"), OPTIONS)
def test_options(before: str, options: dict[str, Any], after: str, notes: list[str]) -> None:
    outcome = stripped(before, **options)

    assert plain(outcome.tree) == plain(tree(after))
    assert [note for note in notes if note not in said(outcome)] == []


@pytest.mark.oracle
@pytest.mark.parametrize(("before", "options", "after", "notes"), OPTIONS)
def test_compose_accepts_the_text_with_options(
    before: str, options: dict[str, Any], after: str, notes: list[str]
) -> None:
    outcome = stripped(before, **options)

    model = compose_model(written(before, outcome))

    assert model == compose_model(after)
    assert untold(compose_model(dedent(before)), model, outcome) == []


REFUSED = [
    pytest.param(
        """
        services:
          filebeat: {image: docker.elastic.co/beats/filebeat:9.5.1, ports: ["8080:8080"], networks: [front]}
          app: {image: a, network_mode: "service:filebeat"}
          side: {image: a, network_mode: "container:shop-filebeat-1"}
          own: {image: a, ipc: "service:shared-filebeat"}
          shared-filebeat: {image: elastic/filebeat, ipc: shareable}
        networks: {front: {}}
        """,
        {},
        [
            (
                "docker-compose.yml:4:33: services.app.network_mode is shared with filebeat, without which app would "
                "not start; filebeat is not removed\n  hint: write `shared_network: adopt` under strip: the service "
                "then takes over its ports and networks"
            ),
            (
                "docker-compose.yml:5:34: services.side.network_mode is shared with filebeat, without which side would "
                "not start; filebeat is not removed\n  hint: write `shared_network: adopt` under strip: the service "
                "then takes over its ports and networks"
            ),
            (
                "docker-compose.yml:6:24: services.own.ipc is shared with shared-filebeat, without which own would not "
                "start; shared-filebeat is not removed\n  hint: write `shared_network: adopt` under strip: the "
                "service then takes over its ports and networks"
            ),
        ],
        id="E05 services in Filebeat's network, or in an ipc that it shares, all at once",
    ),
    pytest.param(
        """
        services:
          filebeat: {image: elastic/filebeat:9.5.1, volumes: ["logs:/logs:ro", "tmp:/tmp:ro"]}
          app: {image: a, volumes: ["logs:/app/logs"]}
          third: {image: a, volumes: ["logs:/read:ro"]}
          strict: {image: a, read_only: true, volumes: ["tmp:/tmp"]}
        volumes: {logs: {}, tmp: {}}
        """,
        {"log_volumes": "remove"},
        [
            (
                "docker-compose.yml:4:29: the mount of logs in app cannot be removed: third uses it as well\n"
                "  hint: write `log_volumes: keep` under strip"
            ),
            (
                "docker-compose.yml:6:49: the mount of tmp in strict cannot be removed: its file system is read-only, "
                "so the log files need it\n  hint: write `log_volumes: keep` under strip"
            ),
        ],
        id="log volumes that somebody needs",
    ),
]


@pytest.mark.parametrize(("before", "options", "messages"), REFUSED)
def test_refused(before: str, options: dict[str, Any], messages: list[str]) -> None:
    with pytest.raises(ComposeVariantError) as caught:
        stripped(before, **options)

    assert caught.value.exit_code == Refused.exit_code
    assert refusals(caught.value) == messages


UNUSABLE = [
    pytest.param(
        "services: {app: {image: a}}",
        {"required": True},
        "overlay.yml:2:5: nothing of Filebeat was found, but `required` is set",
        id="nothing found where something is required",
    ),
    pytest.param(
        "services: {filebeat: {image: elastic/filebeat:9.5.1}}",
        {},
        "overlay.yml:2:5: this would leave no service, and Compose needs at least one",
        id="a project of nothing but Filebeat",
    ),
]


@pytest.mark.parametrize(("before", "options", "message"), UNUSABLE)
def test_unusable(before: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UnusableInput) as caught:
        stripped(before, **options)

    assert str(caught.value) == message


def test_an_unknown_sidecar_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UnusableInput) as caught:
        strip.apply(tree("services: {a: {image: a}}"), Strip("filebaet", location=OVERLAY), context())

    assert 'overlay.yml:2:5: "filebaet" is not a known sidecar (did you mean "filebeat"?)' in str(caught.value)


def test_required_is_content_with_leftovers() -> None:
    before = "services: {app: {image: a, environment: {FILEBEAT_A: b}}}"

    assert plain(stripped(before, required=True).tree) == {"services": {"app": {"image": "a"}}}


MARKED = """
services:
  app: {image: a, labels: {filebeat_collector: "true", tier: web}}
  filebeat:
    image: docker.elastic.co/beats/filebeat:7.17.9
    volumes: [./filebeat/filebeat.docker.yml:/usr/share/filebeat/filebeat.yml:ro]
"""


def test_a_label_by_which_the_configuration_chooses_services_is_offered() -> None:
    config = "equals:\n  docker.container.labels.filebeat_collector: 'true'\n"

    outcome = stripped(MARKED, {"filebeat/filebeat.docker.yml": config})

    assert said(outcome, "warning") == [
        (
            "app: label filebeat_collector kept: ./filebeat/filebeat.docker.yml selected the service by it; "
            "services.app.labels[filebeat_collector] under remove removes it"
        )
    ]
    assert said(stripped(MARKED), "warning") == []
    after = removed(outcome.tree, "services.app.labels[filebeat_collector]").tree
    assert plain(after) == {"services": {"app": {"image": "a", "labels": {"tier": "web"}}}}


def test_included_files_keep_it_and_that_is_said() -> None:
    base = "{include: [elk.yml, {path: ['./own.yml', '${MORE}.yml']}], services: {app: {image: a}}}"
    files = {"elk.yml": "services:\n  filebeat: {}\n", "own.yml": "services: {db: {image: a}}"}

    assert said(stripped(base, files)) == [
        ": no Filebeat service found",
        (
            ": the included file elk.yml mentions Filebeat, but strip does not change included files; "
            "`flatten: true` in the variant writes it out first"
        ),
        ": the included file ….yml is not searched for Filebeat",
    ]


def test_notes_point_to_what_they_are_about() -> None:
    outcome = stripped(MARKED)

    assert [str(note.location) for note in outcome.notes] == ["docker-compose.yml:5:5"]


def test_e29_the_text_of_everything_else_stays_as_it_is() -> None:
    before = """\
# The project.
name: 'shop'

services:
  # The app.
  app:
    image: a    # pinned elsewhere
    ports: ["5432:5432", '8080:80']
    environment:
      ON: "yes"
      OFF: off
      FILEBEAT_HOSTS: logstash:5044   # for the shipper
      CMD: echo $$HOME
    command: >
      sh -c "echo $$HOME &&
      run"
    depends_on: [db, filebeat]   # started before
    volumes:
      # logs of the app
      - logs_data:/app/logs
      - filebeat_data:/var/log/filebeat

  db: {image: "postgres:16"}

  # Ships the logs.
  filebeat:
    image: docker.elastic.co/beats/filebeat:9.5.1
    volumes: [filebeat_data:/usr/share/filebeat/data]

volumes:
  logs_data:
  filebeat_data:   # registry
"""
    after = """\
# The project.
name: 'shop'

services:
  # The app.
  app:
    image: a    # pinned elsewhere
    ports: ["5432:5432", '8080:80']
    environment:
      ON: "yes"
      OFF: off
      CMD: echo $$HOME
    command: >
      sh -c "echo $$HOME &&
      run"
    depends_on: [db]   # started before
    volumes:
      # logs of the app
      - logs_data:/app/logs

  db: {image: "postgres:16"}

volumes:
  logs_data:
"""
    assert written(before, stripped(before)) == after


def test_labels_that_services_share_by_an_anchor_go_where_they_are_written() -> None:
    before = """x-shared: &shared
  labels:
    co.elastic.logs/enabled: "true"
    team: web
services:
  app: {image: a, <<: *shared}
  worker: {image: b, <<: *shared}
  filebeat: {image: elastic/filebeat:9.5.1}
"""
    after = """x-shared: &shared
  labels:
    team: web
services:
  app: {image: a, <<: *shared}
  worker: {image: b, <<: *shared}
"""
    assert written(before, stripped(before)) == after
