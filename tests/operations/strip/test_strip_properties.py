"""What holds for a strip of any sidecar, from any project."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from composevariant.compose.services import services_of
from composevariant.errors import ComposeVariantError
from composevariant.operations.strip import strip
from composevariant.overlay.operations import Strip
from composevariant.sidecars.presets import preset_names
from composevariant.source import Source
from composevariant.tree.nodes import Mapping, plain, same
from composevariant.yamltext.parser import parse
from tests.operations.removal import context, tree, written
from tests.operations.remove.test_removal_properties import dangling, empty_values
from tests.sidecars.test_known_sidecars import SIDECARS

NAMES = ("app", "web", *SIDECARS)
ADDRESSES = st.builds("{}{}:{}".format, st.sampled_from(("", "http://", "tcp://")), st.sampled_from(NAMES), st.just(80))
APPS = st.fixed_dictionaries(
    {"image": st.sampled_from(("app:1", "acme/nginx-filebeat:1"))},
    optional={
        "environment": st.one_of(
            st.dictionaries(
                st.sampled_from(("URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "DD_AGENT_HOST", "FILEBEAT_A")),
                ADDRESSES,
                min_size=1,
            ),
            st.lists(st.builds("URL={}".format, ADDRESSES), min_size=1, max_size=1),
        ),
        "logging": st.builds(
            lambda driver, key, address: {"driver": driver, "options": {key: address}},
            st.sampled_from(("fluentd", "loki", "json-file", "gelf")),
            st.sampled_from(("fluentd-address", "loki-url", "tag")),
            st.sampled_from(("localhost:24224", "http://localhost:3100", "logs.example.com:1", "${LOGS}")),
        ),
        "labels": st.dictionaries(
            st.sampled_from(("co.elastic.logs/enabled", "autoheal", "team")),
            st.just("a"),
            min_size=1,
        ),
        "depends_on": st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=3),
        "networks": st.lists(st.sampled_from(("front", "logs")), unique=True, min_size=1),
        "command": ADDRESSES,
        "restart": st.sampled_from(("no", "always")),
    },
)
APP_SERVICES = st.dictionaries(st.sampled_from(("app", "web")), APPS, min_size=1)
OTHERS = st.sets(st.sampled_from(tuple(SIDECARS)), max_size=3)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "labels": st.sampled_from(("remove", "keep")),
        "prune_networks": st.just(value=True),
        "services": st.just(("socket-proxy",)),
        "excepted": st.just(("web", "filebeat")),
    },
)


def sidecar(name: str) -> dict[str, Any]:
    """A service as `SIDECARS` has it, in a network."""
    service = plain(tree(SIDECARS[name][0]))
    assert isinstance(service, dict)
    return service if "network_mode" in service else service | {"networks": ["logs"]}


def project(services: dict[str, dict[str, Any]]) -> str:
    for service in services.values():
        if "depends_on" in service:
            service["depends_on"] = [name for name in service["depends_on"] if name in services]
    written_out = {name: {key: value for key, value in one.items() if value} for name, one in services.items()}
    return json.dumps({"services": written_out, "networks": {"front": {}, "logs": {}}}, indent=1)


@given(st.sampled_from(preset_names()), st.booleans(), APP_SERVICES, OTHERS, OPTIONS)
def test_a_strip_is_done_once_leaves_nothing_dangling_and_tells_what_it_did(
    name: str, is_there: bool, apps: dict[str, Any], others: set[str], options: dict[str, Any]
) -> None:
    text = project(apps | {each: sidecar(each) for each in sorted(others | ({name} if is_there else set()))})
    before, wanted = tree(text), Strip(name, **options)
    try:
        outcome = strip.apply(before, wanted, context())
    except ComposeVariantError as error:
        event(f"exit code {error.exit_code}")
        return

    after = outcome.tree
    event("changed" if after is not before else "unchanged")
    assert strip.apply(after, wanted, context()).tree is after
    assert dangling(after) <= dangling(before)
    assert empty_values(plain(after)) <= empty_values(plain(before))
    told = {note.service for note in outcome.notes}
    left = services_of(after)
    assert {each for each, service in services_of(before).items() if left.get(each) is not service} <= told
    again = parse(Source("again", written(text, outcome))).root
    assert isinstance(again, Mapping)
    assert same(again, after)
    assert strip.apply(again, wanted, context()).tree is again
