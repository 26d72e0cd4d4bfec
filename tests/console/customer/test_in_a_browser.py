"""A delayed order is saved by its customer, in a real browser, with a keyboard, without script."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page

from tests.console.axe import problems
from tests.console.customer.conftest import NAME, NOTE, Shop

pytestmark = pytest.mark.slow

WIDTHS = (320, 1280)
SCHEMES = ("light", "dark")


@pytest.fixture
def no_script(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_a_delayed_order_is_saved_by_its_customer(shop: Shop, tab: Page):
    tab.goto(shop.link())
    assert tab.locator("h1").inner_text() == "Your order SO-1"
    assert tab.get_by_text("Something that you ordered is not here yet.").is_visible()
    now = tab.get_by_role("button", name="Send now what is here")
    gives = tab.locator(f"#{now.get_attribute('aria-describedby')}").inner_text()
    assert gives.split("\n")[0] == "Leaves today"
    assert "In 2 parcels" in gives
    now.click()
    assert tab.get_by_role("status").inner_text() == (
        "On March 2 you chose: Send now what is here."
    )
    assert not tab.get_by_role("button", name="Send now what is here").count()
    assert shop.warehouse.parts(shop.order) == [("ready", "A", 2), ("backorder", None, 3)]


def test_no_script_is_needed(shop: Shop, no_script: Page):
    no_script.goto(shop.link())
    no_script.get_by_role("button", name="Cancel what is missing").click()
    assert no_script.get_by_text("you chose: Cancel what is missing").is_visible()
    assert shop.warehouse.one("SELECT cancelled FROM order_line") == 3


def test_it_is_pressed_with_the_keyboard_alone(shop: Shop, tab: Page):
    tab.goto(shop.link())
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "skip"
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Choose this"
    tab.keyboard.press("Enter")
    tab.get_by_role("status").wait_for()
    assert shop.warehouse.parts(shop.order)[0] == ("ready", "A", 2)


def test_an_old_tab_is_told_what_is_so_now_and_may_choose_again(shop: Shop, tab: Page):
    tab.goto(shop.link())
    shop.warehouse.change("PO-1", expected_on=shop.warehouse.day(8))
    shop.warehouse.serve_due()
    tab.get_by_role("button", name="Send now what is here").click()
    assert "Nothing was done" in tab.get_by_role("alert").inner_text()
    assert shop.warehouse.happened(shop.order, "customer_chose") == []
    tab.get_by_role("button", name="Send now what is here").click()
    assert "you chose" in tab.get_by_role("status").inner_text()


def test_what_somebody_stored_as_a_script_is_shown_as_text(shop: Shop, tab: Page):
    tab.goto(shop.link())
    assert NAME in tab.locator(".lines").inner_text()
    assert tab.locator("footer .said").inner_text() == NOTE
    assert tab.title().startswith("Your order SO-1")


def test_a_wrong_link_says_what_to_do(shop: Shop, tab: Page):
    answer = tab.goto(f"{shop.url}/c/nonsense")
    assert answer
    assert answer.status == 404
    assert tab.locator("h1").inner_text() == "There is no such page"


def test_the_page_loads_nothing_from_anywhere_else(shop: Shop, tab: Page):
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(shop.link())
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {
        shop.url.removeprefix("http://")
    }


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_read_on_any_screen(shop: Shop, browser: Browser, width: int, scheme: str):
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(shop.link())
    assert problems(page, scheme, width) == []
    small = "[...document.querySelectorAll('button')].map(b => b.getBoundingClientRect().height)"
    assert min(page.evaluate(small)) >= 44
    levels = "[...document.querySelectorAll('h1,h2,h3')].map(h => +h.tagName[1])"
    found = page.evaluate(levels)
    assert found[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(found))
    nameless = "[...document.querySelectorAll('button,a')].filter(e => !e.textContent.trim())"
    assert page.evaluate(f"{nameless}.length") == 0
    context.close()
