"""What `add` writes, where it says no, and that `strip` takes exactly that back."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from composevariant.compose.services import services_of
from composevariant.errors import ComposeVariantError
from composevariant.tree.nodes import Mapping, plain
from tests.operations.adding import added, added_text, stripped_again
from tests.operations.removal import compose_model, refusals, said, tree

TWO = """
services:
  backend:
    image: shop/backend
  frontend:
    image: shop/frontend
"""
WITH_LOGS = """
services:
  elasticsearch:
    image: docker.elastic.co/elasticsearch/elasticsearch:8.15.0
    networks: [elk]
    healthcheck: {test: [CMD, curl, localhost]}
  backend:
    image: shop/backend
    volumes: [logs_data:/app/logs]
  frontend:
    image: nginx:1.27
networks:
  elk: {}
volumes:
  logs_data:
"""
FILES = "add: [{sidecar: filebeat, for: [backend, frontend], logs: {backend: /app/logs, frontend: /var/log/nginx}}]"
WORKER = """
services:
  worker:
    image: shop/worker
"""


def service(project: str, overlay: str, name: str) -> dict[str, Any]:
    found: Any = plain(services_of(added(project, overlay).tree)[name])
    assert isinstance(found, dict)
    return found


def names(root: Mapping, section: str) -> list[str]:
    node = root.get(section)
    return node.names() if isinstance(node, Mapping) else []


def test_e32_one_for_the_host_touches_no_other_service() -> None:
    before = tree(TWO)

    outcome = added(before, "add: [filebeat]")

    after = services_of(outcome.tree)
    filebeat: Any = plain(after["filebeat"])
    assert list(after) == ["backend", "frontend", "filebeat"]
    assert all(after[name] is services_of(before)[name] for name in ("backend", "frontend"))
    assert filebeat["image"] == "docker.elastic.co/beats/filebeat:9.5.1"
    assert filebeat["user"] == "root"
    assert filebeat["volumes"] == [
        "./filebeat/filebeat.yml:/usr/share/filebeat/filebeat.yml:ro",
        "/var/lib/docker/containers:/var/lib/docker/containers:ro",
        "/var/run/docker.sock:/var/run/docker.sock:ro",
        "filebeat_data:/usr/share/filebeat/data",
    ]
    assert filebeat["labels"]["co.elastic.logs/enabled"] == "false"
    assert "container_name" not in filebeat
    assert "ports" not in filebeat
    assert names(outcome.tree, "volumes") == ["filebeat_data"]
    assert [file.path for file in outcome.files] == ["filebeat/filebeat.yml"]


def test_e33_one_for_each_service_whose_log_files_it_reads() -> None:
    outcome = added(WITH_LOGS, FILES)

    after: Any = plain(outcome.tree)
    backend, frontend = after["services"]["backend-filebeat"], after["services"]["frontend-filebeat"]
    assert after["services"]["backend"]["volumes"] == ["logs_data:/app/logs"]
    assert after["services"]["frontend"]["volumes"] == ["frontend_logs:/var/log/nginx"]
    assert backend["volumes"][1:] == ["logs_data:/logs:ro", "backend_filebeat_data:/usr/share/filebeat/data"]
    assert frontend["volumes"][1:] == ["frontend_logs:/logs:ro", "frontend_filebeat_data:/usr/share/filebeat/data"]
    assert list(after["volumes"]) == [
        "logs_data",
        "backend_filebeat_data",
        "frontend_logs",
        "frontend_filebeat_data",
    ]
    assert backend["depends_on"] == {
        "backend": {"condition": "service_started"},
        "elasticsearch": {"condition": "service_healthy"},
    }
    assert (backend["networks"], backend["image"].partition(":")[2]) == (["elk"], "8.15.0")
    assert (backend["read_only"], backend["cap_drop"]) == (True, ["ALL"])
    assert not any("docker.sock" in volume for volume in backend["volumes"])
    [warning] = said(outcome, "warning")
    assert warning.startswith("frontend: the official nginx image links the logs in /var/log/nginx to stdout")


def test_e35_a_driver_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ComposeVariantError, match="needs json-file") as caught:
        added(WORKER + "    logging: {driver: gelf}\n", "add: [{sidecar: filebeat, for: worker}]")

    assert caught.value.exit_code == 2


def test_e35_b_json_file_without_rotation_is_doubted() -> None:
    outcome = added(WORKER + "    logging: {driver: json-file}\n", "add: [{sidecar: filebeat, for: worker}]")

    assert said(outcome, "warning") == [
        "worker: json-file keeps logs without a limit; set max-size and max-file under logging.options"
    ]
    assert plain(services_of(outcome.tree)["worker"]) == {
        "image": "shop/worker",
        "logging": {"driver": "json-file"},
        "labels": {"log_sidecar": "${COMPOSE_PROJECT_NAME}-worker"},
    }


def test_e35_c_no_driver_means_the_daemons_default() -> None:
    [warning] = said(added(WORKER, "add: [{sidecar: filebeat, for: worker}]"), "warning")

    assert "only works if the daemon's default is json-file" in warning


def test_e36_inline_configuration_doubles_every_dollar() -> None:
    outcome = added(TWO, "add: [{sidecar: filebeat, config: inline}]")

    after: Any = plain(outcome.tree)
    assert "container-$${data.container.id}" in after["configs"]["filebeat_config"]["content"]
    assert after["services"]["filebeat"]["configs"] == [
        {"source": "filebeat_config", "target": "/usr/share/filebeat/filebeat.yml"}
    ]
    assert outcome.files == ()


def test_e36_inline_configuration_and_a_read_only_file_system_do_not_go_together() -> None:
    with pytest.raises(ComposeVariantError, match="cannot be read_only with an inline configuration"):
        added(TWO, "add: [{sidecar: filebeat, config: inline, with: {read_only: true}}]")


def test_e41_replicas_share_one_folder() -> None:
    replicas = TWO.replace("shop/backend\n", "shop/backend\n    deploy: {replicas: 3}\n")

    files = added(
        replicas,
        "add: [{sidecar: filebeat, for: backend, logs: /app/logs, output: console, with: {container_name: fb}}]",
    )
    stdout = added(replicas, "add: [{sidecar: filebeat, for: backend}]")

    assert said(files, "warning") == [
        "backend: the 3 replicas write into the same folder: log files with the same name collide"
    ]
    assert said(files, "note") == [": container_name limits the service to one container, so it cannot be scaled"]
    assert not any("replicas" in note for note in said(stdout))


ROUND_TRIPS = [
    pytest.param(TWO, "add: [filebeat]", id="E40 of E32"),
    pytest.param(WITH_LOGS, FILES, id="E40 of E33: logs_data stays"),
    pytest.param(
        WORKER + "    logging: {driver: json-file}\n", "add: [{sidecar: filebeat, for: worker}]", id="E40 of E35 b"
    ),
    pytest.param(TWO, "add: [{sidecar: filebeat, config: inline}]", id="an inline configuration"),
    pytest.param(TWO, "add: [{sidecar: filebeat, for: '*'}, filebeat]", id="all modes at once"),
    pytest.param(
        "services:\n  a: {image: a, labels: [x=1]}\n", "add: [{sidecar: filebeat, for: a}]", id="labels in a list"
    ),
    pytest.param(
        "services:\n  a:\n    image: a\n    volumes: []\n",
        "add: [{sidecar: filebeat, for: a, logs: /l}]",
        id="an empty list stays an empty list",
    ),
    pytest.param(
        "services:\n  a:\n    image: a\nvolumes: {}\n", "add: [filebeat]", id="an empty section stays an empty section"
    ),
    pytest.param(
        "services:\n  a:\n    image: a\n  # the end\n\nsecrets:\n  ca: {file: ./ca.crt}\n",
        "add: [{sidecar: filebeat, with: {secrets: [ca]}}]",
        id="a secret that nobody else uses stays",
    ),
    pytest.param("services: {a: {image: a}}", "add: [{sidecar: filebeat, for: a}]", id="all in one line, unended"),
    pytest.param("services:\r\n  a:\r\n    image: a\r\n", "add: [{sidecar: filebeat, for: a}]", id="CRLF"),
    pytest.param(
        "x-a: &a {image: a}\nservices:\n  a: *a\n  b:\n    <<: *a\n    command: b\n",
        "add: [filebeat]",
        id="anchors of others",
    ),
]


@pytest.mark.parametrize(("before", "overlay"), ROUND_TRIPS)
def test_e40_strip_takes_back_what_add_wrote_byte_for_byte(before: str, overlay: str) -> None:
    text = added_text(before, overlay)

    assert text != dedent(before)
    assert stripped_again(text, "filebeat") == dedent(before)


@pytest.mark.oracle
@pytest.mark.parametrize(("before", "overlay"), ROUND_TRIPS)
def test_compose_accepts_the_result_and_finds_the_others_unchanged(before: str, overlay: str) -> None:
    old, new = compose_model(dedent(before)), compose_model(added_text(before, overlay))

    for name, was in old["services"].items():
        now = new["services"][name]
        assert {key for key in now if now[key] != was.get(key)} <= {"labels", "volumes"}
        assert was.keys() - now.keys() == set()


def test_adding_twice_is_adding_once() -> None:
    once = added(WITH_LOGS, FILES).tree

    assert plain(added(once, FILES).tree) == plain(once)


def test_a_later_add_says_it_differently() -> None:
    twice = added(TWO, "add: [{sidecar: filebeat, for: backend, logs: /a}, {sidecar: filebeat, for: backend}]").tree

    assert plain(twice) == plain(added(TWO, "add: [{sidecar: filebeat, for: backend}]").tree)


REFUSED = [
    pytest.param(
        TWO + "  filebeat: {image: acme/ship}\n",
        "add: [filebeat]",
        "the service filebeat already exists and was not added by composevariant",
        id="a service of the name",
    ),
    pytest.param(
        TWO + "volumes: {filebeat_data: {}}\n",
        "add: [filebeat]",
        "the volume filebeat_data already exists and was not added by composevariant",
        id="a volume of the name",
    ),
    pytest.param(
        WORKER + "    tmpfs: /logs\n",
        "add: [{sidecar: filebeat, for: worker, logs: /logs}]",
        "worker has tmpfs at /logs, which no other service can read",
        id="log files in memory",
    ),
    pytest.param(
        WORKER + "    volumes: [/logs]\n",
        "add: [{sidecar: filebeat, for: worker, logs: /logs}]",
        "worker has an anonymous volume at /logs, which no other service can read",
        id="log files in an anonymous volume",
    ),
    pytest.param(TWO, "add: [filebaet]", '"filebaet" is not a known sidecar (did you mean "filebeat"?)', id="a typo"),
    pytest.param(TWO, "add: [promtail]", "Promtail can be stripped but not added", id="no template"),
    pytest.param(TWO, "add: [{sidecar: filebeat, for: web}]", 'no service is called "web"', id="no such service"),
    pytest.param(
        TWO,
        "add: [{sidecar: filebeat, for: backend, logs: {frontnd: /l}}]",
        'add.logs: "frontnd" is not one of the services under `for`',
        id="logs of another service",
    ),
    pytest.param(
        TWO,
        "add: [{sidecar: filebeat, output: {elasticsearch: {password: s3cret}}}]",
        "output.elasticsearch.password holds a secret as text",
        id="a password as text",
    ),
    pytest.param(
        TWO,
        "add: [{sidecar: filebeat, output: {elasticsearch: {hosts: ['http://me:s3cret@es:9200']}}}]",
        "output.elasticsearch.hosts holds a secret as text",
        id="a password in a URL",
    ),
    pytest.param(
        TWO,
        'add: [{sidecar: filebeat, output: {logstash: {ssl: {key: "-----BEGIN PRIVATE KEY-----s3cret"}}}}]',
        "output.logstash.ssl.key holds a secret as text",
        id="a key as text",
    ),
    pytest.param(
        TWO, "add: [{sidecar: filebeat, output: splunk}]", 'filebeat has no output "splunk"', id="an unknown output"
    ),
    pytest.param(
        TWO, "add: [{sidecar: filebeat, version: 7.17.9}]", "filebeat 7.17.9 cannot be added", id="an old version"
    ),
    pytest.param(
        TWO, "add: [{sidecar: filebeat, params: {colour: red}}]", "filebeat has no parameter colour", id="a parameter"
    ),
    pytest.param(
        WORKER + "    labels: {log_sidecar: mine}\n",
        "add: [{sidecar: filebeat, for: worker}]",
        "services.worker.labels.log_sidecar is already set",
        id="a label that means something else",
    ),
    pytest.param(
        TWO.replace("backend\n", 'backend\n    restart: "no"\n').replace("shop/frontend", "elasticsearch:9.5.1"),
        "add: [{sidecar: filebeat, for: '*'}]",
        "no service is left to add Filebeat for",
        id="a wildcard that means nobody",
    ),
]


@pytest.mark.parametrize(("before", "overlay", "message"), REFUSED)
def test_what_cannot_be_done_is_unusable_input(before: str, overlay: str, message: str) -> None:
    with pytest.raises(ComposeVariantError) as caught:
        added(before, overlay)

    assert caught.value.exit_code == 2
    assert any(message in each for each in refusals(caught.value))
    assert "s3cret" not in str(caught.value)


def test_all_problems_come_at_once() -> None:
    before = """
    services:
      a: {image: a, logging: {driver: gelf}}
      b: {image: b, tmpfs: [/logs]}
    """

    with pytest.raises(ComposeVariantError) as caught:
        added(before, "add: [{sidecar: filebeat, for: [a, b], logs: {b: /logs}}]")

    assert len(refusals(caught.value)) == 2


def test_a_wildcard_leaves_out_jobs_backends_and_sidecars_and_says_so() -> None:
    before = """
    services:
      web: {image: web, depends_on: {migrate: {condition: service_completed_successfully}}}
      migrate: {image: web}
      once: {image: web, restart: "no"}
      elasticsearch: {image: elasticsearch:9.5.1}
      metricbeat: {image: docker.elastic.co/beats/metricbeat:9.5.1}
    """

    outcome = added(before, "add: [{sidecar: filebeat, for: '*', output: console}]")

    assert [name for name in services_of(outcome.tree) if name.endswith("-filebeat")] == ["web-filebeat"]
    assert [note for note in said(outcome, "note") if "is not added for" in note] == [
        "migrate: Filebeat is not added for migrate: it runs once",
        "once: Filebeat is not added for once: it runs once",
        "elasticsearch: Filebeat is not added for elasticsearch: it is a sidecar itself (ELK)",
        "metricbeat: Filebeat is not added for metricbeat: it is a sidecar itself (Metricbeat)",
    ]


def test_a_service_that_is_named_is_meant_even_where_a_wildcard_would_leave_it_out() -> None:
    outcome = added(
        "services: {elasticsearch: {image: 'elasticsearch:9.5.1'}}", "add: [{sidecar: filebeat, for: elasticsearch}]"
    )

    assert "elasticsearch-filebeat" in services_of(outcome.tree)


def test_profiles_and_restart_are_those_of_the_target() -> None:
    target = WORKER + "    profiles: [jobs]\n    restart: always\n"

    found = service(target, "add: [{sidecar: filebeat, for: worker}]", "worker-filebeat")

    assert (found["profiles"], found["restart"]) == (["jobs"], "always")


def test_an_output_behind_a_profile_is_not_required() -> None:
    before = TWO + "  logstash: {image: logstash:9.5.1, profiles: [elk]}\n"

    found = service(before, "add: [filebeat]", "filebeat")

    assert found["depends_on"] == {"logstash": {"condition": "service_started", "required": False}}


def test_networks_are_those_of_the_target_where_the_output_is_outside() -> None:
    before = WORKER + "    networks: {inner: {aliases: [w]}}\nnetworks: {inner: {internal: true}}\n"

    outcome = added(
        before, "add: [{sidecar: filebeat, for: worker, output: {logstash: {hosts: ['logs.acme.com:5044']}}}]"
    )

    found: Any = plain(services_of(outcome.tree)["worker-filebeat"])
    assert found["networks"] == ["inner"]
    assert any("is only in internal networks (inner)" in note for note in said(outcome, "warning"))


def test_where_nothing_says_where_to_send_to_the_variable_that_does_is_named() -> None:
    outcome = added(TWO, "add: [filebeat]")

    assert said(outcome, "note") == [
        "filebeat: the project has no elasticsearch service; set ELASTICSEARCH_HOSTS to its address"
    ]


def test_with_is_merged_into_every_generated_service() -> None:
    outcome = added(TWO, "add: [{sidecar: filebeat, for: [backend, frontend], with: {mem_limit: 128m}}]")

    after: Any = plain(outcome.tree)
    assert [after["services"][f"{name}-filebeat"]["mem_limit"] for name in ("backend", "frontend")] == ["128m", "128m"]


def test_a_variable_of_an_option_reaches_the_configuration_by_the_environment() -> None:
    outcome = added(TWO, "add: [{sidecar: filebeat, output: {elasticsearch: {api_key: '${ES_KEY:?set it}'}}}]")

    found: Any = plain(services_of(outcome.tree)["filebeat"])
    assert found["environment"]["ES_KEY"] == "${ES_KEY:?set it}"
    assert "api_key: '${ES_KEY:}'" in outcome.files[0].text


def test_a_configuration_of_the_users_own() -> None:
    outcome = added(TWO, "add: [{sidecar: filebeat, config: ops/filebeat.yml}]")

    found: Any = plain(services_of(outcome.tree)["filebeat"])
    assert found["volumes"][0] == "./ops/filebeat.yml:/usr/share/filebeat/filebeat.yml:ro"
    assert outcome.files == ()
    assert any("./ops/filebeat.yml does not exist (yet)" in note for note in said(outcome, "warning"))


def test_many_of_them_are_better_one_for_the_host() -> None:
    before = "services: {a: {image: a}, b: {image: b}, c: {image: c}, d: {image: d}}"

    assert any("each of the 4 Filebeat" in note for note in said(added(before, "add: [{sidecar: filebeat, for: '*'}]")))


OWN = """
sidecars:
  acme-agent:
    class: collector
    params: {version: "1.2", logs: null}
    match: {images: ["acme/agent*"], names: ["*-acme-agent"], mounts: ["/opt/acme/*"]}
    traces: {labels: ["acme.io/*"], environment: ["ACME_*"]}
    service: {image: "acme/agent:{{version}}", command: ["--tag={{.Name}}"], volumes: ["{{target}}_logs:/in:ro"]}
    target: {volumes: ["{{target}}_logs:{{logs}}"], labels: {acme.io/on: "true"}}
