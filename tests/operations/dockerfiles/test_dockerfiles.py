"""Which Dockerfile a service gets, and what the service looks like then."""

from __future__ import annotations

import json
import subprocess
from posixpath import normpath
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from composevariant.errors import ComposeVariantError, UnusableInput
from composevariant.operations.context import Context, Outcome
from composevariant.operations.dockerfiles.dockerfiles import apply
from composevariant.overlay.operations import Dockerfiles
from composevariant.overlay.selectors import Name, Selector
from composevariant.source import Location, Source
from composevariant.tree.nodes import Mapping, plain
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from pathlib import Path

OVERLAY = Location("overlay.yml", 1, 1)
ENTRY = Location("overlay.yml", 3, 5)
FAST = Dockerfiles(suffix=".fast", location=OVERLAY)
KEEP = FAST._replace(missing="keep")
PLAIN = "FROM scratch\n"


class Files(dict[str, str]):
    def read_text(self, path: str) -> str | None:
        return self.get(path)

    def is_file(self, path: str) -> bool:
        return path in self


def tree(text: str) -> Mapping:
    root = parse(Source("docker-compose.yml", dedent(text))).root
    assert isinstance(root, Mapping)
    return root


def swapped(base: str, wanted: Dockerfiles, files: dict[str, str] | list[str]) -> Outcome:
    texts = files if isinstance(files, dict) else dict.fromkeys(files, PLAIN)
    return apply(tree(base), wanted, Context(Files(texts), "shop"))


def refused(base: str, wanted: Dockerfiles, files: dict[str, str] | list[str]) -> list[str]:
    with pytest.raises(ComposeVariantError) as caught:
        swapped(base, wanted, files)
    error = caught.value
    errors = error.errors
    assert all(isinstance(each, UnusableInput) for each in errors)
    return [str(each) for each in errors]


def by_map(**files: str) -> Dockerfiles:
    return Dockerfiles(map=tuple((service, file, ENTRY) for service, file in files.items()), location=OVERLAY)


def notes(outcome: Outcome, *kinds: str) -> list[str]:
    return [f"{note.service}: {note.message}" for note in outcome.notes if not kinds or note.kind in kinds]


