"""Goods that come broken, late, beyond what was ordered, or after nobody waited for them."""

from collections.abc import Callable
from typing import Any

import pytest

from fulfillment.domain.model.moves import Disposition, SupplyKind
from fulfillment.store.commands.supply.purchase_orders import PurchaseChange, change_purchase_order
from fulfillment.store.commands.supply.receiving import Receipt, ReceivedLine, reverse_receipt
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.purchase_orders import list_purchase_orders
from fulfillment.store.reading.receipts import read_receipt
from tests.builders import moves
from tests.builders.calling import refused
from tests.builders.warehouse import MERCHANT, Warehouse, command
from tests.store.commands.supply.test_receipts import over


def damaged(warehouse: Warehouse, at: str = "A") -> tuple[int, int]:
    """On hand and allocated of what is damaged."""
    rows = warehouse.rows(
        "SELECT on_hand, allocated FROM stock_level"
        " WHERE disposition = 'damaged' AND location = :at",
        at=at,
    )
    return tuple(rows[0]) if rows else (0, 0)


def supply(warehouse: Warehouse) -> tuple[int, int, int, int]:
    """Received, over-received, given up and outstanding of the one supply."""
    (row,) = warehouse.rows("SELECT received, over_received, closed, outstanding FROM supply")
    return tuple(row)


# --- damaged ---


def test_damaged_units_serve_nobody_when_a_purchase_order_comes(warehouse: Warehouse) -> None:
    first, second = (warehouse.order([("K1", 4)]) for _ in range(2))
    purchase = warehouse.purchase([("K1", 8)])

    told = warehouse.receive(purchase, {1: 5}, damaged={1: 3}, number="R-1")
    warehouse.serve(purchase)

    assert (told["status"], told["lines"][0]["received"]) == ("received", 8)
    assert [warehouse.allocated(order) for order in (first, second)] == [4, 1]
    assert (warehouse.level(), damaged(warehouse)) == ((5, 5), (3, 0))
    lines = warehouse.store.read(MERCHANT, lambda tx: read_receipt(tx, "R-1")).lines
    assert [(line.disposition, line.units, line.to_shelf) for line in lines] == [
        ("damaged", 3, 3),
        ("sellable", 5, 0),
    ]
    reverse_receipt(warehouse.store, command("reverse"), "R-1", "recount")
    assert (warehouse.level(), damaged(warehouse)) == ((0, 0), (0, 0))
    assert [warehouse.pegs(order) for order in (first, second)] == [{purchase: 4}, {purchase: 4}]


def test_last_in_rank_loses_its_peg_when_units_come_damaged(warehouse: Warehouse) -> None:
    first, second = (warehouse.order([("K1", 4)]) for _ in range(2))
    purchase = warehouse.purchase([("K1", 8)])

    warehouse.receive(purchase, {}, damaged={1: 4})

    assert [warehouse.pegs(order) for order in (first, second)] == [{purchase: 4}, {}]
    warehouse.serve(purchase)
    assert [warehouse.pegs(order) for order in (first, second)] == [{purchase: 4}, {}]


def test_what_was_released_waits_again_when_its_units_come_damaged(warehouse: Warehouse) -> None:
    warehouse.settings(min_po_status="arrived")
    order = warehouse.order([("K1", 4)])
    purchase = warehouse.purchase([("K1", 4)])
    warehouse.move(purchase, "arrived")
    assert warehouse.parts(order) == [("ready", "A", 4)]

    warehouse.receive(purchase, {1: 1}, damaged={1: 3})
    warehouse.serve(purchase)

    assert warehouse.allocated(order) == 1
    assert sum(units for _, _, units in warehouse.parts(order)) == 4


def test_damaged_units_serve_nobody_when_a_transfer_comes(warehouse: Warehouse) -> None:
    warehouse.stock(5, at="B")
    number = moves.transfer(warehouse, [("K1", 5)], source="B", to="A")
    order = warehouse.order([("K1", 5)])

    moves.receive(warehouse, number, {1: 3}, damaged={1: 2})

    assert (warehouse.allocated(order), damaged(warehouse)) == (3, (2, 0))


def test_damaged_units_serve_nobody_when_a_restock_arrives(warehouse: Warehouse) -> None:
    restock = warehouse.announce(5)
    order = warehouse.order([("K1", 5)])
    lines = (ReceivedLine(1, 2, Disposition.DAMAGED), ReceivedLine(1, 1))

    told = warehouse.take_in(Receipt("R-1", restock, None, lines, SupplyKind.RESTOCK))

    assert (told["received"], told["outstanding"], told["pegged"]) == (3, 2, 2)
    assert (warehouse.allocated(order), damaged(warehouse)) == (1, (2, 0))


