"""Fill what is plain, under the locks of its orders, in one statement for all of it."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, TypeVar

from fulfillment.domain.insight.news import News
from fulfillment.domain.insight.progress import Progress
from fulfillment.domain.model.policy import Policy, Step, resolve
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.domain.model.working_days import ShipDays
from fulfillment.store.queue import head as queue
from fulfillment.store.queue.lane.filled import NOTHING, Filled, PassedByError, Place
from fulfillment.store.queue.lane.head import Found, Room, first_lines, rooms
from fulfillment.store.queue.lane.statement import FILL, LINES
from fulfillment.store.records.calendars import load_calendars, targets_of_now
from fulfillment.store.records.days import AT_ONCE
from fulfillment.store.records.ground import merchant_today
from fulfillment.store.records.loading import load_locations, load_settings
from fulfillment.store.sums.blocks import add_relation
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.locks import lock_orders, lock_queues
from fulfillment.store.transactions.session import Tx

Result = TypeVar("Result")

NOTHING_MORE: Mapping[Place, int] = MappingProxyType({})


def after_lane(
    tx: Tx,
    skus: Collection[str],
    work: Callable[[Filled], Result],
    arriving: Mapping[Place, int] = NOTHING_MORE,
) -> tuple[Filled, Result]:
    """Have the lane fill what it may of these queues, then do the work; what came of both.

    The work opens the queues, and locks what the lane has not; it writes nothing yet. Where it
    finds that the lane has passed somebody by, it is done without.
    """
    held = frozenset(tx.queues)
    try:
        with tx.dialogue.savepoint():
            filled = fill_plain_lines(tx, skus, arriving)
            return filled, work(filled)
    except PassedByError:
        tx.queues.intersection_update(held)
        return NOTHING, work(NOTHING)


def fill_plain_lines(
    tx: Tx, skus: Collection[str], arriving: Mapping[Place, int] = NOTHING_MORE
) -> Filled:
    """Fill the plain lines at the heads of those of these queues to which a distribution is owed.

    The queues are locked, and stay so. Units `arriving` are about to be on hand. Nothing is filled
    where what is free is only given out when a purchase order changes its status, or may be taken
    from who is ready.
    """
    owed = lock_queues(tx, skus)
    settings = resolve(*load_settings(tx))
    refused = settings.auto_allocate_on.waits_for_status or settings.rebalance.takes_from_ready
    if not owed or refused:
        return NOTHING
    places = load_locations(tx)
    free = rooms(tx, owed, places, arriving)
    if not free or not (found := first_lines(tx, free, places)):
        return NOTHING
    lock_orders(tx, [order for one in found for order in one.orders])
    return _filled(free, found, _fill(tx, free, found, settings))


def _fill(tx: Tx, free: Sequence[Room], found: Sequence[Found], settings: Policy) -> list[Any]:
    places = {room.place for room in free}
    today = merchant_today(tx)
    days = ShipDays(today, tx.now, load_calendars(tx, places))
    targets = targets_of_now(tx, places)
    return add_relation(
        tx,
        FILL,
        [one.sku for one in found],
        more=LINES,
        lines=[line for one in found for line in one.lines],
        orders=[order for one in found for order in one.orders],
        skus=[room.sku for room in free],
        places=[room.place for room in free],
        targets=[targets[room.place] for room in free],
        leaving=[days.leaving_now(room.place) for room in free],
        is_prepared=settings.prepare is Step.AUTOMATIC,
        auto_allocate=settings.auto_allocate,
        at_once=AT_ONCE,
        today=today,
        now=tx.now,
        actor=tx.actor,
        reason=tx.reason,
        lane=outbox.LANES[outbox.Kind.WAKE_ORDER],
        kind=outbox.Kind.WAKE_ORDER,
        message=json.dumps({"merchant": tx.merchant, "news": News.RELEASED}),
        progress=json.dumps(asdict(PROGRESS), default=str),
    )


PROGRESS = Progress(
    order=0,
    number="",
    seq=0,
    status=OrderStatus.AWAITING_PICK_AND_PACK,
    priority=0,
    claimed=True,
    verified=True,
    prepared=True,
)
"""Where every order stands that the lane has filled; what differs is written over it."""


def _filled(free: Sequence[Room], found: Sequence[Found], rows: Sequence[Any]) -> Filled:
    at = {room.sku: room.place for room in free}
    return Filled(
        {(row.sku, at[row.sku]): row.lines for row in rows},
        {one.sku: one.last for one in found},
        frozenset(row.sku for row in rows if len(row.lines) >= queue.BATCH),
    )
