"""Selectors, which choose services by name or property."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose import identity, pairs_of, text_of, texts_of
from composevariant.errors import ComposeVariantError, UnusableInput, did_you_mean, raise_all
from composevariant.text import matches
from composevariant.tree import Mapping, find, literal, mapping_at, value_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.source import Location
    from composevariant.tree import Node, PathPattern, Value


class Name(NamedTuple):
    """A service name or wildcard pattern in a selector."""

    text: str
    location: Location | None = None


class Selector(NamedTuple):
    """Conditions on services, all of which a service must meet.

    If a condition lists several names, exceptions, images or profiles, only one of them must match. If it lists several
    `has` paths or labels, all of them must match.
    """

    name: tuple[Name, ...] = (Name("*"),)
    excepted: tuple[Name, ...] = ()
    """The YAML key is `except`, which is a keyword in Python."""
    has: tuple[PathPattern, ...] = ()
    image: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    profile: tuple[str, ...] = ()
    location: Location | None = None

    def select(self, tree: Mapping) -> tuple[str, ...]:
        """Return the names of the matching services in the order of the base file."""
        services = mapping_at(tree, "services")
        names = _matching(self.name, services) - _matching(self.excepted, services)
        return tuple(name for name, service in services.items() if name in names and self._matches(tree, name, service))

    def select_or_error(self, tree: Mapping) -> tuple[str, ...]:
        """Return the names of the matching services after checking that every name in the selector matches a service.

        Raises:
            UnusableInput: No service matches the selector, or one of its names matches no service. An exception with a
                wildcard may match no service, because shared overlays protect services that not every project has.
        """
        selected, problems = self.select(tree), self._unmatched_names(mapping_at(tree, "services"))
        if not selected and not problems:
            problems.append(UnusableInput("no service matches this selector", self.location))
        raise_all(problems)
        return selected

    def _unmatched_names(self, services: Mapping) -> list[ComposeVariantError]:
        unknown = [
            UnusableInput(f'no service is called "{text}"{did_you_mean(text, services.names())}', location)
            for text, location in (*self.name, *self.excepted)
            if "*" not in text and services.entry(text) is None
        ]
        unmatched = [
            UnusableInput(f'no service matches "{name.text}"', name.location)
            for name in self.name
            if "*" in name.text and name.text != "*" and not _matching([name], services)
        ]
        return [*unknown, *unmatched]

    def _matches(self, tree: Mapping, name: str, service: Node) -> bool:
        return (
            all(find(tree, literal("services", name) + path, identity) for path in self.has)
            and (not self.image or any(matches(image, text_of(value_at(service, "image"))) for image in self.image))
            and all(_has_label(service, label) for label in self.label)
            and (not self.profile or _has_profile(service, self.profile))
        )


def _has_label(service: Node, wanted: str) -> bool:
    name, equals, value = wanted.partition("=")
    pairs = pairs_of(value_at(service, "labels"))
    return any(matches(name, pair.key) and (not equals or matches(value, pair.value)) for pair in pairs)


def _has_profile(service: Node, wanted: Iterable[str]) -> bool:
    profiles = texts_of(value_at(service, "profiles"))
    return any(matches(pattern, profile) for pattern in wanted for profile in profiles)


def parse_selector(value: Value) -> Selector:
    """Read a selector, which is a name, a wildcard pattern, a list of these, or a mapping of conditions."""
    if not isinstance(value.node, Mapping):
        return Selector(name=_names(value), location=value.location)
    fields = value.fields()
    fields.check_keys(("name", "except", "has", "image", "label", "profile"))
    if not value.node.entries:
        value.refuse("is an empty mapping", 'write "*" for every service')
    return Selector(
        name=fields.read("name", _names, (Name("*"),)),
        excepted=fields.read("except", _names, ()),
        has=fields.read("has", _paths, ()),
        image=fields.read("image", _texts, ()),
        label=fields.read("label", _texts, ()),
        profile=fields.read("profile", _texts, ()),
        location=value.location,
    )


def _names(value: Value) -> tuple[Name, ...]:
    return tuple(Name(item.text(), item.location) for item in value.one_or_more())


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(item.text() for item in value.one_or_more())


def _paths(value: Value) -> tuple[PathPattern, ...]:
    return tuple(item.path() for item in value.one_or_more())


def _matching(names: Iterable[Name], services: Mapping) -> set[str]:
    exact = {name.text for name in names}
    wild = [text for text in exact if "*" in text]
    return {name for name in services.names() if name in exact or any(matches(text, name) for text in wild)}
