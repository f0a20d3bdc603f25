"""What an ignore file keeps out of a context."""

from __future__ import annotations

import pytest

from composevariant.dockerfile.ignore import is_ignored, read_rules


@pytest.mark.parametrize(
    ("lines", "out", "kept"),
    [
        pytest.param("target", "target/x/y target", "app/target targets", id="a name counts from the top"),
        pytest.param("**/target", "target/x app/target/y", "app/targets", id="two stars stand for any folders"),
        pytest.param("*.md", "README.md", "docs/a.md", id="one star stays in its folder"),
        pytest.param("**/*.md", "README.md docs/a.md", "a.mdx", id="a pattern at any depth"),
        pytest.param("/dist/", "dist/a", "app/dist/a", id="slashes at the ends mean nothing"),
        pytest.param("*\n!src", "a src2/x", "src/a src", id="an exclamation mark brings back, with all below"),
        pytest.param("!a\na", "a/b", "b", id="the last line that matches counts"),
        pytest.param("# a\n\na?c[0-9]", "abc1", "abc a", id="comments, one character, and a range"),
        pytest.param("a/**", "a/b/c", "ab/c", id="everything below"),
        pytest.param("", "", "a b/c", id="nothing"),
    ],
)
def test_patterns(lines: str, out: str, kept: str) -> None:
    rules = read_rules(lines)

    assert [path for path in out.split() if not is_ignored(path, rules)] == []
    assert [path for path in kept.split() if is_ignored(path, rules)] == []
