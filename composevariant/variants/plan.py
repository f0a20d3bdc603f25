"""Plan the file of a variant: the new text, the existing file, and whether the existing file may be replaced."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.disk import BOM
from composevariant.errors import ComposeVariantError, Refused, UnusableInput, raise_all
from composevariant.overlay import overlay_text
from composevariant.project import (
    Reference,
    ad_hoc_variant,
    choose_variants,
    default_output,
    output_clash,
    output_path,
    resolve_variant,
)
from composevariant.source import Source
from composevariant.text import FORMAT, Header, digest, header_text
from composevariant.variants.file_state import file_status
from composevariant.yamltext import edit, parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.disk import RecordedFiles
    from composevariant.operations import GeneratedVariant
    from composevariant.project import Variant
    from composevariant.tree import Mapping
    from composevariant.variants.file_state import FileStatus
    from composevariant.variants.open_project import OpenProject
    from composevariant.variants.write import PlannedFile


class PlannedVariant(NamedTuple):
    """A generated variant, its file text, and the state of the existing file."""

    variant: Variant
    generated: GeneratedVariant
    output: str
    text: str
    """The whole file, which consists of a byte order mark, the header and the body."""
    header: str
    """The start of `text`, which consists of the byte order mark and the header."""
    generated_text: str
    """The generated body, which is a complete file or an override."""
    tree: Mapping
    """The tree of `generated_text`."""
    status: FileStatus
    """The existing file and its state."""
    keeps_edits: bool = False
    """Whether `text` contains edits made by hand, merged into the generated body."""
    extra_files: tuple[PlannedFile, ...] = ()
    """The files written with the variant, such as the configuration of an added sidecar."""

    @property
    def body(self) -> str:
        """The part of `text` after the header."""
        return self.text[len(self.header) :]

    @property
    def existing(self) -> str | None:
        """The body of the existing file, the whole text of a foreign file, or None if there is no file."""
        return self.status.existing


def resolve_variants(project: OpenProject, names: Sequence[str], overlay: str | None, *, every: bool) -> list[Variant]:
    """Return the variants that the command line selects, with `overlay` applied last."""
    declared, files = project.declared, project.files
    if every:
        names = [variant.name for variant in declared.variants]
    if overlay is not None and not names:
        return [ad_hoc_variant(declared, overlay, files)]
    return [resolve_variant(declared, name, files, overlay) for name in choose_variants(declared, names)]


def plan_variants(
    project: OpenProject, variants: Sequence[Variant], output: str | None, overlay: str | None
) -> list[PlannedVariant]:
    """Generate the variants and compare each variant with its file. All errors are raised together.

    Raises:
        ComposeVariantError: A variant cannot be generated, or its output path is invalid.
    """
    plans: list[PlannedVariant] = []
    errors: list[ComposeVariantError] = []
    for variant in variants:
        try:
            plans.append(_plan(project, variant, output, overlay))
        except ComposeVariantError as error:
            errors.append(error)
    with_files = [(each.variant.name, each.variant.location, each.extra_files) for each in plans if each.extra_files]
    if with_files:
        from composevariant.variants.write import extra_file_clashes

        errors += extra_file_clashes([*_owners_elsewhere(project, plans), *with_files])
    raise_all([*errors, *_clashes(project, plans)])
    return plans


def _owners_elsewhere(
    project: OpenProject, plans: Sequence[PlannedVariant]
) -> Iterator[tuple[str, None, Sequence[PlannedFile]]]:
    """Yield the extra files of the other variants, except for variants that cannot be generated."""
    from composevariant.overlay import Add
    from composevariant.variants.write import plan_extra_files

    asked = {planned.variant.name for planned in plans}
    for declared in project.declared.variants:
        if declared.name in asked:
            continue
        try:
            variant = resolve_variant(project.declared, declared.name, project.files)
            if any(isinstance(operation, Add) for operation in variant.overlay.operations):
                generated, _ = project.make(variant)
                yield variant.name, None, plan_extra_files(project.files, project.base.name, generated.files)
        except ComposeVariantError:
            continue


def _clashes(project: OpenProject, plans: Sequence[PlannedVariant]) -> Iterator[UnusableInput]:
    """Yield an error for each pair of variants with the same output."""
    outputs = {planned.output for planned in plans}
    first: dict[str, str] = {}
    for variant in project.declared.variants:
        named = variant.output.name if variant.output else default_output(project.base.name, variant.name, variant.form)
        path = posixpath.normpath(named)
        other = first.setdefault(path, variant.name)
        if other != variant.name and path in outputs:
            yield output_clash(variant, other, path)


def _plan(project: OpenProject, variant: Variant, output: str | None, overlay: str | None) -> PlannedVariant:
    path = output_path(project.base.name, variant.name, _named_output(project, variant, output), variant.form)
    generated, seen = project.make(variant, path)
    if variant.flatten and variant.form == "override":
        wrong = (
            f"{variant.name} cannot be an override and flat: Docker Compose resolves the includes of the base itself"
        )
        raise UnusableInput(wrong, variant.location, "remove flatten, or use --as full")
    body, tree = (generated.body, generated.tree) if variant.form == "full" else _as_override(project, generated)
    for base in project.base.names:
        if project.files.is_same(path, base):
            raise Refused(f"{path} is a link to the base {base}", None, "remove the symbolic link")
    header = Header(
        FORMAT,
        digest(body),
        digest(*(source.text for source in project.base.sources)),
        digest(overlay_text(variant.overlay)),
        _inputs_digest(seen, {file.path for file in generated.files if not file.update}),
    )
    lines = header_text(
        project.base.names,
        variant.name,
        variant.overlay_files,
        migrate_command(project, [variant], output, overlay),
        header,
    )
    newline = "\r\n" if "\r\n" in body else "\n"
    bom = BOM if project.files.has_bom(project.base.name) else ""
    above = bom + "".join(f"{line}{newline}" for line in lines)
    there = file_status(project.files.read(path), header, tree, variant.overlay)
    extra: tuple[PlannedFile, ...] = ()
    if generated.files:
        from composevariant.variants.write import plan_extra_files

        extra = plan_extra_files(project.files, project.base.name, generated.files)
    return PlannedVariant(variant, generated, path, above + body, above, body, tree, there, extra_files=extra)


def _named_output(project: OpenProject, variant: Variant, output: str | None) -> Reference | None:
    """Return the output from the command line, or from the project file if the variant has its declared form."""
    if output and output != "-":
        return Reference(output)
    declared = project.declared.variant(variant.name)
    return variant.output if declared is None or declared.form == variant.form else None


def _as_override(project: OpenProject, generated: GeneratedVariant) -> tuple[str, Mapping]:
    """Return the text and the tree of the variant as an override of the base files."""
    from composevariant.variants.override_form import smallest_override

    tree = smallest_override(project.model.merged, project.tree, generated.tree)
    text = edit(parse(Source("override", "")), tree).lstrip("\n") if tree.entries else "{}\n"
    return (text.replace("\n", "\r\n") if "\r\n" in project.model.document.source.text else text), tree


def _inputs_digest(seen: RecordedFiles, written: set[str]) -> str:
    """Return the digest of the files that operations read.

    The digest includes absent files, because a new Dockerfile changes the result. The files `written` with the variant
    are excluded, because they are output, not input.
    """
    looked_at = ((path, seen.seen[path]) for path in sorted(seen.seen) if path not in written)
    return digest(*(part for path, text in looked_at for part in (path, "absent" if text is None else "", text or "")))


def migrate_command(project: OpenProject, variants: Sequence[Variant], output: str | None, overlay: str | None) -> str:
    """Return the command that writes these variants when run in the project folder."""
    words = ["composevariant", "migrate"]
    words += [word for name in project.named_base for word in ("-f", name)]
    words += ["--overlay", overlay] if overlay else []
    words += [variant.name for variant in variants if project.declared.variant(variant.name)]
    words += [word for form in _other_forms(project, variants) for word in ("--as", form)]
    words += (
        ["--flatten"]
        if any(variant.flatten and not _is_declared_flat(project, variant) for variant in variants)
        else []
    )
    words += ["-o", output] if output and output != "-" else []
    if not any(char in word for word in words for char in " '\"$`\\;&|<>()*?[]#~"):
        return " ".join(words)
    import shlex

    return shlex.join(words)


def _is_declared_flat(project: OpenProject, variant: Variant) -> bool:
    declared = project.declared.variant(variant.name)
    return declared is not None and declared.flatten


def _other_forms(project: OpenProject, variants: Sequence[Variant]) -> set[str]:
    """Return the forms that differ from those declared in the project file."""
    declared = ((project.declared.variant(variant.name), variant.form) for variant in variants)
    return {form for known, form in declared if form != (known.form if known else "full")}


class ProjectSettings(NamedTuple):
    """Settings that Docker Compose derives from the folder of the file. Another folder needs options (measured)."""

    project: str = ""
    """The project name, which is part of volume names. It is empty if the file sets the name."""
    env_file: str = ""
    """The path of `.env` relative to the project folder, or an empty string if there is no `.env`."""


def project_settings(project: OpenProject, planned: PlannedVariant) -> ProjectSettings:
    """Return the settings that a `docker compose` call needs for an output in another folder than the base."""
    if planned.variant.form == "override" or project.base_folder_from(planned.output) == ".":
        return ProjectSettings()
    has_name = planned.generated.tree.entry("name") is not None
    env_file = posixpath.join(posixpath.dirname(project.base.name), ".env")
    return ProjectSettings(
        "" if has_name else project.project_name(), env_file if project.files.is_file(env_file) else ""
    )


def call_options(project: OpenProject, planned: PlannedVariant) -> list[str]:
    """Return the options for a `docker compose` call, with paths relative to the current folder.

    `--project-directory` is not used, because it would change the folder to which the paths in the file are relative.
    """
    name, env_file = project_settings(project, planned)
    named = ["-p", name] if name else []
    return [*named, *(("--env-file", project.files.from_here(env_file)) if env_file else ())]


def compose_files(project: OpenProject, planned: PlannedVariant) -> list[str]:
    """Return the files to pass to Docker Compose with `-f`, in order, relative to the project folder."""
    return [*(project.base.names if planned.variant.form == "override" else ()), planned.output]
