"""Lists, many orders and the group in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.api.world import World, made
from tests.console.furnishing import ask, furnish
from tests.console.test_desk import sign_in
from tests.console.visitors import make


@pytest.fixture
def desk(database_url) -> Iterator[World]:
    with made(database_url) as world:
        furnish(world)
        make(world, "mara", full="Mara Holm")
        yield world


def test_three_orders_are_held_one_of_which_changed_meanwhile_and_a_split_is_drawn(tab, desk):
    sign_in(tab, desk)
    tab.get_by_role("link", name="Orders", exact=True).click()
    tab.get_by_text("Columns", exact=True).click()
    tab.get_by_label("Customer's reference").check()
    tab.get_by_role("button", name="Show these").click()
    expect(tab.get_by_role("columnheader", name="Customer's reference")).to_be_visible()
    tab.get_by_role("link", name="Save this list").click()
    tab.get_by_label("Name").fill("With references")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_role("link", name="With references")).to_have_attribute(
        "aria-current", "page"
    )

    for number in ("SO-1", "SO-2", "SO-3"):
        tab.get_by_label(f"Choose {number}").check()
    tab.get_by_label("With the chosen orders").select_option(label="Hold")
    tab.get_by_role("button", name="Go on").click()
    tab.get_by_label("Reason").fill("payment_review")
    tab.get_by_role("button", name="Show what it would change").click()
    ask(desk, "POST", "/v1/orders/SO-2/split")
    tab.get_by_role("button", name="Hold: 3 orders").dblclick()

    expect(tab.get_by_role("heading", name="Hold: 2 of 3 done")).to_be_visible()
    row = tab.get_by_role("row", name="SO-2")
    expect(row).to_contain_text("changed since")
    tab.reload()
    expect(row).to_contain_text("Nothing was done")
    tab.set_viewport_size({"width": 320, "height": 640})
    pages = [tab.url, f"{desk.url}/m/acme/orders", f"{desk.url}/m/acme/views",
             f"{desk.url}/m/acme/together?list=&action=hold&look=1&reason=x",
             f"{desk.url}/m/acme/views/1", f"{desk.url}/m/acme/orders/SO-2/group"]  # fmt: skip
    for page in pages:
        tab.goto(page)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320, page
    expect(tab.locator("svg .first")).to_have_text(["1: reassigned", "2: ready", "3: backorder"])
    drawn = tab.locator("svg .from").first.evaluate("line => getComputedStyle(line).fill")
    assert drawn == "none"
