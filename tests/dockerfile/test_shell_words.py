from __future__ import annotations

import pytest

from composevariant.dockerfile.shell import ShellSyntaxError, expand, raw_words, unquoted_words

SET = {"V": "v", "EMPTY": "", "TWO": "a b"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("plain", "plain", id="no variable"),
        pytest.param("$V", "v", id="a variable"),
        pytest.param("x${V}y", "xvy", id="a variable in braces"),
        pytest.param("$V.$V", "v.v", id="a name ends where it must"),
        pytest.param("${V:-d}", "v", id="a default that is not needed"),
        pytest.param("${U:-d}", "d", id="a default"),
        pytest.param("${EMPTY:-d}", "d", id="a default for an empty value"),
        pytest.param("${EMPTY-d}", "", id="no default for an empty value without colon"),
        pytest.param("${U:-${V}}", "v", id="a default inside a default"),
        pytest.param("${V:+x}", "x", id="an alternative"),
        pytest.param("${EMPTY:+x}${U+x}", "", id="an alternative that is not taken"),
        pytest.param("${EMPTY+x}", "x", id="an alternative for an empty value without colon"),
        pytest.param("${V:?no}", "v", id="a required value that is there"),
        pytest.param("$U/${U}", "$U/${U}", id="unset variables are kept as they are written"),
        pytest.param("${U:?no}", "${U:?no}", id="so is a required one"),
        pytest.param("\\$V", "$V", id="an escaped dollar"),
        pytest.param("'$V'", "$V", id="single quotes"),
        pytest.param('"$V \' x"', "v ' x", id="double quotes"),
        pytest.param('"a\\"b\\n"', 'a"b\\n', id="escapes inside double quotes"),
        pytest.param("a\\ b", "a b", id="an escaped blank"),
        pytest.param("$", "$", id="a dollar alone"),
        pytest.param("$1x$-", "$1x$-", id="positional and special parameters"),
        pytest.param("a<b<<c", "a<b<<c", id="less-than signs"),
        pytest.param("a\\", "a", id="an escape at the end"),
    ],
)
def test_variables_are_replaced_and_quotes_removed(text: str, expected: str) -> None:
    assert expand(text, SET) == expected


def test_the_escape_character_can_be_another() -> None:
    assert expand("C:\\app`$V$V", SET, escape="`") == "C:\\app$Vv"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("'a", id="an open single quote"),
        pytest.param('"a', id="an open double quote"),
        pytest.param("${V", id="an open brace"),
        pytest.param("${V:-a", id="an open default"),
        pytest.param("${}", id="no name"),
        pytest.param("${:-a}", id="an operator without a name"),
        pytest.param("${V!a}", id="an unknown operator"),
        pytest.param("${V:#a}", id="a colon before a pattern"),
        pytest.param("${V#a}", id="a prefix pattern, which is not applied"),
        pytest.param("${V//a/b}", id="a replacement, which is not applied"),
    ],
)
def test_wrong_or_unknown_substitutions_are_errors(text: str) -> None:
    with pytest.raises(ShellSyntaxError):
        expand(text, SET)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("a  b\tc", ["a", "b", "c"], id="blanks between words"),
        pytest.param("a'b c'd \"e f\"", ["a'b c'd", '"e f"'], id="quotes hold words together and stay"),
        pytest.param("a\\ b", ["a\\ b"], id="an escaped blank does too"),
        pytest.param("cat << EOF", ["cat", "<< EOF"], id="a here-document and its name are one word"),
        pytest.param("$X ${Y:-a b}", ["$X", "${Y:-a", "b}"], id="variables stay, their blanks separate"),
        pytest.param("it's", [], id="nothing at all when a quote is open"),
    ],
)
def test_raw_words_keep_quotes(text: str, words: list[str]) -> None:
    assert raw_words(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("E\"O\"'F'", ["EOF"], id="quotes are removed"),
        pytest.param("a ''", ["a"], id="an empty word is none"),
        pytest.param("a\\b", ["ab"], id="escapes are removed"),
        pytest.param("$A", ["$A"], id="variables stay"),
    ],
)
def test_unquoted_words_lose_quotes(text: str, words: list[str]) -> None:
    assert unquoted_words(text) == words
