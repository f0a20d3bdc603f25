"""What `infer` does, without its options."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.commands.terminal import data, say
from composevariant.compose import item_key
from composevariant.disk import ProjectFiles, RecordedFiles, Written
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


def show_overlay(folder: str, wanted: InferOptions) -> int:
    """Print or write the overlays that turn one file into others; gives the exit code."""
    files = ProjectFiles(folder)
    base = read_model([_read(files, name)[0].source for name in wanted.base])
    tree = base.tree
    if not isinstance(tree, Mapping):
        raise UnusableInput(f"{wanted.base[0]} has no services")
    context = Context(RecordedFiles(files, posixpath.dirname(wanted.base[0])), files.folder_name())
    inferred: list[InferredOverlay] = []
    for name in wanted.variants:
        document, other = _read(files, name)
        found = infer(tree, other, context)
        _tell(base, document, found)
        inferred.append(found)
    if len(inferred) == 1:
        return _one(files, wanted, inferred[0])
    if wanted.output is None:
        raise UnusableInput("several variants become several overlay files", None, "name a folder for them with -o")
    return _several(files, wanted, tree, inferred, context)


def _read(files: ProjectFiles, name: str) -> tuple[Document, Mapping]:
    source = files.read(name)
    if source is None:
        raise UnusableInput(f"{name} does not exist")
    generated = read_generated(source.text)
    document = parse(Source(name, generated.body) if generated else source)
    if not isinstance(document.root, Mapping):
        raise UnusableInput(f"{name} has no services", None, "infer takes two Compose files")
    return document, document.root


def _tell(base: BaseModel, variant: Document, inferred: InferredOverlay) -> None:
    name = variant.source.name
    say(f"{name}: the overlay gives a file that means the same, checked setting by setting")
    if variant.root is not inferred.wanted:
        say(f"note: {name} is no copy of {base.document.source.name}; it counts as what Docker Compose makes of both")
    elif edit(base.document, inferred.result, item_key) != variant.source.text:
        say("note: comments, order and notation will be those of the base where the overlay does not say otherwise")


def _one(files: ProjectFiles, wanted: InferOptions, inferred: InferredOverlay) -> int:
    if wanted.output is None or wanted.output == "-":
        data(inferred.text)
        return 0
    _write(files, [(wanted.output, inferred.text)], force=wanted.force)
    say(f"next: `composevariant migrate --overlay {wanted.output} --dry-run`, or name it under overlays: of a variant")
    return 0


def _several(
    files: ProjectFiles, wanted: InferOptions, base: Mapping, inferred: Sequence[InferredOverlay], context: Context
) -> int:
    folder, found = wanted.output or "", infer_together(base, inferred, context)
    names = [_name(wanted.base[0], variant) for variant in wanted.variants]
    texts = [(posixpath.join(folder, f"{name}.yml"), text) for name, text in zip(names, found.own, strict=True)]
    if found.common:
        texts.insert(0, (posixpath.join(folder, "shared.yml"), found.common))
    texts = [(path, text) for path, text in texts if text]
    _write(files, texts, force=wanted.force)
    say("for composevariant.yml:")
    data(_project(folder, wanted, names, [path for path, _ in texts]))
    return 0


def _project(folder: str, wanted: InferOptions, names: Sequence[str], written: Sequence[str]) -> str:
    base = wanted.base[0] if len(wanted.base) == 1 else f"[{', '.join(wanted.base)}]"
    lines = [f"base: {base}", "variants:"]
    for name, variant in zip(names, wanted.variants, strict=True):
        paths = (posixpath.join(folder, file) for file in ("shared.yml", f"{name}.yml"))
        overlays = ", ".join(path for path in paths if path in written)
        lines += [f"  {name}:", f"    overlays: [{overlays}]", f"    output: {variant}"]
    return "\n".join(lines) + "\n"


def _name(base: str, variant: str) -> str:
    """What a variant is called after its file: `docker-compose.fast.yml` is `fast`."""
    stem = posixpath.splitext(posixpath.basename(variant))[0]
    return stem.removeprefix(posixpath.splitext(posixpath.basename(base))[0]).strip(".-_") or stem


def _write(files: ProjectFiles, texts: Sequence[tuple[str, str]], *, force: bool) -> None:
    there = [path for path, _ in texts if files.is_file(path)]
    if there and not force:
        raise Refused(f"{', '.join(there)} {'is' if len(there) == 1 else 'are'} there already", None, "use --force")
    files.write([Written(path, text) for path, text in texts])
    say(f"wrote {', '.join(path for path, _ in texts)}")
