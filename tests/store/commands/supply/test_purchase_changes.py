"""Purchase orders whose dates and units change before they come, and whose status starts things."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.supply import purchase_orders
from fulfillment.store.commands.supply.purchase_orders import LineChange
from tests.builders.calling import at_once
from tests.builders.warehouse import Warehouse, command

KIBO = {"release_when": "all_sourced", "auto_allocate": "complete_only", "future_inventory": True}
THREE = (("K1", 5), ("K2", 5), ("K3", 5))


def promised_for(warehouse: Warehouse, order: int) -> list[list[Any]]:
    """Units and days from today of the first line's promise."""
    slices = warehouse.one("SELECT promise FROM order_line WHERE order_id = :id LIMIT 1", id=order)
    days = {warehouse.day(n).isoformat(): n for n in range(-5, 60)}
    return [[units, days[on]] for units, on in slices]


def refused(call: Any) -> RefusedError:
    with pytest.raises(RefusedError) as refusal:
        call()
    return refusal.value


def woken(warehouse: Warehouse) -> set[tuple[str, str]]:
    return {(row.kind, row.subject) for row in warehouse.rows("SELECT kind, subject FROM outbox")}


def forget_wakes(warehouse: Warehouse) -> None:
    with warehouse.engine.begin() as connection:
        connection.execute(text("DELETE FROM outbox"))


# --- dates ---


def test_shipment_is_split_by_date_when_the_last_line_that_had_none_gets_one(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(**KIBO)
    warehouse.stock(5, "K2", "B")
    warehouse.purchase([("K1", 5)], at="A", due=5)
    undated = warehouse.purchase([("K3", 5)], at="B", due=None)
    order = warehouse.order(THREE)
    assert warehouse.parts(order) == [("backorder", None, 15)]

    warehouse.change(undated, LineChange(1, warehouse.day(9)))

    assert warehouse.parts(order) == [("ready", "B", 5), ("future", "A", 5), ("future", "B", 5)]
    dates = warehouse.rows(
        "SELECT expected_on FROM shipment WHERE order_id = :id AND status = 'future'"
        " ORDER BY location",
        id=order,
    )
    assert [row.expected_on for row in dates] == [warehouse.day(5), warehouse.day(9)]
    assert len(warehouse.shipments("reassigned")) == 1
    assert len(warehouse.happened(order, "split")) == 1


def test_shipments_stay_as_they_are_when_one_of_their_dates_is_taken_away(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(**KIBO)
    warehouse.stock(5, "K2", "B")
    warehouse.purchase([("K1", 5)], at="A", due=5)
    purchase = warehouse.purchase([("K3", 5)], at="B", due=9)
    order = warehouse.order(THREE)

    warehouse.change(purchase, LineChange(1, None))

    assert warehouse.parts(order) == [("ready", "B", 5), ("future", "A", 5), ("backorder", None, 5)]


def test_promise_moves_once_when_a_date_moves_later(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 5)], due=5)
    order = warehouse.order([("K1", 5)])

    warehouse.change(purchase, LineChange(1, warehouse.day(9)))

    assert promised_for(warehouse, order) == [[5, 9]]
    (moved,) = warehouse.happened(order, "promise_moved")
    assert moved["to"] == [{"units": 5, "on": warehouse.day(9).isoformat()}]


def test_order_is_woken_when_a_date_moves_earlier_and_not_when_it_moves_later(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(future_inventory=True)
    purchase = warehouse.purchase([("K1", 5)], due=5)
    order = warehouse.order([("K1", 5)])
    forget_wakes(warehouse)

    warehouse.change(purchase, LineChange(1, warehouse.day(9)))
    assert woken(warehouse) == {("wake_purchase_order", str(purchase_id(warehouse, purchase)))}
    warehouse.change(purchase, LineChange(1, warehouse.day(3)))

    assert ("wake_order", str(order)) in woken(warehouse)


def test_promise_moves_no_more_when_the_same_change_is_sent_again(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 5)], due=5)
    order = warehouse.order([("K1", 5)])
    warehouse.change(purchase, LineChange(1, warehouse.day(9)), key="late")

    warehouse.change(purchase, LineChange(1, warehouse.day(9)), key="late")
    warehouse.change(purchase, LineChange(1, warehouse.day(9)), key="other")

    assert len(warehouse.happened(order, "promise_moved")) == 1


