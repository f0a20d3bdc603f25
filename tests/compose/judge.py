"""The real Docker Compose, asked of many services or resources at once and of single ones where it refuses."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeAlias, TypeVar

from composevariant.tree.nodes import Mapping
from tests.compose.compose_oracle import without_empty
from tests.compose.flow_yaml import flow, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.compose.compose_oracle import JSON

Case = TypeVar("Case")
Model: TypeAlias = "dict[str, JSON]"


class Asking(NamedTuple, Generic[Case]):
    """How cases become files, and where in the model of all of them each one is."""

    theirs: Callable[[Sequence[Case]], tuple[str, str]]
    ours: Callable[[Sequence[Case]], str]
    part: Callable[[Model, int, Case], JSON]


class Judge:
    """Compose in a folder with the files that the cases name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.compared = 0
        for name in ("a.env", "b.env", "a.labels", "b.labels", "a.json", "sa", "ca"):
            (folder / name).write_text("{}" if name.endswith("json") else "", encoding="utf-8")

    def read(self, name: str, *texts: str) -> Model | None:
        """The model that Compose makes of these files; None when it refuses them."""
        words: list[str] = []
        for number, text in enumerate(texts):
            (self._folder / f"{name}.{number}.yml").write_text(text, encoding="utf-8")
            words += ["-f", f"{name}.{number}.yml"]
        read = self._config(words, "json")
        model = None if read is None else without_empty(json.loads(read))
        if isinstance(model, dict) and any("\nmodels:" in text for text in texts):
            model["models"] = self._models(words)
        return model if isinstance(model, dict) else None

    def _models(self, words: list[str]) -> JSON:
        """Compose 2.40.3 leaves them out of its JSON."""
        models = parsed(self._config(words, "yaml") or "{}").get("models")
        return {name: flow(model) for name, model in models.items()} if isinstance(models, Mapping) else None

    def _config(self, words: list[str], form: str) -> str | None:
        ran = subprocess.run(
            ["docker", "compose", "-p", "x", *words, "--profile", "*", "config", "--format", form],
            cwd=self._folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return ran.stdout if ran.returncode == 0 else None

    def differing(self, name: str, cases: Sequence[Case], asking: Asking[Case]) -> list[Case]:
        """The cases of which Compose makes something else than of our merge. What it refuses, ours must be too."""
        theirs = self.read(f"{name}t", *asking.theirs(cases))
        ours = None if theirs is None and len(cases) > 1 else self.read(f"{name}o", asking.ours(cases))
        if theirs is not None and ours is not None:
            parts = [(asking.part(theirs, at, case), asking.part(ours, at, case)) for at, case in enumerate(cases)]
            self.compared += sum(part is not None for part, _ in parts)
            return [case for case, (their, our) in zip(cases, parts, strict=True) if their != our]
        if len(cases) == 1:
            return [] if theirs is ours is None else [cases[0]]
        half = len(cases) // 2
        return [
            *self.differing(f"{name}a", cases[:half], asking),
            *self.differing(f"{name}b", cases[half:], asking),
        ]
