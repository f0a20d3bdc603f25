"""The HTML report: one file, without scripts and network, that holds nothing but what it should."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from composevariant.compose.identities import item_key
from composevariant.findings import note
from composevariant.preview.comparison import Comparison, compare_sides
from composevariant.preview.html.page import html_page
from composevariant.preview.pair import Pair, Side
from composevariant.source import Source
from composevariant.tree.changes import compare
from composevariant.yamltext.parser import parse
from tests.opened import PAPER, Opened, open_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from selenium.webdriver import Chrome

BASE = """\
services:
  app:
    image: shop:1
    depends_on: [filebeat, db]
    environment:
      DB_PASSWORD: hunter2
  db:
    image: postgres
  filebeat:
    image: elastic/filebeat:9.5.1
volumes: {data: }
"""
FAST = """\
services:
  app:
    image: shop:2
    depends_on: [db, cache]
    environment:
      DB_PASSWORD: hunter3
  db:
    image: postgres
  cache:
    image: "<script>alert(1)</script>"
volumes: {data: }
"""


def comparison(before: str = BASE, after: str = FAST, *, hide: bool = True) -> Comparison:
    old, new = parse(Source("docker-compose.yml", before)), parse(Source("docker-compose.fast.yml", after))
    assert old.root is not None
    assert new.root is not None
    notes = (
        note("dockerfiles.not-renewed", "warning", ("services", "app"), file="f", reason="reaches amqp://me:pw@mq"),
        note("remove.service", "removed", ("services", "filebeat")),
    )
    sides = (Side("docker-compose.yml", before, old.root), Side("docker-compose.fast.yml", after, new.root))
    return compare_sides(Pair(*sides, "fast", tuple(compare(old.root, new.root, item_key)), notes), hide=hide)


class Reader(HTMLParser):
    """Checks that elements are closed in order, and collects what is there."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def test_the_page_tells_of_services_changes_notes_and_lines() -> None:
    text = read(html_page([comparison()])).text

    for part in (
        "1 service removed",
        "1 service added",
        "no longer depends on filebeat",
        "image shop:1 -> shop:2",
        "services.app, line 1",
        "reaches amqp://***@mq",
    ):
        assert part in text


def test_the_page_has_no_script_and_loads_nothing() -> None:
    reader = read(html_page([comparison(), comparison()]))

    assert not {"script", "link", "img", "iframe"} & set(reader.tags)
    assert reader.links == ["#variant-0", "#variant-1"]
    assert "<script>" in reader.text


def test_secrets_do_not_travel_but_that_they_changed_does() -> None:
    html = html_page([comparison()])

    assert "hunter" not in html
    assert "environment DB_PASSWORD *** -&gt; ***" in html
    assert "hunter2" in html_page([comparison(hide=False)])


def test_equal_files_say_so() -> None:
    text = read(html_page([comparison(BASE, BASE)])).text

    assert "Nothing in meaning" in text
    assert "The texts do not differ." in text


def test_a_circle_of_dependencies_is_drawn() -> None:
    circle = "services:\n  a: {image: a, depends_on: [b]}\n  b: {image: b, links: [a]}\n"

    assert html_page([comparison(circle, circle)]).count("<rect") == 2


def test_many_services_are_listed_without_a_drawing() -> None:
    names = [f"s{number}" for number in range(61)]
    text = "services:\n" + "".join(f"  {name}: {{image: x, depends_on: [s0]}}\n" for name in names)
    html = html_page([comparison(text, text)])

    assert "<svg" not in html
    assert html.count('scope="row"') == 61


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_real_browser_shows_it_without_errors_or_requests(
    browser: Chrome, scheme: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    (tmp_path / "report.html").write_text(html_page([comparison()]), encoding="utf-8")

    opened = open_page(browser, tmp_path / "report.html", scheme)

    assert opened == Opened([(tmp_path / "report.html").as_uri()], [], PAPER[scheme])
    boxes = browser.find_elements("css selector", "svg rect")
    assert len(boxes) == 4
    assert all(box.size["width"] > 0 for box in boxes)
    picture = tmp_path / f"report-{scheme}.png"
    browser.save_screenshot(str(picture))
    record_property("screenshot", str(picture))
    assert picture.stat().st_size > 0


@pytest.mark.browser
def test_the_keyboard_folds_and_shows_where_a_change_comes_from(browser: Chrome, tmp_path: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    text = "variants: {fast: {replace: {services.app.image: shop:2}}}\n"
    located = comparison()
    origin = parse(Source("composevariant.yml", text)).root
    assert origin is not None
    assert origin.span is not None
    told = tuple(each._replace(operation="replace", location=origin.span.location()) for each in located.differences)
    (tmp_path / "report.html").write_text(html_page([located._replace(differences=told)]), encoding="utf-8")
    browser.get((tmp_path / "report.html").as_uri())
    fold = browser.find_element("css selector", "details")
    first = fold.find_element("css selector", "summary")

    browser.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.switch_to.active_element == first
    first.send_keys(Keys.ENTER)
    assert fold.get_attribute("open") is None
    first.send_keys(Keys.ENTER)
    assert fold.get_attribute("open") is not None
    first.send_keys(Keys.TAB)

    focused = browser.switch_to.active_element
    assert focused.find_element("css selector", "small").is_displayed()
    assert "replace, composevariant.yml:1:1" in focused.text
