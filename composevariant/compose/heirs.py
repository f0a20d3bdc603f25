"""The services of one document with what they extend, in this document or in another file, written out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from composevariant.compose.extends import base_name, with_settings_of
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
        self._others = others
        self._plain: dict[str, Mapping] = {}
        self._whole: dict[str, Mapping] = {}

    def plain(self, name: str) -> Mapping:
        """A service as it says itself."""
        if name not in self._plain:
            self._plain[name] = without_tags(self.services[name])
        return self._plain[name]

    def whole(self, name: str, heirs: tuple[str, ...] = ()) -> Mapping:
        """A service as it is with what it extends; the very one of `plain` where it extends nothing that is known.

        `heirs` are those for which it is asked: a service that extends one of them is left as it is.
        """
        if name not in self._whole:
            written = self.written_out(name, self.services[name], heirs)
            self._whole[name] = self.plain(name) if written is None else written
        return self._whole[name]

    def written_out(self, name: str, service: Mapping, heirs: tuple[str, ...] = ()) -> Mapping | None:
        """What `service` would be under this name with what it extends; None where it extends nothing that is known.

        Raises:
            UnusableInput: what it extends cannot be read, or not be merged.
        """
        if not service.entry("extends"):
            return None
        base, of = self._others.extended(service) if self._others else None, name
        if base is None:
            of = base_name(service)
            if of not in self.services or of in (*heirs, name):
                return None
            base = self.whole(of, (*heirs, name))
        own = without_tags(service) if service.tag == OVERRIDE else service
        return without_tags(with_settings_of(base, own, "extends", of))
