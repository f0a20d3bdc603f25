"""From two files to the overlay: short, as a person would write it, and always right."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.compose.identities import item_key
from composevariant.errors import ComposeVariantError
from composevariant.inference.change_requests import length
from composevariant.inference.guesses import is_override
from composevariant.inference.inference import InferredOverlay, apply_overlay, infer, infer_together
from composevariant.inference.settings import is_equal
from composevariant.operations.context import Context
from composevariant.source import Source
from composevariant.text.generated_header import read_generated
from composevariant.tree.nodes import Mapping, Scalar, Sequence
from composevariant.yamltext.editor import edit
from composevariant.yamltext.parser import parse
from tests.compose.compose_oracle import without_empty
from tests.inference.pairs import pair


class Folder:
    """Files by name."""

    def __init__(self, **files: str) -> None:
        self._files = files

    def read_text(self, path: str) -> str | None:
        return self._files.get(path)

    def is_file(self, path: str) -> bool:
        return path in self._files


CONTEXT = Context(Folder(**{"Dockerfile": "FROM a\n", "Dockerfile.fast": "FROM a\n"}), "shop")


def tree(text: str) -> Mapping:
    root = parse(Source("compose.yml", text)).root
    assert isinstance(root, Mapping)
    return root


def inferred(base: str, variant: str) -> str:
    return infer(tree(base), tree(variant), CONTEXT).text


BASE = """\
services:
  app:
    build: .
    container_name: app
    environment: [A=1, B=2]
    depends_on: [filebeat, db]
    volumes:
      - data:/data
      - beat:/var/log/filebeat
  db:
    image: postgres
    container_name: db
  cache:
    image: redis
    container_name: cache
  filebeat:
    image: elastic/filebeat:9.5.1
