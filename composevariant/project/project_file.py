"""The project file `composevariant.yml`: which base, and which variants of it."""

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
    """The name of a file or variant, and where it was written; no place means on the command line."""

    name: str
    location: Location | None = None


Form: TypeAlias = Literal["full", "override"]
"""How a variant is written: as a whole file, or as an override that Docker Compose merges into the base."""


class DeclaredVariant(NamedTuple):
    """A variant as the project file has it: an overlay with a name."""

    name: str
    keys: OverlayKeys
    output: Reference | None = None
    extends: tuple[Reference, ...] = ()
    overlays: tuple[Reference, ...] = ()
    must_change: bool = False
    """Whether it is an error when the variant changes nothing at all."""
    location: Location | None = None
    form: Form = "full"
    flatten: bool = False


class Project(NamedTuple):
    """What the project file says."""

    variants: tuple[DeclaredVariant, ...] = ()
    base: tuple[Reference, ...] = ()
    base_is_list: bool = False
    default: Reference | None = None
    file: str | None = None
    """The name of the project file, None where there is none."""

    def variant(self, name: str) -> DeclaredVariant | None:
        return next((variant for variant in self.variants if variant.name == name), None)


_NOT_SAID: Final = False
_FORM: Final[Callable[[Value], Form]] = one_of("full", "override")
PROJECT_FILES: Final = ("composevariant.yml", "composevariant.yaml")
RESERVED_NAMES: Final = ("base", "override")
VARIANT_KEYS: Final = (*OVERLAY_KEYS, "output", "as", "flatten", "extends", "overlays")

_BUILDKIT: Final = (("DOCKER_BUILDKIT", "1"), ("COMPOSE_DOCKER_CLI_BUILD", "1"))
FAST_SIDECAR: Final = "filebeat"
"""The preset of the sidecar that the built-in variant, and the one that `init` proposes, goes without."""
FAST_SIDECAR_TITLE: Final = "Filebeat"
"""As the preset has it, which would have to be read for it at every start."""
_FAST: Final = Layer("fast", (Strip(FAST_SIDECAR), Dockerfiles(suffix=".fast", missing="keep")))
_FAST_KEYS: Final = OverlayKeys(_FAST, f"Fast local builds without {FAST_SIDECAR_TITLE}", _BUILDKIT)
BUILT_IN: Final = Project(variants=(DeclaredVariant("fast", _FAST_KEYS, must_change=True),))
"""What holds where there is no project file."""


def find_project(files: Sources) -> Project:
    """The project in the folder of `files`, or the built-in one.

    Raises:
        UnusableInput: the project file is wrong, or there are two.
    """
    found = [source for name in PROJECT_FILES if (source := files.read(name)) is not None]
    if not found:
        return BUILT_IN
    if len(found) > 1:
        raise UnusableInput(f"there are two project files, {' and '.join(PROJECT_FILES)}", None, "keep one of them")
    from composevariant.yamltext import parse

    return load_project(parse(found[0]))


def load_project(document: Document) -> Project:
    """A project file.

    Raises:
        UnusableInput: the file is no project file; several problems come together as `SeveralErrors`.
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
    raise_in_order(problems or _circles(project))
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
        flatten=fields.read("flatten", Value.flag, _NOT_SAID),
    )


def _list_of_references(value: Value) -> tuple[Reference, ...]:
    return tuple(_reference(item) for item in value.items("names"))


def wrong_name(name: str) -> str:
    """Why a variant cannot be called so; empty when it can. Its name becomes part of a file's name."""
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


def _circles(project: Project) -> list[ComposeVariantError]:
    """The places where `extends` comes back to a variant that is being put together."""
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
