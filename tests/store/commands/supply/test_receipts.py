"""What comes, how much of it, and where it goes."""

from collections.abc import Callable
from typing import Any

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.supply import purchase_orders
from fulfillment.store.commands.supply.receiving import reverse_receipt
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.receipts import list_receipts, read_receipt
from tests.builders.calling import at_once
from tests.builders.plain import plain
from tests.builders.warehouse import MERCHANT, Warehouse, command


def goods(warehouse: Warehouse, receipt: str) -> list[dict[str, Any]]:
    found = plain(warehouse.store.read(MERCHANT, lambda tx: read_receipt(tx, receipt)))
    lines: list[dict[str, Any]] = found["lines"]
    return lines


def split(line: dict[str, Any]) -> tuple[int, int, int]:
    return line["to_shipments"], line["to_shelf"], line["undistributed"]


# --- cross-dock ---


def test_a_receipt_tells_what_goes_straight_to_which_shipments(warehouse: Warehouse) -> None:
    orders = [warehouse.order([("K1", units)]) for units in (3, 4)]
    kept = warehouse.order([("K1", 9)], policy={"max_shipments": 1})
    purchase = warehouse.purchase([("K1", 12), ("K2", 5)])
    warehouse.receive(purchase, {1: 12, 2: 5}, number="R-1")
    assert [split(line) for line in goods(warehouse, "R-1")] == [(0, 0, 12), (0, 0, 5)]
    assert warehouse.serve(purchase) == 0
    first, second = goods(warehouse, "R-1")
    assert split(first) == (7, 5, 0)
    assert [(one["order"], one["units"]) for one in first["shipments"]] == [
        (warehouse.number(orders[0]), 3),
        (warehouse.number(orders[1]), 4),
    ]
    assert first["shipment_count"] == 2
    assert split(second) == (0, 5, 0)
    assert warehouse.allocated(kept) == 5


def test_units_from_the_shelf_are_not_counted_as_straight(warehouse: Warehouse) -> None:
    warehouse.stock(3)
    warehouse.order([("K1", 5)], policy={"max_shipments": 1})
    purchase = warehouse.purchase([("K1", 6)])
    warehouse.receive(purchase, {1: 6}, number="R-1")
    warehouse.serve(purchase)
    assert [split(line) for line in goods(warehouse, "R-1")] == [(2, 4, 0)]


def test_goods_for_what_was_released_before_they_came_are_told_at_once(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(min_po_status="arrived")
    order = warehouse.order([("K1", 4)])
    purchase = warehouse.purchase([("K1", 6)])
    warehouse.move(purchase, "arrived")
    assert warehouse.parts(order) == [("ready", "A", 4)]
    warehouse.receive(purchase, {1: 6}, number="R-1")
    (line,) = goods(warehouse, "R-1")
    assert (line["to_shipments"], line["shipments"][0]["units"]) == (4, 4)


def test_receipts_are_listed_by_purchase_order_with_where_they_went(warehouse: Warehouse) -> None:
    warehouse.order([("K1", 2)])
    one, other = warehouse.purchase([("K1", 5)]), warehouse.purchase([("K1", 5)])
    warehouse.receive(one, {1: 3}, number="R-1")
    warehouse.serve(one)
    warehouse.receive(other, {1: 1}, number="R-2")
    warehouse.serve(other)
    which = {"purchase_order": one}
    page = warehouse.store.read(MERCHANT, lambda tx: list_receipts(tx, Window(9), which))
    (found,) = page.items
    assert (found.number, found.document, found.units) == ("R-1", one, 3)
    assert (found.to_shipments, found.to_shelf) == (2, 1)


# --- more than was ordered ---


def over(warehouse: Warehouse, percent: int, units: int = 10) -> str:
    lines = (purchase_orders.NewPurchaseLine(1, "K1", units, "A"),)
    new = purchase_orders.NewPurchaseOrder("OVER", lines, over_receipt_percent=percent)
    purchase_orders.create_purchase_order(warehouse.store, command("purchase"), new)
    return "OVER"


def test_more_than_ordered_is_taken_within_the_tolerance(warehouse: Warehouse) -> None:
    order = warehouse.order([("K1", 12)])
    purchase = over(warehouse, 20)
    told = warehouse.receive(purchase, {1: 12})
    assert told["status"] == "received"
    (line,) = told["lines"]
    assert (line["received"], line["over_received"], line["outstanding"]) == (12, 2, 0)
    warehouse.serve(purchase)
    assert warehouse.parts(order) == [("ready", "A", 12)]
    assert warehouse.level() == (12, 12)


def test_more_than_the_tolerance_is_refused_and_says_what_would_be_taken(
    warehouse: Warehouse,
) -> None:
    purchase = over(warehouse, 20)
    with pytest.raises(RefusedError, match="2 more than ordered would be taken") as refused:
        warehouse.receive(purchase, {1: 13})
    assert refused.value.code == "bad_quantity"
    assert warehouse.level() == (0, 0)


def test_tolerance_is_of_the_whole_line_when_it_comes_in_parts(warehouse: Warehouse) -> None:
    purchase = over(warehouse, 15)
    warehouse.purchase([("K2", 1)], number="OTHER")
    warehouse.receive(purchase, {1: 6})
    with pytest.raises(RefusedError):
        warehouse.receive(purchase, {1: 6})
    told = warehouse.receive(purchase, {1: 5})
    assert told["lines"][0]["over_received"] == 1


def test_tolerance_can_be_changed_while_goods_can_come(warehouse: Warehouse) -> None:
    purchase = over(warehouse, 0)
    with pytest.raises(RefusedError):
        warehouse.receive(purchase, {1: 11})
    change = purchase_orders.PurchaseChange(purchase, over_receipt_percent=10)
    changed = purchase_orders.change_purchase_order(warehouse.store, command("change"), change)
    assert changed.over_receipt_percent == 10
    assert warehouse.receive(purchase, {1: 11})["lines"][0]["received"] == 11


# --- taken back ---


def reverse(warehouse: Warehouse, receipt: str, key: str | None = None) -> dict[str, Any]:
    asked = command("reverse", key)
    return reverse_receipt(warehouse.store, asked, receipt, "counted on the wrong one")


def test_reversed_receipt_leaves_on_hand_and_is_to_come_again(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 10)])
    order = warehouse.order([("K1", 4)])
    warehouse.move(purchase, "in_transit")
    warehouse.receive(purchase, {1: 10}, number="R-1")
    warehouse.serve(purchase)
    assert warehouse.parts(order) == [("ready", "A", 4)]
    told = reverse(warehouse, "R-1", key="once")
    assert reverse(warehouse, "R-1", key="once") == told
    assert told["reversed_at"] is not None
    assert warehouse.level() == (0, 0)
    assert warehouse.parts(order) == [("backorder", None, 4)]
    assert warehouse.pegs(order) == {purchase: 4}
    assert warehouse.one("SELECT status FROM purchase_order") == "in_transit"
    warehouse.receive(purchase, {1: 10}, number="R-2")
    warehouse.serve(purchase)
    assert warehouse.parts(order) == [("ready", "A", 4)]


