"""What differs between two models, found by deepdiff."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from composevariant.compose import Leaf, PathTable, flow
from composevariant.findings import may_be_secret
from composevariant.preview.secrets import without_passwords
from composevariant.tree import format_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.compose import Data
    from composevariant.tree import Path


class Difference(NamedTuple):
    """One thing that is there on one side only (None on the other), or not the same on both."""

    path: Path
    before: Data | None
    after: Data | None


def differences(before: Data, after: Data) -> list[Difference]:
    """Everything that differs, in the order of `before`; what is new comes last in its mapping."""
    from deepdiff import DeepDiff
    from deepdiff.helper import notpresent

    # deepdiff would otherwise not go into mappings that have little in common, and pass over keys that start with __.
    found = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False)
    places = {path: number for number, path in enumerate(_paths(before, after))}
    listed = []
    for level in chain.from_iterable(found.tree.values()):
        old, new = (None if side is notpresent else cast("Data", side) for side in (level.t1, level.t2))
        listed.append(Difference(tuple(level.path(output_format="list")), old, new))
    return sorted(listed, key=lambda difference: places[difference.path])


def _paths(before: Data | None, after: Data | None, path: Path = ()) -> Iterator[Path]:
    """All paths of both sides in order; deepdiff groups what it finds by kind."""
    yield path
    old, new = _members(before), _members(after)
    for key in old | new:
        yield from _paths(old.get(key), new.get(key), (*path, key))


def _members(data: Data | None) -> dict[str | int, Data]:
    if isinstance(data, list):
        return dict(enumerate(data))
    return dict(data.items()) if isinstance(data, dict) else {}


# The words for what differs: one row for each attribute of a Compose file, and a general sentence for the rest.

_LONGEST: Final = 100


_CONTEXT: Final = 20


_KINDS: Final = {"image": "image", "build": "built from", "extends": "extends", "condition": "condition"}


class Words(NamedTuple):
    """Sentences about one attribute. `{name}` is the last key of its path, `{above}` the one before."""

    added: str
    removed: str
    changed: str
    inside: str
    """The attribute itself, for what is said of something inside of it."""
    default: str = ""
    """What holds when the attribute is not there."""


def _attribute(noun: str, default: str = "") -> Words:
    added, removed, changed = f"{noun} {{after}} added", f"{noun} {{before}} removed", f"{noun} {{before}} -> {{after}}"
    return Words(added, removed, changed, noun, default)


def _item(noun: str) -> Words:
    return _attribute(noun)._replace(inside=f"{noun} {{name}}")


def _named(noun: str) -> Words:
    subject = f"{noun} {{name}}".strip()
    return Words(f"{subject} added", f"{subject} removed", f"{subject} {{before}} -> {{after}}", subject)


def _pair(noun: str) -> Words:
    return _named(noun)._replace(added=f"{noun} {{name}}={{after}} added")


def _verb(noun: str, verb: str) -> Words:
    return _named(noun)._replace(added=f"now {verb} {{name}}{{kind}}", removed=f"no longer {verb} {{name}}")


TABLE: Final[PathTable[Words]] = PathTable(
    {
        "services.*": Words("added{kind}", "removed", "{before} -> {after}", ""),
        "services.*.annotations.*": _pair("annotation"),
        "services.*.build.additional_contexts.*": _pair("build context"),
        "services.*.build.args.*": _pair("build argument"),
        "services.*.build.context": _attribute("build context", "."),
        "services.*.build.dockerfile": _attribute("Dockerfile", "Dockerfile"),
        "services.*.build.dockerfile_inline": _attribute("inline Dockerfile"),
        "services.*.build.labels.*": _pair("image label"),
        "services.*.build.target": _attribute("build target"),
        "services.*.cap_add.*": _named("capability"),
        "services.*.cap_drop.*": _named("dropped capability"),
        "services.*.configs.*": _item("config"),
        "services.*.depends_on.*": _verb("depends_on", "depends on"),
        "services.*.depends_on.*.condition": _attribute("waits for {above}:", "service_started"),
        "services.*.deploy.labels.*": _pair("deploy label"),
        "services.*.devices.*": _item("device"),
        "services.*.environment.*": _pair("environment"),
        "services.*.expose.*": _named("exposed port"),
        "services.*.image": _attribute("image"),
        "services.*.labels.*": _pair("label"),
        "services.*.links.*": _verb("link", "links to"),
        "services.*.networks.*": _verb("network", "is in network"),
        "services.*.ports.*": _item("port"),
        "services.*.profiles.*": _named("profile"),
        "services.*.restart": _attribute("restart"),
        "services.*.secrets.*": _item("secret"),
        "services.*.sysctls.*": _pair("sysctl"),
        "services.*.tmpfs.*": _item("tmpfs"),
        "services.*.volumes.*": _item("mount"),
        **{f"{section}.*": _named("") for section in ("volumes", "networks", "configs", "secrets", "models")},
    }
)  # fmt: skip
"""What is said of each attribute. An attribute with a row for what is in it is taken apart."""


def owner(path: Path) -> tuple[str, Path]:
    """Under which name a difference is told: its service, else the top-level key. And what is left of the path."""
    if path[:1] == ("services",) and len(path) > 1:
        return str(path[1]), path[2:]
    return (str(path[0]), path[1:]) if path else ("the file", ())


def apart(difference: Difference) -> list[Difference]:
    """The difference, or those of the things in it where there are words for each of them."""
    path, before, after = difference
    old, new = _contents(before), _contents(after)
    if old is None or new is None or not (old or new) or TABLE.at((*path, "")) is None:
        return [difference]
    found = []
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            found += apart(Difference((*path, name), old.get(name), new.get(name)))
    return found


def _contents(data: Data | None) -> dict[str, Data] | None:
    """What is in a mapping; nothing is in one that is not there. None for everything else."""
    if data is None or (isinstance(data, Leaf) and data == "null null"):
        return {}
    return data if isinstance(data, dict) else None


def sentence(difference: Difference) -> str:
    """What is said of a difference, on one line, after the name of its owner."""
    path, before, after = difference
    words = TABLE.at(path) or _attribute(_literally(_place(path)))
    old, new = _masked(path, *_shown(before, after))
    if words.default:
        template, old, new = words.changed, old or words.default, new or words.default
    elif before is None:
        template = words.added
    elif after is None and not isinstance(before, Leaf) and "{before}" in words.removed:
        template = f"{words.inside} removed"
    else:
        template = words.removed if after is None else words.changed
    above, name = (str(key) for key in ("", "", *path)[-2:])
    return one_line(template.format(name=name, above=above, before=old, after=new, kind=_kind(after))).strip()


def _kind(data: Data | None) -> str:
    """What tells most of something that was added: what a service runs, what a dependency waits for."""
    found = data if isinstance(data, dict) else {}
    for name, words in _KINDS.items():
        if name in found:
            value = found[name]
            context = value.get("context") if name == "build" and isinstance(value, dict) else None
            return f", {words} {cut(flow(context or value), 0)}"
    return ""


def _literally(text: str) -> str:
    """Text for a template, in which braces stand for something."""
    return text.replace("{", "{{").replace("}", "}}")


def _place(path: Path) -> str:
    """Where a setting without a row of its own is: inside the nearest thing that has one."""
    for depth in range(len(path) - 1, 0, -1):
        words = TABLE.at(path[:depth])
        if words is not None:
            inside = words.inside.format(name=path[depth - 1])
            return f"{inside}{': ' if inside else ''}{format_path(path[depth:])}"
    return format_path(owner(path)[1])


def _shown(before: Data | None, after: Data | None) -> tuple[str, str]:
    """Both sides on one line each. Of long texts the part is shown where they differ."""
    old, new = ("" if data is None else flow(data) for data in (before, after))
    start = 0
    if old and new and max(len(old), len(new)) > _LONGEST:
        start = next((at for at, (left, right) in enumerate(zip(old, new, strict=False)) if left != right), 0)
    return cut(old, start), cut(new, start)


def _masked(path: Path, old: str, new: str) -> tuple[str, str]:
    """Both sides without secrets: reports end up in the logs of CI. The diff shows what is written."""
    if len(path) > 1 and path[-2] in ("environment", "args") and may_be_secret(path[-1:]):
        return "***" if old else "", "***" if new else ""
    return without_passwords(old), without_passwords(new)


def cut(text: str, start: int = 0) -> str:
    """At most a hundred characters of a text, from a little before `start`."""
    if len(text) > _LONGEST:
        start = max(0, min(start - _CONTEXT, len(text) - _LONGEST))
        end = start + _LONGEST
        text = f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
    return text


def one_line(text: str) -> str:
    """The text with its line breaks and other control characters written out."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
