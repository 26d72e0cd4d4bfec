"""What the news of an order is called."""

from dataclasses import replace

import pytest

from fulfillment.domain.insight.history import happenings
from fulfillment.domain.insight.news import News, news_of
from fulfillment.domain.model.orders import Order, OrderEvent
from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus
from fulfillment.domain.planning.cancellation import cancelled
from tests.builders.values import TODAY, claim, line, order, shipment

S = ShipmentStatus


def one(status: ShipmentStatus, *, allocated: int = 2) -> Shipment:
    claims = [claim(allocated)] if allocated else []
    return shipment(line(claims=claims), status=status, at="A")


WAITS = order(1, shipments=[one(S.BACKORDER, allocated=0)])
READY = order(1, shipments=[one(S.READY)])


def with_status(known: Order, status: ShipmentStatus) -> Order:
    return replace(known, shipments=tuple(replace(s, status=status) for s in known.shipments))


SHIPPED = replace(
    with_status(order(1, shipments=[one(S.READY, allocated=0)]), S.SHIPPED),
    lines=tuple(replace(each, shipped=each.ordered) for each in READY.lines),
)


@pytest.mark.parametrize(
    ("before", "after", "called"),
    [
        (WAITS, order(1, shipments=[one(S.BACKORDER, allocated=1)]), News.STOCK_ALLOCATED),
        (WAITS, READY, News.RELEASED),
        (READY, with_status(READY, S.PICKING), News.PICKING_STARTED),
        (READY, with_status(READY, S.PICKED), News.PICKED),
        (READY, with_status(READY, S.PACKED), News.PACKED),
        (READY, SHIPPED, News.SHIPPED),
        (READY, replace(READY, holds=("fraud",)), News.PUT_ON_HOLD),
        (replace(READY, holds=("fraud",)), READY, News.CHANGED),
        (READY, replace(READY, verified=not READY.verified), News.VERIFIED),
        (READY, replace(READY, prepared=not READY.prepared), News.PREPARED),
        (READY, cancelled(READY), News.CANCELLED),
        (READY, replace(READY, lock="B"), News.CHANGED),
    ],
)
def test_news_is_called_for_the_most_telling_thing(
    before: Order, after: Order, called: News
) -> None:
    assert news_of(happenings(before, after, TODAY)) is called


def test_what_says_nothing_is_a_change() -> None:
    assert news_of([]) is News.CHANGED


def test_rejection_is_told_before_all_that_comes_with_it() -> None:
    status = OrderEvent(1, "status_changed", {"from": "received", "to": OrderStatus.REJECTED})
    assert news_of([OrderEvent(1, "allocated"), status]) is News.REJECTED
