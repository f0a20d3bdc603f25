"""Edits that leave a mark, and those of manifests that change nothing else."""

from __future__ import annotations

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.bench.marks import PATTERN, add_mark, manifest_edit, mark, rank

MARK = mark("0123abcd", 7)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        pytest.param(
            "src/main.rs",
            "fn main() {\n    run();\n}\n",
            'fn main() { std::hint::black_box("M");\n    run();\n}\n',
            id="a text that the optimiser must keep, at the start of main",
        ),
        pytest.param(
            "src/a.rs",
            "const fn one() -> u8 { 1 }\npub fn two(\n    x: u8,\n) -> u8 {\n    x\n}\n",
            'const fn one() -> u8 { 1 }\npub fn two(\n    x: u8,\n) -> u8 { std::hint::black_box("M");\n    x\n}\n',
            id="without main, at the start of the first function that is not const",
        ),
        pytest.param("src/b.rs", "mod a;", "mod a;\n// M\n", id="without a function, a comment"),
        pytest.param("a.py", "x = 1", 'x = 1\n_cvbench = "M"\n', id="a last line without an end gets one"),
        pytest.param(
            "a.TS",
            "export {}\n",
            'export {}\nObject.assign(globalThis, { cvbench: "M" });\n',
            id="a call that bundlers keep and TypeScript accepts",
        ),
        pytest.param("A.java", "class A {}\n", "class A {}\nclass M {}\n", id="a class, whose name a jar shows"),
        pytest.param("a.php", "<?php f();\n", "<?php f();\n// M\n", id="inside PHP"),
        pytest.param("a.php", "<?php f(); ?>\n<p>\n", "<?php f(); ?>\n<p>\n<?php /* M */ ?>\n", id="outside PHP"),
        pytest.param("a.css", "", "/* M */\n", id="an empty file"),
    ],
)
def test_an_edit_fits_the_language(name: str, before: str, after: str) -> None:
    edited = add_mark(name, before, MARK)

    assert edited == after.replace("M", MARK) if "main" not in after else edited == after.replace('"M"', f'"{MARK}"')
    assert rank(name, before) is not None


def test_go_keeps_a_text_that_it_cannot_know_to_be_unused() -> None:
    edited = add_mark("main.go", "package main\n", MARK) or ""

    assert f'if {MARK}off {{\n\t\tprintln("{MARK}")' in edited


@pytest.mark.parametrize("name", ["README.md", "logo.png", "Makefile", "data.json"])
def test_what_has_no_known_language_is_left_alone(name: str) -> None:
    assert add_mark(name, "x\n", MARK) is None
    assert rank(name, "x\n") is None


@given(st.text())
def test_every_edit_holds_the_mark_once_and_keeps_the_text(text: str) -> None:
    for name in ("a.js", "a.py", "a.rb", "a.html", "a.sql"):
        edited = add_mark(name, text, MARK) or ""
        assert PATTERN.findall(edited.encode()) == [MARK.encode()]
        assert edited.startswith(text)


def test_python_stays_python() -> None:
    ast.parse(add_mark("a.py", "def f():\n    return 1", MARK) or "")


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        pytest.param("app/Cargo.toml", "[package]\n", "[package]\n# M\n", id="a comment"),
        pytest.param("requirements.txt", "six", "six\n# M\n", id="behind a last line without an end"),
        pytest.param("package.json", '{\n  "name": "x"\n}\n', '{"x-cvbench": "M",\n  "name": "x"\n}\n', id="a key"),
        pytest.param("go.mod", "module x\n", "module x\n// M\n", id="a comment of go.mod"),
        pytest.param("pom.xml", "<project/>\n", "<project/>\n<!-- M -->\n", id="a comment of XML"),
    ],
)
def test_a_manifest_gets_other_bytes_and_the_same_dependencies(name: str, before: str, after: str) -> None:
    assert manifest_edit(name, before, "M") == after


def test_json_stays_json_and_other_files_are_no_manifests() -> None:
    assert json.loads(manifest_edit("package.json", '{"a": 1}', "M") or "") == {"x-cvbench": "M", "a": 1}
    assert manifest_edit("package.json", "{}", "M") is None
    assert manifest_edit("composer.json", '{"a": 1}', "M") is None
