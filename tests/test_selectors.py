from __future__ import annotations

import pytest

from composevariant.errors import ComposeVariantError, UnusableInput
from composevariant.overlay.selectors import Selector, parse_selector
from composevariant.source import Source
from composevariant.tree.config_reader import Value
from composevariant.tree.nodes import Mapping
from composevariant.yamltext.parser import parse

BASE = """\
services:
  ordering.api:
    build: {context: ., target: dev}
    labels: [tier=app, "team=orders"]
    environment: [DEBUG=1]
  worker-mail:
    build: .
    labels: {tier: app, replicas: 1.10}
    profiles: [dev, jobs]
    environment: {DEBUG: 1}
  worker-pdf:
    image: ${REGISTRY}/pdf:${TAG:-latest}
    profiles: ["${PROFILE:-jobs}"]
  db:
    image: postgres:${PG_VERSION:-16}
    labels: {tier: data}
  broken:
"""


def tree(text: str = BASE) -> Mapping:
    root = parse(Source("compose.yml", text)).root
    assert isinstance(root, Mapping)
    return root


def selector(text: str) -> Selector:
    root = parse(Source("overlay.yml", text)).root
    assert root is not None
    problems: list[ComposeVariantError] = []
    result = parse_selector(Value(root, "match", problems))
    assert problems == []
    return result


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("db", ["db"], id="a name"),
        pytest.param("ordering.api", ["ordering.api"], id="a name with a dot"),
        pytest.param('"*"', ["ordering.api", "worker-mail", "worker-pdf", "db", "broken"], id="every service"),
        pytest.param('"worker-*"', ["worker-mail", "worker-pdf"], id="a pattern"),
        pytest.param("[db, worker-*, db]", ["worker-mail", "worker-pdf", "db"], id="a list, in the order of the base"),
        pytest.param("DB", [], id="letter case counts"),
        pytest.param("{name: worker-*, except: worker-pdf}", ["worker-mail"], id="an exception"),
        pytest.param("{except: [w*, db, broken]}", ["ordering.api"], id="several exceptions of every service"),
        pytest.param("{has: build}", ["ordering.api", "worker-mail"], id="has a key"),
        pytest.param("{has: build.target}", ["ordering.api"], id="has a key below"),
        pytest.param("{has: [build, profiles]}", ["worker-mail"], id="has both keys"),
        pytest.param('{has: "environment[DEBUG]"}', ["ordering.api", "worker-mail"], id="has an item in any notation"),
        pytest.param("{image: postgres:*}", ["db"], id="an image pattern"),
        pytest.param("{image: postgres:16}", ["db"], id="the default of a variable counts"),
        pytest.param('{image: "*/pdf:latest"}', ["worker-pdf"], id="a variable without default can be anything"),
        pytest.param('{image: [redis, "postgres:1*"]}', ["db"], id="one of several images"),
        pytest.param("{label: tier=app}", ["ordering.api", "worker-mail"], id="a label in a list or a mapping"),
        pytest.param("{label: tier}", ["ordering.api", "worker-mail", "db"], id="a label with any value"),
        pytest.param('{label: "t*=orders"}', ["ordering.api"], id="a label pattern"),
        pytest.param("{label: [tier=app, team]}", ["ordering.api"], id="both labels"),
        pytest.param('{label: "replicas=1.1"}', ["worker-mail"], id="a label as Compose prints it"),
        pytest.param("{profile: dev}", ["worker-mail"], id="a profile"),
        pytest.param("{profile: [dev, job*]}", ["worker-mail", "worker-pdf"], id="one of several profiles"),
        pytest.param("{has: build, profile: prod}", [], id="conditions that no service meets together"),
    ],
)
def test_selects_services_in_the_order_of_the_base(written: str, expected: list[str]) -> None:
    assert selector(written).select(tree()) == tuple(expected)


@pytest.mark.parametrize(
    "text", ["services: {}", "services:", "services: [a]", "volumes: {}"], ids=["empty", "null", "a list", "absent"]
)
def test_selects_nothing_where_there_are_no_services(text: str) -> None:
    assert selector('"*"').select(tree(text)) == ()


@pytest.mark.parametrize(
    ("written", "messages"),
    [
        pytest.param("dbb", ['1:1: no service is called "dbb" (did you mean "db"?)'], id="a mistyped name"),
        pytest.param('"web-*"', ['1:1: no service matches "web-*"'], id="a pattern for nothing"),
        pytest.param(
            "[db, dbb, zzz]",
            ['1:6: no service is called "dbb" (did you mean "db"?)', '1:11: no service is called "zzz"'],
            id="all of them are told",
        ),
        pytest.param(
            "{except: [dbb]}",
            ['1:11: no service is called "dbb" (did you mean "db"?)'],
            id="a mistyped exception, which would protect nothing",
        ),
        pytest.param(
            "{has: build, profile: prod}", ["1:1: no service matches this selector"], id="conditions for nothing"
        ),
        pytest.param("{name: db, except: d*}", ["1:1: no service matches this selector"], id="all are excepted"),
    ],
)
def test_a_selector_that_is_in_vain_is_an_error(written: str, messages: list[str]) -> None:
    with pytest.raises(ComposeVariantError) as caught:
        selector(written).select_or_error(tree())

    assert str(caught.value).splitlines() == [f"overlay.yml:{message}" for message in messages]


def test_an_exception_with_a_wildcard_may_be_in_vain() -> None:
    assert selector("{name: db, except: '*-db'}").select_or_error(tree()) == ("db",)


def test_the_default_selects_every_service_and_has_no_place() -> None:
    assert Selector().select_or_error(tree("services: {a: {}, b: {}}")) == ("a", "b")
    with pytest.raises(UnusableInput) as caught:
        Selector().select_or_error(tree("services: {}"))
    assert str(caught.value) == "no service matches this selector"
