"""Choose variants, collect their layers, and find their output paths."""

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
    """A variant with the layers of the variants and overlay files that it extends."""

    name: str
    overlay: Overlay
    description: str = ""
    output: Reference | None = None
    """The output as written, relative to the folder of the project file. None means the default of `output_path`."""
    overlay_files: tuple[str, ...] = ()
    must_change: bool = False
    """Whether it is an error if the variant changes nothing."""
    location: Location | None = None
    form: Form = "full"
    flatten: bool = False
    """Whether `extends` and `include` in the base are resolved before the operations apply."""


def choose_variants(project: Project, names: Sequence[str]) -> tuple[str, ...]:
    """Return the named variants. Without names, return the default variant, else `fast`, else the only variant.

    Raises:
        UnusableInput: A variant does not exist, or no default is set.
    """
    known = [variant.name for variant in project.variants]
    raise_all(
        [
            UnusableInput(f"no such variant: {name}{did_you_mean(name, known)}", None, _names_hint(project))
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
    raise UnusableInput("no default variant: name the variant", None, _names_hint(project))


def _names_hint(project: Project) -> str:
    names = ", ".join(variant.name for variant in project.variants)
    place = project.file or "the built-in project"
    return f"{place} has {names}" if names else f"{place} has no variants"


def resolve_variant(project: Project, name: str, files: Sources, overlay: str | None = None) -> Variant:
    """Return a variant of the project, with the overlay file `overlay` applied last.

    Raises:
        UnusableInput: The variant does not exist, or an overlay file is missing or invalid.
    """
    choose_variants(project, [name])
    declared = next(variant for variant in project.variants if variant.name == name)
    return _resolve(project, declared, files, Reference(overlay) if overlay else None)


def ad_hoc_variant(project: Project, overlay: str, files: Sources) -> Variant:
    """Return a variant that consists of one overlay file and is named after that file.

    Raises:
        UnusableInput: The file is missing or invalid, or a variant with the same name exists.
    """
    name = posixpath.splitext(posixpath.basename(overlay))[0]
    wrong, hint = wrong_name(name), "rename the file, or name the variant to apply it to"
    there = project.variant(name)
    if there is not None:
        wrong = "that is the built-in variant" if there.must_change else "the project has a variant of this name"
        hint = f"`migrate {name} --overlay {overlay}` applies it to that one; or rename the file"
    if wrong:
        raise UnusableInput(f'{overlay} cannot become a variant "{name}": {wrong}', None, hint)
    keys = _load(files, Reference(overlay))
    return Variant(name, _join_layers([keys]), keys.description, overlay_files=(overlay,))


def _resolve(project: Project, declared: DeclaredVariant, files: Sources, extra: Reference | None) -> Variant:
    sources: dict[str, OverlayKeys | Reference] = {}
    _collect(project, declared, sources)
    if extra:
        sources.pop(_layer_name(extra), None)
        sources[_layer_name(extra)] = extra
    layers: list[OverlayKeys] = []
    problems: list[ComposeVariantError] = []
    for source in sources.values():
        try:
            layers.append(_load(files, source) if isinstance(source, Reference) else source)
        except ComposeVariantError as error:
            problems.append(error)
    raise_all(problems)
    return Variant(
        name=declared.name,
        overlay=_join_layers(layers),
        description=declared.keys.description,
        output=declared.output,
        overlay_files=tuple(source.name for source in sources.values() if isinstance(source, Reference)),
        must_change=declared.must_change,
        location=declared.location,
        form=declared.form,
        flatten=declared.flatten,
    )


def _collect(project: Project, variant: DeclaredVariant, sources: dict[str, OverlayKeys | Reference]) -> None:
    """Add the layers of a variant in order, each only once. `load_project` has rejected circular `extends`."""
    for name, _ in variant.extends:
        parent = project.variant(name)
        if parent and f"variant {name}" not in sources:
            _collect(project, parent, sources)
    for reference in variant.overlays:
        sources.setdefault(_layer_name(reference), reference)
    sources[f"variant {variant.name}"] = variant.keys


def _layer_name(reference: Reference) -> str:
    return f"file {posixpath.normpath(reference.name)}"


def _load(files: Sources, reference: Reference) -> OverlayKeys:
    source = files.read(reference.name)
    if source is None:
        raise UnusableInput(f"no such overlay file: {reference.name}", reference.location)
    from composevariant.yamltext import parse

    return load_overlay(parse(source), reference.name)


def _join_layers(layers: Sequence[OverlayKeys]) -> Overlay:
    env: dict[str, str | None] = {}
    for layer in layers:
        env.update(layer.env)
    variables = tuple((name, value) for name, value in env.items() if value is not None)
    presets = {name: preset for layer in layers for name, preset in layer.sidecars}
    return Overlay(tuple(keys.layer for keys in layers), variables, tuple(presets.items()))


# Output paths, which are next to the base by default.


def default_output(base: str, variant: str, form: Form = "full") -> str:
    """Return the name of the base with the variant before its extension: `compose.yaml` becomes `compose.fast.yaml`.

    An override gets the name `compose.fast.override.yaml`, which Docker Compose never reads by default.
    """
    root, extension = posixpath.splitext(base)
    return f"{root}.{variant}{'.override' if form == 'override' else ''}{extension}"


def output_path(base: str, variant: str, written: Reference | None = None, form: Form = "full") -> str:
    """Return the output path of a variant. `written` is the path from the project file or the command line.

    Raises:
        Refused: The path is the base, or a file that Docker Compose reads by default.
    """
    if written is None:
        return default_output(base, variant, form)
    output = posixpath.normpath(written.name)
    if output == posixpath.normpath(base):
        raise Refused(f"{written.name} is the base itself", written.location)
    name = posixpath.basename(output)
    beside = posixpath.dirname(output) == posixpath.dirname(posixpath.normpath(base))
    if not beside and form == "full" and name in DEFAULT_NAMES:
        return output  # in another folder, the default name is a legitimate choice
    if name in OVERRIDE_NAMES or (name in DEFAULT_NAMES and posixpath.basename(base) in DEFAULT_NAMES):
        wrong = f"{written.name} is a file name that Docker Compose reads by default"
        raise Refused(wrong, written.location, f"for example {default_output(base, variant)}")
    return output


def output_clash(variant: DeclaredVariant, other: str, path: str) -> UnusableInput:
    """Return the error for two variants with the same output."""
    location = variant.output.location if variant.output else variant.location
    return UnusableInput(f"{variant.name} and {other} would both be written to {path}", location)


def output_paths(project: Project, base: str) -> dict[str, str]:
    """Return the output paths of all variants by name.

    Raises:
        Refused: An output path is not allowed, as described for `output_path`.
        UnusableInput: Two variants have the same output.
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
