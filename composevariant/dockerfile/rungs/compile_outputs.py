"""What is taken out of the folder that cargo compiles into: by later `COPY`s, and by the step itself."""

from __future__ import annotations

import re
from posixpath import isabs, join, normpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.dockerfile.places import is_within
from composevariant.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.dockerfile.chains import Chain
    from composevariant.dockerfile.items import Instruction
    from composevariant.dockerfile.rungs.compile_obstacles import Folders
    from composevariant.dockerfile.rungs.steps import Step

_TARGET: Final = re.compile(r"(?:^|[=/'\"])target(?:/|$|['\"])")
_MOUNTED: Final = re.compile(r"--mount=(?:.*,)?from=([^,]+)")
_UNKNOWN: Final = re.compile(r"[$*?\[`{]")


class Copied(NamedTuple):
    """A word of a `COPY --from` that names something below the folder."""

    copy: Instruction
    word: int
    path: str


def copied_outputs(step: Step, target: str) -> Iterator[Copied]:
    """What other stages copy from below the folder.

    Raises:
        Refused: it cannot be told what is copied, or the folder itself is.
    """
    dockerfile = step.work.dockerfile
    sources = (step.stage, *step.work.builds_on(step.stage))
    for stage in dockerfile.stages:
        for copy in stage.instructions:
            mounted = [found[1] for flag in copy.flags if (found := _MOUNTED.search(flag.value))]
            reference = copy.flag("from")
            if any(dockerfile.stage(each) in sources for each in mounted):
                raise Refused(f"line {copy.location().line} mounts files of this stage")
            if reference is None or dockerfile.stage(reference) not in sources:
                continue
            for at, word in enumerate(copy.words[:-1]):
                path = normpath(join("/", word.value))
                if is_within(target, path) or (_UNKNOWN.search(path) and _may_be_within(path, target)):
                    raise Refused(f"line {copy.location().line} copies {word.value}, which is more than one known file")
                if is_within(path, target):
                    yield Copied(copy, at, path)


def used_in_step(chain: Chain, first: int, folders: Folders) -> tuple[str, ...]:
    """What the commands of the step itself take from the folder.

    Raises:
        Refused: it cannot be told, or the folder itself is named.
    """
    found: list[str] = []
    for at, command in enumerate(chain.commands):
        for word in command.words:
            if not _TARGET.search(word):
                continue
            text = word.strip("'\"")
            path = normpath(text if isabs(text) else join(folders.work, text))
            if at < first or _UNKNOWN.search(text) or path == folders.target or not is_within(path, folders.target):
                raise Refused(f"the step names {word}, which is not one known file of what is compiled")
            found.append(path)
    return tuple(found)


def names_target(text: str) -> bool:
    """Whether a path with the name of cargo's folder is in a text."""
    return re.search(r"(?<![\w-])target(?![\w=-])", text) is not None


def _may_be_within(path: str, target: str) -> bool:
    fixed = _UNKNOWN.split(path)[0]
    return f"{target}/".startswith(fixed) or fixed.startswith(f"{target}/")
