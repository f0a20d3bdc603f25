"""Read the files that a Compose file names with `extends` or `include`, and parse each text once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.yamltext import parse_documents

if TYPE_CHECKING:
    from composevariant.file_views import Sources
    from composevariant.source import Source
    from composevariant.yamltext import Document


class ComposeFiles:
    """Files with a cache of their parsed documents. All readers in one call share the cache."""

    def __init__(self, files: Sources, parsed: dict[tuple[str, str], list[Document]] | None = None) -> None:
        """Read from `files`, with `parsed` as the cache of documents, keyed by the name and text of their file."""
        self._files = files
        self._parsed = {} if parsed is None else parsed

    def read_through(self, files: Sources) -> ComposeFiles:
        """Return a view that reads from `files`, for example to record the paths, and shares this cache."""
        return ComposeFiles(files, self._parsed)

    def read(self, path: str) -> Source | None:
        """Return a file, or None if the file does not exist.

        Raises:
            UnusableInput: The file cannot be read.
        """
        return self._files.read(path)

    def documents(self, path: str) -> list[Document]:
        """Return the documents in a file, or an empty list if the file does not exist.

        Raises:
            UnusableInput: The file cannot be read, or is not YAML.
        """
        source = self.read(path)
        if source is None:
            return []
        key = (source.name, source.text)  # not the source, which is a new object for each read
        if key not in self._parsed:
            self._parsed[key] = parse_documents(source)
        return self._parsed[key]
