"""Comments of later base files come along with what is new, and stay behind with what is not."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.source import Source
from composevariant.tree.nodes import Mapping, same
from composevariant.variants.base_model import read_model
from composevariant.yamltext.parser import parse

FIRST: Final = """\
# base
services:
  web: # the shop window
    image: "shop/web:1"
    environment:
      A: "1" # a
    ports:
      - "80:8080"

volumes:
  data:
"""
SECOND: Final = """\
# the file's head

x-log: &log # anchor's line
    # inside the anchor
    driver: json-file   # the driver
    options: {max-size: '10m',   max-file: "3"} # options

# banner

services:
    # above web
    web:
        # above restart
        restart: 'always'   # why
        environment:
            # about B
            B: plain # b
            C: |  # block
                text
                # content
        ports:
            # https
            - '443:8443' # tls
            # plain
            - 81:8081
        logging: *log # alias line
        # tail of web

    # the worker
    # does work
    worker: # new
        image: worker

        # command first
        command: [ "a",
          'b' ] # end
        # below command
          # deeper
        deploy: # d
            # in deploy
            replicas: 2
            # after replicas
        labels:
            - a=1 # one
            # two
            - b=2

            # three
            -   c=3
        # tail of worker

volumes:
    # about cache
    cache: {} # empty
"""
MERGED: Final = """\
# base
services:
  web: # the shop window
    image: "shop/web:1"
    environment:
      A: "1" # a
      # about B
      B: plain # b
      C: |  # block
        text
        # content
    ports:
      - "80:8080"
      # https
      - '443:8443' # tls
      # plain
      - 81:8081
    # above restart
    restart: 'always'   # why
    logging: # alias line
      # inside the anchor
      driver: json-file   # the driver
      options: {max-size: '10m', max-file: "3"} # options

  # the worker
  # does work
  worker: # new
    image: worker

    # command first
    command: ["a", 'b'] # end
    # below command
    # deeper
    deploy: # d
      # in deploy
      replicas: 2
      # after replicas
    labels:
      - a=1 # one
      # two
      - b=2

      # three
      - c=3
    # tail of worker

volumes:
  data:
  # about cache
  cache: {} # empty

x-log: # anchor's line
  # inside the anchor
  driver: json-file   # the driver
  options: {max-size: '10m', max-file: "3"} # options
"""


def merged(*texts: str) -> str:
    return read_model([Source(f"{number}.yml", text) for number, text in enumerate(texts)]).text


def test_comments_above_inside_and_behind_come_along() -> None:
    assert merged(FIRST, SECOND) == MERGED


BASE: Final = "services:\n  x:\n    image: a\n"


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        pytest.param(
            BASE + "    environment:\n      - A=1\n",
            "services:\n  x:\n    environment:\n      # about B\n      B: 2 # two\n      C: 'x' # c\n",
            BASE + "    environment:\n      - A=1\n      # about B\n      - B=2 # two\n      - C=x # c\n",
            id="of an entry that becomes an item",
        ),
        pytest.param(
            BASE + "    environment:\n      A: 1\n",
            "services:\n  x:\n    environment:\n      # about B\n      - 'B=2' # two\n",
            BASE + '    environment:\n      A: 1\n      # about B\n      B: "2" # two\n',
            id="of an item that becomes an entry",
        ),
        pytest.param(
            BASE,
            "services:\n  # above x\n  x: # x\n    # above image\n    image: b # b\n",
            BASE.replace("a\n", "b\n"),
            id="of what is there already stay behind",
        ),
        pytest.param(
            BASE.replace("\n", "\r\n"),
            "services:\n  # y\n  y: # is\n    image: y\n",
            (BASE + "\n  # y\n  y: # is\n    image: y\n").replace("\n", "\r\n"),
            id="get the line ends of the first file",
        ),
        pytest.param(
            BASE,
            "services:\r\n  # y\r\n  y: # is\r\n    image: y\r\n",
            BASE + "\n  # y\n  y: # is\n    image: y\n",
            id="lose the line ends of their own file",
        ),
        pytest.param(
            BASE + "---\nservices:\n  # z\n  z: {image: z} # is\n",
            "services:\n  z:\n    # tty\n    tty: true\n",
            BASE + "\n  # z\n  z: {image: z, tty: true} # is\n",
            id="of another document of the same file",
        ),
    ],
)
def test_comments(first: str, second: str, result: str) -> None:
    assert merged(first, second) == result


@st.composite
def commented(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A service with comments between and behind its lines, and these comments."""
    numbers = iter(range(1000))
    lines: list[str] = []
    comments: list[str] = []

    def comment() -> str:
        comments.append(f"# {next(numbers)}")
        return comments[-1]

    def line(indent: int, text: str) -> None:
        lines.extend(" " * indent + comment() for _ in range(draw(st.integers(0, 2))))
        if draw(st.integers(0, 5)) == 0:
            lines.append("")
        lines.append(f"{' ' * indent}{text}{f'  {comment()}' if draw(st.booleans()) else ''}")

    step = draw(st.sampled_from((1, 2, 4)))
    lines.append("services:")
    line(step, "new:")
    line(2 * step, "image: 'i'")
    for name in draw(st.lists(st.sampled_from(("environment", "labels", "ports")), unique=True)):
        line(2 * step, f"{name}:")
        for number in range(draw(st.integers(1, 3))):
            line(3 * step, f"- '{number}:1'" if name == "ports" else f'K{number}: "v # no comment"')
    line(2 * step, "command: [a, 'b']")
    return "\n".join(lines) + "\n", comments


@given(commented(), st.sampled_from(("\n", "\r\n")), st.sampled_from(("\n", "\r\n")), st.booleans())
def test_no_comment_of_a_new_service_is_lost_or_doubled(
    service: tuple[str, list[str]], ours: str, theirs: str, below: bool
) -> None:
    text, comments = service
    first = "# head\nservices:\n  old:\n    image: o # o\n# tail\n".replace("\n", ours)
    second = text.replace("\n", theirs)
    base = (first + f"---{ours}" + second,) if below else (first, second)

    result = merged(*base)

    # What is set apart by a blank line above the service is no comment of the service.
    found = [f"# {word.split()[0]}" for word in result.split("# ")[1:] if word.split()[0].isdigit()]
    assert found == [comment for comment in comments if comment in found]
    assert len(comments) - len(found) <= 4
    assert [line for line in first.split(ours) if line] == [
        line for line in result.split(ours) if line in first and line
    ]
    root = parse(Source("r", result)).root
    assert isinstance(root, Mapping)
    assert not below or "---" not in result


def test_merging_is_idempotent() -> None:
    once = merged(FIRST, SECOND)

    assert merged(once) == once
    root, again = (parse(Source("r", text)).root for text in (once, merged(once, "services: {}\n")))
    assert root is not None
    assert again is not None
    assert same(root, again)
