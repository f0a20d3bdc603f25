"""The report in all its forms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from composevariant.bench.html import bench_page
from composevariant.bench.json_form import as_json
from composevariant.bench.table import missed_thresholds, read_threshold
from composevariant.bench.text_form import as_markdown, as_text
from composevariant.errors import UnusableInput
from tests.bench.measured import context, measured, report
from tests.bench.pretended import Pretended
from tests.opened import PAPER, Opened, open_page
from tests.preview.test_html import read

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from composevariant.bench.engine import Request
    from composevariant.bench.results import Report


@pytest.fixture
def right(tmp_path: Path) -> Report:
    return report(measured(tmp_path, Pretended()))


@pytest.fixture
def wrong(tmp_path: Path) -> Report:
    def dummy(request: Request, source: str) -> str:
        return "<dummy>" if request.namespace.endswith("variant") else source

    return report(measured(context(tmp_path), Pretended(dummy)))


def test_the_table_has_counts_ranges_and_what_may_be_claimed(right: Report) -> None:
    text = as_text(right)
    lines = [" ".join(line.split()) for line in text.splitlines()]

    assert "cold (1) 1.00 s 0.10 s too few runs" in lines
    assert "code (3) 1.00 s (1.00-1.00) 0.10 s (0.10-0.10) -90 %" in lines
    assert "work avoided 0 % 0 %" in lines
    assert "image 2.0 MB 2.0 MB same" in lines
    assert "cache mounts on disk 1.0 kB 1.0 kB" in lines
    assert any(line.startswith("engine 20.10.24, client 28.2.2, buildx 0.29.1, progress as rawjson") for line in lines)
    assert any(line.endswith("load 0.5 to 1.2") for line in lines)
    assert "note: frontend is built the same way in both" in lines


def test_markdown_has_the_same_rows(right: Report) -> None:
    markdown = as_markdown(right)

    assert "| **code (3)** | 1.00 s (1.00-1.00) | 0.10 s (0.10-0.10) | -90 % |" in markdown
    assert "- ok: variant: every change of src/main.py arrived, and undoing it restored it" in markdown


def test_what_is_wrong_comes_first_in_every_form(wrong: Report) -> None:
    assert "\nWRONG: variant: cold, nochange, code, manifest, dependency, dockerfile, undo: the" in as_text(wrong)
    assert json.loads(as_json(wrong))["services"][0]["wrong"] is True
    assert "%" not in "".join(line for line in as_text(wrong).splitlines() if line.startswith("code"))
    assert list(missed_thresholds(wrong.services, [read_threshold("code=5%")])) == [
        "app: code must be 5 % faster, but the result is: WRONG"
    ]
    assert "How fast it is built does not matter" in bench_page(wrong)


def test_json_is_what_the_schema_says(right: Report, wrong: Report) -> None:
    schema = json.loads((Path(__file__).parents[2] / "schemas" / "bench.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)

    for each in (right, wrong):
        jsonschema.validate(json.loads(as_json(each)), schema)


def test_the_page_is_one_file_without_script_or_network(right: Report) -> None:
    reader = read(bench_page(right))

    assert not {"script", "link", "img", "iframe"} & set(reader.tags)
    assert reader.links == []
    assert reader.tags.count("svg") == 4
    assert "0.10 s (0.10-0.10), -90 %" in reader.text


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        pytest.param("code=50%", [], id="reached"),
        pytest.param("app.code=90", [], id="for one service, without the sign"),
        pytest.param("code=95%", ["app: code must be 95 % faster, but the result is: -90 %"], id="not reached"),
        pytest.param(
            "cold=1%", ["app: cold must be 1 % faster, but the result is: too few runs"], id="what cannot be claimed"
        ),
        pytest.param("db.code=1%", ["db: code must be 1 % faster, but was not measured"], id="another service"),
    ],
)
def test_thresholds(right: Report, words: str, lines: list[str]) -> None:
    assert list(missed_thresholds(right.services, [read_threshold(words)])) == lines


@pytest.mark.parametrize("words", ["code", "code=fast", "cod=5%", "=5"])
def test_what_is_no_threshold(words: str) -> None:
    with pytest.raises(UnusableInput):
        read_threshold(words)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_real_browser_shows_the_charts_in_both_colour_schemes(
    browser: Chrome, scheme: str, right: Report, wrong: Report, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    both = right._replace(services=(*right.services, *wrong.services))
    path.write_text(bench_page(both), encoding="utf-8")

    opened = open_page(browser, path, scheme)

    assert opened == Opened([path.as_uri()], [], PAPER[scheme])
    charts = browser.find_elements("css selector", "svg.bars")
    assert len(charts) == 8
    assert all(chart.size["width"] > 400 for chart in charts)
    longest = [max(bar.size["width"] for bar in chart.find_elements("css selector", "rect")) for chart in charts[:2]]
    assert all(width > 200 for width in longest[:1])
    colors = {
        browser.execute_script("return getComputedStyle(arguments[0]).fill", bar)
        for bar in charts[0].find_elements("css selector", "rect")
    }
    assert len(colors) == 2
    assert opened.paper not in colors
    ends = [text.rect for text in charts[0].find_elements("css selector", "text")]
    assert all(end["x"] + end["width"] <= charts[0].rect["x"] + charts[0].rect["width"] for end in ends)
    banner = browser.find_element("css selector", ".banner")
    assert banner.is_displayed()
