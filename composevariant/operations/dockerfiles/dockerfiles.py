"""`dockerfiles`: build services from other Dockerfiles, which are found by a suffix or named in a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from composevariant.compose import services_of, texts_of, with_services
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.findings import Note, note
from composevariant.operations.context import ExtraFile, Outcome
from composevariant.operations.dockerfiles.builds import build_of
from composevariant.operations.dockerfiles.images import keep_others, shared_images, with_dockerfiles, with_images
from composevariant.operations.dockerfiles.plan import Swap, dockerfile_path, make_plan, stays_note, swap_note
from composevariant.tree import Mapping, Sequence, location_of, string

if TYPE_CHECKING:
    from collections.abc import Iterable

    from composevariant.operations.context import Context
    from composevariant.operations.dockerfiles.plan import Missing, Plan
    from composevariant.overlay import Dockerfiles
    from composevariant.tree import Node

_OURS = "# composevariant: source "


def apply(tree: Mapping, wanted: Dockerfiles, context: Context) -> Outcome:
    """Return the tree with the Dockerfiles of the variant, as described in docs/design.md.

    Raises:
        UnusableInput: A service cannot get another Dockerfile, the map or the selector is wrong, or a `target` is not a
            stage in the new file. All errors are raised together.
    """
    if wanted.platforms or wanted.cache:
        tree = with_builders(tree, wanted)
    plan = make_plan(tree, wanted, context.workspace)
    generated = _GeneratedFiles(tree, wanted, context)
    swaps = generated.all_swaps(plan)
    findings = _findings(swaps, services_of(tree), context, generated.files)
    errors = [each for each in findings if isinstance(each, ComposeVariantError)]
    raise_all([*plan.errors, *generated.errors, *errors])
    before = services_of(tree)
    after = with_dockerfiles(before, swaps)
    after, kept = keep_others(before, after, swaps)
    if wanted.image is None:
        images = shared_images(before, swaps, wanted)
    else:
        after, images = with_images(before, after, swaps, wanted.image)
    warnings = [each for each in findings if isinstance(each, Note)]
    order = {name: place for place, name in enumerate(before)}
    every = (*plan.notes, *generated.notes, *kept, *warnings, *images)
    notes = sorted(every, key=lambda each: order[each.service])
    return Outcome(with_services(tree, after), tuple(notes), tuple(generated.files.values()))


class _GeneratedFiles:
    """The fast Dockerfiles that are written with the variant, which are either missing or were generated earlier."""

    def __init__(self, tree: Mapping, wanted: Dockerfiles, context: Context) -> None:
        self.tree = tree
        self.wanted = wanted
        self.context = context
        self.files: dict[str, ExtraFile] = {}
        self.notes: list[Note] = []
        self.errors: list[ComposeVariantError] = []

    def all_swaps(self, plan: Plan) -> tuple[Swap, ...]:
        """Generate missing and outdated files, and return all swaps in the order of the base file."""
        for swap in plan.swaps:
            self.update(swap)
        missing = [new for each in plan.missing if (new := self.generate(each)) is not None]
        order = {name: place for place, name in enumerate(services_of(self.tree))}
        return tuple(sorted((*plan.swaps, *missing), key=lambda swap: order[swap.build.service]))

    def update(self, swap: Swap) -> None:
        """Regenerate an existing file if composevariant generated it."""
        text = self.context.workspace.read_text(swap.path) if swap.path else None
        if swap.path is None or text is None or _OURS not in text:
            return
        from composevariant.operations.dockerfiles.generate import kept_up_to_date

        asked = self.wanted.missing == "generate"
        try:
            now = kept_up_to_date(self.tree, swap.build, swap.path, self.context, asked=asked)
        except UnusableInput as error:
            place = location_of(swap.build.dockerfile or swap.build.node)
            names = {"file": swap.path, "reason": error.message}
            path, where = dockerfile_path(swap.build), error.location or place
            self.notes.append(note("dockerfiles.not-renewed", "warning", path, where, **names))
            return
        if isinstance(now, Note):
            self.notes.append(now)
        elif now is not None:
            self.files |= {file.path: file for file in now.files}
            self.notes += now.notes if asked else ()

    def generate(self, missing: Missing) -> Swap | None:
        """Generate a missing file and return its swap, or None if the service keeps its Dockerfile."""
        from composevariant.operations.dockerfiles.generate import generate, unreadable, why_nothing

        build = missing.build
        place = location_of(build.dockerfile or build.node)
        try:
            made = generate(self.tree, build, missing.path, self.context, asked=True)
        except UnusableInput as error:
            self.errors.append(unreadable(build, error))
            return None
        if made is None or not made.fast.done:
            why = why_nothing(made.fast) if made else f"no such file: {build.path_of(build.name)}"
            self.notes.append(stays_note(build, why, place))
            return None
        self.files |= {file.path: file for file in made.files}
        swap = Swap(build, missing.name, missing.path)
        self.notes += (swap_note(swap, place), *made.notes)
        return swap


def _findings(
    swaps: Iterable[Swap], services: dict[str, Mapping], context: Context, made: dict[str, ExtraFile]
) -> list[Note | ComposeVariantError]:
    if not swaps:
        return []
    from composevariant.operations.dockerfiles.preflight import DockerfileCache, findings
    from composevariant.sidecars import find_preset

    cache = DockerfileCache(context.workspace, {path: file.text for path, file in made.items() if not file.update})
    files = context.contexts or context.workspace
    gone = [find_preset(strip.sidecar, context, strip.location) for strip in context.strips]
    return [finding for swap in swaps for finding in findings(swap, cache, services, files, gone)]


# Platforms and caches, which are set for all builds in a variant.

_SERVICE = "{service}"


def with_builders(tree: Mapping, wanted: Dockerfiles) -> Mapping:
    """Return the tree with `platforms`, `cache_from` and `cache_to` in the builds of the chosen services.

    Raises:
        UnusableInput: Several services would overwrite the same cache.
    """
    services = services_of(tree)
    chosen = wanted.services.select_or_error(tree) if wanted.services else list(services)
    builds = [name for name in chosen if build_of(services, name) is not None]
    for kind, where in wanted.cache:
        if _SERVICE not in where and len(builds) > 1:
            what = f"dockerfiles.cache.{kind} is the same for {len(builds)} services, which would overwrite each other"
            raise UnusableInput(what, wanted.location, f"add {_SERVICE} to it: {where}-{_SERVICE}")
    changed = {
        name: services[name].with_value("build", _build_with_settings(services[name], name, wanted)) for name in builds
    }
    return with_services(tree, changed)


def _build_with_settings(service: Mapping, name: str, wanted: Dockerfiles) -> Node:
    from composevariant.compose.merge import expand_build

    build = expand_build(service.get("build") or Mapping())
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
