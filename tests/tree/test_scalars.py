"""What plain scalars mean to Docker Compose; the real one is asked in yamltext/test_scalars_against_compose.py."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composevariant.tree.nodes import Kind, go_text, plain_meaning, tagged_meaning


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        *[(text, "null", None) for text in ("", "~", "null", "Null", "NULL")],
        *[(text, "bool", True) for text in ("true", "True", "TRUE")],
        *[(text, "bool", False) for text in ("false", "False", "FALSE")],
        *[("0444", "int", 292), ("0o17", "int", 15), ("0x1F", "int", 31), ("0b11", "int", 3), ("1_000", "int", 1000)],
        *[("-0", "int", 0), ("+12", "int", 12), ("18446744073709551615", "int", 2**64 - 1)],
        *[("1.10", "float", 1.1), (".5", "float", 0.5), ("5.", "float", 5.0), ("1e3", "float", 1000.0)],
        *[("08", "float", 8.0), (".inf", "float", math.inf), ("-.INF", "float", -math.inf)],
        *[("18446744073709551616", "float", 2.0**64), ("1" * 300, "float", float("1" * 300))],
        *[(text, "timestamp", text) for text in ("2001-01-01", "2001-1-1", "2001-12-14 21:59:43.5", "2000-02-29")],
        *[(text, "str", text) for text in ("yes", "no", "on", "y", "22:22", "1:20:30", "1.2.3", "tRUE", "nULL", "0o8")],
        *[(text, "str", text) for text in ("2001-13-01", "2001-02-29", "1900-02-29", "2001-04-31", "2001-01-00")],
        *[(text, "str", text) for text in ("2001-01-01T25:00:00Z", "1e999", "0x10000000000000000", "._5", "-", "٣")],
    ],
)  # fmt: skip
def test_meaning(text: str, kind: Kind, value: object) -> None:
    assert plain_meaning(text) == (kind, value)


@pytest.mark.parametrize("text", ["9" * 5_000, f"0x{'f' * 5_000}", f"-0{'7' * 5_000}"], ids=lambda text: text[:4])
def test_what_is_too_large_for_a_number_is_a_string(text: str) -> None:
    assert plain_meaning(text) == ("str", text)


def test_not_a_number_is_a_float() -> None:
    kind, value = plain_meaning(".nan")

    assert kind == "float"
    assert isinstance(value, float)
    assert math.isnan(value)


@pytest.mark.parametrize(
    ("tag", "text", "kind", "value"),
    [
        ("!!str", "12", "str", "12"),
        ("!!str", "", "str", ""),
        ("!!int", "12", "int", 12),
        ("!!float", "12", "float", 12.0),
        ("!!bool", "true", "bool", True),
        ("!!null", "null", "null", None),
    ],
)
def test_meaning_with_a_tag(tag: str, text: str, kind: Kind, value: object) -> None:
    assert tagged_meaning(tag, text) == (kind, value)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("true", "true"),
        ("FALSE", "false"),
        ("0444", "292"),
        ("1_000", "1000"),
        ("1.10", "1.1"),
        ("1.0", "1"),
        ("-0.0", "-0"),
        ("1e3", "1000"),
        ("1e20", "1e+20"),
        ("123456789.0", "1.23456789e+08"),
        ("1e6", "1e+06"),
        ("100000.0", "100000"),
        ("1.5e+22", "1.5e+22"),
        ("0.0001", "0.0001"),
        ("0.00012", "0.00012"),
        ("0.00001", "1e-05"),
        ("1e-7", "1e-07"),
        ("5e-324", "5e-324"),
        ("123456789012345678901.5", "1.2345678901234568e+20"),
        (".inf", "+Inf"),
        ("-.inf", "-Inf"),
        (".nan", "NaN"),
        ("yes", "yes"),
        ("2001-01-01", "2001-01-01"),
    ],
)
def test_how_go_prints_a_value(text: str, printed: str) -> None:
    assert go_text(plain_meaning(text), text) == printed


@given(st.text(max_size=30))
def test_every_text_means_something(text: str) -> None:
    meaning = plain_meaning(text)

    assert meaning.kind != "str" or meaning.value == text


@given(st.integers(-(2**63), 2**64 - 1))
def test_integers_mean_themselves(number: int) -> None:
    assert plain_meaning(str(number)) == ("int", number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_go_prints_of_a_float_is_read_back_as_the_same_number(number: float) -> None:
    text = repr(number)
    printed = go_text(plain_meaning(text), text)

    assert float(printed) == number
