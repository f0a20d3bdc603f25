"""`rename`: another name at the definition and in every reference, in the notation that it has."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

import pytest

from composevariant.errors import UnusableInput
from composevariant.operations import rename
from composevariant.operations.context import Context, Outcome
from composevariant.overlay.operations import Rename
from composevariant.source import Location
from composevariant.tree.nodes import Mapping
from tests.compose.random_bases import document
from tests.operations.removal import Files, compose_model, tree
from tests.test_pipeline import made

if TYPE_CHECKING:
    from composevariant.tree.nodes import Mapping as Tree

PLACE = Location("overlay.yml", 1, 9)
HEIR = """\
  heir: {extends: {service: postgres}, build: {context: ., additional_contexts: [a=service:job]}}"""
BASE = """\
services:
  # the database
  "postgres": # 16
    image: postgres:16
    volumes: ["pg:/var/lib/postgresql/data"]
    secrets: [password]
    networks: {back: {aliases: [sql]}}
  web:
    image: web
    depends_on: [postgres, cache]   # both
    links: [postgres, "postgres:sql"]
    networks: [back]
    volumes:
      - {type: volume, source: pg, target: /x}
      - pg:/y:ro
    secrets:
      - source: password
    configs: [settings]
  cache:
    image: cache
    network_mode: service:postgres
    depends_on:
      postgres: {condition: service_healthy}   # up
    volumes_from: ["postgres:ro"]
{heir}
  job: {extends: cache, build: {context: ., additional_contexts: {b: "docker-image://x"}}}
volumes:
  pg: {name: data}   # kept
networks: {back: {name: back}}
secrets: {password: {file: ./p}}
configs: {settings: {content: x}}
""".replace("{heir}", HEIR)


def renamed(base: str | Tree, old: str, new: str) -> Outcome:
    section, name = old.split(".")
    root = base if isinstance(base, Mapping) else tree(base)
    return rename.apply(root, Rename(section, name, new.split(".")[1], PLACE), Context(Files({}), "shop"))


def text_of(old: str, new: str, base: str = BASE) -> str:
    return made(base, f"rename: {{{old}: {new}}}").body


def changed(before: str, after: str) -> list[str]:
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    return [new.strip() for old, new in pairs if old != new]


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (
            "services.postgres",
            "services.db",
            [
                '"db": # 16',
                "depends_on: [db, cache]   # both",
                'links: [db:postgres, "db:sql"]',
                "network_mode: service:db",
                "db: {condition: service_healthy}   # up",
                'volumes_from: ["db:ro"]',
                HEIR.replace("service: postgres", "service: db").strip(),
            ],
        ),
        ("services.job", "services.task", None),
        (
            "volumes.pg",
            "volumes.db_data",
            [
                'volumes: ["db_data:/var/lib/postgresql/data"]',
                "- {type: volume, source: db_data, target: /x}",
                "- db_data:/y:ro",
                "db_data: {name: data}   # kept",
            ],
        ),
        (
            "networks.back",
            "networks.inner",
            ["networks: {inner: {aliases: [sql]}}", "networks: [inner]", "networks: {inner: {name: back}}"],
        ),
        ("secrets.password", "secrets.word", None),
        (
            "configs.settings",
            "configs.config",
            ["configs: [{source: config, target: /settings}]", "configs: {config: {content: x}}"],
        ),
    ],
)
def test_each_reference_takes_the_new_name(old: str, new: str, lines: list[str] | None) -> None:
    after = text_of(old, new)

    if lines is not None:
        assert changed(BASE, after) == lines
    assert text_of(new, old, after) == BASE or "target:" in after or "links" in after


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("services.postgres", "services.zznew"),
        ("services.cache", "services.zznew"),
        ("services.job", "services.zznew"),
        ("volumes.pg", "volumes.zznew"),
        ("networks.back", "networks.zznew"),
        ("secrets.password", "secrets.zznew"),
        ("configs.settings", "configs.zznew"),
    ],
)
def test_all_else_means_the_same_to_compose(old: str, new: str) -> None:
    base = BASE.replace("heir: {extends: {service: postgres}, ", "heir: {image: x, ").replace(
        "job: {extends: cache, ", "job: {image: x, "
    )
    before, after = json.dumps(compose_model(base)), json.dumps(compose_model(text_of(old, new, base)))

    name = old.split(".")[1]
    assert in_order(json.loads(after.replace("zznew", name))) == in_order(json.loads(before))


def in_order(value: object) -> object:
    """The model in one order, with what goes without saying said: aliases of links, files of secrets and configs."""
    if isinstance(value, dict):
        value = dict(value)
        if "links" in value:
            value["links"] = [link if ":" in link else f"{link}:{link}" for link in value["links"]]
        for section, start in (("secrets", ""), ("configs", "/")):
            if isinstance(value.get(section), list):
                each_one = [{"target": start + each["source"], **each} for each in value[section]]
                value[section] = [{**each, "target": each["target"].removeprefix("/run/secrets/")} for each in each_one]
        return {key: in_order(below) for key, below in sorted(value.items())}
    return sorted(map(in_order, value), key=str) if isinstance(value, list) else value


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(25))
def test_in_random_projects_too(seed: int) -> None:
    base = document(Random(seed), first=True)  # noqa: S311 - examples, no secrets
    before, after = (
        json.dumps(compose_model(base)),
        json.dumps(compose_model(text_of("services.q", "services.zznew", base))),
    )

    assert in_order(json.loads(after.replace("zznew", "q"))) == in_order(json.loads(before))


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("services.postgre", "services.db", 'services has no "postgre" (did you mean "postgres"?)'),
        ("services.web", "services.cache", 'services already has "cache"'),
        ("models.m", "models.n", 'models has no "m"'),
    ],
)
def test_what_cannot_be_renamed_is_an_error(old: str, new: str, error: str) -> None:
    with pytest.raises(UnusableInput) as caught:
        renamed(BASE, old, new)

    assert error in str(caught.value)


def test_a_name_in_a_variable_is_an_error_with_its_place() -> None:
    base = 'services:\n  a: {image: a, depends_on: ["${D:-b}"]}\n  b: {image: b}\n'

    with pytest.raises(UnusableInput) as caught:
        renamed(base, "services.b", "services.c")

    assert "services.a.depends_on[0] names b through a variable" in str(caught.value)


def test_what_still_names_it_is_told() -> None:
    base = (
        "services:\n  a: {image: a, environment: {URL: 'http://db:80/'}, external_links: [shop-db-1]}\n  db: {image: b}"
    )

    told = [note.message for note in renamed(base, "services.db", "services.sql").notes]

    assert told == [
        "environment.URL still names the host db; a network alias keeps that name working",
        "external_links names the container shop-db-1, which now has another name",
    ]


@pytest.mark.parametrize(
    ("definition", "told"),
    [
        (
            "",
            (
                "Docker creates volumes.new as a new one and does not reuse volumes.old; "
                "`name: shop_old` under it keeps the old one"
            ),
        ),
        ("{name: x}", ""),
        (
            "{external: true}",
            "volumes.new is external: Docker now looks for new; `name: old` under it finds the old one",
        ),
    ],
)
def test_a_volume_of_another_name_is_another_volume(definition: str, told: str) -> None:
    base = f"services:\n  a: {{image: a, volumes: ['old:/x']}}\nvolumes: {{old: {definition}}}\n"

    assert "".join(note.message for note in renamed(base, "volumes.old", "volumes.new").notes) == told
