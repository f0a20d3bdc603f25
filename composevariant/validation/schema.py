"""The Compose schema, which is the copy in the `check-jsonschema` package or a file given by the user."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeAlias, cast

from composevariant.disk import read_packaged
from composevariant.errors import UnusableInput
from composevariant.findings import Problem, place_of, shown
from composevariant.source import Location
from composevariant.tree import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from composevariant.tree import Node, Path

Schema: TypeAlias = dict[str, object]
"""A JSON schema as parsed by `json`."""

_PACKAGE: Final = "check_jsonschema"
_VENDORED: Final = "builtin_schemas/vendor/compose-spec.json"
_UNKNOWN_DRAFTS: Final = ("draft-03", "draft-04")
_HINT: Final = "reinstall composevariant with its dependencies, or name a Compose schema with --schema"


def installed_schema() -> Schema:
    """Return the Compose schema of the installed `check-jsonschema`, without importing the package, which is slow.

    Raises:
        UnusableInput: The package or the schema in the package is missing or broken.
    """
    try:
        source = read_packaged(_VENDORED, _PACKAGE)
    except ModuleNotFoundError:
        raise UnusableInput(
            "the package check-jsonschema, which contains the Compose schema, is not installed", hint=_HINT
        ) from None
    except FileNotFoundError:
        raise UnusableInput("the Compose schema is not in the installed package check-jsonschema", hint=_HINT) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableInput(f"the Compose schema of check-jsonschema cannot be read: {error}", hint=_HINT) from error
    return _parse(source.text, source.name, _HINT)


def given_schema(text: str, name: str) -> Schema:
    """Return the schema in a file given by the user, after checking that it is a valid JSON schema (0.1 s).

    Raises:
        UnusableInput: The text is not JSON, is not a JSON schema, or uses an unsupported draft.
    """
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import Draft202012Validator, validator_for

    hint = "--schema takes a JSON Schema of draft 6 or newer, such as compose-spec.json of the Compose project"
    schema = _parse(text, name, hint)
    if any(draft in str(schema.get("$schema")) for draft in _UNKNOWN_DRAFTS):
        raise UnusableInput(f"{name} uses a draft of JSON Schema that is too old", hint=hint)
    try:
        validator_for(schema, default=Draft202012Validator).check_schema(schema)
    except SchemaError as error:
        raise UnusableInput(f"{name} is not a JSON schema: {error.json_path}: {error.message}") from error
    return schema


def _parse(text: str, name: str, hint: str) -> Schema:
    try:
        schema: object = json.loads(text)
    except json.JSONDecodeError as error:
        place = Location(name, error.lineno, error.colno)
        raise UnusableInput(f"this is not JSON: {error.msg}", place, hint) from error
    except RecursionError as error:
        raise UnusableInput(f"{name} is nested too deeply to be a schema", hint=hint) from error
    if not isinstance(schema, dict):
        raise UnusableInput(f"{name} is not a JSON schema: it is not an object", hint=hint)
    return cast("Schema", schema)


# Settings that the installed schema allows but Docker Compose 2.40.3 does not know.

_SERVICE_KEYS: Final = ("pre_start", "umask")


def newer_settings(root: Mapping, services: Table[str, Mapping]) -> Iterator[Problem]:
    """Report each setting that is newer than Compose 2.40.3. That version refuses the file."""
    if root.entry("jobs"):
        yield _advice(root, ("jobs",))
    for name, service in services.items():
        for below in _newer_in_service(service):
            yield _advice(root, ("services", name, *below))


def _newer_in_service(service: Mapping) -> Iterator[Path]:
    for entry in service.entries:
        setting = entry.key.text
        if setting in _SERVICE_KEYS:
            yield (setting,)
        elif setting == "build" and _has(entry.value, "no_cache_filter"):
            yield setting, "no_cache_filter"
        elif setting == "networks" and isinstance(entry.value, Mapping):
            names = (name for name, value in entry.value.items() if _has(value, "use_service_name_alias"))
            yield from ((setting, name, "use_service_name_alias") for name in names)


def _has(node: Node, name: str) -> bool:
    return isinstance(node, Mapping) and any(entry.key.text == name for entry in node.entries)


def _advice(root: Mapping, path: Path) -> Problem:
    message = f"{shown(path)} is newer than Docker Compose 2.40.3, which refuses it; use a newer Compose or remove it"
    return Problem("schema.newer", "advice", path, message, place_of(root, path, at_key=True), (str(path[-1]),))
