"""A product's queue as a page: the picture says what the orders say, and leads to them."""

import html
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from fulfillment.domain.model.permissions import Role
from fulfillment.domain.model.scope import Scope
from fulfillment.store.commands.catalogue import NewProduct, put_products
from fulfillment.store.reading import queue_rows
from tests.api.world import ACME, World, made, order
from tests.console.furnishing import ask, furnish, send
from tests.console.test_desk import sign_in
from tests.console.visitors import Visitor, make, visitor

SAYS = re.compile(
    r"<title>(?P<order>[^<:]+): (?P<units>[\d,]+)(?P<pin> pinned)? (?P<of>[^<]+)</title>"
)
QUEUE = "/m/acme/skus/TEA"
SLASHED = "A 7/8+"


def busy(world: World) -> None:
    """Before all others, TEA is on its way from graz; then orders of every sort."""
    world.stock("TEA", 4, "graz")
    ask(
        world, "POST", "/v1/transfers", number="TR-1", source="graz", destination="vienna",
        expected_on="2031-03-05", ship=True, lines=[{"line": 1, "sku": "TEA", "units": 4}],
    )  # fmt: skip
    furnish(world)
    lines = [{"line": 1, "sku": "TEA", "units": 9, "location": "vienna"}]
    ask(world, "POST", "/v1/purchase-orders", number="PO-2", supplier="Leaf", lines=lines)
    send(world, "SO-4", ("TEA", 2), policy={"auto_allocate": "complete_only"})
    send(world, "SO-5", ("TEA", 3), lock_location="graz")
    send(world, "SO-6", ("TEA", 2), policy={"auto_allocate": "never"})
    ask(world, "POST", "/v1/orders/SO-6/pins", line=1, pins=[{"document": "PO-1", "units": 1}])
    new = world.client().post("/v1/orders", json=order("SO-7", ("TEA", 1)))
    assert new.status_code == 202
    put_products(world.store, ACME, [NewProduct(SLASHED, "Screw")])
    send(world, "SO-8", (SLASHED, 1))


@pytest.fixture(scope="module")
def world(new_database) -> Iterator[World]:
    with made(new_database()) as one:
        busy(one)
        make(one, "mara")
        make(one, "ina", Role.INTAKE)
        make(one, "graz", Role.WAREHOUSE, Scope(None, frozenset({"graz"})))
        yield one


@pytest.fixture(scope="module")
def mara(world: World) -> Visitor:
    return visitor(world, "mara")


def page(one: Visitor, path: str = QUEUE, status: int = 200) -> str:
    answer = one.get(path)
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def said(text: str) -> Counter[tuple[str, str]]:
    """What the picture says: units by order, and by what they come from."""
    found: Counter[tuple[str, str]] = Counter()
    for one in SAYS.finditer(text):
        found[one["order"], one["of"]] += int(one["units"].replace(",", ""))
    return found


def figure(text: str, name: str) -> int:
    found = re.search(rf"<dt>{name}</dt><dd>([\d,]+)</dd>", text)
    assert found is not None
    return int(found[1])


def wanted(world: World) -> dict[str, int]:
    """Units of TEA that each order waits for, as its own page tells it."""
    orders = [ask(world, "GET", f"/v1/orders/SO-{at}") for at in range(1, 8)]
    return {
        one["number"]: units
        for one in orders
        if (units := sum(line["backordered"] + line["not_yet_received"]
                         for line in one["lines"] if line["sku"] == "TEA"))
    }  # fmt: skip


@pytest.mark.parametrize("shown", [2, 50])
def test_the_picture_says_of_each_order_what_the_order_says(mara, monkeypatch, shown):
    monkeypatch.setattr(queue_rows, "SHOWN", shown)
    text = page(mara)
    waits = wanted(mara.world)
    assert figure(text, "Units that wait") == sum(waits.values())
    assert figure(text, "Orders that wait") == len(waits)

    units = Counter[str]()
    for (number, of), many in said(text).items():
        units[number] += many if of != "from stock" else 0
    drawn = {number: units[number] for number in units if number != "All others"}
    assert drawn == dict(list(waits.items())[:shown])
    assert sum(units.values()) == sum(waits.values())
    supplies = ask(mara.world, "GET", "/v1/stock?sku=TEA")["items"][0]
    pegged = figure(text, "Of these, pegged")
    assert pegged == sum(waits.values()) - figure(text, "Nothing yet")
    assert supplies["waiting"] == sum(waits.values())


