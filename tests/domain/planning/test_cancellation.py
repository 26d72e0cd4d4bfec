from dataclasses import replace

import pytest

from fulfillment.domain.model.orders import OrderLine
from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from fulfillment.domain.planning.cancellation import (
    NothingToCancelError,
    cancelled,
    rejected,
    without_units,
)
from tests.builders.values import allocated, claim, claimed, line, order, parts, peg, shipment

READY, SHIPPED = ShipmentStatus.READY, ShipmentStatus.SHIPPED


def test_everything_is_given_back_when_an_order_is_cancelled():
    row = line(units=5, claims=[claim(2)], pegs=[peg(3)])
    ended = cancelled(order(1, shipments=[shipment(row)], holds=("fraud",)))

    assert ended.status is OrderStatus.CANCELLED
    assert ended.lines == (OrderLine(1, "K1", 5, cancelled=5),)
    assert ended.shipments[0].lines == (line(units=5),)
    assert ended.holds == ()


def test_what_was_shipped_stays_shipped_when_the_rest_is_cancelled():
    gone = shipment(line(units=2), status=SHIPPED, at="A")
    picked = shipment(
        line(units=3, id_=102, claims=[claim(3, picked=3)]),
        status=ShipmentStatus.PICKED, at="A", number=2, id_=12,
    )  # fmt: skip
    ended = cancelled(order(1, shipments=[gone, picked]))

    assert ended.status is OrderStatus.SHIPPED
    assert ended.lines == (OrderLine(1, "K1", 5, cancelled=3, shipped=2),)
    assert allocated(ended) == 0


def test_a_cancel_is_refused_when_nothing_is_left_to_cancel():
    with pytest.raises(NothingToCancelError):
        cancelled(cancelled(order(1)))


def test_an_order_is_rejected_when_its_first_claim_is_refused():
    assert rejected(order(1)).status is OrderStatus.REJECTED


def test_unallocated_units_go_first_when_some_are_cancelled():
    row = line(units=5, claims=[claim(2)])
    shorter = without_units(order(1, shipments=[shipment(row)]), {1: 3})

    assert parts(shorter) == [("backorder", None, {1: 2})]
    assert claimed(shorter) == {(1, "A"): 2}
    assert shorter.lines == (OrderLine(1, "K1", 5, cancelled=3),)


def test_claims_are_given_back_last_location_first_when_more_is_cancelled():
    row = line(units=5, claims=[claim(2), claim(2, "B")])
    shorter = without_units(order(1, shipments=[shipment(row)]), {1: 4})

    assert claimed(shorter) == {(1, "A"): 1}


def test_waiting_units_go_before_ready_ones_when_both_are_there():
    ready = shipment(line(units=2, claims=[claim(2)]), status=READY, at="A")
    waits = shipment(line(units=2, id_=102), number=2, id_=12)
    mine = order(1, shipments=[ready, waits])

    assert parts(without_units(mine, {1: 2})) == [("ready", "A", {1: 2})]
    assert parts(without_units(mine, {1: 3})) == [("ready", "A", {1: 1})]
    assert without_units(mine, {1: 4}).status is OrderStatus.CANCELLED


def test_other_lines_stay_when_one_line_is_cancelled():
    shorter = without_units(order(1, [("K1", 2), ("K2", 1)]), {1: 2})

    assert parts(shorter) == [("backorder", None, {2: 1})]


def test_what_is_picked_goes_last_and_what_is_packed_is_not_cancelled():
    picked = shipment(
        line(units=4, claims=[claim(4, picked=3, staged=1)]), status=ShipmentStatus.PICKED, at="A"
    )
    waits = shipment(line(units=2, id_=102, claims=[claim(2, staged=1)]), number=2, id_=12)
    mine = order(1, shipments=[picked, waits])
    packed = {(picked.id, 1): 3}

    assert parts(without_units(mine, {1: 2}, packed)) == [("picked", "A", {1: 4})]
    (left,) = without_units(mine, {1: 3}, packed).live[0].lines
    assert left.claims == (claim(3, picked=2, staged=1),)
    with pytest.raises(
        NothingToCancelError, match="in packages, or gone already: 1 unit of line 1"
    ):
        without_units(mine, {1: 4}, packed)


def test_what_a_supplier_ships_itself_is_not_cancelled_out_of_its_package():
    row = line(units=3).drop_shipped("A")
    picked = shipment(row, status=ShipmentStatus.PICKED, at="A")
    mine = order(1, shipments=[picked])
    packed = {(picked.id, 1): 2}

    assert parts(without_units(mine, {1: 1}, packed)) == [("picked", "A", {1: 2})]
    with pytest.raises(
        NothingToCancelError, match="in packages, or gone already: 1 unit of line 1"
    ):
        without_units(mine, {1: 2}, packed)


def test_shelf_units_of_every_shipment_go_before_any_that_are_in_hands():
    staged = shipment(line(units=1, claims=[claim(1, staged=1)]))
    ready = shipment(
        line(units=1, id_=102, claims=[claim(1)]), number=2, id_=12, status=READY, at="A"
    )
    shorter = without_units(order(1, shipments=[staged, ready]), {1: 1})

    assert parts(shorter) == [("backorder", None, {1: 1})]


def test_a_pin_is_never_for_more_units_than_are_left_of_its_claim():
    row = line(units=3, claims=[replace(claim(3), pinned=3)])

    (left,) = without_units(order(1, shipments=[shipment(row)]), {1: 2}).live[0].lines
    assert left.claims == (replace(claim(1), pinned=1),)
