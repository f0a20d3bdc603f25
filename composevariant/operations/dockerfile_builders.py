"""What builders are told of all builds of a variant: the platforms, and where they keep their cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose.merge_rules import expanded_build
from composevariant.compose.services import services_of, texts_of, with_services
from composevariant.errors import UnusableInput
from composevariant.operations.dockerfile_builds import build_of
from composevariant.tree import Mapping, Sequence, string

if TYPE_CHECKING:
    from composevariant.overlay import Dockerfiles
    from composevariant.tree import Node

_SERVICE = "{service}"


def with_builders(tree: Mapping, wanted: Dockerfiles) -> Mapping:
    """The tree with `platforms`, `cache_from` and `cache_to` in the builds of the chosen services.

    Raises:
        UnusableInput: several services would share one cache, which each would overwrite.
    """
    services = services_of(tree)
    chosen = wanted.services.select_or_error(tree) if wanted.services else list(services)
    builds = [name for name in chosen if build_of(services, name) is not None]
    for kind, where in wanted.cache:
        if _SERVICE not in where and len(builds) > 1:
            what = f"dockerfiles.cache.{kind} is one place for {len(builds)} services, and each would overwrite it"
            raise UnusableInput(what, wanted.location, f"write {_SERVICE} into it: {where}-{_SERVICE}")
    changed = {name: services[name].with_value("build", _told(services[name], name, wanted)) for name in builds}
    return with_services(tree, changed)


def _told(service: Mapping, name: str, wanted: Dockerfiles) -> Node:
    build = expanded_build(service.get("build") or Mapping())
    if not isinstance(build, Mapping):
        return build
    if wanted.platforms and tuple(texts_of(build.get("platforms"))) != wanted.platforms:
        build = build.with_value("platforms", _list(*wanted.platforms))
    for kind, where in wanted.cache:
        cache = f"type={kind},ref={where.replace(_SERVICE, name)}"
        build = build.with_value("cache_from", _with(build.get("cache_from"), cache))
        build = build.with_value("cache_to", _with(build.get("cache_to"), f"{cache},mode=max"))
    return build


def _with(node: Node | None, item: str) -> Node:
    if not isinstance(node, Sequence):
        return _list(item)
    return node if item in texts_of(node) else node.with_items((*node.items, string(item)))


def _list(*items: str) -> Sequence:
    return Sequence(tuple(map(string, items)), flow=True)
