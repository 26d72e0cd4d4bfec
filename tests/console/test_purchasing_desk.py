"""Purchasing in a real browser: some of what was ordered comes, damaged in part, and is counted."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from fulfillment.domain.model.permissions import Role
from tests.api.world import World, made
from tests.console.furnishing import ask, furnish
from tests.console.test_desk import SCRIPT, sign_in
from tests.console.visitors import make


@pytest.fixture
def desk(database_url) -> Iterator[World]:
    with made(database_url) as world:
        furnish(world)
        make(world, "pia", Role.PURCHASING, full="Pia Ott")
        yield world


def test_a_part_comes_with_damage_and_releases_an_order(tab, desk):
    sign_in(tab, desk, "pia")
    expect(tab.get_by_role("heading", name="Purchase orders: Open")).to_be_visible()
    tab.get_by_role("link", name="PO-1").click()
    tab.get_by_role("link", name="Receive", exact=True).click()
    tab.get_by_label("Good units of line 1").fill("2")
    tab.get_by_label("Damaged units of line 1").fill("1")
    tab.get_by_role("button", name="Show what it would release").click()
    expect(tab.get_by_text("1 order would be released")).to_be_visible()
    expect(tab.get_by_role("row", name="SO-2 released status")).to_contain_text("ready to pick")
    status = ask(desk, "GET", "/v1/orders/SO-2")["status"]
    assert status == "awaiting_stock"
    tab.get_by_role("button", name="Count these goods in").dblclick()

    expect(tab.get_by_role("status")).to_have_text("Done: goods counted in.")
    (line,) = ask(desk, "GET", "/v1/purchase-orders/PO-1")["lines"]
    assert (line["received"], line["outstanding"]) == (3, 2)
    (receipt,) = ask(desk, "GET", "/v1/receipts")["items"]
    assert (receipt["number"], receipt["actor"]) == ("PO-1/1", "Pia Ott (user pia)")
    tab.get_by_role("link", name="History").click()
    expect(tab.get_by_role("row", name="Pia Ott (user pia)")).to_contain_text("damaged")


def test_what_came_is_typed_on_a_phone_without_scrolling_aside(tab, desk):
    sign_in(tab, desk, "pia")
    tab.set_viewport_size({"width": 320, "height": 640})
    tab.goto(f"{desk.url}/m/acme/purchase-orders/PO-1/receive")
    for label in ("Good units of line 1", "Damaged units of line 1"):
        box = tab.get_by_label(label).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320


def test_no_page_runs_what_is_stored_and_none_is_wider_than_a_phone(tab, desk):
    ask(desk, "PUT", "/v1/products/CUP", name=SCRIPT, supplier=SCRIPT)
    ask(desk, "POST", "/v1/purchase-orders", number="<b>PO</b>", supplier=SCRIPT,
        expected_on="2026-03-10",
        lines=[{"line": 1, "sku": "CUP", "units": 2, "location": "graz"}])  # fmt: skip
    sign_in(tab, desk, "pia")
    tab.set_viewport_size({"width": 320, "height": 640})
    one = "/m/acme/purchase-orders/%3Cb%3EPO%3C%2Fb%3E"
    asked = "number=N&sku1=CUP&units1=1&at1=graz&supplier=%3Cscript%3Ealert(1)%3C/script%3E"
    for path in (
        "/m/acme/purchasing?view=all", "/m/acme/purchasing/suppliers",
        "/m/acme/purchasing/suggestions?look=1&sku=CUP", f"/m/acme/purchasing/new?look=1&{asked}",
        one, f"{one}/orders", f"{one}/history", f"{one}/receive?look=1&location=graz&u1=1",
        f"{one}/dates?look=1&expected_on=2031-01-01", f"{one}/status/closed",
    ):  # fmt: skip
        answer = tab.goto(f"{desk.url}{path}")
        assert answer is not None
        assert answer.status == 200, path
        assert tab.locator("script:not([src='/assets/renew.js'])").count() == 0, path
        assert tab.locator("main img, main b").count() == 0, path
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320, path
