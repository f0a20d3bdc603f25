"""Every setting below an attribute of a service or a resource that the installed Compose schema knows, with values.

The schema is walked, so that what is new in it is covered by itself. Where a text must have a form that no schema says,
`FORMS` has two of that form.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias, cast

from composevariant.validation.schema import installed_schema

Schema: TypeAlias = "dict[str, Any]"

SECTIONS: Final = {"services": "service", "networks": "network", "volumes": "volume", "secrets": "secret",
                   "configs": "config", "models": "model"}  # fmt: skip
DURATION: Final = ("5s", "1m30s")
FORMS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("interval", "timeout", "start_period", "start_interval"), DURATION),
    **dict.fromkeys(("delay", "monitor", "window"), DURATION),
    "memory": ("1g", "512m"),
    "cpus": ("0.5", "'1'"),
    "size": ("1g", "64m"),
    "shm_size": ("1g", "64m"),
    "subnet": ("10.1.0.0/16", "10.2.0.0/16"),
    "ip_range": ("10.1.1.0/24", "10.1.2.0/24"),
    "gateway": ("10.1.0.1", "10.1.0.2"),
    "ipv4_address": ("10.1.0.5", "10.1.0.6"),
    "rate": ("10", "'1k'", "1m"),
    "target": ("/x", "/y"),
    "path": ("./a", "./b"),
    "file": ("./a.json", "./sa"),
    "test": ("a b", "[CMD, a]", "[NONE]"),
    "tags": ("[a]", "['a:1', b]"),
    "ssh": ("[default]", "{a: /x}", "{default: , b: /y}"),
    "deploy.mode": ("replicated", "global"),
    "mode": ("0400", "'0444'", "256"),
    "aliases": ("[x]", "[x, y]"),
    "condition": ("service_started", "service_healthy"),
    "constraints": ("[node.role==manager]", "['a!=b', c==d]"),
    "devices": (
        "[{capabilities: [gpu]}]",
        "[{capabilities: [tpu], count: 2}]",
        "[{capabilities: [gpu], device_ids: ['0']}]",
    ),
    "external": ("true", "false", "{name: x}"),
    "published": ("'8080'", "8081"),
    "platforms": ("[linux/amd64]", "[linux/arm64]"),
}
_LISTS: Final = {
    "list_or_dict": ("{a: 1}", "{a: 2, b: x, c: }", "[a=2]", "[b, 'a=3']"),
    "extra_hosts": ("{h: 1.1.1.1}", "['h=2.2.2.2', 'g:3.3.3.3']", "{g: [4.4.4.4, 5.5.5.5]}"),
    "string_or_list": ("a", "[b, c]"),
    "list_of_strings": ("[a]", "[a, b]"),
    "command": ("a b", "[c]"),
    "ulimits": ("{nofile: 5}", "{nofile: {soft: 1, hard: 2}, nproc: 3}"),
}
NAMES: Final = {"networks": "na", "depends_on": "a", "models": "ma"}
"""The attributes of a service in which names stand, and the name that is tried."""
NEWER: Final = frozenset({"jobs", "pre_start", "umask"})
"""What the schema has and Docker Compose 2.40.3 has not."""


class Setting(NamedTuple):
    """A setting by its path below a service or resource, and the values that it is tried with."""

    section: str
    path: tuple[str, ...]
    values: tuple[str, ...]


def settings() -> list[Setting]:
    """All of them that stand below another one, or in a resource; attributes of services are in `crossed_pairs`."""
    schema = installed_schema()
    parts = cast("Schema", schema["$defs"] if "$defs" in schema else schema["definitions"])
    walk = _Walk(parts)
    found = [setting for section, part in SECTIONS.items() for setting in walk.settings(section, (), parts[part])]
    return [one for one in found if len(one.path) > (one.section == "services")]


class _Walk:
    def __init__(self, parts: Schema) -> None:
        self._parts = parts

    def settings(self, section: str, path: tuple[str, ...], schema: Schema) -> list[Setting]:
        """What is at and below a path."""
        found = [Setting(section, path, tuple(self.values(path, schema)))] if path else []
        below_it = self._properties(schema) or (
            {NAMES[path[-1]]: self._named(schema)} if path and path[-1] in NAMES else {}
        )
        for name, below in below_it.items():
            if name not in NEWER:
                found += self.settings(section, (*path, name), below)
        return found

    def _properties(self, schema: Schema) -> Schema:
        """The settings that a mapping has by name, in any of its forms."""
        if self._list_of(schema):
            return {}
        schema = self._followed(schema)
        found: Schema = dict(schema.get("properties", {}))
        for form in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
            found |= self._properties(form)
        return found

    def _named(self, schema: Schema) -> Schema:
        """What stands below names that users give."""
        forms = (schema, *schema.get("oneOf", ()))
        patterns = next(form["patternProperties"] for form in forms if "patternProperties" in form)
        named = self._followed(next(below for pattern, below in patterns.items() if not pattern.startswith("^x-")))
        return next((form for form in named.get("oneOf", ()) if "properties" in form), named)

    def values(self, path: tuple[str, ...], schema: Schema) -> list[str]:
        """Two or more values in each notation."""
        known = FORMS.get(".".join(path[-2:])) or FORMS.get(path[-1]) if path else None
        if known:
            return list(known)
        if listed := self._list_of(schema):
            return list(_LISTS[listed])
        schema = self._followed(schema)
        forms = (*schema.get("oneOf", ()), *schema.get("anyOf", ()))
        if forms:
            return list(dict.fromkeys(value for form in forms for value in self.values(path, form)))
        if "enum" in schema:
            return [f"'{word}'" if isinstance(word, str) else str(word).lower() for word in schema["enum"]][:3]
        types = schema.get("type", "object" if "properties" in schema else "string")
        kinds = [types] if isinstance(types, str) else list(types)
        return [value for kind in kinds for value in self._plain(kind, schema, mixed=len(kinds) > 1)]

    def _plain(self, kind: str, schema: Schema, *, mixed: bool) -> list[str]:
        match kind:
            case "string":
                return ["'3'"] if mixed else ["a", "'2'"]
            case "integer" | "number":
                return ["1", "2"] if kind == "integer" else ["1", "0.5"]
            case "boolean":
                return ["true", "false"]
            case "array":
                items = self.values((), schema.get("items", {"type": "string"}))[:2]
                return [f"[{items[0]}]", f"[{items[-1]}]", f"[{', '.join(items)}]"]
            case "object":
                return self._mappings(schema)
        return []

    def _mappings(self, schema: Schema) -> list[str]:
        parts = schema.get("properties") or dict.fromkeys(
            "ab", next(iter(schema.get("patternProperties", {}).values()), {})
        )
        required = schema.get("required", ())
        tried = {name: self.values((name,), part) for name, part in parts.items() if name not in NEWER}
        must = {name: tried[name] for name in required}
        firsts = [f"{{{', '.join(f'{key}: {values[0]}' for key, values in {**must, name: own}.items())}}}"
                  for name, own in tried.items() if own]  # fmt: skip
        last = ", ".join(
            f"{key}: {values[-1]}" for key, values in {**must, **dict(list(tried.items())[:1])}.items() if values
        )
        return [*dict.fromkeys([*firsts[:3], f"{{{last}}}"])]

    def _list_of(self, schema: Schema) -> str:
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        return name if name in _LISTS else ""

    def _followed(self, schema: Schema) -> Schema:
        return self._parts[str(schema["$ref"]).rpartition("/")[2]] if "$ref" in schema else schema
