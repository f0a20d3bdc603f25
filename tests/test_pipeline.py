"""From base and overlay to text: properties that hold for every file and every overlay."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.errors import ComposeVariantError
from composevariant.operations.context import Context
from composevariant.overlay.operations import Overlay
from composevariant.overlay.reader import load_overlay
from composevariant.source import Source
from composevariant.tree.nodes import Mapping
from composevariant.validation.check import find_problems
from composevariant.validation.compiled import Rules
from composevariant.validation.schema import installed_schema
from composevariant.variants.base_model import BaseModel
from composevariant.variants.pipeline import make_variant
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from pathlib import Path

    from composevariant.operations.context import GeneratedVariant

RULES = Rules(installed_schema())


class NoFiles:
    def read_text(self, path: str) -> None:
        return None

    def is_file(self, path: str) -> bool:
        return False


def made(base: str, overlay: str) -> GeneratedVariant:
    document = parse(Source("docker-compose.yml", base))
    keys = load_overlay(parse(Source("overlay.yml", overlay)), "overlay.yml")
    problems = find_problems(document.root, RULES, "docker-compose.yml")
    return make_variant(BaseModel(document, document.root), problems, Overlay((keys.layer,)), Context(NoFiles()), RULES)


def made_or_none(base: str, overlay: str) -> GeneratedVariant | None:
    """None where the overlay does not fit the base, which is said with an error."""
    try:
        return made(base, overlay)
    except ComposeVariantError as error:
        assert error.exit_code in (2, 3)  # noqa: PT017 - 4 would be a bug
        return None


BASE = """\
x-common: &common
  restart: always # by default
  logging: &logging {driver: json-file}

services:
  # the application
  app:
    <<: *common
    image: app:${TAG:-latest}
    environment:
      - LEVEL=info
      - "PORT=80"
    ports:
      - "80:80"
    depends_on: [db, filebeat]

  db:
    <<: *common
    image: postgres:16
    logging: *logging
    volumes:
    - data:/var/lib/postgresql/data

  filebeat:
    image: elastic/filebeat:8.11.0
    volumes: ["/var/run/docker.sock:/var/run/docker.sock:ro"]

volumes:
  data:
