"""Wishes as text: what is read is what was written, and what can not be read says why."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.insight.what_if import (
    FORMS,
    MOST_WISHES,
    STATUSES,
    parse,
    parse_all,
    write,
)
from fulfillment.domain.insight.wishes import (
    AdjustStock,
    Buy,
    CancelUnits,
    ChangeUnits,
    MoveDate,
    MoveStatus,
    Receive,
    SetPriority,
    Wish,
)
from fulfillment.domain.model.limits import MOST_UNITS
from fulfillment.domain.model.names import as_written, fault_of
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.statuses import PurchaseOrderStatus

WORDS = tuple(FORMS)
letters = st.sampled_from("ab:/@=%+ &#?.-1ä語É")
names = (st.text(letters, min_size=1, max_size=20) | st.sampled_from(WORDS)).map(as_written)
names = names.filter(lambda name: fault_of(name, 63) is None)
lines = st.integers(1, 1_000_000)
units = st.integers(1, MOST_UNITS)
days = st.dates(date(2000, 1, 1), date(2199, 12, 31))
shifts = st.integers(-999, 999).filter(bool)
wishes: st.SearchStrategy[Wish] = st.one_of(
    st.builds(MoveDate, names, st.none() | lines, days=shifts),
    st.builds(MoveDate, names, st.none() | lines, on=days),
    st.builds(MoveStatus, names, st.sampled_from(STATUSES).map(PurchaseOrderStatus)),
    st.builds(ChangeUnits, names, lines, st.just(0) | units),
    st.builds(SetPriority, names, st.integers(0, 100)),
    st.builds(CancelUnits, names, st.none() | lines),
    st.builds(CancelUnits, names, lines, units),
    st.builds(Buy, names, units, days, st.none() | names),
    st.builds(Receive, names, lines, units),
    st.builds(AdjustStock, names, units | units.map(lambda count: -count), names),
)


@given(wishes)
def test_what_is_written_is_read_as_the_same(wish):
    assert parse(write(wish)) == wish
    # A plus in an address arrives as a space.
    assert parse(write(wish).replace("+", " ")) == wish or "+" in str(wish)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("PO7:+5d", MoveDate("PO7", days=5)),
        ("PO7:-3d", MoveDate("PO7", days=-3)),
        ("PO7/2: 5d", MoveDate("PO7", 2, days=5)),
        ("PO7:2026-12-20", MoveDate("PO7", on=date(2026, 12, 20))),
        ("PO7:closed", MoveStatus("PO7", PurchaseOrderStatus.CLOSED)),
        ("PO7/2:units=30", ChangeUnits("PO7", 2, 30)),
        ("po:order:+1d", MoveDate("order", days=1)),
        ("A%2F7%3A1:+1d", MoveDate("A/7:1", days=1)),
        ("order:1042:priority=10", SetPriority("1042", 10)),
        ("order:1042:cancel", CancelUnits("1042")),
        ("order:1042/1:cancel", CancelUnits("1042", 1)),
        ("order:1042/1:cancel=2", CancelUnits("1042", 1, 2)),
        ("buy:K1:200@2026-12-20", Buy("K1", 200, date(2026, 12, 20))),
        ("buy:K1:200@2026-12-20:vienna", Buy("K1", 200, date(2026, 12, 20), "vienna")),
        ("receive:PO7/1:20", Receive("PO7", 1, 20)),
        ("stock:K1:-5:vienna", AdjustStock("K1", -5, "vienna")),
    ],
)
def test_each_kind_is_written_shortly(text, wish):
    assert parse(text) == wish


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it has to name a purchase order and a day"),
        ("PO7", "it has to name a purchase order and a day"),
        ("PO7:+0d", "no days are no change"),
        ("PO7:5d", "“5d” is no day"),
        ("PO7:2026-02-30", "“2026-02-30” is no day"),
        ("PO7/x:+5d", "a line is a whole number"),
        ("PO7:received", "“received” is no day"),
        ("PO7:units=3", "“units=3” is no day"),
        ("%FF:+5d", "the number is empty"),
        ("order:1042", "an order and what becomes of it"),
        ("order:1042:priority=101", "a priority is a whole number from 0 to 100"),
        ("order:1042:cancel=3", "“cancel=3” is nothing"),
        ("order:1042/1:cancel=0", "a number of units is a whole number"),
        ("buy:K1:200", "the day is missing"),
        ("receive:PO7:20", "the line is missing"),
        ("stock:K1:5:vienna", "with their sign"),
    ],
)
def test_what_can_not_be_read_names_the_part_and_what_is_possible(text, why):
    with pytest.raises(RefusedError) as refused:
        parse_all(["PO1:+1d", text])
    told = str(refused.value)
    assert told.startswith(f"part 2 of the what-if, “{text}”: ")
    assert why in told
    assert "possible is" in told
    assert refused.value.fields[0]["field"] == "if[1]"


def test_nothing_is_asked_for_twice_and_not_too_much():
    with pytest.raises(RefusedError, match="twice"):
        parse_all(["PO1:+1d", "PO1:+2d"])
    with pytest.raises(RefusedError, match="parts at most"):
        parse_all([f"PO{at}:+1d" for at in range(MOST_WISHES + 1)])
    assert len(parse_all(["PO1:+1d", "PO1/2:+2d", "order:1:cancel", "order:1:priority=1"])) == 4
