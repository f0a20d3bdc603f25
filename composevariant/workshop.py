"""An opened project: everything that the commands share, read once."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from composevariant.bases import find_base
from composevariant.errors import UnusableInput
from composevariant.files import BuildFiles, ProjectFiles
from composevariant.header import read_generated
from composevariant.operations.outcome import Context
from composevariant.pipeline import make_variant
from composevariant.project import find_project
from composevariant.tree import Mapping, Scalar
from composevariant.validation.check import find_problems
from composevariant.validation.compiled import Rules
from composevariant.validation.schema import given_schema, installed_schema
from composevariant.yamltext import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.bases import Base
    from composevariant.pipeline import Made
    from composevariant.project import Project
    from composevariant.validation.problem import Problem
    from composevariant.variants import Variant
    from composevariant.yamltext import Document


class Workshop:
    """One project folder with its base parsed and checked, ready to make variants."""

    def __init__(self, folder: str, base_files: Sequence[str], rules: Rules) -> None:
        """Open the project in `folder`. The rules are loaded once, with `load_rules`, for all projects of a call.

        Raises:
            UnusableInput: the project file or the base is missing or wrong, or the base is a file that we made.
        """
        self.files = ProjectFiles(folder)
        self.rules = rules
        self.project: Project = find_project(self.files)
        self.named_base = tuple(base_files)
        self.base: Base = find_base(self.project, self.files, os.environ, base_files)
        if read_generated(self.base.source.text) is not None:
            hint = "name the file that it was made from, with -f or with base: in composevariant.yml"
            raise UnusableInput(f"{self.base.name} was made by composevariant and cannot be a base", None, hint)
        self.document: Document = parse(self.base.source)
        self.problems: list[Problem] = find_problems(self.document.root, self.rules, self.base.name)

    @property
    def has_settings(self) -> bool:
        """Whether the base is a mapping at all, as every Compose file is."""
        return isinstance(self.document.root, Mapping)

    def make(self, variant: Variant) -> tuple[Made, BuildFiles]:
        """Make a variant; also gives the files that its operations looked at.

        Raises:
            ComposeVariantError: as `make_variant`; a built-in variant that would change nothing is unusable input.
        """
        seen = BuildFiles(self.files, posixpath.dirname(self.base.name))
        context = Context(seen, self._project_name())
        made = make_variant(self.document, self.problems, variant.overlay, context, self.rules)
        if variant.must_change and not made.changes:
            raise UnusableInput(
                f"the built-in variant {variant.name} would change nothing in {self.base.name}: it strips Filebeat and "
                "swaps Dockerfiles for their .fast variants, and finds neither",
                None,
                "`composevariant init` writes a composevariant.yml in which you say what a variant is",
            )
        return made, seen

    def _project_name(self) -> str:
        root = self.document.root
        name = root.get("name") if isinstance(root, Mapping) else None
        return name.text if isinstance(name, Scalar) and name.text else self.files.folder_name()


def load_rules(schema: str | None) -> Rules:
    """The compiled Compose schema: the installed one, or the file that `--schema` names."""
    if schema is None:
        return Rules(installed_schema())
    source = ProjectFiles().read(schema)
    if source is None:
        raise UnusableInput(f"--schema names {schema}, which does not exist")
    return Rules(given_schema(source.text, schema))
