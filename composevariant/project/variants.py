"""Which variants are meant, and what they consist of."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.errors import ComposeVariantError, Refused, UnusableInput, did_you_mean, raise_all
from composevariant.overlay import Overlay, load_overlay
from composevariant.project.base_files import DEFAULT_NAMES, OVERRIDE_NAMES
from composevariant.project.project_file import DeclaredVariant, Reference, wrong_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.file_views import Sources
    from composevariant.overlay import OverlayKeys
    from composevariant.project.project_file import Form, Project
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
            UnusableInput(f"no such variant: {name}{did_you_mean(name, known)}", None, _known(project))
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
    raise UnusableInput("no default variant: name the variant", None, _known(project))


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
        raise UnusableInput(f"no such overlay file: {reference.name}", reference.location)
    from composevariant.yamltext import parse

    return load_overlay(parse(source), reference.name)


def _overlay(layers: Sequence[OverlayKeys]) -> Overlay:
    env: dict[str, str | None] = {}
    for layer in layers:
        env.update(layer.env)
    variables = tuple((name, value) for name, value in env.items() if value is not None)
    presets = {name: preset for layer in layers for name, preset in layer.sidecars}
    return Overlay(tuple(keys.layer for keys in layers), variables, tuple(presets.items()))


# Where variants are written: beside the base, unless somebody says so.


def default_output(base: str, variant: str, form: Form = "full") -> str:
    """The base's name with the variant's before its extension: `compose.yaml` -> `compose.fast.yaml`.

    As an override, `compose.fast.override.yaml`, which Docker Compose never reads by itself.
    """
    root, extension = posixpath.splitext(base)
    return f"{root}.{variant}{'.override' if form == 'override' else ''}{extension}"


def output_path(base: str, variant: str, written: Reference | None = None, form: Form = "full") -> str:
    """The file of a variant, whose output may be `written` in the project file or on the command line.

    Raises:
        Refused: Docker Compose would take the written file for something else.
    """
    if written is None:
        return default_output(base, variant, form)
    output = posixpath.normpath(written.name)
    if output == posixpath.normpath(base):
        raise Refused(f"{written.name} is the base itself", written.location)
    name = posixpath.basename(output)
    beside = posixpath.dirname(output) == posixpath.dirname(posixpath.normpath(base))
    if not beside and form == "full" and name in DEFAULT_NAMES:
        return output  # there it is what a bare `docker compose` uses, and nobody else's
    if name in OVERRIDE_NAMES or (name in DEFAULT_NAMES and posixpath.basename(base) in DEFAULT_NAMES):
        wrong = f"{written.name} is a file name that Docker Compose reads by default"
        raise Refused(wrong, written.location, f"for example {default_output(base, variant)}")
    return output


def output_clash(variant: DeclaredVariant, other: str, path: str) -> UnusableInput:
    """The error about two variants with one output, which would overwrite each other."""
    location = variant.output.location if variant.output else variant.location
    return UnusableInput(f"{variant.name} and {other} would both be written to {path}", location)


def output_paths(project: Project, base: str) -> dict[str, str]:
    """The files of all variants of the project, by the names of the variants.

    Raises:
        Refused: as `output_path` does.
        UnusableInput: two variants would be written to one file.
    """
    paths: dict[str, str] = {}
    problems: list[ComposeVariantError] = []
    for variant in project.variants:
        try:
            path = output_path(base, variant.name, variant.output, variant.form)
        except Refused as error:
            problems.append(error)
            continue
        if path in paths.values():
            other = next(name for name in paths if paths[name] == path)
            problems.append(output_clash(variant, other, path))
        paths[variant.name] = path
    raise_all(problems)
    return paths
