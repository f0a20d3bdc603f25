from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.dockerfile.stages import read_dockerfile
from composevariant.errors import UnusableInput
from composevariant.fast_dockerfile.ecosystems.all import CACHES
from composevariant.source import Source
from tests.fast_dockerfile.golden_cases import FOLDER, make, parse, report

if TYPE_CHECKING:
    from pathlib import Path

CASES = sorted(FOLDER.glob("*/*.case"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}: {path.stem}")
def test_a_dockerfile_becomes_what_a_careful_person_would_have_written(path: Path) -> None:
    case = parse(path.read_text())

    fast = make(case)

    assert report(fast) == case.report
    assert fast.body == (case.files["Dockerfile"] if case.fast is None else case.fast)
    assert bool(fast.done) == (case.fast is not None)


@pytest.mark.parametrize(
    "path", [path for path in CASES if "\n=== fast\n" in path.read_text()], ids=lambda path: path.stem
)
def test_nothing_is_written_that_docker_20_10_does_not_take(path: Path) -> None:
    fast = read_dockerfile(Source("Dockerfile", make(parse(path.read_text())).text))

    before = read_dockerfile(Source("Dockerfile", parse(path.read_text()).files["Dockerfile"]))
    flags = [flag.value for stage in fast.stages for each in stage.instructions for flag in each.flags]
    old = {flag.value for stage in before.stages for each in stage.instructions for flag in each.flags}
    mounts = [flag for flag in flags if flag.startswith("--mount=") and flag not in old]
    assert all("$" not in mount and ",target=/" in mount for mount in mounts)
    assert {flag.split("=")[0] for flag in flags if flag not in old} <= {"--mount", "--from", "--chown"}


LINES = sorted({line for path in CASES for line in parse(path.read_text()).files["Dockerfile"].splitlines()})


@given(st.data())
def test_whatever_a_dockerfile_consists_of_generating_twice_is_generating_once(data: st.DataObject) -> None:
    case = parse(data.draw(st.sampled_from(CASES)).read_text())
    lines = case.files["Dockerfile"].splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines)))
        end = at + data.draw(st.integers(0, 1))
        lines[at:end] = data.draw(st.lists(st.sampled_from(LINES), max_size=2))
    text = data.draw(st.sampled_from(["\n", "\r\n"])).join(lines)
    try:
        fast = make(case._replace(files={**case.files, "Dockerfile": text}))
    except UnusableInput:
        return

    again = make(case._replace(files={**case.files, "Dockerfile": fast.body}))

    assert again.body == fast.body
    assert fast.done or fast.body == text


def test_every_ecosystem_has_a_dozen_cases_of_which_half_are_refused() -> None:
    every = Counter(path.parent.name for path in CASES)
    refused = Counter(path.parent.name for path in CASES if ": refused: " in path.read_text())

    assert {cache.ecosystem for cache in CACHES} <= every.keys()
    assert {name: count for name, count in every.items() if count < 12 or refused[name] * 2 < count} == {}
