"""The differences between two models, found by deepdiff, and a phrase for each difference."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from composevariant.compose import Leaf, PathTable, data_of_both, flow
from composevariant.findings import may_be_secret
from composevariant.preview.secrets import mask_passwords
from composevariant.tree import format_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from composevariant.compose import Data
    from composevariant.tree import Node, Path


class Difference(NamedTuple):
    """A value that differs between two sides. The value is None on a side that does not have it."""

    path: Path
    before: Data | None
    after: Data | None


def differences(before: Data, after: Data) -> list[Difference]:
    """Return all differences in the order of `before`. New keys come last in their mapping."""
    from deepdiff import DeepDiff
    from deepdiff.helper import notpresent

    # By default deepdiff does not descend into mappings with little in common and skips keys that start with __.
    found = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False)
    places = {path: number for number, path in enumerate(_paths(before, after))}
    listed = []
    for level in chain.from_iterable(found.tree.values()):
        old, new = (None if side is notpresent else cast("Data", side) for side in (level.t1, level.t2))
        listed.append(Difference(tuple(level.path(output_format="list")), old, new))
    return sorted(listed, key=lambda difference: places[difference.path])


def _paths(before: Data | None, after: Data | None, path: Path = ()) -> Iterator[Path]:
    """Yield all paths of both sides in order.

    The paths define the sort order of the differences, because deepdiff groups its results by kind.
    """
    yield path
    old, new = _members(before), _members(after)
    for key in old | new:
        yield from _paths(old.get(key), new.get(key), (*path, key))


def _members(data: Data | None) -> dict[str | int, Data]:
    if isinstance(data, list):
        return dict(enumerate(data))
    return dict(data.items()) if isinstance(data, dict) else {}


# The phrases: one row for each attribute of a Compose file, and a general phrase for the rest.

_LONGEST: Final = 100

_CONTEXT: Final = 20

_KINDS: Final = {"image": "image", "build": "built from", "extends": "extends", "condition": "condition"}


class Words(NamedTuple):
    """Phrase templates for one attribute.

    `{name}` is the last key of the attribute's path, and `{above}` is the key before it.
    """

    added: str
    removed: str
    changed: str
    inside: str
    """The attribute itself, used as the prefix of phrases about its contents."""
    default: str = ""
    """The value that Compose uses when the attribute is missing."""


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
"""Phrases by path. If a child of an attribute has a row, the attribute is split into one difference per child."""


def owner(path: Path) -> tuple[str, Path]:
    """Return the heading for a path (its service, or its top-level key if there is none) and the rest of the path."""
    if path[:1] == ("services",) and len(path) > 1:
        return str(path[1]), path[2:]
    return (str(path[0]), path[1:]) if path else ("the file", ())


def split_difference(difference: Difference) -> list[Difference]:
    """Split a difference into one per child if the children have phrases. Otherwise return the difference alone."""
    path, before, after = difference
    old, new = _contents(before), _contents(after)
    if old is None or new is None or not (old or new) or TABLE.at((*path, "")) is None:
        return [difference]
    found = []
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            found += split_difference(Difference((*path, name), old.get(name), new.get(name)))
    return found


def meaning_differences(before: Node, after: Node) -> list[Difference]:
    """Return all differences in meaning between two resolved trees, split by `split_difference`."""
    return [part for each in differences(*data_of_both(before, after)) for part in split_difference(each)]


def _contents(data: Data | None) -> dict[str, Data] | None:
    """Return the entries of a mapping, an empty mapping for a missing value, or None for any other value."""
    if data is None or (isinstance(data, Leaf) and data == "null null"):
        return {}
    return data if isinstance(data, dict) else None


def sentence(difference: Difference) -> str:
    """Return a difference in words on one line, without the name of its owner."""
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
    """Return the main property of an added value, such as the image of a service or the condition of a dependency."""
    found = data if isinstance(data, dict) else {}
    for name, words in _KINDS.items():
        if name in found:
            value = found[name]
            context = value.get("context") if name == "build" and isinstance(value, dict) else None
            return f", {words} {shorten(flow(context or value), 0)}"
    return ""


def _literally(text: str) -> str:
    """Escape braces for `str.format`."""
    return text.replace("{", "{{").replace("}", "}}")


def _place(path: Path) -> str:
    """Return the location of a setting without a row, relative to the nearest parent that has a row."""
    for depth in range(len(path) - 1, 0, -1):
        words = TABLE.at(path[:depth])
        if words is not None:
            inside = words.inside.format(name=path[depth - 1])
            return f"{inside}{': ' if inside else ''}{format_path(path[depth:])}"
    return format_path(owner(path)[1])


def _shown(before: Data | None, after: Data | None) -> tuple[str, str]:
    """Return both sides, each on one line. Long texts are cut to the part that differs."""
    old, new = ("" if data is None else flow(data) for data in (before, after))
    start = 0
    if old and new and max(len(old), len(new)) > _LONGEST:
        start = next((at for at, (left, right) in enumerate(zip(old, new, strict=False)) if left != right), 0)
    return shorten(old, start), shorten(new, start)


def _masked(path: Path, old: str, new: str) -> tuple[str, str]:
    """Return both sides without secrets, because reports end up in CI logs. The line diff does show secrets."""
    if len(path) > 1 and path[-2] in ("environment", "args") and may_be_secret(path[-1:]):
        return "***" if old else "", "***" if new else ""
    return mask_passwords(old), mask_passwords(new)


def shorten(text: str, start: int = 0) -> str:
    """Cut a text to at most 100 characters, starting shortly before `start`."""
    if len(text) > _LONGEST:
        start = max(0, min(start - _CONTEXT, len(text) - _LONGEST))
        end = start + _LONGEST
        text = f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
    return text


def one_line(text: str) -> str:
    """Escape line breaks and other control characters."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
