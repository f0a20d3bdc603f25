"""A module of the standard library that is loaded when something of it is first needed."""

from __future__ import annotations

import sys
from types import ModuleType


class _Later(ModuleType):
    def __getattr__(self, name: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(__import__(self.__name__), name)


def import_lazily(name: str) -> None:
    """Let `import` give a stand-in that loads the module at the first look into it.

    `dataclasses` imports `inspect` for classes without a docstring, which ours have: 6 ms of a call of 80 (measured).
    `importlib.util.LazyLoader` would take as long as it saves.
    """
    if name not in sys.modules:
        sys.modules[name] = _Later(name)
