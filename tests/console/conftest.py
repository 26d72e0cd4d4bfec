"""A real browser for the pages: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import Engine

from tests.api.world import World, made, made_on

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""The browser talks to no host but ours, and runs as root in a container."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a file.

    Not for the whole run: while it is open, no other event loop may run in this thread.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("PEGBOARD_BROWSER") == "required":
            pytest.fail("no chromium on the path, and PEGBOARD_BROWSER=required")
        pytest.skip("no chromium on the path (apt install chromium); .ci/run installs it")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A new tab of somebody who has never been here; it fails on what the page's script throws."""
    context = browser.new_context()
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    yield page
    context.close()
    assert not thrown


@pytest.fixture
def world(kept_engine: Engine) -> Iterator[World]:
    with made_on(kept_engine) as one:
        yield one


@pytest.fixture(scope="module")
def shared(new_database: Callable[[], str]) -> Iterator[World]:
    """One world for the tests of a file that leave nothing behind."""
    with made(new_database()) as one:
        yield one
