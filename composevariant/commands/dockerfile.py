"""The command `dockerfile`, which writes fast Dockerfiles for services."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final, NamedTuple

from composevariant.commands.terminal import print_data, print_message, printable
from composevariant.compose import services_of
from composevariant.disk import RecordedFiles
from composevariant.errors import REFUSED, ComposeVariantError, Refused, UnusableInput, did_you_mean, raise_all
from composevariant.fast_dockerfile import CACHE_MOUNTS, FastDockerfile, Skipped, fast_dockerfile
from composevariant.operations import (
    Context,
    ExtraFile,
    build_of,
    candidates,
    files_of,
    has_suffix,
    order_for,
    with_sidecars,
)
from composevariant.project import FAST_SIDECAR, resolve_variant
from composevariant.sidecars import find_preset
from composevariant.tree import location_of
from composevariant.variants import OpenProject, as_written, load_rules, plan_extra_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Mapping as Table

    from composevariant.fast_dockerfile import BuildRequest
    from composevariant.operations import Build
    from composevariant.sidecars import Preset
    from composevariant.source import Location, Source
    from composevariant.tree import Mapping
    from composevariant.variants import PlannedFile

_SUFFIX = ".fast"


class DockerfileOptions(NamedTuple):
    """The arguments and options of `dockerfile`."""

    services: tuple[str, ...]
    base: tuple[str, ...]
    schema: str | None
    form: str
    dry_run: bool
    strip: tuple[str, ...] | None = None
    """The sidecars to remove from the images, or None for those that the variant `fast` strips."""


class DockerfileResult(NamedTuple):
    """The fast Dockerfile of a service, with the reasons for skipped changes."""

    service: str
    source: Source | None
    path: str
    fast: FastDockerfile
    files: tuple[PlannedFile, ...] = ()
    """The Dockerfile and its extra files, which are empty if the Dockerfile would equal the standard one."""


def write_fast_dockerfiles(folder: str, options: DockerfileOptions) -> int:
    """Write or print the fast Dockerfiles, report on each service, and return the exit code."""
    project = OpenProject(folder, options.base, load_rules(options.schema))
    out = SidecarRemoval(project, options.strip)
    results: list[DockerfileResult] = []
    errors: list[ComposeVariantError] = []
    for build in _builds(project, options.services):
        try:
            results.append(_make(project, build, out))
        except ComposeVariantError as error:
            errors.append(error)
    raise_all(errors)
    files = {file.path: file for each in results for file in each.files}
    raise_all(list(_refusals(files.values())))
    if not options.dry_run:
        project.files.write([as_written(project.files, file) for file in files.values()])
    if options.form == "json":
        print_data(_json(results, dry_run=options.dry_run))
    else:
        _report(project, results, dry_run=options.dry_run)
    return 0 if files else REFUSED


def _builds(project: OpenProject, names: tuple[str, ...]) -> list[Build]:
    services = services_of(project.tree)
    unknown = [name for name in names if name not in services]
    raise_all([UnusableInput(f"{name} is not a service{did_you_mean(name, services)}") for name in unknown])
    builds = [build for name in names or services if (build := build_of(services, name)) is not None]
    if not builds:
        raise UnusableInput(f"no service in {project.base.label} is built from a Dockerfile")
    return builds


def _make(project: OpenProject, build: Build, out: SidecarRemoval) -> DockerfileResult:
    path = build.path_of(build.name)
    reason = "it is built from dockerfile_inline" if build.inline else build.why_unknown(build.name)
    if reason or path is None or has_suffix(build.name, _SUFFIX):
        place = location_of(build.node) or project.model.document.source.location(0)
        refused = Skipped(CACHE_MOUNTS, reason or f"{build.name} is already a variant's Dockerfile", place)
        return DockerfileResult(build.service, None, "", FastDockerfile("", "", (), (refused,)))
    folder = posixpath.dirname(project.base.name)
    seen = RecordedFiles(project.files, folder)
    order = out.add_to(
        order_for(services_of(project.tree), path, seen, project.project_name()), services_of(project.tree)
    )
    standard = posixpath.normpath(posixpath.join(folder, path))
    source = project.files.read(standard)
    if source is None:
        raise UnusableInput(f"{build.service} is built from {standard}, which does not exist", location_of(build.node))
    fast, target = fast_dockerfile(source, order), candidates(path, _SUFFIX, ())[0]
    extra = files_of(fast, order, ExtraFile(target, fast.text, path), seen) if fast.done else ()
    files = plan_extra_files(project.files, project.base.name, list(extra))
    return DockerfileResult(build.service, source, posixpath.normpath(posixpath.join(folder, target)), fast, files)


def _refusals(files: Iterable[PlannedFile]) -> Iterator[Refused]:
    """Yield an error for each file that exists and was not generated."""
    for file in files:
        if file.state == "not ours":
            yield Refused(
                f"{file.path} was not generated by composevariant, or was edited since",
                None,
                "move it away to generate a new one",
            )


def _report(project: OpenProject, results: list[DockerfileResult], *, dry_run: bool) -> None:
    shown: set[str] = set()
    for each in results:
        _report_passes(each.service, each.fast)
        for file in each.files:
            if file.path not in shown and not dry_run:
                print_message(f"wrote {file.path}")
            elif file.path not in shown:
                text = each.fast.body if file.path == each.path else file.text
                print_data(_difference(project, file.made_of, file.path, text))
            shown.add(file.path)


def _report_passes(service: str, fast: FastDockerfile) -> None:
    for done in fast.done:
        print_message(printable(f"{service}: {done.location}: {done.rung}: done for {done.ecosystem}"))
    for refused in fast.refused:
        print_message(printable(f"{service}: {refused.location}: {refused.rung}: refused: {refused.reason}"))
    for note in fast.told:
        print_message(printable(f"{service}: {note.location}: {note.rung}: {note.message}"))
    if not (fast.done or fast.refused):
        print_message(f"{service}: no known installation of packages found")


def _difference(project: OpenProject, made_of: str, path: str, text: str) -> str:
    from composevariant.preview import unified

    old = project.files.read(made_of)
    return unified(made_of, old.text if old else "", path, text, color=False)


def _json(results: list[DockerfileResult], *, dry_run: bool) -> str:
    import json

    rows = [
        {
            "service": each.service,
            "dockerfile": each.source.name if each.source else None,
            "written": each.path if each.fast.done and not dry_run else None,
            "done": [_row(done._asdict(), done.location) for done in each.fast.done],
            "told": [_row(note._asdict(), note.location) for note in each.fast.told],
            "refused": [_row(refused._asdict(), refused.location) for refused in each.fast.refused],
        }
        for each in results
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def _row(fields: dict[str, object], location: Location) -> dict[str, object]:
    return {**fields, "location": str(location)}


# Sidecars to remove from images.

_VARIANT: Final = "fast"

_USUAL: Final = (FAST_SIDECAR,)
"""The sidecars of the built-in variant, which are used if there is no variant `fast`."""


class SidecarRemoval:
    """The sidecars to remove from all images in one call."""

    def __init__(self, project: OpenProject, names: tuple[str, ...] | None) -> None:
        """Find the presets of the named sidecars, or of those that the variant `fast` strips.

        Raises:
            UnusableInput: A sidecar is unknown, or its preset does not describe the sidecar inside an image.
        """
        self._named = names
        own: tuple[tuple[str, Mapping], ...] = ()
        chosen = names
        if names is None:
            chosen = _USUAL
            if project.declared.variant(_VARIANT) is not None:
                overlay = resolve_variant(project.declared, _VARIANT, project.files).overlay
                chosen, own = tuple(strip.sidecar for strip in overlay.strips), overlay.sidecars
        context = Context(RecordedFiles(project.files, posixpath.dirname(project.base.name)), presets=own)
        self.presets: list[Preset] = [find_preset(name, context) for name in chosen or ()]
        raise_all([_unknown_inside(preset) for preset in self.presets if names and not preset.embedded.words])

    def add_to(self, order: BuildRequest, services: Table[str, Mapping]) -> BuildRequest:
        """Return the request with the sidecars removed. Its command names the sidecars unless they are the default."""
        options = "".join(f" --strip {name}" for name in self._named or ())
        options = " --keep-sidecars" if self._named == () else options
        return with_sidecars(order._replace(command=order.command + options), self.presets, services)


def _unknown_inside(preset: Preset) -> UnusableInput:
    hint = "add the key embedded: to the preset"
    return UnusableInput(f"the preset of {preset.title} does not describe it inside an image", None, hint)
