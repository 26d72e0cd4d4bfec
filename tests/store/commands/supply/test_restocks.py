"""Stock that is announced without a purchase order: announced, changed, arrived, withdrawn."""

from functools import partial
from typing import Any

import pytest

from tests.builders.calling import at_once, refused
from tests.builders.warehouse import Warehouse


def supply(warehouse: Warehouse) -> list[tuple[int, int, bool]]:
    """Ordered, closed and inbound of each supply."""
    rows = warehouse.rows("SELECT ordered, received + closed, inbound FROM supply ORDER BY id")
    return [tuple(row) for row in rows]


# --- announce ---


def test_who_waits_is_pegged_on_its_number_when_a_restock_is_announced(
    warehouse: Warehouse,
) -> None:
    first, second = warehouse.order([("K1", 3)]), warehouse.order([("K1", 3)])

    warehouse.announce(5, number="RS-1")

    assert (warehouse.sources(first), warehouse.sources(second)) == ({"RS-1": 3}, {"RS-1": 2})


def test_nothing_changes_when_the_same_restock_is_announced_again(warehouse: Warehouse) -> None:
    order = warehouse.order([("K1", 3)])
    warehouse.announce(5, number="RS-1")
    seen = warehouse.rows("SELECT count(*) FROM order_event WHERE order_id = :id", id=order)

    warehouse.announce(5, number="RS-1")

    assert supply(warehouse) == [(5, 0, True)]
    assert seen == warehouse.rows("SELECT count(*) FROM order_event WHERE order_id = :id", id=order)


def test_pegs_and_promise_follow_when_units_and_date_of_a_restock_change(
    warehouse: Warehouse,
) -> None:
    first, second = warehouse.order([("K1", 3)]), warehouse.order([("K1", 3)])
    warehouse.announce(6, number="RS-1", due=5)

    warehouse.announce(4, number="RS-1", due=8)

    assert (warehouse.sources(first), warehouse.sources(second)) == ({"RS-1": 3}, {"RS-1": 1})
    (*_, moved) = warehouse.happened(first, "promise_moved")
    assert moved["to"] == [{"units": 3, "on": warehouse.day(8).isoformat()}]
    warehouse.announce(4, number="RS-1", due=None)
    assert warehouse.sources(first) == {}


def test_shipment_is_dated_when_a_restock_gives_it_a_date(warehouse: Warehouse) -> None:
    warehouse.settings(future_inventory=True)
    order = warehouse.order([("K1", 3)])

    warehouse.announce(3, at="B", due=4)

    assert warehouse.parts(order) == [("future", "B", 3)]


def test_number_is_refused_when_it_is_one_of_another_sku_or_place(warehouse: Warehouse) -> None:
    warehouse.announce(5, "K1", number="RS-1")

    assert refused(lambda: warehouse.announce(5, "K2", number="RS-1")).code == "number_in_use"
    assert refused(lambda: warehouse.announce(5, at="B", number="RS-1")).code == "number_in_use"
    assert supply(warehouse) == [(5, 0, True)]


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"units": 0}, "bad_quantity", "units"),
        ({"units": 3}, "bad_quantity", "units"),
        ({"sku": "NONE"}, "unknown_sku", "sku"),
        ({"at": "NOWHERE"}, "unknown_location", "location"),
    ],
)
def test_announcement_is_refused_naming_the_field_when_a_value_is_wrong(
    warehouse: Warehouse, asked: dict[str, Any], code: str, field: str
) -> None:
    warehouse.announce(10, number="RS-1")
    warehouse.arrive("RS-1", 4)

    refusal = refused(lambda: warehouse.announce(**({"number": "RS-1"} | asked)))

    assert (refusal.code, refusal.fields[0]["field"]) == (code, field)


# --- arrive ---


def test_who_waits_is_served_at_once_when_a_part_of_a_restock_arrives(
    warehouse: Warehouse,
) -> None:
    first, second = warehouse.order([("K1", 3)]), warehouse.order([("K1", 3)])
    restock = warehouse.announce(6)

    told = warehouse.arrive(restock, 4)

    assert (told["units"], told["received"], told["outstanding"], told["pegged"]) == (6, 4, 2, 2)
    assert (warehouse.allocated(first), warehouse.allocated(second)) == (3, 1)
    assert warehouse.sources(second) == {restock: 2}
    assert warehouse.level() == (4, 4)
    rows = warehouse.rows("SELECT kind, reason, units FROM stock_ledger")
    assert [tuple(row) for row in rows] == [("receipt", None, 4)]


def test_restock_has_ended_when_all_of_it_arrived(warehouse: Warehouse) -> None:
    restock = warehouse.announce(5, due=5)
    warehouse.arrive(restock, 3)
    warehouse.arrive(restock, 2)

    assert supply(warehouse) == [(5, 5, False)]
    assert warehouse.level() == (5, 0)
    assert refused(lambda: warehouse.arrive(restock, 1)).code == "restock_ended"
    assert refused(lambda: warehouse.withdraw(restock)).code == "restock_ended"
    assert refused(lambda: warehouse.announce(9, number=restock)).code == "restock_ended"
    warehouse.announce(5, number=restock, due=5)
    assert supply(warehouse) == [(5, 5, False)]


