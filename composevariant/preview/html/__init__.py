"""The HTML form: one file that a reviewer opens from a pull request. No script, no network."""

from composevariant.preview.html.page import html_page

__all__ = ["html_page"]
