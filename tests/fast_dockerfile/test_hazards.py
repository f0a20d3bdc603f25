"""Recipes that ship something else than what was built; and recipes beside them that are fine."""

from __future__ import annotations

from pathlib import Path

import pytest

from composevariant.dockerfile.stages import read_dockerfile
from composevariant.fast_dockerfile.hazard_checks import hazards
from composevariant.source import Source
from tests.fast_dockerfile.golden_cases import FOLDER, make, parse

SAMPLES = Path(__file__).parents[2] / "samples"
DUMMY = "RUN mkdir src && echo 'fn main() {}' > src/main.rs && cargo build --release && rm -rf src\n"
MOUNT = "--mount=type=cache,target=/app/target"
KEYED = "--mount=type=cache,id=shop-app,target=/app/target"
RUST = "FROM rust:1.90 AS builder\nWORKDIR /app\n"
SHIPPED = "FROM debian\nCOPY --from=builder /app/target/release/app /app\n"


def found(text: str, target: str | None = "") -> list[str]:
    read = read_dockerfile(Source("Dockerfile", text))
    return [f"{each.location.line} {each.check.removeprefix('dockerfile.')}" for each in hazards(read, target)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f"{RUST}COPY Cargo.toml Cargo.lock ./\n{DUMMY}COPY src src\nRUN cargo build --release\n{SHIPPED}",
            ["6 stale-dummy"],
            id="the well-known recipe in one stage",
        ),
        pytest.param(
            f"{RUST.replace('builder', 'deps')}COPY Cargo.toml ./\n{DUMMY}FROM deps AS builder\nCOPY src src\n"
            f"RUN cargo build --release\n{SHIPPED}",
            ["7 stale-dummy"],
            id="the same in a stage that builds on the other",
        ),
        pytest.param(
            f"{RUST.replace('builder', 'deps')}COPY Cargo.toml ./\n{DUMMY}{RUST}"
            f"COPY --from=deps /app/target ./target\nCOPY . .\nRUN cargo build --release\n{SHIPPED}",
            ["9 stale-dummy", "7 lost-stage"],
            id="three stages, with what was compiled copied",
        ),
        pytest.param(
            f"{RUST}COPY Cargo.toml ./\nRUN cargo init --bin\nRUN cargo build --release\nCOPY src src\n"
            f"RUN cargo clean -p app && cargo build --release\n{SHIPPED}",
            ["7 stale-dummy"],
            id="cleaned, but not what was released",
        ),
        pytest.param(
            f"{RUST}COPY Cargo.toml ./\nRUN mkdir src && echo 'fn main() {{}}' | tee src/main.rs && cargo build\n"
            f"COPY src src\nRUN cargo build --release\n{SHIPPED}",
            ["6 stale-dummy"],
            id="an empty program that is written by tee",
        ),
        pytest.param(
            f"{RUST}COPY Cargo.toml ./\nCOPY <<EOF src/main.rs\nfn main() {{}}\nEOF\nRUN cargo build --release\n"
            f"COPY src src\nRUN cargo build --release\n{SHIPPED}",
            ["9 stale-dummy"],
            id="an empty program in a here-document",
        ),
        pytest.param(
            f"{RUST}RUN cargo new --bin app\nRUN cargo install cargo-watch\nCOPY . .\nRUN cargo build --release\n"
            f"{SHIPPED}",
            [],
            id="a tool that is installed does not compile the empty program",
        ),
        pytest.param(
            f"{RUST}COPY Cargo.toml ./\nRUN mkdir src && touch src/lib.rs && cargo build\nCOPY . .\nRUN cargo build\n",
            ["6 stale-dummy"],
            id="an empty library",
        ),
        pytest.param(
            f"{RUST}COPY . .\nRUN {KEYED} cargo build --release\n{SHIPPED}",
            ["6 cache-over-output"],
            id="a mount over what is copied later",
        ),
        pytest.param(
            f"{RUST}COPY . .\nRUN --mount=type=cache,id=x,target=target cargo build --release\n{SHIPPED}",
            ["6 cache-over-output"],
            id="a mount whose target is relative",
        ),
        pytest.param(
            f'{RUST}COPY . .\nRUN {KEYED} cargo build --release\nCMD ["./target/release/app"]\n',
            ["5 cache-over-output"],
            id="a program that is started out of the mount",
        ),
        pytest.param(
            f"{RUST}COPY . .\nRUN {MOUNT} cargo build --release && cp target/release/app /out\n"
            "FROM debian\nCOPY --from=builder /out /app\n",
            ["4 shared-compile-cache"],
            id="a mount without an id",
        ),
        pytest.param(
            "FROM maven AS builder\nRUN --mount=type=cache,target=/src/target mvn package && cp target/a.jar /a.jar\n",
            ["2 shared-compile-cache"],
            id="what Maven compiles",
        ),
        pytest.param(
            f"{RUST.replace('builder', 'dependencies')}COPY . .\nRUN {KEYED} cargo build --release\n{RUST}"
            f"COPY --from=dependencies /app/target target\nCOPY . .\nRUN cargo build --release\n{SHIPPED}",
            ["7 lost-stage", "7 lost-stage"],
            id="an empty folder is copied, and the crates are downloaded again",
        ),
        pytest.param(
            "FROM node AS deps\nRUN npm ci\nFROM node\nRUN npm ci\n", ["1 lost-stage"], id="a stage that nobody uses"
        ),
    ],
)
def test_hazards_are_found(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            f"{RUST}COPY Cargo.toml ./\n{DUMMY}COPY src src\nRUN touch src/main.rs && cargo build --release\n{SHIPPED}",
            id="the sources are touched",
        ),
        pytest.param(
            f"{RUST}COPY Cargo.toml ./\n{DUMMY}COPY src src\n"
            f"RUN find src -type f -exec touch {{}} + && cargo build --release\n{SHIPPED}",
            id="all sources are touched",
        ),
        pytest.param(
            f"{RUST}COPY Cargo.toml ./\n{DUMMY}COPY src src\n"
            f"RUN cargo clean --release -p app && cargo build --release\n{SHIPPED}",
            id="what was released is cleaned",
        ),
        pytest.param(
            f"{RUST}COPY Cargo.toml ./\n{DUMMY}RUN rm -f target/release/deps/app* target/release/.fingerprint/app*\n"
            f"COPY src src\nRUN cargo build --release\n{SHIPPED}",
            id="what was built of it is removed",
        ),
        pytest.param(f"{RUST}COPY . .\nRUN cargo build --release\n{SHIPPED}", id="nothing but the sources"),
        pytest.param(f"{RUST}COPY . .\nRUN cargo build\nRUN cargo build --release\n{SHIPPED}", id="built twice"),
        pytest.param(
            f"{RUST}COPY . .\nRUN {KEYED} cargo build --release && cp target/release/app /out\n"
            "FROM debian\nCOPY --from=builder /out /app\n",
            id="copied out of the mount",
        ),
        pytest.param(
            f"{RUST}COPY . .\nRUN {KEYED} cargo fetch\nRUN cargo build --release\n{SHIPPED}",
            id="built without the mount in the end",
        ),
        pytest.param(
            f"{RUST}RUN {KEYED} true\nCOPY app /app/target/release/app\n{SHIPPED}", id="copied to where a mount was"
        ),
        pytest.param(
            "FROM golang AS b\nRUN --mount=type=cache,target=/root/.cache/go-build go build -o /out\n",
            id="Go's cache, which goes by content",
        ),
        pytest.param(
            "FROM node AS deps\nRUN npm ci\nFROM node AS test\nRUN npm test\nFROM deps\nCMD x\n", id="stages for tests"
        ),
        pytest.param("FROM rust AS planner\nRUN cargo chef prepare\nFROM rust\nCOPY --from=planner /r /r\n", id="chef"),
    ],
)
def test_what_is_fine(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(FOLDER.glob("*/*.case")) if "\n=== fast\n" in path.read_text()],
    ids=lambda path: f"{path.parent.name}: {path.stem}",
)
def test_what_we_make_has_no_hazards_that_the_standard_file_has_not(path: Path) -> None:
    case = parse(path.read_text())

    new = {line.split(" ", 1)[1] for line in found(make(case).body)}

    assert new <= {line.split(" ", 1)[1] for line in found(case.files["Dockerfile"])}


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("Dockerfile*")), ids=lambda path: path.name)
def test_the_samples_have_none(path: Path) -> None:
    assert found(path.read_text()) == []


def test_a_target_that_is_not_known_stands_for_any_stage() -> None:
    text = f"{RUST}COPY . .\nRUN {MOUNT} cargo build\nFROM debian AS other\n"

    assert found(text) == []
    assert found(text, None) == ["4 shared-compile-cache"]
    assert found(text, "builder") == ["4 shared-compile-cache"]