BUILDS = [
    pytest.param(
        "build: .",
        ["Dockerfile.fast"],
        {"context": ".", "dockerfile": "Dockerfile.fast"},
        id="a context alone becomes a mapping",
    ),
    pytest.param(
        "build: ./api",
        ["api/Dockerfile.fast"],
        {"context": "./api", "dockerfile": "Dockerfile.fast"},
        id="the file is looked for in the context",
    ),
    pytest.param(
        "build: {context: .}",
        ["Dockerfile.fast"],
        {"context": ".", "dockerfile": "Dockerfile.fast"},
        id="a mapping without dockerfile gets one",
    ),
    pytest.param("build: {}", ["Dockerfile.fast"], {"dockerfile": "Dockerfile.fast"}, id="an empty mapping too"),
    pytest.param(
        "build: {context: ., dockerfile: Dockerfile.api, target: prod}",
        {"Dockerfile.api.fast": "FROM a AS prod\n"},
        {"context": ".", "dockerfile": "Dockerfile.api.fast", "target": "prod"},
        id="the other settings stay",
    ),
    pytest.param(
        "build: {context: ./src, dockerfile: docker/api/Dockerfile}",
        ["src/docker/api/Dockerfile.fast"],
        {"context": "./src", "dockerfile": "docker/api/Dockerfile.fast"},
        id="a file in a folder of the context",
    ),
    pytest.param(
        "build: {context: ./src, dockerfile: ../docker/Dockerfile}",
        ["docker/Dockerfile.fast"],
        {"context": "./src", "dockerfile": "../docker/Dockerfile.fast"},
        id="a file beside the context",
    ),
    pytest.param(
        "build: {context: /srv/src}",
        ["/srv/src/Dockerfile.fast"],
        {"context": "/srv/src", "dockerfile": "Dockerfile.fast"},
        id="an absolute context",
    ),
    pytest.param(
        "build: {context: ./src, dockerfile: /srv/Dockerfile}",
        ["/srv/Dockerfile.fast"],
        {"context": "./src", "dockerfile": "/srv/Dockerfile.fast"},
        id="an absolute Dockerfile",
    ),
    pytest.param(
        "build: ~/src",
        ["/home/me/src/Dockerfile.fast"],
        {"context": "~/src", "dockerfile": "Dockerfile.fast"},
        id="a context in the home folder",
    ),
    pytest.param(
        "build: {context: ., dockerfile: api.Dockerfile}",
        ["api.fast.Dockerfile"],
        {"context": ".", "dockerfile": "api.fast.Dockerfile"},
        id="the suffix before the ending",
    ),
    pytest.param(
        "build: {context: ., dockerfile: api.dockerfile}",
        ["api.fast.dockerfile"],
        {"context": ".", "dockerfile": "api.fast.dockerfile"},
        id="the ending in small letters",
    ),
    pytest.param(
        "build: {context: ., dockerfile: api.Dockerfile}",
        ["api.Dockerfile.fast"],
        {"context": ".", "dockerfile": "api.Dockerfile.fast"},
        id="the suffix behind the ending",
    ),
    pytest.param(
        "build: {context: ., dockerfile: Dockerfile.optimized}",
        ["Dockerfile.fast"],
        {"context": ".", "dockerfile": "Dockerfile.fast"},
        id="a known ending is replaced",
    ),
    pytest.param(
        "build: {context: ., dockerfile: Dockerfile.prod}",
        ["Dockerfile.prod.fast"],
        {"context": ".", "dockerfile": "Dockerfile.prod.fast"},
        id="or it stays",
    ),
    pytest.param(
        "build: {context: '${SRC:-src}', dockerfile: 'Dockerfile.${KIND:-jvm}'}",
        ["src/Dockerfile.jvm.fast"],
        {"context": "${SRC:-src}", "dockerfile": "Dockerfile.${KIND:-jvm}.fast"},
        id="variables keep their text and count with their defaults",
    ),
    pytest.param(
        "build: {context: '$$src'}",
        ["$src/Dockerfile.fast"],
        {"context": "$$src", "dockerfile": "Dockerfile.fast"},
        id="an escaped dollar",
    ),
    pytest.param(
        "build: {context: ., dockerfile: ''}",
        ["Dockerfile.fast"],
        {"context": ".", "dockerfile": "Dockerfile.fast"},
        id="an empty name is the default one",
    ),
    pytest.param(
        "build: {context: host:src}",
        ["host:src/Dockerfile.fast"],
        {"context": "host:src", "dockerfile": "Dockerfile.fast"},
        id="a colon makes no remote context",
    ),
]


