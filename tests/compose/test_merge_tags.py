"""Tags that Docker Compose would ignore, and what is said instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from composevariant.compose.identities import identity
from composevariant.compose.merge.merger import merge
from composevariant.errors import UnusableInput
from composevariant.tree.paths import find, parse_path
from tests.compose import merge_pairs
from tests.compose.flow_yaml import parsed

if TYPE_CHECKING:
    from composevariant.tree.nodes import Mapping


def service(text: str, name: str = "compose.yml") -> Mapping:
    return parsed(f"services: {{s: {{{text}}}}}", name)


@pytest.mark.parametrize(
    ("base", "override", "path"), [pytest.param(*row[1:], id=row[0]) for row in merge_pairs.IGNORED]
)
def test_an_ignored_reset_is_refused_with_the_path_for_remove(base: str, override: str, path: str) -> None:
    with pytest.raises(UnusableInput) as raised:
        merge(service(base), service(override, "fast.yml"))

    assert raised.value.location is not None
    assert raised.value.location.file == "fast.yml"
    assert raised.value.hint.removesuffix(", with missing: ok") == f"use the operation remove with the path {path}"


LED = [row for row in merge_pairs.IGNORED if row[0].startswith(("a variable", "a label", "an item", "a host"))]


@pytest.mark.parametrize(("base", "path"), [pytest.param(row[1], row[3], id=row[0]) for row in LED])
def test_the_path_for_remove_leads_to_what_was_meant(base: str, path: str) -> None:
    assert len(find(service(base), parse_path(path), identity)) == 1


@pytest.mark.parametrize(
    ("base", "override", "message"), [pytest.param(*row[1:], id=row[0]) for row in merge_pairs.DROPPED]
)
def test_what_compose_drops_or_bends_is_refused(base: str, override: str, message: str) -> None:
    with pytest.raises(UnusableInput, match=message):
        merge(service(base), service(override))


WHOLE = [
    pytest.param(
        "services: {s: {environment: [A=1]}}",
        "services: {s: {environment: {A: !reset null}}}",
        "f.yml:1:33: Docker Compose ignores !reset here, because services.s.environment is a list in the base",
        "use the operation remove with the path services.s.environment.A",
        id="the list that the base has",
    ),
    pytest.param(
        "services: {s: {ports: ['1:1']}}",
        "services: {s: {prots: !reset []}}",
        'f.yml:1:23: !reset has nothing to reset: services.s has no "prots" (did you mean "ports"?)',
        "use the operation remove with the path services.s.prots, with missing: ok",
        id="a slip of the pen",
    ),
    pytest.param(
        "services: {s: {ports: ['1:1']}}",
        "services: {s: {ports: [!reset '1:1']}}",
        "f.yml:1:24: Docker Compose ignores !reset on an item of a list",
        "use the operation remove with the path services.s.ports.1:1",
        id="an item",
    ),
    pytest.param(
        "services: {s: {ports: ['1:1']}}",
        "services: {s: !override {image: a, ports: !reset ['2:2']}}",
        "f.yml:1:43: Docker Compose ignores !reset inside !override; remove it from the value",
        "use the operation remove with the path services.s.ports",
        id="below !override",
    ),
    pytest.param(
        "services: {s: {ports: ['1:1']}}",
        "services: {'*': {ports: !reset []}}",
        'f.yml:1:25: Docker Compose reads "*" as a name here, not as every name',
        "use the operation remove with the path services.*.ports",
        id="below a star",
    ),
    pytest.param(
        "services: {s: {environment: {}}}",
        "services: {s: {environment: {'*': !reset }}}",
        'f.yml:1:35: !reset has nothing to reset: services.s.environment has nothing like "*"',
        "use the operation remove with the path services.s.environment.*, with missing: ok",
        id="a star for nothing",
    ),
    pytest.param(
        "services: {s: {extends: t}}",
        "services: {s: {extends: !reset null}}",
        "f.yml:1:25: Docker Compose ignores !reset on extends, which it resolves first",
        "use the operation remove with the path services.s.extends",
        id="extends",
    ),
    pytest.param(
        "include: [a.yml]",
        "include: !reset []",
        "f.yml:1:10: Docker Compose ignores !reset on include, which it resolves first",
        "use the operation remove with the path include",
        id="include",
    ),
    pytest.param(
        "volumes: {v: {external: {name: n}}}",
        "volumes: {v: {external: {name: !reset null}}}",
        "f.yml:1:32: Docker Compose ignores !reset on name, which it resolves first",
        "use the operation remove with the path volumes.v.external.name",
        id="the name of an external volume",
    ),
    pytest.param(
        "services: {s: {extends: t, environment: {A: 1}}}",
        "services: {s: {environment: {A: !reset null}}}",
        "f.yml:1:33: in a service with extends, !reset works only on a whole attribute",
        "use the operation remove with the path services.s.environment.A",
        id="a part of what may be inherited",
    ),
    pytest.param(
        "services: {t: {image: a}, s.1: {extends: t}}",
        "services: {s.1: {environment: !reset null}}",
        'f.yml:1:31: !reset has nothing to reset: services["s.1"] has no "environment"',
        'use the operation remove with the path services["s.1"].environment, with missing: ok',
        id="what is not inherited either",
    ),
    pytest.param(
        "x-p: &p {ports: ['2:2']}\nservices: {t: {image: a}, s: {extends: t, <<: *p}}",
        "services: {s: {ports: !reset []}}",
        "f.yml:1:23: `<<` sets ports again in spite of !reset",
        "use the operation remove with the path services.s.ports first, and then !reset",
        id="beside extends, what a merge key brings",
    ),
    pytest.param(
        "services: {s: {image: a}}",
        "!reset {}",
        "f.yml:1:1: Docker Compose ignores !reset on the whole file",
        "name the parts instead",
        id="the whole file",
    ),
    pytest.param(
        "services: {s: {ports: ['1:1']}}",
        "services: {s: {ports: [!override '2:2']}}",
        "f.yml:1:24: Docker Compose ignores !override on an item of a list",
        "put !override on the whole list or attribute",
        id="!override of an item",
    ),
]


@pytest.mark.parametrize(("base", "override", "wrong", "hint"), WHOLE)
def test_a_vain_tag_is_refused_with_a_place_and_a_way_out(base: str, override: str, wrong: str, hint: str) -> None:
    with pytest.raises(UnusableInput) as raised:
        merge(parsed(base), parsed(override, "f.yml"))

    assert str(raised.value) == f"{wrong}\n  hint: {hint}"


def test_a_reset_of_what_another_file_may_bring_stays() -> None:
    merged = merge(parsed("services: {s: {extends: {file: a.yml, service: t}}}"), service("environment: !reset null"))

    assert find(merged, parse_path("services.s.environment"), identity)
