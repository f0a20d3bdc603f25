"""Random bases of several documents: every notation, tags, anchors, comments, and `extends` within each document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

_NAMES: Final = ("p", "q", "s", "t")
_PORTS: Final = ("'80:80'", "'81:80'", "443", "'127.0.0.1:80:80'", "{target: 90, published: '90'}")
_VOLUMES: Final = ("./a:/a", "./b:/a:ro", "v:/v", "{type: bind, source: ./c, target: /a}")
_ONE_OF: Final = {
    "image": ("a", "b", '"c"', "'d:1'"),
    "logging": ("*log", "{driver: local}", "{options: {a: b}}"),
    "command": ("[x, y]", "x y", "null", "[]"),
    "dns": ("1.1.1.1", "[1.1.1.1, 8.8.8.8]"),
    "build": (".", "{context: x, args: {A: 1}}", "{args: [B=2]}"),
    "networks": ("[n]", "{n: {aliases: [q]}}", "{n: null}"),
}


def base_files(random: Random) -> list[str]:
    """The texts of a base: two or three documents, in files of their own or in one."""
    documents = [document(random, first=number == 0) for number in range(random.choice((2, 2, 3)))]
    if random.random() < 0.3:
        documents = ["---\n".join(documents)]
    return [text.replace("\n", "\r\n") if random.random() < 0.2 else text for text in documents]


def document(random: Random, *, first: bool) -> str:
    lines = ["x-log: &log {driver: json-file, options: {m: '1'}}", "services:"]
    names = list(_NAMES) if first else sorted(random.sample((*_NAMES, "new"), random.randint(1, 4)))
    open_names: list[str] = []
    for name in names:
        if not first and random.random() < 0.08:
            lines.append(f"  {name}: !reset null")
            continue
        tag = " !override" if not first and random.random() < 0.05 else ""
        settings = service_settings(random, name, open_names, tags=not first)
        lines += [f"  {name}:{tag}", *commented(random, settings)]
        if not ("!" in "".join((tag, *settings)) and settings[-1].startswith("extends")):
            open_names.append(name)  # of an heir's heir Compose resolves tags by chance: Go's maps have no order
    if first:
        lines += ["volumes: {v: {}}", "networks: {n: {}}"]
    return "\n".join(lines) + "\n"


def commented(random: Random, settings: list[str]) -> list[str]:
    return [
        f"    {setting}{f' # {number}' if random.random() < 0.3 else ''}" for number, setting in enumerate(settings)
    ]


def service_settings(random: Random, name: str, parents: list[str], *, tags: bool) -> list[str]:
    found = [f"{key}: {random.choice(values)}" for key, values in _ONE_OF.items() if random.random() < 0.3]
    if not (tags and name != "new") and not any(setting.startswith("image") for setting in found):
        found.append("image: z")
    if random.random() < 0.5:
        found.append(_pairs(random, random.choice(("environment", "labels")), tags=tags))
    if random.random() < 0.4:
        tag = random.choice(("", "", "!override ", "!reset ")) if tags else ""
        found.append(f"ports: {tag}[{', '.join(random.sample(_PORTS, random.randint(1, 3)))}]")
    if random.random() < 0.3:
        found.append(f"volumes: [{', '.join(random.sample(_VOLUMES, random.randint(1, 2)))}]")
    earlier = [other for other in _NAMES if other < name]
    if random.random() < 0.3 and earlier:
        found.append(
            f"depends_on: {random.choice((f'[{earlier[0]}]', f'{{{earlier[0]}: {{condition: service_healthy}}}}'))}"
        )
    if random.random() < 0.5 and parents:
        found.append(f"extends: {random.choice(('{}', '{{service: {}}}')).format(random.choice(parents))}")
    return found or ["tty: true"]


def _pairs(random: Random, key: str, *, tags: bool) -> str:
    pairs = [(name, random.choice(("1", "x", '"y z"', "", "true", "1.10"))) for name in random.sample("ABCD", 2)]
    if random.random() < 0.5:
        items = (f"{name}={value}".replace('"', "") for name, value in pairs)
        return f"{key}: [{', '.join(map(repr, items))}]"
    tag = random.choice(("!reset ", "!override ")) if tags and random.random() < 0.3 else ""
    return f"{key}: {{{pairs[0][0]}: {tag}{pairs[0][1]}, {pairs[1][0]}: {pairs[1][1]}}}"
