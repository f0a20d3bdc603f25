"""The builds of a service: edits, checks, and that nothing of the user's is touched and nothing of ours is left."""

from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from composevariant.bench.engine import BuildFailed
from composevariant.bench.marks import PATTERN
from composevariant.disk.work_folders import WorkFolder, abandoned_runs
from composevariant.errors import UnusableInput
from tests.bench.measured import DOCKERFILE, RUN, context, job, measured
from tests.bench.pretended import Pretended

if TYPE_CHECKING:
    from composevariant.bench.engine import Request


def state(folder: Path) -> dict[str, tuple[str, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_text(), path.stat().st_mtime_ns) for path in files}


def test_each_build_has_the_edit_of_its_scenario(tmp_path: Path) -> None:
    engine = Pretended()
    result = measured(tmp_path, engine)

    marks = [PATTERN.findall(source.encode()) for source in engine.sources]
    assert all(len(found) == 1 for found in marks)
    base = [found[0] for found, request in zip(marks, engine.requests, strict=True) if "base" in request.namespace]
    start, nochange, code, later, undone = base[0], base[1:5], base[5:9], base[9:-1], base[-1]
    assert set(nochange) == {start}
    assert len({start, *code}) == 5
    assert set(later) == {code[-1]}
    assert undone == start
    assert result.scenarios == ["cold", "nochange", "code", "manifest", "dependency", "dockerfile"]
    assert (result.edited, result.manifest) == ("src/main.py", "requirements.txt")


def test_manifest_and_dependency_change_what_they_are_called_after_and_nothing_else(tmp_path: Path) -> None:
    engine = Pretended()
    measured(tmp_path, engine)

    names = [request.namespace.rpartition("-")[2] for request in engine.requests]
    base = [text for text, name in zip(engine.manifests, names, strict=True) if name == "base"]
    assert set(base[:9]) == {"six\n"}
    assert len({"six\n", *base[9:12]}) == 4
    assert all(text.startswith("six\n# ") for text in base[9:12])
    assert set(base[12:]) == {"new\n"}


def test_cold_builds_have_no_cache_and_all_builds_of_a_side_their_own_mounts(tmp_path: Path) -> None:
    engine = Pretended()
    measured(tmp_path, engine)

    assert [request.no_cache for request in engine.requests] == [True, True] + [False] * (len(engine.requests) - 2)
    assert {request.namespace for request in engine.requests} == {
        f"cvbench-{RUN}-app-base",
        f"cvbench-{RUN}-app-variant",
    }
    assert len({request.tag for request in engine.requests}) == len(engine.requests)
    assert len({Path(request.context).name for request in engine.requests}) == 2


def test_everything_is_taken_away_and_the_user_s_files_stay_as_they_are(tmp_path: Path) -> None:
    folder = context(tmp_path / "c")
    before = state(folder)
    engine = Pretended()

    measured(tmp_path, engine, job(folder))

    assert state(folder) == before
    assert engine.images == {}
    assert engine.forgotten == [(f"cvbench-{RUN}-app-{side}", ["/cache"]) for side in ("base", "variant")]
    assert not list(Path(tempfile.gettempdir()).glob(f"composevariant-bench-{RUN}*"))


@pytest.mark.parametrize("number", [1, 2, 7, 20])
def test_a_build_that_fails_says_which_and_leaves_nothing(tmp_path: Path, number: int) -> None:
    engine = Pretended()
    engine.fails_at = number

    with pytest.raises(BuildFailed, match=r"app: Dockerfile\.(base|variant) does not build") as failed:
        measured(tmp_path, engine)

    assert "with ***" in failed.value.message
    assert engine.images == {}
    assert len(engine.forgotten) == min(number, 2)
    assert not list(Path(tempfile.gettempdir()).glob(f"composevariant-bench-{RUN}*"))


