"""Who gains and who loses, counted in units and days: who does both counts on both sides."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.insight.gains import Fate, Moved, gain, totals
from fulfillment.domain.insight.impact import Impact, Standing
from fulfillment.domain.model.shipments import Slice
from fulfillment.domain.model.statuses import OrderStatus

TODAY = date(2026, 3, 2)


def promised(*slices: tuple[int, int], allocated: int = 0, cancelled: int = 0) -> Standing:
    """So many units, each so many days from today."""
    return Standing(
        status=OrderStatus.AWAITING_STOCK,
        allocated=allocated,
        not_yet_received=0,
        pegged=0,
        backordered=sum(units for units, _ in slices),
        ready=0,
        cancelled=cancelled,
        promised=tuple(Slice(units, TODAY + timedelta(days)) for units, days in slices),
    )


def change(before: Standing, after: Standing, order: str = "1") -> Impact:
    return Impact(order, before, after)


MIXED = change(promised((2, 5), (3, 10)), promised((2, 1), (3, 20)))


@pytest.mark.parametrize(
    ("impact", "fate"),
    [
        (change(promised((5, 9)), promised((5, 4))), Fate.GAINS),
        (change(promised((5, 4)), promised((5, 9))), Fate.LOSES),
        (MIXED, Fate.BOTH),
        (change(promised((5, 4)), promised((5, 4), allocated=5)), Fate.GAINS),
        (change(promised((5, 4), allocated=5), promised((5, 4))), Fate.LOSES),
        (change(promised((5, 4)), promised((2, 1), cancelled=3)), Fate.OTHERWISE),
    ],
)
def test_an_order_gains_or_loses_or_does_both(impact, fate):
    assert gain(impact).fate is fate


def test_who_gains_and_loses_counts_on_both_sides():
    earlier = change(promised((5, 9)), promised((5, 4)), "2")
    later = change(promised((1, 4)), promised((1, 9)), "3")
    found = totals(gain(one) for one in (MIXED, earlier, later))
    assert (found.orders, found.only_earlier, found.only_later, found.both) == (3, 1, 1, 1)
    assert found.earlier == Moved(2 + 5, 2 * 4 + 5 * 5)
    assert found.later == Moved(3 + 1, 3 * 10 + 1 * 5)


slices = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 30)), min_size=1, max_size=4).map(
    lambda pieces: sorted(pieces, key=lambda piece: piece[1])
)


@given(st.lists(st.tuples(slices, slices), max_size=8))
def test_totals_are_those_of_the_groups_together_whatever_each_order_does(pairs):
    gains = [gain(change(promised(*now), promised(*then), f"{nth}"))
             for nth, (now, then) in enumerate(pairs)]  # fmt: skip
    whole = totals(gains)
    groups = [totals(one for one in gains if one.fate is fate) for fate in Fate]
    assert whole.orders == sum(one.orders for one in groups)
    assert whole.earlier.units == sum(one.earlier.units for one in groups)
    assert whole.later.days == sum(one.later.days for one in groups)
    for one in gains:
        moved = one.earlier.units + one.later.units
        assert moved <= sum(piece.units for piece in one.impact.before.promised)
