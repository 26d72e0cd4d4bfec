from dataclasses import replace
from typing import Any

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from fulfillment.domain.model.supply import Product
from tests.builders.values import (
    allocated,
    claim,
    claimed,
    line,
    order,
    parts,
    planned,
    shipment,
    snapshot,
    stock,
)

ALL_OR_NOTHING = {"max_shipments": 1}
STRICT = Product("K1", backorder_allowed=False)
UNMANAGED = Product("K1", managed=False)


def holding(number: int, units: int, held: int, **more: Any) -> Order:
    """An order of one line that waits and has claims."""
    row = line(units=units, id_=number * 100 + 1, claims=[claim(held)])
    return order(number, shipments=[shipment(row, id_=number * 10 + 1)], **more)


def test_two_lines_share_what_there_is_when_they_want_one_sku():
    plan = planned(snapshot(order(1, [("K1", 3), ("K1", 3)]), levels=[stock(5)]))

    assert claimed(plan[1]) == {(1, "A"): 3, (2, "A"): 2}
    assert parts(plan[1]) == [("ready", "A", {1: 3, 2: 2}), ("backorder", None, {2: 1})]


def test_a_product_never_waits_when_its_stock_is_not_managed():
    plan = planned(snapshot(order(1, [("K1", 9)]), products=[UNMANAGED]))

    assert parts(plan[1]) == [("ready", "A", {1: 9})]


def test_an_unmanaged_product_goes_where_the_rest_goes_when_there_is_a_rest():
    plan = planned(
        snapshot(
            order(1, [("K1", 1), ("K2", 2)]), levels=[stock(2, "K2", "B")], products=[UNMANAGED]
        )
    )

    assert parts(plan[1]) == [("ready", "B", {1: 1, 2: 2})]


def test_the_head_takes_all_there_is_when_it_wants_more():
    plan = planned(
        snapshot(
            order(1, [("K1", 7)], policy=ALL_OR_NOTHING),
            order(2, [("K1", 5)], policy=ALL_OR_NOTHING),
            levels=[stock(5)],
        )
    )

    assert (allocated(plan[1]), allocated(plan[2])) == (5, 0)
    assert {plan[1].status, plan[2].status} == {OrderStatus.AWAITING_STOCK}


def test_exactly_one_gets_the_unit_when_fifty_want_it():
    plan = planned(snapshot(*(order(number) for number in range(50, 0, -1)), levels=[stock(1)]))

    assert [number for number, each in plan.items() if allocated(each)] == [1]
    assert list(plan) == list(range(1, 51))


def test_a_place_in_line_is_kept_when_an_order_can_not_be_completed():
    plan = planned(
        snapshot(
            order(1, [("K1", 1), ("K2", 1)], policy=ALL_OR_NOTHING),
            order(2, [("K1", 1)]),
            levels=[stock(1)],
        )
    )

    assert claimed(plan[1]) == {(1, "A"): 1}
    assert allocated(plan[2]) == 0


def test_a_claim_moves_when_a_waiting_order_gets_ahead_of_its_holder():
    plan = planned(
        snapshot(
            holding(1, 3, 1, policy=ALL_OR_NOTHING),
            order(2, [("K1", 1)], priority=40),
        )
    )

    assert parts(plan[2]) == [("ready", "A", {1: 1})]
    assert allocated(plan[1]) == 0


def test_nothing_moves_when_the_later_order_is_ready():
    ready = shipment(line(units=5, id_=201, claims=[claim(5)]), status=ShipmentStatus.READY, at="A")
    plan = planned(snapshot(order(1, [("K1", 5)], priority=10), order(2, shipments=[ready])))

    assert (allocated(plan[1]), allocated(plan[2])) == (0, 5)


def test_nothing_moves_when_rebalance_is_off():
    plan = planned(
        snapshot(
            order(2, [("K1", 1)], priority=10, policy={"rebalance": "off"}),
            holding(3, 2, 1, policy=ALL_OR_NOTHING),
        )
    )

    assert (allocated(plan[2]), allocated(plan[3])) == (0, 1)


def test_units_in_hands_stay_when_an_earlier_order_lacks_them():
    row = line(units=3, id_=201, claims=[claim(2, staged=1)])
    holder = order(2, policy=ALL_OR_NOTHING, shipments=[shipment(row, id_=21)])
    plan = planned(snapshot(order(1, [("K1", 5)], priority=10, policy=ALL_OR_NOTHING), holder))

    assert (allocated(plan[1]), allocated(plan[2])) == (1, 1)


def test_the_last_in_rank_loses_first_when_several_hold_units():
    plan = planned(
        snapshot(
            order(1, [("K1", 3)], priority=10),
            holding(2, 3, 2, policy=ALL_OR_NOTHING),
            holding(3, 3, 2, policy=ALL_OR_NOTHING),
        )
    )

    assert [allocated(plan[number]) for number in (1, 2, 3)] == [3, 1, 0]


