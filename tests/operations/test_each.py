"""One change for many services."""

from __future__ import annotations

import pytest

from composevariant.errors import ComposeVariantError
from composevariant.tree.nodes import Mapping
from tests.operations.applied import applied, shown, tree

BASE = """\
services:
  app:
    build: ./app
    container_name: app
    ports: ["80:80", "9229:9229"]
    environment: [LEVEL=info]
  worker:
    build: {context: ./worker}
    container_name: worker
    environment: {LEVEL: info}
  db:
    image: db
    ports: ["5432:5432"]
"""


@pytest.mark.parametrize(
    ("change", "services"),
    [
        pytest.param(
            "match: {has: build}, merge: {restart: always, environment: {DEBUG: 1}}",
            {
                "app": "build: ./app, container_name: app, ports: ['80:80', '9229:9229'],"
                " environment: [LEVEL=info, DEBUG=1], restart: always",
                "worker": "build: {context: ./worker}, container_name: worker,"
                " environment: {LEVEL: info, DEBUG: 1}, restart: always",
            },
            id="merge, in the notation of each service",
        ),
        pytest.param(
            'match: "*", remove: [container_name, "ports[*:9229]", environment.LEVEL]',
            {"app": "build: ./app, ports: ['80:80']", "worker": "build: {context: ./worker}"},
            id="remove, where it is there, and what becomes empty",
        ),
        pytest.param(
            "match: [app, worker], replace: {container_name: x, environment.LEVEL: debug, tty: true}",
            {
                "app": "build: ./app, container_name: x, ports: ['80:80', '9229:9229'],"
                " environment: [LEVEL=debug], tty: true",
                "worker": "build: {context: ./worker}, container_name: x, environment: {LEVEL: debug}, tty: true",
            },
            id="replace, in the notation of each service",
        ),
        pytest.param(
            "match: db, remove: [ports], merge: {ports: ['1:1'], image: merged}, replace: {image: replaced}",
            {"db": "image: replaced, ports: ['1:1']"},
            id="take away, then change, then set",
        ),
        pytest.param(
            "match: {name: '*', except: [db]}, merge: {container_name: !reset null, build: {target: fast}}",
            {
                "app": "build: {context: ./app, target: fast}, ports: ['80:80', '9229:9229'],"
                " environment: [LEVEL=info]",
                "worker": "build: {context: ./worker, target: fast}, environment: {LEVEL: info}",
            },
            id="the tags of Compose",
        ),
        pytest.param("match: {has: profiles}, expect: 0+, remove: [profiles]", {}, id="any number, of which none"),
    ],
)  # fmt: skip
def test_every_service_that_matches_is_changed(change: str, services: dict[str, str]) -> None:
    base = tree(BASE)

    after = applied(base, f"each: [{{{change}}}]").tree.get("services")

    before = base.get("services")
    assert isinstance(before, Mapping)
    assert isinstance(after, Mapping)
    assert after.names() == before.names()
    for name in before.names():
        found = after.get(name)
        assert found is not None
        if name in services:
            assert shown(found) == shown(tree(f"{{{services[name]}}}"))
        else:
            assert found is before.get(name)


def test_a_change_that_changes_nothing_gives_the_same_tree() -> None:
    base = tree(BASE)

    after = applied(
        base, "each: [{match: db, merge: {image: db}, replace: {image: db}, remove: [{path: tty, missing: ok}]}]"
    )

    assert after.tree is base


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            'match: "*", merge: {tty: true}, expect: 2',
            "fast.yml:1:8: 2 services were expected to match, but 3 matched: app, worker, db",
            id="too many",
        ),
        pytest.param(
            "match: {has: build}, merge: {tty: true}, expect: 3+",
            "fast.yml:1:8: 3+ services were expected to match, but 2 matched: app, worker",
            id="too few",
        ),
        pytest.param(
            "match: db, merge: {tty: true}, expect: 0",
            "fast.yml:1:8: 0 services were expected to match, but 1 matched: db",
            id="none expected",
        ),
        pytest.param(
            "match: wroker, merge: {tty: true}",
            'fast.yml:1:16: no service is called "wroker" (did you mean "worker"?)',
            id="a name that no service has",
        ),
        pytest.param(
            'match: "*", remove: [tyy]',
            "fast.yml:1:30: none of the 3 matching services has tyy",
            id="a path that no service has",
        ),
        pytest.param(
            'match: "*", merge: {ports: {a: b}}',
            "cannot override services.app.ports: it is a list in the base (compose.yml:5:12)",
            id="a merge that is refused",
        ),
        pytest.param(
            'match: "*", replace: {healthcheck.test: x}',
            "fast.yml:1:31: no such path: services.app.healthcheck.test: services.app has no",
            id="a value without a place",
        ),
    ],
)
def test_a_change_that_does_not_fit_is_refused(change: str, message: str) -> None:
    with pytest.raises(ComposeVariantError) as raised:
        applied(tree(BASE), f"each: [{{{change}}}]")

    assert message in str(raised.value)


def test_what_is_wrong_with_replace_is_said_once() -> None:
    with pytest.raises(ComposeVariantError) as raised:
        applied(tree(BASE), 'each: [{match: "*", replace: {healthcheck.test: x}}]')

    assert str(raised.value).count("no such path") == 1


def test_a_service_that_inherits_the_change_is_noted() -> None:
    base = tree("services: {a: {image: i}, b: {extends: {service: a}}, c: {extends: {service: a, file: x.yml}}}")

    after = applied(base, "each: [{match: a, merge: {tty: true}}]")

    assert [note.service for note in after.notes] == ["b"]
