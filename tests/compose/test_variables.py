from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from composevariant.compose.variables import broken_references, required_and_unset, with_defaults

if TYPE_CHECKING:
    from pathlib import Path


KNOWN = [
    pytest.param("", "", id="empty text"),
    pytest.param("./backend", "./backend", id="no variable"),
    pytest.param("${V:-d}", "d", id="default for unset or empty"),
    pytest.param("${V-d}", "d", id="default for unset"),
    pytest.param("${V:-}", "", id="an empty default is a default"),
    pytest.param("a/${V:-b}/c", "a/b/c", id="in the middle of a text"),
    pytest.param("${V:-a}${W:-b}", "ab", id="two references side by side"),
    pytest.param("${V:-${W:-z}}", "z", id="a default inside a default"),
    pytest.param("${V:-${W-q}-r}", "q-r", id="text after a nested default"),
    pytest.param("${V:-${W:-a}${X:-b}}c", "abc", id="two references inside a default"),
    pytest.param("${V:-a}b}", "ab}", id="a brace behind the reference is text"),
    pytest.param("${V:-{}}", "{}", id="a default that is an empty JSON object"),
    pytest.param('${V:-{"a": {}}}', '{"a": {}}', id="a default that is a nested JSON object"),
    pytest.param("${V:-{a}b}", "{a}b", id="braces inside a default"),
    pytest.param("${V:-a{b}", "a{b", id="an opening brace that nothing closes"),
    pytest.param("{${V:-b}", "{b", id="an opening brace before the reference"),
    pytest.param("${V:-a:-b}", "a:-b", id="an operator inside a default is text"),
    pytest.param("${V-a:-b}", "a:-b", id="the first operator decides"),
    pytest.param("${V:-a?b}", "a?b", id="a question mark inside a default"),
    pytest.param("${V:+x}", "", id="the alternative of an unset variable is empty"),
    pytest.param("a${V+x}b", "ab", id="the short alternative too"),
    pytest.param("${V:+${W}}", "", id="an alternative is not looked into"),
    pytest.param("${V:-${W:+b}}", "", id="an alternative inside a default"),
    pytest.param("$$V", "$V", id="an escaped dollar"),
    pytest.param("$${V}", "${V}", id="an escaped reference"),
    pytest.param("$$${V:-a}", "$a", id="an escaped dollar before a reference"),
    pytest.param("$$$$", "$$", id="two escaped dollars"),
    pytest.param("${V:-a$$}b", "a$b", id="an escaped dollar inside a default"),
    pytest.param("${V:-$${W}}c", "${W}c", id="an escaped reference inside a default"),
    pytest.param("a$", "a$", id="a dollar at the end"),
    pytest.param("$1-$-", "$1-$-", id="dollars that start no name"),
    pytest.param("${V:-a b}", "a b", id="a default with a blank"),
    pytest.param("${_v9:-lower}", "lower", id="names in small letters with digits"),
]


@pytest.mark.parametrize(("text", "expected"), KNOWN)
def test_counts_with_the_defaults_in_the_file(text: str, expected: str) -> None:
    assert with_defaults(text) == expected


@pytest.mark.oracle
def test_compose_sees_the_same_when_no_variable_is_set(tmp_path: Path) -> None:
    texts, expected = zip(*(case.values for case in KNOWN), strict=True)
    file = tmp_path / "compose.yaml"
    labels = {str(number): text for number, text in enumerate(texts)}
    file.write_text(json.dumps({"services": {"a": {"image": "b", "labels": labels}}}))
    command = ["docker", "compose", "-f", str(file), "config", "--format", "json"]
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    output = subprocess.run(command, check=True, capture_output=True, env=environment).stdout
    found = json.loads(output)["services"]["a"]["labels"]

    # What is printed can be read again, so every dollar comes out twice.
    assert [found[number].replace("$$", "$") for number in labels] == list(expected)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("$V", id="a bare variable"),
        pytest.param("${V}", id="a variable in braces"),
        pytest.param("a/${V}/${W:-b}", id="one of two has no default"),
        pytest.param("${V:-${W}}", id="the default has no default"),
        pytest.param("${V:?message}", id="a required variable"),
        pytest.param("${V?message}", id="a required variable, short form"),
        pytest.param("${V:-a$W}", id="a bare variable inside a default"),
        pytest.param("${V", id="nothing closes it"),
        pytest.param("${V:-${W}", id="only the inner one is closed"),
        pytest.param("${}", id="no name"),
        pytest.param("${1:-a}", id="a name that starts with a digit"),
        pytest.param("${V!a}", id="an unknown operator"),
        pytest.param("${V:}", id="half an operator"),
        pytest.param("${V:=a}", id="the shell's assignment"),
        pytest.param("${ V:-a}", id="a blank before the name"),
        pytest.param("${V:-a\nb}", id="a default over two lines"),
    ],
)
def test_is_unknown_without_a_default(text: str) -> None:
    assert with_defaults(text) is None


BROKEN = [
    pytest.param("${V", "${V", id="a brace that nothing closes"),
    pytest.param("a ${} b", "${}", id="no name"),
    pytest.param("${V:hunter2}", "${V:", id="a colon without its dash; what follows is not repeated"),
    pytest.param("${MY TAG}", "${MY ", id="a blank in the name"),
    pytest.param("${1}", "${1}", id="a name that begins with a digit"),
    pytest.param("${a${b}}", "${a$", id="a reference in a name"),
    pytest.param("${V:-${}}", "${}", id="inside a default"),
    pytest.param("${V:+${}}", "${}", id="inside an alternative"),
    pytest.param("${V:?${}}", "${}", id="inside a message"),
    pytest.param("${V:-b", "${V:", id="a default that nothing closes"),
]


@pytest.mark.parametrize(("text", "broken"), BROKEN)
def test_references_that_cannot_be_read(text: str, broken: str) -> None:
    assert list(broken_references(text)) == [broken]


@pytest.mark.parametrize("text", ["$", "a$-", "$${", "$$$${A", "$1", "$ {A", "$A{", "${A:-a}}", "${A-{}", "${A:-$B{}"])
def test_dollars_that_compose_lets_pass(text: str) -> None:
    assert list(broken_references(text)) == []


@pytest.mark.parametrize(
    ("text", "known", "missing"),
    [
        pytest.param("${A:?m}", {}, ["A"], id="unset"),
        pytest.param("${A:?m}", {"A": ""}, ["A"], id="empty"),
        pytest.param("${A?m}", {"A": ""}, [], id="empty is enough without the colon"),
        pytest.param("${A:?m}${B?}", {"A": "1"}, ["B"], id="one of two"),
        pytest.param("${A:-${B:?m}}", {"A": "1"}, ["B"], id="in a default that does not count, as with Compose"),
        pytest.param("$${A:?m}", {}, [], id="an escaped reference"),
    ],
)
def test_variables_that_are_required(text: str, known: dict[str, str], missing: list[str]) -> None:
    assert list(required_and_unset(text, known)) == missing


@pytest.mark.oracle
@pytest.mark.parametrize("text", [case.values[0] for case in BROKEN])
def test_compose_refuses_what_cannot_be_read(text: str, tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(json.dumps({"services": {"a": {"image": "b", "user": text}}}))

    ran = subprocess.run(["docker", "compose", "-f", str(file), "config", "-q"], check=False, capture_output=True)

    assert b"invalid interpolation format" in ran.stderr
