"""The real `docker compose config`, which is the judge of what a Compose file means."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.compose.compose_oracle import without_empty

if TYPE_CHECKING:
    from tests.compose.compose_oracle import JSON, Oracle, Printed


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """`printed(text, ..., form="json")` is what Compose prints of these files, or None when it refuses them.

    All are read in one folder under one project name, so what they mean depends on nothing but their text.
    """
    folder = tmp_path_factory.mktemp("oracle")
    for name in ("a.env", "b.env", "a.labels", "b.labels"):
        (folder / name).write_text("", encoding="utf-8")

    def config(*texts: str, form: str) -> str | None:
        arguments = []
        for index, text in enumerate(texts):
            (folder / f"{index}.yml").write_text(text, encoding="utf-8")
            arguments += ["-f", f"{index}.yml"]
        whole = ["docker", "compose", "-p", "x", *arguments, "--profile", "*", "config", "--format", form]
        called = subprocess.run(whole, cwd=folder, capture_output=True, text=True, check=False)
        return called.stdout if called.returncode == 0 else None

    return config


@pytest.fixture(scope="module")
def oracle(printed: Printed) -> Oracle:
    """`oracle(text, ...)` is the model that Compose makes of these files, or None when it refuses them."""

    def model(*texts: str) -> JSON:
        found = printed(*texts, form="json")
        return None if found is None else without_empty(json.loads(found))

    return model
