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
from tests.doors import uses

PACKAGE = Path(composevariant.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

FLOORS = (
    ("source", "splices", "patterns", "errors", "scalars", "tree", "align", "disk", "messages"),
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
    (
        "overlay",
        "overlay_add",
        "overlay_yaml",
        "legacy_digest",
        "model",
        "dockerfile",
        "sidecars",
        "operations",
        "validation",
        "header",
    ),
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


BESIDE_THE_DOORS: dict[str, set[str]] = {
    # `_exit` ends the process at once: taking every object apart would cost a fifth of a run.
    "composevariant.cli": {"os._exit", "os.environ.get"},
    # A module of the standard library is loaded at the first look into it.
    "composevariant.cli.later": {"__import__"},
    # A standard stream whose reader has left is turned to the null device.
    "composevariant.cli.terminal": {"os.open", "os.devnull", "os.O_WRONLY", "os.dup2", "os.environ.get"},
    # The environment of the process, given to functions that take any environment.
    "composevariant.cli.completing": {"os.environ"},
    "composevariant.cli.exporting": {"os.environ"},
    "composevariant.cli.listing": {"os.environ"},
    "composevariant.cli.starting": {"os.environ"},
    "composevariant.cli.switching": {"os.environ"},
    "composevariant.cli.validating": {"os.environ"},
    "composevariant.workshop": {"os.environ"},
    # `~` in a build context is the home folder, as in Compose.
    "composevariant.operations.dockerfile_builds": {"posixpath.expanduser"},
    # An archive that is read from the output of `docker export`.
    "composevariant.bench.contents": {"tarfile.open"},
}
"""What touches the disk or the process outside of `disk`, and why."""


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_only_the_disk_package_touches_files_and_starts_programs(path: Path) -> None:
    name = module_name(path)
    if name.startswith("composevariant.disk"):
        return

    assert {what for _, what in uses(path.read_text())} == BESIDE_THE_DOORS.get(name, set())


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("disk/*.py")), ids=module_name)
def test_programs_are_started_in_one_module_that_opens_no_file(path: Path) -> None:
    found = uses(path.read_text())
    foreign = "files" if path.stem == "programs" else "programs"

    assert {what for door, what in found if door == foreign} <= {"os.environ"}


def test_pure_packages_read_nothing_but_data_of_the_package() -> None:
    pure = {room for floor in FLOORS[:4] for room in floor if room != "disk"} | {"preview", "inference", "pipeline"}
    users = {
        module_name(path)
        for path in MODULES
        if module_name(path) != "composevariant" and module_name(path).split(".")[1] in pure
        if any(name.startswith("composevariant.disk") for name in imports_of(path))
    }

    assert users == {"composevariant.sidecars.presets", "composevariant.validation.schema"}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param("open('x')", ["open"], id="open"),
        pytest.param("import io\nio.open('x')", ["io.open"], id="open of io"),
        pytest.param("from pathlib import Path\nPath('x').exists()", ["pathlib.Path"], id="a path"),
        pytest.param("import pathlib as p\np.Path('x') / 'y'", ["pathlib.Path"], id="a path under another name"),
        pytest.param("def f(x):\n    x.open()\n    x.write_text('')", [".open()", ".write_text()"], id="methods"),
        pytest.param("def f(x):\n    x.parent.mkdir()", [".mkdir()"], id="a method of what is no name"),
        pytest.param("import os\nos.replace(a, b)\nos.unlink(a)", ["os.replace", "os.unlink"], id="functions of os"),
        pytest.param("from os import remove as r\nr('x')", ["os.remove"], id="a function under another name"),
        pytest.param("import os.path\nos.path.exists('x')", ["os.path.exists"], id="os.path"),
        pytest.param("from os import path\npath.isfile('x')", ["os.path.isfile"], id="os.path by its last name"),
        pytest.param("from posixpath import realpath", ["posixpath.realpath"], id="only imported"),
        pytest.param("import os\nmap(os.stat, x)", ["os.stat"], id="not called"),
        pytest.param("import os\nx = os.environ['HOME']", ["os.environ"], id="the environment"),
        pytest.param("def f():\n    import shutil\n    shutil.copy(a, b)", ["shutil.copy"], id="inside a function"),
        pytest.param("import tempfile\ntempfile.mkdtemp()", ["tempfile.mkdtemp"], id="tempfile"),
        pytest.param("import subprocess\nsubprocess.run(x)", ["subprocess.run"], id="subprocess"),
        pytest.param("import os\nos.execvpe(a, b, c)", ["os.execvpe"], id="exec"),
        pytest.param("from shutil import which\nwhich('x')", ["shutil.which"], id="which"),
        pytest.param("__import__('os').unlink(x)", ["__import__", ".unlink()"], id="__import__"),
        pytest.param(
            "from importlib import import_module\nimport_module(f'a.{x}')", ["import_module(...)"], id="a name made up"
        ),
        pytest.param(
            "import importlib\nimportlib.import_module('subprocess')", ["subprocess"], id="a module by its name"
        ),
        pytest.param("from importlib import import_module\nimport_module('json')", [], id="an innocent module"),
        pytest.param("import os\nos.path.join(a, b)\nos.path.dirname(a)", [], id="texts of os.path"),
        pytest.param("from posixpath import join, normpath\nnormpath(join(a, b))", [], id="texts of posixpath"),
        pytest.param("def f(text):\n    text.replace('a', 'b').split()", [], id="replace of a text"),
        pytest.param("def f(files):\n    files.read_text('x')\n    files.exists('x')", [], id="files that are given"),
        pytest.param("from shutil import get_terminal_size", [], id="the size of the terminal"),
        pytest.param("import re\nre.compile('open').match('x')", [], id="other modules"),
        pytest.param("from composevariant.disk import run\nrun(['git'])", [], id="the door itself"),
    ],
)
def test_the_search_for_doors_finds(code: str, found: list[str]) -> None:
    assert sorted(what for _, what in uses(code)) == sorted(found)


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
