"""Bad input is accepted, or refused with exit code, message and location; nothing is written (see docs/design.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import ProjectFolder

    Make = Callable[..., ProjectFolder]

OVERLAY = "variants: {x: {each: [{match: {name: '*'}, merge: {restart: always}}]}}\n"
_BOMB = (
    "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    + "".join(
        f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "services:\n  app: {image: x}\n"
)

REFUSED = [
    pytest.param(
        b"services:\n  a:\n    image: caf\xe9\n", "docker-compose.yml:3:15: not UTF-8 (byte 0xe9)", id="not UTF-8"
    ),
    pytest.param(
        "services:\n\ta: {image: x}\n",
        "docker-compose.yml:2:1: not valid YAML: while scanning for the next token, found character '\\t' that cannot "
        "start any token\n  hint: YAML is indented with spaces, never with tabs",
        id="tabs that indent",
    ),
    pytest.param(
        "services:\n  a:\n    image: x\n    image: y\n  a: {image: z}\n",
        'docker-compose.yml:4:5: mapping key "image" already defined at line 3\n  hint: keep one of the two\n'
        'error: docker-compose.yml:5:3: mapping key "a" already defined at line 2',
        id="duplicate keys, all of them",
    ),
    pytest.param(
        "services:\n  a: {image: x}\n---\n- b\n",
        "docker-compose.yml:4:1: this document of docker-compose.yml is not a mapping",
        id="a second document that is no mapping",
    ),
    pytest.param(_BOMB, "the aliases in this file multiply to millions of settings", id="an alias bomb"),
    pytest.param(
        "services: " + "[" * 10_000 + "]" * 10_000,
        "docker-compose.yml:1:110: nested more than 100 levels deep",
        id="10,000 levels of brackets",
    ),
    pytest.param(
        "".join(f"{' ' * level}a:\n" for level in range(10_000)),
        "docker-compose.yml:101:101: nested more than 100 levels deep",
        id="10,000 levels of indentation",
    ),
    pytest.param(
        "services:\n  ? [a, b]\n  : image: x\n",
        "docker-compose.yml:2:3: a key must be a plain or quoted word",
        id="a list as a key",
    ),
    pytest.param(
        "services:\n{% for a in b %}\n  {{ a }}: {image: x}\n{% endfor %}\n",
        "this looks like a template: render it first, and use the result as the base",
        id="Jinja",
    ),
    pytest.param("", "docker-compose.yml has no services", id="an empty file"),
    pytest.param("# nothing here\n", "docker-compose.yml has no services", id="a file of comments"),
    pytest.param("- a\n- b\n", "docker-compose.yml has no services", id="a list"),
    pytest.param(
        "services:\n  a: *nobody\n", 'docker-compose.yml:2:6: not valid YAML: unknown anchor "nobody"', id="alias"
    ),
    pytest.param(
        "services:\n  a:\n    <<: text\n    image: x\n",
        "docker-compose.yml:3:9: `<<` merges mappings only",
        id="a merge of something else than a mapping",
    ),
    pytest.param(
        'services:\n  a: {image: "x}\n',
        "not valid YAML: while scanning a quoted scalar",
        id="a quote that does not end",
    ),
    pytest.param("services:\n  a: {image: \0x}\n", "docker-compose.yml:2:14: not valid YAML", id="a control character"),
]


@pytest.mark.parametrize(("base", "message"), REFUSED)
def test_a_base_that_cannot_be_read_is_refused_with_its_place(project: Make, base: str | bytes, message: str) -> None:
    folder = project(**{"docker-compose.yml": base, "composevariant.yml": OVERLAY})
    before = folder.names()

    ran = folder.run("migrate")

    assert ran.code == 2
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert folder.names() == before


SURVIVED = [
    pytest.param(
        "\ufeffservices:\n  a:\n    image: x\n",
        "\ufeffservices:\n  a:\n    image: x\n    restart: always\n",
        id="a byte order mark",
    ),
    pytest.param(
        "services:\r\n  a:\r\n    image: x\r\n",
        "services:\r\n  a:\r\n    image: x\r\n    restart: always\r\n",
        id="CRLF",
    ),
    pytest.param(
        "services:\n  a:\n    image: x", "services:\n  a:\n    image: x\n    restart: always", id="no last newline"
    ),
    pytest.param(
        "services:\n  a:\n    image:\tx # c\n",
        "services:\n  a:\n    image:\tx # c\n    restart: always\n",
        id="tabs that separate",
    ),
    pytest.param(
        "services:\n  ? a\n  : image: x\n",
        "services:\n  ? a\n  : image: x\n    restart: always\n",
        id="an explicit key",
    ),
    pytest.param(
        "x-a: &a {restart: no}\nx-b: &b {init: true}\nservices:\n  a:\n    <<: [*a, *b]\n    image: x\n",
        "x-a: &a {restart: always}\nx-b: &b {init: true}\nservices:\n  a:\n    <<: [*a, *b]\n    image: x\n",
        id="a list of merges",
    ),
    pytest.param(
        "---\nservices:\n  a: {image: x}\n...\n",
        "---\nservices:\n  a: {image: x, restart: always}\n...\n",
        id="document marks",
    ),
    pytest.param(
        "services:\n  a: !custom\n    image: x\n",
        "services:\n  a: !custom\n    image: x\n    restart: always\n",
        id="a tag of somebody's own",
    ),
]


@pytest.mark.parametrize(("base", "body"), SURVIVED)
def test_unusual_input_is_survived(project: Make, base: str, body: str) -> None:
    folder = project(**{"docker-compose.yml": base, "composevariant.yml": OVERLAY})

    ran = folder.run("migrate")

    assert ran.code == 0, ran.err
    written = folder.read("docker-compose.x.yml")
    mark, written = ("\ufeff", written[1:]) if written.startswith("\ufeff") else ("", written)
    assert mark + written.split("\n", 3)[3] == body


def test_a_version_1_file_is_explained(project: Make) -> None:
    folder = project(**{"docker-compose.yml": "web:\n  image: x\n"})

    ran = folder.run("validate")

    assert ran.code == 1
    assert 'docker-compose.yml:1:1: "web" at the top level: this is a file of version 1' in ran.out


def test_a_fragment_without_image_or_build_is_explained(project: Make) -> None:
    folder = project(**{"part.yml": "services:\n  a:\n    ports: ['80:80']\n"})

    ran = folder.run("validate", "part.yml")

    assert ran.code == 1
    assert "part.yml:2:3: services.a has neither image nor build" in ran.out


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        pytest.param(
            "variants:\n  x:\n    stirp: [filebeat]\n",
            'composevariant.yml:3:5: variants.x.stirp is not a known key (did you mean "strip"?)',
            id="a misspelt key",
        ),
        pytest.param(
            "variants: {x: {remove: [services.fliebeat]}}\n",
            "composevariant.yml:1:25: no such path: services.fliebeat",
            id="a removal that matches nothing",
        ),
        pytest.param(
            "variants: {x: {each: [{match: nobody, merge: {restart: always}}]}}\n",
            "nobody",
            id="a selector that matches nothing",
        ),
        pytest.param("variants: {x: {strip: [filbeat]}}\n", "filbeat", id="an unknown sidecar"),
        pytest.param("variants: {x: {extends: [y]}}\n", "no such variant: y", id="an unknown variant"),
        pytest.param("variants: {x: {overlays: [more.yml]}}\n", "no such overlay file: more.yml", id="a missing file"),
    ],
)
def test_a_wrong_overlay_is_refused_with_its_place(project: Make, overlay: str, message: str) -> None:
    base = "services:\n  app: {image: a}\n  filebeat: {image: elastic/filebeat}\n"
    folder = project(**{"docker-compose.yml": base, "composevariant.yml": overlay})
    before = folder.names()

    ran = folder.run("migrate", "x")

    assert ran.code == 2
    assert message in ran.err
    assert "composevariant.yml:1:" in ran.err or "composevariant.yml:3:" in ran.err
    assert folder.names() == before
