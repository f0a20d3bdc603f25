"""The reader against BuildKit's own parser, which the `dockerfile` package has inside, though an older one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from composevariant.dockerfile.items import Instruction
from composevariant.errors import UnusableInput
from tests.dockerfile.dockerfile_outlines import read
from tests.dockerfile.dockerfile_samples import REFUSED, SAMPLES, Sample
from tests.fast_dockerfile import golden_cases
from tests.fast_dockerfile.test_sidecar_out import CASES, make, parse

if TYPE_CHECKING:
    from pathlib import Path

buildkit = pytest.importorskip("dockerfile", reason="BuildKit's parser: pip install dockerfile")

KNOWN_DIFFERENCES = re.compile(
    r"<<-?[\\`]?\s"  # a blank before the name of a here-document is allowed since
    r"|<<\S*\ufeff"  # Go drops a byte order mark at the start of such a name
    r"|<<[^\n]*\$\{"  # substitutions in such a name were read differently
    r"|\][ \t\v]*([\\`]\s+)*\S"  # JSON with something behind it was taken for JSON
    r"|#\s*\v"  # a vertical tab before a directive is a blank since
)
PIECES = (
    *("\\", "\\\n", "\\ \t\n", "`", "\n", "\n\n", "\r\n", "\t", " ", "\v", "\ufeff"),
    *("#", "# c\n", "\n# c \\\n", "# escape=`\n", "# syntax=a\n", "ONBUILD ", "onbuild ", "HEALTHCHECK CMD ", "RUN "),
    *("ENV A=b ", "ENV A b", "LABEL ", "ARG x ", "FROM x AS y\n", "COPY <<E <<F /x\n", "<<EOF", "<<-EOF", "\nEOF\n"),
    *("<<", "<<<", "<<'E'", '<<"E F"', "3<<E", '"', "'", '\\"', "--", "--x=y ", "--x='y z' ", '["a", "b"]', "[", "]"),
    *("[]", "[1]", "${X:-a b}", "${X}", "$X", "${", "=", "&&", ";", "é"),
)


class Seen(NamedTuple):
    name: str
    first: int
    last: int
    flags: tuple[str, ...]
    json: bool
    words: tuple[str, ...]
    heredocs: tuple[tuple[str, int, str], ...]


def seen_by_us(text: str) -> list[Seen] | None:
    try:
        return [_seen(item) for item in read(text) if isinstance(item, Instruction)] or None
    except UnusableInput:
        return None


def _seen(instruction: Instruction) -> Seen:
    source, inner = instruction.source, instruction.trigger or instruction
    words = [word.value for word in inner.words]
    if inner.name in ("ENV", "LABEL") and words and "=" in words[0]:
        words = [part for word in words for part in word.split("=", 1)]
    outer = instruction.name == "ONBUILD"
    return Seen(
        instruction.name,
        instruction.location().line,
        source.location(instruction.end - 1).line,
        tuple(word.value for word in instruction.flags),  # the package hides those of a trigger
        inner.json,
        tuple(words),
        ()
        if outer
        else tuple((doc.name, doc.descriptor, source.text[doc.start : doc.end]) for doc in instruction.heredocs),
    )


def seen_by_buildkit(text: str) -> list[Seen] | None:
    try:
        commands = buildkit.parse_string(text)
    except buildkit.GoParseError:
        return None
    return [
        Seen(
            (command.cmd or "").upper(),
            command.start_line,
            command.end_line,
            command.flags,
            command.json,
            () if command.value == ("",) and not command.json else command.value,
            tuple((doc.name, doc.file_descriptor, doc.content) for doc in command.heredocs),
        )
        for command in commands
    ]


@pytest.mark.parametrize("sample", [pytest.param(sample, id=sample.title) for sample in SAMPLES + REFUSED])
def test_reads_the_samples_like_buildkit(sample: Sample) -> None:
    assert seen_by_us(sample.text) == seen_by_buildkit(sample.text)


@st.composite
def mutated_samples(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(SAMPLES)).text
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.sampled_from((0, 0, 0, 1, 2, 9))))
        text = text[:at] + draw(st.sampled_from(("", *PIECES))) + text[end:]
    return text


@settings(max_examples=1000, deadline=None)
@given(mutated_samples())
@example('FROM a\nRUN echo "it\'s" <<EOF\nx\nEOF\n')
@example("# escape=`\nFROM a\nCOPY --x=b\\c --y=d`e f g\n")
def test_reads_mutations_like_buildkit(text: str) -> None:
    assume(not KNOWN_DIFFERENCES.search(text))
    ours, theirs = seen_by_us(text), seen_by_buildkit(text)
    assume(theirs is None or all(flag.isascii() for command in theirs for flag in command.flags))

    assert ours == theirs


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_reads_what_sidecars_were_taken_out_of_like_buildkit(path: Path) -> None:
    fast = make(parse(path.read_text()).files, path.parent.name).text

    assert seen_by_us(fast) == seen_by_buildkit(fast)


GOLDEN = sorted(golden_cases.FOLDER.glob("*/*.case"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: f"{path.parent.name}: {path.stem}")
def test_reads_what_people_write_and_what_is_made_of_it_like_buildkit(path: Path) -> None:
    case = golden_cases.parse(path.read_text())

    for text in (case.files["Dockerfile"], golden_cases.make(case).text):
        assert seen_by_us(text) == seen_by_buildkit(text)
