from itertools import product
from typing import Any

import pytest

from fulfillment.domain.model.statuses import (
    MoveNotAllowedError,
    OrderFacts,
    OrderStatus,
    PurchaseOrderStatus,
    ShipmentStatus,
    move_purchase_order,
    move_shipment,
    order_status,
)

SHIPMENTS = {
    "backorder": "future ready reassigned cancelled",
    "future": "backorder ready reassigned cancelled",
    "ready": "backorder picking picked reassigned cancelled",
    "picking": "ready picked reassigned cancelled",
    "picked": "packed shipped cancelled",
    "packed": "shipped cancelled",
    "shipped": "",
    "reassigned": "",
    "cancelled": "",
}
PURCHASE_ORDERS = {
    "draft": "approved cancelled",
    "approved": "in_transit arrived received closed cancelled",
    "in_transit": "arrived received closed cancelled",
    "arrived": "received closed cancelled",
    "received": "",
    "closed": "",
    "cancelled": "",
}


@pytest.mark.parametrize(("source", "target"), list(product(ShipmentStatus, repeat=2)), ids=str)
def test_a_shipment_moves_only_when_the_table_says_so(source, target):
    if target in SHIPMENTS[source].split():
        assert move_shipment(source, target) is target
    else:
        with pytest.raises(MoveNotAllowedError, match=f"is {source} cannot become {target}"):
            move_shipment(source, target)


@pytest.mark.parametrize(
    ("source", "target"),
    list(product(PurchaseOrderStatus, repeat=2)),
    ids=str,
)
def test_a_purchase_order_moves_only_when_the_table_says_so(source, target):
    if target in PURCHASE_ORDERS[source].split():
        assert move_purchase_order(source, target) is target
    else:
        with pytest.raises(MoveNotAllowedError):
            move_purchase_order(source, target)


def facts(*live: str, **more: Any) -> OrderFacts:
    plain: dict[str, Any] = {
        "rejected": False,
        "on_hold": False,
        "verified": True,
        "prepared": True,
        "first_claimed": True,
        "shipped_units": 0,
    }
    return OrderFacts(**(plain | more), live_shipments=tuple(ShipmentStatus(each) for each in live))


FIRST_MATCH = [
    (facts(), "cancelled"),
    (facts(rejected=True), "rejected"),
    (facts(shipped_units=1), "shipped"),
    (facts("ready", on_hold=True, verified=False, first_claimed=False), "on_hold"),
    (facts("picking", on_hold=True, shipped_units=1), "on_hold"),
    (facts("backorder", verified=False, first_claimed=False), "received"),
    (facts("backorder", verified=True, first_claimed=False), "received"),
    (facts("backorder", verified=False), "verifying"),
    (facts("backorder", "ready", shipped_units=2), "partially_shipped"),
    (facts("picking", shipped_units=2), "partially_shipped"),
    (facts("picking", "backorder"), "picking"),
    (facts("picked", "ready"), "picking"),
    (facts("packed"), "picking"),
    (facts("ready", "backorder"), "partially_backordered"),
    (facts("ready", "future"), "partially_backordered"),
    (facts("backorder"), "awaiting_stock"),
    (facts("future"), "awaiting_stock"),
    (facts("future", "backorder"), "awaiting_stock"),
    (facts("ready"), "awaiting_pick_and_pack"),
    (facts("ready", "ready"), "awaiting_pick_and_pack"),
]


@pytest.mark.parametrize(("given", "expected"), FIRST_MATCH)
def test_the_first_match_is_the_status_when_several_match(given, expected):
    assert order_status(given) == expected


def test_every_status_is_in_the_table_of_examples():
    assert {expected for _, expected in FIRST_MATCH} == set(OrderStatus)