# --- restocks have receipts ---


def test_arrivals_of_a_restock_are_receipts_and_can_be_taken_back(warehouse: Warehouse) -> None:
    restock = warehouse.announce(6, number="RS")
    order = warehouse.order([("K1", 6)])
    warehouse.receive(warehouse.purchase([("K2", 1)]), {1: 1}, number="RS/3")
    assert [warehouse.arrive(restock, 6 - at)["receipt"] for at in (2, 4)] == ["RS/1", "RS/2"]
    found = warehouse.store.read(MERCHANT, lambda tx: read_receipt(tx, "RS/2"))
    assert (found.kind, found.document, found.units) == ("restock", "RS", 2)

    reverse_receipt(warehouse.store, command("reverse"), "RS/2", "miscounted")

    assert (warehouse.allocated(order), warehouse.sources(order)) == (4, {"RS": 2})
    assert warehouse.arrive(restock, 2)["receipt"] == "RS/4"
    warehouse.serve_due()
    assert warehouse.allocated(order) == 6


# --- more than was ordered, later ---


def test_a_later_receipt_uses_the_tolerance_that_is_left_when_all_has_come(
    warehouse: Warehouse,
) -> None:
    order = warehouse.order([("K1", 12)], policy={"max_shipments": 1})
    purchase = over(warehouse, 20)
    assert warehouse.receive(purchase, {1: 10})["status"] == "received"
    warehouse.serve(purchase)

    told = warehouse.receive(purchase, {1: 1})
    assert (told["status"], supply(warehouse)) == ("received", (10, 1, 0, 0))
    assert refused(lambda: warehouse.receive(purchase, {1: 2})).code == "bad_quantity"
    warehouse.receive(purchase, {1: 1}, number="LAST")
    warehouse.serve(purchase)
    assert warehouse.parts(order) == [("ready", "A", 12)]

    reverse_receipt(warehouse.store, command("reverse"), "LAST", "miscounted")
    assert warehouse.one("SELECT status FROM purchase_order") == "received"
    assert supply(warehouse) == (10, 1, 0, 0)
    warehouse.receive(purchase, {1: 1})
    warehouse.serve(purchase)


def test_tolerance_ends_when_the_days_of_the_setting_are_over(warehouse: Warehouse) -> None:
    purchase = over(warehouse, 20)
    warehouse.receive(purchase, {1: 10})
    warehouse.clock.pass_days(31)
    refusal = refused(lambda: warehouse.receive(purchase, {1: 1}))
    assert (refusal.code, "for 30 days" in str(refusal)) == ("not_receivable", True)
    warehouse.settings(over_receipt_days=31)
    warehouse.receive(purchase, {1: 1})
    warehouse.serve_due()


def test_nothing_more_comes_when_no_tolerance_is_given(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 4)])
    warehouse.receive(purchase, {1: 4})
    assert refused(lambda: warehouse.receive(purchase, {1: 1})).code == "not_receivable"
    warehouse.serve_due()


def test_tolerance_is_of_what_is_still_wanted_when_a_line_was_given_up(
    warehouse: Warehouse,
) -> None:
    purchase = over(warehouse, 20)
    warehouse.receive(purchase, {1: 5})
    change_purchase_order(
        warehouse.store, command("change"), PurchaseChange(purchase, over_receipt_percent=40)
    )
    warehouse.move(purchase, "closed")
    refusal = refused(lambda: warehouse.receive(purchase, {1: 1}))
    assert refusal.code == "not_receivable"
    warehouse.serve_due()


# --- found after it was given up ---


Count = Callable[[int, str | None], dict[str, Any]]


def purchased(warehouse: Warehouse) -> Count:
    number = warehouse.purchase([("K1", 10)], number="DOC")
    warehouse.receive(number, {1: 6})
    warehouse.move(number, "closed")
    return lambda units, reason: warehouse.receive(
        number, {1: units}, number="FOUND", reason=reason
    )


def transferred(warehouse: Warehouse) -> Count:
    warehouse.stock(10, at="B")
    number = moves.transfer(warehouse, [("K1", 10)], source="B", to="A", number="DOC")
    moves.receive(warehouse, number, {1: 6})
    moves.close(warehouse, number)
    return lambda units, reason: moves.receive(
        warehouse, number, {1: units}, "FOUND", reason=reason
    )


def returned(warehouse: Warehouse) -> Count:
    moves.shipped(warehouse, [("K1", 10)])
    number = moves.announce(warehouse, [("K1", 10)], number="DOC")
    moves.take_back(warehouse, number, (1, 6, "sellable"))
    moves.end(warehouse, number)
    return lambda units, reason: moves.take_back(
        warehouse, number, (1, units, "sellable"), number="FOUND", reason=reason
    )


