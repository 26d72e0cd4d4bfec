"""What comes, how much of it, and where it goes."""

from typing import Any

import pytest

from fulfillment.domain.refusals import RefusedError
from fulfillment.store.commands import purchasing
from fulfillment.store.reading.receipts import list_receipts, read_receipt
from fulfillment.store.reading.paging import Window
from tests.builders.warehouse import MERCHANT, Warehouse, command


def goods(warehouse: Warehouse, receipt: str) -> list[dict[str, Any]]:
    found = warehouse.store.read(MERCHANT, lambda tx: read_receipt(tx, receipt))
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
    which = [("purchase_order", one)]
    page = warehouse.store.read(MERCHANT, lambda tx: list_receipts(tx, Window(9), which))
    (found,) = page.items
    assert (found["number"], found["document"], found["units"]) == ("R-1", one, 3)
    assert (found["to_shipments"], found["to_shelf"]) == (2, 1)


# --- more than was ordered ---


def over(warehouse: Warehouse, percent: int, units: int = 10) -> str:
    lines = (purchasing.NewPurchaseLine(1, "K1", units, "A"),)
    new = purchasing.NewPurchaseOrder("OVER", lines, over_receipt_percent=percent)
    purchasing.create_purchase_order(warehouse.store, command("purchase"), new)
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
    change = purchasing.PurchaseChange(purchase, over_receipt_percent=10)
    changed = purchasing.change_purchase_order(warehouse.store, command("change"), change)
    assert changed["over_receipt_percent"] == 10
    assert warehouse.receive(purchase, {1: 11})["lines"][0]["received"] == 11
