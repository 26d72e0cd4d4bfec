"""Staging is a state of the allocation, and nothing but a person moves it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.floor import dispatch, staging
from fulfillment.domain.floor.staging import Moving
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.statuses import ShipmentStatus
from tests.builders.values import claim, line, order, shipment


def waiting(units: int = 5, *, here: int = 3, there: int = 0, **more) -> Order:
    claims = [claim(n, at) for n, at in ((here, "A"), (there, "B")) if n]
    return order(1, shipments=[shipment(line(units=units, claims=claims))], **more)


def code_of(deed) -> str:
    with pytest.raises(RefusedError) as refusal:
        deed()
    return refusal.value.code


def test_the_shipment_still_waits_when_units_of_it_are_staged():
    after = staging.staged(waiting(there=1), Moving("A", {1: 2}))

    assert after.shipments[0].status == "backorder"
    assert staging.staged_units(after) == {(1, "A"): 2}
    assert after.shipments[0].lines[0].allocated == 4
    assert [note.kind for note in after.notes] == ["staged"]


def test_all_of_a_location_is_staged_when_no_units_are_named():
    after = staging.staged(waiting(there=1), Moving("B"))

    assert staging.staged_units(after) == {(1, "B"): 1}


@pytest.mark.parametrize(
    ("mine", "moving", "code"),
    [
        (waiting(), Moving("A", {1: 4}), "more_than_there"),
        (waiting(), Moving("A", {2: 1}), "unknown_line"),
        (waiting(), Moving("B"), "nothing_to_stage"),
        (waiting(holds=("fraud",)), Moving("A"), "order_on_hold"),
        (waiting(first_claimed=False), Moving("A"), "not_claimed"),
    ],
)
def test_staging_is_refused_when_it_makes_no_sense(mine, moving, code):
    assert code_of(lambda: staging.staged(mine, moving)) == code


def test_units_in_a_pickers_hands_are_not_staged():
    row = line(units=3, claims=[claim(3)])
    mine = order(1, shipments=[shipment(row, status=ShipmentStatus.PICKING, at="A")])

    assert code_of(lambda: staging.staged(mine, Moving("A"))) == "nothing_to_stage"


def test_units_are_loose_again_when_they_are_released():
    mine = staging.staged(waiting(), Moving("A"))
    after = staging.released(mine, Moving("A", {1: 1}))

    assert staging.staged_units(after) == {(1, "A"): 2}
    assert code_of(lambda: staging.released(after, Moving("A", {1: 3}))) == "more_than_there"


def test_what_is_staged_stays_when_the_rest_is_picked():
    row = line(units=5, claims=[claim(5, staged=3)])
    mine = order(1, shipments=[shipment(row, status=ShipmentStatus.READY, at="A")])
    picked = dispatch.pick(mine, mine.shipments[0])

    assert [(c.picked, c.staged) for c in picked.shipments[0].lines[0].claims] == [(2, 3)]
    assert code_of(lambda: staging.released(picked, Moving("A"))) == "nothing_staged"


@given(st.integers(0, 5), st.integers(0, 5), st.integers(1, 5), st.integers(1, 5))
def test_nothing_is_lost_or_made_when_units_go_in_and_out(here, there, into, out):
    mine = waiting(10, here=here, there=there)
    for make, units in ((staging.staged, into), (staging.released, out)):
        try:
            after = make(mine, Moving("A", {1: units}))
        except RefusedError:
            continue
        (before_row,), (row,) = mine.shipments[0].lines, after.shipments[0].lines
        assert (row.units, row.allocated) == (before_row.units, before_row.allocated)
        assert all(0 <= c.staged <= c.units for c in row.claims)
        mine = after
