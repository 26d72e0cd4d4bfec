"""Pins on supply that is late: the wish stays, and is met when it can be."""

from collections.abc import Sequence
from typing import Any

import pytest

from fulfillment.store.commands.orders import manual
from fulfillment.store.commands.orders.pins import Pinned, pin
from fulfillment.store.commands.supply.overdue import declare_overdue
from fulfillment.store.commands.supply.purchase_orders import LineChange
from fulfillment.store.commands.supply.receiving import reverse_receipt
from fulfillment.store.insight.order import read_explanation
from tests.builders.plain import plain
from tests.builders.warehouse import MERCHANT, Warehouse, command

ALL_OR_NOTHING = {"max_shipments": 1}


def pins(warehouse: Warehouse, order: int, *asked: Pinned) -> None:
    warehouse.do(pin(warehouse.number(order), 1, asked))


def declare(warehouse: Warehouse, purchase: str) -> None:
    id_ = warehouse.one("SELECT id FROM purchase_order WHERE number = :number", number=purchase)
    declare_overdue(warehouse.store, MERCHANT, id_)


def receive(warehouse: Warehouse, purchase: str, units: int, at: str = "A") -> None:
    warehouse.receive(purchase, {1: units}, at=at)
    warehouse.serve(purchase)


def allocated(warehouse: Warehouse, orders: Sequence[int]) -> list[int]:
    return [warehouse.allocated(order) for order in orders]


def late(warehouse: Warehouse) -> list[tuple[int, int]]:
    rows = warehouse.rows("SELECT order_id, units FROM late_pin ORDER BY order_id, supply")
    return [tuple(row) for row in rows]


def two_that_wait(warehouse: Warehouse, units: int = 4) -> tuple[str, int, int]:
    """A purchase order, and two orders that want it, of which the second is pinned to it."""
    purchase = warehouse.purchase([("K1", units)], due=2)
    first, second = warehouse.order([("K1", 4)]), warehouse.order([("K1", 4)])
    pins(warehouse, second, Pinned(purchase))
    return purchase, first, second


def overdue(warehouse: Warehouse, units: int = 4) -> tuple[str, int, int]:
    """The same, a day after it should have come."""
    purchase, first, second = two_that_wait(warehouse, units)
    warehouse.clock.pass_days(3)
    declare(warehouse, purchase)
    return purchase, first, second


def test_pin_comes_back_when_its_late_supply_has_a_date_ahead_again(warehouse: Warehouse) -> None:
    purchase, first, second = overdue(warehouse)
    assert (warehouse.pegs(second), late(warehouse)) == ({}, [(second, 4)])
    told = [{"line": 1, "source": purchase, "units": 4}]
    assert warehouse.happened(second, "pin_late") == told

    warehouse.change(purchase, expected_on=warehouse.day(3))

    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({}, {purchase: 4})
    assert late(warehouse) == []
    assert warehouse.happened(second, "pin_back") == told
    assert warehouse.happened(second, "pin_lost") == []


def test_pin_comes_back_when_its_supply_had_no_date_and_gets_one(warehouse: Warehouse) -> None:
    purchase, first, second = two_that_wait(warehouse)
    warehouse.change(purchase, LineChange(1, None))
    assert late(warehouse) == [(second, 4)]
    warehouse.change(purchase, LineChange(1, warehouse.day(9)))
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({}, {purchase: 4})


def test_pin_comes_back_when_its_late_supply_has_arrived(warehouse: Warehouse) -> None:
    purchase, first, second = overdue(warehouse)
    warehouse.move(purchase, "arrived")
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({}, {purchase: 4})


def test_goods_that_are_late_go_to_the_pin_before_rank(warehouse: Warehouse) -> None:
    purchase, first, second = overdue(warehouse, units=6)
    receive(warehouse, purchase, 3)
    assert allocated(warehouse, [first, second]) == [0, 3]
    assert late(warehouse) == [(second, 1)]
    receive(warehouse, purchase, 3)
    assert allocated(warehouse, [first, second]) == [2, 4]
    assert late(warehouse) == []


