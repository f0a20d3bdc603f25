"""Scripts that a service starts by its `command` or `entrypoint`, and that only its old Dockerfile copies."""

from __future__ import annotations

from posixpath import basename, dirname, join, normpath
from typing import TYPE_CHECKING, Final

from composevariant.compose.services import text_of
from composevariant.dockerfile.context import BuildContext
from composevariant.dockerfile.embedded.copies import copies
from composevariant.dockerfile.image import image_of
from composevariant.findings import Note, found_by
from composevariant.tree import Scalar, Sequence, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.stages import Dockerfile, Stage
    from composevariant.file_views import Files
    from composevariant.operations.dockerfile_plan import Swap
    from composevariant.tree import Mapping, Node

CHECK: Final = "dockerfile.lost-script"
_SCRIPTS: Final = (".sh", ".bash", ".py", ".rb", ".js", ".pl")


def lost_scripts(
    swap: Swap, dockerfiles: tuple[Dockerfile, Dockerfile], target: str, service: Mapping, files: Files
) -> Iterator[Note]:
    """Files that the service starts and that are in the old image only. `dockerfiles` are the old and the new one."""
    old, new = dockerfiles
    before, after = old.target(target), new.target(target)
    if before is None or after is None:
        return
    context = BuildContext(files, dirname(swap.build.path_of("x") or "/"))
    workdir = text_of(service.get("working_dir")) or image_of(old, before).workdir or "/"
    for setting in ("entrypoint", "command"):
        for word, node in _words(service.get(setting)):
            if "/" not in word and not word.endswith(_SCRIPTS):
                continue
            path = normpath(join(workdir, word))
            told = basename(path) in new.source.text
            if not told and _has(old, before, path, context) and not _has(new, after, path, context):
                names = {"setting": setting, "script": word, "before": swap.build.shown, "after": swap.name}
                where = ("services", swap.build.service, setting)
                yield found_by(CHECK, "warning", where, location_of(node), **names)


def _words(node: Node | None) -> Iterator[tuple[str, Node]]:
    for item in node.items if isinstance(node, Sequence) else (node,):
        if isinstance(item, Scalar):
            yield from ((word.strip("'\""), item) for word in item.text.split())


def _has(dockerfile: Dockerfile, stage: Stage, path: str, context: BuildContext) -> bool:
    """Whether a file of the build context is copied to a place of the image, by its name or with its folder."""
    instructions = [each for part in dockerfile.lineage(stage) for each in part.instructions]
    return any(
        path == copied.as_file or any(context.is_file(source) for source in copied.source_at(path))
        for copied in copies(instructions)
    )
