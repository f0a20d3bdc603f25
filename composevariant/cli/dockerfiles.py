"""What `dockerfile` does, without its options."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from composevariant.build_files import BuildFiles
from composevariant.cli.dockerfile_sidecars import SidecarsOut, extra_files, extra_path
from composevariant.cli.terminal import data, printable, say
from composevariant.compose.services import services_of
from composevariant.dockerfile.fast import Fast, copy_of, fast_dockerfile, is_untouched
from composevariant.dockerfile.rungs.cache_mounts import RUNG
from composevariant.dockerfile.rungs.rung import Forbidden, Order
from composevariant.errors import REFUSED, ComposeVariantError, Refused, UnusableInput, did_you_mean, raise_all
from composevariant.files import BOM, Written
from composevariant.operations.dockerfile_builds import build_of
from composevariant.operations.dockerfile_candidates import candidates, is_suffixed
from composevariant.operations.dockerfile_orders import order_for
from composevariant.tree import Mapping, location_of
from composevariant.workshop import Workshop, load_rules

if TYPE_CHECKING:
    from composevariant.operations.dockerfile_builds import Build
    from composevariant.source import Location, Source

_SUFFIX = ".fast"


class Wanted(NamedTuple):
    """The arguments and options of `dockerfile`."""

    services: tuple[str, ...]
    base: tuple[str, ...]
    schema: str | None
    form: str
    dry_run: bool
    strip: tuple[str, ...] | None = None
    """The sidecars to take out of the images; None for those that the variant `fast` strips."""


class Made(NamedTuple):
    """What became of a service's Dockerfile."""

    service: str
    source: Source | None
    path: str
    fast: Fast
    order: Order


def make_fast(folder: str, wanted: Wanted) -> int:
    """Write or show the fast Dockerfiles and report on each service; gives the exit code."""
    workshop = Workshop(folder, wanted.base, load_rules(wanted.schema))
    out = SidecarsOut(workshop, wanted.strip)
    made: list[Made] = []
    errors: list[ComposeVariantError] = []
    for build in _builds(workshop, wanted.services):
        try:
            made.append(_make(workshop, build, out))
        except ComposeVariantError as error:
            errors.append(error)
    raise_all(errors)
    files = {file.path: file for each in made for file in _files(workshop, each)}
    if not wanted.dry_run:
        workshop.files.write(files.values())
    if wanted.form == "json":
        data(_json(made, dry_run=wanted.dry_run))
    else:
        _tell(workshop, made, dry_run=wanted.dry_run)
    return 0 if files else REFUSED


def _services(workshop: Workshop) -> dict[str, Mapping]:
    tree = workshop.model.tree
    return services_of(tree) if isinstance(tree, Mapping) else {}


def _builds(workshop: Workshop, names: tuple[str, ...]) -> list[Build]:
    services = _services(workshop)
    unknown = [name for name in names if name not in services]
    raise_all([UnusableInput(f"{name} is not a service{did_you_mean(name, services)}") for name in unknown])
    builds = [build for name in names or services if (build := build_of(services, name)) is not None]
    if not builds:
        raise UnusableInput(f"no service of {workshop.base.label} is built from a Dockerfile")
    return builds


def _make(workshop: Workshop, build: Build, out: SidecarsOut) -> Made:
    path = build.path_of(build.name)
    reason = "it is built from dockerfile_inline" if build.inline else build.why_unknown(build.name)
    if reason or path is None or is_suffixed(build.name, _SUFFIX):
        place = location_of(build.node) or workshop.model.document.source.location(0)
        refused = Forbidden(RUNG, reason or f"{build.name} is a variant's Dockerfile already", place)
        return Made(build.service, None, "", Fast("", "", (), (refused,)), Order(""))
    folder = posixpath.dirname(workshop.base.name)
    order = order_for(_services(workshop), path, BuildFiles(workshop.files, folder), workshop.project_name())
    order = out.added_to(order, _services(workshop))
    path = posixpath.normpath(posixpath.join(folder, path))
    source = workshop.files.read(path)
    if source is None:
        raise UnusableInput(f"{build.service} is built from {path}, which does not exist", location_of(build.node))
    return Made(build.service, source, candidates(path, _SUFFIX, ())[0], fast_dockerfile(source, order), order)


def _files(workshop: Workshop, made: Made) -> list[Written]:
    """The Dockerfile and its own ignore file, which would otherwise not count for it.

    Raises:
        Refused: a file of somebody else is in the place of one of them.
    """
    if made.source is None or not made.fast.done:
        return []
    files = workshop.files
    old = files.read(made.path)
    if old is not None and not is_untouched(old.text):
        raise Refused(f"{made.path} was written or edited by somebody else", None, "move it away to have it made")
    mark = BOM if files.has_bom(made.source.name) else ""
    written = [Written(made.path, mark + made.fast.text, made.source.name)]
    ignored = files.read(f"{made.source.name}.dockerignore")
    if ignored is not None:
        target = f"{made.path}.dockerignore"
        there = files.read(target)
        if there is not None and there.text != ignored.text and not is_untouched(there.text):
            raise Refused(f"{target} is not what {ignored.name} says", None, "move it away to have it copied again")
        written.append(Written(target, copy_of(ignored, made.order), ignored.name))
    return [*written, *extra_files(workshop, made.fast.files, made.order.context.folder)]


def _tell(workshop: Workshop, made: list[Made], *, dry_run: bool) -> None:
    from composevariant.preview.unified import unified

    shown: set[str] = set()
    for each in made:
        for done in each.fast.done:
            say(printable(f"{each.service}: {done.location}: {done.rung}: done for {done.ecosystem}"))
        for refused in each.fast.refused:
            say(printable(f"{each.service}: {refused.location}: {refused.rung}: refused: {refused.reason}"))
        for told in each.fast.told:
            say(printable(f"{each.service}: {told.location}: {told.rung}: {told.message}"))
        if not (each.fast.done or each.fast.refused):
            say(f"{each.service}: no step installs packages in a way that is known")
        if not each.fast.done or each.source is None or each.path in shown:
            continue
        shown.add(each.path)
        if dry_run:
            data(unified(each.source.name, each.source.text, each.path, each.fast.body, color=False))
        else:
            say(f"wrote {each.path}")
        for file in each.fast.files:
            path = extra_path(workshop, file.path, each.order.context.folder)
            standard = extra_path(workshop, file.made_of, each.order.context.folder)
            old = workshop.files.read(standard)
            if dry_run:
                data(unified(standard, old.text if old else "", path, file.text, color=False))
            else:
                say(f"wrote {path}")


def _json(made: list[Made], *, dry_run: bool) -> str:
    import json

    rows = [
        {
            "service": each.service,
            "dockerfile": each.source.name if each.source else None,
            "written": each.path if each.fast.done and not dry_run else None,
            "done": [_row(done._asdict(), done.location) for done in each.fast.done],
            "told": [_row(told._asdict(), told.location) for told in each.fast.told],
            "refused": [_row(refused._asdict(), refused.location) for refused in each.fast.refused],
        }
        for each in made
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def _row(fields: dict[str, object], location: Location) -> dict[str, object]:
    return {**fields, "location": str(location)}
