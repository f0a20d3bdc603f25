"""The command line: typer options in, one call, an exit code out.

The table in `app.py` names the file of each command. `fast_migrate` reads the common call without loading typer.
"""

from __future__ import annotations

import gc
import os
import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line and leave with the exit code of DESIGN.md section 5."""
    # A run makes many objects and no cycles worth looking for; the process ends soon.
    gc.disable()
    from composevariant.cli.lazy_import import import_lazily

    import_lazily("inspect")  # before anything of ours, nearly all of which imports dataclasses
    code = run_cli(sys.argv[1:])
    # What was said is flushed, and files are closed and synced. Taking the trees apart object by object would cost a
    # fifth of the run.
    os._exit(code)


def run_cli(arguments: list[str]) -> int:
    """Run one command; gives its exit code. Whatever goes wrong is said on stderr, never as a traceback."""
    from composevariant.commands.terminal import print_error
    from composevariant.errors import ComposeVariantError

    try:
        code = _command(_folders_last(arguments))
    except ComposeVariantError as error:
        print_error(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort: a bug must not look like a finding
        return _unexpected(error)
    return code if isinstance(code, int) else 0


def _command(arguments: list[str]) -> object:
    from composevariant.cli.fast_migrate import parse_migrate

    call = parse_migrate(arguments)
    if call is not None:
        from composevariant.commands.migrate import migrate

        return migrate(*call)
    from composevariant.cli.app import app

    return app(arguments, prog_name="composevariant", standalone_mode=False)


def _folders_last(arguments: list[str]) -> list[str]:
    """`-C DIR COMMAND` as with git and make, also written `-CDIR COMMAND`: the same as `COMMAND -C DIR`."""
    at = 0
    while at < len(arguments) and arguments[at].startswith("-C"):
        at += 2 if arguments[at] == "-C" else 1
    if arguments[at : at + 1] == [] or arguments[at].startswith("-"):
        return arguments
    return [arguments[at], *arguments[:at], *arguments[at + 1 :]]


def _unexpected(error: Exception) -> int:
    from typer import Abort, Exit, TyperException

    from composevariant.commands.terminal import print_error
    from composevariant.errors import INTERNAL, UNUSABLE

    if isinstance(error, Exit):
        return error.exit_code
    if isinstance(error, Abort):
        return INTERRUPTED
    if isinstance(error, TyperException):
        show = getattr(error, "show", None)  # a usage error shows how the command is called
        if show is not None:
            show()
        else:
            print_error(str(error))
        return UNUSABLE
    if os.environ.get("COMPOSEVARIANT_DEBUG"):
        raise error
    print_error(f"internal error: {type(error).__name__}: {error}; nothing was written")
    print_error("this is a bug; COMPOSEVARIANT_DEBUG=1 shows the traceback for a report")
    return INTERNAL
