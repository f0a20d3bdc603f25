"""Texts that cannot be worked with: exact message, location and advice, and no matter how large, soon."""

from __future__ import annotations

import pytest

from composevariant.errors import ComposeVariantError, UnusableInput
from composevariant.source import Source
from composevariant.tree.nodes import Mapping
from composevariant.yamltext.full_scanner import MAX_DEPTH
from composevariant.yamltext.parser import parse


def refusal(text: str) -> str:
    with pytest.raises(ComposeVariantError) as caught:
        parse(Source("c.yml", text))
    assert caught.value.exit_code == UnusableInput.exit_code
    return str(caught.value)


KEEP_ONE = "\n  hint: keep one of the two"
SPLIT = "\n  hint: split it into one file per document"
SPACES = "\n  hint: YAML is indented with spaces, never with tabs"
TAB = "not valid YAML: while scanning for the next token, found character '\\t' that cannot start any token"
TEMPLATE = "\n  hint: this looks like a template: render it first, and use the result as the base"
ESCAPE = "\n  hint: end lines with LF or CRLF, and write such a character as an escape in double quotes"
MERGE = "`<<` merges mappings only\n  hint: point it to a mapping, or a list of mappings"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "a: 1\nb: 2\na: 3\n",
            f'c.yml:3:1: mapping key "a" already defined at line 1{KEEP_ONE}',
            id="a duplicate key",
        ),
        pytest.param(
            "80: a\n'80': b\n",
            f'c.yml:2:1: mapping key "80" already defined at line 1{KEEP_ONE}',
            id="a number and a string that are one key",
        ),
        pytest.param(
            "a: {b: 1, c: 2, b: 3}\n",
            f'c.yml:1:17: mapping key "b" already defined at line 1{KEEP_ONE}',
            id="a duplicate key in a flow mapping",
        ),
        pytest.param(
            "a:\n  <<: {}\n  <<: {}\n",
            f'c.yml:3:3: mapping key "<<" already defined at line 2{KEEP_ONE}',
            id="two merges",
        ),
        pytest.param(
            "a:\n  c: 1\n  c: 2\na: 3\n",
            f'c.yml:3:3: mapping key "c" already defined at line 2{KEEP_ONE}\n'
            f'c.yml:4:1: mapping key "a" already defined at line 1{KEEP_ONE}',
            id="all duplicate keys at once",
        ),
        pytest.param("a: *b\n", 'c.yml:1:4: not valid YAML: unknown anchor "b"', id="an unknown anchor"),
        pytest.param("a: &x [*x]\n", 'c.yml:1:8: not valid YAML: unknown anchor "x"', id="an anchor inside itself"),
        pytest.param(
            "a: &x &y b\n",
            "c.yml:1:7: not valid YAML: a value can have at most one anchor and one tag",
            id="two anchors",
        ),
        pytest.param(
            "a: !x !y b\n", "c.yml:1:7: not valid YAML: a value can have at most one anchor and one tag", id="two tags"
        ),
        pytest.param(
            "a: &x 1\nb: !t *x\n",
            "c.yml:2:4: not valid YAML: an alias must not have an anchor or tag",
            id="a tag on an alias",
        ),
        pytest.param("b:\n  <<: 1\n", f"c.yml:2:7: {MERGE}", id="a merge of a scalar"),
        pytest.param("a: &a [1]\nb: {<<: *a}\n", f"c.yml:2:9: {MERGE}", id="a merge of a list of scalars"),
        pytest.param(
            "a: 1\n---\nb: 2\n", f"c.yml:2:1: the file contains several YAML documents{SPLIT}", id="two documents"
        ),
        pytest.param(
            "---\na: 1\n...\n---\n",
            f"c.yml:4:1: the file contains several YAML documents{SPLIT}",
            id="an empty second document",
        ),
        pytest.param(
            "%YAML 1.1\n[a]\n",
            "c.yml:1:1: not valid YAML: a directive needs a `---` below it",
            id="a directive without a marker",
        ),
        pytest.param(
            "a: 1\n...\nb: 2\n",
            "c.yml:3:1: not valid YAML: unexpected content after the document",
            id="content behind the end",
        ),
        pytest.param("a:\n\tb: 1\n", f"c.yml:2:1: {TAB}{SPACES}", id="a tab that indents"),
        pytest.param("a:\n  - \tb\n", f"c.yml:2:5: {TAB}{SPACES}", id="a tab behind a dash"),
        pytest.param("[a]: b\n", "c.yml:1:1: a key must be a plain or quoted word", id="a list as a key"),
        pytest.param("? {a: b}\n: c\n", "c.yml:1:1: a key must be a plain or quoted word", id="a mapping as a key"),
        pytest.param("a: b: c\n", "c.yml:1:5: not valid YAML: mapping values are not allowed here", id="two colons"),
        pytest.param(
            "a: 1\nb\n",
            "c.yml:2:1: not valid YAML: while scanning a simple key, could not find expected ':'",
            id="a word where a key should be",
        ),
        pytest.param(": a\n", "c.yml:1:1: not valid YAML: expected a key of the mapping", id="a colon without a key"),
        pytest.param("- a\nb: c\n", "c.yml:2:1: not valid YAML: expected an item of the list", id="a key in a list"),
        pytest.param(
            "a:\n  b: 1\n c: 2\n",
            "c.yml:3:2: not valid YAML: expected a key of the mapping",
            id="a key that stands nowhere",
        ),
        pytest.param(
            "a: - b\n",
            "c.yml:1:4: not valid YAML: sequence entries are not allowed here",
            id="an item on the line of its key",
        ),
        pytest.param(
            "a: [b, c\n", "c.yml:1:4: not valid YAML: this bracket is not closed", id="a bracket that is not closed"
        ),
        pytest.param(
            "a: [b\nc: d\n",
            "c.yml:2:2: not valid YAML: a comma or a closing bracket is missing",
            id="a bracket that is closed by nothing",
        ),
        pytest.param("a: [b, , c]\n", "c.yml:1:8: not valid YAML: a value is missing here", id="two commas"),
        pytest.param(
            "a: [b}\n", "c.yml:1:6: not valid YAML: a comma or a closing bracket is missing", id="the other bracket"
        ),
        pytest.param(
            "a: 'b\nc: d\n",
            "c.yml:1:4: not valid YAML: while scanning a quoted scalar, found unexpected end of stream",
            id="a quote that is not closed",
        ),
        pytest.param(
            'a: "\\q"\n',
            "c.yml:1:6: not valid YAML: while scanning a double-quoted scalar, found unknown escape character 'q'",
            id="an unknown escape",
        ),
        pytest.param(
            "a: @b\n",
            "c.yml:1:4: not valid YAML: while scanning for the next token, found character '@' that cannot start any "
            "token",
            id="a reserved character",
        ),
        pytest.param("a: {{ b }}\n", f"c.yml:1:5: a key must be a plain or quoted word{TEMPLATE}", id="a template"),
        pytest.param(
            "a: b\rc: d\r",
            f"c.yml:1:5: a lone carriage return, which only some programs treat as a line break{ESCAPE}",
            id="a lone carriage return",
        ),
        pytest.param(
            "a: b # c\u2028d\n",
            f"c.yml:1:9: a lone line separator (U+2028), which only some programs treat as a line break{ESCAPE}",
            id="a line separator",
        ),
        pytest.param(
            "{% if x %}\na: b\n{% endif %}\n",
            "c.yml:1:2: not valid YAML: while scanning for the next token, "
            f"found character '%' that cannot start any token{TEMPLATE}",
            id="a template with statements",
        ),
        pytest.param(
            "a: b\0c\n",
            "c.yml:1:5: not valid YAML: unacceptable character #x0000: special characters are not allowed",
            id="a null character",
        ),
        pytest.param(
            "PK\x03\x04\n",
            "c.yml:1:3: not valid YAML: unacceptable character #x0003: special characters are not allowed",
            id="a binary file",
        ),
    ],
)
def test_the_message_says_where_and_what(text: str, message: str) -> None:
    assert refusal(text) == message


