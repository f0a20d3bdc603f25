"""Every preset that can be added: it can be told to be it, Compose accepts it, and a strip takes it back."""

from __future__ import annotations

import pytest

from composevariant.sidecars.presets import load_preset, preset_names
from composevariant.tree.nodes import plain
from tests.operations.adding import added, added_text, stripped_again
from tests.operations.removal import compose_model

BASE = "services:\n  web:\n    image: web\n"
WAYS = {"host": "", "stdout": ", for: web", "files": ", for: web, logs: /logs", "receive": ", for: [web]"}
CASES = [
    pytest.param(name, mode, id=f"{name}, {mode}")
    for name in preset_names()
    for template in [load_preset(name, whole=True).template]
    if template
    for mode, _ in template.modes
]


def test_some_can_be_added() -> None:
    assert {case.values[0] for case in CASES} >= {"filebeat", "metricbeat", "cadvisor", "node-exporter", "autoheal"}


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_strip_takes_it_back(name: str, mode: str) -> None:
    text = added_text(BASE, f"add: [{{sidecar: {name}{WAYS[mode]}}}]")

    assert stripped_again(text, name) == BASE


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_no_placeholder_is_left(name: str, mode: str) -> None:
    outcome = added(BASE, f"add: [{{sidecar: {name}{WAYS[mode]}}}]")

    assert "{{" not in str(plain(outcome.tree))
    assert "{{" not in "".join(file.text for file in outcome.files)


@pytest.mark.oracle
def test_compose_accepts_all_of_them() -> None:
    for case in CASES:
        name, mode = case.values
        text = added_text(BASE, f"add: [{{sidecar: {name}{WAYS[str(mode)]}}}]")

        assert len(compose_model(text)["services"]) == 2, name
