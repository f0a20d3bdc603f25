"""The command `infer`, which derives overlays from existing Compose files."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.commands.terminal import print_data, print_message
from composevariant.compose import item_key
from composevariant.disk import FileToWrite, ProjectFiles, RecordedFiles
from composevariant.errors import Refused, UnusableInput
from composevariant.inference import InferredOverlay, infer, infer_together
from composevariant.operations import Context
from composevariant.source import Source
from composevariant.text import read_generated
from composevariant.tree import Mapping
from composevariant.variants import read_model
from composevariant.yamltext import edit, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.variants import BaseModel
    from composevariant.yamltext import Document


class InferOptions(NamedTuple):
    """The arguments and options of `infer`."""

    base: tuple[str, ...]
    variants: tuple[str, ...]
    output: str | None
    force: bool


def write_overlays(folder: str, options: InferOptions) -> int:
    """Print or write the overlays that turn the base into the variants, and return the exit code."""
    files = ProjectFiles(folder)
    base = read_model([_read(files, name)[0].source for name in options.base])
    tree = base.tree
    if not isinstance(tree, Mapping):
        raise UnusableInput(f"{options.base[0]} has no services")
    context = Context(RecordedFiles(files, posixpath.dirname(options.base[0])), files.folder_name())
    inferred: list[InferredOverlay] = []
    for name in options.variants:
        document, other = _read(files, name)
        found = infer(tree, other, context)
        _report(base, document, found)
        inferred.append(found)
    if len(inferred) == 1:
        return _write_one(files, options, inferred[0])
    if options.output is None:
        raise UnusableInput("several variants need a folder for their overlays", None, "use -o FOLDER")
    return _write_several(files, options, tree, inferred, context)


def _read(files: ProjectFiles, name: str) -> tuple[Document, Mapping]:
    source = files.read(name)
    if source is None:
        raise UnusableInput(f"{name} does not exist")
    generated = read_generated(source.text)
    document = parse(Source(name, generated.body) if generated else source)
    if not isinstance(document.root, Mapping):
        raise UnusableInput(f"{name} has no services", None, "infer takes two Compose files")
    return document, document.root


def _report(base: BaseModel, variant: Document, inferred: InferredOverlay) -> None:
    name = variant.source.name
    print_message(f"{name}: the overlay reproduces the file, verified setting by setting")
    if variant.root is not inferred.wanted:
        print_message(f"note: {name} is not a copy of {base.document.source.name}; it is treated as an override of it")
    elif edit(base.document, inferred.result, item_key) != variant.source.text:
        print_message("note: comments, order and notation follow the base unless the overlay changes them")


def _write_one(files: ProjectFiles, options: InferOptions, inferred: InferredOverlay) -> int:
    if options.output is None or options.output == "-":
        print_data(inferred.text)
        return 0
    _write(files, [(options.output, inferred.text)], force=options.force)
    print_message(
        f"next: `composevariant migrate --overlay {options.output} --dry-run`, or list it under overlays: of a variant"
    )
    return 0


def _write_several(
    files: ProjectFiles, options: InferOptions, base: Mapping, inferred: Sequence[InferredOverlay], context: Context
) -> int:
    folder, found = options.output or "", infer_together(base, inferred, context)
    names = [_name(options.base[0], variant) for variant in options.variants]
    texts = [(posixpath.join(folder, f"{name}.yml"), text) for name, text in zip(names, found.own, strict=True)]
    if found.common:
        texts.insert(0, (posixpath.join(folder, "shared.yml"), found.common))
    texts = [(path, text) for path, text in texts if text]
    _write(files, texts, force=options.force)
    print_message("for composevariant.yml:")
    print_data(_project(folder, options, names, [path for path, _ in texts]))
    return 0


def _project(folder: str, options: InferOptions, names: Sequence[str], written: Sequence[str]) -> str:
    base = options.base[0] if len(options.base) == 1 else f"[{', '.join(options.base)}]"
    lines = [f"base: {base}", "variants:"]
    for name, variant in zip(names, options.variants, strict=True):
        paths = (posixpath.join(folder, file) for file in ("shared.yml", f"{name}.yml"))
        overlays = ", ".join(path for path in paths if path in written)
        lines += [f"  {name}:", f"    overlays: [{overlays}]", f"    output: {variant}"]
    return "\n".join(lines) + "\n"


def _name(base: str, variant: str) -> str:
    """Return the variant name for a file, such as `fast` for `docker-compose.fast.yml`."""
    stem = posixpath.splitext(posixpath.basename(variant))[0]
    return stem.removeprefix(posixpath.splitext(posixpath.basename(base))[0]).strip(".-_") or stem


def _write(files: ProjectFiles, texts: Sequence[tuple[str, str]], *, force: bool) -> None:
    there = [path for path, _ in texts if files.is_file(path)]
    if there and not force:
        raise Refused(f"{', '.join(there)} already exist{'s' if len(there) == 1 else ''}", None, "use --force")
    files.write([FileToWrite(path, text) for path, text in texts])
    print_message(f"wrote {', '.join(path for path, _ in texts)}")
