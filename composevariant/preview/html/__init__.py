"""The HTML format: a single file for reviewers of a pull request, without scripts or network access."""

from composevariant.preview.html.page import html_page

__all__ = ["html_page"]
