"""What is to be said of a sidecar that stays, by the advice of its preset. Nothing is changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from composevariant.compose.services import services_of, text_of, texts_of
from composevariant.compose.volumes import placed_in
from composevariant.findings import Note, note
from composevariant.sidecars.configurations import configurations
from composevariant.sidecars.patterns import fits
from composevariant.source import Location, Source
from composevariant.tree import location_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from composevariant.sidecars.preset import Advice, Preset
    from composevariant.tree import Mapping


class _Text(NamedTuple):
    """A text that the sidecar is told something by."""

    text: str
    where: Location | None
    """Of the whole; None where the text is a file, whose lines count."""
    file: str = ""

    def at(self, offset: int) -> Location | None:
        return self.where or Source(self.file, self.text).location(offset)


def advice_on(
    tree: Mapping, sidecars: Iterable[str], preset: Preset, read: Callable[[str], str | None]
) -> Iterator[Note]:
    """One warning for each piece of advice that fits one of these sidecars. `read` gives the text of a file."""
    services, names = services_of(tree), list(sidecars)
    for name in names:
        service = services[name]
        commands = [_Text(" ".join(_words(service)), location_of(service.get("command") or service))]
        files = list(_files(tree, service, preset, read))
        tag = text_of(service.get("image")).partition("@")[0].rpartition(":")[2]
        for advice in preset.advice:
            if advice.versions and not fits(tag, advice.versions):
                continue
            wrong = _in_texts(advice, commands, files) or _in_mounts(advice, service)
            if wrong is None and advice.alone:
                wrong = _shared(advice, name, names, services)
            if wrong is not None:
                what, where = wrong
                place = where or location_of(service)
                yield note("sidecar.advice", "warning", ("services", name), place, found=what, advice=advice.says)


_Wrong = tuple[str, Location | None]


def _words(service: Mapping) -> list[str]:
    return [*texts_of(service.get("entrypoint")), *texts_of(service.get("command"))]


def _files(tree: Mapping, service: Mapping, preset: Preset, read: Callable[[str], str | None]) -> Iterator[_Text]:
    for file, text in configurations(tree, service, preset.match, read):
        inline = location_of(tree.get("configs")) if file.startswith("configs.") else None
        yield _Text(text, inline, file.removeprefix("./"))


def _in_texts(advice: Advice, commands: list[_Text], files: list[_Text]) -> _Wrong | None:
    for pattern, texts in ((advice.command, commands), (advice.config, files)):
        for each in texts if pattern else ():
            found = re.search(pattern, each.text, re.MULTILINE)
            if found and not (advice.unless and re.search(advice.unless, each.text, re.MULTILINE)):
                return f"{found[0].strip()}", each.at(found.start())
    for each in files if advice.unique else ():
        seen: set[str] = set()
        for found in re.finditer(advice.unique, each.text, re.MULTILINE):
            if found[1] in seen:
                return found[1], each.at(found.start())
            seen.add(found[1])
    return None


def _in_mounts(advice: Advice, service: Mapping) -> _Wrong | None:
    targets = {placed.mount.target for placed in placed_in(service)}
    missing = advice.mount and advice.mount not in targets
    return (f"nothing is mounted at {advice.mount}", None) if missing else None


def _shared(advice: Advice, name: str, names: list[str], services: dict[str, Mapping]) -> _Wrong | None:
    """The second and every later sidecar that mounts what an earlier one has at that place."""
    sources: dict[str, str] = {}
    for other in names[: names.index(name) + 1]:
        for placed in placed_in(services[other]):
            source = placed.mount.source
            if placed.mount.target == advice.alone and source:
                if other == name and source in sources:
                    return f"{source} is that of {sources[source]} too", location_of(placed.node)
                sources.setdefault(source, other)
    return None
