"""Random pairs of a base and a hand-kept copy of it, as texts: settings in every notation, changed at random."""

from __future__ import annotations

import random
from typing import Final

SETTINGS: Final[dict[str, tuple[str, ...]]] = {
    "image": ("shop:1", "shop:2", "'shop:3'"),
    "restart": ("always", "'no'", "unless-stopped"),
    "command": ("./serve --fast", "[./serve, --slow]", "[]"),
    "ports": ("['80:80']", "['80:80', '443:443']", "['8080:80']", "[{target: 80, published: '81'}]"),
    "environment": ("{A: 1, B: two}", "{A: 2}", "[A=1, C=3]", "[B=two, A=1]", "{A: }"),
    "volumes": ("['data:/data']", "['data:/data:ro', './x:/x']", "['other:/data']", "[{type: tmpfs, target: /data}]"),
    "labels": ("{a: b}", "[a=b, c=d]", "{a: c, e: f}"),
    "networks": ("[front]", "[front, back]", "{front: {aliases: [x]}, back: }"),
    "healthcheck": ("{test: [CMD, 'true'], interval: 5s}", "{test: exit 0, retries: 2}", "{disable: true}"),
    "logging": ("{driver: json-file, options: {max-size: 10m}}", "{driver: local}"),
    "dns": ("8.8.8.8", "[8.8.8.8, 1.1.1.1]", "[1.1.1.1, 8.8.8.8]"),
    "cap_add": ("[NET_ADMIN]", "[SYS_TIME, NET_ADMIN]"),
    "security_opt": ("[a]", "[a, b]", "[b, a]"),
    "extra_hosts": ("['h:1.2.3.4']", "['h:1.2.3.4', 'i:5.6.7.8']"),
    "deploy": ("{replicas: 2}", "{resources: {limits: {cpus: '1', memory: 1G}}}", "{labels: [x=y]}"),
    "ulimits": ("{nofile: 5}", "{nofile: {soft: 1, hard: 2}}"),
    "init": ("true", "false"),
    "user": ("root", "'1000'"),
    "tmpfs": ("/run", "[/run, /cache]"),
    "profiles": ("[dev]", "[dev, test]"),
    "x-note": ("one", "{a: [1, 2]}"),
}  # fmt: skip
_VOLUMES: Final = ("", "{driver: local}", "{labels: {a: b}}")


def pair(seed: int) -> tuple[str, str]:
    """A base and a copy of it with some changes; the same seed gives the same pair."""
    rng = random.Random(seed)  # noqa: S311 - examples, no secrets
    names = rng.sample(["web", "api", "db", "cache", "jobs", "mail"], rng.randint(1, 5))
    base = {name: _service(rng) for name in names}
    copy = {name: _changed(rng, service) for name, service in base.items() if len(base) == 1 or rng.random() > 0.2}
    copy = copy or {names[0]: dict(base[names[0]])}
    if rng.random() < 0.4:
        _everywhere(rng, copy)
    if rng.random() < 0.3:
        copy[rng.choice(["added", "extra"])] = _service(rng)
    return _text(rng, base), _text(rng, copy)


def _service(rng: random.Random) -> dict[str, str]:
    chosen = rng.sample(sorted(SETTINGS), rng.randint(1, 7))
    return {"image": "shop:1"} | {name: rng.choice(SETTINGS[name]) for name in chosen}


def _changed(rng: random.Random, service: dict[str, str]) -> dict[str, str]:
    changed = {name: value for name, value in service.items() if name == "image" or rng.random() > 0.15}
    for name in rng.sample(sorted(SETTINGS), rng.randint(0, 3)):
        changed[name] = rng.choice(SETTINGS[name])
    return changed


def _everywhere(rng: random.Random, services: dict[str, dict[str, str]]) -> None:
    name = rng.choice(("restart", "logging", "init", "labels"))
    value = rng.choice(SETTINGS[name])
    for service in services.values():
        service[name] = value


def _text(rng: random.Random, services: dict[str, dict[str, str]]) -> str:
    lines = ["services:"]
    for name, service in services.items():
        others = [other for other in services if other != name]
        needs = rng.choice(others) if others and name == max(services) and rng.random() < 0.5 else ""
        lines += [f"  {name}:", *(f"    {key}: {value}" for key, value in service.items())]
        lines += [f"    depends_on: [{needs}]"] if needs else []
    told = "\n".join(lines)
    for section, names in (("volumes", ("data", "other")), ("networks", ("front", "back"))):
        used = [name for name in names if name in told]
        if used:
            lines += [
                f"{section}:",
                *(f"  {name}: {rng.choice(_VOLUMES) if section == 'volumes' else ''}" for name in used),
            ]
    return "\n".join(line.rstrip() for line in lines) + "\n"