def test_hundreds_of_tabs_between_words_are_followed_but_not_beside_tabs_in_strings() -> None:
    tabs = "".join(f"k{number}:\tv\n" for number in range(500))

    assert isinstance(parse(Source("c.yml", tabs)).root, Mapping)
    assert (
        refusal(f"a: 'x\ty'\n{tabs}") == "c.yml:201:6: more than 200 tabs between words\n  hint: separate with spaces"
    )


def nested(levels: int, form: str) -> str:
    if form == "flow lists":
        return f"a: {'[' * (levels - 1)}{']' * (levels - 1)}\n"
    if form == "flow mappings":
        return f"a: {'{b: ' * (levels - 1)}x{'}' * (levels - 1)}\n"
    if form == "dashes":
        return f"a:\n{'- ' * (levels - 1)}x\n"
    if form == "aliases":
        return "x2: &x2 [1]\n" + "".join(f"x{n}: &x{n} [*x{n - 1}]\n" for n in range(3, levels + 1))
    return "".join(f"{' ' * level}a:\n" for level in range(levels))


FORMS = ("flow lists", "flow mappings", "dashes", "indentation")


@pytest.mark.parametrize("form", [*FORMS, "aliases"])
def test_nesting_is_followed_as_deep_as_anybody_needs(form: str) -> None:
    assert isinstance(parse(Source("c.yml", nested(MAX_DEPTH, form))).root, Mapping)


@pytest.mark.parametrize("form", [*FORMS, "aliases"])
def test_nesting_one_deeper_is_refused(form: str) -> None:
    assert f"nested more than {MAX_DEPTH} levels deep" in refusal(nested(MAX_DEPTH + 1, form))


@pytest.mark.parametrize("form", ["flow lists", "flow mappings", "dashes", "aliases"])
def test_nesting_of_ten_thousand_levels_is_refused_and_not_followed(form: str) -> None:
    assert f"nested more than {MAX_DEPTH} levels deep" in refusal(nested(10_000, form))


def test_indentation_of_a_thousand_levels_is_refused_and_not_followed() -> None:
    assert refusal(nested(1_000, "indentation")) == "c.yml:101:101: nested more than 100 levels deep"


def test_marked_keys_of_ten_thousand_levels_are_refused_and_not_followed() -> None:
    assert refusal("? " * 10_000) == "c.yml:1:201: nested more than 100 levels deep"


def test_aliases_that_multiply_are_refused_and_not_followed() -> None:
    first = "x0: &x0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n"
    bomb = first + "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]\n" for n in range(1, 10))

    assert refusal(bomb) == "c.yml:7:5: the aliases in this file multiply to millions of settings"


def test_merges_that_multiply_are_refused_and_not_followed() -> None:
    bomb = "x0: &x0 {k0: 0}\n" + "".join(f"x{n}: &x{n} {{<<: *x{n - 1}, k{n}: {n}}}\n" for n in range(1, 3_000))

    assert refusal(bomb) == "c.yml:1001:20: the aliases in this file multiply to millions of settings"


def test_many_uses_of_an_anchor_are_no_bomb() -> None:
    text = "x: &x {a: 1, b: 2}\ny:\n" + "".join(f"  k{n}: {{<<: *x, c: {n}}}\n" for n in range(3_000))

    assert isinstance(parse(Source("c.yml", text)).root, Mapping)