volumes: {data: , beat: }
"""
NO_BEAT = (
    BASE.replace("  filebeat:\n    image: elastic/filebeat:9.5.1\n", "")
    .replace("filebeat, ", "")
    .replace("      - beat:/var/log/filebeat\n", "")
    .replace(", beat: ", "")
)


@pytest.mark.parametrize(
    ("variant", "overlay"),
    [
        pytest.param(BASE, "", id="nothing"),
        pytest.param(BASE.replace("[A=1, B=2]", "{B: 2, A: 1}"), "", id="another notation is nothing"),
        pytest.param(NO_BEAT, "strip: [filebeat]\n", id="a stripped sidecar"),
        pytest.param(
            BASE.replace("build: .", "build: {context: ., dockerfile: Dockerfile.fast}"),
            "dockerfiles: {suffix: .fast}\n",
            id="a swapped Dockerfile",
        ),
        pytest.param(
            BASE.replace("  db:\n    image: postgres\n    container_name: db\n", "").replace(", db]", "]"),
            "remove:\n  - services.db\n",
            id="a removed service with the references to it",
        ),
        pytest.param(
            BASE.replace("    container_name: app\n", "")
            .replace("    container_name: db\n", "")
            .replace("    container_name: cache\n", ""),
            "remove:\n  - services.*.container_name\n",
            id="a setting that goes everywhere",
        ),
        pytest.param(
            BASE.replace("A=1", "A=3"),
            "compose:\n  services:\n    app:\n      environment:\n        - A=3\n",
            id="one variable of a list",
        ),
        pytest.param(
            BASE.replace("A=1, ", ""),
            "remove:\n  - services.app.environment.A\n",
            id="a variable that goes",
        ),
        pytest.param(
            BASE.replace("    image: postgres\n", "    image: postgres\n    init: true\n")
            .replace("    image: redis\n", "    image: redis\n    init: true\n")
            .replace("    build: .\n", "    build: .\n    init: true\n"),
            "each:\n  - match: {name: [app, db, cache]}\n    merge:\n      init: true\n",
            id="the same in several services",
        ),
        pytest.param(
            BASE.replace("  cache:\n", "  mail:\n    image: mailpit\n  cache:\n"),
            "compose:\n  services:\n    mail:\n      image: mailpit\n",
            id="a new service",
        ),
        pytest.param(
            "services:\n  db:\n    image: postgres:15\n",
            None,
            id="a service alone",
        ),
        pytest.param(
            "services:\n  app:\n    environment: [A=9]\n",
            "compose:\n  services:\n    app:\n      environment: [A=9]\n",
            id="an override file is merged",
        ),
    ],
)
def test_the_overlay_is_what_a_person_would_write(variant: str, overlay: str | None) -> None:
    found = infer(tree(BASE), tree(variant), CONTEXT)

    assert is_equal(apply_overlay(found.text, tree(BASE), CONTEXT), found.wanted, ())
    if overlay is not None:
        assert found.text == overlay


KNOWN = [
    "strip: [filebeat]\n",
    "strip: [filebeat]\ndockerfiles: {suffix: .fast}\n",
    "remove: [services.cache, services.db.container_name]\n",
    'remove: ["services.*.container_name"]\nstrip: [filebeat]\n',
    "compose: {services: {app: {environment: {A: 5, C: 6}}}}\n",
    "compose: {services: {app: {ports: ['80:80']}, new: {image: x}}}\n",
    "replace: {services.db.image: postgres:17, services.cache.image: valkey}\n",
    'each: [{match: "*", merge: {logging: {driver: local}}}]\n',
    "each: [{match: {name: [app, db, cache]}, replace: {restart: always}}]\n",
    "remove: ['services.app.volumes[/data]']\n",
    "compose: {volumes: {data: {driver: local}}}\n",
    "replace: {services.app.depends_on: [db]}\nremove: [services.filebeat]\n",
    "compose: {services: {db: !override {image: mysql}}}\n",
    "compose: {name: shop, services: {db: {command: [postgres, -c, fsync=off]}}}\n",
]


@pytest.mark.parametrize("overlay", KNOWN)
def test_the_overlay_is_not_longer_than_one_that_does_it(overlay: str) -> None:
    base = tree(BASE)
    variant = apply_overlay(overlay, base, CONTEXT)

    found = infer(base, variant, CONTEXT)

    assert length(found.overlay) <= length(tree(overlay))


@given(st.integers(0, 10**9))
def test_the_overlay_of_any_pair_gives_the_second_file(seed: int) -> None:
    base, variant = map(tree, pair(seed))

    found = infer(base, variant, CONTEXT)

    assert is_equal(apply_overlay(found.text, base, CONTEXT), found.wanted, ())


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_variants_share_gives_each_of_them(seed: int, other: int) -> None:
    base, variant = map(tree, pair(seed))
    found: list[InferredOverlay] = [infer(base, each, CONTEXT) for each in (variant, tree(pair(other)[1]))]

    parts = infer_together(base, found, CONTEXT)

    for text, each in zip(parts.own, found, strict=True):
        assert is_equal(apply_overlay(text, apply_overlay(parts.common, base, CONTEXT), CONTEXT), each.wanted, ())


def test_what_variants_share_is_said_once() -> None:
    base = tree(BASE)
    fast = apply_overlay("strip: [filebeat]\ndockerfiles: {suffix: .fast}\n", base, CONTEXT)
    small = apply_overlay("strip: [filebeat]\ndockerfiles: {suffix: .fast}\nremove: [services.cache]\n", base, CONTEXT)

    parts = infer_together(base, [infer(base, each, CONTEXT) for each in (fast, small)], CONTEXT)

    assert parts.common == "strip: [filebeat]\ndockerfiles: {suffix: .fast}\n"
    assert parts.own == ("", "remove:\n  - services.cache\n")


def _samples() -> list[tuple[Path, Path]]:
    """The samples' bases with their variants as they had been written by hand."""
    root = Path(__file__).parents[2]
    variants = sorted((root / "tests" / "samples").rglob("docker-compose.*.yml"))
    return [(root / "samples" / path.parent.name / "docker-compose.yml", path) for path in variants]