add: [{sidecar: acme-agent, for: [backend], logs: /app/logs, version: "1.3"}]
"""


def test_a_sidecar_of_the_projects_own_is_added_and_taken_back() -> None:
    text = added_text(WITH_LOGS, OWN)

    after: Any = plain(tree(text))
    agent = after["services"]["backend-acme-agent"]
    assert (agent["image"], agent["command"]) == ("acme/agent:1.3", ["--tag={{.Name}}"])
    assert agent["volumes"] == ["logs_data:/in:ro"]
    assert after["services"]["backend"]["labels"] == {"acme.io/on": "true"}
    assert stripped_again(text, "acme-agent", OWN) == dedent(WITH_LOGS)


def test_what_two_sidecars_share_stays_until_both_are_gone() -> None:
    both = OWN.replace("add: [", "add: [{sidecar: filebeat, for: [frontend], logs: /f}, ").replace(
        "for: [backend], logs: /app/logs", "for: [frontend], logs: /f"
    )
    text = added_text(WITH_LOGS, both)

    one = stripped_again(text, "filebeat", OWN)
    none = stripped_again(one, "acme-agent", OWN)

    frontend: Any = plain(services_of(tree(one))["frontend"])
    assert frontend["volumes"] == ["frontend_logs:/f"]
    assert none == dedent(WITH_LOGS)
