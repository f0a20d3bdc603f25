"""Lazy package exports: a package loads a module when one of its names is first used."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def lazy_face(package: str, modules: Mapping[str, str]) -> tuple[list[str], Callable[[str], object]]:
    """Return `__all__` and `__getattr__` for a package: `modules` maps a module to the names it provides.

    A plain `migrate` needs a third of the modules. A module-level `__getattr__` (PEP 562) keeps the others unloaded
    without import statements inside functions.
    """
    homes = {name: module for module, names in modules.items() for name in names.split()}

    def get(name: str) -> object:
        if name not in homes:
            msg = f"module {package!r} has no attribute {name!r}"
            raise AttributeError(msg)
        full_name = f"{package}.{homes[name]}"
        if full_name not in sys.modules:
            __import__(full_name)
        value = getattr(sys.modules[full_name], name)
        setattr(sys.modules[package], name, value)
        return value

    return list(homes), get