def test_line_takes_other_supply_while_its_pin_is_late_and_gives_it_back_then(
    warehouse: Warehouse,
) -> None:
    purchase, first, second = two_that_wait(warehouse)
    other = warehouse.purchase([("K1", 8)], due=9)
    warehouse.clock.pass_days(3)
    declare(warehouse, purchase)
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({other: 4}, {other: 4})
    receive(warehouse, purchase, 4)
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({other: 4}, {})
    assert allocated(warehouse, [first, second]) == [0, 4]


def test_pin_that_comes_back_displaces_who_was_pegged_meanwhile_elsewhere_in_rank(
    warehouse: Warehouse,
) -> None:
    purchase, first, second = two_that_wait(warehouse)
    other = warehouse.purchase([("K1", 8)], due=9)
    warehouse.change(purchase, expected_on=None)
    assert warehouse.pegs(second) == {other: 4}
    warehouse.change(purchase, LineChange(1, warehouse.day(3)))
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({other: 4}, {purchase: 4})


def test_late_pin_ends_where_its_supply_ends(warehouse: Warehouse) -> None:
    purchase, _, second = overdue(warehouse)
    warehouse.move(purchase, "closed")
    assert late(warehouse) == []
    assert warehouse.happened(second, "pin_lost") == [{"line": 1, "source": purchase, "units": 4}]


@pytest.mark.parametrize("end", ["cancelled", "freed", "served from stock", "pinned elsewhere"])
def test_late_pin_ends_when_its_line_needs_it_no_more(warehouse: Warehouse, end: str) -> None:
    _, _, second = overdue(warehouse)
    if end == "cancelled":
        warehouse.cancel(second)
    elif end == "freed":
        pins(warehouse, second)
    elif end == "pinned elsewhere":
        pins(warehouse, second, Pinned(warehouse.purchase([("K1", 4)], due=9)))
    else:
        warehouse.stock(8)
    assert late(warehouse) == []
    assert warehouse.happened(second, "pin_lost") == []


def test_late_pin_keeps_to_its_place_when_its_shipment_is_split(warehouse: Warehouse) -> None:
    purchase, first, second = overdue(warehouse)
    warehouse.stock(5)
    assert warehouse.parts(second) == [("ready", "A", 1), ("backorder", None, 3)]
    assert late(warehouse) == [(second, 3)]
    third = warehouse.order([("K1", 1)], priority=1)
    receive(warehouse, purchase, 4)
    assert allocated(warehouse, [first, second, third]) == [4, 4, 1]