def test_the_units_of_a_cancelled_order_serve_the_next_when_it_ends():
    first = holding(1, 3, 2, policy=ALL_OR_NOTHING)
    waiting = [order(number, policy=ALL_OR_NOTHING) for number in (2, 3)]
    still = planned(snapshot(first, *waiting))
    freed = planned(snapshot(*waiting, levels=[stock(2)]))

    assert [allocated(still[number]) for number in (1, 2, 3)] == [2, 0, 0]
    assert [freed[number].status for number in (2, 3)] == [OrderStatus.AWAITING_PICK_AND_PACK] * 2


def test_only_its_lock_serves_an_order_when_it_is_locked():
    plan = planned(snapshot(order(1, [("K1", 5)], lock="B"), levels=[stock(9), stock(2, at="B")]))

    assert claimed(plan[1]) == {(1, "B"): 2}


def test_only_the_store_serves_an_order_when_it_is_picked_up_there():
    waits = planned(snapshot(order(1, pickup="B"), levels=[stock(9)]))
    served = planned(snapshot(order(1, pickup="B"), levels=[stock(9), stock(1, at="B")]))

    assert waits[1].status is OrderStatus.AWAITING_STOCK
    assert parts(served[1]) == [("ready", "B", {1: 1})]


def test_a_later_order_is_served_when_the_earlier_may_not_use_the_location():
    plan = planned(snapshot(order(1, lock="B"), order(2), levels=[stock(1)]))

    assert (allocated(plan[1]), allocated(plan[2])) == (0, 1)


def test_an_order_claims_when_it_is_on_hold_or_unverified():
    plan = planned(
        snapshot(order(1, holds=("fraud",)), order(2, verified=False), order(3), levels=[stock(2)])
    )

    assert [allocated(plan[number]) for number in (1, 2, 3)] == [1, 1, 0]
    assert parts(plan[1]) == parts(plan[2]) == [("backorder", None, {1: 1})]


def test_a_shipment_is_not_touched_when_it_is_being_picked():
    picking = shipment(
        line(units=2, id_=301, claims=[claim(2)]), status=ShipmentStatus.PICKING, at="A"
    )
    mine = order(3, shipments=[picking])
    plan = planned(snapshot(order(1, [("K1", 2)], priority=1), mine))

    assert plan[3].shipments == mine.shipments


def test_other_queues_are_left_alone_when_a_sku_is_not_locked():
    given = snapshot(order(1, [("K1", 1), ("K2", 1)]), levels=[stock(1), stock(1, "K2")])
    plan = planned(replace(given, skus=frozenset({"K2"})))

    assert claimed(plan[1]) == {(2, "A"): 1}


def test_the_order_is_rejected_when_a_line_may_not_wait_at_its_first_claim():
    plan = planned(
        snapshot(
            order(1, [("K1", 2), ("K2", 1)]),
            order(2, [("K2", 1)]),
            levels=[stock(1), stock(1, "K2")],
            products=[STRICT],
            first_claims=[1],
        )
    )

    assert plan[1].status is OrderStatus.REJECTED
    assert allocated(plan[1]) == 0
    assert [row.cancelled for row in plan[1].lines] == [2, 1]
    assert allocated(plan[2]) == 1


def test_the_order_is_not_rejected_when_its_first_claim_was_before():
    plan = planned(snapshot(order(1, [("K1", 2)]), levels=[stock(1)], products=[STRICT]))

    assert plan[1].status is OrderStatus.PARTIALLY_BACKORDERED


def test_the_order_is_not_rejected_when_the_line_that_may_not_wait_is_met():
    plan = planned(
        snapshot(
            order(1, [("K1", 1), ("K2", 1)]),
            levels=[stock(1)],
            products=[STRICT],
            first_claims=[1],
        )
    )

    assert plan[1].status is OrderStatus.PARTIALLY_BACKORDERED


def test_units_taken_from_later_orders_go_back_when_the_taker_is_rejected():
    plan = planned(
        snapshot(
            order(1, [("K1", 3)], priority=1),
            holding(2, 3, 2, policy=ALL_OR_NOTHING),
            products=[STRICT],
            first_claims=[1],
        )
    )

    assert plan[1].status is OrderStatus.REJECTED
    assert allocated(plan[2]) == 2


def test_an_earlier_order_is_served_when_a_later_one_is_rejected():
    held = line(units=2, id_=201, claims=[claim(1)])
    later = order(2, shipments=[shipment(held, id_=21)], first_claimed=False)
    plan = planned(
        snapshot(order(1, policy={"rebalance": "off"}), later, products=[STRICT], first_claims=[2])
    )

    assert plan[2].status is OrderStatus.REJECTED
    assert allocated(plan[1]) == 1
