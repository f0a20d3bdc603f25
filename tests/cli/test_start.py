"""What a call loads when it starts."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "import sys; sys.argv = ['composevariant', *sys.argv[1:]]; from composevariant.cli import main; main()"


def python(script: str, *arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True, cwd=folder
    )


def test_a_module_that_is_loaded_later_is_the_real_one_at_the_first_look() -> None:
    script = (
        "import sys; from composevariant.cli.lazy_import import import_lazily; import_lazily('inspect')\n"
        "import dataclasses, inspect as stand_in\n"
        "print('ast' in sys.modules)\n"
        "print(stand_in.signature(lambda a: a), type(sys.modules['inspect']).__name__)\n"
        "from inspect import Signature\n"
        "import inspect\n"
        "print(inspect is stand_in, inspect.Signature is stand_in.Signature is Signature)\n"
    )

    assert python(script).stdout == "False\n(a) module\nFalse True\n"


def test_what_is_there_already_is_left_alone() -> None:
    script = (
        "import inspect; from composevariant.cli.lazy_import import import_lazily; import_lazily('inspect')\n"
        "import sys; print(sys.modules['inspect'] is inspect)\n"
    )

    assert python(script).stdout == "True\n"


def test_a_plain_call_does_not_load_it(tmp_path: Path) -> None:
    base = "services:\n  a:\n    image: x\n    volumes: [logs:/var/log/filebeat]\nvolumes: {logs: {}}\n"
    (tmp_path / "docker-compose.yml").write_text(base)
    leaving = "import os; os._exit = lambda code: print('ast' in sys.modules)"

    ran = python(f"{leaving}; {MAIN}", "migrate", "--dry-run", folder=tmp_path)

    wanted = sys.version_info < (3, 13)  # from then on, dataclasses look into it themselves
    assert ran.stdout.splitlines()[-1] == str(not wanted)


def test_the_help_still_works() -> None:
    assert "Commands:" in python(MAIN, "--help").stdout