def test_future_shipment_is_dated_anew_when_its_supply_is(warehouse: Warehouse) -> None:
    warehouse.settings(future_inventory=True)
    purchase = warehouse.purchase([("K1", 5)], due=5)
    order = warehouse.order([("K1", 5)])

    warehouse.change(purchase, LineChange(1, warehouse.day(9)))

    assert warehouse.parts(order) == [("future", "A", 5)]
    (moved,) = warehouse.happened(order, "date_moved")
    assert moved["expected_on"] == warehouse.day(9).isoformat()
    assert len(warehouse.happened(order, "promise_moved")) == 1


def test_nobody_is_pegged_when_the_new_date_has_passed(warehouse: Warehouse) -> None:
    warehouse.settings(future_inventory=True)
    purchase = warehouse.purchase([("K1", 5)], due=5)
    order = warehouse.order([("K1", 5)])

    warehouse.change(purchase, expected_on=warehouse.day(-1))

    assert warehouse.parts(order) == [("backorder", None, 5)]
    assert warehouse.pegs(order) == {}
    assert promised_for(warehouse, order) == [[5, 30]]


def test_earlier_order_takes_the_sooner_supply_when_two_dates_change_places(
    warehouse: Warehouse,
) -> None:
    near = warehouse.purchase([("K1", 5)], due=5)
    far = warehouse.purchase([("K1", 5)], due=9)
    first, second = warehouse.order([("K1", 5)]), warehouse.order([("K1", 5)])

    warehouse.change(far, LineChange(1, warehouse.day(2)))

    assert (warehouse.pegs(first), warehouse.pegs(second)) == ({far: 5}, {near: 5})


def test_line_keeps_its_own_date_when_the_header_gets_another(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 5), ("K2", 5), ("K3", 5)], due=5)
    warehouse.change(purchase, LineChange(2, warehouse.day(7)), LineChange(3, None))

    told = warehouse.change(
        purchase, LineChange(3, warehouse.day(8)), expected_on=warehouse.day(12)
    )

    dates = [line["expected_on"] for line in told["lines"]]
    assert dates == [warehouse.day(n).isoformat() for n in (12, 7, 8)]
    assert told["expected_on"] == warehouse.day(12).isoformat()


def test_line_without_a_date_stays_without_when_the_header_had_one(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 5), ("K2", 5)], due=5)
    warehouse.change(purchase, LineChange(2, None))

    told = warehouse.change(purchase, expected_on=warehouse.day(6))

    assert [line["expected_on"] for line in told["lines"]] == [warehouse.day(6).isoformat(), None]


# --- quantities ---


def test_the_last_in_rank_loses_its_peg_when_fewer_units_are_to_come(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 10)], due=5)
    later = warehouse.purchase([("K1", 3)], due=9)
    first = warehouse.order([("K1", 4)], priority=60)
    second = warehouse.order([("K1", 4)])
    third = warehouse.order([("K1", 4)], priority=70)

    warehouse.change(purchase, LineChange(1, units=6))

    assert warehouse.pegs(second) == {purchase: 4}
    assert warehouse.pegs(first) == {purchase: 2, later: 2}
    assert warehouse.pegs(third) == {later: 1}


def test_more_are_pegged_when_more_units_are_to_come(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 4)])
    order = warehouse.order([("K1", 6)])

    warehouse.change(purchase, LineChange(1, units=20))

    assert warehouse.pegs(order) == {purchase: 6}
    # They come on a Saturday, and leave on Monday.
    assert promised_for(warehouse, order) == [[6, 7]]


def test_units_on_the_way_are_as_many_as_were_left_when_a_part_was_received(
    warehouse: Warehouse,
) -> None:
    purchase = warehouse.purchase([("K1", 10), ("K2", 2)])
    order = warehouse.order([("K1", 9)])
    warehouse.receive(purchase, {1: 4})
    warehouse.serve(purchase)

    warehouse.change(purchase, LineChange(1, units=6))

    assert warehouse.allocated(order) == 4
    assert warehouse.pegs(order) == {purchase: 2}


