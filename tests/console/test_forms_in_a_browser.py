"""Forms as people use them: with the keyboard alone, in two tabs, twice, and after going back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from fulfillment.domain.model.permissions import Role
from tests.api.world import World, made
from tests.console.furnishing import ask, furnish
from tests.console.test_desk import sign_in
from tests.console.visitors import PASSWORD, make

RECEIVE = "/m/acme/purchase-orders/PO-1/receive"


@pytest.fixture
def desk(database_url) -> Iterator[World]:
    with made(database_url) as world:
        furnish(world)
        make(world, "mara", full="Mara Holm")
        make(world, "pia", Role.PURCHASING)
        yield world


def received(world: World) -> int:
    (line,) = ask(world, "GET", "/v1/purchase-orders/PO-1")["lines"]
    return int(line["received"])


def test_who_was_signed_out_in_another_tab_is_back_at_what_he_typed(tab: Page, desk: World):
    sign_in(tab, desk)
    tab.goto(f"{desk.url}/m/acme/orders/SO-1/hold?look=1&reason=fraud")
    tab.get_by_label("Why (for the history)").fill("She said: wait.")
    other = tab.context.new_page()
    other.goto(f"{desk.url}/m/acme/orders")
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()

    tab.get_by_role("button", name="Hold", exact=True).click()
    expect(tab.get_by_role("alert")).to_contain_text("what you typed is kept")
    expect(tab.get_by_label("Password")).to_be_focused()
    assert "fraud" not in tab.url
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab.get_by_label("Why")).to_have_value("She said: wait.")
    assert ask(desk, "GET", "/v1/orders/SO-1")["holds"] == []
    expect(tab.get_by_role("button", name="Send it again")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("status")).to_have_text("Done: Hold.")
    assert ask(desk, "GET", "/v1/orders/SO-1")["holds"] == ["fraud"]


def test_goods_are_counted_in_with_the_keyboard_alone_once(tab: Page, desk: World):
    sign_in(tab, desk, "pia")
    tab.goto(f"{desk.url}{RECEIVE}")
    until_focused(tab, "v-u1")
    tab.keyboard.type("two")
    tab.keyboard.press("Tab")
    tab.keyboard.type("-1")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("alert")).to_contain_text("2 fields are not right")
    expect(tab.get_by_label("Good units of line 1")).to_be_focused()
    expect(tab.get_by_label("Good units of line 1")).to_have_value("two")
    expect(tab.get_by_label("Damaged units of line 1")).to_have_value("-1")
    expect(tab.get_by_label("Good units of line 1")).to_have_accessible_description(
        "Units is a whole number from 0 to 1,000,000,000."
    )
    assert outline(tab) != "none"

    for typed in ("2", "0"):
        tab.keyboard.press("ControlOrMeta+A")
        tab.keyboard.type(typed)
        tab.keyboard.press("Tab")
    until_focused(tab, "v-number")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="What it would release")).to_be_visible()
    assert received(desk) == 0
    tab.get_by_role("button", name="Count these goods in").press("Enter")
    expect(tab.get_by_role("status")).to_have_text("Done: goods counted in.")
    assert received(desk) == 2


def test_who_goes_back_after_acting_sees_how_it_stands_now(tab: Page, desk: World):
    sign_in(tab, desk, "pia")
    tab.goto(f"{desk.url}{RECEIVE}?look=1&location=vienna&u1=2")
    tab.get_by_role("button", name="Count these goods in").dblclick()
    expect(tab.get_by_role("status")).to_have_text("Done: goods counted in.")
    assert received(desk) == 2
    tab.go_back()
    expect(tab.locator("td[data-label=Outstanding]")).to_have_text("3")
    assert received(desk) == 2


def until_focused(tab: Page, name: str) -> None:
    """Press Tab until a field has the focus; every stop on the way shows that it has it."""
    tab.locator("h1").first.click()
    for _ in range(60):
        tab.keyboard.press("Tab")
        assert outline(tab) != "none"
        if tab.evaluate("document.activeElement.id") == name:
            return
    raise AssertionError(f"no way by keyboard to {name}")


def outline(tab: Page) -> str:
    found: str = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    return found


def test_what_is_pasted_is_never_cut_without_a_word(tab: Page, desk: World):
    sign_in(tab, desk)
    tab.goto(f"{desk.url}/m/acme/orders/SO-2/hold?look=1&reason=x")
    long = "word " * 300
    tab.get_by_label("Why (for the history)").fill(long.strip())
    tab.get_by_role("button", name="Hold", exact=True).click()
    expect(tab.get_by_label("Why (for the history)")).to_have_value(long.strip())
    expect(tab.get_by_label("Why (for the history)")).to_be_focused()
    expect(tab.get_by_role("alert")).to_contain_text("A note is text of at most 500")
    tab.get_by_placeholder("Order, PO, SKU, tracking").fill("n" * 150)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("alert")).to_contain_text(
        "A search is text of at most 100 characters, not 150"
    )
