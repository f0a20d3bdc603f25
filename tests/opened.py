"""A page in a real Chromium: what it asked for, what it complained about, and whether it is light or dark."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

PAPER: Final = {"light": "rgb(255, 255, 255)", "dark": "rgb(13, 17, 23)"}


class Opened(NamedTuple):
    requests: list[str]
    complaints: list[dict[str, Any]]
    paper: str
    """The colour of its background."""


def start_browser() -> Chrome:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def open_page(browser: Chrome, path: Path, scheme: str) -> Opened:
    """Open a page with the colours that a visitor prefers."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    _log(browser, "performance")
    browser.get(path.as_uri())
    requests = [event["request"]["url"] for event in _events(browser, "Network.requestWillBeSent")]
    paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    return Opened(requests, _log(browser, "browser"), str(paper))


def _log(browser: Chrome, kind: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = browser.get_log(kind)  # type: ignore[no-untyped-call] # selenium has no types here
    return entries


def _events(browser: Chrome, method: str) -> list[dict[str, Any]]:
    entries = [json.loads(entry["message"])["message"] for entry in _log(browser, "performance")]
    return [entry["params"] for entry in entries if entry["method"] == method]