def test_purchase_order_is_received_when_nothing_of_it_is_left_to_come(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(auto_allocate_on="po_status")
    purchase = warehouse.purchase([("K1", 10)])
    order = warehouse.order([("K1", 9)])
    warehouse.receive(purchase, {1: 4})
    warehouse.serve(purchase)
    assert warehouse.allocated(order) == 0

    told = warehouse.change(purchase, LineChange(1, units=4))

    assert told["status"] == "received"
    assert warehouse.allocated(order) == 4
    assert warehouse.pegs(order) == {}
    assert ("wake_purchase_order", str(purchase_id(warehouse, purchase))) in woken(warehouse)


def purchase_id(warehouse: Warehouse, number: str) -> int:
    return int(warehouse.one("SELECT id FROM purchase_order WHERE number = :n", n=number))


def test_line_counts_again_when_more_is_ordered_of_what_had_come(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 2), ("K2", 2)])
    warehouse.receive(purchase, {1: 2})
    warehouse.serve(purchase)
    order = warehouse.order([("K1", 3)])

    warehouse.change(purchase, LineChange(1, units=3))

    assert (warehouse.allocated(order), warehouse.pegs(order)) == (2, {purchase: 1})


def test_all_who_were_pegged_are_planned_anew_when_they_are_more_than_a_batch(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", 3)
    purchase = warehouse.purchase([("K1", 10)])
    orders = [warehouse.order([("K1", 1), ("K2", 1)]) for _ in range(10)]

    warehouse.change(purchase, LineChange(1, units=2))
    assert [warehouse.pegs(order) for order in orders] == [{purchase: 1}] * 2 + [{}] * 8

    warehouse.change(purchase, LineChange(1, units=10))
    warehouse.move(purchase, "cancelled")
    assert [warehouse.pegs(order) for order in orders] == [{}] * 10


# --- what is refused ---


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        ([], "empty_change", "lines"),
        ([LineChange(1)], "empty_change", "lines[0]"),
        ([LineChange(2, units=1), LineChange(9, units=1)], "unknown_line", "lines[1].line"),
        ([LineChange(1, units=5), LineChange(1, None)], "line_twice", "lines[1].line"),
        ([LineChange(1, units=3)], "bad_quantity", "lines[0].units"),
        ([LineChange(2, units=-1)], "bad_quantity", "lines[0].units"),
    ],
)
def test_change_is_refused_naming_the_field_when_a_value_is_wrong(
    warehouse: Warehouse, lines: list[LineChange], code: str, field: str
) -> None:
    purchase = warehouse.purchase([("K1", 10), ("K2", 5)])
    warehouse.receive(purchase, {1: 4})
    warehouse.serve(purchase)

    refusal = refused(lambda: warehouse.change(purchase, *lines))

    assert (refusal.code, refusal.fields[0]["field"]) == (code, field)
    assert warehouse.one("SELECT sum(ordered) FROM supply") == 15


@pytest.mark.parametrize("end", ["closed", "cancelled", "received"])
def test_change_is_refused_with_the_status_when_nothing_more_can_come(
    warehouse: Warehouse, end: str
) -> None:
    purchase = warehouse.purchase([("K1", 10)])
    if end == "received":
        warehouse.receive(purchase, {1: 10})
        warehouse.serve(purchase)
    else:
        warehouse.move(purchase, end)

    refusal = refused(lambda: warehouse.change(purchase, LineChange(1, units=20)))

    assert (refusal.code, refusal.fields) == ("not_changeable", ({"status": end},))


def test_nobody_is_pegged_when_a_draft_is_changed(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 10)], status=PurchaseOrderStatus.DRAFT)
    order = warehouse.order([("K1", 3)])

    told = warehouse.change(purchase, LineChange(1, warehouse.day(2), units=4))

    assert (told["status"], told["lines"][0]["ordered"]) == ("draft", 4)
    assert warehouse.pegs(order) == {}
    warehouse.move(purchase, "approved")
    assert warehouse.pegs(order) == {purchase: 3}


# --- at the same moment ---


