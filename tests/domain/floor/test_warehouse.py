from collections.abc import Callable
from typing import Any

import pytest

from fulfillment.domain.floor import dispatch
from fulfillment.domain.model.orders import Order, OrderLine
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import MoveNotAllowedError, OrderStatus, ShipmentStatus
from tests.builders.values import claim, line, order, shipment

STEPS = {
    "start_picking": (dispatch.start_picking, {"ready"}),
    "pick": (dispatch.pick, {"ready", "picking"}),
    "pack": (dispatch.pack, {"picked"}),
    "ship": (dispatch.ship, {"picked", "packed"}),
}


def one(status: str, **more: Any) -> Order:
    row = line(units=3, claims=[claim(3)])
    return order(1, shipments=[shipment(row, status=ShipmentStatus(status), at="A")], **more)


def done(step: Callable[[Order, Shipment], Order], mine: Order) -> Order:
    return step(mine, mine.shipments[0])


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("status", [str(status) for status in ShipmentStatus])
def test_a_step_is_done_only_when_the_shipment_stands_before_it(name, status):
    step, allowed = STEPS[name]
    if status in allowed:
        assert done(step, one(status)).shipments[0].status is not ShipmentStatus(status)
    else:
        with pytest.raises(MoveNotAllowedError):
            done(step, one(status))


@pytest.mark.parametrize("name", STEPS)
def test_every_step_is_refused_when_the_order_is_on_hold(name):
    step, allowed = STEPS[name]
    with pytest.raises(RefusedError, match="fraud") as refusal:
        done(step, one(min(allowed), holds=("fraud",)))

    assert refusal.value.code == "order_on_hold"


def test_every_unit_is_in_hands_when_a_shipment_is_picked():
    picked = done(dispatch.pick, one("picking")).shipments[0]

    assert [(held.units, held.picked) for held in picked.lines[0].claims] == [(3, 3)]


def test_claims_are_used_up_when_a_shipment_leaves():
    gone = done(dispatch.ship, one("packed"))

    assert gone.lines == (OrderLine(1, "K1", 3, shipped=3),)
    assert gone.shipments[0].lines[0].claims == ()
    assert gone.status is OrderStatus.SHIPPED


def test_both_parts_of_a_line_are_counted_when_one_shipment_holds_them():
    rows = line(units=2, claims=[claim(2)]), line(units=1, id_=102, claims=[claim(1)])
    mine = order(1, shipments=[shipment(*rows, status=ShipmentStatus.PACKED, at="A")])

    assert done(dispatch.ship, mine).lines[0].shipped == 3
