"""What looks like a secret does not travel."""

from __future__ import annotations

import pytest

from composevariant.preview.secrets import mask_text, masked
from composevariant.source import Source
from composevariant.tree.nodes import same
from composevariant.yamltext.parser import parse


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("DB_PASSWORD: hunter2\n", "DB_PASSWORD: ***\n", id="a key that says so"),
        pytest.param(
            "environment: [API_TOKEN=abc, A=1]\n", "environment: [API_TOKEN=***, A=1]\n", id="a pair in a list"
        ),
        pytest.param("URL: 'amqp://me:pw@mq/x'\n", "URL: amqp://***@mq/x\n", id="a password in a URL"),
        pytest.param("DB_PASSWORD: ${DB_PASSWORD}\n", "DB_PASSWORD: ${DB_PASSWORD}\n", id="a reference is none"),
        pytest.param("DB_PASSWORD: ${P:-hunter2}\n", "DB_PASSWORD: ***\n", id="the default of a reference is one"),
        pytest.param("URL: amqp://$U:${P}@mq\n", "URL: amqp://$U:${P}@mq\n", id="a URL of references"),
        pytest.param("private_key: |\n  a\n  b\nx: 1\n", "private_key: ***\nx: 1\n", id="a block"),
        pytest.param("secrets: {pw: {file: ./pw}}\n", "secrets: {pw: {file: ./pw}}\n", id="a name is no value"),
        pytest.param("a: &x hunter2\nTOKEN: *x\n", "a: &x ***\nTOKEN: *x\n", id="an alias to one"),
        pytest.param("image: a\n", "image: a\n", id="nothing to hide"),
    ],
)
def test_a_text_without_its_secrets(before: str, after: str) -> None:
    root = parse(Source("a.yml", before)).root

    assert mask_text(before, root) == after


def test_a_tree_without_secrets_is_the_same_object() -> None:
    root = parse(Source("a.yml", "a: [b, {c: d}]\n")).root

    assert root is not None
    assert masked(root) is root


def test_a_tree_with_secrets_loses_them() -> None:
    root = parse(Source("a.yml", "e: {TOKEN: abc, A: 1}\nl: [KEY=x]\nu: http://a:b@c\n")).root
    wanted = parse(Source("b.yml", "e: {TOKEN: '***', A: 1}\nl: [KEY=***]\nu: http://***@c\n")).root

    assert root is not None
    assert wanted is not None
    assert same(masked(root), wanted)
