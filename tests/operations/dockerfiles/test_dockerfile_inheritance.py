"""Services that inherit their build by `extends`, and the images that services are built to."""

from __future__ import annotations

import json
import subprocess
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from composevariant.errors import UnusableInput
from composevariant.operations.context import Context, Outcome
from composevariant.operations.dockerfiles.dockerfiles import apply
from composevariant.overlay.operations import Dockerfiles
from composevariant.overlay.selectors import Name, Selector
from composevariant.source import Source
from composevariant.tree.nodes import Mapping, plain
from composevariant.yamltext.editor import edit
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from pathlib import Path

FAST = Dockerfiles(suffix=".fast")


class Files(set[str]):
    def read_text(self, path: str) -> str | None:
        return "FROM scratch AS dev\n" if path in self else None

    def is_file(self, path: str) -> bool:
        return path in self


def tree(text: str) -> Mapping:
    root = parse(Source("docker-compose.yml", dedent(text))).root
    assert isinstance(root, Mapping)
    return root


def swapped(base: str, wanted: Dockerfiles, *files: str) -> Outcome:
    return apply(tree(base), wanted, Context(Files(files), "shop"))


def only(name: str) -> Selector:
    return Selector(name=(Name(name),))


def said(outcome: Outcome) -> list[tuple[str, str, str]]:
    return [(note.kind, note.service, note.message) for note in outcome.notes]


def mapped(**files: str) -> Dockerfiles:
    return Dockerfiles(map=tuple((service, file, None) for service, file in files.items()))


HEIRS = [
    pytest.param(
        "heir: {extends: base}\nbase: {build: src}",
        FAST,
        "heir: {extends: base}\nbase: {build: {context: src, dockerfile: Dockerfile.fast}}",
        {"heir": "Dockerfile.fast", "base": "Dockerfile.fast"},
        id="who inherits the whole build needs nothing",
    ),
    pytest.param(
        "heir: {extends: {service: base}, build: {target: dev}}\nbase: {build: {context: src, dockerfile: x}}",
        FAST,
        "heir: {extends: {service: base}, build: {target: dev}}\nbase: {build: {context: src, dockerfile: x.fast}}",
        {"heir": "x.fast", "base": "x.fast"},
        id="nor who inherits the Dockerfile",
    ),
    pytest.param(
        "heir: {extends: base, build: {dockerfile: y}}\nbase: {build: {context: src, dockerfile: x}}",
        FAST,
        "heir: {extends: base, build: {dockerfile: y.fast}}\nbase: {build: {context: src, dockerfile: x.fast}}",
        {"heir": "y.fast", "base": "x.fast"},
        id="a Dockerfile of its own is looked for in the inherited context",
    ),
    pytest.param(
        "heir: {extends: base}\nbase: {build: src}",
        Dockerfiles(suffix=".fast", services=only("heir")),
        "heir: {extends: base, build: {dockerfile: Dockerfile.fast}}\nbase: {build: src}",
        {"heir": "Dockerfile.fast", "base": "Dockerfile"},
        id="an heir alone gets the Dockerfile only",
    ),
    pytest.param(
        "heir: {extends: base}\nbase: {build: src}",
        Dockerfiles(suffix=".fast", services=only("base")),
        "heir: {extends: base, build: {dockerfile: Dockerfile}}\n"
        "base: {build: {context: src, dockerfile: Dockerfile.fast}}",
        {"heir": "Dockerfile", "base": "Dockerfile.fast"},
        id="an heir that should not change gets the old Dockerfile",
    ),
    pytest.param(
        "last: {extends: heir}\nheir: {extends: base}\nbase: {build: src}",
        Dockerfiles(suffix=".fast", services=only("base")),
        "last: {extends: heir}\nheir: {extends: base, build: {dockerfile: Dockerfile}}\n"
        "base: {build: {context: src, dockerfile: Dockerfile.fast}}",
        {"last": "Dockerfile", "heir": "Dockerfile", "base": "Dockerfile.fast"},
        id="and its own heirs with it",
    ),
    pytest.param(
        "heir: {extends: base}\nbase: {build: {context: src, dockerfile_inline: FROM x}}",
        mapped(base="x.fast", heir="x.fast"),
        "heir: {extends: base}\nbase: {build: {context: src, dockerfile: x.fast}}",
        {"heir": "x.fast", "base": "x.fast"},
        id="an inherited inline Dockerfile goes where it is written",
    ),
]


def services(text: str) -> str:
    return "services:\n" + "".join(f"  {line}\n" for line in text.splitlines())


