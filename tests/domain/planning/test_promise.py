from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from fulfillment.domain.model.orders import Order, OrderLine
from fulfillment.domain.model.policy import Policy
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.shipments import Claim, Peg, Shipment, ShipmentLine, Slice
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.working_days import ShipDays, WorkDays
from fulfillment.domain.planning.promise import promise, promised

ALL_OR_NOTHING = Policy(max_shipments=1)
TODAY = date(2026, 3, 10)
DAYS = ShipDays(TODAY)
FALLBACK = date(2026, 3, 31)
PLACED = datetime(2026, 3, 1, 12, tzinfo=UTC)


def line(
    units: int,
    *,
    claims: Sequence[int] = (),
    pegs: Sequence[tuple[int, date]] = (),
    number: int = 1,
    id_: int = 1,
) -> ShipmentLine:
    return ShipmentLine(
        id_,
        number,
        "TEA",
        units,
        tuple(Claim("vienna", held) for held in claims),
        tuple(Peg(index, held, "vienna", on) for index, (held, on) in enumerate(pegs)),
    )


def order(
    *lines: ShipmentLine, status: ShipmentStatus = ShipmentStatus.BACKORDER, days: int = 30
) -> Order:
    return Order(
        id=1,
        merchant="acme",
        number="SO-1",
        rank=Rank(50, PLACED, 1),
        policy=Policy(default_backorder_days=days),
        lines=tuple(OrderLine(n, "TEA", 10) for n in sorted({x.order_line for x in lines} or {1})),
        shipments=(Shipment(1, 1, status, lines),) if lines else (),
        placed_at=PLACED,
        placed_on=PLACED.date(),
    )


def test_promise_is_today_when_units_are_allocated():
    assert promise(order(line(5, claims=[5])), DAYS) == {1: (Slice(5, TODAY),)}


def test_promise_is_the_date_of_the_peg_when_units_are_pegged():
    due = date(2026, 3, 20)
    assert promise(order(line(5, pegs=[(5, due)])), DAYS) == {1: (Slice(5, due),)}


def test_promise_is_placed_on_plus_default_when_no_supply_gives_a_date():
    assert promise(order(line(5)), DAYS) == {1: (Slice(5, FALLBACK),)}


def test_promise_is_a_week_from_today_when_the_default_has_passed():
    assert promise(order(line(5), days=0), DAYS) == {1: (Slice(5, date(2026, 3, 17)),)}


def test_promise_is_cut_in_slices_when_units_come_at_different_times():
    due = date(2026, 3, 20)
    parts = line(10, claims=[2, 1], pegs=[(4, due)])
    expected = (Slice(3, TODAY), Slice(4, due), Slice(3, FALLBACK))
    assert promise(order(parts), DAYS) == {1: expected}


def test_slices_are_merged_when_their_dates_are_equal():
    due = date(2026, 3, 20)
    first, second = line(3, pegs=[(1, due), (2, due)]), line(4, pegs=[(4, due)], id_=2)
    assert promise(order(first, second), DAYS) == {1: (Slice(7, due),)}


def test_promise_falls_back_when_the_date_of_the_peg_has_passed_or_is_not_known():
    passed, unknown = (2, date(2026, 3, 9)), (3, date.max)
    assert promise(order(line(5, pegs=[passed, unknown])), DAYS) == {1: (Slice(5, FALLBACK),)}


def test_promise_counts_a_peg_when_it_is_due_today():
    assert promise(order(line(5, pegs=[(5, TODAY)])), DAYS) == {1: (Slice(5, TODAY),)}


def test_nothing_is_promised_when_everything_is_shipped():
    assert promise(order(line(5), status=ShipmentStatus.SHIPPED), DAYS) == {1: ()}


def test_each_line_has_its_own_promise_when_lines_share_a_sku():
    found = promise(order(line(1, claims=[1]), line(2, number=2, id_=2)), DAYS)
    assert found == {1: (Slice(1, TODAY),), 2: (Slice(2, FALLBACK),)}


def test_everything_is_promised_for_one_day_when_it_goes_in_the_last_wave():
    waits = replace(order(line(1, claims=[1]), line(2, number=2, id_=2)), policy=ALL_OR_NOTHING)
    assert promise(waits, DAYS) == {1: (Slice(1, FALLBACK),), 2: (Slice(2, FALLBACK),)}


# --- calendars -----------------------------------------------------------------------------------

FRIDAY = date(2026, 11, 27)
MONDAY_TO_FRIDAY = frozenset(range(1, 6))


def calendar(handling_days: int = 0, *closed: date) -> WorkDays:
    return WorkDays(UTC, time(15), MONDAY_TO_FRIDAY, lambda day: day in closed, handling_days)


def seen(now: datetime, handling_days: int = 0, *closed: date) -> ShipDays:
    return ShipDays(now.date(), now, {"vienna": calendar(handling_days, *closed)})


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "handling_days", "leaves"),
    [
        (at(27), 0, FRIDAY),
        (at(27, 16), 0, date(2026, 11, 30)),
        (at(28), 0, date(2026, 11, 30)),
        (at(28), 5, date(2026, 12, 7)),
    ],
)
def test_what_is_allocated_is_promised_for_the_day_on_which_it_can_ship(
    now: datetime, handling_days: int, leaves: date
):
    told = promise(order(line(5, claims=[5])), seen(now, handling_days))
    assert told == {1: (Slice(5, leaves),)}


@pytest.mark.parametrize(
    ("due", "handling_days", "leaves"),
    [
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
        (date(2026, 12, 5), 0, date(2026, 12, 7)),
        (date(2026, 12, 4), 1, date(2026, 12, 7)),
    ],
)
def test_what_is_pegged_is_promised_for_the_first_such_day_once_it_is_there(
    due: date, handling_days: int, leaves: date
):
    told = promise(order(line(5, pegs=[(5, due)])), seen(at(27), handling_days))
    assert told == {1: (Slice(5, leaves),)}


def test_what_is_released_keeps_the_day_that_its_release_found():
    released = order(line(5, claims=[5]), status=ShipmentStatus.READY)
    due = replace(released.shipments[0], target_ship_on=date(2026, 12, 2))
    late = replace(released.shipments[0], target_ship_on=date(2026, 11, 26))
    days = seen(at(27), 5)
    assert promise(replace(released, shipments=(due,)), days) == {1: (Slice(5, date(2026, 12, 2)),)}
    assert promise(replace(released, shipments=(late,)), days) == {1: (Slice(5, FRIDAY),)}


def test_a_holiday_that_is_added_moves_the_promise_and_never_the_first():
    mine = replace(order(line(5, claims=[5])), first_claimed=True)
    before = promised(mine, seen(at(28)))
    after = promised(before, seen(at(28), 0, date(2026, 11, 30)))
    assert before.lines[0].promise == (Slice(5, date(2026, 11, 30)),)
    assert after.lines[0].promise == (Slice(5, date(2026, 12, 1)),)
    assert after.lines[0].first_promise == before.lines[0].first_promise == before.lines[0].promise