def test_latest_in_rank_gives_back_first_when_a_receipt_is_reversed(warehouse: Warehouse) -> None:
    orders = [warehouse.order([("K1", 4)]) for _ in range(3)]
    purchase = warehouse.purchase([("K1", 12)])
    warehouse.receive(purchase, {1: 8}, number="R-1")
    warehouse.receive(purchase, {1: 4}, number="R-2")
    warehouse.serve(purchase)
    reverse(warehouse, "R-2")
    assert [warehouse.allocated(order) for order in orders] == [4, 4, 0]
    assert warehouse.pegs(orders[2]) == {purchase: 4}


def test_receipt_is_not_reversed_when_its_units_are_picked(warehouse: Warehouse) -> None:
    warehouse.order([("K1", 4)])
    purchase = warehouse.purchase([("K1", 4)])
    warehouse.receive(purchase, {1: 4}, number="R-1")
    warehouse.serve(purchase)
    warehouse.pick(warehouse.shipments("ready")[0])
    with pytest.raises(RefusedError) as refusal:
        reverse(warehouse, "R-1")
    assert refusal.value.code == "below_in_hands"
    assert warehouse.level() == (4, 4)


def test_receipt_is_reversed_once_when_two_do_it_at_once(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 4)])
    warehouse.receive(purchase, {1: 4}, number="R-1")
    warehouse.serve(purchase)
    results = at_once(*[lambda: refusal_of(lambda: reverse(warehouse, "R-1"))] * 2)
    assert sorted(results) == ["", "already_reversed"]
    assert warehouse.level() == (0, 0)


def test_units_beyond_what_was_ordered_go_first_when_they_are_taken_back(
    warehouse: Warehouse,
) -> None:
    purchase = over(warehouse, 20)
    warehouse.receive(purchase, {1: 9}, number="R-1")
    warehouse.receive(purchase, {1: 3}, number="R-2")
    warehouse.serve(purchase)
    reverse(warehouse, "R-2")
    assert tuple(warehouse.rows("SELECT received, over_received FROM supply")[0]) == (9, 0)
    assert warehouse.one("SELECT status FROM purchase_order") == "approved"


def refusal_of(run: Callable[[], object]) -> str:
    try:
        run()
    except RefusedError as refusal:
        return refusal.code
    return ""


def test_nothing_is_listed_when_a_filter_leaves_no_place(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 4)])
    warehouse.receive(purchase, {1: 4})
    read = warehouse.store.read
    found = read(MERCHANT, lambda tx: list_receipts(tx, Window(9), {"places": []}))
    everywhere = read(MERCHANT, lambda tx: list_receipts(tx, Window(9), {"places": None}))
    assert (len(found.items), len(everywhere.items)) == (0, 1)