"""

OVERLAYS = st.fixed_dictionaries(
    {},
    optional={
        "strip": st.just("[filebeat]"),
        "remove": st.sampled_from(
            ["[services.app.ports]", "[services.db]", '["services.*.restart"]', "[x-common.restart]"]
        ),
        "compose": st.sampled_from(
            [
                "{services: {app: {environment: {LEVEL: debug, NEW: '1'}}}}",
                "{services: {app: {ports: ['81:80']}, more: {image: busybox}}}",
                "{x-common: {restart: 'no'}}",
                "{services: {db: {volumes: !override ['other:/data']}}, volumes: {other: {}}}",
            ]
        ),
        "each": st.sampled_from(
            [
                "[{match: {name: '*'}, merge: {restart: 'no'}}]",
                "[{match: {image: '*postgres*'}, replace: {image: 'postgres:17'}}]",
                "[{match: {name: '*', except: [db]}, merge: {labels: {a: b}}}]",
            ]
        ),
        "replace": st.sampled_from(["{services.app.image: other}", "{'services.app.ports[80:80]': '8080:80'}"]),
    },
)


def as_text(overlay: dict[str, str]) -> str:
    return "".join(f"{key}: {value}\n" for key, value in overlay.items())


def test_an_empty_overlay_gives_the_identical_text() -> None:
    assert made(BASE, "").body == BASE


@given(OVERLAYS)
def test_a_variant_of_a_variant_that_asks_for_nothing_more_is_identical(overlay: dict[str, str]) -> None:
    first = made_or_none(BASE, as_text(overlay))
    if first is not None:
        assert made(first.body, "").body == first.body


@given(OVERLAYS)
def test_making_a_variant_twice_gives_the_same_bytes(overlay: dict[str, str]) -> None:
    first, second = made_or_none(BASE, as_text(overlay)), made_or_none(BASE, as_text(overlay))

    assert (first and first.body) == (second and second.body)


@given(OVERLAYS)
def test_stripping_twice_is_stripping_once(overlay: dict[str, str]) -> None:
    stripped = made_or_none(BASE, as_text({**overlay, "strip": "[filebeat]"}))
    if stripped is not None:
        assert made(stripped.body, "strip: [filebeat]\n").body == stripped.body


@given(OVERLAYS)
def test_every_change_is_told_with_its_operation_and_place(overlay: dict[str, str]) -> None:
    variant = made_or_none(BASE, as_text(overlay))
    if variant is not None:
        assert bool(variant.changes) >= (variant.body != BASE)
        assert {change.operation for change in variant.changes} <= set(overlay)
        assert all(change.location and change.location.file == "overlay.yml" for change in variant.changes)


def services_of(text: str) -> list[str]:
    root = parse(Source("x", text)).root
    services = root.get("services") if isinstance(root, Mapping) else None
    return services.names() if isinstance(services, Mapping) else []


@pytest.mark.corpus
def test_on_real_files_an_empty_overlay_is_the_identity(corpus_files: list[Path]) -> None:
    for path in corpus_files:
        text = path.read_bytes().decode("utf-8-sig")
        if isinstance(parse(Source(path.name, text)).root, Mapping):
            assert made(text, "").body == text, path


@pytest.mark.corpus
def test_on_real_files_operations_keep_their_promises(corpus_files: list[Path]) -> None:
    """Whatever is asked, the text means it (the editor's proof), and asking again changes nothing more."""
    chance = random.Random(20)  # noqa: S311 - not for secrets
    tried = 0
    for path in corpus_files:
        text = path.read_bytes().decode("utf-8-sig")
        names = services_of(text)
        if not names:
            continue
        service = f'services["{chance.choice(names)}"]'
        for overlay in (
            "strip: [filebeat]\n",
            "each: [{match: {name: '*'}, merge: {labels: {made.by: test}, restart: always}}]\n",
            "remove: [{path: 'services.*.container_name', missing: ok}, {path: 'services.*.ports', missing: ok}]\n",
            f"remove: ['{service}']\n",
            f"replace: {{'{service}.working_dir': /somewhere}}\n",
        ):
            variant = made_or_none(text, overlay)
            if variant is not None and not overlay.startswith("remove: ['services"):
                tried += 1
                assert made(variant.body, overlay).body == variant.body, (path, overlay)
    assert tried > len(corpus_files)


NESTED = """\
x-logging: &logging
  driver: json-file
  options: {max-size: 10m}
x-service: &service
  restart: always
  logging: *logging
services:
  app:
    <<: *service
    image: a
  db:
    image: b
    logging: *logging
"""


def test_a_definition_that_another_one_uses_changes_all_heirs_in_one_line() -> None:
    changed = made(NESTED, "replace: {x-logging.options.max-size: 50m}\n")

    assert changed.body == NESTED.replace("10m", "50m")
    assert len({str(change.path[0]) for change in changed.changes} & {"services", "x-service"}) == 2


def test_when_all_uses_come_to_say_the_same_their_definition_is_changed() -> None:
    changed = made(NESTED, "each: [{match: {name: '*'}, merge: {logging: {options: {max-size: 50m}}}}]\n")

    assert changed.body == NESTED.replace("10m", "50m")


def test_a_mistyped_service_under_compose_gets_a_suggestion() -> None:
    with pytest.raises(ComposeVariantError) as raised:
        made(BASE, "compose: {services: {ap: {restart: always}}}\n")

    assert str(raised.value) == (
        'overlay.yml:1:22: services has no "ap" (did you mean "app"?)\n  hint: a new service needs an image or a build'
    )


def test_all_removals_that_name_nothing_are_told_at_once() -> None:
    with pytest.raises(ComposeVariantError) as raised:
        made(BASE, "remove: [services.ap, services.dbb]\n")

    assert "no such path: services.ap:" in str(raised.value)
    assert "no such path: services.dbb:" in str(raised.value)


WAITS = """services:
  setup: {image: a}
  one:
    image: a
    depends_on: {setup: {condition: service_completed_successfully}}
  two:
    image: a
    depends_on: {setup: {condition: service_completed_successfully}}
  last:
    image: a
    depends_on: [one, two]
"""


def test_a_wait_that_holds_by_way_of_another_service_is_not_lost() -> None:
    assert [note.kind for note in made(WAITS, "remove: [services.two]\n").notes].count("warning") == 0
    assert [note.kind for note in made(WAITS, "remove: [services.one, services.two]\n").notes].count("warning") == 1
