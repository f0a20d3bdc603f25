"""Rules made of other rules. A rule says whether a node is valid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from composevariant.tree import Mapping, Scalar, Sequence
from composevariant.validation.casts import has_variable
from composevariant.validation.places import handling
from composevariant.validation.scalar_rules import is_string

if TYPE_CHECKING:
    from collections.abc import Callable

    from composevariant.tree import Node
    from composevariant.validation.places import Place

    Rule = Callable[[Node], bool]


RESET: Final = "!reset"
"""Compose drops an entry with this tag before it looks at anything else."""


def anything(node: Node) -> bool:
    """Anything that Compose can read: all keys are strings."""
    if isinstance(node, Mapping):
        return all(
            (is_string(entry.key) and anything(entry.value)) or entry.value.tag == RESET for entry in node.entries
        )
    return not isinstance(node, Sequence) or all(map(anything, node.items))


def nothing(_: Node) -> bool:
    return False


def by_class(made: dict[type, Rule]) -> Rule:
    """For each class of nodes its own rule; nodes of other classes are not valid."""
    if len(made) == 1:
        return next(iter(made.values()))

    def rule(node: Node) -> bool:
        found = made.get(node.__class__)
        return found is not None and found(node)

    return rule


def one_of(rules: list[Rule]) -> Rule:
    """Exactly one of the rules holds. A scalar with a variable may turn out to be any of several things."""

    def rule(node: Node) -> bool:
        held = sum(one(node) for one in rules)
        return held == 1 or (held > 1 and isinstance(node, Scalar) and has_variable(node.text))

    return rule


def all_of(rules: list[Rule]) -> Rule:
    return rules[0] if len(rules) == 1 else lambda node: all(rule(node) for rule in rules)


def any_of(rules: list[Rule]) -> Rule:
    return lambda node: any(one(node) for one in rules)


def with_checks(rule: Rule, place: Place) -> Rule:
    """The rule of the schema, and what Compose checks at the place beside it."""
    wrongs = [check.wrong for check in handling(place).checks]
    if not wrongs:
        return rule
    if len(wrongs) == 1:
        wrong = wrongs[0]
        return lambda node: rule(node) and not wrong(node)
    return lambda node: rule(node) and not any(wrong(node) for wrong in wrongs)
