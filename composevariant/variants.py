"""Which variants are meant, and what they consist of."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.errors import ComposeVariantError, UnusableInput, did_you_mean, raise_all
from composevariant.overlay import Overlay
from composevariant.overlay_yaml import load_overlay
from composevariant.project import DeclaredVariant, Reference, wrong_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.file_views import Sources
    from composevariant.overlay_yaml import OverlayKeys
    from composevariant.project import Form, Project
    from composevariant.source import Location


class Variant(NamedTuple):
    """A variant with everything that it takes from others."""

    name: str
    overlay: Overlay
    description: str = ""
    output: Reference | None = None
    """As written, relative to the folder of the project file; None is the default, see `output_path`."""
    overlay_files: tuple[str, ...] = ()
    must_change: bool = False
    """Whether it is an error when the variant changes nothing at all."""
    location: Location | None = None
    form: Form = "full"
    flatten: bool = False
    """Whether what the base extends and includes is written out before the operations apply."""


def choose_variants(project: Project, names: Sequence[str]) -> tuple[str, ...]:
    """The variants that are meant: the named ones; else the default, else `fast`, else the only one.

    Raises:
        UnusableInput: there is no such variant, or it is not clear which one is meant.
    """
    known = [variant.name for variant in project.variants]
    raise_all(
        [
            UnusableInput(f'there is no variant "{name}"{did_you_mean(name, known)}', None, _known(project))
            for name in dict.fromkeys(names)
            if name not in known
        ]
    )
    if names:
        return tuple(dict.fromkeys(names))
    if project.default:
        return (project.default.name,)
    if not known:
        raise UnusableInput(f"{project.file} has no variants", None, "write one under variants:")
    if "fast" in known or len(known) == 1:
        return ("fast",) if "fast" in known else (known[0],)
    raise UnusableInput("it is not clear which variant is meant", None, _known(project))


def _known(project: Project) -> str:
    names = ", ".join(variant.name for variant in project.variants)
    place = project.file or "the built-in project"
    return f"{place} has {names}" if names else f"{place} has no variants"


def resolve_variant(project: Project, name: str, files: Sources, overlay: str | None = None) -> Variant:
    """A variant of the project, with the overlay file `overlay` applied last.

    Raises:
        UnusableInput: there is no such variant, or an overlay file is missing or wrong.
    """
    choose_variants(project, [name])
    declared = next(variant for variant in project.variants if variant.name == name)
    return _resolved(project, declared, files, Reference(overlay) if overlay else None)


def ad_hoc_variant(project: Project, overlay: str, files: Sources) -> Variant:
    """The variant that consists of one overlay file and is called after it.

    Raises:
        UnusableInput: the file is missing or wrong, or there is a variant of its name already.
    """
    name = posixpath.splitext(posixpath.basename(overlay))[0]
    wrong, hint = wrong_name(name), "rename the file, or name the variant to apply it to"
    there = project.variant(name)
    if there is not None:
        wrong = "that is the built-in variant" if there.must_change else "the project has a variant of this name"
        hint = f"`migrate {name} --overlay {overlay}` applies it to that one; or rename the file"
    if wrong:
        raise UnusableInput(f'{overlay} cannot become a variant "{name}": {wrong}', None, hint)
    keys = _loaded(files, Reference(overlay))
    return Variant(name, _overlay([keys]), keys.description, overlay_files=(overlay,))


def _resolved(project: Project, declared: DeclaredVariant, files: Sources, extra: Reference | None) -> Variant:
    parts: dict[str, OverlayKeys | Reference] = {}
    _collect(project, declared, parts)
    if extra:
        parts.pop(_part_name(extra), None)
        parts[_part_name(extra)] = extra
    layers: list[OverlayKeys] = []
    problems: list[ComposeVariantError] = []
    for part in parts.values():
        try:
            layers.append(_loaded(files, part) if isinstance(part, Reference) else part)
        except ComposeVariantError as error:
            problems.append(error)
    raise_all(problems)
    return Variant(
        name=declared.name,
        overlay=_overlay(layers),
        description=declared.keys.description,
        output=declared.output,
        overlay_files=tuple(part.name for part in parts.values() if isinstance(part, Reference)),
        must_change=declared.must_change,
        location=declared.location,
        form=declared.form,
        flatten=declared.flatten,
    )


def _collect(project: Project, variant: DeclaredVariant, parts: dict[str, OverlayKeys | Reference]) -> None:
    """Add what a variant consists of, in order and each part once. `load_project` has seen that there is no circle."""
    for name, _ in variant.extends:
        parent = project.variant(name)
        if parent and f"variant {name}" not in parts:
            _collect(project, parent, parts)
    for reference in variant.overlays:
        parts.setdefault(_part_name(reference), reference)
    parts[f"variant {variant.name}"] = variant.keys


def _part_name(reference: Reference) -> str:
    return f"file {posixpath.normpath(reference.name)}"


def _loaded(files: Sources, reference: Reference) -> OverlayKeys:
    source = files.read(reference.name)
    if source is None:
        raise UnusableInput(f"the overlay file {reference.name} does not exist", reference.location)
    from composevariant.yamltext import parse

    return load_overlay(parse(source), reference.name)


def _overlay(layers: Sequence[OverlayKeys]) -> Overlay:
    env: dict[str, str | None] = {}
    for layer in layers:
        env.update(layer.env)
    variables = tuple((name, value) for name, value in env.items() if value is not None)
    presets = {name: preset for layer in layers for name, preset in layer.sidecars}
    return Overlay(tuple(keys.layer for keys in layers), variables, tuple(presets.items()))