def test_where_the_engine_is_gone_the_next_run_is_told_what_to_remove(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    engine = Pretended()
    engine.is_gone = True

    with pytest.raises(UnusableInput, match="Cannot connect"):
        measured(tmp_path / "c", engine)

    (left,) = abandoned_runs()
    assert left.run == RUN
    assert left.namespaces == {f"cvbench-{RUN}-app-{side}": ["/cache"] for side in ("base", "variant")}
    assert [path.name for path in Path(left.folder).iterdir()] == ["notes"]
    left.remove()
    assert list(abandoned_runs()) == []


def first_source(request: Request, source: str, seen: dict[str, str] | None = None) -> str:
    kept = {} if seen is None else seen
    return kept.setdefault(request.namespace, source)


def test_an_image_of_the_right_sources_is_ok(tmp_path: Path) -> None:
    result = measured(tmp_path, Pretended())

    assert [(finding.kind, finding.side) for finding in result.findings] == [
        ("ok", "base"),
        ("ok", "variant"),
        ("ok", None),
    ]
    assert "undoing it restored it" in result.findings[0].message
    assert not result.is_wrong
    assert result.change("code").percent == -90
    assert result.sides["variant"].mounts == {"/cache": 1000}


def test_a_variant_that_ships_a_program_without_the_source_is_wrong(tmp_path: Path) -> None:
    def dummy(request: Request, source: str) -> str:
        return "" if request.namespace.endswith("variant") else source

    result = measured(tmp_path, Pretended(dummy))

    assert result.is_wrong
    assert {finding.side for finding in result.findings if finding.kind == "WRONG"} == {"variant"}
    everywhere = "cold, nochange, code, manifest, dependency, dockerfile, undo"
    assert any(finding.message.startswith(f"{everywhere}: the image was not made") for finding in result.findings)


def test_a_variant_that_does_not_see_a_change_is_wrong(tmp_path: Path) -> None:
    seen: dict[str, str] = {}

    def stale(request: Request, source: str) -> str:
        return first_source(request, source, seen) if request.namespace.endswith("variant") else source

    result = measured(tmp_path, Pretended(stale))

    (message,) = (finding.message for finding in result.findings if finding.kind == "WRONG")
    assert message.startswith("code, manifest, dependency, dockerfile: the image ships an earlier src/main.py than")


def test_a_variant_that_keeps_an_undone_change_is_wrong(tmp_path: Path) -> None:
    last: dict[str, str] = {}

    def newest(request: Request, source: str) -> str:
        mark = PATTERN.findall(source.encode())[0].decode()
        kept = max(mark, last.get(request.namespace, mark))
        last[request.namespace] = kept
        return source.replace(mark, kept)

    result = measured(tmp_path, Pretended(newest))

    assert {finding.message.split(":")[0] for finding in result.findings if finding.kind == "WRONG"} == {
        "undo",
    }


def test_an_edit_that_leaves_no_trace_anywhere_proves_nothing(tmp_path: Path) -> None:
    result = measured(tmp_path, Pretended(lambda *_: "always"))

    assert [finding.kind for finding in result.findings] == ["doubt", "ok"]
    assert not result.is_wrong


def test_a_variant_that_packs_its_files_is_not_called_wrong(tmp_path: Path) -> None:
    def packed(request: Request, source: str) -> str:
        return sha256(source.encode()).hexdigest() if request.namespace.endswith("variant") else source

    result = measured(tmp_path, Pretended(packed))

    assert [(finding.kind, finding.side) for finding in result.findings][:2] == [("ok", "base"), ("doubt", "variant")]
    assert not result.is_wrong


def test_a_named_file_is_edited(tmp_path: Path) -> None:
    wanted = job(context(tmp_path))

    assert measured(tmp_path, Pretended(), wanted._replace(edit="src/b.py"), ["code"]).edited == "src/b.py"


@pytest.mark.parametrize(
    ("edit", "dockerfile", "message"),
    [
        pytest.param("no.py", DOCKERFILE, "is not in the context of app", id="a file that is not there"),
        pytest.param("src/main.py", "FROM x\nCOPY big .\n", "do not both copy", id="a file that is not copied"),
        pytest.param("", "FROM x\nCOPY nothing .\n", "found no source file of app", id="nothing to edit"),
    ],
)
def test_what_cannot_be_edited(tmp_path: Path, edit: str, dockerfile: str, message: str) -> None:
    wanted = job(context(tmp_path), dockerfile)._replace(edit=edit)

    with pytest.raises(UnusableInput, match=message):
        measured(tmp_path, Pretended(), wanted)


def test_without_a_manifest_there_is_no_such_scenario(tmp_path: Path) -> None:
    folder = context(tmp_path)
    (folder / "requirements.txt").unlink()

    result = measured(tmp_path, Pretended(), job(folder)._replace(replacements=()))

    assert result.scenarios == ["cold", "nochange", "code", "dockerfile"]
    assert "no manifest" in result.notes[0]


def test_the_last_instruction_of_the_stage_that_is_built_changes(tmp_path: Path) -> None:
    job_side = job(tmp_path, "FROM x AS a\nRUN y\nFROM z").sides["variant"]

    assert job_side.with_label("M") == "FROM x AS a\nRUN y\nFROM z\nLABEL cvbench=M\n"
    assert job_side._replace(build=job_side.build._replace(target="A")).with_label("M") == (
        "FROM x AS a\nRUN y\nLABEL cvbench=M\nFROM z"
    )


def test_a_copy_is_of_links_but_for_what_somebody_may_be_writing(tmp_path: Path) -> None:
    folder = context(tmp_path / "c")
    (folder / "link").symlink_to("src")
    os.mkfifo(folder / "pipe")
    os.utime(folder / "src/main.py", (1, 1))

    with WorkFolder(RUN) as place:
        tree = place.copy_of("x", str(folder), lambda path: path == "big")
        names = sorted(found.path for found in tree.files())
        copy = Path(tree.path)
        assert names == ["requirements.txt", "src/b.py", "src/main.py"]
        assert (copy / "src/main.py").samefile(folder / "src/main.py")
        assert not (copy / "requirements.txt").samefile(folder / "requirements.txt")
        assert (copy / "link").readlink() == Path("src")
        tree.replace("src/main.py", "new")
        tree.replace("src/main.py", "newer")
        assert (folder / "src/main.py").read_text() == "x = 1\n"
        tree.restore("src/main.py")
        assert (copy / "src/main.py").stat().st_mtime == 1
        tree.renew()
        assert not copy.exists()
        assert tree.read("src/main.py") == "x = 1\n"
        assert tree.read("link") is None