def test_both_changes_hold_when_they_come_at_the_same_moment(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 10), ("K2", 10)])
    orders = [warehouse.order([("K1", 4), ("K2", 4)]) for _ in range(3)]

    at_once(
        lambda: warehouse.change(purchase, LineChange(1, units=6)),
        lambda: warehouse.change(purchase, LineChange(2, warehouse.day(8), units=4)),
        lambda: warehouse.change(purchase, LineChange(1, warehouse.day(7))),
        lambda: warehouse.change(purchase, expected_on=warehouse.day(6)),
    )

    assert warehouse.pegs(orders[0]) == {purchase: 8}
    assert sum(sum(warehouse.pegs(order).values()) for order in orders) == 10
    rows = warehouse.rows("SELECT sku, ordered, expected_on FROM supply ORDER BY sku")
    assert [tuple(row) for row in rows] == [
        ("K1", 6, warehouse.day(7)),
        ("K2", 4, warehouse.day(8)),
    ]


def test_pegs_stay_covered_when_receipts_meet_a_change(warehouse: Warehouse) -> None:
    orders = []
    for round_ in range(1, 6):
        purchase = warehouse.purchase([("K1", 10)])
        orders += [warehouse.order([("K1", 3)]) for _ in range(4)]
        results = at_once(
            partial(warehouse.receive, purchase, {1: 6}),
            partial(warehouse.change, purchase, LineChange(1, units=7)),
            partial(warehouse.receive, purchase, {1: 1}),
        )
        warehouse.serve(purchase)
        assert not [result for result in results if isinstance(result, str)]
        full, rest = divmod(7 * round_, 3)
        held = [warehouse.allocated(order) for order in orders]
        assert held[: full + 1] == [3] * full + [rest]
        assert not any(held[full + 1 :])
        assert warehouse.findings() == []


def test_change_is_done_once_when_its_key_comes_twice_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    purchase = warehouse.purchase([("K1", 10)])
    order = warehouse.order([("K1", 10)])
    change = LineChange(1, warehouse.day(9))

    first, second = at_once(*[lambda: warehouse.change(purchase, change, key="one")] * 2)

    assert first == second
    assert len(warehouse.happened(order, "promise_moved")) == 1


# --- what a status starts ---


def test_only_a_change_of_status_allocates_when_the_setting_says_so(warehouse: Warehouse) -> None:
    warehouse.settings(auto_allocate_on="po_status")
    purchase = warehouse.purchase([("K1", 20)])
    order = warehouse.order([("K1", 10)])

    warehouse.stock(10)
    assert warehouse.allocated(order) == 0
    warehouse.change(purchase, LineChange(1, warehouse.day(7), units=15))
    assert warehouse.allocated(order) == 0
    warehouse.move(purchase, "in_transit")

    assert warehouse.allocated(order) == 10
    assert warehouse.parts(order) == [("ready", "A", 10)]


@pytest.mark.parametrize("status", ["arrived", "closed", "cancelled"])
def test_every_change_of_status_allocates_when_the_setting_says_so(
    warehouse: Warehouse, status: str
) -> None:
    warehouse.settings(auto_allocate_on="po_status")
    purchase = warehouse.purchase([("K1", 20)])
    order = warehouse.order([("K1", 10)])
    warehouse.stock(10)

    warehouse.move(purchase, status)

    assert warehouse.allocated(order) == 10


