"""Cache mounts: which ones there are, and the build that takes them away."""

from __future__ import annotations

import pytest

from composevariant.bench.engine import Mount
from composevariant.bench.job import mount_names, mount_removal_dockerfile, mount_targets, mounts_in
from composevariant.dockerfile.stages import read_dockerfile
from composevariant.source import Source

DOCKERFILE = """\
ARG V=1
FROM x AS a
ARG NAME=shop
RUN --mount=type=cache,id=${NAME}-npm,target=/root/.npm --mount=type=bind,target=/x npm ci
FROM x
RUN --mount=type=cache,target=/root/.cache/pip,sharing=locked pip install y
RUN --mount=type=cache,id=same,dst=/a true
RUN --mount=type=secret,id=token true
"""
LISTED = """\
ID:           qqplgqa43gdhdw68qbfjxgpvm
Mutable:      true
Size:         14.98MB
Description:  cached mount /root/.npm from exec /bin/sh -c npm ci
Type:         exec.cachemount

ID:           o5jk5ra3xxecsjy1dtdzmpzxo
Size:         2B
Description:  mount / from exec /bin/sh -c npm ci
Type:         regular

Reclaimable:	1.78GB
"""


def test_names_and_targets() -> None:
    dockerfile = read_dockerfile(Source("Dockerfile", DOCKERFILE))

    assert mount_names(dockerfile, {}) == {"${NAME}-npm", "shop-npm", "/root/.cache/pip", "same"}
    assert "other-npm" in mount_names(dockerfile, {"NAME": "other"})
    assert mount_targets(dockerfile) == {"/root/.npm", "/root/.cache/pip", "/a"}


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        pytest.param("FROM x\nRUN --mount=type=cache,target=/root/.npm/ x", {"/root/.npm"}, id="a slash at the end"),
        pytest.param("FROM x\nRUN --mount=destination=/a,rw,type=Cache x", {"/a"}, id="a type that stands last"),
        pytest.param("FROM x\nRUN --mount=type=cache,target=/a/./b/../c x", {"/a/c"}, id="dots"),
        pytest.param(
            "FROM x\nWORKDIR /b\nWORKDIR app\nRUN --mount=type=cache,target=target x\nWORKDIR /z",
            {"/b/app/target"},
            id="from the WORKDIR before the step, not the one behind it",
        ),
        pytest.param(
            "FROM x AS a\nWORKDIR /b\nFROM a\nRUN --mount=type=cache,target=./target/ x",
            {"/b/target"},
            id="from the WORKDIR of the stage below",
        ),
        pytest.param("FROM golang\nRUN --mount=type=cache,target=pkg x", {"/go/pkg"}, id="from that of a known image"),
        pytest.param("FROM x\nRUN --mount=type=cache,target=pkg x", set(), id="from one that nobody knows"),
        pytest.param(
            "FROM x\nARG V=1\nRUN --mount=type=cache,target=/c/$V/ x", {"/c/$V", "/c/1"}, id="a variable, replaced"
        ),
        pytest.param(
            "FROM x\nARG GIVEN\nRUN --mount=type=cache,target=/c/$GIVEN x",
            {"/c/$GIVEN", "/c/2"},
            id="a variable that is given",
        ),
    ],
)
def test_targets_are_where_the_engine_mounts_them(text: str, targets: set[str]) -> None:
    assert mount_targets(read_dockerfile(Source("Dockerfile", f"{text}\n")), {"GIVEN": "2"}) == targets


def test_the_build_that_takes_them_away_never_gets_to_use_them() -> None:
    assert mount_removal_dockerfile(["b", "/a", "${no}", "a\nRUN x"], "ns") == (
        "FROM scratch\nCOPY nothing-ns /\n"
        'RUN --mount=type=cache,id=/a,target=/1 ["ns"]\n'
        'RUN --mount=type=cache,id=b,target=/2 ["ns"]\n'
    )
    assert mount_removal_dockerfile([], "ns") == ""


def test_what_the_engine_lists() -> None:
    assert mounts_in(LISTED) == {"qqplgqa43gdhdw68qbfjxgpvm": Mount("/root/.npm", 14_980_000)}
    assert mounts_in(LISTED.replace("/root/.npm", "/root/.npm/")) == mounts_in(LISTED)
