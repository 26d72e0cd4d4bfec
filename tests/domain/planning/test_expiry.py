"""`auto_cancel_days`: what still waits then is cancelled, unless supply is due by that day."""

from dataclasses import replace
from typing import Any

import pytest

from fulfillment.domain.insight.history import happenings
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from fulfillment.domain.planning.expiry import (
    NEVER,
    CancelsBy,
    cancels_by,
    cancels_on,
    with_cancel_date,
)
from tests.builders.values import (
    TODAY,
    allocated,
    claim,
    day,
    line,
    order,
    parts,
    peg,
    pegged,
    planned,
    shipment,
    snapshot,
    stock,
    supply,
)
from tests.domain.stories import Story, look

TEN: dict[str, Any] = {"auto_cancel_days": 10}
LAST = 9
"""Days from today to the tenth after the orders of these tests were placed: yesterday."""


def waited(mine: Order, days: int = LAST, **more: Any) -> Order:
    given = replace(snapshot(mine, **more), today=day(days))
    return planned(given)[mine.id]


def test_what_waits_is_cancelled_when_its_day_has_come():
    mine = order(1, [("K1", 5)], policy=TEN)

    assert cancels_on(mine) == day(LAST)
    assert waited(mine, LAST - 1).status is OrderStatus.AWAITING_STOCK
    assert waited(mine).status is OrderStatus.CANCELLED
    assert waited(mine, LAST + 30).status is OrderStatus.CANCELLED


def test_nothing_is_ever_cancelled_when_no_days_are_set():
    mine = order(1, [("K1", 5)])

    assert cancels_on(mine) is None
    assert waited(mine, 3_000).status is OrderStatus.AWAITING_STOCK


def test_what_is_allocated_stays_and_goes_when_the_rest_is_cancelled():
    mine = order(1, [("K1", 5), ("K2", 1)], policy=TEN | {"max_shipments": 1})
    after = waited(mine, levels=[stock(3)])

    assert parts(after) == [("ready", "A", {1: 3})]
    assert [row.cancelled for row in after.lines] == [2, 1]


@pytest.mark.parametrize(("due", "left"), [(LAST, 5), (LAST + 1, 0)])
def test_units_that_are_due_by_that_day_stay(due, left):
    after = waited(order(1, [("K1", 5)], policy=TEN), supplies=[supply(5, due=due)])

    assert after.lines[0].ordered - after.lines[0].cancelled == left


def test_only_what_has_no_supply_in_time_is_cancelled():
    supplies = [supply(2, due=LAST), supply(9, due=LAST + 5, number=2)]
    after = waited(order(1, [("K1", 5)], policy=TEN), supplies=supplies)

    assert parts(after) == [("backorder", None, {1: 2})]
    assert (after.lines[0].cancelled, pegged(after)) == (3, {(1, 1): 2})


def test_a_pin_on_what_is_too_late_goes_with_its_units_and_one_in_time_stays():
    """Kept whole, more would be pinned than the line has units."""
    pegs = [peg(2, 1, due=LAST, pinned=True), peg(3, 2, due=LAST + 5, pinned=True)]
    policy = TEN | {"future_inventory": True}
    mine = order(
        1, shipments=[shipment(line(units=6, pegs=[*pegs, peg(1, 3, due=1)]))], policy=policy
    )
    supplies = [
        supply(2, due=LAST), supply(3, due=LAST + 5, number=2), supply(1, due=LAST, number=3),
    ]  # fmt: skip
    after = waited(mine, supplies=supplies)

    assert (after.lines[0].cancelled, pegged(after)) == (3, {(1, 1): 2, (1, 3): 1})
    assert sum(row.units for part in after.live for row in part.lines) == 3


def test_units_are_cancelled_when_the_supply_that_kept_them_is_late():
    story = Story(order(1, [("K1", 5)], policy=TEN), supplies=[supply(5, due=LAST)])
    story.later(LAST)
    assert look(story[1]) == "awaiting_stock: backorder K1 0/5"

    assert story.later(1)[1].status is OrderStatus.CANCELLED


def test_a_dated_shipment_is_cancelled_when_its_date_is_too_late():
    mine = order(1, [("K1", 5)], policy=TEN | {"future_inventory": True})
    story = Story(mine, supplies=[supply(5, due=LAST + 1)])
    assert look(story[1]) == "awaiting_stock: future A K1 0/5"

    assert story.later(LAST)[1].status is OrderStatus.CANCELLED


def test_pegs_of_what_is_cancelled_serve_the_next_order():
    story = Story(
        order(1, [("K1", 5)], policy=TEN), order(2, [("K1", 5)]), supplies=[supply(5, due=LAST + 1)]
    )
    assert (pegged(story[1]), pegged(story[2])) == ({(1, 1): 5}, {})

    story.later(LAST)

    assert pegged(story[2]) == {(1, 1): 5}