CLOSED = [purchased, transferred, returned]


@pytest.mark.parametrize("closed", CLOSED)
def test_what_is_found_after_closing_is_counted_with_its_reason(
    warehouse: Warehouse, closed: Callable[[Warehouse], Count]
) -> None:
    count = closed(warehouse)
    order = warehouse.order([("K1", 9)], policy={"max_shipments": 1})
    warehouse.serve_due()
    refusal = refused(lambda: count(3, None))
    assert (refusal.code, "with a reason" in str(refusal)) == ("not_receivable", True)
    assert refused(lambda: count(5, "behind the shelf")).code == "bad_quantity"

    told = count(3, "behind the shelf")

    assert (told["status"], supply(warehouse)) == ("closed", (9, 0, 1, 0))
    warehouse.serve_due()
    assert warehouse.parts(order) == [("ready", "A", 9)]
    found = warehouse.store.read(MERCHANT, lambda tx: read_receipt(tx, "FOUND"))
    assert (found.reason, [line.found for line in found.lines]) == ("behind the shelf", [3])


@pytest.mark.parametrize("closed", CLOSED)
def test_what_was_found_is_given_up_again_when_its_receipt_is_reversed(
    warehouse: Warehouse, closed: Callable[[Warehouse], Count]
) -> None:
    count = closed(warehouse)
    count(3, "behind the shelf")

    reverse_receipt(warehouse.store, command("reverse"), "FOUND", "somebody else's")

    assert (supply(warehouse), warehouse.level()) == ((6, 0, 4, 0), (6, 0))
    assert warehouse.one(f"SELECT status FROM {TABLE[closed]}") == "closed"
    warehouse.serve_due()


TABLE: dict[Any, str] = {
    purchased: "purchase_order",
    transferred: "transfer",
    returned: "customer_return",
}


def test_what_was_withdrawn_is_counted_with_a_reason(warehouse: Warehouse) -> None:
    restock = warehouse.announce(5)
    warehouse.withdraw(restock)
    assert refused(lambda: warehouse.arrive(restock, 2)).code == "restock_ended"
    lines = (ReceivedLine(1, 2),)
    told = warehouse.take_in(
        Receipt("R-1", restock, None, lines, SupplyKind.RESTOCK, "they sent it all the same")
    )
    assert (told["received"], told["closed"], warehouse.level()) == (2, 3, (2, 0))


def test_units_of_a_return_come_once_when_another_one_announced_them_since(
    warehouse: Warehouse,
) -> None:
    count = returned(warehouse)
    moves.announce(warehouse, [("K1", 3)])
    assert refused(lambda: count(2, "it was here")).code == "more_than_shipped"
    assert count(1, "it was here")["lines"][0]["received"] == 7


def test_nothing_is_counted_for_what_was_cancelled(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase()
    warehouse.move(purchase, "cancelled")
    came = refused(lambda: warehouse.receive(purchase, {1: 1}, reason="it came"))
    assert came.code == "not_receivable"


# --- partly received ---


def listed(warehouse: Warehouse, **which: Any) -> list[str]:
    page = warehouse.store.read(MERCHANT, lambda tx: list_purchase_orders(tx, Window(9), **which))
    return [found.number for found in page.items]


def test_a_purchase_order_is_partly_received_between_its_first_receipt_and_its_last(
    warehouse: Warehouse,
) -> None:
    purchase, other = warehouse.purchase([("K1", 4), ("K2", 4)]), warehouse.purchase()
    told = [warehouse.receive(purchase, {1: 4}, number="R-1")]
    assert listed(warehouse, partly_received=True) == [purchase]
    assert listed(warehouse, partly_received=False) == [other]
    assert refused(lambda: warehouse.move(purchase, "cancelled")).code == "something_received"
    told.append(warehouse.receive(purchase, {2: 4}, number="R-2"))
    assert [one["partly_received"] for one in told] == [True, False]
    reverse_receipt(warehouse.store, command("reverse"), "R-1", "another's")
    assert listed(warehouse, partly_received=True) == [purchase]
    assert warehouse.move(purchase, "closed")["partly_received"] is False
    warehouse.serve_due()


def test_it_can_be_cancelled_when_all_that_came_was_another_ones(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase()
    warehouse.receive(purchase, {1: 4}, number="R-1")
    reverse_receipt(warehouse.store, command("reverse"), "R-1", "another's")
    assert warehouse.move(purchase, "cancelled")["status"] == "cancelled"
    warehouse.serve_due()
