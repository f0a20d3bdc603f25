"""The services of one document with what they extend, in this document or in another file, written out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from composevariant.compose.extends import base_name, flattened, with_settings_of
from composevariant.compose.placing import OVERRIDE
from composevariant.compose.scattered_tags import without_tags
from composevariant.compose.services import services_of

if TYPE_CHECKING:
    from composevariant.tree import Mapping


class Extended(Protocol):
    """Finds services of other files."""

    def extended(self, service: Mapping) -> Mapping | None:
        """What a service extends in another file, written out itself; None where it extends nothing there.

        Raises:
            UnusableInput: there is no such file or service.
        """


class Heirs:
    """The services of a document, each written out when it is asked for.

    Tags of a service act on what it inherits; its heirs inherit none of them.
    """

    def __init__(self, document: Mapping, others: Extended | None = None) -> None:
        self.services = services_of(document)
        self.plain = {name: without_tags(service) for name, service in self.services.items()}
        self._others = others
        self._whole: dict[str, Mapping] = {}

    def whole(self, name: str, heirs: tuple[str, ...] = ()) -> Mapping:
        """A service as it is with what it extends; the very one of `plain` where it extends nothing that is known."""
        if name not in self._whole:
            self._whole[name] = self._written_out(name, heirs)
        return self._whole[name]

    def _written_out(self, name: str, heirs: tuple[str, ...]) -> Mapping:
        service, plain = self.services[name], self.plain[name]
        tagged = plain if service.tag == OVERRIDE else service
        elsewhere = self._others.extended(service) if self._others and service.entry("extends") else None
        if elsewhere is not None:
            return without_tags(with_settings_of(elsewhere, tagged, "extends", name))
        parent = base_name(service)
        if parent not in self.services or parent in (*heirs, name):
            return plain
        inherited = {**self.plain, parent: self.whole(parent, (*heirs, name))}
        return without_tags(flattened(tagged, inherited, (parent,)))
