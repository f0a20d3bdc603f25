"""The page: one file with charts that somebody puts into a pull request. No script, no network."""

from composevariant.bench.html.page import page

__all__ = ["page"]
