"""What real Compose files had that our own examples had not, from base and overlay to text."""

from __future__ import annotations

import pytest

from tests.test_pipeline import made

FOUND = [
    pytest.param(
        "services:\n  a:\n    image: x\n    environment:\n      - |\n        A=\n        b: 2 ",
        "compose: {services: {a: {environment: {C: d}, restart: always}}}",
        "services:\n  a:\n    image: x\n    environment:\n      - |-\n        A=\n        b: 2 \n      - C=d\n"
        "    restart: always",
        id="a block scalar ends the file with a blank and no newline",
    ),
]


@pytest.mark.parametrize(("base", "overlay", "result"), FOUND)
def test_a_variant_of_a_real_file(base: str, overlay: str, result: str) -> None:
    assert made(base, overlay).body == result