def test_supply_without_a_date_stands_apart_and_promises_nothing(mara):
    text = page(mara)
    assert '<rect class="lane no_date"' in text
    assert [of for _, of in said(text) if "PO-2" in of] == []
    assert "arrived" not in text
    assert re.search(r"TR-1.*PO-1.*PO-2", text, re.DOTALL)


def test_idle_units_are_told_with_whom_they_wait_for_and_why(mara):
    text = page(mara)
    assert figure(text, "Idle") == 6
    assert "6 units at vienna wait with" in text
    assert "the order goes out in one shipment, when all of it is here" in text


def test_an_order_is_searched_for_by_the_address(mara, monkeypatch):
    monkeypatch.setattr(queue_rows, "SHOWN", 1)
    monkeypatch.setattr(queue_rows, "NEIGHBOURS", 1)
    text = page(mara, f"{QUEUE}?order=SO-6")
    assert "SO-6</a> is at place <strong>5</strong> of 6 in the queue" in text
    assert "2 between" in text
    assert '<rect class="found"' in text
    assert "No order SO-1 that you may see waits for TEA" in page(mara, f"{QUEUE}?order=SO-1")


def test_one_place_is_drawn_by_itself(mara):
    text = page(mara, f"{QUEUE}?location=graz")
    assert "SO-5" in text
    assert "to vienna" not in text
    page(mara, f"{QUEUE}?location=linz", 422)
    page(mara, f"{QUEUE}?place=graz", 422)
    page(mara, "/m/acme/skus/NONE", 404)


def test_who_works_at_a_place_sees_its_part_and_no_order_of_elsewhere(world):
    graz = visitor(world, "graz")
    text = page(graz)
    assert "SO-5" in text
    assert "SO-6" not in text
    assert "to vienna" not in text
    page(graz, f"{QUEUE}?location=vienna", 403)


def test_who_may_not_read_stock_is_not_told_of_it(world):
    text = page(visitor(world, "ina"))
    assert "SO-2" in text
    assert "<dt>Idle</dt>" not in text
    assert "What is here" not in text
    assert "Outstanding" not in text


def test_a_sku_with_a_slash_has_a_queue_to_which_the_board_and_the_order_lead(mara):
    address = "/m/acme/skus/A%207%2F8%2B"
    assert address in mara.get("/m/acme").text
    assert f"{address}?order=SO-8" in mara.get("/m/acme/orders/SO-8").text
    assert f"{address}?order=SO-8" in mara.get("/m/acme/orders/SO-8/why").text
    assert SLASHED in page(mara, f"{address}?order=SO-8")


def test_from_the_board_to_an_order_in_the_queue(tab: Page, world: World):
    sign_in(tab, world)
    tab.get_by_role("link", name="TEA", exact=True).click()
    expect(tab.get_by_role("heading", name="Queue for TEA")).to_be_visible()
    tab.get_by_label("Show an order").fill("SO-6")
    tab.get_by_role("button", name="Show").click()
    expect(tab.get_by_role("status")).to_contain_text("is at place")
    tab.get_by_text("Who waits, in rank order").click()
    row = tab.get_by_role("row", name="SO-6")
    expect(row).to_contain_text("1 on PO-1, 10 Mar 2031")
    expect(row).to_contain_text("pinned")

    tab.set_viewport_size({"width": 320, "height": 700})
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.get_by_role("region", name="What each gets").focus()
    names = tab.get_by_role("group", name="Who waits, in rank order")
    names.get_by_role("link", name="SO-6").click()
    expect(tab.get_by_role("heading", name="Order SO-6")).to_be_visible()
