"""What `diff` does, without its options."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.cli.comparing import shown
from composevariant.cli.projects import open_project
from composevariant.cli.terminal import data
from composevariant.errors import DIFFERENCES, UnusableInput, did_you_mean
from composevariant.header import read_generated
from composevariant.outputs import output_path
from composevariant.preview.pair import Pair, Side
from composevariant.variants import choose_variants, resolve_variant

if TYPE_CHECKING:
    from composevariant.workshop import Workshop


class Wanted(NamedTuple):
    """The options of `diff`."""

    left: str
    right: str | None
    """None is the default variant."""
    form: str
    base: tuple[str, ...]
    schema: str | None
    fail: bool
    """Whether a difference gives exit code 1."""
    show_secrets: bool


def show_difference(folder: str, wanted: Wanted) -> int:
    """Print how the second side differs from the first; gives the exit code."""
    workshop = open_project(folder, wanted.base, wanted.schema)
    old = _side(workshop, wanted.left)
    new = _side(workshop, wanted.right or choose_variants(workshop.project, [])[0])
    data(shown([Pair(old, new)], wanted.form, show_secrets=wanted.show_secrets))
    return DIFFERENCES if wanted.fail and old.text != new.text else 0


def _side(workshop: Workshop, name: str) -> Side:
    """The side of that name: the base, a variant as it would be written, or a file without our header."""
    if name == "base":
        return Side(workshop.base.label, workshop.model.text, workshop.model.tree)
    if workshop.project.variant(name):
        variant = resolve_variant(workshop.project, name, workshop.files)
        path = output_path(workshop.base.name, name, variant.output, variant.form)
        made, _ = workshop.make(variant, path)
        return Side(path, made.body, made.tree)
    source = workshop.files.read(name)
    if source is None:
        known = ["base", *(variant.name for variant in workshop.project.variants)]
        message = f'"{name}" is neither a variant nor a file{did_you_mean(name, known)}'
        raise UnusableInput(message, None, f"there is {', '.join(known)}")
    generated = read_generated(source.text)
    return Side(name, generated.body if generated else source.text)
