"""What lists of orders say: what can go, what is awaited, whom a receipt served, what is found."""

from typing import Any

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.reading.orders import OrderFilter, list_orders
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.views.orders import OrderSummary
from tests.builders.plain import plain
from tests.builders.warehouse import MERCHANT, Warehouse


def listed(warehouse: Warehouse, sort: str = "rank", **asked: Any) -> list[str]:
    return [row["number"] for row in rows(warehouse, sort, **asked)]


def rows(warehouse: Warehouse, sort: str = "rank", **asked: Any) -> list[dict[str, Any]]:
    def read(tx: Any) -> list[dict[str, Any]]:
        return list(plain(list_orders(tx, OrderFilter(**asked), sort, Window(50)).items))

    return warehouse.store.read(MERCHANT, read)


# --- ready to ship, and since when ---


def test_ready_since_is_told_while_it_is_ready_and_no_longer(warehouse: Warehouse) -> None:
    warehouse.stock(5)
    order = warehouse.order([("K1", 5)], number="O-1")
    first = warehouse.read(order)
    assert (first["ready_to_ship"], first["ready_since"]) == (True, warehouse.clock.now)
    warehouse.hold(order)
    held = warehouse.read(order)
    assert (held["ready_to_ship"], held["ready_since"]) == (False, None)
    warehouse.clock.pass_days(1)
    warehouse.unhold(order)
    assert warehouse.read(order)["ready_since"] == warehouse.clock.now


def test_lists_are_sorted_by_since_when_orders_are_ready(warehouse: Warehouse) -> None:
    warehouse.order([("K1", 5)], number="LATE")
    warehouse.order([("K2", 1)], number="NEVER")
    warehouse.stock(1, "K3")
    warehouse.order([("K3", 1)], number="SOON", priority=90)
    warehouse.clock.pass_days(1)
    warehouse.stock(5)
    warehouse.serve_due()
    assert listed(warehouse, "ready_since") == ["SOON", "LATE", "NEVER"]
    assert listed(warehouse, ready=True) == ["LATE", "SOON"]


# --- what can go as a whole or in part ---


