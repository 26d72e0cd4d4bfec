"""Rows and bands of a queue's picture add up, whatever is drawn."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.insight.coming_supply import ComingSupply, DateState, date_state, in_time
from fulfillment.domain.insight.queue_picture import (
    Band,
    Found,
    QueueFacts,
    QueuePicture,
    QueueRow,
    Tied,
    picture_of,
)
from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.statuses import OrderStatus, PurchaseOrderStatus, ShipmentStatus

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = NOON.date()
DRAWN, HIDDEN = (1, 2), 3
"""Supplies that are drawn, and one that is elsewhere."""


def row(at: int, pegs: tuple[tuple[int, int], ...], uncovered: int) -> QueueRow:
    tied = tuple(Tied(supply, units) for supply, units in pegs)
    wanted = uncovered + sum(units for _, units in pegs)
    return QueueRow(
        shipment_line=at, order_id=at, order=f"O{at}", order_line=1, place=at,
        rank=Rank(50, NOON, at), order_status=OrderStatus.AWAITING_STOCK,
        status=ShipmentStatus.BACKORDER, gate="open", bound_to=None,
        units=wanted, wanted=wanted, pegs=tied,
    )  # fmt: skip


def supply(id_: int, pegged: int = 0, **more: object) -> ComingSupply:
    known: dict[str, object] = {
        "kind": SupplyKind.PURCHASE_ORDER, "document": f"P{id_}", "line": 1, "location": "A",
        "expected_on": TODAY, "outstanding": pegged, "state": DateState.DATED,
    }  # fmt: skip
    return ComingSupply(id=id_, pegged=pegged, **(known | more))  # type: ignore[arg-type]


def drawn_of(rows: list[QueueRow], head: int, found: slice) -> QueuePicture:
    """The picture of a queue of which so many lines are drawn from its head, and some more."""
    units = sum(one.wanted for one in rows)
    without = [one for one in rows if one.uncovered]
    return picture_of(
        QueueFacts(
            sku="K1", name="", managed=True, today=TODAY, there=None, locations=(), stock=(),
            supplies=tuple(supply(id_, sum(one.on(id_) for one in rows)) for id_ in DRAWN),
            head=tuple(rows[:head]),
            found=Found("O1", 1, tuple(rows[found])),
            waiting=Band(len(rows), units),
            unpegged=Band(len(without), sum(one.uncovered for one in without)),
            holding=Band(),
        )
    )  # fmt: skip


PEGS = st.lists(
    st.tuples(st.sampled_from((*DRAWN, HIDDEN)), st.integers(1, 9)), max_size=3,
    unique_by=lambda peg: peg[0],
).map(tuple)  # fmt: skip
LINES = st.lists(st.tuples(PEGS, st.integers(0, 9)).filter(any), max_size=12)


@given(lines=LINES, head=st.integers(0, 12), start=st.integers(0, 12), more=st.integers(0, 4))
def test_rows_and_bands_are_what_waits(lines, head, start, more):
    rows = [row(at, *line) for at, line in enumerate(lines, 1)]
    picture = drawn_of(rows, head, slice(start, start + more))

    assert len(picture.rows) == len({one.shipment_line for one in picture.rows})
    assert [one.place for one in picture.rows] == sorted(one.place for one in picture.rows)
    bands = [*picture.bands.values(), picture.band_elsewhere, picture.band_uncovered]
    told = sum(one.wanted for one in picture.rows) + sum(band.units for band in bands)
    assert told == sum(one.wanted for one in rows)
    for one in picture.supplies:
        assert sum(r.on(one.id) for r in picture.rows) + picture.bands[one.id].units == one.pegged
    assert picture.elsewhere == sum(one.on(HIDDEN) for one in rows)
    hidden = [one for one in rows if one not in picture.rows]
    assert picture.band_uncovered == Band(
        sum(one.uncovered > 0 for one in hidden), sum(one.uncovered for one in hidden)
    )


@pytest.mark.parametrize(
    ("location", "days", "status", "state"),
    [
        ("A", 0, None, DateState.DATED),
        ("A", -1, None, DateState.OVERDUE),
        ("B", -1, None, DateState.DATED),
        ("A", None, None, DateState.NO_DATE),
        ("A", -9, PurchaseOrderStatus.ARRIVED, DateState.ARRIVED),
        ("A", None, PurchaseOrderStatus.ARRIVED, DateState.ARRIVED),
        ("Z", 5, None, DateState.OUT_OF_USE),
    ],
)
def test_a_date_counts_by_the_day_at_its_place(location, days, status, state):
    there = {"A": TODAY, "B": TODAY - timedelta(days=1)}
    expected_on = None if days is None else TODAY + timedelta(days=days)
    assert date_state(location, expected_on, status, there) is state


def test_what_can_not_be_promised_stands_behind_what_can():
    late = supply(1, state=DateState.OVERDUE, expected_on=TODAY - timedelta(days=3))
    undated = supply(2, state=DateState.NO_DATE, expected_on=None)
    later = supply(3, expected_on=TODAY + timedelta(days=9))
    soon = supply(4, expected_on=TODAY + timedelta(days=2))
    here = supply(5, state=DateState.ARRIVED)
    found = in_time([late, undated, later, soon, here])
    assert [one.id for one in found] == [5, 4, 3, 1, 2]
