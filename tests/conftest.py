"""What all tests share: how many examples Hypothesis makes, the real files, and which tests need what.

Tests marked `oracle`, `docker`, `browser` or `corpus` are skipped, with the reason, where what they need is missing.
With COMPOSEVARIANT_REQUIRE_ORACLE set, as in CI, they fail instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from composevariant.source import Source
from composevariant.tree.nodes import same
from composevariant.yamltext.editor import Editor
from composevariant.yamltext.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

    from composevariant.tree.nodes import Node
    from composevariant.yamltext.partial_proof import Edited

# Last on the path: `tests.…` can be imported, and the package is still the installed one and not the checkout.
sys.path.append(str(Path(__file__).parents[1]))

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, max_examples=800, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

FOLLOWED_VERSION = "2.40."


def answers(*command: str) -> str | None:
    """What a command prints; None where it is missing or fails."""
    if shutil.which(command[0]) is None:
        return None
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return ran.stdout.strip() if ran.returncode == 0 else None


@cache
def missing(marker: str) -> str:
    """Why tests with a marker cannot run here; empty when they can."""
    if marker == "oracle":
        version = answers("docker", "compose", "version", "--short") or ""
        return "" if version.startswith(FOLLOWED_VERSION) else f"docker compose {FOLLOWED_VERSION}x is not installed"
    if marker == "docker":
        return (
            "" if answers("docker", "info") and answers("docker", "compose", "version") else "no Docker engine answers"
        )
    if marker == "browser":
        return "" if shutil.which("chromium") and shutil.which("chromedriver") else "no chromium with its chromedriver"
    folder = os.environ.get("COMPOSEVARIANT_CORPUS", "")
    return "" if Path(folder).is_dir() and folder else "COMPOSEVARIANT_CORPUS names no folder of real Compose files"


@pytest.fixture(scope="session", autouse=True)
def _proofs_by_parts_are_right() -> Iterator[None]:
    """A text that an editor has proved by its parts alone is read in full here."""
    by_parts = Editor.is_verified_in_part

    def and_in_full(editor: Editor, edited: Edited, final: Node) -> bool:
        proved = by_parts(editor, edited, final)
        root = parse(Source("a text proved by parts", edited.text)).root if proved else None
        assert not proved or (root is not None and same(root, final))
        return proved

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Editor, "is_verified_in_part", and_in_full)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with the engine look at all that is in it: where several run at once, these run in one process."""
    for item in items:
        if item.get_closest_marker("docker"):
            item.add_marker(pytest.mark.xdist_group("engine"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in ("oracle", "docker", "browser", "corpus"):
        reason = missing(marker) if item.get_closest_marker(marker) else ""
        if reason and os.environ.get("COMPOSEVARIANT_REQUIRE_ORACLE"):
            pytest.fail(f"COMPOSEVARIANT_REQUIRE_ORACLE is set, but {reason}", pytrace=False)
        elif reason:
            pytest.skip(reason)


@pytest.fixture(scope="session")
def corpus_files() -> list[Path]:
    """The real Compose files, in a fixed order."""
    folder = Path(os.environ["COMPOSEVARIANT_CORPUS"])
    return sorted(path for path in folder.rglob("*") if path.suffix in (".yml", ".yaml"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Chrome]:
    """A real Chromium, for tests marked `browser`."""
    from tests.opened import start_browser

    driver = start_browser()
    yield driver
    driver.quit()