def test_orders_are_fulfillable_when_all_is_allocated_or_free_and_partially_when_some_is(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(4)
    warehouse.order([("K1", 3)], number="ALL")
    warehouse.order([("K1", 3)], number="SOME")
    warehouse.order([("K2", 3)], number="NONE")
    gone = warehouse.order([("K3", 1)], number="GONE")
    warehouse.cancel(gone)
    assert listed(warehouse, fulfillable=True) == ["ALL"]
    assert listed(warehouse, partially_fulfillable=True) == ["SOME"]
    assert listed(warehouse, fulfillable=False) == ["SOME", "NONE", "GONE"]


@pytest.mark.parametrize(
    ("wants", "more", "is_whole"),
    [
        ([("K1", 5)], {}, True),
        ([("K1", 6)], {}, False),
        ([("K1", 3), ("K1", 2)], {}, True),
        ([("K1", 3), ("K1", 3)], {}, False),
        ([("K1", 4)], {"lock_location": "A"}, False),
        ([("K1", 3)], {"lock_location": "A"}, True),
        ([("K1", 1)], {"pickup_location": "B"}, True),
        ([("K1", 1), ("K2", 1)], {}, False),
        ([("K2", 1)], {}, False),
    ],
)
def test_what_lies_free_counts_where_the_order_may_take_it(
    warehouse: Warehouse, wants: Any, more: Any, is_whole: bool
) -> None:
    """Free units that nobody takes by itself: 3 at A, 2 at B, and some where they do not help."""
    warehouse.settings(on_shortage="assign_nothing")
    warehouse.location("SHUT", 3)
    order = warehouse.order([*wants, ("K3", 1)], number="O-1", **more)
    warehouse.stock(1, "K3", more.get("lock_location") or more.get("pickup_location") or "A")
    for units, at in ((3, "A"), (2, "B"), (9, "SHUT")):
        warehouse.stock(units, "K1", at)
    warehouse.location("SHUT", 3, active=False)
    warehouse.serve_due()
    assert warehouse.allocated(order) == 0
    assert listed(warehouse, fulfillable=True) == (["O-1"] if is_whole else [])
    # The one K3 is there in any case.
    assert listed(warehouse, partially_fulfillable=True) == ([] if is_whole else ["O-1"])


# --- what a row says ---


def test_row_says_what_is_allocated_what_is_awaited_and_the_promise(warehouse: Warehouse) -> None:
    warehouse.stock(2)
    warehouse.order([("K1", 5), ("K2", 4)], number="O-1")
    purchase = warehouse.purchase([("K1", 3), ("K2", 1)], due=5)
    warehouse.serve_due()
    (row,) = rows(warehouse)
    assert (row["allocated"], row["to_go"]) == (2, 9)
    due = warehouse.day(5)
    known = {"supply": purchase, "kind": "purchase_order", "on": due}
    assert row["awaits"] == [
        {"sku": "K1", "units": 3, **known},
        {"sku": "K2", "units": 1, **known},
        {"sku": "K2", "units": 3, "supply": None, "kind": None, "on": None},
    ]
    assert row["awaits_count"] == 3
    assert row["promised_on"] is not None
    assert row["first_promised_on"] >= row["promised_on"]


def test_row_names_five_that_are_awaited_and_counts_all(warehouse: Warehouse) -> None:
    warehouse.products(*(f"M{n}" for n in range(8)))
    warehouse.order([(f"M{n}", 1) for n in range(8)], number="O-1")
    (row,) = rows(warehouse)
    assert (len(row["awaits"]), row["awaits_count"]) == (5, 8)


# --- whom a receipt served ---


def test_orders_are_found_by_what_served_them_also_when_they_are_gone(
    warehouse: Warehouse,
) -> None:
    warehouse.order([("K1", 2)], number="FIRST")
    kept = warehouse.order([("K1", 9)], number="KEPT", policy={"max_shipments": 1})
    warehouse.order([("K2", 1)], number="OTHER")
    purchase = warehouse.purchase([("K1", 6)])
    warehouse.receive(purchase, {1: 6}, number="R-1")
    warehouse.serve(purchase)
    both = ["FIRST", "KEPT"]
    assert listed(warehouse, served_by_purchase_order=purchase) == both
    assert listed(warehouse, served_by_receipt="R-1") == both
    assert listed(warehouse, served_by_receipt="R-2") == []
    (shipment,) = warehouse.shipments("ready")
    for step in (warehouse.start_picking, warehouse.pick, warehouse.pack, warehouse.ship):
        step(shipment)
    assert listed(warehouse, served_by_receipt="R-1") == both
    assert listed(warehouse, served_by_receipt="R-1", still_holding=True) == ["KEPT"]
    assert listed(warehouse, served_by_receipt="R-1", still_holding=False) == ["FIRST"]
    warehouse.cancel(kept)
    assert listed(warehouse, served_by_purchase_order=purchase, still_holding=True) == []
    units = warehouse.rows("SELECT sum(units) AS units FROM served_order")[0].units
    assert units == 6


def test_no_more_is_served_than_came_when_it_is_given_out_in_parts(warehouse: Warehouse) -> None:
    orders = [warehouse.order([("K1", 3)]) for _ in range(3)]
    purchase = warehouse.purchase([("K1", 20)])
    for number, units in (("R-1", 4), ("R-2", 4)):
        warehouse.receive(purchase, {1: units}, number=number)
    warehouse.serve(purchase)
    served = warehouse.rows(
        "SELECT r.number, s.units, s.order_id FROM served_order s"
        " JOIN receipt r ON r.id = s.receipt ORDER BY r.id, s.order_id"
    )
    assert [(row.number, row.order_id, row.units) for row in served] == [
        ("R-1", orders[0], 3),
        ("R-1", orders[1], 1),
        ("R-2", orders[1], 2),
        ("R-2", orders[2], 2),
    ]


def test_holding_is_asked_of_what_served_alone(warehouse: Warehouse) -> None:
    with pytest.raises(RefusedError) as refused:
        listed(warehouse, still_holding=True)
    assert refused.value.code == "served_by_needed"


# --- search ---


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SO-10", ["SO-1001", "SO-1002"]),
        ("so-1001", ["SO-1001"]),
        ("1002", ["SO-1002"]),
        ("cust-7", ["SO-1002"]),
        ("-77", ["SO-1002"]),
        ("1Z99", ["SO-1001"]),
        ("0042", ["SO-1001"]),
        ("k2", ["SO-1002"]),
        ("K", ["SO-1001", "SO-1002"]),
        ("%", []),
        ("_O-1001", []),
        ("\\", []),
        ("100", []),
    ],
)
def test_orders_are_found_by_text(warehouse: Warehouse, text: str, found: list[str]) -> None:
    warehouse.stock(1)
    warehouse.order([("K1", 1)], number="SO-1001")
    warehouse.order([("K2", 1)], number="SO-1002", customer_reference="Cust-77")
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE shipment SET tracking = '1Z990042' WHERE status = 'ready'"
        )
    assert listed(warehouse, q=text) == found


def test_nothing_of_another_merchant_is_found(warehouse: Warehouse) -> None:
    warehouse.order([("K1", 1)], number="SO-1001", customer_reference="Cust-77")

    def read(tx: Any) -> list[OrderSummary]:
        return [
            row
            for text in ("SO-1001", "Cust-77", "K1")
            for row in list_orders(tx, OrderFilter(q=text), "rank", Window(50)).items
        ]

    assert warehouse.store.read("bolt", read) == []
