"""A what-if that plans many orders is answered at once, and what it finds comes behind the page."""

import html
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from tests.api.world import ACME, World, made
from tests.console import axe
from tests.console.furnishing import ask, furnish
from tests.console.test_sku_queue import page
from tests.console.test_what_if import sign_in
from tests.console.test_what_if_drawn import drawing
from tests.console.visitors import make, visitor

expect.set_options(timeout=30_000)
LATER = "/m/acme/what-if?if=PO-1:%2B5d"
DRAWN = "/m/acme/skus/TEA?if=PO-1:%2B5d"
QUEUE = "/m/acme/skus/TEA"
APPLY = "Apply all of it"
REST = "**/*whole=1"


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Two orders have to be planned for PO-1, and one is as many as are planned at once."""
    monkeypatch.setattr("console.what_ifs.AT_ONCE", 1)
    with made(database_url) as world:
        furnish(world)
        make(world, "mara")
        yield world


def rest(text: str) -> str:
    """The region that comes behind, without what is new each time."""
    found = text[text.index('id="rest"') : text.index("<h2>Add a part</h2>")]
    return re.sub(r'name="key" value="[^"]*"', "", found)


def test_the_first_answer_tells_what_is_asked_and_the_whole_is_that_of_a_small_one(
    desk, monkeypatch
):
    mara = visitor(desk, "mara")
    first = page(mara, LATER)
    assert "purchase order PO-1, line 1: 5 of TEA to vienna" in first
    assert "2 orders or more have to be planned anew" in first
    assert APPLY not in first
    assert "Who loses" not in first
    link = re.search(r'<a href="([^"]+)#rest">Work it out', first)
    assert link is not None
    whole = page(mara, link[1])
    assert APPLY in whole
    assert "data-rest" not in whole

    monkeypatch.setattr("console.what_ifs.AT_ONCE", 2)
    small = page(mara, LATER)
    assert "data-rest" not in small
    assert rest(small) == rest(whole)


def test_the_rest_is_asked_for_by_the_same_question(desk):
    mara = visitor(desk, "mara")
    for more in ("&all=1", "&again=1"):
        assert f'data-rest="{LATER}{more}&whole=1"' in page(mara, LATER + more)
    assert f'data-rest="{LATER}&whole=1"' in page(mara, f"{LATER}&done=1")
    assert f'data-rest="{DRAWN}&order=SO-3&whole=1"' in page(mara, f"{DRAWN}&order=SO-3")


def test_the_picture_is_that_of_now_and_then_that_of_the_what_if(desk):
    mara = visitor(desk, "mara")
    first, whole = page(mara, DRAWN), page(mara, f"{DRAWN}&whole=1")
    assert "This is the queue as it is now. 2 orders or more" in first
    assert drawing(first) == drawing(page(mara, QUEUE))
    assert drawing(whole) != drawing(first)
    assert "data-rest" not in whole


def test_who_sees_some_places_is_told_nothing_of_others_at_once_either(desk):
    make(desk, "greta", Role.WAREHOUSE, Scope(frozenset({ACME}), frozenset({"graz"})))
    greta = visitor(desk, "greta")
    for part in ("PO-1:%2B5d", "order:SO-2:priority%3D10", "stock:TEA:-1:vienna"):
        assert "SO-2" not in page(greta, f"/m/acme/what-if?if={part}", 403)
    here = page(greta, "/m/acme/what-if?if=stock:TEA:%2B50:graz")
    assert "data-rest" in here
    assert "SO-" not in html.unescape(here)
    assert "Drawn:" not in here


def hold_back(tab: Page) -> list[Route]:
    """What comes behind waits in a list until a test lets it go on."""
    held: list[Route] = []
    tab.route(REST, lambda route: held.append(route))  # noqa: PLW0108 -- it is marked by the driver
    return held


def let_go(tab: Page, held: list[Route]) -> None:
    while not held:
        tab.wait_for_timeout(20)
    held.pop().continue_()


def test_the_whole_comes_behind_while_somebody_types_and_is_applied(tab: Page, desk: World):
    held = hold_back(tab)
    sign_in(tab, desk, "mara", LATER)
    tells = tab.locator("#rest-says")
    expect(tells).to_contain_text("is being worked out. 2 orders or more")
    expect(tab.locator("#rest")).to_have_attribute("aria-busy", "true")
    expect(tab.get_by_role("row", name="PO-1")).to_contain_text("10 Mar 2031")
    expect(tab.get_by_role("button", name=APPLY)).to_have_count(0)
    assert axe.problems(tab, "light", 320) == []
    tab.get_by_text("An order has another priority").click()
    field = tab.locator("details[open]").get_by_label("Order")
    field.fill("SO")

    let_go(tab, held)
    expect(tab.get_by_role("heading", name="Who loses")).to_be_visible()
    expect(tells).to_have_text("This is all of it: it has been worked out.")
    expect(tab.locator("#rest")).not_to_have_attribute("aria-busy", "true")
    expect(field).to_be_focused()
    expect(field).to_have_value("SO")
    assert tab.url.removeprefix(desk.url) == LATER
    for scheme in ("light", "dark"):
        assert axe.problems(tab, scheme, 320) == []

    tab.get_by_role("button", name=APPLY).click()
    expect(tab.get_by_role("status").first).to_contain_text("Done: it was applied")
    assert ask(desk, "GET", "/v1/purchase-orders/PO-1")["expected_on"] == "2031-03-15"


def test_what_came_behind_is_refused_after_the_world_has_moved(tab: Page, desk: World):
    sign_in(tab, desk, "mara", LATER)
    expect(tab.get_by_role("button", name=APPLY)).to_be_visible()
    ask(desk, "PATCH", "/v1/purchase-orders/PO-1", expected_on="2031-03-12")
    tab.get_by_label("Why (for the history)").fill("Leaf wrote.")
    tab.get_by_role("button", name=APPLY).click()
    expect(tab.get_by_role("alert")).to_contain_text("the world has moved")
    expect(tab.get_by_role("heading", name="Who loses")).to_be_visible()
    expect(tab.get_by_label("Why (for the history)")).to_have_value("Leaf wrote.")
    tab.get_by_role("button", name=APPLY).click()
    expect(tab.get_by_role("status").first).to_contain_text("Done: it was applied")
    assert ask(desk, "GET", "/v1/purchase-orders/PO-1")["expected_on"] == "2031-03-17"


def test_what_has_become_impossible_meanwhile_says_why(tab: Page, desk: World):
    held = hold_back(tab)
    sign_in(tab, desk, "mara", LATER)
    expect(tab.locator("#rest-says")).to_contain_text("is being worked out")
    ask(desk, "POST", "/v1/purchase-orders/PO-1/receipts", number="R1", location="vienna",
        lines=[{"line": 1, "units": 5}])  # fmt: skip
    let_go(tab, held)
    expect(tab.locator("#rest").get_by_role("alert")).to_be_visible()
    expect(tab.get_by_role("button", name=APPLY)).to_have_count(0)


def test_what_does_not_come_is_said_and_can_be_asked_for_again(tab: Page, desk: World):
    tab.route(REST, lambda route: route.abort())
    sign_in(tab, desk, "mara", LATER)
    tells = tab.locator("#rest-says")
    expect(tells).to_contain_text("It could not be worked out now.")
    expect(tab.locator("#rest")).not_to_have_attribute("aria-busy", "true")
    tab.unroute(REST)
    tells.get_by_role("link", name="Work it out").click()
    expect(tab.get_by_role("button", name=APPLY)).to_be_visible()


def test_without_script_a_link_leads_to_all_of_it(browser, desk):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    sign_in(tab, desk, "mara", LATER)
    expect(tab.get_by_text("is not told yet")).to_be_visible()
    tab.get_by_role("link", name="Work it out").click()
    tab.get_by_role("button", name=APPLY).click()
    expect(tab.get_by_role("status")).to_contain_text("Done: it was applied")
    context.close()


def test_the_picture_turns_into_that_of_the_what_if(tab: Page, desk: World):
    held = hold_back(tab)
    sign_in(tab, desk, "mara", DRAWN)
    expect(tab.locator("#rest-says")).to_contain_text("as it would be is being worked out")
    tab.get_by_text("What comes, and who of all others gets it").click()
    table = tab.locator("details[open]")
    expect(table).to_contain_text("10 Mar 2031")
    let_go(tab, held)
    expect(tab.locator("#rest-says")).to_have_text("This is the queue as it would be.")
    expect(table).to_contain_text("15 Mar 2031")
    for scheme in ("light", "dark"):
        assert axe.problems(tab, scheme, 320) == []
