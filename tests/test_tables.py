"""What is loaded when it is used is found in tables that name the modules; operations and commands each have a row."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

import composevariant
from composevariant import disk
from composevariant.cli.app import COMMANDS
from composevariant.operations import KEYS, apply
from composevariant.operations.outcome import Context, Outcome
from composevariant.overlay import Operation
from composevariant.overlay_yaml import OVERLAY_KEYS
from composevariant.tree import Mapping
from tests.operations.applied import NoFiles

PACKAGE = Path(composevariant.__file__).parent


def test_every_operation_has_a_key_of_the_overlay() -> None:
    assert set(KEYS) == set(get_args(Operation))
    assert list(KEYS.values()) == [key for key in OVERLAY_KEYS if key not in ("description", "sidecars", "env")]


@pytest.mark.parametrize("operation", get_args(Operation), ids=KEYS.get)
def test_every_operation_is_applied_by_its_own_module(
    operation: type[Operation], monkeypatch: pytest.MonkeyPatch
) -> None:
    tree, context = Mapping(), Context(NoFiles())
    wanted = operation._make("x" for _ in operation._fields)
    calls = []

    def noted(*given: object) -> Outcome:
        calls.append(given)
        return Outcome(tree)

    monkeypatch.setattr(f"composevariant.operations.{KEYS[operation]}.apply", noted)

    assert apply(tree, wanted, context) == Outcome(tree)
    assert calls == [(tree, wanted, context)]


def test_every_command_has_a_module_and_every_module_a_command() -> None:
    modules = [row.module for row in COMMANDS.values()]

    assert all(callable(import_module(module).command) for module in modules)
    assert sorted(modules) == sorted(f"composevariant.cli.{path.stem}" for path in PACKAGE.glob("cli/*_command.py"))


def test_every_name_of_the_disk_is_found_when_it_is_used() -> None:
    assert sorted(disk.__all__) == sorted(name for names in disk._MODULES.values() for name in names)
    assert all(
        getattr(import_module(module), name) is getattr(disk, name)
        for module, names in disk._MODULES.items()
        for name in names
    )
    assert not hasattr(disk, "nothing")
