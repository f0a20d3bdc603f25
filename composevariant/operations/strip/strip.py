"""`strip`: remove a sidecar and everything that belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import services_of
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.operations.context import Outcome
from composevariant.operations.remove.unused import without_unused
from composevariant.operations.strip.report import Stripped, report
from composevariant.operations.strip.selection import choose, with_heirs
from composevariant.operations.strip.traces import (
    LostWithSidecar,
    log_volume_refusals,
    shared_sources,
    without_fragments,
    without_traces,
)
from composevariant.sidecars import added_by_add, find_preset, remove_added
from composevariant.tree import delete

if TYPE_CHECKING:
    from composevariant.operations.context import Context
    from composevariant.operations.strip.selection import Chosen
    from composevariant.overlay import Strip
    from composevariant.sidecars import Preset
    from composevariant.tree import Mapping


class _Request(NamedTuple):
    """The arguments of `apply`, with the preset of the sidecar."""

    wanted: Strip
    preset: Preset
    context: Context


_ADOPT: Final = "write `shared_network: adopt` under strip: the service then takes over its ports and networks"


def apply(tree: Mapping, wanted: Strip, context: Context) -> Outcome:
    """Return the tree without the sidecar, without references to it and without its traces.

    Definitions that only the removed parts used are also removed. If nothing has to be removed, the same tree is
    returned. Traces are removed even if no service is the sidecar, because an image that contained the sidecar leaves
    mounts and volumes behind.

    Raises:
        UnusableInput: The preset does not exist, nothing was found although `required` is set, or no service would be
            left.
        Refused: A service needs the sidecar (see `remove_services`), a service needs a volume that `log_volumes:
            remove` would remove, or traffic passes through the sidecar (see `traffic_refusals`).
    """
    preset = find_preset(wanted.sidecar, context, wanted.location)
    chosen = choose(tree, wanted, preset, context.workspace)
    request = _Request(wanted, preset, context)
    removed, chosen = _remove_services(tree, chosen, request)
    added = added_by_add(services_of(tree), chosen.sidecars)
    rest, taken = remove_added(removed.tree, added, tree)
    lost = LostWithSidecar(_shared_logs(tree, chosen, request), _hosts(tree, chosen, request))
    traced = without_traces(rest, wanted, chosen, preset, lost)
    pruned = _without_lonely_networks(tree, traced.tree, wanted)
    last = without_unused(_without_added(tree, added), pruned.tree)
    after = without_fragments(last.tree, preset)
    if after.tree is tree and wanted.required:
        raise UnusableInput(f"nothing of {preset.title} was found, but `required` is set", wanted.location)
    notes = (*removed.notes, *taken, *traced.notes, *pruned.notes, *last.notes, *after.notes)
    done = Stripped(tree, after.tree, wanted, preset, chosen, traced.taken)
    return Outcome(after.tree, (*notes, *report(done, context)))


def _without_lonely_networks(before: Mapping, after: Mapping, wanted: Strip) -> Outcome:
    if not wanted.prune_networks:
        return Outcome(after)
    from composevariant.operations.strip.networks import without_lonely_networks

    return without_lonely_networks(before, after)


def _without_added(tree: Mapping, added: list[str]) -> Mapping:
    """Return the tree without services from `add`.

    Definitions that only these services used therefore count as unused before the strip, and are kept.
    """
    if not added:
        return tree
    return remove_added(delete(tree, [("services", name) for name in added]), added, tree)[0]


def _shared_logs(tree: Mapping, chosen: Chosen, request: _Request) -> frozenset[str]:
    """Return the volumes and folders with log files for the sidecar if they are removed together with the sidecar."""
    if request.wanted.log_volumes == "keep" or not chosen.sidecars:
        return frozenset()
    return shared_sources(services_of(tree), chosen.sidecars, request.preset.match)


def _hosts(tree: Mapping, chosen: Chosen, request: _Request) -> frozenset[str]:
    """Return the host names of the sidecar if services send data to the sidecar."""
    if request.preset.sort != "receiver" or not chosen.sidecars:
        return frozenset()
    from composevariant.operations.remove.mentions import host_names, removal_of

    return host_names(removal_of(tree, chosen.sidecars, request.context.project))


def _remove_services(tree: Mapping, chosen: Chosen, request: _Request) -> tuple[Outcome, Chosen]:
    """Remove the services of the sidecar, including services recognized only after their `extends` is resolved."""
    removed = Outcome(tree)
    if not chosen.sidecars:
        return removed, chosen
    while True:
        removed = _remove_chosen(tree, chosen, request)
        more = with_heirs(chosen, tree, removed.tree, request.preset, request.context.workspace)
        if more is chosen:
            return removed, chosen
        chosen = more


def _remove_chosen(tree: Mapping, chosen: Chosen, request: _Request) -> Outcome:
    """Return the tree without the chosen services. All errors are raised together."""
    from composevariant.operations.remove.service_removal import SharedNamespaces, remove_services

    wanted = request.wanted
    gone = chosen.companions | chosen.sidecars
    stay = {name: service for name, service in services_of(tree).items() if name not in gone}
    errors = log_volume_refusals(stay, _shared_logs(tree, chosen, request))
    if request.preset.sort == "path":
        from composevariant.operations.strip.networks import traffic_refusals

        detected = [name for name in chosen.sidecars if name not in wanted.services]
        errors += traffic_refusals(tree, gone, detected, request.context)
    removed = Outcome(tree)
    try:
        policy = SharedNamespaces("adopt" if wanted.shared_network == "adopt" else "drop", _ADOPT)
        removed = remove_services(tree, gone, request.context, policy, wanted.location)
    except ComposeVariantError as error:
        errors.append(error)
    raise_all(errors)
    return removed