@pytest.mark.parametrize(("build", "files", "expected"), BUILDS)
def test_a_service_is_built_from_the_file_with_the_suffix(
    build: str, files: list[str], expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    outcome = swapped(f"services:\n  api:\n    {build}\n    restart: always\n", FAST, files)

    assert plain(outcome.tree) == {"services": {"api": {"build": expected, "restart": "always"}}}


def test_services_without_a_build_are_left_alone() -> None:
    base = tree("services:\n  db:\n    image: postgres\n  broken: nonsense\n  none:\n    build:\nvolumes: {data: }\n")

    assert apply(base, FAST, Context(Files(), "shop")) == Outcome(base)


@pytest.mark.parametrize("text", ["services: {}\n", "volumes: {data: }\n", "services: nonsense\n"])
def test_a_base_without_services_stays_as_it_is(text: str) -> None:
    base = tree(text)

    assert apply(base, FAST, Context(Files(), "shop")).tree is base


@pytest.mark.parametrize(
    ("build", "shown"),
    [
        pytest.param("{dockerfile: Dockerfile.fast}", "Dockerfile.fast", id="the suffix at the end"),
        pytest.param("{dockerfile: api.fast.Dockerfile}", "api.fast.Dockerfile", id="the suffix before the ending"),
        pytest.param("{dockerfile: 'x${S:-.fast}'}", "x${S:-.fast}", id="the suffix in a default"),
        pytest.param("{context: 'https://a/b.git', dockerfile: x.fast}", "x.fast", id="even in a remote context"),
    ],
)
def test_a_name_with_the_suffix_is_left(build: str, shown: str) -> None:
    base = tree(f"services:\n  api:\n    build: {build}\n")
    outcome = apply(base, FAST, Context(Files(), "shop"))

    assert outcome.tree is base
    assert notes(outcome, "note") == [f"api: {shown} is kept: its name already has the suffix .fast"]


def test_applying_twice_is_applying_once() -> None:
    once = swapped(
        "services:\n  api:\n    build: .\n    image: api\n", FAST._replace(image="{image}-fast"), ["Dockerfile.fast"]
    )
    twice = apply(once.tree, FAST._replace(image="{image}-fast"), Context(Files({"Dockerfile.fast": PLAIN}), "shop"))

    assert twice.tree is once.tree


REFUSALS = [
    pytest.param(
        "build: ./api",
        [],
        [
            (
                'docker-compose.yml:3:12: services.api.build has no Dockerfile with the suffix ".fast": '
                "no such file: api/Dockerfile.fast\n"
                "  hint: write it, or name another in dockerfiles.map; "
                "with dockerfiles.missing: keep, such services keep their Dockerfile"
            ),
        ],
        id="the file is not there",
    ),
    pytest.param(
        "build: {context: ., dockerfile: x.prod}",
        [],
        [
            (
                'docker-compose.yml:3:37: services.api.build has no Dockerfile with the suffix ".fast": '
                "no such file: x.prod.fast or x.fast\n"
                "  hint: write it, or name another in dockerfiles.map; "
                "with dockerfiles.missing: keep, such services keep their Dockerfile"
            ),
        ],
        id="none of several is there",
    ),
    pytest.param(
        "build: {dockerfile_inline: FROM scratch}",
        ["Dockerfile.fast"],
        [
            (
                'docker-compose.yml:3:32: services.api.build has no Dockerfile with the suffix ".fast": '
                "only dockerfiles.map can swap dockerfile_inline\n"
                "  hint: name its Dockerfile in dockerfiles.map; "
                "with dockerfiles.missing: keep, such services keep their Dockerfile"
            ),
        ],
        id="an inline Dockerfile has no name",
    ),
    pytest.param(
        "build: {dockerfile: '${FILE}'}",
        ["Dockerfile.fast"],
        [
            (
                'docker-compose.yml:3:25: services.api.build has no Dockerfile with the suffix ".fast": '
                "its Dockerfile ${FILE} has a variable without a default\n"
                "  hint: name its Dockerfile in dockerfiles.map; "
                "with dockerfiles.missing: keep, such services keep their Dockerfile"
            ),
        ],
        id="a name that only the environment knows",
    ),
]


@pytest.mark.parametrize(("build", "files", "errors"), REFUSALS)
def test_what_cannot_be_swapped_is_an_error(build: str, files: list[str], errors: list[str]) -> None:
    assert refused(f"services:\n  api:\n    {build}\n", FAST, files) == errors


REMOTE = [
    "https://github.com/a/b.git",
    "http://a/b.tar.gz",
    "git://a/b",
    "ssh://git@a/b",
    "git@github.com:a/b.git#main:sub",
    "github.com/a/b",
    "docker-image://a",
    "service:base",
    "${REPO:-https://a/b.git}",
]
LOCAL = [".", "./src", "../src", "host:src", "user@host:a.git", "gitlab.com/a/b", "github.com", "a.git", "C:\\src"]


@pytest.mark.parametrize("context", REMOTE)
def test_a_remote_context_needs_the_map(context: str) -> None:
    base = f"services:\n  api:\n    build: {{context: '{context}'}}\n"
    (error,) = refused(base, FAST, ["Dockerfile.fast"])
    outcome = swapped(base, by_map(api="Dockerfile.fast"), [])

    assert "its context" in error
    assert "is remote" in error
    assert plain(outcome.tree) == {
        "services": {"api": {"build": {"context": context, "dockerfile": "Dockerfile.fast"}}}
    }
    assert "is remote" in notes(outcome, "note")[0]


@pytest.mark.parametrize("context", LOCAL)
def test_every_other_context_is_a_folder(context: str) -> None:
    base = f"services:\n  api:\n    build: {{context: '{context}'}}\n"
    (error,) = refused(base, FAST, [])

    assert f"no such file: {normpath(f'{context}/Dockerfile.fast')}" in error


@pytest.mark.oracle
def test_compose_has_the_same_idea_of_remote(tmp_path: Path) -> None:
    contexts = dict(enumerate((*REMOTE, *LOCAL)))
    base = {f"s{number}": {"build": {"context": context}} for number, context in contexts.items()}
    file = tmp_path / "compose.yaml"
    file.write_text(json.dumps({"services": base}))
    command = ["docker", "compose", "-f", str(file), "config", "--format", "json"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["services"]
    local = [context for number, context in contexts.items() if found[f"s{number}"]["build"]["context"].startswith("/")]

    assert local == LOCAL


def test_two_candidates_are_an_error_whatever_is_missing() -> None:
    base = "services:\n  api:\n    build:\n      context: api\n      dockerfile: Dockerfile.prod\n"

    assert refused(base, KEEP, ["api/Dockerfile.prod.fast", "api/Dockerfile.fast"]) == [
        (
            "docker-compose.yml:5:19: services.api.build could become api/Dockerfile.prod.fast or api/Dockerfile.fast\n"
            "  hint: name the one to take in dockerfiles.map"
        ),
    ]


def test_which_endings_are_replaced_can_be_said() -> None:
    base = "services:\n  api:\n    build: {dockerfile: Dockerfile.slow}\n"
    outcome = swapped(base, FAST._replace(replaces=(".slow",)), ["Dockerfile.fast"])

    assert notes(outcome) == ["api: Dockerfile Dockerfile.slow -> Dockerfile.fast"]
    assert refused(base, FAST, ["Dockerfile.fast"])


def test_all_mistakes_are_reported_at_once() -> None:
    base = """\
        services:
          one: {build: one}
          two: {build: two}
          three: {build: three}
        """
    wanted = FAST._replace(map=(("fuor", "x", ENTRY), ("three", "none", ENTRY)))

    assert [error.partition("\n")[0] for error in refused(base, wanted, [])] == [
        'overlay.yml:3:5: dockerfiles.map names "fuor", which is not a service',
        (
            'docker-compose.yml:2:16: services.one.build has no Dockerfile with the suffix ".fast": '
            "no such file: one/Dockerfile.fast"
        ),
        (
            'docker-compose.yml:3:16: services.two.build has no Dockerfile with the suffix ".fast": '
            "no such file: two/Dockerfile.fast"
        ),
        "overlay.yml:3:5: dockerfiles.map: three: no such file: three/none",
    ]


def test_keep_says_which_services_stay_and_why() -> None:
    base = """\
        services:
          one: {build: one}
          two: {build: two}
          three: {build: 'git@a:b'}
          four: {build: {dockerfile_inline: FROM scratch}}
          five: {build: {dockerfile: '${FILE}'}}
        """
    outcome = swapped(base, KEEP, ["two/Dockerfile.fast"])

    assert [(note.kind, note.service, note.message) for note in outcome.notes] == [
        ("kept", "one", "keeps Dockerfile: no such file: one/Dockerfile.fast"),
        ("changed", "two", "Dockerfile Dockerfile -> Dockerfile.fast"),
        ("kept", "three", "keeps Dockerfile: its context git@a:b is remote"),
        ("kept", "four", "keeps dockerfile_inline: only dockerfiles.map can swap dockerfile_inline"),
        ("kept", "five", "keeps ${FILE}: its Dockerfile ${FILE} has a variable without a default"),
    ]
    assert [str(note.location) for note in outcome.notes][:2] == ["docker-compose.yml:2:16", "docker-compose.yml:3:16"]


def only(*names: str) -> Selector:
    return Selector(name=tuple(Name(name, OVERLAY) for name in names), location=OVERLAY)


def test_only_the_selected_services_are_swapped() -> None:
    base = "services:\n  a: {build: .}\n  b: {build: .}\n  db: {image: x}\n"
    outcome = swapped(base, FAST._replace(services=only("b", "db")), ["Dockerfile.fast"])

    assert notes(outcome) == ["b: Dockerfile Dockerfile -> Dockerfile.fast"]


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        pytest.param(only("c"), 'overlay.yml:1:1: no service is called "c"', id="a name that is no service's"),
        pytest.param(
            only("db"),
            "overlay.yml:1:1: no service that dockerfiles.services selects has a build",
            id="services without a build",
        ),
    ],
)
def test_a_selector_in_vain_is_an_error(selector: Selector, message: str) -> None:
    errors = refused(
        "services:\n  a: {build: .}\n  db: {image: x}\n", FAST._replace(services=selector), ["Dockerfile.fast"]
    )

    assert errors == [message]


