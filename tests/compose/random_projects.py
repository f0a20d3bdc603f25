"""Random projects of several files: one that includes another folder's, and extends services of a third."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.compose.random_bases import commented, document, service_settings

if TYPE_CHECKING:
    from random import Random


def project(random: Random) -> dict[str, str]:
    """The files by their names; the base is docker-compose.yml."""
    included = {"inc/a.yml": document(random, first=True)}
    if random.random() < 0.5:
        included["inc/b.yml"] = document(random, first=False)
    lines = [f"include: [{{path: [{', '.join(included)}]}}]", "x-log: &log {driver: none}", "services:"]
    parents: list[str] = []
    for name in ("one", "two", "three"):
        settings = _own(random, tags=True) if (heir := random.random() < 0.5) else _own(random, tags=False)
        if heir:
            settings.append(f"extends: {{file: sub/common.yml, service: {random.choice('pqst')}}}")
        elif parents and random.random() < 0.4:
            settings.append(f"extends: {random.choice(parents)}")
        if not any("!" in setting for setting in settings):
            parents.append(name)  # of an heir's heir Compose resolves tags by chance
        lines += [f"  {name}:", *commented(random, settings)]
    base = "\n".join((*lines, "volumes: {v: {}}", "networks: {n: {}}", ""))
    return {"docker-compose.yml": base, "sub/common.yml": document(random, first=True), **included}


def _own(random: Random, *, tags: bool) -> list[str]:
    """Settings that need no other service; with `tags`, of a service that has something to inherit."""
    settings = service_settings(random, "p", [], tags=tags)
    return [setting for setting in settings if not setting.startswith(("depends_on", "extends"))] or ["tty: true"]
