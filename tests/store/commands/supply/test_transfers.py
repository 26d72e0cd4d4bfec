"""Goods that go from one location to another (behaviour.md §1, §4.6, §7)."""

from functools import partial
from typing import Any

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.orders.pins import Pinned
from fulfillment.store.reading.receipts import read_receipt
from tests.builders import moves
from tests.builders.calling import at_once, refused
from tests.builders.plain import plain
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.store.commands.orders.test_pins import pins


def supplies(warehouse: Warehouse) -> list[tuple[int, int, int, bool]]:
    """Ordered, received, closed and inbound of each supply."""
    rows = warehouse.rows("SELECT ordered, received, closed, inbound FROM supply ORDER BY id")
    return [tuple(row) for row in rows]


# --- planned ---


def test_nothing_moves_and_nobody_is_pegged_when_a_transfer_is_only_planned(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(9, at="A")
    order = warehouse.order([("K1", 2)], pickup_location="B")

    moves.transfer(warehouse, ship=False)

    assert warehouse.level(at="A") == (9, 0)
    assert warehouse.sources(order) == {}
    assert supplies(warehouse) == [(5, 0, 0, False)]


def test_transfer_is_cancelled_only_when_it_is_planned(warehouse: Warehouse) -> None:
    warehouse.stock(9, at="A")
    planned = moves.transfer(warehouse, ship=False)
    sent = moves.transfer(warehouse)

    assert moves.cancel(warehouse, planned)["status"] == "cancelled"
    for doing in (moves.ship, moves.cancel, moves.close):
        assert refused(partial(doing, warehouse, planned)).code == "move_not_allowed"
    assert refused(lambda: moves.cancel(warehouse, sent)).code == "move_not_allowed"
    assert refused(lambda: moves.receive(warehouse, planned, {1: 1})).code == "not_receivable"
    assert refused(lambda: moves.redate(warehouse, planned, 3)).code == "not_changeable"
    assert refused(lambda: moves.ship(warehouse, "NONE")).code == "unknown_transfer"


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"wants": []}, "empty_transfer", "lines"),
        ({"wants": [("K1", 0)]}, "bad_quantity", "lines[0].units"),
        ({"wants": [("K1", 1), ("NONE", 1)]}, "unknown_sku", "lines[1].sku"),
        ({"source": "NOWHERE"}, "unknown_location", "source"),
        ({"to": "NOWHERE"}, "unknown_location", "destination"),
        ({"to": "A"}, "same_location", "destination"),
    ],
)
def test_transfer_is_refused_naming_the_field_when_a_value_is_wrong(
    warehouse: Warehouse, asked: dict[str, Any], code: str, field: str
) -> None:
    refusal = refused(lambda: moves.transfer(warehouse, **asked))

    assert (refusal.code, refusal.fields[0]["field"]) == (code, field)
    assert supplies(warehouse) == []


# --- sent ---