def test_released_shipment_that_waited_for_the_late_goods_is_called_back_with_its_pin(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(min_po_status="in_transit")
    purchase = warehouse.purchase([("K1", 4)], due=2)
    order = warehouse.order([("K1", 4)])
    pins(warehouse, order, Pinned(purchase))
    warehouse.move(purchase, "in_transit")
    assert warehouse.parts(order) == [("ready", "A", 4)]
    warehouse.clock.pass_days(3)
    declare(warehouse, purchase)
    assert warehouse.parts(order) == [("backorder", None, 4)]
    assert late(warehouse) == [(order, 4)]


def test_late_restock_serves_its_pin_when_it_comes(warehouse: Warehouse) -> None:
    restock = warehouse.announce(5, due=2)
    first = warehouse.order([("K1", 5)])
    second = warehouse.order([("K1", 3), ("K2", 1)], policy=ALL_OR_NOTHING)
    pins(warehouse, second, Pinned(restock, "restock"))
    warehouse.clock.pass_days(3)
    warehouse.serve_due()
    warehouse.arrive(restock, 4)
    assert allocated(warehouse, [first, second]) == [1, 3]


def test_restock_serves_its_pin_before_rank_when_it_comes(warehouse: Warehouse) -> None:
    restock = warehouse.announce(5)
    first = warehouse.order([("K1", 5)])
    second = warehouse.order([("K1", 3), ("K2", 1)], policy=ALL_OR_NOTHING)
    pins(warehouse, second, Pinned(restock, "restock"))
    warehouse.arrive(restock, 4)
    assert allocated(warehouse, [first, second]) == [1, 3]
    warehouse.do(manual.priority(warehouse.number(first), 1))
    assert allocated(warehouse, [first, second]) == [1, 3]


def test_many_late_pins_come_back_batch_by_batch(warehouse: Warehouse, monkeypatch: Any) -> None:
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", 2)
    purchase = warehouse.purchase([("K1", 6)], due=2)
    first = [warehouse.order([("K1", 1)]) for _ in range(6)]
    pinned = [warehouse.order([("K1", 1)]) for _ in range(5)]
    for order in pinned:
        pins(warehouse, order, Pinned(purchase))
    warehouse.clock.pass_days(3)
    declare(warehouse, purchase)
    warehouse.serve_due()
    assert late(warehouse) == [(order, 1) for order in pinned]
    warehouse.change(purchase, expected_on=warehouse.day(3))
    warehouse.serve_due()
    assert late(warehouse) == []
    assert [warehouse.pegs(order) for order in pinned] == [{purchase: 1}] * 5
    assert [warehouse.pegs(order) for order in first] == [{purchase: 1}] + [{}] * 5


def test_explanation_names_the_late_pin(warehouse: Warehouse) -> None:
    purchase, _, second = overdue(warehouse)
    number = warehouse.number(second)
    told = plain(warehouse.store.simulate(MERCHANT, lambda tx: read_explanation(tx, number)))
    reasons = [reason for line in told["waiting"] for reason in line["reasons"]]
    (found,) = [reason for reason in reasons if reason["code"] == "pin_is_late"]
    assert (found["units"], found["facts"]["source"]) == (4, purchase)


def test_pin_on_what_comes_in_time_stays_when_the_rest_has_waited_too_long(
    warehouse: Warehouse,
) -> None:
    purchase = warehouse.purchase([("K1", 4)], due=3)
    first = warehouse.order([("K1", 4)])
    second = warehouse.order([("K1", 6)], policy={"auto_cancel_days": 4})
    pins(warehouse, second, Pinned(purchase, units=3))
    warehouse.change(purchase, LineChange(1, warehouse.day(4)))
    warehouse.clock.pass_days(4)
    warehouse.serve_due()
    assert warehouse.parts(second) == [("backorder", None, 3)]
    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({purchase: 1}, {purchase: 3})
    assert warehouse.rows("SELECT units FROM peg WHERE pinned") == [(3,)]


def test_pin_is_there_again_when_the_receipt_that_served_it_is_taken_back(
    warehouse: Warehouse,
) -> None:
    purchase, first, second = two_that_wait(warehouse, units=6)
    warehouse.receive(purchase, {1: 3}, number="R1")
    warehouse.serve(purchase)
    assert allocated(warehouse, [first, second]) == [0, 3]

    reverse_receipt(warehouse.store, command("reverse"), "R1", "counted on the wrong one")

    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({purchase: 2}, {purchase: 4})
    assert warehouse.one("SELECT sum(units) FROM peg WHERE pinned") == 4


def test_pin_holds_again_when_a_receipt_is_taken_back_after_the_rest_was_given_up(
    warehouse: Warehouse,
) -> None:
    purchase, _, second = two_that_wait(warehouse, units=6)
    warehouse.receive(purchase, {1: 4}, number="R1")
    warehouse.move(purchase, "closed")
    reverse_receipt(warehouse.store, command("reverse"), "R1", "counted on the wrong one")
    assert (warehouse.pegs(second), late(warehouse)) == ({purchase: 4}, [])
