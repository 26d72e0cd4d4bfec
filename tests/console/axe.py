"""What axe says of a page, as it looks in a colour scheme and a width."""

import json
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

SCRIPT = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RUN = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"
SERIOUS = {"serious", "critical"}


def problems(page: Page, scheme: Any, width: int) -> list[str]:
    """What is wrong with a page as it looks: what axe calls serious, and if it is too wide.

    The script is run from outside, so that the page's own policy stays as it is.
    """
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(SCRIPT)
    found = [_told(one) for one in page.evaluate(RUN) if one["impact"] in SERIOUS]
    wide = page.evaluate("document.documentElement.scrollWidth")
    return found + ([f"{wide} px wide"] if wide > width else [])


def _told(violation: dict[str, Any]) -> str:
    nodes = [f"{one['html'][:120]} {one['failureSummary'][:300]}" for one in violation["nodes"][:3]]
    return f"{violation['id']}: {json.dumps(nodes)}"
