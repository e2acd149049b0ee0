"""A real Chromium, and pages served to it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

CHROMIUMS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
"""The first there is: the same engine, without windows, which take longer to open than most tests take."""
SECONDS = 10_000


class Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Says nothing: the pages are what is looked at."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next((each for each in CHROMIUMS if each.exists()), None)
    if found is None:
        if os.environ.get("INTERLUDE_REQUIRE_ALL") == "1":
            pytest.fail(f"INTERLUDE_REQUIRE_ALL=1, and there is no {CHROMIUMS[0]}")
        pytest.skip(f"needs {CHROMIUMS[0]}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(found), args=["--no-sandbox", "--disable-dev-shm-usage", "--site-per-process"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser, serve: Callable[[Flask], str]) -> Iterator[Callable[..., Page]]:
    """Makes a page in a browser profile of its own; fails the test on anything that its console complains of.

    It stands on `serve` so that pages close before their servers: a page that asks by itself never asks a stopped one.
    """
    contexts, complaints = [], []

    def make(**how: Any) -> Page:
        context = browser.new_context(**how)
        context.set_default_timeout(SECONDS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if _complains(said) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _complains(said: Any) -> bool:
    # Chromium also reports every page that answers 4xx, which some of ours rightly do.
    return said.type in {"error", "warning"} and "Failed to load resource" not in said.text


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page(viewport={"width": 1280, "height": 860}, color_scheme="light")


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serves an application on a free port of loopback until the test is over; returns its address."""
    servers = []

    def start(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
