"""What goes through the lane, what is left to the planner, and what happens in between."""

from collections.abc import Callable

import pytest

from fulfillment.store.commands import catalogue
from fulfillment.store.commands.orders import manual
from fulfillment.store.queue import head
from tests.builders.long_queue import wait_in_line
from tests.builders.warehouse import MERCHANT, Warehouse

pytestmark = pytest.mark.slow


def received(warehouse: Warehouse, units: int) -> str:
    """A purchase order of which so many units have come, and nobody has been served."""
    purchase = warehouse.purchase([("K1", 100)])
    warehouse.receive(purchase, {1: units})
    return purchase


def serve_all(warehouse: Warehouse, purchase: str) -> None:
    while warehouse.serve(purchase):
        pass


def statuses(warehouse: Warehouse) -> list[str]:
    return [row.status for row in warehouse.rows("SELECT status FROM orders ORDER BY id")]


READY, WAITS = "awaiting_pick_and_pack", "awaiting_stock"


def test_the_first_in_rank_are_filled_when_there_is_not_enough_for_all(warehouse, lane):
    purchase = warehouse.purchase([("K1", 100)])
    for _ in range(5):
        warehouse.order([("K1", 2)])
    warehouse.receive(purchase, {1: 7})
    serve_all(warehouse, purchase)
    assert statuses(warehouse) == [READY] * 3 + ["partially_backordered", WAITS]
    assert lane.lines == 3


def test_lines_behind_one_that_is_not_plain_are_filled_with_what_is_left_over(warehouse, lane):
    purchase = warehouse.purchase([("K1", 100)])
    warehouse.order([("K1", 2), ("K2", 1)])
    plain = [warehouse.order([("K1", 2)]) for _ in range(3)]
    warehouse.receive(purchase, {1: 6})
    serve_all(warehouse, purchase)
    assert [warehouse.allocated(each) for each in plain] == [2, 2, 0]
    assert lane.lines == 2


def lock(warehouse: Warehouse, order: int) -> None:
    warehouse.do(manual.lock(warehouse.number(order), "A"))


def leave_to_a_person(warehouse: Warehouse, order: int) -> None:
    warehouse.stock(1)
    warehouse.do(manual.unallocate(warehouse.number(order)))


def authorise_first(warehouse: Warehouse, _: int) -> None:
    new = catalogue.NewMerchant(MERCHANT, "Acme", authorise_before_release=True)
    catalogue.put_merchant(warehouse.store, new)
    warehouse.serve_due()


NOT_PLAIN: dict[str, Callable[[Warehouse, int], object]] = {
    "its order is on hold": lambda w, order: w.hold(order),
    "it is locked": lock,
    "it is left to a person": leave_to_a_person,
    "its gate is shut": lambda w, order: w.do(
        manual.policy(w.number(order), {"auto_allocate": "never"})
    ),
    "its gate decides": lambda w, order: w.do(
        manual.policy(w.number(order), {"auto_allocate": "complete_only"})
    ),
    "a person prepares it": lambda w, order: w.do(
        manual.policy(w.number(order), {"prepare": "manual"})
    ),
    "settings are being changed": lambda w, _: w.settings(routing="location_priority"),
    "stock is given out by status": lambda w, _: w.settings(auto_allocate_on="po_status"),
    "stock may be taken from who is ready": lambda w, _: w.settings(rebalance="unpicked"),
    "its payment comes first": authorise_first,
}


@pytest.mark.parametrize("why", NOT_PLAIN)
def test_a_line_is_left_to_the_planner_when(why, warehouse, lane):
    order = warehouse.order([("K1", 2)])
    NOT_PLAIN[why](warehouse, order)
    purchase = received(warehouse, 10)
    warehouse.serve(purchase)
    assert lane.lines == 0
    warehouse.serve_due()


def test_nobody_is_filled_behind_one_whose_first_claim_is_to_come(warehouse, lane, monkeypatch):
    order = warehouse.order([("K1", 2)])
    purchase = received(warehouse, 3)
    newcomer = warehouse.take([("K1", 2)], priority=10)
    # Somebody else is at that claim, and has not made it yet.
    monkeypatch.setattr("fulfillment.store.planning.distribution.claim_next", print)
    serve_all(warehouse, purchase)
    assert lane.lines == 0
    assert [warehouse.allocated(each) for each in (newcomer, order)] == [2, 1]


def test_nobody_is_filled_behind_one_that_may_leave_units_at_an_earlier_place(warehouse, lane):
    warehouse.stock(1, at="A")
    warehouse.order([("K1", 3)], policy={"max_shipments": 1})
    behind = warehouse.order([("K1", 1)])
    purchase = warehouse.purchase([("K1", 100)], at="B")
    warehouse.receive(purchase, {1: 4}, at="B")
    serve_all(warehouse, purchase)
    assert lane.lines == 0
    # The first goes from B as a whole, and what it had at A is for the next.
    assert warehouse.parts(behind) == [("ready", "A", 1)]


@pytest.mark.new_database
def test_a_long_queue_is_filled_batch_by_batch_under_one_plan_for_any_numbers(
    warehouse, lane, statements
):
    many = 6_000
    wait_in_line(warehouse, many)
    purchase = warehouse.purchase([("K1", many)])
    warehouse.receive(purchase, {1: many})
    with statements() as sent:
        serve_all(warehouse, purchase)
    assert lane.lines == many
    assert warehouse.one("SELECT count(*) FROM orders WHERE status = :s", s=READY) == many
    assert len(sent) < 30 * (many // head.BATCH + 1)
