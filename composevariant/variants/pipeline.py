"""Generate a variant from a base and an overlay with pure functions that use no disk and no terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose import item_key
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.findings import Note, note
from composevariant.operations import AppliedOperation, GeneratedVariant, apply, key_of
from composevariant.tree import Cause, Change, Mapping, compare, location_of
from composevariant.validation import find_problems, introduced
from composevariant.yamltext import lift, propagate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.compose.files import ExtendedServices
    from composevariant.findings import Problem
    from composevariant.operations import Context, ExtraFile
    from composevariant.overlay import Operation, Overlay
    from composevariant.tree import Entry
    from composevariant.validation import Rules
    from composevariant.variants.base_model import BaseModel


class IntroducedProblem(UnusableInput):
    """A problem in the result that the base does not have."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.message} [{problem.check}]", problem.location)
        self.problem = problem


def make_variant(
    base: BaseModel, base_problems: Sequence[Problem], overlay: Overlay, context: Context, rules: Rules
) -> GeneratedVariant:
    """Apply the operations of the overlay to the base, check the result, and return it with its text.

    Raises:
        UnusableInput: An operation is impossible, or the result has an error that the base does not have.
        Refused: An operation would break something.
        InternalError: The edited text differs from the result.
    """
    document, tree = base.document, base.tree
    if not isinstance(tree, Mapping):
        raise UnusableInput(f"{document.source.name} has no services", None, "a base is a Compose file")
    context = context._replace(strips=overlay.strips)
    failed: type[Operation] | None = None
    changes: list[Change] = []
    history: list[AppliedOperation] = []
    files: dict[str, ExtraFile] = {}
    errors: list[ComposeVariantError] = []
    for layer in overlay.layers:
        for operation in layer.operations:
            if errors and type(operation) is not failed:
                break
            try:
                outcome = apply(tree, operation, context)
            except ComposeVariantError as error:
                errors.append(error)
                failed = type(operation)
                continue
            after = propagate(document, tree, outcome.tree)
            name = key_of(operation)
            changes += compare(tree, after, item_key, Cause(name, operation.location))
            history.append(AppliedOperation(name, operation.location, after, outcome.notes))
            files |= {file.path: file for file in outcome.files}
            tree = after
        raise_all(errors)  # operations after a failed one would only report follow-up errors
    final = lift(document, base.tree, tree)
    name = document.source.name
    problems = list(base_problems) if final is base.tree else find_problems(final, rules, name, context.others)
    raise_all(_introduced_errors(base_problems, problems))
    notes = (*(each for applied in history for each in applied.notes), *_left_in_images(final, context))
    body = base.editor.text_of(final)
    kept = _mounted(final, files) if files else ()
    return GeneratedVariant(body, final, tuple(changes), notes, tuple(problems), tuple(history), kept)


def move_to_folder(
    base: BaseModel, generated: GeneratedVariant, folder: str, others: ExtendedServices | None
) -> GeneratedVariant:
    """Return the variant with its relative paths changed for an output in another folder.

    `folder` is the folder of the base relative to the folder of the output.

    Raises:
        UnusableInput: A file that a service extends cannot be read.
    """
    from composevariant.compose.files import relocate_paths, with_contexts

    moved = relocate_paths(with_contexts(generated.tree, ".", others), folder)
    tree = base.tree if isinstance(base.tree, Mapping) else generated.tree
    final = lift(base.document, tree, moved.tree)
    notes = tuple(
        note("output.unclear-path", "warning", (), location_of(node), path=node.text) for node in moved.unclear
    )
    return generated._replace(
        body=base.editor.text_of(final),
        tree=final,
        changes=(*generated.changes, *compare(generated.tree, final, item_key, Cause("output"))),
        notes=(*generated.notes, *notes),
        history=(*generated.history, AppliedOperation("output", None, final, notes)),
    )


def _left_in_images(tree: Mapping, context: Context) -> tuple[Note, ...]:
    """Return notes on remains of stripped sidecars in the images of the result."""
    services = tree.get("services")
    if not context.strips or not isinstance(services, Mapping) or not any(map(_is_built, services.entries)):
        return ()
    from composevariant.operations import left_in_images

    return tuple(left_in_images(tree, context))


def _is_built(service: Entry) -> bool:
    return isinstance(service.value, Mapping) and service.value.entry("build") is not None


def _mounted(tree: Mapping, files: dict[str, ExtraFile]) -> tuple[ExtraFile, ...]:
    """Return the Dockerfiles, and the files that a service still mounts after all operations."""
    from composevariant.compose import mounts_in, services_of

    sources = {placed.mount.source for service in services_of(tree).values() for placed in mounts_in(service)}
    return tuple(file for path, file in files.items() if file.made_of or f"./{path}" in sources)


def _introduced_errors(base: Sequence[Problem], result: Sequence[Problem]) -> list[ComposeVariantError]:
    """Return the errors that the overlay introduces. Problems in the base do not block the variant."""
    return [IntroducedProblem(problem) for problem in introduced(base, result) if problem.severity == "error"]
