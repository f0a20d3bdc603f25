"""Which attributes Compose has made lists of `KEY=VALUE` of, so that no `!reset` finds a key in them any more.

Every merge makes lists of both sides, whatever notation they have (compose-go 2.9.1, `mergeToSequence`), that of
`extends` included. Our merge keeps the base's notation and has to remember.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from composevariant.compose.attributes import ROWS
from composevariant.compose.extends import base_name
from composevariant.compose.placing import OVERRIDE, RESET, mapping_at, value_at, with_values
from composevariant.compose.tags import untagged
from composevariant.errors import UnusableInput
from composevariant.tree import Mapping, location_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping as Table

    from composevariant.errors import ComposeVariantError
    from composevariant.tree import Node

Path: TypeAlias = tuple[str, ...]

_LISTS: Final = [row.path.split(".") for row in ROWS if row.becomes == "list"]
_LISTS_OF: Final[dict[str, list[Path]]] = {
    section: [tuple(below) for of, _, *below in _LISTS if of == section]
    for section in dict.fromkeys(section for section, *_ in _LISTS)
}
PAIRS_OF_SERVICES: Final = _LISTS_OF["services"]
"""The attributes of a service that are mappings or lists of `KEY=VALUE`."""


class ListForms:
    """Remembers the attributes that an earlier merge has made lists of."""

    def __init__(self) -> None:
        self._paths: set[Path] = set()

    def note(self, base: Mapping, override: Mapping) -> None:
        """`override` is merged into `base`: what both have becomes a list, what `!override` replaces is new."""
        for path, value in _pair_attributes(override):
            if value.tag in (RESET, OVERRIDE):
                self._paths.discard(path)
            elif value_at(base, *path) is not None:
                self._paths.add(path)

    def note_inherited(self, name: str, service: Mapping, services: Table[str, Mapping]) -> None:
        """The service extends others: what two of them have becomes a list, below the last `!override` of it."""
        chain = [service]
        while (parent := services.get(base_name(chain[-1]))) and parent not in chain:
            chain.append(parent)
        for path in PAIRS_OF_SERVICES if len(chain) > 1 else ():
            values = [value for one in chain if (value := value_at(one, *path)) is not None]
            last = next((index for index, value in enumerate(values) if value.tag in (RESET, OVERRIDE)), len(values))
            replaced = last < len(values) and values[last].tag == OVERRIDE
            if last + replaced > 1:
                self._paths.add(("services", name, *path))

    def __contains__(self, path: Path) -> bool:
        return path in self._paths


def without_vain_tags(document: Mapping, forms: ListForms, vain: list[ComposeVariantError]) -> Mapping:
    """The document without `!reset` and `!override` on the keys of what has become a list; `vain` says which."""
    for path, value in list(_pair_attributes(document)):
        if path in forms and isinstance(value, Mapping):
            left = _untagged_keys(value, vain)
            document = _with(document, path, left) if left is not value else document
    return document


def _untagged_keys(pairs: Mapping, vain: list[ComposeVariantError]) -> Mapping:
    for name, value in pairs.items():
        if value.tag in (RESET, OVERRIDE):
            message = (
                f"Docker Compose ignores {value.tag} on {name}, for an earlier merge has made a list of its parent"
            )
            vain.append(UnusableInput(message, location_of(value)))
    left = pairs.without(*(entry.name for entry in pairs.entries if entry.value.tag == RESET))
    return with_values(left, {name: untagged(value) for name, value in left.items() if value.tag == OVERRIDE})


def _pair_attributes(tree: Mapping) -> Iterator[tuple[Path, Node]]:
    for section, paths in _LISTS_OF.items():
        for name, member in mapping_at(tree, section).items():
            for path in paths:
                value = value_at(member, *path)
                if value is not None:
                    yield (section, name, *path), value


def _with(tree: Mapping, path: Path, value: Node) -> Mapping:
    key, rest = path[0], path[1:]
    child = tree.get(key)
    return with_values(tree, {key: _with(child, rest, value) if rest and isinstance(child, Mapping) else value})
