"""The unified form: exact output, and `git apply` as the judge of what it means."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composevariant.preview.unified_form import headings, unified

BASE = """\
services:
  backend:
    build:
      context: .
      dockerfile: Dockerfile
    ports:
      - "2000:2000"
    volumes:
      - data:/data
      - filebeat_data:/var/log/filebeat
volumes:
  data:
  filebeat_data:
"""
FAST = """\
services:
  backend:
    build:
      context: .
      dockerfile: Dockerfile.fast
    ports:
      - "2000:2000"
    volumes:
      - data:/data
volumes:
  data:
"""
SAMPLES = Path(__file__).parents[2] / "samples"


def plain(before: str, after: str) -> str:
    return unified("a/compose.yml", before, "b/compose.yml", after, color=False)


def test_shows_the_lines_that_differ_as_git_does() -> None:
    assert (
        unified("docker-compose.yml", BASE, "docker-compose.fast.yml", FAST, color=False)
        == """\
--- docker-compose.yml
+++ docker-compose.fast.yml
@@ -2,12 +2,10 @@ services.backend
   backend:
     build:
       context: .
-      dockerfile: Dockerfile
+      dockerfile: Dockerfile.fast
     ports:
       - "2000:2000"
     volumes:
       - data:/data
-      - filebeat_data:/var/log/filebeat
 volumes:
   data:
