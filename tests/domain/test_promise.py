from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from fulfillment.domain.model.orders import Order, OrderLine
from fulfillment.domain.model.policy import Policy
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.shipments import Claim, Peg, Shipment, ShipmentLine, Slice
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.planning.promise import promise

ALL_OR_NOTHING = Policy(max_shipments=1)
TODAY = date(2026, 3, 10)
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
    assert promise(order(line(5, claims=[5])), TODAY) == {1: (Slice(5, TODAY),)}


def test_promise_is_the_date_of_the_peg_when_units_are_pegged():
    due = date(2026, 3, 20)
    assert promise(order(line(5, pegs=[(5, due)])), TODAY) == {1: (Slice(5, due),)}


def test_promise_is_placed_on_plus_default_when_no_supply_gives_a_date():
    assert promise(order(line(5)), TODAY) == {1: (Slice(5, FALLBACK),)}


def test_promise_is_a_week_from_today_when_the_default_has_passed():
    assert promise(order(line(5), days=0), TODAY) == {1: (Slice(5, date(2026, 3, 17)),)}


def test_promise_is_cut_in_slices_when_units_come_at_different_times():
    due = date(2026, 3, 20)
    parts = line(10, claims=[2, 1], pegs=[(4, due)])
    expected = (Slice(3, TODAY), Slice(4, due), Slice(3, FALLBACK))
    assert promise(order(parts), TODAY) == {1: expected}


def test_slices_are_merged_when_their_dates_are_equal():
    due = date(2026, 3, 20)
    first, second = line(3, pegs=[(1, due), (2, due)]), line(4, pegs=[(4, due)], id_=2)
    assert promise(order(first, second), TODAY) == {1: (Slice(7, due),)}


def test_promise_falls_back_when_the_date_of_the_peg_has_passed_or_is_not_known():
    passed, unknown = (2, date(2026, 3, 9)), (3, date.max)
    assert promise(order(line(5, pegs=[passed, unknown])), TODAY) == {1: (Slice(5, FALLBACK),)}


def test_promise_counts_a_peg_when_it_is_due_today():
    assert promise(order(line(5, pegs=[(5, TODAY)])), TODAY) == {1: (Slice(5, TODAY),)}


def test_nothing_is_promised_when_everything_is_shipped():
    assert promise(order(line(5), status=ShipmentStatus.SHIPPED), TODAY) == {1: ()}


def test_each_line_has_its_own_promise_when_lines_share_a_sku():
    found = promise(order(line(1, claims=[1]), line(2, number=2, id_=2)), TODAY)
    assert found == {1: (Slice(1, TODAY),), 2: (Slice(2, FALLBACK),)}


def test_everything_is_promised_for_one_day_when_it_goes_in_the_last_wave():
    waits = replace(order(line(1, claims=[1]), line(2, number=2, id_=2)), policy=ALL_OR_NOTHING)
    assert promise(waits, TODAY) == {1: (Slice(1, FALLBACK),), 2: (Slice(2, FALLBACK),)}
