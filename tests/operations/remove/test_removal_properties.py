"""What holds for every project that loses services."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from composevariant.compose.reference_index import SECTIONS, references
from composevariant.compose.services import services_of
from composevariant.errors import ComposeVariantError
from composevariant.tree.nodes import Mapping, plain
from tests.operations.removal import removed, stripped, tree

NAMES = ("app", "db", "filebeat", "log-shipper", "setup")
VOLUMES = ("data", "logs", "fb_data")
TARGETS = ("/data", "/var/log/filebeat", "/usr/share/filebeat/data", "/app/logs")

CONDITIONS = st.sampled_from(("service_started", "service_healthy", "service_completed_successfully"))
SERVICES = st.fixed_dictionaries(
    {"image": st.sampled_from(("app:1", "elastic/filebeat:9.5.1", "logstash:9", "${IMG:-elastic/filebeat}"))},
    optional={
        "depends_on": st.one_of(
            st.lists(st.sampled_from(NAMES), unique=True, min_size=1),
            st.dictionaries(st.sampled_from(NAMES), st.fixed_dictionaries({"condition": CONDITIONS}), min_size=1),
        ),
        "links": st.lists(st.sampled_from(NAMES), unique=True, min_size=1),
        "volumes_from": st.lists(st.sampled_from((*NAMES, "db:ro")), unique=True, min_size=1),
        "network_mode": st.sampled_from(("host", *(f"service:{name}" for name in NAMES))),
        "extends": st.sampled_from(NAMES),
        "networks": st.lists(st.sampled_from(("front", "logging", "default")), unique=True, min_size=1),
        "volumes": st.lists(
            st.builds("{}:{}".format, st.sampled_from((*VOLUMES, "./conf")), st.sampled_from(TARGETS)),
            unique=True,
            min_size=1,
        ),
        "environment": st.dictionaries(
            st.sampled_from(("FILEBEAT_A", "LOG", "URL")), st.sampled_from(("1", "http://filebeat:80", "db:5432"))
        ).filter(bool),
        "labels": st.lists(st.sampled_from(("co.elastic.logs/enabled=true", "a=b")), unique=True, min_size=1),
        "restart": st.sampled_from(("no", "always")),
    },
)
PROJECTS = st.dictionaries(st.sampled_from(NAMES), SERVICES, min_size=1)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "labels": st.sampled_from(("remove", "keep")),
        "log_volumes": st.just("remove"),
        "shared_network": st.just("adopt"),
        "prune_networks": st.just(value=True),
        "excepted": st.just(("filebeat",)),
        "services": st.just(("setup",)),
    },
)


def project(services: dict[str, dict[str, Any]]) -> Mapping:
    """The services, without references to what there is not."""
    for service in services.values():
        for key in ("depends_on", "links", "volumes_from"):
            named = service.get(key, ())
            kept = [name for name in named if name.removesuffix(":ro") in services]
            service[key] = {name: named[name] for name in kept} if isinstance(named, dict) else kept
        if service.get("network_mode", "host").removeprefix("service:") not in ("host", *services):
            del service["network_mode"]
        if service.get("extends", next(iter(services))) not in services:
            del service["extends"]
    written = {name: {key: value for key, value in one.items() if value} for name, one in services.items()}
    networks: dict[str, Any] = {"front": {}, "logging": {}, "default": {}}
    return tree(json.dumps({"services": written, "volumes": {name: {} for name in VOLUMES}, "networks": networks}))


def dangling(project: Mapping) -> set[tuple[str, str, str]]:
    """References to what is not defined: who refers, how, and to what."""
    defined = {target: project.get(section) for target, section in SECTIONS.items()}
    found = list(references(project))
    names = {target: set(node.names()) if isinstance(node, Mapping) else set() for target, node in defined.items()}
    return {(one.user, one.kind, one.name) for one in found if one.name not in names[one.target]}


def empty_values(value: object) -> int:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(map(empty_values, below)) + (value in ({}, [], None))


@given(PROJECTS, OPTIONS)
def test_stripping_leaves_nothing_dangling_or_empty_and_is_done_once(
    services: dict[str, Any], options: dict[str, Any]
) -> None:
    before = project(services)
    try:
        outcome = stripped(before, **options)
    except ComposeVariantError as error:
        event(f"exit code {error.exit_code}")
        return

    after = outcome.tree
    assert dangling(after) == set()
    assert empty_values(plain(after)) <= empty_values(plain(before))
    assert stripped(after, **options).tree is after
    removed_ones = {note.service for note in outcome.notes if note.kind == "removed" and note.service}
    assert services_of(before).keys() - services_of(after).keys() <= removed_ones


@given(PROJECTS, st.sampled_from(NAMES))
def test_removing_a_service_leaves_no_reference_to_it(services: dict[str, Any], name: str) -> None:
    before = project(services)
    try:
        after = removed(before, f"services.{name}", missing="ok").tree
    except ComposeVariantError as error:
        event(f"exit code {error.exit_code}")
        return

    assert services_of(after).keys() == services_of(before).keys() - {name}
    assert dangling(after) == set()
    assert removed(after, f"services.{name}", missing="ok").tree is after