def test_the_map_wins_over_the_suffix_and_over_the_selector() -> None:
    base = "services:\n  a: {build: a}\n  b: {build: b}\n"
    wanted = by_map(a="Other")._replace(suffix=".fast", services=only("b"))
    outcome = swapped(base, wanted, ["a/Dockerfile.fast", "a/Other", "b/Dockerfile.fast"])

    assert notes(outcome) == ["a: Dockerfile Dockerfile -> Other", "b: Dockerfile Dockerfile -> Dockerfile.fast"]


def test_without_a_suffix_only_the_map_counts() -> None:
    outcome = swapped("services:\n  a: {build: a}\n  b: {build: b}\n", by_map(a="../x"), ["x", "b/Dockerfile.fast"])

    assert notes(outcome) == ["a: Dockerfile Dockerfile -> ../x"]


def test_the_map_replaces_an_inline_dockerfile() -> None:
    base = "services:\n  a:\n    build:\n      context: a\n      dockerfile_inline: |\n        FROM scratch\n"
    outcome = swapped(base, by_map(a="Dockerfile.fast"), ["a/Dockerfile.fast"])

    assert plain(outcome.tree) == {"services": {"a": {"build": {"context": "a", "dockerfile": "Dockerfile.fast"}}}}
    assert notes(outcome) == ["a: Dockerfile dockerfile_inline -> Dockerfile.fast"]


