"""`strip`: a sidecar goes, with everything that belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.compose import services_of
from composevariant.errors import ComposeVariantError, UnusableInput, raise_all
from composevariant.operations.context import Outcome
from composevariant.operations.remove.unused import without_unused
from composevariant.operations.strip.report import Stripped, report
from composevariant.operations.strip.selection import choose, with_heirs
from composevariant.operations.strip.traces import Lost, without_fragments, without_traces
from composevariant.sidecars import added_by_add, find_preset, remove_added
from composevariant.tree import delete

if TYPE_CHECKING:
    from composevariant.operations.context import Context
    from composevariant.operations.strip.selection import Chosen
    from composevariant.overlay import Strip
    from composevariant.sidecars import Preset
    from composevariant.tree import Mapping


class _Asked(NamedTuple):
    """What is to be stripped, and what may be looked at for it."""

    wanted: Strip
    preset: Preset
    context: Context


_ADOPT: Final = "write `shared_network: adopt` under strip, and the service takes over its ports and networks"


def apply(tree: Mapping, wanted: Strip, context: Context) -> Outcome:
    """The tree without the sidecar: its services, the references to them, its traces, and what only these used.

    A project without the sidecar, and one that was stripped before, is given back as the same tree. Traces go also
    when there is no such service (any more): an image that had the sidecar inside leaves mounts and volumes behind.

    Raises:
        UnusableInput: there is no such preset; nothing was found and `required` says there must be; no service is left.
        Refused: a service cannot do without the sidecar, see `remove_services`, or without a volume that
            `log_volumes: remove` would take away; or traffic goes through it, see `traffic_refusals`.
    """
    preset = find_preset(wanted.sidecar, context, wanted.location)
    chosen = choose(tree, wanted, preset, context.workspace)
    asked = _Asked(wanted, preset, context)
    removed, chosen = _without_services(tree, chosen, asked)
    added = added_by_add(services_of(tree), chosen.sidecars)
    rest, taken = remove_added(removed.tree, added, tree)
    lost = Lost(_shared_logs(tree, chosen, asked), _hosts(tree, chosen, asked))
    traced = without_traces(rest, wanted, chosen, preset, lost)
    pruned = _without_lonely_networks(tree, traced.tree, wanted)
    last = without_unused(_never_added(tree, added), pruned.tree)
    after = without_fragments(last.tree, preset)
    if after.tree is tree and wanted.required:
        raise UnusableInput(f"nothing of {preset.title} was found, though it is required", wanted.location)
    notes = (*removed.notes, *taken, *traced.notes, *pruned.notes, *last.notes, *after.notes)
    done = Stripped(tree, after.tree, wanted, preset, chosen, traced.taken)
    return Outcome(after.tree, (*notes, *report(done, context)))


def _without_lonely_networks(before: Mapping, after: Mapping, wanted: Strip) -> Outcome:
    if not wanted.prune_networks:
        return Outcome(after)
    from composevariant.operations.strip.networks import without_lonely_networks

    return without_lonely_networks(before, after)


def _never_added(tree: Mapping, added: list[str]) -> Mapping:
    """The tree as it was before these services were added: what they alone used, and nobody added, stays unused."""
    if not added:
        return tree
    return remove_added(delete(tree, [("services", name) for name in added]), added, tree)[0]


def _shared_logs(tree: Mapping, chosen: Chosen, asked: _Asked) -> frozenset[str]:
    """The volumes and folders with log files for the sidecar, if they are to go with it."""
    if asked.wanted.log_volumes == "keep" or not chosen.sidecars:
        return frozenset()
    from composevariant.operations.strip.traces import shared_sources

    return shared_sources(services_of(tree), chosen.sidecars, asked.preset.match)


def _hosts(tree: Mapping, chosen: Chosen, asked: _Asked) -> frozenset[str]:
    """The names under which services sent to the sidecar."""
    if asked.preset.sort != "receiver" or not chosen.sidecars:
        return frozenset()
    from composevariant.operations.remove.mentions import host_names, leaving

    return host_names(leaving(tree, chosen.sidecars, asked.context.project))


def _without_services(tree: Mapping, chosen: Chosen, asked: _Asked) -> tuple[Outcome, Chosen]:
    """The tree without the services that are the sidecar, and those that this makes of others."""
    removed = Outcome(tree)
    if not chosen.sidecars:
        return removed, chosen
    while True:
        removed = _once(tree, chosen, asked)
        more = with_heirs(chosen, tree, removed.tree, asked.preset, asked.context.workspace)
        if more is chosen:
            return removed, chosen
        chosen = more


def _once(tree: Mapping, chosen: Chosen, asked: _Asked) -> Outcome:
    """The tree without the chosen services; everything that forbids it is refused together."""
    from composevariant.operations.remove.service_removal import SharedNamespaces, remove_services
    from composevariant.operations.strip.traces import log_volume_refusals

    wanted = asked.wanted
    gone = chosen.companions | chosen.sidecars
    stay = {name: service for name, service in services_of(tree).items() if name not in gone}
    errors = log_volume_refusals(stay, _shared_logs(tree, chosen, asked))
    if asked.preset.sort == "path":
        from composevariant.operations.strip.networks import traffic_refusals

        doubted = [name for name in chosen.sidecars if name not in wanted.services]
        errors += traffic_refusals(tree, gone, doubted, asked.context)
    removed = Outcome(tree)
    try:
        policy = SharedNamespaces("adopt" if wanted.shared_network == "adopt" else "drop", _ADOPT)
        removed = remove_services(tree, gone, asked.context, policy, wanted.location)
    except ComposeVariantError as error:
        errors.append(error)
    raise_all(errors)
    return removed
