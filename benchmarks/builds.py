"""Builds samples/reconciliation for real with several kinds of fast Dockerfiles and prints what `bench` says of each.

The standard Dockerfiles download Filebeat. Where its site cannot be reached, an empty script takes its place, so that
the rest can be measured; the output says so.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

_SAMPLE = Path(__file__).parents[1] / "samples" / "reconciliation"
_RECIPES = Path(__file__).parent / "recipes"
_TOOL = str(Path(sysconfig.get_path("scripts")) / "composevariant")
_DOWNLOAD = re.compile(r"RUN curl -fsSL -O https://artifacts\.elastic\.co(?:.*\\\n)*.*\n")
_STAND_IN = "RUN printf '#!/bin/sh\\n' > /usr/local/bin/filebeat && chmod 755 /usr/local/bin/filebeat\n"
KINDS = {
    "generated": "those of the sample, which composevariant wrote",
    "by-hand": "written by hand, with a layer for the dependencies",
    "lost-mount": "written by hand, with a mount that the next stage does not see",
    "empty-program": "the recipe with an empty program, word for word",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", help="which kinds (all)")
    parser.add_argument("--runs", default="3", help="as for composevariant bench (3)")
    parser.add_argument("--html", help="also write a page for each kind into this folder")
    wanted = parser.parse_args()
    reachable = _is_reachable()
    for kind in wanted.kinds or KINDS:
        with tempfile.TemporaryDirectory() as folder:
            project = prepared(Path(folder) / "reconciliation", kind, stand_in=not reachable)
            print(f"\n## {kind}: {KINDS[kind]}\n", flush=True)
            if not reachable:
                print("An empty script takes the place of Filebeat, whose site cannot be reached.\n", flush=True)
            page = ["--html", str(Path(wanted.html).resolve() / f"{kind}.html")] if wanted.html else []
            services = ["--service", "backend"] if kind != "generated" else []
            command = [_TOOL, "-C", str(project), "bench", "--runs", wanted.runs, "--format", "markdown"]
            subprocess.run([*command, *services, *page], check=False)
    return 0


def prepared(project: Path, kind: str, *, stand_in: bool) -> Path:
    """A copy of the sample with the fast Dockerfiles of a kind; only the backend has other kinds."""
    shutil.copytree(_SAMPLE, project)
    docker = project / "infrastructure" / "docker"
    if stand_in:
        for path in (docker / "Dockerfile.backend", docker / "Dockerfile.frontend"):
            text, count = _DOWNLOAD.subn(lambda _: _STAND_IN, path.read_text())
            assert count == 1, path
            path.write_text(text)
    if kind != "generated":
        shutil.copy(_RECIPES / f"{kind}.Dockerfile", docker / "Dockerfile.backend.fast")
    return project


def _is_reachable() -> bool:
    try:
        with urllib.request.urlopen("https://artifacts.elastic.co/", timeout=10):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
