from __future__ import annotations

import pytest

from composevariant.dockerfile.items import Directive, Instruction
from composevariant.errors import UnusableInput
from tests.dockerfile.dockerfile_outlines import outline, read
from tests.dockerfile.dockerfile_samples import NEWER_THAN_THE_ORACLE, REFUSED, SAMPLES, Sample


def named(samples: list[Sample]) -> list[object]:
    return [pytest.param(sample, id=sample.title) for sample in samples]


@pytest.mark.parametrize("sample", named(SAMPLES + NEWER_THAN_THE_ORACLE))
def test_sees_the_instructions_that_docker_sees(sample: Sample) -> None:
    assert outline(sample.text) == sample.outline


@pytest.mark.parametrize("sample", named(SAMPLES + NEWER_THAN_THE_ORACLE))
def test_loses_nothing(sample: Sample) -> None:
    items = read(sample.text)

    assert "".join(item.text for item in items) == sample.text
    assert [item.start for item in items[1:]] == [item.end for item in items[:-1]]


@pytest.mark.parametrize("sample", named(REFUSED))
def test_refuses_what_docker_refuses(sample: Sample) -> None:
    with pytest.raises(UnusableInput) as refused:
        read(sample.text)

    assert [str(refused.value)] == sample.outline


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        pytest.param("", [], id="an empty file"),
        pytest.param("\ufeff", ["bom"], id="only a byte order mark"),
        pytest.param("\n \n", ["blank", "blank"], id="only blank lines"),
        pytest.param("# a\n", ["comment"], id="only a comment"),
        pytest.param(
            "\ufeff# syntax=a\n# b\n\nFROM c\n# d",
            ["bom", "directive", "comment", "blank", "instruction", "comment"],
            id="everything there is",
        ),
    ],
)
def test_tells_the_kinds_of_items_apart(text: str, kinds: list[str]) -> None:
    assert [item.kind for item in read(text)] == kinds


@pytest.mark.parametrize("text", ["ONBUILD " * 5000, "RUN " + "${X:-" * 5000 + "<<"])
def test_refuses_what_is_nested_too_deeply(text: str) -> None:
    with pytest.raises(UnusableInput, match="is nested too deeply"):
        read(f"FROM a\n{text}\n")


def test_a_directive_has_a_name_and_a_value() -> None:
    directive = read("#  SYNTAX = docker/dockerfile:1.7-labs  \nFROM a\n")[0]

    assert isinstance(directive, Directive)
    assert (directive.name, directive.value) == ("syntax", "docker/dockerfile:1.7-labs")


@pytest.mark.parametrize(
    ("part", "source"),
    [
        pytest.param("curl", "curl", id="a word in one line"),
        pytest.param("a=1   B=2", "a=1 \\\n  # no\n\n  B=2", id="words over a comment and a blank line"),
        pytest.param("B=2", "B=2", id="a word behind them"),
        pytest.param("xyz", "x\\\ny\\ \nz", id="a word over three lines"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_every_part_of_a_joined_line_is_found_in_the_source(part: str, source: str) -> None:
    text = "FROM a\n  RUN curl a=1 \\\n  # no\n\n  B=2 x\\\ny\\ \nz\n"
    run = instructions(text)[1]
    begin = run.line.text.index(part)
    start, end = run.line.span(begin, begin + len(part))

    assert text[start:end] == source


def test_flags_and_words_know_their_places_quotes_included() -> None:
    text = 'FROM a\nCOPY --from=b \\\n  --chown="c d" e \\\n# no\n  f\n'
    copy = instructions(text)[1]
    places = [copy.line.span(word.begin, word.end) for word in (*copy.flags, *copy.words)]

    assert [text[start:end] for start, end in places] == ["--from=b", '--chown="c d"', "e", "f"]


def test_the_trigger_of_an_onbuild_is_an_instruction_of_its_own() -> None:
    text = "FROM a\n  ONBUILD  COPY --from=b \\\n  c d \n"
    trigger = instructions(text)[1].trigger

    assert trigger is not None
    assert trigger.text == "COPY --from=b \\\n  c d"
    assert trigger.flag("from") == "b"


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        pytest.param("--from=b", "b", id="a flag with a value"),
        pytest.param("--from=b=c", "b=c", id="a value with an equals sign"),
        pytest.param("--from", "", id="a flag without a value"),
        pytest.param("--from=b --from=c", "c", id="the last one counts"),
        pytest.param("--fro=b", None, id="another flag"),
    ],
)
def test_flags_are_found_by_name(flags: str, expected: str | None) -> None:
    assert instructions(f"FROM a\nCOPY {flags} d e\n")[1].flag("from") == expected


@pytest.mark.parametrize(
    ("name", "expand", "strip_tabs", "descriptor"),
    [
        pytest.param("<<EOF", True, False, 0, id="plain"),
        pytest.param("<<-EOF", True, True, 0, id="with a dash"),
        pytest.param("5<<'EOF'", False, False, 5, id="quoted, with a descriptor"),
        pytest.param('<<E"O"F', False, False, 0, id="quoted in part"),
    ],
)
def test_here_documents_know_how_they_were_announced(
    name: str, expand: bool, strip_tabs: bool, descriptor: int
) -> None:
    (heredoc,) = instructions(f"FROM a\nRUN cat {name}\nb\nEOF\n")[1].heredocs

    assert heredoc[:4] == ("EOF", expand, strip_tabs, descriptor)


def instructions(text: str) -> list[Instruction]:
    return [item for item in read(text) if isinstance(item, Instruction)]
