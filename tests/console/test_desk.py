"""The desk in a real browser: from the sign-in to what was done, as people use it."""

import html
from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Page, expect

from fulfillment.domain.model.permissions import Role
from fulfillment.store.commands.administration.users import disable_user
from tests.api.world import World, made
from tests.console.furnishing import ask, furnish, send
from tests.console.visitors import PASSWORD, make

expect.set_options(timeout=30_000)


@pytest.fixture
def desk(database_url) -> Iterator[World]:
    with made(database_url, wrong_passwords_a_minute=3) as world:
        furnish(world)
        make(world, "mara", full="Mara Holm")
        yield world


def sign_in(tab: Page, world: World, name: str = "mara", password: str = PASSWORD) -> None:
    tab.set_default_timeout(60_000)
    tab.goto(f"{world.url}/")
    tab.get_by_label("User").fill(name)
    tab.get_by_label("Password").fill(password)
    tab.get_by_role("button", name="Sign in").click()


def order(world: World, number: str) -> dict[str, object]:
    found: dict[str, object] = ask(world, "GET", f"/v1/orders/{number}")
    return found


def test_from_the_sign_in_to_a_remedy_that_is_done(tab, desk):
    sign_in(tab, desk, password="wrong")
    expect(tab.get_by_role("alert")).to_contain_text("is wrong")
    sign_in(tab, desk)
    expect(tab.get_by_role("heading", name="Board")).to_be_visible()

    tab.get_by_role("link", name="Orders", exact=True).click()
    tab.get_by_role("link", name="Awaiting stock").click()
    tab.get_by_role("link", name="SO-2").click()
    expect(tab.get_by_role("heading", name="Order SO-2")).to_contain_text("awaiting stock")
    tab.get_by_role("link", name="See why, and what would help").click()
    remedy = tab.locator("article.remedy", has_text="Send what is here (6 units) now")
    expect(remedy.get_by_role("row", name="ready 0 6")).to_be_visible()
    remedy.get_by_role("link", name="Look again and do it").click()
    expect(tab.get_by_role("row", name="ready 0 6")).to_be_visible()
    assert order(desk, "SO-2")["status"] == "awaiting_stock"
    tab.get_by_label("Why (for the history)").fill("Agreed by phone.")
    tab.get_by_role("button", name="Split now").click()

    expect(tab.get_by_role("status")).to_have_text("Done: Split now.")
    assert order(desk, "SO-2")["status"] == "partially_backordered"
    tab.get_by_role("link", name="History").click()
    expect(
        tab.get_by_role("row", name="Mara Holm (user mara) Agreed by phone.").first
    ).to_be_visible()


def test_a_hold_and_a_page_that_has_grown_stale(tab, desk):
    sign_in(tab, desk)
    tab.get_by_placeholder("Order, PO").fill("SO-1")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="Order SO-1")).to_be_visible()
    tab.get_by_role("link", name="Hold", exact=True).click()
    tab.get_by_label("Reason").fill("payment_review")
    tab.get_by_role("button", name="Show what it would change").click()
    ask(desk, "POST", "/v1/orders/SO-1/priority", priority=20)
    tab.get_by_role("button", name="Hold", exact=True).click()

    expect(tab.get_by_role("alert")).to_contain_text("Nothing was done")
    expect(tab.get_by_role("alert")).to_contain_text("Priority 20; it was 50.")
    assert order(desk, "SO-1")["holds"] == []
    tab.get_by_role("button", name="Hold", exact=True).click()
    expect(tab.get_by_role("status")).to_have_text("Done: Hold.")
    assert order(desk, "SO-1")["holds"] == ["payment_review"]


def test_a_double_click_acts_once(tab, desk):
    sign_in(tab, desk)
    tab.goto(f"{desk.url}/m/acme/orders/SO-1/priority?look=1&priority=30")
    tab.get_by_role("button", name="Change priority").dblclick()
    expect(tab.get_by_role("status")).to_have_text("Done: Change priority.")
    events = ask(desk, "GET", "/v1/orders/SO-1/history")["items"]
    assert [one["kind"] for one in events].count("priority_changed") == 1


