"""What is loaded when it is used is found in tables that name the modules; operations and commands each have a row."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

import composevariant
from composevariant.cli.app import COMMANDS
from composevariant.operations.context import Context, Outcome
from composevariant.operations.dispatch import apply
from composevariant.overlay.operations import OPERATION_KEYS, Operation
from composevariant.overlay.reader import OVERLAY_KEYS
from composevariant.tree.nodes import Mapping
from tests.operations.applied import NoFiles

PACKAGE = Path(composevariant.__file__).parent


def test_every_operation_has_a_key_of_the_overlay() -> None:
    assert set(OPERATION_KEYS) == set(get_args(Operation))
    assert list(OPERATION_KEYS.values()) == [
        key for key in OVERLAY_KEYS if key not in ("description", "sidecars", "env")
    ]


@pytest.mark.parametrize("operation", get_args(Operation), ids=OPERATION_KEYS.get)
def test_every_operation_is_applied_by_its_own_module(
    operation: type[Operation], monkeypatch: pytest.MonkeyPatch
) -> None:
    tree, context = Mapping(), Context(NoFiles())
    wanted = operation._make("x" for _ in operation._fields)
    calls = []

    def noted(*given: object) -> Outcome:
        calls.append(given)
        return Outcome(tree)

    key = OPERATION_KEYS[operation]
    is_package = (PACKAGE / "operations" / key).is_dir()
    monkeypatch.setattr(
        f"composevariant.operations.{key}.{key}.apply" if is_package else f"composevariant.operations.{key}.apply",
        noted,
    )

    assert apply(tree, wanted, context) == Outcome(tree)
    assert calls == [(tree, wanted, context)]


def test_every_command_has_a_module_and_every_module_a_command() -> None:
    modules = [row.module for row in COMMANDS.values()]

    assert all(callable(import_module(module).command) for module in modules)
    beside = {"__init__", "app", "fast_migrate", "lazy_import", "options"}
    assert sorted(modules) == sorted(
        f"composevariant.cli.{path.stem}" for path in PACKAGE.glob("cli/*.py") if path.stem not in beside
    )
