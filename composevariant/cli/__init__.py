"""The command line: parse the options, call the command and return its exit code.

The table in `app.py` names the module of each command. `fast_migrate` parses plain `migrate` calls without typer. The
work of the commands is in `composevariant.commands`. `main` is the entry point of the installed program.
"""

from __future__ import annotations

import gc
import os
import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit the process with one of the exit codes in docs/design.md."""
    # A run creates many objects and few reference cycles, and the process ends soon.
    gc.disable()
    from composevariant.cli.lazy_import import import_lazily

    import_lazily("inspect")  # before our own modules, nearly all of which import dataclasses
    code = run_cli(sys.argv[1:])
    # Output is flushed, and files are closed and synced. Freeing the trees object by object would take a fifth of
    # the run.
    os._exit(code)


def run_cli(arguments: list[str]) -> int:
    """Run one command and return its exit code. Errors are printed to stderr, never as a traceback."""
    from composevariant.commands.terminal import print_error
    from composevariant.errors import ComposeVariantError

    try:
        code = _run_command(_move_folders_last(arguments))
    except ComposeVariantError as error:
        print_error(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a bug must not exit with the code for differences
        return _report_exception(error)
    return code if isinstance(code, int) else 0


def _run_command(arguments: list[str]) -> object:
    from composevariant.cli.fast_migrate import parse_migrate

    call = parse_migrate(arguments)
    if call is not None:
        from composevariant.commands.migrate import migrate

        return migrate(*call)
    from composevariant.cli.app import app

    return app(arguments, prog_name="composevariant", standalone_mode=False)


def _move_folders_last(arguments: list[str]) -> list[str]:
    """Turn `-C DIR COMMAND` and `-CDIR COMMAND`, which git and make accept, into `COMMAND -C DIR`."""
    at = 0
    while at < len(arguments) and arguments[at].startswith("-C"):
        at += 2 if arguments[at] == "-C" else 1
    if arguments[at : at + 1] == [] or arguments[at].startswith("-"):
        return arguments
    return [arguments[at], *arguments[:at], *arguments[at + 1 :]]


def _report_exception(error: Exception) -> int:
    from typer import Abort, Exit, TyperException

    from composevariant.commands.terminal import print_error
    from composevariant.errors import INTERNAL, UNUSABLE

    if isinstance(error, Exit):
        return error.exit_code
    if isinstance(error, Abort):
        return INTERRUPTED
    if isinstance(error, TyperException):
        show = getattr(error, "show", None)  # a usage error prints the usage of the command
        if show is not None:
            show()
        else:
            print_error(str(error))
        return UNUSABLE
    if os.environ.get("COMPOSEVARIANT_DEBUG"):
        raise error
    print_error(f"internal error: {type(error).__name__}: {error}; nothing was written")
    print_error("this is a bug, please report it; set COMPOSEVARIANT_DEBUG=1 to see the traceback")
    return INTERNAL
