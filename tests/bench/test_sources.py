"""Which file is edited."""

from __future__ import annotations

import pytest

from composevariant.bench.sources import is_copied, manifest_to_edit, source_to_edit
from composevariant.disk.work_folders import ContextFile
from composevariant.dockerfile.stages import read_dockerfile
from composevariant.source import Source

FILES = {
    "backend/src/main.rs": "fn main() {}",
    "backend/src/large.rs": "fn x() {}" * 100,
    "backend/build.rs": "fn main() {}" * 100,
    "backend/Cargo.toml": "[package]\n",
    "backend/tests/main.rs": "fn main() {}" * 100,
    "web/index.html": "<p>" * 500,
    "web/src/app.ts": "x",
    "web/package.json": '{"a": 1}',
}


def found(*prefixes: str) -> list[ContextFile]:
    return [ContextFile(name, len(text)) for name, text in FILES.items() if name.startswith(prefixes or "")]


@pytest.mark.parametrize(
    ("prefix", "chosen"),
    [
        pytest.param("backend/", "backend/src/main.rs", id="what a program starts with"),
        pytest.param("backend/src/l", "backend/src/large.rs", id="else the largest"),
        pytest.param("web/", "web/src/app.ts", id="a script before a page, which may be made anew"),
        pytest.param("web/index", "web/index.html", id="a page, when there is nothing else"),
        pytest.param("web/package", None, id="nothing that is a source"),
    ],
)
def test_the_file_whose_mark_is_surest(prefix: str, chosen: str | None) -> None:
    assert source_to_edit(found(prefix), FILES.get) == chosen


def test_the_manifest_nearest_above_the_source() -> None:
    files = [*found(), ContextFile("package.json", 1)]

    assert manifest_to_edit(files, "backend/src/main.rs", FILES.get) == "backend/Cargo.toml"
    assert manifest_to_edit(files, "web/src/app.ts", FILES.get) == "web/package.json"
    assert manifest_to_edit(found("web/i"), "web/index.html", FILES.get) is None


@pytest.mark.parametrize(
    ("instruction", "yes", "no"),
    [
        pytest.param("COPY . .", "a/b.rs", "", id="everything"),
        pytest.param("COPY backend/ ./", "backend/src/a.rs", "backend2/a.rs frontend/a.rs", id="a folder"),
        pytest.param("ADD src/*.rs /x/", "src/a.rs", "src/a/b.rs a.rs", id="a pattern"),
        pytest.param('COPY ["a b", "/x"]', "a b", "a", id="a list"),
        pytest.param("COPY $DIR /x", "anything", "", id="a variable may be any"),
        pytest.param("COPY --from=b . .", "", "a", id="not what comes from another stage"),
        pytest.param("RUN --mount=type=bind,target=. make", "a.c", "", id="a mount of the context"),
        pytest.param("RUN --mount=target=. make", "a.c", "", id="a mount without a type, which is of the context"),
        pytest.param("RUN --mount=target=/x,rw,type=bind make", "a.c", "", id="a mount whose type stands last"),
        pytest.param("RUN --network=none --mount=TYPE=Bind,dst=/x make", "a.c", "", id="a mount in capitals"),
        pytest.param("RUN --mount=source=src,target=/x make", "src/a.c", "a.c", id="a mount of a folder"),
        pytest.param("RUN --mount=src=/a.c,target=/x make", "a.c", "b.c", id="a mount of a file"),
        pytest.param("RUN --mount=from=b,target=/x make", "", "a.c", id="not a mount of another stage"),
        pytest.param("RUN --mount=target=/x,type=cache make", "", "a.c", id="not a cache"),
        pytest.param("RUN --mount=id=bind,type=secret make", "", "a.c", id="not a secret"),
        pytest.param("RUN make --mount=type=bind,target=/x", "", "a.c", id="not an argument of a command"),
    ],
)
def test_what_a_dockerfile_copies(instruction: str, yes: str, no: str) -> None:
    dockerfile = read_dockerfile(Source("Dockerfile", f"FROM a AS b\nFROM x\n{instruction}\n"))

    wanted = [yes] if yes else []
    assert [path for path in wanted if not is_copied(dockerfile, path)] == []
    assert [path for path in no.split() if is_copied(dockerfile, path)] == []