def test_approval_allocates_when_the_setting_asks_for_a_change_of_status(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(auto_allocate_on="po_status")
    draft = warehouse.purchase([("K1", 20)], status=PurchaseOrderStatus.DRAFT)
    order = warehouse.order([("K1", 10)])
    warehouse.stock(10)
    assert warehouse.allocated(order) == 0

    warehouse.move(draft, "approved")

    assert warehouse.allocated(order) == 10


def test_only_the_receipt_that_completes_allocates_when_the_setting_says_so(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(auto_allocate_on="po_status")
    purchase = warehouse.purchase([("K1", 10), ("K2", 1)])
    order = warehouse.order([("K1", 10)])

    warehouse.receive(purchase, {1: 10})
    warehouse.serve(purchase)
    assert warehouse.allocated(order) == 0
    warehouse.receive(purchase, {2: 1})
    warehouse.serve(purchase)

    assert warehouse.allocated(order) == 10


def test_what_waits_is_counted_anew_when_a_peg_counts_as_met_and_nothing_may_go(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(min_po_status="arrived")
    purchase = warehouse.purchase([("K1", 3)])
    order = warehouse.order([("K1", 3), ("K2", 1)], policy={"max_shipments": 1})

    warehouse.move(purchase, "arrived")

    assert warehouse.parts(order) == [("backorder", None, 4)]
    assert warehouse.one("SELECT waiting_units FROM orders WHERE id = :id", id=order) == 1


def test_promise_moves_when_what_was_pegged_came_and_is_not_taken(warehouse: Warehouse) -> None:
    warehouse.settings(auto_allocate="never")
    purchase = warehouse.purchase([("K1", 5)], due=3)
    order = warehouse.order([("K1", 5)])
    assert promised_for(warehouse, order) == [[5, 3]]

    warehouse.receive(purchase, {1: 5})
    warehouse.serve(purchase)

    assert (warehouse.allocated(order), warehouse.pegs(order)) == (0, {})
    assert promised_for(warehouse, order) == [[5, 30]]


def test_shipment_is_released_and_picked_after_the_receipt_when_arrived_is_enough(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(min_po_status="arrived")
    warehouse.stock(2)
    purchase = warehouse.purchase([("K1", 3)])
    order = warehouse.order([("K1", 5)])
    assert warehouse.parts(order) == [("ready", "A", 2), ("backorder", None, 3)]

    warehouse.move(purchase, "in_transit")
    assert ("backorder", None, 3) in warehouse.parts(order)
    warehouse.move(purchase, "arrived")
    assert warehouse.parts(order) == [("ready", "A", 2), ("ready", "A", 3)]
    released = warehouse.shipments("ready")[-1]
    refusal = refused(lambda: warehouse.start_picking(released))
    assert refusal.code == "not_yet_received"

    warehouse.receive(purchase, {1: 3})
    warehouse.serve(purchase)
    assert warehouse.allocated(order) == 5
    warehouse.start_picking(released)
    warehouse.pick(released)


def test_shipment_goes_back_when_the_purchase_order_it_was_released_on_is_cancelled(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(min_po_status="arrived")
    purchase = warehouse.purchase([("K1", 3)])
    order = warehouse.order([("K1", 3)])
    warehouse.move(purchase, "arrived")
    assert warehouse.parts(order) == [("ready", "A", 3)]

    warehouse.move(purchase, "cancelled")

    assert warehouse.parts(order) == [("backorder", None, 3)]
    assert warehouse.pegs(order) == {}
    assert warehouse.status(order) == "awaiting_stock"


def test_shipment_goes_back_when_what_it_was_released_on_will_not_come(
    warehouse: Warehouse,
) -> None:
    warehouse.settings(min_po_status="arrived")
    purchase = warehouse.purchase([("K1", 6)])
    first, second = warehouse.order([("K1", 3)]), warehouse.order([("K1", 3)])
    warehouse.move(purchase, "arrived")

    warehouse.change(purchase, LineChange(1, units=4))

    assert warehouse.parts(first) == [("ready", "A", 3)]
    assert warehouse.parts(second) == [("ready", "A", 1), ("backorder", None, 2)]


def test_what_came_beyond_counts_when_the_line_grows(warehouse: Warehouse) -> None:
    purchase = warehouse.purchase([("K1", 10), ("K2", 1)], number="PO")
    percent = purchase_orders.PurchaseChange(purchase, over_receipt_percent=20)
    purchase_orders.change_purchase_order(warehouse.store, command("change"), percent)
    warehouse.receive(purchase, {1: 12})
    order = warehouse.order([("K1", 20)], policy={"max_shipments": 1})
    warehouse.serve_due()
    assert (warehouse.allocated(order), warehouse.pegs(order)) == (12, {})

    (line, _) = warehouse.change(purchase, LineChange(1, units=20))["lines"]

    assert [line[name] for name in ("received", "over_received", "outstanding")] == [12, 0, 8]
    assert warehouse.pegs(order) == {purchase: 8}
    (line, _) = warehouse.change(purchase, LineChange(1, units=12))["lines"]
    assert [line[name] for name in ("received", "over_received", "outstanding")] == [12, 0, 0]
    warehouse.change(purchase, LineChange(1, units=20))
    assert warehouse.receive(purchase, {1: 8, 2: 1})["status"] == "received"
    warehouse.serve_due()
    assert warehouse.parts(order) == [("ready", "A", 20)]
