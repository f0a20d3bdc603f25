"""The command `explain`, which shows where settings come from."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from composevariant.commands.projects import open_project
from composevariant.commands.terminal import print_data, printable, wants_color
from composevariant.compose import identity
from composevariant.errors import UnusableInput
from composevariant.preview import SettingHistory, Value, explain, paint
from composevariant.tree import nearest, parse_path
from composevariant.variants import resolve_variants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from composevariant.source import Location

_SAME = "as in the base"
_ABSENT = "not there"


class ExplainOptions(NamedTuple):
    """The arguments and options of `explain`."""

    path: str
    variant: str | None
    base: tuple[str, ...]
    form: str
    show_secrets: bool


def explain_path(folder: str, options: ExplainOptions) -> int:
    """Print the origin of the settings at a path and return the exit code."""
    pattern = parse_path(options.path)
    project = open_project(folder, options.base)
    chosen = resolve_variants(project, [options.variant] if options.variant else [], None, every=False)[0]
    generated, _ = project.make(chosen)
    tree = project.tree
    found = explain(tree, generated.history, pattern, hide=options.form == "json" and not options.show_secrets)
    if not found:
        missing = nearest(tree, pattern, identity)
        raise UnusableInput(f"no such setting in the base or in {chosen.name}: {options.path}: {missing}")
    print_data(_json(chosen.name, found) if options.form == "json" else printable(_text(chosen.name, found)))
    return 0


def _text(variant: str, found: Sequence[SettingHistory]) -> str:
    color = wants_color(sys.stdout)
    return "\n".join("".join(f"{line}\n" for line in _lines(variant, each, color=color)) for each in found)


def _lines(variant: str, explained: SettingHistory, *, color: bool) -> Iterator[str]:
    yield paint(explained.path, "bold", wanted=color)
    width = max(map(len, ("base", variant, *(event.operation for event in explained.events))))
    yield _line("base", _value_text(explained.base), explained.base, width)
    for event in explained.events:
        first, *more = event.details or ("removed" if event.after is None else event.after.shown,)
        yield _line(event.operation, first, Value("", event.location), width)
        yield from (f"  {'':{width}}  {detail}" for detail in more)
        for reason in event.reasons:
            yield f"  {'':{width}}    {paint(reason, 'dim', wanted=color)}"
    yield _line(variant, _value_text(explained.variant) if explained.events else _SAME, None, width)


def _value_text(value: Value | None) -> str:
    return _ABSENT if value is None else value.shown


def _line(name: str, text: str, value: Value | None, width: int) -> str:
    where = f"  ({value.location})" if value and value.location else ""
    return f"  {name:{width}}  {text}{where}"


def _json(variant: str, found: Sequence[SettingHistory]) -> str:
    import json

    report = {"variant": variant, "settings": [_setting(each) for each in found]}
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _setting(explained: SettingHistory) -> dict[str, object]:
    events = [
        {
            "operation": event.operation,
            "location": _place(event.location),
            "after": _json_value(event.after),
            "details": list(event.details),
            "reasons": list(event.reasons),
        }
        for event in explained.events
    ]
    base, variant = _json_value(explained.base), _json_value(explained.variant)
    return {"path": explained.path, "base": base, "events": events, "final": variant}


def _json_value(value: Value | None) -> dict[str, object] | None:
    return value and {"value": value.shown, "location": _place(value.location)}


def _place(location: Location | None) -> dict[str, object] | None:
    return location and location._asdict()
