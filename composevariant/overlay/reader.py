"""Read overlay YAML. All errors in a file are reported together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from composevariant.compose import SECTIONS
from composevariant.errors import ComposeVariantError, UnusableInput
from composevariant.overlay.operations import Compose, Dockerfiles, Each, Layer, Remove, Rename, Replace, Strip
from composevariant.overlay.selectors import Selector, parse_selector
from composevariant.tree import Fields, Mapping, Scalar, Value, go_text, one_of, raise_in_order

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from composevariant.overlay.operations import Add, Operation
    from composevariant.source import Location
    from composevariant.tree import Field, Node, PathPattern
    from composevariant.yamltext import Document

Variables = tuple[tuple[str, str | None], ...]
"""Variables with their values, in order. The value None unsets a variable from an earlier layer."""


class OverlayKeys(NamedTuple):
    """The overlay keys in an overlay file or in a variant in the project file."""

    layer: Layer
    description: str = ""
    env: Variables = ()
    sidecars: tuple[tuple[str, Mapping], ...] = ()


def load_overlay(document: Document, name: str) -> OverlayKeys:
    """Read an overlay file. An empty file is an overlay without operations.

    Raises:
        UnusableInput: The file is not a valid overlay. Several problems are raised as one `SeveralErrors`.
    """
    problems: list[ComposeVariantError] = []
    fields = Value(document.root or Mapping(), "", problems).optional_fields()
    fields.check_keys(OVERLAY_KEYS, _KEYS_OF_VARIANTS)
    overlay = read_overlay(fields, name)
    raise_in_order(problems)
    return overlay


def read_overlay(fields: Fields, name: str) -> OverlayKeys:
    """Read the overlay keys of a mapping and ignore its other keys. Problems are added to the problems of `fields`."""
    operations = tuple(operation for key, reader in _OPERATIONS.items() for operation in fields.read(key, reader, ()))
    description = fields.read("description", Value.text, "")
    return OverlayKeys(
        Layer(name, operations), description, fields.read("env", _variables, ()), fields.read("sidecars", _presets, ())
    )


_STRIP_KEYS: Final = (
    "sidecar", "services", "except", "labels", "log_volumes", "shared_network", "prune_networks", "required",
)  # fmt: skip
_LABELS: Final[Callable[[Value], Literal["remove", "keep"]]] = one_of("remove", "keep")


def _strips(value: Value) -> list[Operation]:
    return [_strip(item) for item in value.items("sidecars")]


def _strip(value: Value) -> Strip:
    if isinstance(value.node, Scalar):
        return Strip(value.text(), location=value.location)
    fields = value.fields()
    fields.check_keys(_STRIP_KEYS)
    return Strip(
        sidecar=fields.need("sidecar", Value.text, ""),
        services=fields.read("services", Value.texts, ()),
        excepted=fields.read("except", Value.texts, ()),
        labels=fields.read("labels", _LABELS, None),
        log_volumes=fields.read("log_volumes", one_of("keep", "remove"), "keep"),
        shared_network=fields.read("shared_network", one_of("refuse", "adopt"), "refuse"),
        prune_networks=fields.read("prune_networks", Value.flag, default=False),
        required=fields.read("required", Value.flag, default=False),
        location=value.location,
    )


def _removes(value: Value) -> tuple[Remove, ...]:
    return tuple(_remove(item) for item in value.items("paths"))


def _remove(value: Value) -> Remove:
    if isinstance(value.node, Scalar):
        return Remove(value.path(), location=value.location)
    fields = value.fields()
    fields.check_keys(("path", "missing", "cascade"))
    return Remove(
        path=fields.need("path", Value.path, ()),
        missing=fields.read("missing", one_of("error", "ok"), "error"),
        cascade=fields.read("cascade", Value.flag, default=True),
        location=value.location,
    )


def _dockerfiles(value: Value) -> tuple[Dockerfiles, ...]:
    fields = value.fields()
    fields.check_keys(("services", "suffix", "map", "missing", "replaces", "image", "platforms", "cache"))
    fields.need_one_of("suffix", "map", "platforms", "cache")
    default = Dockerfiles()
    swap = Dockerfiles(
        services=fields.read("services", parse_selector, None),
        suffix=fields.read("suffix", _suffix, None),
        map=fields.read("map", _dockerfile_map, ()),
        missing=fields.read("missing", one_of("error", "keep", "generate"), "error"),
        replaces=fields.read("replaces", Value.texts, default.replaces),
        image=fields.read("image", _image, None),
        platforms=fields.read("platforms", _platforms, ()),
        cache=fields.read("cache", _caches, ()),
        location=value.location,
    )
    return (swap,)


def _platforms(value: Value) -> tuple[str, ...]:
    platforms = value.texts()
    for platform in platforms:
        if not re.fullmatch(r"[a-z0-9]+(/[a-z0-9]+){1,2}", platform):
            value.refuse(f'holds "{platform}", which is not a platform', "for example linux/arm64")
    return platforms


def _caches(value: Value) -> tuple[tuple[str, str], ...]:
    fields = value.fields()
    fields.check_keys(("registry",))
    return (("registry", fields.need("registry", Value.text, "")),)


def _suffix(value: Value) -> str:
    suffix = value.text()
    if "/" in suffix:
        value.refuse("must be the end of a file name, without a slash")
    return suffix


def _dockerfile_map(value: Value) -> tuple[tuple[str, str, Location | None], ...]:
    return tuple((field.key, field.value.text(), field.key_location) for field in value.fields().all())


def _image(value: Value) -> str:
    image = value.text()
    if "{image}" not in image:
        value.refuse("must contain {image}, the image name of the base", 'for example "{image}-fast"')
    return image


def _compose(value: Value) -> tuple[Compose, ...]:
    return (Compose(value.content(), value.location),)


def _each_items(value: Value) -> tuple[Each, ...]:
    return tuple(_each(item) for item in value.items("changes"))


def _each(value: Value) -> Each:
    fields = value.fields()
    fields.check_keys(("match", "merge", "remove", "replace", "expect"))
    fields.need_one_of("merge", "remove", "replace")
    at_least, at_most = fields.read("expect", _expect, (1, None))
    return Each(
        match=fields.need("match", parse_selector, Selector()),
        merge=fields.read("merge", Value.content, None),
        remove=fields.read("remove", _removes, ()),
        replace=fields.read("replace", _replaces, ()),
        at_least=at_least,
        at_most=at_most,
        location=value.location,
    )


def _expect(value: Value) -> tuple[int, int | None]:
    text = _whole_number(value.node) if isinstance(value.node, Scalar) else ""
    written = re.fullmatch(r"([0-9]+)(\+?)", text)
    if written is None:
        value.refuse("must be a number of services: 3 for exactly three, 1+ for at least one, 0+ for any number")
        return 1, None
    number, or_more = written.groups()
    return int(number), None if or_more else int(number)


def _whole_number(node: Scalar) -> str:
    """Return a scalar as text. As in JSON Schema, 3.0 is an integer, so it becomes 3."""
    number = node.meaning.value
    return str(int(number)) if isinstance(number, float) and number.is_integer() else go_text(node.meaning, node.text)


def _renames(value: Value) -> tuple[Rename, ...]:
    return tuple(_rename(path, field) for path, field in value.fields().paths())


def _rename(path: PathPattern, field: Field) -> Rename:
    new = field.value.path()
    if not _is_name(path) or not _is_name(new) or path[0] != new[0]:
        field.value.refuse("must map one name to another in the same section, such as services.db: services.pg")
        return Rename("", "", "", field.key_location)
    if not re.fullmatch(r"[A-Za-z0-9._-]+", new[1].text):
        field.value.refuse("must be a name of letters, digits, dots, dashes and underscores")
    return Rename(path[0].text, path[1].text, new[1].text, field.key_location)


def _is_name(path: PathPattern) -> bool:
    named = len(path) == 2 and not any(step.wild for step in path)  # noqa: PLR2004
    return named and path[0].text in SECTIONS.values()


def _replaces(value: Value) -> tuple[Replace, ...]:
    return tuple(Replace(path, _exact(field.value), field.key_location) for path, field in value.fields().paths())


def _exact(value: Value) -> Node:
    if value.node.tag in ("!reset", "!override"):
        value.refuse(f"has the tag {value.node.tag}, but replace sets exactly what is written", "use remove or compose")
    return value.node


def _variables(value: Value) -> Variables:
    return tuple((field.key, _variable(field)) for field in value.fields().all())


def _variable(field: Field) -> str | None:
    """Read the value of a variable as Compose prints it. For example, `1.10` becomes `1.1`, but `yes` is unchanged."""
    _, location, value = field
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", field.key):
        value.problems.append(UnusableInput(f"{value.name} is not the name of a variable", location))
    scalar = value.scalar("text, a number, true or false, or null")
    return None if scalar is None or scalar.meaning.kind == "null" else go_text(scalar.meaning, scalar.text)


def _adds(value: Value) -> tuple[Add, ...]:
    from composevariant.overlay.add_reader import read_add

    return tuple(read_add(item) for item in value.items("sidecars"))


def _presets(value: Value) -> tuple[tuple[str, Mapping], ...]:
    from composevariant.overlay.add_reader import read_presets

    return read_presets(value)


_OPERATIONS: Final[dict[str, Callable[[Value], Sequence[Operation]]]] = {
    "strip": _strips,
    "remove": _removes,
    "rename": _renames,
    "dockerfiles": _dockerfiles,
    "compose": _compose,
    "each": _each_items,
    "replace": _replaces,
    "add": _adds,
}
"""The readers by key. Operations are applied in this order, regardless of the order of the keys in the file."""

OVERLAY_KEYS: Final = ("description", *_OPERATIONS, "sidecars", "env")
_KEYS_OF_VARIANTS: Final = dict.fromkeys(
    ("output", "as", "flatten", "extends", "overlays"),
    "belongs to a variant of the project file, not to an overlay file",
)
