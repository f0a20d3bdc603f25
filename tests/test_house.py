"""The shape of the package (docs/design.md, "Rooms"), read off the imports."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

import pytest

import composevariant
from tests.doors import uses

PACKAGE = Path(composevariant.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted(Path(__file__).parent.rglob("*.py"))

FLOORS: Final[tuple[tuple[str, ...], ...]] = (
    ("lazy_face", "messages", "source"),
    ("errors", "file_views"),
    ("text",),
    ("disk", "dockerfile", "tree"),
    ("compose", "yamltext"),
    ("compose.merge", "findings"),
    ("compose.files", "sidecars"),
    ("fast_dockerfile", "overlay", "validation"),
    ("operations", "project"),
    ("preview", "validation.advice"),
    ("bench", "inference"),
    ("variants",),
    ("commands",),
    ("cli",),
    ("__main__",),
)
"""The rooms from the ground up. A module imports from its own room and from lower floors, types included."""

ROOMS: Final = sorted((room for floor in FLOORS for room in floor), key=len, reverse=True)
WITHOUT_A_FACE: Final = frozenset({"cli", "commands"})
"""Each file of these rooms is a command, loaded by name from the table in `cli/app.py`; nobody imports the room."""


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    """The innermost room of a module; a module of the root is a room of its own."""
    inside = module.removeprefix("composevariant.")
    return next(room for room in ROOMS if inside == room or inside.startswith(f"{room}."))


class Import(NamedTuple):
    importer: str
    module: str
    only_types: bool


def imports_of(path: Path) -> list[Import]:
    """The modules that a file imports, inside functions too."""
    tree = ast.parse(path.read_text())
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found: list[Import] = []
    for node in ast.walk(tree):
        only_types = id(node) in for_types
        if isinstance(node, ast.ImportFrom) and node.module:
            found.append(Import(module_name(path), node.module, only_types))
        elif isinstance(node, ast.Import):
            found += [Import(module_name(path), alias.name, only_types) for alias in node.names]
    return found


IMPORTS: Final = [found for path in MODULES for found in imports_of(path)]
BETWEEN_ROOMS: Final = [
    found
    for found in IMPORTS
    if found.module.startswith("composevariant.")
    and found.importer != "composevariant"
    and room_of(found.importer) != room_of(found.module)
]


def test_every_module_is_in_a_room_and_every_room_exists() -> None:
    rooms = {room_of(module_name(path)) for path in MODULES if module_name(path) != "composevariant"}

    assert rooms == set(ROOMS)


def test_rooms_import_only_from_lower_floors() -> None:
    floors = {room: number for number, floor in enumerate(FLOORS) for room in floor}

    upwards = [
        f"{found.importer} imports {found.module}"
        for found in BETWEEN_ROOMS
        if floors[room_of(found.module)] >= floors[room_of(found.importer)]
    ]

    assert upwards == []


def test_rooms_import_each_other_through_their_faces() -> None:
    past_the_face = [
        f"{found.importer} imports {found.module}"
        for found in BETWEEN_ROOMS
        if found.module != f"composevariant.{room_of(found.module)}" and room_of(found.module) not in WITHOUT_A_FACE
    ]

    assert past_the_face == []


@pytest.mark.parametrize("room", [room for room in ROOMS if (PACKAGE / room.replace(".", "/")).is_dir()])
def test_the_face_of_a_room_describes_it_and_keeps_its_word(room: str) -> None:
    face = import_module(f"composevariant.{room}")
    names = getattr(face, "__all__", [])
    description = (face.__doc__ or "").strip()

    assert 2 <= len(description.splitlines()) <= 12
    assert all(getattr(face, name) is not None for name in names)
    assert names or room in WITHOUT_A_FACE


def test_faces_hand_out_to_type_checkers_what_they_hand_out_at_run_time() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        face = import_module(module_name(path))
        if "lazy_face" not in path.read_text():
            continue
        typed = {
            alias.name
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{face.__name__}.")
            for alias in node.names
        }
        assert typed == set(face.__all__)


def test_a_name_of_a_face_is_imported_by_another_room() -> None:
    """A face that hands out more than is asked for hides what a room is for."""
    asked = {
        (node.module, alias.name)
        for path in [*MODULES, *TESTS]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and path.name != "__init__.py"
        for alias in node.names
    }
    handed = {
        (f"composevariant.{room}", name)
        for room in ROOMS
        if room != "__main__"
        for name in getattr(import_module(f"composevariant.{room}"), "__all__", [])
    }

    assert handed - asked == set()


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
        found.importer.split(".")[1]
        for found in IMPORTS
        if found.module.split(".")[0] == library and not found.only_types
    }

    assert users == rooms


BESIDE_THE_DOORS: dict[str, set[str]] = {
    # `_exit` ends the process at once: taking every object apart would cost a fifth of a run.
    "composevariant.cli": {"os._exit", "os.environ.get"},
    # A name of a face is loaded at its first use.
    "composevariant.lazy_face": {"__import__"},
    # A module of the standard library is loaded at the first look into it.
    "composevariant.cli.lazy_import": {"__import__"},
    # A standard stream whose reader has left is turned to the null device.
    "composevariant.commands.terminal": {"os.open", "os.devnull", "os.O_WRONLY", "os.dup2", "os.environ.get"},
    # The environment of the process, given to functions that take any environment.
    "composevariant.cli.options": {"os.environ"},
    "composevariant.commands.list": {"os.environ"},
    "composevariant.commands.init": {"os.environ"},
    "composevariant.commands.switch": {"os.environ"},
    "composevariant.commands.validate": {"os.environ"},
    "composevariant.variants.open_project": {"os.environ"},
    # `~` in a build context is the home folder, as in Compose.
    "composevariant.operations.dockerfiles.builds": {"posixpath.expanduser"},
    # An archive that is read from the output of `docker export`.
    "composevariant.bench.marks": {"tarfile.open"},
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
    pure = {"tree", "yamltext", "overlay", "compose", "sidecars", "dockerfile", "fast_dockerfile", "operations"}
    pure |= {"validation", "preview", "inference"}
    users = {
        found.importer
        for found in IMPORTS
        if found.module.startswith("composevariant.disk") and not found.only_types
        if found.importer.split(".")[1] in pure
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
        "import sys; from composevariant.cli import run_cli; run_cli(['--help']); "
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
        "import sys; from composevariant.cli import run_cli; code = run_cli(['migrate', '--dry-run']); "
        f"print(code, [name for name in {heavy!r} if name in sys.modules])"
    )

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)

    assert ran.stdout.splitlines()[-1] == "0 []"


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_patterns_that_are_compiled_later_can_be_compiled(path: Path) -> None:
    text = path.read_text()
    if "= pattern(" not in text or module_name(path) == "composevariant.text.patterns":
        return
    names = re.findall(r"^(\w+)(?:: Final)? = pattern\(", text, re.MULTILINE)

    assert all(getattr(import_module(module_name(path)), name).pattern for name in names)
    assert names
