"""Regular expressions that few calls need: those are compiled at their first use.

Compiling all of them takes as long as reading a small project does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING


class _Pattern:
    def __init__(self, text: str, flags: int = 0) -> None:
        self._pattern = (text, flags)

    def __getattr__(self, name: str) -> object:
        found: object = getattr(re.compile(*self._pattern), name)
        setattr(self, name, found)  # from here on it is as quick as any other
        return found


if TYPE_CHECKING:

    def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
        """As `re.compile`, but an error in the pattern shows at its first use."""

else:
    pattern = _Pattern
