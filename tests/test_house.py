"""The shape of the house (DESIGN.md section 3), read off the imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import composevariant

PACKAGE = Path(composevariant.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = (
    ("source", "splices", "patterns", "errors", "scalars", "tree", "align", "shipped", "messages"),
    ("yamltext",),
    (
        "compose",
        "paths",
        "path_syntax",
        "tree_edits",
        "wildcards",
        "selectors",
        "fields",
        "changes",
        "sharing",
        "findings",
    ),
    ("overlay", "overlay_add", "overlay_yaml", "model", "dockerfile", "sidecars", "operations", "validation", "header"),
    (
        "project",
        "variants",
        "bases",
        "outputs",
        "beside",
        "proposal",
        "pipeline",
        "preview",
        "bench",
        "files",
        "build_files",
        "environment",
        "drift",
        "inference",
        "overriding",
    ),
    ("workshop", "migration", "merging", "writing"),
    ("cli", "__main__"),
)
"""From the ground up: a module imports from its own floor and from those below."""


def floor_of(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if name.split(".")[1] in rooms)


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    """The modules that a file imports when it runs, inside functions too; imports for types alone do not count."""
    tree = ast.parse(path.read_text())
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_imports_run_in_one_direction(path: Path) -> None:
    name = module_name(path)
    if name == "composevariant":
        return
    upward = {
        imported
        for imported in imports_of(path)
        if imported.startswith("composevariant.") and floor_of(imported) > floor_of(name)
    }

    assert not upward


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        pytest.param("typer", {"cli"}, id="only cli knows typer"),
        pytest.param("ruamel", {"yamltext"}, id="only yamltext knows ruamel.yaml"),
        pytest.param("jsonschema", {"validation"}, id="only validation knows jsonschema"),
        pytest.param("deepdiff", {"preview"}, id="only preview knows deepdiff"),
    ],
)
def test_a_library_has_one_room(library: str, rooms: set[str]) -> None:
    users = {
        module_name(path).split(".")[1]
        for path in MODULES
        if any(name.split(".")[0] == library for name in imports_of(path))
    }

    assert users == rooms


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_only_files_and_what_is_shipped_touch_the_disk(path: Path) -> None:
    if module_name(path) in ("composevariant.files", "composevariant.shipped"):
        return
    program_data = {"composevariant.validation.schema", "composevariant.sidecars.presets", "composevariant.cli"}
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert module_name(path) in program_data or "open" not in calls


def test_the_help_loads_nothing_heavy() -> None:
    heavy = ("ruamel", "jsonschema", "deepdiff", "rich", "pydantic")
    script = (
        "import sys; from composevariant.cli import run; run(['--help']); "
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert "Commands:" in ran.stdout
    assert ran.stderr == "[]\n"


def test_a_plain_migrate_loads_neither_typer_nor_what_words_failures(tmp_path: Path) -> None:
    base = "services:\n  a:\n    image: x\n    volumes: [logs:/var/log/filebeat]\nvolumes: {logs: {}}\n"
    (tmp_path / "docker-compose.yml").write_text(base)
    heavy = ("typer", "ruamel", "jsonschema", "deepdiff", "rich", "pydantic")
    script = (
        "import sys; from composevariant.cli import run; code = run(['migrate', '--dry-run']); "
        f"print(code, [name for name in {heavy!r} if name in sys.modules])"
    )

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)

    assert ran.stdout.splitlines()[-1] == "0 []"


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_patterns_that_are_compiled_later_can_be_compiled(path: Path) -> None:
    text = path.read_text()
    if "= pattern(" not in text or module_name(path) == "composevariant.patterns":
        return
    names = re.findall(r"^(\w+)(?:: Final)? = pattern\(", text, re.MULTILINE)

    assert all(getattr(import_module(module_name(path)), name).pattern for name in names)
    assert names
