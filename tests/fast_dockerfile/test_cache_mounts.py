from __future__ import annotations

import re

import pytest

from composevariant.errors import UnusableInput
from composevariant.fast_dockerfile.fast import fast_dockerfile, is_untouched
from composevariant.fast_dockerfile.passes.base import BuildRequest
from composevariant.source import Source


def made(text: str) -> tuple[str, list[str]]:
    """The body, and the reasons why not."""
    fast = fast_dockerfile(Source("Dockerfile", text), BuildRequest("My Shop"))
    return fast.body, [f"{refused.location.line}: {refused.reason}" for refused in fast.refused]


NPM, PIP, UV = (
    f"--mount=type=cache,id=my-shop-{name},target=/root/{folder}"
    for name, folder in (("npm", ".npm"), ("pip", ".cache/pip"), ("uv", ".cache/uv"))
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("FROM node:20\nRUN npm ci\n", f"FROM node:20\nRUN {NPM} npm ci --prefer-offline\n", id="npm ci"),
        pytest.param("FROM node\nRUN a && npm i -g b", f"FROM node\nRUN {NPM} a && npm i -g b", id="npm in a chain"),
        pytest.param(
            "FROM node\nRUN NODE_ENV=x npm install\n",
            f"FROM node\nRUN {NPM} NODE_ENV=x npm install\n",
            id="npm, variable",
        ),
        pytest.param(
            "FROM x\nUSER root\nRUN npm ci\n",
            f"FROM x\nUSER root\nRUN {NPM} npm ci --prefer-offline\n",
            id="npm, USER root",
        ),
        pytest.param(
            "FROM node AS a\nFROM a\nRUN npm ci\n",
            f"FROM node AS a\nFROM a\nRUN {NPM} npm ci --prefer-offline\n",
            id="npm, a stage",
        ),
        pytest.param("FROM python:3.11\nRUN pip install x\n", f"FROM python:3.11\nRUN {PIP} pip install x\n", id="pip"),
        pytest.param(
            "FROM python:${V}-slim\nRUN python3 -m pip install \\\n  --no-cache-dir \\\n  x\n",
            f"FROM python:${{V}}-slim\nRUN {PIP} python3 -m pip install \\\n  x\n",
            id="pip without its cache, on a line of its own",
        ),
        pytest.param(
            "FROM python\nRUN pip install --no-cache-dir x && pip install y --no-cache-dir\n",
            f"FROM python\nRUN {PIP} pip install x && pip install y\n",
            id="pip twice",
        ),
        pytest.param(
            "FROM python\nRUN --mount=type=secret,id=s pip install x\n",
            f"FROM python\nRUN {PIP} --mount=type=secret,id=s pip install x\n",
            id="pip beside a secret",
        ),
        pytest.param(
            "FROM python\nRUN pip install uv && uv sync --no-cache\n",
            f"FROM python\nRUN {PIP} \\\n    {UV} \\\n    pip install uv && uv sync\n",
            id="pip and uv in one step",
        ),
        pytest.param(
            "FROM python\r\nRUN uv sync\r\n", f"FROM python\r\nRUN {UV} uv sync\r\n", id="uv, Windows line ends"
        ),
    ],
)
def test_mounts_a_cache(before: str, after: str) -> None:
    assert made(before) == (after, [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("FROM node\nUSER node\nRUN npm ci", "3: npm: the step is run by USER node", id="another user"),
        pytest.param(
            "FROM corp/node\nRUN npm ci", "2: npm: the step is run by the user of the base image", id="an unknown image"
        ),
        pytest.param(
            "FROM $X\nRUN npm ci", "2: npm: the step is run by the user of the base image", id="an image in a variable"
        ),
        pytest.param(
            "FROM node AS a\nUSER x\nFROM a\nRUN npm ci", "4: npm: the step is run by USER x", id="the stage's user"
        ),
        pytest.param("FROM node\nRUN if a; then npm ci; fi", "2: the step is more than", id="a condition"),
        pytest.param("FROM node\nRUN <<E\nnpm ci\nE", "2: the step is more than", id="a here-document"),
        pytest.param("FROM node\nRUN npm ci || npm i", "2: the step is more than", id="an alternative"),
        pytest.param("FROM node\nRUN npm ci\nRUN npm cache clean --force", "2: npm: npm cache in line 3", id="emptied"),
        pytest.param(
            "FROM node\nENV NPM_CONFIG_CACHE=/c\nRUN npm ci", "3: npm: NPM_CONFIG_CACHE in line 2", id="moved"
        ),
        pytest.param("FROM node\nENV HOME=/h\nRUN npm ci", "3: npm: HOME in line 2", id="another home"),
        pytest.param("FROM node\nRUN npm ci\nRUN rm -rf /root/.npm", "2: npm: .npm in line 3", id="removed later"),
        pytest.param(
            "FROM node\nRUN npm ci && rm -rf /root/*", "2: npm: the step removes files in /root/*", id="home removed"
        ),
        pytest.param(
            "FROM node\nRUN --mount=type=cache,target=/x npm ci",
            "2: npm: the step already has a cache mount",
            id="has one",
        ),
        pytest.param("FROM python\nENV PIP_NO_CACHE_DIR=1\nRUN pip install x", "3: pip: PIP_NO_CACHE_DIR", id="off"),
        pytest.param(
            "FROM python\nRUN pip install x \\\n # y\n --no-cache-dir",
            "2: pip: there is a comment",
            id="a comment in the way",
        ),
        pytest.param(
            "FROM python\nENV UV_LINK_MODE=symlink\nRUN uv sync", "3: uv: UV_LINK_MODE=symlink", id="broken links"
        ),
    ],
)
def test_says_why_not(text: str, reason: str) -> None:
    body, reasons = made(text)

    assert body == text
    assert [each[: len(reason)] for each in reasons] == [reason]


@pytest.mark.parametrize(
    "text", ["FROM node\nRUN npm run build", "FROM node\nRUN yarn build", 'FROM node\nCMD ["npm", "install"]']
)
def test_what_installs_nothing_is_not_spoken_of(text: str) -> None:
    assert made(text) == (text, [])


def test_the_header_stands_below_the_directives_and_tells_edits() -> None:
    source = Source("Dockerfile", "# syntax=docker/dockerfile:1\nFROM node\nRUN npm ci\n")

    text = fast_dockerfile(source, BuildRequest("shop", command="composevariant dockerfile app")).text

    assert re.match(
        r"# syntax=.*\n# Made by composevariant from Dockerfile\. .*\n#   composevariant dockerfile app\n", text
    )
    assert is_untouched(text)
    assert not is_untouched(text + "RUN x\n")
    assert not is_untouched(source.text)
    with pytest.raises(UnusableInput, match="cannot be a source"):
        fast_dockerfile(Source("Dockerfile", text), BuildRequest("shop"))
