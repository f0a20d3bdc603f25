"""An open project, which consists of the project file, the base and the rules that all commands share."""

from __future__ import annotations

import os
import posixpath
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import name_of_folder
from composevariant.compose.files import ComposeFiles
from composevariant.disk import ProjectFiles, RecordedFiles
from composevariant.errors import UnusableInput, raise_all
from composevariant.operations import Context
from composevariant.project import FAST_SIDECAR_TITLE, find_base, find_project
from composevariant.text import read_generated
from composevariant.tree import Mapping, Scalar
from composevariant.validation import Rules, find_problems, given_schema, installed_schema
from composevariant.variants.base_model import read_flat_model, read_model
from composevariant.variants.pipeline import make_variant, move_to_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.findings import Problem
    from composevariant.operations import GeneratedVariant
    from composevariant.project import Base, BaseFile, Project, Variant
    from composevariant.variants.base_model import BaseModel


class StartingPoint(NamedTuple):
    """The base to which the operations of a variant are applied."""

    model: BaseModel
    problems: list[Problem]
    seen: dict[str, str | None]
    """The other files that the model depends on. See `RecordedFiles`."""


class OpenProject:
    """A project folder whose base has been read, merged and checked, ready to generate variants."""

    def __init__(self, folder: str, base_files: Sequence[str], rules: Rules) -> None:
        """Open the project in `folder`. `rules` come from `load_rules`, which is called once per run.

        Raises:
            UnusableInput: The project file or the base is missing or invalid, or the base is a generated file.
        """
        self.files = ProjectFiles(folder)
        self.rules = rules
        self.declared: Project = find_project(self.files)
        self.named_base = tuple(base_files)
        self.base: Base = find_base(self.declared, self.files, os.environ, base_files)
        raise_all(
            [_generated_base_error(file) for file in self.base.files if read_generated(file.source.text) is not None]
        )
        self.others = ComposeFiles(self._files_of_build())
        seen = self._files_of_build()
        self.model: BaseModel = read_model(self.base.sources, self.others.read_through(seen))
        flat = self.model.only_flat
        problems = self._flat.problems if flat else find_problems(self.model.tree, rules, self.base.name, self.others)
        self.problems: list[Problem] = problems
        self._start = StartingPoint(self.model, problems, seen.seen)

    @property
    def has_settings(self) -> bool:
        """Whether the base is a mapping, as every Compose file is."""
        return isinstance(self.model.tree, Mapping)

    @property
    def tree(self) -> Mapping:
        """The tree of the base, or an empty mapping if the base is not a mapping."""
        root = self.model.tree
        return root if isinstance(root, Mapping) else Mapping()

    def make(self, variant: Variant, output: str = "") -> tuple[GeneratedVariant, RecordedFiles]:
        """Generate a variant for the path `output`, and return the variant with the files that its operations read.

        Raises:
            ComposeVariantError: `make_variant` fails, or a built-in variant changes nothing.
        """
        if not variant.flatten:
            raise_all(self.model.only_flat)
        model, problems, read = self._flat if variant.flatten else self._start
        base_folder = posixpath.dirname(self.base.name)
        seen = self._files_of_build()
        seen.seen.update(read)
        root = posixpath.relpath(".", base_folder) if base_folder else ""
        context = Context(
            seen,
            self.project_name(),
            variant.overlay.sidecars,
            folders=seen,
            others=self.others,
            extended=self.others.read_through(seen),
            bases=self.base.names,
            root=root,
            contexts=self._files_of_build(),
        )
        generated = make_variant(model, problems, variant.overlay, context, self.rules)
        if variant.flatten:
            generated = generated.on_top_of("flatten", self.model.tree, model.tree, model.notes)
        if variant.must_change and not generated.changes:
            raise UnusableInput(
                f"the built-in variant {variant.name} would change nothing in {self.base.label}: it strips "
                f"{FAST_SIDECAR_TITLE} and swaps Dockerfiles for their .fast variants, and finds neither",
                None,
                "`composevariant init` writes a composevariant.yml where you define the variants",
            )
        folder = self.base_folder_from(output) if output and variant.form == "full" else "."
        if folder != ".":
            from composevariant.operations import others_of

            generated = move_to_folder(model, generated, folder, others_of(context))
        return generated, seen

    @cached_property
    def _flat(self) -> StartingPoint:
        """The base with `extends` and `include` resolved."""
        seen = self._files_of_build()
        model = read_flat_model(self.base.sources, self.others.read_through(seen))
        return StartingPoint(model, find_problems(model.tree, self.rules, self.base.name, self.others), seen.seen)

    def _files_of_build(self) -> RecordedFiles:
        return RecordedFiles(self.files, posixpath.dirname(self.base.name))

    def base_folder_from(self, output: str) -> str:
        """Return the folder of the base relative to the folder of the output."""
        return self.files.relative(posixpath.dirname(self.base.name), posixpath.dirname(output))

    def project_name(self) -> str:
        """Return the project name as Compose does: the `name` of the base if set, or otherwise the folder's name."""
        name = self.tree.get("name")
        if isinstance(name, Scalar) and name.text:
            return name.text
        return name_of_folder(self.files.folder_name(posixpath.dirname(self.base.name)))


def _generated_base_error(file: BaseFile) -> UnusableInput:
    hint = "name its base file, with -f or with base: in composevariant.yml"
    return UnusableInput(f"{file.name} was generated by composevariant and cannot be a base", file.location, hint)


def load_rules(schema: str | None) -> Rules:
    """Return the rules of the bundled Compose schema, or of the schema file given with `--schema`."""
    if schema is None:
        return Rules(installed_schema())
    source = ProjectFiles().read(schema)
    if source is None:
        raise UnusableInput(f"--schema: no such file: {schema}")
    return Rules(given_schema(source.text, schema))
