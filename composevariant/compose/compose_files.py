"""The Compose files that others name with `extends` and `include`, each text parsed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.yamltext import parse_documents

if TYPE_CHECKING:
    from composevariant.file_views import Sources
    from composevariant.source import Source
    from composevariant.yamltext import Document


class ComposeFiles:
    """Files, and what was parsed of them: all that is made of a base in one call shares that."""

    def __init__(self, files: Sources, parsed: dict[tuple[str, str], list[Document]] | None = None) -> None:
        """`parsed` are the documents that are known already, by the name and the text of their file."""
        self._files = files
        self._parsed = {} if parsed is None else parsed

    def by_way_of(self, files: Sources) -> ComposeFiles:
        """The same files, read by those that take note of what is asked for."""
        return ComposeFiles(files, self._parsed)

    def read(self, path: str) -> Source | None:
        """A file; None when there is none.

        Raises:
            UnusableInput: it cannot be read.
        """
        return self._files.read(path)

    def documents(self, path: str) -> list[Document]:
        """The documents of a file; none when there is no such file.

        Raises:
            UnusableInput: it cannot be read, or is not YAML.
        """
        source = self._files.read(path)
        if source is None:
            return []
        key = (source.name, source.text)  # each reading gives a source of its own
        if key not in self._parsed:
            self._parsed[key] = parse_documents(source)
        return self._parsed[key]
