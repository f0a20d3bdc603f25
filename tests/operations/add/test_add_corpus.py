"""On real files: what `add` makes can be read again, and `strip` gives the file back."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from composevariant.compose.services import services_of
from composevariant.errors import ComposeVariantError
from composevariant.operations.strip import strip
from composevariant.overlay.operations import Strip
from composevariant.source import Source
from composevariant.tree.nodes import Mapping, same
from composevariant.yamltext.parser import parse
from tests.operations.adding import added, stripped_again
from tests.operations.removal import context, tree, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OVERLAYS = [
    "add: [{sidecar: filebeat, output: console}]",
    "add: [{sidecar: filebeat, output: console, for: '*', logs: /var/log/of-nobody}]",
    "add: [{sidecar: filebeat, output: console, for: '*', config: inline}]",
]


def without_traces(files: list[Path]) -> Iterator[str]:
    """The texts of the files in which a strip of Filebeat finds nothing."""
    for path in files:
        try:
            text = dedent(path.read_bytes().decode("utf-8-sig"))  # as the functions of these tests read texts
            root = parse(Source(path.name, text)).root
        except (ComposeVariantError, UnicodeDecodeError):
            continue
        if isinstance(root, Mapping) and services_of(root):
            try:
                untouched = strip.apply(root, Strip("filebeat"), context()).tree is root
            except ComposeVariantError:
                continue
            if untouched:
                yield text


@pytest.mark.corpus
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_strip_gives_real_files_back(corpus_files: list[Path], overlay: str) -> None:
    exact = done = 0
    for text in without_traces(corpus_files):
        try:
            changed = written(text, added(tree(text), overlay))
        except ComposeVariantError as error:
            assert error.exit_code == 2  # noqa: PT017 - such as a log driver that cannot be read
            continue
        again = stripped_again(changed, "filebeat")
        done += 1
        exact += again == text
        # A service that took its volumes from `<<` keeps them as its own, which means the same.
        assert same(tree(again), tree(text))

    assert done > 20
    assert done - exact <= (0 if "logs" not in overlay else done // 20)