def test_the_map_may_say_what_is_so_already() -> None:
    base = tree("services:\n  a: {build: {dockerfile: x}}\n")
    outcome = apply(base, by_map(a="x"), Context(Files(x=PLAIN), "shop"))

    assert outcome.tree is base
    assert notes(outcome, "note") == ["a: is already built from x"]


@pytest.mark.parametrize(
    ("service", "file", "error"),
    [
        pytest.param(
            "backnd",
            "Dockerfile.fast",
            'dockerfiles.map names "backnd", which is not a service (did you mean "backend"?)',
            id="a service that does not exist",
        ),
        pytest.param("db", "Dockerfile.fast", 'dockerfiles.map names "db", which has no build', id="one without build"),
        pytest.param(
            "backend",
            "Nowhere",
            "dockerfiles.map: backend: no such file: src/Nowhere\n  hint: the path is relative to the build context",
            id="a file that does not exist",
        ),
        pytest.param(
            "backend",
            "./docker/Dockerfile.fast",
            "dockerfiles.map: backend: no such file: src/docker/Dockerfile.fast\n"
            "  hint: the path is relative to the build context: write ../docker/Dockerfile.fast",
            id="a path as seen from the Compose file",
        ),
    ],
)
def test_mistakes_in_the_map_are_shown_in_the_overlay(service: str, file: str, error: str) -> None:
    base = "services:\n  backend: {build: src}\n  db: {image: postgres}\n"

    assert refused(base, by_map(**{service: file}), ["docker/Dockerfile.fast"]) == [f"overlay.yml:3:5: {error}"]


def test_new_nodes_know_what_they_stand_for() -> None:
    base = "services:\n  a:\n    build: .\n  b:\n    build:\n      dockerfile: 'x'\n"
    before = tree(base)
    after = apply(before, FAST, Context(Files(dict.fromkeys(["Dockerfile.fast", "x.fast"], PLAIN)), "shop")).tree
    old, new = (root.get("services") for root in (before, after))
    assert isinstance(old, Mapping)
    assert isinstance(new, Mapping)
    a, b, was_a, was_b = new.get("a"), new.get("b"), old.get("a"), old.get("b")
    assert isinstance(a, Mapping)
    assert isinstance(b, Mapping)
    assert isinstance(was_a, Mapping)
    assert isinstance(was_b, Mapping)
    build, was_build = b.get("build"), was_b.get("build")
    assert isinstance(build, Mapping)
    assert isinstance(was_build, Mapping)
    name = build.get("dockerfile")
    assert name is not None

    whole = a.get("build")
    assert whole is not None
    assert whole.origin is was_a.get("build")
    assert name.origin is was_build.get("dockerfile")