-  filebeat_data:
"""
    )


def test_colours_like_git() -> None:
    assert unified("old", "a\nb\n", "new", "a\nc", color=True) == (
        "\x1b[1m--- old\x1b[m\n"
        "\x1b[1m+++ new\x1b[m\n"
        "\x1b[36m@@ -1,2 +1,2 @@\x1b[m\n"
        " a\n"
        "\x1b[31m-b\x1b[m\n"
        "\x1b[32m+c\x1b[m\n"
        "\\ No newline at end of file\n"
    )


def test_is_empty_for_equal_texts() -> None:
    assert unified("old", BASE, "new", BASE, color=True) == ""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("a\n", "", "@@ -1 +0,0 @@\n-a\n", id="everything goes"),
        pytest.param("", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n", id="everything is new"),
        pytest.param(
            "a\r\nb\r\n", "a\r\nc\r\n", "@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n", id="carriage returns are part of lines"
        ),
        pytest.param("a\r\n", "a\n", "@@ -1 +1 @@\n-a\r\n+a\n", id="another newline style is a difference"),
        pytest.param(
            "a\nb", "a\nb\n", "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n", id="a last newline is new"
        ),
        pytest.param(
            "a\nb",
            "x\nb",
            "@@ -1,2 +1,2 @@\n-a\n+x\n b\n\\ No newline at end of file\n",
            id="neither has a last newline",
        ),
        pytest.param("\ufeffa\n", "\ufeffb\n", "@@ -1 +1 @@\n-\ufeffa\n+\ufeffb\n", id="a byte order mark stays"),
        pytest.param(
            "a\x0cb\x85c\u2028d\n", "e\n", "@@ -1 +1 @@\n-a\x0cb\x85c\u2028d\n+e\n", id="only \\n ends a line"
        ),
    ],
)
def test_says_exactly_which_bytes_differ(before: str, after: str, expected: str) -> None:
    assert plain(before, after) == f"--- a/compose.yml\n+++ b/compose.yml\n{expected}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("docker-compose.yml", "docker-compose.yml", id="a common name as it is"),
        pytest.param("übung.yml", "übung.yml", id="letters of any language as they are"),
        pytest.param("my compose.yml", "my compose.yml\t", id="a tab ends a name with a blank"),
        pytest.param('a"b\\c', '"a\\"b\\\\c"', id="quotes and backslashes in quotes"),
        pytest.param("a\tb\x1b\n", '"a\\tb\\033\\n"', id="control characters written out"),
    ],
)
def test_writes_names_as_git_does(name: str, expected: str) -> None:
    assert unified(name, "", "new", "a\n", color=False).splitlines()[0] == f"--- {expected}"


def applied(folder: Path, before: str, diff: str) -> str:
    """What `git apply` makes of the text."""
    file = folder / "compose.yml"
    file.write_bytes(before.encode())
    if diff:
        command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
        subprocess.run(command, input=diff.encode(), cwd=folder, check=True)
    return file.read_bytes().decode()


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no BOM", "BOM"])
@pytest.mark.parametrize("end", ["", "\n"], ids=["last newline", "two last newlines"])
@pytest.mark.parametrize("sample", ["reconciliation", "sidecar"])
def test_git_applies_it_to_a_sample(repository: Path, sample: str, end: str, mark: str, newline: str) -> None:
    text = (SAMPLES / sample / "docker-compose.yml").read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if "volumes" not in line and "filebeat" not in line]
    before = mark + text.replace("\n", newline)
    after = mark + newline.join(lines).removesuffix(newline) + end

    assert before != after
    assert applied(repository, before, plain(before, after)) == after


LINES = st.sampled_from(
    ["", "a:", "  b: 1", "  b: 1\r", "- x", "\ufeff", "# ünï", "\x0c", "--- a", "+++ b", "@@ -1 +1 @@"]
)
TEXTS = st.builds(lambda lines, end: "\n".join(lines) + end, st.lists(LINES, max_size=30), st.sampled_from(["", "\n"]))


# Empty texts are left out: to git, a diff that starts or ends with no lines creates or deletes the file.
@settings(max_examples=60, deadline=None)
@given(TEXTS.filter(bool), TEXTS.filter(bool))
def test_git_makes_the_second_text_of_the_first(repository: Path, before: str, after: str) -> None:
    assert applied(repository, before, plain(before, after)) == after


@given(TEXTS, TEXTS)
def test_read_literally_it_makes_the_second_text_of_the_first(before: str, after: str) -> None:
    assert patched(before, plain(before, after)) == after


def patched(before: str, diff: str) -> str:
    """The text with a unified diff applied, which is read by the book: each line says what it does."""
    lines = [f"{line}\n" for line in before.split("\n")[:-1]] + [last for last in before.split("\n")[-1:] if last]
    made, at = list[str](), 0
    body = diff.replace("\n\\ No newline at end of file\n", "\0\n").split("\n")[2:-1] if diff else []
    for line in body:
        content = line[1:-1] if line.endswith("\0") else f"{line[1:]}\n"
        if line.startswith("@@ "):
            start, _, count = line.split(" ")[1][1:].partition(",")
            until = int(start) if count == "0" else int(start) - 1
            made += lines[at:until]
            at = until
        elif line.startswith("+"):
            made.append(content)
        else:
            assert line[0] in " -"
            assert lines[at] == content
            made += [content] if line[0] == " " else []
            at += 1
    return "".join([*made, *lines[at:]])


def test_in_colour_the_words_that_differ_are_in_reverse() -> None:
    old, new = "image: shop/app:1.2\n", "image: shop/app:1.3\n"

    assert unified("old", old, "new", new, color=True).splitlines()[3:] == [
        "\x1b[31m-image: shop/app:1.\x1b[7m2\x1b[27m\x1b[m",
        "\x1b[32m+image: shop/app:1.\x1b[7m3\x1b[27m\x1b[m",
    ]


def test_lines_with_little_in_common_are_shown_as_a_whole() -> None:
    shown = unified("old", "command: ./serve\n", "new", "entrypoint: [tini, --]\n", color=True)

    assert "\x1b[7m" not in shown


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        pytest.param(0, "", id="a comment above everything"),
        pytest.param(1, "x-common", id="a top-level key"),
        pytest.param(3, "services", id="the section itself"),
        pytest.param(4, "services.web", id="the first line of a service"),
        pytest.param(6, "services.web", id="a setting deep in a service"),
        pytest.param(7, "services.my-app.1", id="a name in quotes"),
        pytest.param(9, "volumes.data", id="another section"),
    ],
)
def test_a_line_stands_under_its_service(line: int, heading: str) -> None:
    text = (
        "# top\nx-common: &c {}\n\nservices:\n    web:\n        ports:\n            - 80\n"
        "    'my-app.1':\nvolumes:\n    data:\n"
    )

    assert headings(text.splitlines(keepends=True))[line] == heading
