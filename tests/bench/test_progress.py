"""Recorded logs of both kinds: stages side by side, everything cached, a failure, an interruption."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.bench.progress import BuildStep, Log, avoided, read_plain, read_rawjson
from composevariant.bench.results import kinds_of, seconds_by_kind

LOGS = Path(__file__).parent / "logs"
READERS = {"plain": read_plain, "rawjson": read_rawjson}


def log(name: str, kind: str) -> Log:
    return READERS[kind]((LOGS / f"{name}.{kind}").read_text())


@pytest.fixture(params=READERS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_stages_that_run_side_by_side(kind: str) -> None:
    found = log("parallel", kind)
    seconds = {step.name: step.seconds for step in found.cacheable}

    assert sorted(seconds) == [
        "[a 2/3] COPY src/ /src/",
        "[a 3/3] RUN sleep 1; cat /src/* > /out",
        "[b 2/2] RUN sleep 0.4; echo bb > /b",
        "[stage-2 2/3] COPY --from=b /b /b",
        "[stage-2 3/3] COPY --from=a /out /out",
    ]
    assert 1 <= seconds["[a 3/3] RUN sleep 1; cat /src/* > /out"] < 3
    assert 0.4 <= seconds["[b 2/2] RUN sleep 0.4; echo bb > /b"] < 2
    assert (found.cached, found.output) == (0, ())
    assert all(step.finished and not step.failed for step in found.steps)
    assert found.context_bytes > 0
    assert found.work == pytest.approx(sum(seconds.values()))


def test_cached_steps(kind: str) -> None:
    found = log("cached", kind)

    assert (found.cached, len(found.cacheable), found.work) == (5, 5, 0)
    assert avoided(found, log("parallel", kind)) == 1


def test_a_failure_has_what_was_printed_and_stops_what_runs_beside_it(kind: str) -> None:
    found = log("failed", kind)

    assert [step.name for step in found.steps if step.failed] == [
        "[a 3/3] RUN echo hello; sleep 1; echo bad >&2; exit 3"
    ]
    assert [step.name for step in found.cacheable if not step.finished][:1] == [
        "[b 2/2] RUN echo start; sleep 3; echo bb > /b"
    ]
    assert found.output[:2] == ("hello", "bad")
    assert found.output[-1].endswith("exit code: 3")


def test_an_interrupted_build_fails_in_no_step(kind: str) -> None:
    found = log("cancelled", kind)

    assert not any(step.failed for step in found.steps)
    assert not all(step.finished for step in found.steps)
    assert "context canceled" in found.output[-1]


@pytest.mark.parametrize("name", ["parallel", "cached", "failed", "cancelled"])
def test_both_kinds_tell_the_same(name: str) -> None:
    plain, raw = log(name, "plain"), log(name, "rawjson")

    assert {step.name for step in plain.cacheable if step.finished} == {
        step.name for step in raw.cacheable if step.finished
    }
    assert plain.cached == raw.cached


def test_the_steps_are_those_of_the_image_s_history() -> None:
    rows = [json.loads(line) for line in (LOGS / "parallel.history").read_text().splitlines()]
    made = {row["CreatedBy"].removesuffix(" # buildkit") for row in rows if row["CreatedBy"].startswith("COPY")}

    steps = {step.instruction for step in log("parallel", "rawjson").cacheable if step.stage == "stage-2"}

    assert {step.replace("--from=b ", "").replace("--from=a ", "") for step in steps} == made


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    read_plain(text)
    read_rawjson(text)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_json_is_read(value: object) -> None:
    read_rawjson(json.dumps({"vertexes": value, "statuses": value}))


@pytest.mark.parametrize(
    ("instruction", "kind"),
    [
        ("RUN npm ci", "dependencies"),
        ("RUN pip install -r requirements.txt", "dependencies"),
        ("RUN apt-get update && apt-get install -y curl", "dependencies"),
        ("RUN npm run build", "compile"),
        ("RUN cargo build --release --locked", "compile"),
        ("RUN npm ci && npm run build", "install and compile"),
        ("RUN useradd app", "other"),
        ("WORKDIR /app", "other"),
        ("COPY --from=b /b /b", "copy"),
        ("FROM docker.io/library/busybox", "base images"),
    ],
)
def test_the_kind_of_a_step(instruction: str, kind: str) -> None:
    assert kinds_of([BuildStep(f"[builder 1/4] {instruction}")]) == [kind]


def test_compiling_below_manifests_alone_is_compiling_dependencies() -> None:
    steps = [
        BuildStep("[internal] load build context", 0.1),
        BuildStep("[deps 2/3] COPY app/Cargo.toml app/Cargo.lock ./"),
        BuildStep("[deps 3/3] RUN cargo build --release", 20),
        BuildStep("[builder 1/2] COPY src src"),
        BuildStep("[builder 2/2] RUN cargo build --release", 2),
        BuildStep("[stage-2 1/2] RUN apt-get install curl", 9, cached=True),
        BuildStep("exporting to image", 0.5),
    ]

    assert seconds_by_kind(steps) == {"context": 0.1, "dependencies": 20, "compile": 2, "export": 0.5}
