"""Exactly this value at exactly this path."""

from __future__ import annotations

import pytest

from composevariant.errors import ComposeVariantError
from composevariant.tree.edits import get
from composevariant.tree.nodes import Mapping, location_of
from tests.operations.applied import applied, shown, tree

APP = """\
build: ./app
command: [./app]
environment: [DEBUG=1, LEVEL=info, DEBUG=2]
labels: {a.b: 1}
ports: ["80:80", "53:53", "53:53/udp"]
volumes: [data:/data]
depends_on: [db, cache]
extra_hosts: ["h:1.1.1.1"]
deploy: {replicas: 1}
dns:
"""
CHANGES = [
    pytest.param("command: [./app, --dev]", "command", "[./app, --dev]", id="a value"),
    pytest.param("deploy.replicas: 2", "deploy", "{replicas: 2}", id="a deep value"),
    pytest.param("deploy.mode: global", "deploy", "{replicas: 1, mode: global}", id="a new key"),
    pytest.param("tty: true", "tty", "true", id="a new attribute"),
    pytest.param("'labels[\"a.b\"]': 2", "labels", "{a.b: 2}", id="a label of a mapping"),
    pytest.param("environment.LEVEL: debug", "environment", "[DEBUG=1, LEVEL=debug, DEBUG=2]", id="an item KEY=VALUE"),
    pytest.param("environment[DEBUG]: 3", "environment", "[DEBUG=1, LEVEL=info, DEBUG=3]", id="the last of equal keys"),
    pytest.param("environment[NEW]: 1.10", "environment", "[DEBUG=1, LEVEL=info, DEBUG=2, NEW=1.1]", id="a new item"),
    pytest.param("environment[NEW]: null", "environment", "[DEBUG=1, LEVEL=info, DEBUG=2, NEW]", id="a bare new item"),
    pytest.param("environment.LEVEL: ", "environment", "[DEBUG=1, LEVEL, DEBUG=2]", id="a value taken away"),
    pytest.param("environment: {A: 1}", "environment", "{A: 1}", id="a list as a whole"),
    pytest.param("extra_hosts[h]: 2.2.2.2", "extra_hosts", "['h:2.2.2.2']", id="a host keeps its colon"),
    pytest.param("extra_hosts[g]: 2.2.2.2", "extra_hosts", "['h:1.1.1.1', g=2.2.2.2]", id="a new host"),
    pytest.param("'ports[\"53:53\"]': 54:53", "ports", "['80:80', '54:53', '53:53/udp']", id="a port"),
    pytest.param(
        "'ports[*:80]': {target: 80, mode: host}", "ports",
        "[{target: 80, mode: host}, '53:53', '53:53/udp']", id="a port by a wildcard that fits one",
    ),
    pytest.param("volumes[/data]: ./d:/data", "volumes", "[./d:/data]", id="a mount"),
    pytest.param("depends_on[db]: pg", "depends_on", "[pg, cache]", id="a name"),
    pytest.param(
        "depends_on[db]: {condition: service_healthy}", "depends_on",
        "{db: {condition: service_healthy}, cache: {condition: service_started}}", id="settings for a name",
    ),
    pytest.param(
        "depends_on.q: {condition: service_healthy}", "depends_on",
        "{db: {condition: service_started}, cache: {condition: service_started}, q: {condition: service_healthy}}",
        id="settings for a new name",
    ),
    pytest.param("depends_on.q: null", "depends_on", "[db, cache, q]", id="a new name"),
    pytest.param("build.target: fast", "build", "{context: ./app, target: fast}", id="a key of a short build"),
    pytest.param("dns.a: b", "dns", "{a: b}", id="a key of nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "attribute", "want"), CHANGES)
def test_the_value_is_set(change: str, attribute: str, want: str) -> None:
    base = service()

    after = applied(base, f"replace:\n  {_below(change)}").tree

    old, new = (get(one, ("services", "app")) for one in (base, after))
    assert isinstance(old, Mapping)
    assert isinstance(new, Mapping)
    assert shown(new.get(attribute) or new) == shown(get(tree(f"value: {want}"), ("value",)))
    assert all(new.get(name) is value for name, value in old.items() if name != attribute)


def service() -> Mapping:
    return tree("services:\n  app:\n" + "".join(f"    {line}\n" for line in APP.splitlines()) + "  db: {image: db}\n")


def _below(change: str) -> str:
    """The path of a change with `services.app.` before it."""
    quote = "'" if change.startswith("'") else ""
    return f"{quote}services.app.{change.removeprefix(quote)}"


def test_the_new_value_knows_what_it_replaces_and_where_it_is_written() -> None:
    base = service()

    after = applied(base, "replace: {services.app.command: run}").tree

    new = get(after, ("services", "app", "command"))
    assert new.origin is get(base, ("services", "app", "command"))
    assert str(location_of(new)) == "fast.yml:1:33"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("command: ['./app']", id="a list"),
        pytest.param("environment.LEVEL: info", id="a variable"),
        pytest.param("deploy: {replicas: 1}", id="a mapping"),
    ],
)
def test_a_value_that_is_there_already_gives_the_same_tree(change: str) -> None:
    base = service()

    assert applied(base, f"replace:\n  {_below(change)}").tree is base


def test_a_new_service_and_a_new_section() -> None:
    after = applied(service(), "replace: {services.new: {image: i}, volumes: {data: null}}").tree

    assert shown(get(after, ("services", "new"))) == '{"image": "i"}'
    assert shown(get(after, ("volumes",))) == '{"data": null}'


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            "services.app.ports[*]: x",
            "fast.yml:2:3: services.app.ports.* matches 3 settings: ",
            id="several items",
        ),
        pytest.param(
            "services.*.tty: true",
            "fast.yml:2:3: services.* matches 2 settings: services.app, services.db\n  hint: replace sets one value",
            id="several places for a new key",
        ),
        pytest.param(
            "services.ap.image: x",
            'fast.yml:2:3: no such path: services.ap.image: services has no "ap" (did you mean "app"?)',
            id="a service that is not there",
        ),
        pytest.param(
            "services.app.healthcheck.test: x",
            'no such path: services.app.healthcheck.test: services.app has no "healthcheck"',
            id="a mapping that is not there",
        ),
        pytest.param(
            "services.app.im*: x",
            'no such path: services.app.im*: services.app has nothing like "im*"',
            id="a wildcard for a new key",
        ),
        pytest.param(
            "services.app.ports.99: 99:99", 'services.app.ports has no item "99"', id="a new item of another list",
        ),
        pytest.param("services.db.image.tag: x", "services.db.image holds a single value", id="a key of a text"),
        pytest.param("services.app.environment.LEVEL: [a]", "needs a single value", id="a list for a variable"),
        pytest.param(
            "services.app.environment.LEVEL: LEVEL=debug",
            "needs a single value\n  hint: write only the part after LEVEL=",
            id="the key in the value of a variable",
        ),
        pytest.param("services.app.environment.NEW: {a: b}", "needs a single value", id="a mapping for a new variable"),
    ],
)  # fmt: skip
def test_what_cannot_be_set_is_refused(change: str, message: str) -> None:
    with pytest.raises(ComposeVariantError) as raised:
        applied(service(), f"replace:\n  {change}")

    assert message in str(raised.value)