FILES = ("src/Dockerfile.fast", "src/x.fast", "src/y.fast")


@pytest.mark.parametrize(("before", "wanted", "after", "effective"), HEIRS)
def test_builds_are_inherited(before: str, wanted: Dockerfiles, after: str, effective: dict[str, str]) -> None:
    outcome = swapped(services(before), wanted, *FILES)

    assert plain(outcome.tree) == plain(tree(services(after)))


@pytest.mark.oracle
@pytest.mark.parametrize(("before", "wanted", "after", "effective"), HEIRS)
def test_compose_inherits_builds_the_same_way(
    before: str, wanted: Dockerfiles, after: str, effective: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(json.dumps(plain(swapped(services(before), wanted, *FILES).tree)))
    command = ["docker", "compose", "-f", str(file), "config", "--format", "json"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["services"]

    assert {name: service["build"]["dockerfile"] for name, service in found.items()} == effective


def test_a_kept_heir_is_mentioned() -> None:
    base = services("heir: {extends: base}\nbase: {build: src}")
    outcome = swapped(base, Dockerfiles(suffix=".fast", services=only("base")), *FILES)

    assert said(outcome) == [
        (
            "kept",
            "heir",
            "keeps Dockerfile, which is now written out: the service that it extends gets another Dockerfile",
        ),
        ("changed", "base", "Dockerfile Dockerfile -> Dockerfile.fast"),
    ]


def test_an_heir_of_an_inline_dockerfile_is_warned_of() -> None:
    base = services("heir: {extends: base}\nbase: {build: {context: src, dockerfile_inline: FROM x}}")

    assert said(swapped(base, mapped(base="x.fast"), *FILES))[0] == (
        "warning",
        "heir",
        "is now built from x.fast too: it extends base, whose Dockerfile is swapped",
    )


@pytest.mark.parametrize(
    ("before", "wanted", "error"),
    [
        pytest.param(
            "heir: {extends: base}\nbase: {build: {dockerfile_inline: FROM x}}",
            mapped(heir="x"),
            "services.heir.build has its dockerfile_inline from base\n  hint: name base in dockerfiles.map as well",
            id="an inline Dockerfile that is inherited",
        ),
        pytest.param(
            "heir: {extends: {file: common.yml, service: base}, build: {target: dev}}",
            FAST,
            'docker-compose.yml:2:61: services.heir.build has no Dockerfile with the suffix ".fast": '
            "part of its build is in common.yml, which it extends\n"
            "  hint: name its Dockerfile in dockerfiles.map; "
            "with dockerfiles.missing: keep, such services keep their Dockerfile",
            id="a build that is partly in another file",
        ),
    ],
)
def test_what_is_inherited_can_forbid_a_swap(before: str, wanted: Dockerfiles, error: str) -> None:
    with pytest.raises(UnusableInput) as refused:
        swapped(services(before), wanted, "x")

    assert str(refused.value) == error


def test_a_whole_build_beside_an_extended_file_is_swapped() -> None:
    base = services("heir: {extends: {file: c.yml, service: b}, build: {context: src, dockerfile: x}}")

    assert said(swapped(base, FAST, *FILES)) == [("changed", "heir", "Dockerfile x -> x.fast")]


@pytest.mark.parametrize("loop", ["a: {extends: a, build: src}", "a: {extends: b, build: src}\nb: {extends: a}"])
def test_services_that_extend_each_other_end(loop: str) -> None:
    assert ("changed", "a", "Dockerfile Dockerfile -> Dockerfile.fast") in said(swapped(services(loop), FAST, *FILES))


IMAGE = Dockerfiles(suffix=".fast", image="{image}-fast")


@pytest.mark.parametrize(
    ("before", "after", "note"),
    [
        pytest.param(
            "a: {build: src, image: 'shop/a:1.0'}",
            "a: {build: {context: src, dockerfile: Dockerfile.fast}, image: 'shop/a:1.0-fast'}",
            "image shop/a:1.0 -> shop/a:1.0-fast",
            id="the image of the base with something behind it",
        ),
        pytest.param(
            "a: {build: src, image: '${R:-r}/a:${TAG}'}",
            "a: {build: {context: src, dockerfile: Dockerfile.fast}, image: '${R:-r}/a:${TAG}-fast'}",
            "image ${R:-r}/a:${TAG} -> ${R:-r}/a:${TAG}-fast",
            id="variables stay",
        ),
        pytest.param(
            "a: {build: src}",
            "a: {build: {context: src, dockerfile: Dockerfile.fast}, image: '${COMPOSE_PROJECT_NAME}-a-fast'}",
            "image ${COMPOSE_PROJECT_NAME}-a -> ${COMPOSE_PROJECT_NAME}-a-fast",
            id="without an image the name that Compose gives",
        ),
        pytest.param(
            "a: {build: src, image: }",
            "a: {build: {context: src, dockerfile: Dockerfile.fast}, image: '${COMPOSE_PROJECT_NAME}-a-fast'}",
            "image ${COMPOSE_PROJECT_NAME}-a -> ${COMPOSE_PROJECT_NAME}-a-fast",
            id="so with an empty one",
        ),
    ],
)
def test_swapped_services_can_get_images_of_their_own(before: str, after: str, note: str) -> None:
    outcome = swapped(services(before), IMAGE, *FILES)

    assert plain(outcome.tree) == plain(tree(services(after)))
    assert said(outcome) == [("changed", "a", "Dockerfile Dockerfile -> Dockerfile.fast"), ("changed", "a", note)]


def test_other_services_keep_their_images() -> None:
    before = "a: {build: src, image: a}\nb: {build: other, image: b}\nc: {image: c}\nheir: {extends: a}"
    wanted = Dockerfiles(suffix=".fast", services=only("a"), image="{image}-fast")
    after = (
        "a: {build: {context: src, dockerfile: Dockerfile.fast}, image: a-fast}\nb: {build: other, image: b}\n"
        "c: {image: c}\nheir: {extends: a, build: {dockerfile: Dockerfile}, image: a}"
    )

    assert plain(swapped(services(before), wanted, *FILES).tree) == plain(tree(services(after)))


def test_an_image_that_base_and_variant_share_is_advice() -> None:
    outcome = swapped(services("a: {build: src, image: shop/a}\nb: {build: src}"), FAST, *FILES)

    assert said(outcome) == [
        ("changed", "a", "Dockerfile Dockerfile -> Dockerfile.fast"),
        (
            "note",
            "a",
            (
                "base and variant build the same image shop/a and overwrite each other; "
                'dockerfiles: {image: "{image}-fast"} keeps them apart [build.same-image]'
            ),
        ),
        ("changed", "b", "Dockerfile Dockerfile -> Dockerfile.fast"),
    ]


@pytest.mark.oracle
def test_compose_knows_the_project_in_an_image(tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    base = "name: shop\n" + services("a: {build: src}")
    file.write_text(json.dumps(plain(swapped(base, IMAGE, *FILES).tree)))
    command = ["docker", "compose", "-f", str(file), "config", "--images"]

    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "shop-a-fast\n"


BEFORE = """\
# The shop.
services:
  api:
    build: ./api   # the service
    image: "shop/api"

  worker:
    build: &worker
      context: .
      dockerfile: 'docker/Dockerfile'  # shared
    restart: always
  cron:
    build: *worker
  web:
    build: {context: web, dockerfile: Dockerfile}
  tool:
    build:
      context: tool
      dockerfile_inline: |
        FROM scratch
    profiles: [tools]
"""
AFTER = """\
# The shop.
services:
  api:
    build:   # the service
      context: ./api
      dockerfile: Dockerfile.fast
    image: "shop/api-fast"

  worker:
    build: &worker
      context: .
      dockerfile: 'docker/Dockerfile.fast'  # shared
    restart: always
    image: ${COMPOSE_PROJECT_NAME}-worker-fast
  cron:
    build: *worker
    image: ${COMPOSE_PROJECT_NAME}-cron-fast
  web:
    build: {context: web, dockerfile: Dockerfile.fast}
    image: ${COMPOSE_PROJECT_NAME}-web-fast
  tool:
    build:
      context: tool
      dockerfile: Dockerfile.fast
    profiles: [tools]
    image: ${COMPOSE_PROJECT_NAME}-tool-fast
"""


def test_the_text_keeps_everything_else() -> None:
    document = parse(Source("docker-compose.yml", BEFORE))
    assert isinstance(document.root, Mapping)
    names = ("api/Dockerfile", "docker/Dockerfile", "web/Dockerfile", "tool/Dockerfile")
    wanted = Dockerfiles(suffix=".fast", map=(("tool", "Dockerfile.fast", None),), image="{image}-fast")
    outcome = apply(document.root, wanted, Context(Files(f"{name}.fast" for name in names), "shop"))

    assert edit(document, outcome.tree) == AFTER
