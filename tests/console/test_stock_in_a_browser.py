"""Stock in a real browser: an adjustment from its preview to what came of it."""

from playwright.sync_api import Page, expect

from tests.api.world import World
from tests.console.furnishing import ask, furnish
from tests.console.test_desk import sign_in
from tests.console.visitors import make

expect.set_options(timeout=30_000)


def on_hand(world: World) -> int:
    (found,) = ask(world, "GET", "/v1/stock?sku=TEA")["items"]
    return int(found["on_hand"])


def test_an_adjustment_shows_who_gains_is_stale_after_a_count_and_is_done_once(
    tab: Page, world: World
) -> None:
    furnish(world)
    make(world, "mara", full="Mara Holm")
    sign_in(tab, world)
    tab.get_by_role("link", name="Stock", exact=True).click()
    tab.get_by_role("link", name="Short").click()
    tab.get_by_role("link", name="TEA", exact=True).click()
    expect(tab.get_by_text("5 units wait")).to_be_visible()
    tab.get_by_role("link", name="Adjust at vienna").click()
    tab.get_by_label("Units").fill("12")
    tab.get_by_role("button", name="Show what it would change").click()
    expect(tab.get_by_role("row", name="SO-2 status awaiting stock ready to pick")).to_be_visible()

    ask(world, "POST", "/v1/counts", number="C-1", location="vienna", reason="weekly count",
        lines=[{"sku": "TEA", "counted": 11}])  # fmt: skip
    tab.get_by_label("Why (for the ledger)").fill("Behind the shelf.")
    tab.get_by_role("button", name="Adjust", exact=True).click()
    expect(tab.get_by_role("alert")).to_contain_text("Nothing was done")
    expect(tab.get_by_role("row", name="count +1 11 C-1")).to_be_visible()
    expect(tab.get_by_label("Why (for the ledger)")).to_have_value("Behind the shelf.")
    assert on_hand(world) == 11

    tab.get_by_role("button", name="Adjust", exact=True).dblclick()
    expect(tab.get_by_role("status")).to_have_text("Done: the adjustment.")
    assert on_hand(world) == 12
    tab.get_by_role("link", name="Ledger", exact=True).click()
    expect(tab.get_by_role("row", name="Mara Holm (user mara) Behind the shelf.")).to_have_count(1)

    tab.set_viewport_size({"width": 320, "height": 640})
    looked = "look=1&location=vienna&disposition=sellable&how=more&units=1"
    for path in ("", "/TEA", "/TEA/ledger", f"/TEA/adjust?{looked}", "/TEA/transfer"):
        tab.goto(f"{world.url}/m/acme/stock{path}")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320, path
