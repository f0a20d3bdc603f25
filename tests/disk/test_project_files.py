"""Reading with care, writing all or nothing."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from composevariant.disk.project_files import FileToWrite, ProjectFiles
from composevariant.disk.recorded_files import RecordedFiles
from composevariant.errors import UnusableInput

if TYPE_CHECKING:
    from pathlib import Path


def test_a_byte_order_mark_is_taken_off_and_remembered(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes("\ufeffa: 1\r\n".encode())
    files = ProjectFiles(str(tmp_path))

    source = files.read("a.yml")

    assert source is not None
    assert (source.name, source.text, files.has_bom("a.yml")) == ("a.yml", "a: 1\r\n", True)


def test_a_file_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert ProjectFiles(str(tmp_path)).read("a.yml") is None


def test_what_is_not_utf_8_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(b"a: 1\nb: caf\xe9\n")

    with pytest.raises(UnusableInput) as raised:
        ProjectFiles(str(tmp_path)).read("a.yml")

    assert str(raised.value) == "a.yml:2:7: not UTF-8 (byte 0xe9)\n  hint: save the file as UTF-8"


def test_a_folder_in_the_place_of_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.yml").mkdir()

    with pytest.raises(UnusableInput, match=r"^a\.yml cannot be read"):
        ProjectFiles(str(tmp_path)).read("a.yml")


def test_writing_keeps_the_mode_of_the_file_and_leaves_no_temporary_one(tmp_path: Path) -> None:
    target = tmp_path / "a.yml"
    target.write_text("old")
    target.chmod(0o640)

    ProjectFiles(str(tmp_path)).write([FileToWrite("a.yml", "new\r\n")])

    assert target.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["a.yml"]


def test_when_one_of_several_files_cannot_be_written_none_is(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("old")
    (tmp_path / "blocked").write_text("a file, where a folder would be needed")

    with pytest.raises(UnusableInput, match="nothing was changed"):
        ProjectFiles(str(tmp_path)).write([FileToWrite("a.yml", "new"), FileToWrite("blocked/b.yml", "new")])

    assert (tmp_path / "a.yml").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yml", "blocked"]


def test_files_already_replaced_come_back_when_a_later_one_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("old")
    replace = os.replace

    def fails_on_b(source: str, target: str) -> None:
        if target.endswith("b.yml"):
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fails_on_b)
    with pytest.raises(UnusableInput, match="no space left on device; nothing was changed"):
        ProjectFiles(str(tmp_path)).write(
            [FileToWrite("a.yml", "new"), FileToWrite("b.yml", "new"), FileToWrite("c.yml", "new")]
        )

    assert [(tmp_path / name).read_text() for name in ("a.yml", "b.yml")] == ["old", "old"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yml", "b.yml"]


def test_files_already_replaced_come_back_when_the_run_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("old")
    replace = os.replace

    def interrupted_at_b(source: str, target: str) -> None:
        if target.endswith("b.yml"):
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupted_at_b)
    with pytest.raises(KeyboardInterrupt):
        ProjectFiles(str(tmp_path)).write([FileToWrite("a.yml", "new"), FileToWrite("b.yml", "new")])

    assert [(tmp_path / name).read_text() for name in ("a.yml", "b.yml")] == ["old", "old"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yml", "b.yml"]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yml"
    path.write_text("a: 1\n")
    fstat = os.fstat
    seen: list[os.stat_result] = []

    def written_in_between(descriptor: int) -> os.stat_result:
        if seen:
            path.write_text("a: 1\nb: 2\n")
        seen.append(fstat(descriptor))
        return seen[-1]

    monkeypatch.setattr(os, "fstat", written_in_between)
    with pytest.raises(UnusableInput, match="it changed while it was read"):
        ProjectFiles(str(tmp_path)).read("a.yml")


def test_operations_see_files_relative_to_the_folder_of_the_base(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "Dockerfile").write_text("FROM a\n")
    seen = RecordedFiles(ProjectFiles(str(tmp_path)), "deploy")

    assert seen.read_text("Dockerfile") == "FROM a\n"
    assert seen.is_file("Dockerfile")
    assert not seen.is_file("Dockerfile.fast")
    assert seen.seen == {"Dockerfile": "FROM a\n", "Dockerfile.fast": None}


def test_what_reports_glance_at_is_not_remembered_and_nothing_but_a_text_of_common_size(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "a.sh").write_text("a\n")
    (tmp_path / "b" / "large").write_text("a" * (1 << 20) + "a")
    (tmp_path / "link").symlink_to("a.sh")
    os.mkfifo(tmp_path / "pipe")
    seen = RecordedFiles(ProjectFiles(str(tmp_path)), "")

    assert seen.inside("") == (["a.sh", "pipe"], ["b"])
    assert seen.inside("a.sh") == ([], [])
    assert seen.glance("a.sh") == "a\n"
    assert [seen.glance(path) for path in ("b/large", "pipe", "b", "c")] == [None] * 4
    assert seen.seen == {}
