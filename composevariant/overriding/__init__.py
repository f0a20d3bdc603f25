"""A variant as an override: what `docker compose -f base -f override` has to be given to mean the same."""

from composevariant.overriding.smallest import smallest_override

__all__ = ["smallest_override"]
