"""The project file `composevariant.yml`: the base and its variants."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from composevariant.errors import ComposeVariantError, UnusableInput, did_you_mean
from composevariant.overlay import OVERLAY_KEYS, Dockerfiles, Layer, OverlayKeys, Strip, read_overlay
from composevariant.tree import Mapping, Sequence, Value, one_of, raise_in_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.file_views import Sources
    from composevariant.source import Location
    from composevariant.tree import Field
    from composevariant.yamltext import Document


class Reference(NamedTuple):
    """The name of a file or variant, and the location of this name, or None for a name from the command line."""

    name: str
    location: Location | None = None


Form: TypeAlias = Literal["full", "override"]
"""Whether a variant is a complete file, or an override that Docker Compose merges into the base."""


class DeclaredVariant(NamedTuple):
    """A variant as declared in the project file, which is an overlay with a name."""

    name: str
    keys: OverlayKeys
    output: Reference | None = None
    extends: tuple[Reference, ...] = ()
    overlays: tuple[Reference, ...] = ()
    must_change: bool = False
    """Whether it is an error if the variant changes nothing."""
    location: Location | None = None
    form: Form = "full"
    flatten: bool = False


class Project(NamedTuple):
    """The contents of the project file."""

    variants: tuple[DeclaredVariant, ...] = ()
    base: tuple[Reference, ...] = ()
    base_is_list: bool = False
    default: Reference | None = None
    file: str | None = None
    """The name of the project file, or None if there is no project file."""

    def variant(self, name: str) -> DeclaredVariant | None:
        return next((variant for variant in self.variants if variant.name == name), None)


_FORM: Final[Callable[[Value], Form]] = one_of("full", "override")
PROJECT_FILES: Final = ("composevariant.yml", "composevariant.yaml")
RESERVED_NAMES: Final = ("base", "override")
VARIANT_KEYS: Final = (*OVERLAY_KEYS, "output", "as", "flatten", "extends", "overlays")

_BUILDKIT: Final = (("DOCKER_BUILDKIT", "1"), ("COMPOSE_DOCKER_CLI_BUILD", "1"))
FAST_SIDECAR: Final = "filebeat"
"""The preset of the sidecar that the built-in variant and the variant proposed by `init` strip."""
FAST_SIDECAR_TITLE: Final = "Filebeat"
"""The title in the preset, which is repeated here so that the preset need not be read at every start."""
_FAST: Final = Layer("fast", (Strip(FAST_SIDECAR), Dockerfiles(suffix=".fast", missing="keep")))
_FAST_KEYS: Final = OverlayKeys(_FAST, f"Fast local builds without {FAST_SIDECAR_TITLE}", _BUILDKIT)
BUILT_IN: Final = Project(variants=(DeclaredVariant("fast", _FAST_KEYS, must_change=True),))
"""The project that is used when there is no project file."""


def find_project(files: Sources) -> Project:
    """Return the project of a folder, or the built-in one if the folder has no project file.

    Raises:
        UnusableInput: The project file is invalid, or the folder has two project files.
    """
    found = [source for name in PROJECT_FILES if (source := files.read(name)) is not None]
    if not found:
        return BUILT_IN
    if len(found) > 1:
        raise UnusableInput(f"two project files: {' and '.join(PROJECT_FILES)}", None, "keep one of them")
    from composevariant.yamltext import parse

    return load_project(parse(found[0]))


def load_project(document: Document) -> Project:
    """Return the project that a parsed project file declares.

    Raises:
        UnusableInput: The file is invalid. Several problems are raised together as `SeveralErrors`.
    """
    problems: list[ComposeVariantError] = []
    fields = Value(document.root or Mapping(), "", problems).optional_fields()
    fields.check_keys(("base", "default", "variants"), dict.fromkeys(VARIANT_KEYS, "belongs under a name in variants"))
    project = Project(
        variants=fields.read("variants", _variants, ()),
        base=fields.read("base", _references, ()),
        base_is_list=isinstance(fields.mapping.get("base"), Sequence),
        default=fields.read("default", _reference, None),
        file=document.source.name,
    )
    problems.extend(_unknown_variants(project))
    raise_in_order(problems or _circular_extends(project))
    return project


def _reference(value: Value) -> Reference:
    return Reference(value.text(), value.location)


def _references(value: Value) -> tuple[Reference, ...]:
    return tuple(_reference(item) for item in value.one_or_more())


def _variants(value: Value) -> tuple[DeclaredVariant, ...]:
    return tuple(_variant(field) for field in value.fields().all())


def _variant(field: Field) -> DeclaredVariant:
    name, location, value = field
    wrong = wrong_name(name)
    if wrong:
        value.problems.append(UnusableInput(f"{value.name}: {wrong}", location))
    fields = value.optional_fields()
    fields.check_keys(VARIANT_KEYS)
    return DeclaredVariant(
        name=name,
        keys=read_overlay(fields, name),
        output=fields.read("output", _reference, None),
        extends=fields.read("extends", _list_of_references, ()),
        overlays=fields.read("overlays", _list_of_references, ()),
        location=location,
        form=fields.read("as", _FORM, "full"),
        flatten=fields.read("flatten", Value.flag, False),  # noqa: FBT003 - the default of a flag,
    )


def _list_of_references(value: Value) -> tuple[Reference, ...]:
    return tuple(_reference(item) for item in value.items("names"))


def wrong_name(name: str) -> str:
    """Return why a name is invalid for a variant, or an empty string if the name is valid.

    The name becomes part of a file name.
    """
    if name in RESERVED_NAMES:
        return f"{' and '.join(RESERVED_NAMES)} are reserved names"
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
        return "the name of a variant consists of letters, digits, dots, dashes and underscores"
    return ""


def _unknown_variants(project: Project) -> list[ComposeVariantError]:
    known = [variant.name for variant in project.variants]
    references = [reference for variant in project.variants for reference in variant.extends]
    return [
        UnusableInput(f"no such variant: {name}{did_you_mean(name, known)}", location)
        for name, location in (*((project.default,) if project.default else ()), *references)
        if name and name not in known
    ]


def _circular_extends(project: Project) -> list[ComposeVariantError]:
    """Return an error for each circular `extends`."""
    problems: list[ComposeVariantError] = []
    done: set[str] = set()

    def follow(variant: DeclaredVariant, trail: tuple[str, ...]) -> None:
        for name, location in variant.extends:
            if name in trail:
                circle = " -> ".join((*trail[trail.index(name) :], name))
                problems.append(UnusableInput(f"circular extends: {circle}", location))
            elif name not in done and (parent := project.variant(name)):
                follow(parent, (*trail, name))
        done.add(variant.name)

    for variant in project.variants:
        if variant.name not in done:
            follow(variant, (variant.name,))
    return problems
