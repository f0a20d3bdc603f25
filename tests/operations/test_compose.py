"""`compose` in an overlay. What merging does is told in tests/compose."""

from __future__ import annotations

import pytest

from composevariant.errors import UnusableInput
from composevariant.findings import note
from composevariant.source import Location
from tests.operations.applied import applied, shown, tree

BASE = """\
services:
  app:
    image: app
    environment: [LEVEL=info]
    ports: ["80:80"]
  worker:
    extends: app
    command: work
  db: {image: db}
"""


def test_the_content_is_merged() -> None:
    overlay = "compose: {services: {app: {environment: {DEBUG: 1}, ports: !reset []}, new: {image: new}}}"

    after = applied(tree(BASE), overlay).tree

    assert shown(after) == shown(
        tree("""\
services:
  app: {image: app, environment: [LEVEL=info, DEBUG=1]}
  worker: {extends: app, command: work}
  db: {image: db}
  new: {image: new}
""")
    )


def test_content_that_changes_nothing_gives_the_same_tree() -> None:
    base = tree(BASE)

    after = applied(base, "compose: {services: {app: {image: app, environment: {LEVEL: info}}}}")

    assert after.tree is base
    assert after.notes == ()


def test_a_reset_that_compose_would_ignore_is_refused() -> None:
    with pytest.raises(UnusableInput) as raised:
        applied(tree(BASE), "compose: {services: {app: {environment: {LEVEL: !reset null}}}}")

    assert str(raised.value) == (
        "fast.yml:1:49: Docker Compose ignores !reset here, because services.app.environment is a list in the base\n"
        "  hint: use the operation remove with the path services.app.environment.LEVEL"
    )


def test_a_service_that_inherits_the_change_is_noted() -> None:
    after = applied(tree(BASE), "compose: {services: {app: {image: other}, db: {image: other}}}")

    assert after.notes == (
        note("compose.inherited", "note", ("services", "worker", "extends"), Location("fast.yml", 1, 27), base="app"),
    )


@pytest.mark.parametrize(
    "overlay",
    [
        pytest.param("compose: {services: {worker: {command: rest}}}", id="the heir changes"),
        pytest.param("compose: {volumes: {data: }}", id="no service changes"),
        pytest.param("compose: {x-a: 1, services: }", id="services are empty"),
    ],
)
def test_nothing_is_noted_otherwise(overlay: str) -> None:
    assert applied(tree(BASE), overlay).notes == ()
