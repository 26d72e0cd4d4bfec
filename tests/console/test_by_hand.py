"""One order from the shop to the warehouse, by hand in a browser; and pages that cut nothing."""

import html
import re

import pytest
from playwright.sync_api import Page, expect

from tests.api.world import World
from tests.console.furnishing import ask, furnish, send
from tests.console.test_desk import sign_in
from tests.console.visitors import make

expect.set_options(timeout=30_000)


@pytest.fixture
def desk(world: World) -> World:
    furnish(world)
    make(world, "mara", full="Mara Holm")
    return world


def do(tab: Page, action: str, change: str) -> None:
    """Press an action's button, read its preview, and press the button there."""
    tab.get_by_role("link", name=action, exact=True).first.click()
    preview = tab.get_by_role("button", name="Show what it would change")
    if preview.count():
        preview.click()
    expect(tab.get_by_text(change).first).to_be_visible()
    tab.get_by_role("button", name=action, exact=True).click()
    expect(tab.get_by_role("status").first).to_have_text(f"Done: {action}.")


def hold(tab: Page, reason: str) -> None:
    """Put the order that is shown on hold."""
    tab.get_by_role("link", name="Hold", exact=True).click()
    tab.get_by_label("Reason").fill(reason)
    tab.get_by_role("button", name="Show what it would change").click()
    tab.get_by_role("button", name="Hold", exact=True).click()


def test_an_order_goes_from_the_shop_to_the_warehouse_by_hand(tab, desk):
    """It is verified, given stock, freed from a hold and released by a person, each with its look.

    It comes in as shops send it; the warehouse then has it on its list.
    """
    send(desk, "SO-7", ("TEA", 3), policy={"verify": "manual", "auto_allocate": "never"})
    sign_in(tab, desk)
    tab.get_by_placeholder("Order, PO").fill("SO-7")
    tab.keyboard.press("Enter")
    heading = tab.get_by_role("heading", name="Order SO-7")
    expect(heading).to_contain_text("verifying")

    do(tab, "Verify", "awaiting stock")
    expect(heading).to_contain_text("awaiting stock")
    hold(tab, "payment_review")
    expect(heading).to_contain_text("on hold")
    desk.stock("TEA", 20)
    assert ask(desk, "GET", "/v1/orders/SO-7")["lines"][0]["allocated"] == 0

    tab.reload()
    do(tab, "Allocate by hand", "allocated")
    expect(heading).to_contain_text("on hold")
    tab.get_by_role("link", name="Why", exact=True).click()
    expect(tab.get_by_text("The order is on hold (payment review)")).to_be_visible()
    remedy = tab.locator("article.remedy", has_text="Lift the hold: payment review.")
    remedy.get_by_role("link", name="Look again and do it").click()
    expect(tab.get_by_role("row", name="ready 0 3")).to_be_visible()
    tab.get_by_role("button", name="Lift the hold").click()
    expect(heading).to_contain_text("ready to pick")

    (shipment,) = [one for one in ask(desk, "GET", "/v1/shipments?status=ready")["items"]
                   if one["order"] == "SO-7"]  # fmt: skip
    assert [(line["sku"], line["units"]) for line in shipment["lines"]] == [("TEA", 3)]
    tab.get_by_role("link", name="History", exact=True).click()
    expect(tab.get_by_text("No longer on hold. It is ready to pick.")).to_be_visible()
    expect(tab.get_by_text("Allocated: 3 TEA at vienna.")).to_be_visible()


# --- pages that cut nothing ----------------------------------------------------------------------

CUT = """() => [...document.querySelectorAll('.wide')].filter(one =>
    one.scrollWidth > one.clientWidth + 1).map(one => one.innerText.slice(0, 80))"""
PLACEHOLDER = """() => { const input = document.getElementById('find');
    const style = getComputedStyle(input), canvas = document.createElement('canvas');
    const context = canvas.getContext('2d'); context.font = style.font;
    const room = input.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return room - context.measureText(input.placeholder).width; }"""
AXIS = """() => [...document.querySelectorAll('svg.weeks-drawn .axis')].map(
    one => one.getBBox().x)"""


def test_a_list_of_orders_shows_all_its_columns_at_1280(tab, desk):
    sign_in(tab, desk)
    tab.set_viewport_size({"width": 1280, "height": 800})
    tab.goto(f"{desk.url}/m/acme/orders")
    expect(tab.get_by_role("columnheader", name="Ready since")).to_be_in_viewport()
    assert tab.evaluate(CUT) == []


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_search_says_all_that_it_finds(tab, desk, width):
    sign_in(tab, desk)
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(f"{desk.url}/m/acme/orders")
    assert tab.evaluate(PLACEHOLDER) >= 0


def test_the_axis_of_a_chart_has_room_for_small_values(tab, desk):
    desk.store.transact("acme", lambda tx: tx.run(
        "UPDATE orders SET finished_at = placed_at + interval '2 hours', status = 'shipped'"
        " WHERE merchant = 'acme' AND number = 'SO-1'"))  # fmt: skip
    sign_in(tab, desk)
    tab.goto(f"{desk.url}/m/acme")
    labels = tab.evaluate(AXIS)
    assert len(labels) > 5
    assert min(labels) >= 0


def test_no_page_shows_codes_of_what_happened(tab, desk):
    sign_in(tab, desk)
    for page in ("orders/SO-2/history", "orders/SO-2/why", "purchase-orders/PO-1/history"):
        tab.goto(f"{desk.url}/m/acme/{page}")
        text = html.unescape(tab.inner_text("main"))
        assert re.findall(r"\b[a-z]+_[a-z_]+\b|\d{4}-\d\d-\d\d", text) == []
