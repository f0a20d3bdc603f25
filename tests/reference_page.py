"""The page docs/reference.md, made of the schemas: `python -m tests.reference_page > docs/reference.md`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

_SCHEMAS: Final = Path(__file__).parents[1] / "schemas"
_ABOVE: Final = """\
# Reference of the keys

After reading this page, you know every key of a project file and an overlay. [Overlays](overlays.md) and
[sidecars](sidecars.md) show them in use. The page is generated from the schemas: `python -m tests.reference_page`.

"""


def page() -> str:
    """The whole page."""
    project, overlay = (json.loads((_SCHEMAS / f"{name}.schema.json").read_text()) for name in ("project", "overlay"))
    variant = {
        name: value
        for name, value in project["$defs"]["variant"]["properties"].items()
        if not _is_overlay(name, overlay)
    }
    parts = [
        _section("composevariant.yml", project["description"], project["properties"], project),
        _section("variants.NAME", "The keys of an overlay, and these:", variant, project),
        _section("An overlay", overlay["description"], overlay["properties"], overlay),
    ]
    for name in ("strip", "remove", "dockerfiles", "each", "add", "conditions"):
        found = overlay["$defs"][name]
        title = {"conditions": "A selector"}.get(name, f"An item of {name}" if name != "dockerfiles" else name)
        parts.append(_section(title, found.get("description", ""), found["properties"], overlay))
    return _ABOVE + "\n".join(parts)


def _is_overlay(name: str, overlay: dict[str, Any]) -> bool:
    return name in overlay["properties"]


def _section(title: str, description: str, properties: dict[str, Any], schema: dict[str, Any]) -> str:
    rows = [f"| `{name}` | {_kind(value, schema)} | {_told(value, schema)} |" for name, value in properties.items()]
    return "\n".join([f"## {title}", "", description, "", "| key | value | meaning |", "|---|---|---|", *rows, ""])


def _resolved(value: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = value.get("$ref", "")
    return {**schema["$defs"][reference.rpartition("/")[2]], **value} if reference.startswith("#/") else value


def _kind(value: dict[str, Any], schema: dict[str, Any]) -> str:
    value = _resolved(value, schema)
    if "enum" in value:
        return " or ".join(f"`{word}`" for word in value["enum"])
    kind = value.get("type")
    if kind == "array":
        return "a list"
    if kind == "object":
        return "a mapping"
    forms = [_kind(form, schema) for form in (*value.get("anyOf", ()), *value.get("oneOf", ()))]
    if forms:
        return " or ".join(dict.fromkeys(forms))
    names: dict[Any, str] = {"string": "text", "boolean": "`true` or `false`", "integer": "a number", "null": "nothing"}
    kinds = kind if isinstance(kind, list) else [kind]
    return " or ".join(names.get(each, "anything") for each in kinds)


def _told(value: dict[str, Any], schema: dict[str, Any]) -> str:
    value = _resolved(value, schema)
    default = f" Default: `{json.dumps(value['default'])}`." if "default" in value else ""
    return f"{value.get('description', '')}{default}".replace("|", "\\|").replace("\n", " ").strip()


if __name__ == "__main__":
    sys.stdout.write(page())
