"""What kind of work a step is: sending the context, installing dependencies, copying sources, compiling, exporting."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, Literal, get_args

from composevariant.bench.fields import texts
from composevariant.bench.progress import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from composevariant.bench.progress import Step

Kind = Literal["context", "base images", "dependencies", "copy", "compile", "install and compile", "other", "export"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

_INSTALLS: Final = re.compile(
    r"\b(npm (ci|i|install)|pnpm (i|install|fetch)|yarn( install| --|\s*(&&|;|$))|bun install|pip3? install|"
    r"uv (sync|pip install)|poetry install|pipenv (install|sync)|go mod (download|vendor)|cargo (fetch|chef cook)|"
    r"apt(-get)? (-\S+ )*(install|update)|apk (-\S+ )*(add|update)|(yum|dnf|microdnf) (-\S+ )*install|bundle install|"
    r"composer install|dotnet restore|dependency:(go-offline|resolve)|gradlew? (-\S+ )*dependencies)"
)
_VALUE: Final = r"""(?:"[^"]*"|'[^']*'|[^\s"'])*"""
_FLAGS: Final = re.compile(rf"(?:--[a-z]+(?:={_VALUE})?\s+)*")
_SHELL: Final = r"""\b(?:su|(?:ba|da|a|z)?sh) (?:\S+ ){0,4}?-\w*c ["']?"""
_RUNNERS: Final = (
    r"(?:sudo|env|exec|time|eatmydata|nice|nohup|npx|bunx|corepack|(?:gosu|su-exec|timeout) \S+|bundle exec|"
    r"(?:poetry|uv|pipenv) run|(?:npm|pnpm|yarn|bun)(?: run| exec)?)"
)
"""What runs the command behind it."""
_START: Final = (
    rf"(?:^|[;&|(){{}}!`\n]|\b(?:then|do|else) |{_SHELL})\s*(?:\w+={_VALUE}\s+)*"
    rf"(?:{_RUNNERS}\s+(?:-\S+\s+)*(?:\w+=\S*\s+)*)*(?:[^\s;&|()]*/)?"
)
"""Where a shell expects a command: a package, a folder and an argument may have the name of a compiler, too."""
_COMPILES: Final = re.compile(
    rf"{_START}(?:cargo (build|install|rustc)|(npm|pnpm|yarn|bun) (run )?build|go (build|install)|"
    r"(tsc|c?make|ninja|webpack)(?![\w.-])|([\w-]+-)?(gcc|g\+\+)(?![\w.])|"
    r"mvnw? (-\S+ )*(package|install|verify|compile)|gradlew? (-\S+ )*(build|assemble|bootJar|jar)|"
    r"dotnet (build|publish)|(vite|next) build)"
)
_MANIFEST: Final = re.compile(
    r"(^|/)(Cargo\.(toml|lock)|package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-(lock|workspace)\.yaml|\.npmrc|"
    r"\.yarnrc(\.yml)?|requirements[^/]*\.txt|constraints[^/]*\.txt|pyproject\.toml|poetry\.lock|uv\.lock|Pipfile(\.lock)?|"
    r"go\.(mod|sum)|Gemfile(\.lock)?|composer\.(json|lock)|pom\.xml|[^/]*\.(csproj|sln|gradle|kts)|NuGet\.Config|"
    r"package\*\.json|Cargo\.\*|go\.\*|recipe\.json)$"
)


def kinds_of(steps: Sequence[Step]) -> list[Kind]:
    """The kind of each step.

    Where a stage has only manifests copied so far, what is compiled are dependencies: the recipe with an empty program.
    """
    only_manifests: dict[str, bool] = {}
    kinds: list[Kind] = []
    for step in steps:
        copied = _copied(step.instruction)
        if copied:
            manifests = all(map(_MANIFEST.search, copied))
            only_manifests[step.stage] = manifests and only_manifests.get(step.stage, True)
        kind = _kind(step)
        kinds.append("dependencies" if kind == "compile" and only_manifests.get(step.stage) else kind)
    return kinds


def seconds_by_kind(steps: Sequence[Step]) -> dict[Kind, float]:
    """The seconds of all steps of each kind that were run."""
    found = dict.fromkeys(KINDS, 0.0)
    for step, kind in zip(steps, kinds_of(steps), strict=True):
        if not step.cached:
            found[kind] += step.seconds
    return {kind: seconds for kind, seconds in found.items() if seconds}


def _copied(instruction: str) -> list[str]:
    """What a step copies from the context."""
    words = instruction.split()
    if not words or words[0] not in ("COPY", "ADD") or any(word.startswith("--from=") for word in words):
        return []
    return [word for word in words[1:-1] if not word.startswith("--")]


def _kind(step: Step) -> Kind:
    if step.name.startswith("exporting"):
        return "export"
    name, _, rest = step.instruction.partition(" ")
    if not step.instruction:
        return "context" if step.name == CONTEXT else "other"
    if name == "FROM":
        return "base images"
    if name in ("COPY", "ADD"):
        return "copy"
    script = _script(rest)
    installs, compiles = bool(_INSTALLS.search(script)), bool(_COMPILES.search(script))
    if installs and compiles:
        return "install and compile"
    return "dependencies" if installs else "compile" if compiles else "other"


def _script(run: str) -> str:
    """What a `RUN` runs. Its flags go, as they name folders and caches, which may be called like programs."""
    script = run[match.end() :] if (match := _FLAGS.match(run)) else run
    try:
        words = json.loads(script) if script.startswith("[") else None
    except ValueError:
        words = None
    return " ".join(texts(words)) if words else re.sub(r"[ \t]+", " ", script)