def test_signed_out_by_oneself_by_an_operator_and_by_too_many_wrong_passwords(tab, desk):
    sign_in(tab, desk)
    tab.get_by_role("button", name="Sign out").click()
    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    tab.go_back()
    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()

    sign_in(tab, desk)
    expect(tab.get_by_role("heading", name="Board")).to_be_visible()
    disable_user(desk.store, "mara")
    tab.get_by_role("link", name="Orders", exact=True).click()
    expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    for _ in range(4):
        sign_in(tab, desk)
    expect(tab.get_by_role("alert")).to_contain_text("Too many wrong passwords")


def test_what_the_role_may_not_do_is_not_offered_and_refused_where_it_is_asked_for(tab, desk):
    make(desk, "wim", Role.WAREHOUSE)
    sign_in(tab, desk, "wim")
    tab.goto(f"{desk.url}/m/acme/orders/SO-2")
    expect(tab.get_by_role("link", name="Change priority")).to_have_count(0)
    tab.get_by_text("What is not possible now, and why").click()
    expect(tab.get_by_text("a user with the role warehouse may not do it").first).to_be_visible()
    tab.goto(f"{desk.url}/m/acme/orders/SO-2/priority")
    expect(tab.get_by_role("alert")).to_contain_text("may not write orders")
    tab.goto(f"{desk.url}/m/bolt/orders")
    expect(tab.get_by_role("heading")).to_have_text("There is no such thing")


SCRIPT = "<img src=x onerror=alert(1)><script>alert(1)</script>"


def test_a_script_in_any_stored_text_is_shown_and_not_run(tab, desk):
    make(desk, "eve", full=SCRIPT)
    ask(desk, "PUT", "/v1/products/CUP", name=SCRIPT)
    number = "SO <script>alert(1)</script>"
    send(desk, number, ("CUP", 3), customer_reference=SCRIPT, shipping_method=SCRIPT)
    ask(desk, "POST", "/v1/purchase-orders", number="<b>PO</b>", supplier=SCRIPT,
        expected_on="2031-03-10",
        lines=[{"line": 1, "sku": "CUP", "units": 2, "location": "graz"}])  # fmt: skip
    said: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    tab.on("dialog", dismiss)
    sign_in(tab, desk, "eve")
    path = f"{desk.url}/m/acme/orders/SO%20%3Cscript%3Ealert(1)%3C%2Fscript%3E"
    tab.goto(f"{path}/hold?look=1&reason=x")
    tab.get_by_label("Why (for the history)").fill(SCRIPT)
    tab.get_by_role("button", name="Hold", exact=True).click()
    expect(tab.get_by_role("status")).to_be_visible()
    for page in (f"{desk.url}/m/acme", f"{desk.url}/m/acme/orders", path, f"{path}/why",
                 f"{path}/history", f"{desk.url}/m/acme/orders?q={SCRIPT}"):  # fmt: skip
        tab.goto(page)
        assert tab.locator("script:not([src='/assets/renew.js'])").count() == 0
        assert tab.locator("img").count() == 0
        assert "<script>" in html.unescape(tab.content()), page
    assert said == []


def test_everything_is_reached_by_keyboard_and_nothing_is_wider_than_a_phone(tab, desk):
    sign_in(tab, desk)
    tab.set_viewport_size({"width": 320, "height": 640})
    for path in ("/m/acme", "/m/acme/orders", "/m/acme/orders/SO-2", "/m/acme/orders/SO-2/why",
                 "/m/acme/orders/SO-2/history", "/m/acme/orders/SO-2/priority"):  # fmt: skip
        tab.goto(f"{desk.url}{path}")
        wide = tab.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, path
    tab.goto(f"{desk.url}/m/acme/orders/SO-2/priority")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Skip to content")).to_be_focused()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    expect(tab.get_by_label("Priority")).to_be_focused()
    tab.keyboard.type("10")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="What it would change")).to_be_visible()
