"""The HTML form: one file that a reviewer opens from a pull request. No script, no network."""

from composevariant.preview.html.page import page

__all__ = ["page"]
