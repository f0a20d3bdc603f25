"""`validate` gives the verdict of `docker compose config -q`, on real files and on real files that were broken."""

from __future__ import annotations

import os
import random
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from composevariant.commands.validate import ValidateOptions, find_in
from composevariant.compose.services import services_of, text_of
from composevariant.errors import ComposeVariantError
from composevariant.source import Source
from composevariant.tree.edits import delete, put
from composevariant.tree.nodes import Mapping, Scalar, Sequence
from composevariant.yamltext.editor import edit
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.tree.nodes import Node
    from composevariant.tree.nodes import Path as Place

pytestmark = [pytest.mark.oracle, pytest.mark.corpus]
WORDS = ("", "abc", "12x", "[1, 2]", "{a: b}", "true", "-1", "null", "a:b:c:d", "gone", "service:gone", "5 s", "1.5")


class Verdict(NamedTuple):
    name: str
    compose: str
    """Why Docker Compose refuses the file; empty when it does not."""
    ours: list[str]


def verdict(file: Path) -> Verdict:
    ran = subprocess.run(
        ["docker", "compose", "-p", "x", "-f", file.name, "--profile", "*", "config", "-q"],
        cwd=file.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = find_in(str(file.parent), ValidateOptions((file.name,), (), None, "text", strict=False))
    errors = [str(problem) for problem in found.problems if problem.severity == "error"]
    return Verdict(file.name, ran.stderr[-300:] if ran.returncode else "", [*errors, *map(str, found.unusable)])


def differing(files: list[Path]) -> list[Verdict]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [found for found in pool.map(verdict, files) if bool(found.compose) != bool(found.ours)]


def _compose_files(files: list[Path]) -> list[Path]:
    return [file for file in files if "filebeat" not in file.name and "prometheus" not in file.name]


@pytest.mark.slow
def test_the_verdict_on_every_real_file(corpus_files: list[Path]) -> None:
    manifest = (Path(os.environ["COMPOSEVARIANT_CORPUS"]) / "MANIFEST.tsv").read_text(encoding="utf-8")
    rows = [row.split("\t") for row in manifest.splitlines()[1:]]
    names = {f"{row[0].replace('/', '+')}/{row[1]}" for row in rows if row[2] != "filebeat"}
    root = Path(os.environ["COMPOSEVARIANT_CORPUS"])
    files = [file for file in corpus_files if str(file.relative_to(root)) in names]

    assert len(files) > 170
    assert differing(files) == []


@pytest.mark.slow
def test_the_verdict_on_real_files_that_were_broken(corpus_files: list[Path], tmp_path: Path) -> None:
    rng = random.Random(7)  # noqa: S311 - examples, no secrets
    files = [broken for file in _compose_files(corpus_files) for broken in _broken(file, rng, tmp_path)]

    assert len(files) > 300
    assert differing(files) == []


def _broken(file: Path, rng: random.Random, folder: Path) -> Iterator[Path]:
    """Copies of a file, each with one value that is another one, or gone."""
    document = parse(Source(file.name, file.read_text(encoding="utf-8-sig")))
    if not isinstance(document.root, Mapping) or "extends" in document.source.text or "include" in document.source.text:
        return
    _make_files_of_variables(document.root, folder)
    places = list(_places(document.root, ()))
    for place in rng.sample(places, min(3, len(places))):
        word = rng.choice([*WORDS, None, None])
        new = None if word is None else parse(Source("word", word)).root or Scalar("", "'")
        tree = delete(document.root, [place]) if new is None else put(document.root, place, new)
        try:
            text = edit(document, tree)
        except ComposeVariantError:
            continue
        target = folder / f"{len(list(folder.glob('*.yml')))}.yml"
        target.write_text(text, encoding="utf-8")
        yield target


def _make_files_of_variables(root: Mapping, folder: Path) -> None:
    """Empty ones, so that nothing is refused for their absence alone."""
    for service in services_of(root).values():
        node = service.get("env_file")
        for item in node.items if isinstance(node, Sequence) else (node,):
            path = text_of(item.get("path") if isinstance(item, Mapping) else item)
            if path and not path.startswith(("/", "~", "..")) and "$" not in path and "\0" not in path:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).touch()


def _places(node: Node, path: Place) -> Iterator[Place]:
    if path:
        yield path
    below = node.items() if isinstance(node, Mapping) else enumerate(node.items) if isinstance(node, Sequence) else ()
    for key, value in below:
        yield from _places(value, (*path, key))
