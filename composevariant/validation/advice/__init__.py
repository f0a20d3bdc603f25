"""What Docker Compose does not check and what is most likely not meant. One small function for each check."""

from composevariant.validation.advice.all import Look, advice_on

__all__ = ["Look", "advice_on"]