def test_arrival_counts_once_when_its_key_comes_twice_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    order = warehouse.order([("K1", 4)])
    restock = warehouse.announce(6)

    first, second = at_once(*[lambda: warehouse.arrive(restock, 4, key="one")] * 2)

    assert first == second
    assert (warehouse.level(), warehouse.allocated(order)) == ((4, 4), 4)


def test_no_more_arrives_than_is_outstanding_when_two_come_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    orders = [warehouse.order([("K1", 2)]) for _ in range(3)]
    restock = warehouse.announce(6)

    results = at_once(*[lambda: warehouse.arrive(restock, 4)] * 2)

    assert [result for result in results if isinstance(result, str)] == ["bad_quantity"]
    assert warehouse.level() == (4, 4)
    assert [warehouse.allocated(order) for order in orders] == [2, 2, 0]


def test_arrival_is_refused_naming_the_field_when_more_come_than_are_outstanding(
    warehouse: Warehouse,
) -> None:
    restock = warehouse.announce(6)

    refusal = refused(lambda: warehouse.arrive(restock, 7))

    assert refusal.code == "bad_quantity"
    assert refusal.fields == ({"field": "units", "outstanding": 6},)
    assert refused(lambda: warehouse.arrive("NONE", 1)).code == "unknown_restock"


def test_the_queue_behind_is_served_later_when_more_arrives_than_one_batch_takes(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", 3)
    orders = [warehouse.order([("K1", 1)]) for _ in range(10)]
    restock = warehouse.announce(10)

    warehouse.arrive(restock, 8)
    assert [found for found in warehouse.findings() if found.startswith("2")] == []
    warehouse.serve_due()

    assert [warehouse.allocated(order) for order in orders] == [1] * 8 + [0] * 2
    assert [warehouse.sources(order) for order in orders[8:]] == [{restock: 1}] * 2


def test_arrival_does_not_allocate_when_only_a_change_of_status_does(warehouse: Warehouse) -> None:
    warehouse.settings(auto_allocate_on="po_status")
    order = warehouse.order([("K1", 4)])
    restock = warehouse.announce(6)

    warehouse.arrive(restock, 6)

    assert warehouse.allocated(order) == 0
    assert warehouse.sources(order) == {}


def test_dated_shipment_is_ready_when_its_restock_arrives(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(release_when="all_sourced", auto_allocate="complete_only")
    warehouse.settings(future_inventory=True)
    warehouse.stock(2, "K2", "B")
    order = warehouse.order([("K1", 3), ("K2", 2)])
    restock = warehouse.announce(3)
    assert warehouse.parts(order) == [("ready", "B", 2), ("future", "A", 3)]

    warehouse.arrive(restock, 3)

    assert warehouse.parts(order) == [("ready", "B", 2), ("ready", "A", 3)]


# --- withdraw ---


def test_who_was_pegged_falls_back_when_a_restock_is_withdrawn(warehouse: Warehouse) -> None:
    warehouse.settings(future_inventory=True)
    order = warehouse.order([("K1", 5)])
    restock = warehouse.announce(5)
    warehouse.arrive(restock, 2)
    assert warehouse.parts(order) == [("ready", "A", 2), ("future", "A", 3)]

    told = warehouse.withdraw(restock, key="gone")

    assert (told["outstanding"], told["closed"], told["pegged"]) == (0, 3, 0)
    assert warehouse.parts(order) == [("ready", "A", 2), ("backorder", None, 3)]
    assert warehouse.sources(order) == {}
    assert warehouse.level() == (2, 2)
    assert warehouse.withdraw(restock, key="gone") == told


def test_one_of_two_wins_when_a_restock_arrives_and_is_withdrawn_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    for _ in range(5):
        order = warehouse.order([("K1", 5)])
        restock = warehouse.announce(5)

        results = at_once(
            partial(warehouse.arrive, restock, 5), partial(warehouse.withdraw, restock)
        )

        assert [result for result in results if isinstance(result, str)] == ["restock_ended"]
        assert warehouse.sources(order) == {}
        assert warehouse.findings() == []


def test_one_is_stored_when_a_number_is_announced_twice_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    for n in range(5):
        same = at_once(*[partial(warehouse.announce, 5, number=f"S{n}")] * 3)
        assert same == [f"S{n}"] * 3
        other = at_once(
            partial(warehouse.announce, 5, "K1", number=f"T{n}"),
            partial(warehouse.announce, 5, "K2", number=f"T{n}"),
        )
        assert sorted(other) == sorted([f"T{n}", "number_in_use"])
    assert len(supply(warehouse)) == 10