@pytest.mark.parametrize("status", [ShipmentStatus.READY, ShipmentStatus.PICKING])
def test_what_is_released_stays_when_the_rest_is_cancelled(status):
    ready = shipment(line(claims=[claim(1)]), status=status, at="A", wave=1)
    rest = shipment(line("K2", number=2, id_=102), number=2, id_=12)
    after = waited(order(1, shipments=[ready, rest], policy=TEN))

    assert parts(after) == [(str(status), "A", {1: 1})]
    assert [row.cancelled for row in after.lines] == [0, 1]


def test_a_released_shipment_that_is_not_received_yet_stays():
    policy = TEN | {"min_po_status": "arrived"}
    row = line(units=2, pegs=[peg(2, due=LAST + 3, status="arrived")])
    mine = order(1, shipments=[shipment(row, status=ShipmentStatus.READY, at="A", wave=1)],
                 policy=policy)  # fmt: skip

    after = waited(mine, supplies=[supply(2, due=LAST + 3, status="arrived")])

    assert parts(after) == [("ready", "A", {1: 2})]


def test_what_was_shipped_stays_shipped_when_the_rest_is_cancelled():
    mine = order(1, [("K1", 5)], policy=TEN)
    story = Story(mine, levels=[stock(3)]).dispatched(1, 1).later(LAST)

    assert story[1].status is OrderStatus.SHIPPED
    assert (story[1].lines[0].shipped, story[1].lines[0].cancelled) == (3, 2)


def test_an_order_is_not_cancelled_before_its_first_claim():
    mine = order(1, [("K1", 5)], policy=TEN, first_claimed=False)

    assert waited(mine).status is not OrderStatus.CANCELLED


def test_a_held_order_is_cancelled_too_when_it_waited_too_long():
    after = waited(order(1, [("K1", 5)], policy=TEN, holds=("fraud",)), levels=[stock(2)])

    assert (allocated(after), after.lines[0].cancelled) == (2, 3)


def test_it_is_told_once_with_its_days_and_units():
    story = Story(order(1, [("K1", 5)], policy=TEN), levels=[stock(2)]).later(LAST).later(1)
    after = waited(order(1, [("K1", 5)], policy=TEN), levels=[stock(2)])

    assert [(note.kind, note.facts) for note in after.notes] == [
        ("waited_too_long", {"days": 10, "units": 3})
    ]
    assert story.history[1].count("waited_too_long") == 1


# --- a person's day ------------------------------------------------------------------------------


def test_a_persons_day_goes_before_the_policys_and_is_given_back():
    mine = order(1, [("K1", 5)], policy=TEN)
    later = with_cancel_date(mine, day(LAST + 5), TODAY)

    assert (cancels_on(mine), cancels_by(mine)) == (day(LAST), CancelsBy.POLICY)
    assert (cancels_on(later), cancels_by(later)) == (day(LAST + 5), CancelsBy.PERSON)
    assert waited(later, LAST + 4).status is OrderStatus.AWAITING_STOCK
    assert waited(later, LAST + 5).status is OrderStatus.CANCELLED
    assert cancels_on(with_cancel_date(later, None, TODAY)) == day(LAST)


def test_an_order_waits_for_ever_when_a_person_says_so():
    mine = with_cancel_date(order(1, [("K1", 5)], policy=TEN), NEVER, TODAY)

    assert (cancels_on(mine), cancels_by(mine)) == (None, CancelsBy.PERSON)
    assert waited(mine, 3_000).status is OrderStatus.AWAITING_STOCK


def test_an_order_without_a_limit_gets_a_day_of_its_own():
    mine = order(1, [("K1", 5)])
    dated = with_cancel_date(mine, day(3), TODAY)

    assert cancels_by(mine) is None
    assert waited(dated, 3).status is OrderStatus.CANCELLED
    assert [note.facts for note in waited(dated, 3, levels=[stock(2)]).notes] == [
        {"cancel_on": day(3).isoformat(), "units": 3}
    ]


@pytest.mark.parametrize(("due", "left"), [(3, 5), (4, 0)])
def test_units_that_are_due_by_a_persons_day_stay(due, left):
    mine = with_cancel_date(order(1, [("K1", 5)]), day(3), TODAY)
    after = waited(mine, 3, supplies=[supply(5, due=due)])

    assert after.lines[0].ordered - after.lines[0].cancelled == left


def test_a_day_that_is_over_is_refused_and_today_is_not():
    mine = order(1, [("K1", 5)])
    with pytest.raises(RefusedError) as refusal:
        with_cancel_date(mine, day(-1), TODAY)

    assert refusal.value.code == "date_is_over"
    assert waited(with_cancel_date(mine, TODAY, TODAY), 0).status is OrderStatus.CANCELLED


def test_it_is_told_how_a_persons_day_moved():
    mine = order(1, [("K1", 5)])
    moves = [(mine, day(3)), (with_cancel_date(mine, day(3), TODAY), NEVER)]
    told = [
        (change.kind, change.facts)
        for before, on in moves
        for change in happenings(before, with_cancel_date(before, on, TODAY), TODAY)
    ]

    assert told == [
        ("cancel_date_changed", {"from": "the policy's", "to": day(3).isoformat()}),
        ("cancel_date_changed", {"from": day(3).isoformat(), "to": "never"}),
    ]
