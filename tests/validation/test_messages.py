"""What a user reads: place, what is wrong, what to do, and the check's id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.validation.broken_files import rest, web

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.findings import Problem

MESSAGES = {
    "a misspelled service": (
        web("depends_on:", "  - databse") + "  database: {image: y}\n",
        (
            'docker-compose.yml:5:9: services.web.depends_on names "databse", which is not a service '
            '(did you mean "database"?) [reference.depends-on]'
        ),
    ),
    "a misspelled volume": (
        web("volumes: ['dta:/data']") + "volumes: {data: }\n",
        (
            'docker-compose.yml:4:15: services.web.volumes names "dta", which is not defined under volumes '
            '(did you mean "data"?) [reference.volumes]'
        ),
    ),
    "an undefined volume": (
        web("volumes: ['data:/data']"),
        (
            'docker-compose.yml:4:15: services.web.volumes names "data", which is not defined under volumes; '
            "define it there [reference.volumes]"
        ),
    ),
    "a circle": (
        web("depends_on: [b]") + "  b: {image: x, network_mode: 'service:web'}\n",
        (
            'docker-compose.yml:5:31: services.b.network_mode names "web", which in turn waits for this service: '
            "b -> web -> b; remove one of these [reference.cycle]"
        ),
    ),
    "a misspelled key, at the key": (
        web("depend_on: [db]") + rest(),
        (
            'docker-compose.yml:4:5: services.web has the unknown key "depend_on" (did you mean "depends_on"?); '
            "correct or remove it (x-… keys are allowed) [schema.unknown-key]"
        ),
    ),
    "a key where no extensions are allowed": (
        web("extends: {service: db, fil: x}") + rest(),
        (
            'docker-compose.yml:4:28: services.web.extends has the unknown key "fil" (did you mean "file"?); '
            "correct or remove it [schema.unknown-key]"
        ),
    ),
    "no form of a choice fits": (
        web("ports: [[80]]"),
        "docker-compose.yml:4:13: services.web.ports[0] must be a string, number or mapping, not a list [schema.type]",
    ),
    "the form that was meant is explained": (
        web("ports:", "  - target: 80", "    publish: 80"),
        (
            'docker-compose.yml:6:9: services.web.ports[0] has the unknown key "publish" (did you mean "published"?); '
            "correct or remove it (x-… keys are allowed) [schema.unknown-key]"
        ),
    ),
    "an empty setting, at its key": (
        web("environment:", "command: x").replace("environment:", "ports:"),
        "docker-compose.yml:4:5: services.web.ports is empty and must be a list [schema.type]",
    ),
    "a value to be quoted, at the value": (
        web("restart: no # ok", "hostname: 12"),
        "docker-compose.yml:5:15: services.web.hostname must be a string, not a number; put it in quotes [schema.type]",
    ),
    "a value out of a few": (
        web("depends_on: {db: {condition: service_healty}}") + rest(),
        (
            "docker-compose.yml:4:34: services.web.depends_on.db.condition must be "
            '"service_started", "service_healthy" or "service_completed_successfully", not "service_healty" '
            '(did you mean "service_healthy"?) [schema.enum]'
        ),
    ),
    "a name with a dot": (
        "services:\n  shop.api: {image: 5}\n",
        (
            'docker-compose.yml:2:21: services["shop.api"].image must be a string, not a number; put it in quotes '
            "[schema.type]"
        ),
    ),
    "an override file": (
        "services: {web: {user: x}}\n",
        (
            "docker-compose.yml:1:12: services.web has neither image nor build; add one, "
            "or validate this file together with its base [service.no-image]"
        ),
    ),
    "a file of version 1": (
        "# old\nweb:\n  image: x\ndb:\n  build: .\n",
        (
            'docker-compose.yml:2:1: "web", "db" at the top level: this is a file of version 1; '
            "put its services under services: [document.version-1]"
        ),
    ),
    "a service without its name": (
        "image: x\ncommand: y\n",
        (
            'docker-compose.yml:1:1: "image", "command" at the top level: these are settings of a service; '
            "put them under services.<name> [document.fragment]"
        ),
    ),
    "a setting that is newer than the Compose that is followed": (
        web("build: {context: ., no_cache_filter: [a]}"),
        (
            "docker-compose.yml:4:25: advice: services.web.build.no_cache_filter is newer than Docker Compose 2.40.3, "
            "which refuses it; use a newer Compose or remove it [schema.newer]"
        ),
    ),
}


@pytest.mark.parametrize(("text", "message"), MESSAGES.values(), ids=MESSAGES.keys())
def test_the_message_is(text: str, message: str, validate: Callable[[str], list[Problem]]) -> None:
    assert [str(problem) for problem in validate(text)] == [message]


def test_all_problems_come_in_the_order_of_the_file(validate: Callable[[str], list[Problem]]) -> None:
    text = web("depends_on: [nope]", "hostname: 5", "ports: [abc]", "colour: red") + "volumes: {v: 5}\n"

    lines = [problem.location.line for problem in validate(text) if problem.location]

    assert lines == [4, 5, 6, 7, 8]


def test_an_inherited_setting_is_shown_where_it_is_written(validate: Callable[[str], list[Problem]]) -> None:
    text = "x-base: &base\n  hostname: 5\nservices:\n  a: {<<: *base, image: x}\n  b: {<<: *base, image: y}\n"

    found = [(problem.path, str(problem.location)) for problem in validate(text)]

    assert found == [
        (("services", "a", "hostname"), "docker-compose.yml:2:13"),
        (("services", "b", "hostname"), "docker-compose.yml:2:13"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        web("environment: {DB_PASSWORD: [hunter2]}"),
        web("labels: {api-key: {hunter2: x}}").replace("{hunter2: x}", "[hunter2]"),
        web() + "secrets: {db: {file: [hunter2]}}\n",
        web("secrets: [{source: s, target: [hunter2]}]"),
        web("x-token: !reset hunter2", "security_opt: [5]"),
    ],
)
def test_values_that_may_be_secret_are_not_repeated(text: str, validate: Callable[[str], list[Problem]]) -> None:
    problems = validate(text)

    assert problems
    assert not [problem for problem in problems if "hunter2" in f"{problem} {problem.args}"]


def test_files_that_bring_in_others_may_name_what_they_define(validate: Callable[[str], list[Problem]]) -> None:
    text = "include: [other.yml]\n" + web("depends_on: [db]", "volumes: ['data:/d']", "networks: [front]")

    assert validate(text) == []


def test_services_of_other_files_may_bring_an_image(validate: Callable[[str], list[Problem]]) -> None:
    assert validate("services:\n  web: {extends: {file: common.yml, service: web}}\n") == []


def test_names_that_a_variable_decides_are_not_claimed_to_be_missing(validate: Callable[[str], list[Problem]]) -> None:
    text = web("depends_on: ['${DB}']", "volumes: ['${DATA}:/data']", "networks: ['$NET']", "secrets: ['${KEY}']")

    assert validate(text) == []


def test_a_chain_of_thousands_of_services_is_followed(validate: Callable[[str], list[Problem]]) -> None:
    services = "".join(f"  s{n}: {{image: x, depends_on: [s{n + 1}]}}\n" for n in range(3000))

    closed = validate(f"services:\n{services}  s3000: {{image: x, depends_on: [s0]}}\n")
    open_end = validate(f"services:\n{services}  s3000: {{image: x}}\n")

    assert [problem.check for problem in closed] == ["reference.cycle"]
    assert open_end == []