def test_units_leave_the_source_and_who_waits_is_pegged_when_it_is_sent(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(9, at="A")
    order = warehouse.order([("K1", 2)], pickup_location="B")
    number = moves.transfer(warehouse, ship=False)

    told = moves.ship(warehouse, number)

    assert (told["status"], told["lines"][0]["outstanding"]) == ("in_transit", 5)
    assert told["shipped_at"] == warehouse.clock.now.isoformat()
    assert warehouse.level(at="A") == (4, 0)
    assert moves.ledger(warehouse, "transfer_out") == [("K1", "A", "sellable", -5, number)]
    assert warehouse.sources(order) == {number: 2}
    # They come on a Saturday, and leave on Monday.
    assert warehouse.read(order)["lines"][0]["promise"][0]["on"] == warehouse.day(7)


def test_transfer_is_refused_with_what_is_available_when_units_are_claimed(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(5, "K1", "A")
    warehouse.stock(5, "K2", "A")
    order = warehouse.order([("K1", 2)])

    refusal = refused(
        lambda: moves.transfer(
            warehouse, [("K1", 2), ("K2", 5), ("K1", 2), ("K3", 1)], number="T-1"
        )
    )

    assert refusal.code == "not_available"
    assert refusal.fields == (
        {"field": "lines[0].units", "sku": "K1", "units": 4, "available": 3},
        {"field": "lines[2].units", "sku": "K1", "units": 4, "available": 3},
        {"field": "lines[3].units", "sku": "K3", "units": 1, "available": 0},
    )
    assert (warehouse.allocated(order), warehouse.level("K2")) == (2, (5, 0))
    moves.transfer(warehouse, [("K1", 3)], number="T-1")


def test_what_is_owed_to_who_waits_is_not_sent_away(warehouse: Warehouse) -> None:
    order = warehouse.order([("K1", 4)])
    warehouse.receive(warehouse.purchase([("K1", 6)]), {1: 6})

    assert refused(lambda: moves.transfer(warehouse, [("K1", 3)])).code == "not_available"
    moves.transfer(warehouse, [("K1", 2)])

    assert (warehouse.allocated(order), warehouse.level()) == (4, (4, 4))
    warehouse.serve_due()


def test_nothing_is_sent_when_more_is_owed_than_one_batch_gives(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", 3)
    orders = [warehouse.order([("K1", 1)]) for _ in range(5)]
    warehouse.receive(warehouse.purchase([("K1", 9)]), {1: 9})

    refusal = refused(lambda: moves.transfer(warehouse, [("K1", 2)]))
    warehouse.serve_due()
    moves.transfer(warehouse, [("K1", 4)])

    assert refusal.fields[0]["available"] == 0
    assert [warehouse.allocated(order) for order in orders] == [1] * 5


def test_the_units_go_once_when_two_transfers_want_them_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(5, at="A")
    first, second = (moves.transfer(warehouse, ship=False) for _ in range(2))

    results = at_once(*(partial(moves.ship, warehouse, each) for each in (first, second)))

    assert [result for result in results if isinstance(result, str)] == ["not_available"]
    assert warehouse.level(at="A") == (0, 0)


def test_transfer_goes_once_when_it_is_sent_twice_at_the_same_moment(warehouse: Warehouse) -> None:
    warehouse.stock(10, at="A")
    number = moves.transfer(warehouse, ship=False)

    results = at_once(*[partial(moves.ship, warehouse, number)] * 2)
    same = at_once(
        *[partial(moves.ship, warehouse, moves.transfer(warehouse, ship=False), "k")] * 2
    )

    assert [result for result in results if isinstance(result, str)] == ["move_not_allowed"]
    assert same[0] == same[1]
    assert warehouse.level(at="A") == (0, 0)


def test_a_unit_is_claimed_or_sent_when_both_want_it_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    for _ in range(5):
        if warehouse.level() == (0, 0):
            warehouse.stock(5)
        order = warehouse.take([("K1", 5)], lock_location="A")
        number = moves.transfer(warehouse, ship=False)

        results = at_once(partial(warehouse.claim, order), partial(moves.ship, warehouse, number))

        sent = results[1] != "not_available"
        assert warehouse.allocated(order) == (0 if sent else 5)
        assert warehouse.findings() == []
        warehouse.cancel(order)


def test_two_transfers_in_opposite_directions_both_go_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    for sku in ("K1", "K2"):
        for at in ("A", "B"):
            warehouse.stock(20, sku, at)
    for _ in range(5):
        there = moves.transfer(warehouse, [("K1", 2), ("K2", 2)], ship=False)
        back = moves.transfer(warehouse, [("K2", 2), ("K1", 2)], source="B", to="A", ship=False)
        results = at_once(
            partial(moves.ship, warehouse, there), partial(moves.ship, warehouse, back)
        )
        assert [result["status"] for result in results] == ["in_transit"] * 2
        results = at_once(
            partial(moves.receive, warehouse, there, {1: 2, 2: 2}),
            partial(moves.receive, warehouse, back, {1: 2, 2: 2}),
        )
        assert [result["status"] for result in results] == ["received"] * 2
    assert warehouse.level("K1", "A") == warehouse.level("K2", "B") == (20, 0)


# --- received ---


def test_who_waits_is_served_at_once_when_a_part_of_a_transfer_comes(warehouse: Warehouse) -> None:
    warehouse.stock(6, at="A")
    first, second = (warehouse.order([("K1", 3)], pickup_location="B") for _ in range(2))
    number = moves.transfer(warehouse, [("K1", 6)])

    told = moves.receive(warehouse, number, {1: 4}, "GR-1")

    assert (told["receipt"], told["status"]) == ("GR-1", "in_transit")
    assert (told["lines"][0]["received"], told["lines"][0]["pegged"]) == (4, 2)
    assert warehouse.parts(first) == [("ready", "B", 3)]
    assert (warehouse.allocated(second), warehouse.sources(second)) == (1, {number: 2})
    assert moves.ledger(warehouse, "transfer_in") == [("K1", "B", "sellable", 4, "GR-1")]
    assert warehouse.one("SELECT location FROM receipt") == "B"
    assert moves.receive(warehouse, number, {1: 2})["status"] == "received"
    assert warehouse.allocated(second) == 3
    assert refused(lambda: moves.receive(warehouse, number, {1: 1})).code == "not_receivable"


@pytest.mark.parametrize(
    ("units", "code", "field"),
    [
        ({}, "empty_receipt", "lines"),
        ({9: 1}, "unknown_line", "lines[0].line"),
        ({1: 0}, "bad_quantity", "lines[0].units"),
        ({2: 1, 1: 6}, "bad_quantity", "lines[1].units"),
    ],
)
def test_receipt_is_refused_naming_the_field_when_it_can_not_be(
    warehouse: Warehouse, units: dict[int, int], code: str, field: str
) -> None:
    warehouse.stock(6, at="A")
    number = moves.transfer(warehouse, [("K1", 5), ("K1", 1)])

    refusal = refused(lambda: moves.receive(warehouse, number, units))

    assert (refusal.code, refusal.fields[0]["field"]) == (code, field)
    assert warehouse.level(at="B") == (0, 0)


def test_receipt_counts_once_when_it_comes_twice_at_the_same_moment(warehouse: Warehouse) -> None:
    warehouse.stock(6, at="A")
    order = warehouse.order([("K1", 4)], pickup_location="B")
    number = moves.transfer(warehouse, [("K1", 6)])

    first, second = at_once(*[partial(moves.receive, warehouse, number, {1: 4}, "GR-1")] * 2)

    assert first == second
    assert (warehouse.level(at="B"), warehouse.allocated(order)) == ((4, 4), 4)
    other = refused(lambda: moves.receive(warehouse, number, {1: 1}, "GR-1"))
    assert other.code == "number_in_use"


def test_receipt_number_is_refused_when_another_document_has_it(warehouse: Warehouse) -> None:
    moves.shipped(warehouse, [("K1", 5)])
    warehouse.stock(6, at="A")
    warehouse.receive(warehouse.purchase(at="B"), {1: 1}, at="B", number="GR-1")
    number, back = moves.transfer(warehouse), moves.announce(warehouse)

    assert refused(lambda: moves.receive(warehouse, number, {1: 1}, "GR-1")).code == "number_in_use"
    moves.receive(warehouse, number, {1: 1}, "GR-2")
    taking = partial(moves.take_back, warehouse, back, (1, 1, "sellable"), number="GR-2")
    assert refused(taking).code == "number_in_use"
    with pytest.raises(RefusedError):
        warehouse.receive(warehouse.purchase(at="B"), {1: 1}, at="B", number="GR-2")
    warehouse.serve_due()


def test_no_more_comes_than_is_under_way_when_two_receipts_come_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(6, at="A")
    number = moves.transfer(warehouse, [("K1", 6)])

    results = at_once(*[partial(moves.receive, warehouse, number, {1: 4})] * 2)

    assert [result for result in results if isinstance(result, str)] == ["bad_quantity"]
    assert warehouse.level(at="B") == (4, 0)


def test_the_queue_behind_is_served_later_when_more_comes_than_one_batch_takes(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", 3)
    warehouse.stock(10, at="A")
    orders = [warehouse.order([("K1", 1)], pickup_location="B") for _ in range(10)]
    number = moves.transfer(warehouse, [("K1", 10)])
    assert [warehouse.sources(order) for order in orders] == [{number: 1}] * 10

    moves.receive(warehouse, number, {1: 8})
    assert [found for found in warehouse.findings() if found.startswith("2")] == []
    warehouse.serve_due()

    assert [warehouse.allocated(order) for order in orders] == [1] * 8 + [0] * 2
    assert [warehouse.sources(order) for order in orders[8:]] == [{number: 1}] * 2


def test_dated_shipment_is_ready_when_its_transfer_comes(warehouse: Warehouse) -> None:
    warehouse.settings(future_inventory=True)
    warehouse.stock(3, at="A")
    order = warehouse.order([("K1", 3)], lock_location="B")
    number = moves.transfer(warehouse, [("K1", 3)])
    assert warehouse.parts(order) == [("future", "B", 3)]

    moves.receive(warehouse, number, {1: 3})

    assert warehouse.parts(order) == [("ready", "B", 3)]


def test_pin_goes_before_rank_when_its_transfer_or_return_comes(warehouse: Warehouse) -> None:
    moves.shipped(warehouse, [("K1", 3)])
    warehouse.stock(2, at="A")
    early, late, last = (warehouse.order([("K1", 2)], pickup_location="B") for _ in range(3))
    number = moves.transfer(warehouse, [("K1", 2)])
    back = moves.announce(warehouse, [("K1", 3)], at="B", due=3)
    pins(warehouse, late, Pinned(number, "transfer"))
    pins(warehouse, last, Pinned(back, "return"))

    moves.receive(warehouse, number, {1: 2})
    moves.take_back(warehouse, back, (1, 1, "damaged"), (1, 1, "sellable"))

    assert [warehouse.allocated(order) for order in (early, late, last)] == [0, 2, 1]


def test_receipt_tells_which_shipment_its_units_go_to(warehouse: Warehouse) -> None:
    warehouse.stock(5, at="A")
    order = warehouse.order([("K1", 2)], pickup_location="B")
    moves.receive(warehouse, moves.transfer(warehouse), {1: 4}, "GR-1")

    told = plain(warehouse.store.read(MERCHANT, lambda tx: read_receipt(tx, "GR-1")))

    assert (told["kind"], told["units"], told["to_shipments"], told["undistributed"]) == (
        "transfer", 4, 2, 0,
    )  # fmt: skip
    (row,) = told["lines"]
    assert [shipment["order"] for shipment in row["shipments"]] == [warehouse.number(order)]


# --- later, or never ---


def test_promise_moves_when_a_transfer_comes_later(warehouse: Warehouse) -> None:
    warehouse.stock(3, at="A")
    order = warehouse.order([("K1", 3)], pickup_location="B")
    number = moves.transfer(warehouse, [("K1", 3)])
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE supply SET overdue = true")

    assert moves.redate(warehouse, number, 8)["expected_on"] == warehouse.day(8).isoformat()

    (*_, moved) = warehouse.happened(order, "promise_moved")
    assert moved["to"] == [{"units": 3, "on": warehouse.day(8).isoformat()}]
    assert warehouse.one("SELECT overdue FROM supply") is False
    moves.redate(warehouse, number, None)
    assert warehouse.sources(order) == {}
    seen = warehouse.one("SELECT count(*) FROM order_event")
    moves.redate(warehouse, number, None)
    assert warehouse.one("SELECT count(*) FROM order_event") == seen


def test_a_planned_transfer_takes_another_date_when_it_is_asked(warehouse: Warehouse) -> None:
    warehouse.stock(5, at="A")
    order = warehouse.order([("K1", 5)], pickup_location="B")
    number = moves.transfer(warehouse, ship=False)
    moves.redate(warehouse, number, 9)
    assert warehouse.sources(order) == {}

    moves.ship(warehouse, number)

    assert warehouse.read(order)["lines"][0]["promise"][0]["on"] == warehouse.day(9)


def test_who_was_pegged_falls_back_when_the_rest_of_a_transfer_was_lost(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(future_inventory=True)
    warehouse.stock(5, at="A")
    order = warehouse.order([("K1", 5)], lock_location="B")
    number = moves.transfer(warehouse)
    moves.receive(warehouse, number, {1: 2})
    assert warehouse.parts(order) == [("ready", "B", 2), ("future", "B", 3)]

    told = moves.close(warehouse, number)

    assert (told["status"], told["lines"][0]["closed"]) == ("closed", 3)
    assert warehouse.parts(order) == [("ready", "B", 2), ("backorder", None, 3)]
    assert warehouse.sources(order) == {}
    assert refused(lambda: moves.receive(warehouse, number, {1: 1})).code == "not_receivable"


def test_one_of_two_wins_when_a_transfer_comes_and_is_closed_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    for _ in range(5):
        warehouse.stock(5, at="A")
        number = moves.transfer(warehouse)

        results = at_once(
            partial(moves.receive, warehouse, number, {1: 5}),
            partial(moves.close, warehouse, number),
        )

        (lost,) = [result for result in results if isinstance(result, str)]
        assert lost in ("not_receivable", "move_not_allowed")
        assert warehouse.findings() == []


def test_number_is_refused_when_two_write_it_at_the_same_moment(warehouse: Warehouse) -> None:
    warehouse.stock(20, at="A")

    results = at_once(
        partial(moves.transfer, warehouse, [("K1", 1)], number="T-1"),
        partial(moves.transfer, warehouse, [("K1", 2)], number="T-1"),
    )

    assert sorted(results) == ["T-1", "number_in_use"]
    assert len(supplies(warehouse)) == 1