class SampleFolder:
    """The files of a sample."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read_text(self, path: str) -> str | None:
        return (self._folder / path).read_text(encoding="utf-8") if self.is_file(path) else None

    def is_file(self, path: str) -> bool:
        return (self._folder / path).is_file()


@pytest.mark.parametrize(("base", "variant"), [pytest.param(*both, id=both[1].name) for both in _samples()])
def test_the_samples_variants_become_short_overlays(base: Path, variant: Path) -> None:
    generated = read_generated(variant.read_text(encoding="utf-8"))
    text = generated.body if generated else variant.read_text(encoding="utf-8")

    found = infer(tree(base.read_text(encoding="utf-8")), tree(text), Context(SampleFolder(base.parent), "sample"))

    stripped = found.overlay.get("strip")
    assert isinstance(stripped, Sequence)
    assert "filebeat" in [item.text for item in stripped.items if isinstance(item, Scalar)]
    assert found.text.count("\n") < text.count("\n") / 4


def _pairs_of(files: list[Path]) -> list[tuple[Path, Path]]:
    """Every two Compose files of one folder, in both directions."""
    folders = itertools.groupby((file for file in files if "compose" in file.name), key=lambda file: file.parent)
    return [both for _, group in folders for both in itertools.permutations(list(group), 2)]


def _inferred_files(both: tuple[Path, Path]) -> tuple[InferredOverlay, str] | None:
    documents = [parse(Source(file.name, file.read_text(encoding="utf-8-sig"))) for file in both]
    first, second = (document.root for document in documents)
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return None
    found = infer(first, second, CONTEXT)
    return found, edit(documents[0], found.result, item_key)


@pytest.mark.corpus
def test_every_two_real_files_of_one_folder(corpus_files: list[Path]) -> None:
    done = 0
    for both in _pairs_of(corpus_files):
        try:
            done += _inferred_files(both) is not None
        except ComposeVariantError as error:  # a file that is no Compose file, or two that Compose cannot merge
            assert error.exit_code == 2  # noqa: PT017 - 4 would be a bug of ours
    assert done > 400


def _config(folder: Path, *files: str) -> object:
    words = [word for file in files for word in ("-f", file)]
    ran = subprocess.run(
        ["docker", "compose", "-p", "x", "--project-directory", str(folder), *words, "--profile", "*", "config",
         "--no-env-resolution", "--format", "json"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return without_empty(json.loads(ran.stdout)) if ran.returncode == 0 else None


@pytest.mark.oracle
@pytest.mark.slow
def test_docker_compose_agrees_on_generated_pairs(tmp_path: Path) -> None:
    def agrees(seed: int) -> tuple[int, object, object]:
        base, variant = pair(seed)
        document = parse(Source("base.yml", base))
        assert document.root is not None
        text = edit(document, infer(tree(base), tree(variant), CONTEXT).result, item_key)
        names = (f"{seed}.variant.yml", f"{seed}.made.yml")
        for name, content in zip(names, (variant, text), strict=True):
            (tmp_path / name).write_text(content, encoding="utf-8")
        wanted, got = (_config(tmp_path, name) for name in names)
        return seed, wanted, got

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(agrees, range(500)))

    assert [seed for seed, wanted, got in results if wanted != got] == []
    assert sum(wanted is not None for _, wanted, _ in results) > 400


@pytest.mark.oracle
@pytest.mark.corpus
@pytest.mark.slow
def test_docker_compose_agrees_on_real_files(corpus_files: list[Path], tmp_path: Path) -> None:
    def agrees(numbered: tuple[int, tuple[Path, Path]]) -> tuple[tuple[Path, Path], object, object] | None:
        number, both = numbered
        try:
            found = _inferred_files(both)
        except ComposeVariantError:
            return None
        if found is None:
            return None
        made = tmp_path / f"{number}.yml"
        made.write_text(found[1], encoding="utf-8")
        base, variant = (tree(file.read_text(encoding="utf-8-sig")) for file in both)
        names = [file.name for file in both] if is_override(variant, base) else [both[1].name]
        return both, _config(both[0].parent, *names), _config(both[0].parent, str(made))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = [result for result in pool.map(agrees, enumerate(_pairs_of(corpus_files))) if result]

    assert [both for both, wanted, got in results if wanted != got] == []
    assert sum(wanted is not None for _, wanted, _ in results) > 100
