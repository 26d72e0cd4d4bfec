"""Lives of workflows whose histories are kept: one for every state and every message.

Each is played on a real server by `python -m tests.replay.record`. A history once committed
stays: it stands for runs that are still open somewhere. New behaviour adds a new life.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHandle

from fulfillment.contracts import names
from fulfillment.contracts.messages import Progress, Standing
from fulfillment.domain.insight.news import News
from fulfillment.domain.insight.restored import AtOdds
from fulfillment.domain.model.statuses import OrderStatus, PurchaseOrderStatus
from tests.workflows.desk import (
    Desk,
    awaiting,
    cancelled,
    packed,
    picked,
    postponed,
    progress,
    purchase_order,
    ready,
    refusal,
    shipped,
)
from tests.workflows.stage import Stage

Handle = WorkflowHandle[Any, Any]
Life = Callable[[Stage, Desk], Awaitable[Handle]]
TODAY = datetime.now(UTC).date()
SOON = TODAY + timedelta(days=3)
LATER = TODAY + timedelta(days=300)
P = PurchaseOrderStatus


async def _told(stage: Stage, handle: Handle, *progresses: Any) -> Handle:
    for known in progresses:
        await stage.tell(handle, known)
        await stage.until_seq(handle, known.seq)
    return handle


async def _order(stage: Stage, desk: Desk, *progresses: Any) -> Handle:
    """An order that was prepared, and then told the rest."""
    first, *rest = progresses
    desk.prepare.append(first)
    handle = await stage.start_order()
    await stage.until_seq(handle, first.seq)
    return await _told(stage, handle, *rest)


async def order_in_stock_shipped(stage: Stage, desk: Desk) -> Handle:
    handle = await _order(stage, desk, ready(1), picked(2), packed(3))
    await stage.tell(handle, shipped(4))
    await handle.result()
    return handle


async def order_open_ready(stage: Stage, desk: Desk) -> Handle:
    return await _order(stage, desk, ready(1))


async def order_open_after_doubt(stage: Stage, desk: Desk) -> Handle:
    """Its database was put back, and began an epoch in which the claim is forgotten."""
    unclaimed = progress(0, OrderStatus.RECEIVED, claimed=False, epoch=9)
    desk.prepare.extend([ready(7), replace(ready(1), epoch=9)])
    desk.standing.append(Standing(unclaimed))
    handle = await stage.start_order()
    await stage.until_seq(handle, 7)
    await stage.tell(handle, unclaimed)
    await stage.until(handle, lambda state: state.progress == replace(ready(1), epoch=9))
    return await _told(stage, handle, replace(picked(2), epoch=9))


async def order_open_unknown(stage: Stage, desk: Desk) -> Handle:
    desk.prepare.append(refusal("unknown_order"))
    desk.standing.append(Standing(None, AtOdds.UNKNOWN_ORDER))
    handle = await stage.start_order()
    await stage.until_called("prepare_fulfillment")
    await stage.until(handle, lambda state: state.at_odds is AtOdds.UNKNOWN_ORDER)
    await stage.tell(handle, ready(1))
    await stage.until_called("check_with_database")
    return handle


async def order_open_after_odd_news(stage: Stage, desk: Desk) -> Handle:
    """It could read nothing of what it was told, and asked the database."""
    desk.standing.append(Standing(picked(2)))
    handle = await _order(stage, desk, ready(1))
    await handle.signal(names.PROGRESS, {"order": "eaten"})
    await stage.until_seq(handle, 2)
    return handle


async def order_open_after_odd_hint(stage: Stage, desk: Desk) -> Handle:
    desk.look.append(ready(2))
    handle = await _order(stage, desk, awaiting(1))
    await handle.signal(names.PO_RECEIVED, args=["PO-1", 7])
    await stage.until_seq(handle, 2)
    return handle


async def order_told_by_name(stage: Stage, desk: Desk) -> Handle:
    """Each signal is named for what happened."""
    handle = await _order(stage, desk, awaiting(1))
    told: list[tuple[News, Progress]] = [
        (News.VERIFIED, awaiting(2)),
        (News.PREPARED, awaiting(3)),
        (News.DATE_MOVED, awaiting(4)),
        (News.PUT_ON_HOLD, replace(awaiting(5), holds=("fraud check",))),
        (News.CHANGED, awaiting(6)),
        (News.STOCK_ALLOCATED, progress(7, OrderStatus.AWAITING_STOCK, waiting_units=1)),
        (News.RELEASED, ready(8)),
        (News.PICKING_STARTED, picked(9)),
        (News.PICKED, picked(10)),
        (News.PACKED, packed(11)),
    ]
    for name, known in told:
        await stage.tell(handle, known, name)
        await stage.until_seq(handle, known.seq)
    await stage.tell(handle, shipped(12), News.SHIPPED)
    await handle.result()
    return handle


async def order_told_that_it_is_cancelled(stage: Stage, desk: Desk) -> Handle:
    handle = await _order(stage, desk, awaiting(1, LATER))
    await stage.tell(handle, cancelled(2), News.CANCELLED)
    await handle.result()
    return handle


async def order_told_that_it_is_rejected(stage: Stage, desk: Desk) -> Handle:
    """Another's transaction claimed for it, before its own activity could."""
    desk.prepare.append(refusal("no_longer_sold"))
    handle = await stage.start_order()
    await stage.until_seq(handle, 5)
    await stage.tell(handle, progress(6, OrderStatus.REJECTED), News.REJECTED)
    await handle.result()
    return handle


async def order_open_stock_allocated(stage: Stage, desk: Desk) -> Handle:
    handle = await _order(stage, desk, awaiting(1, LATER))
    some = replace(awaiting(2, LATER), waiting_units=1)
    await stage.tell(handle, some, News.STOCK_ALLOCATED)
    await stage.until_seq(handle, 2)
    return handle


async def order_open_picking(stage: Stage, desk: Desk) -> Handle:
    return await _order(stage, desk, ready(1), picked(2))


async def order_open_awaiting_stock(stage: Stage, desk: Desk) -> Handle:
    return await _order(stage, desk, awaiting(1))


async def order_open_awaiting_with_date(stage: Stage, desk: Desk) -> Handle:
    handle = await _order(stage, desk, awaiting(1, LATER))
    await stage.until_armed(handle, LATER)
    return handle


async def order_open_verifying(stage: Stage, desk: Desk) -> Handle:
    return await _order(stage, desk, progress(1, OrderStatus.VERIFYING))


async def order_open_on_hold(stage: Stage, desk: Desk) -> Handle:
    held = progress(2, OrderStatus.ON_HOLD, holds=("fraud check",))
    return await _order(stage, desk, awaiting(1), held)


async def order_open_partially_backordered(stage: Stage, desk: Desk) -> Handle:
    return await _order(
        stage, desk, progress(1, OrderStatus.PARTIALLY_BACKORDERED, waiting_units=2)
    )


async def order_open_partially_shipped(stage: Stage, desk: Desk) -> Handle:
    some = progress(2, OrderStatus.PARTIALLY_SHIPPED, waiting_units=1)
    return await _order(stage, desk, ready(1), some)


async def order_open_refused_at_first(stage: Stage, desk: Desk) -> Handle:
    desk.prepare.append(refusal("no_longer_sold"))
    handle = await stage.start_order()
    await stage.until_seq(handle, 5)
    return handle


async def order_open_received(stage: Stage, desk: Desk) -> Handle:
    desk.prepare.append(refusal("no_longer_sold"))
    handle = await stage.start_order()
    await stage.until_seq(handle, 5)
    desk.prepare = deque([refusal("no_longer_sold")])
    await stage.tell(handle, progress(6, OrderStatus.RECEIVED, claimed=False))
    await stage.until_called("prepare_fulfillment", times=2)
    return handle


async def order_hinted_then_shipped(stage: Stage, desk: Desk) -> Handle:
    desk.look.append(ready(2))
    handle = await _order(stage, desk, awaiting(1))
    await handle.signal(names.PO_RECEIVED, "PO-1")
    await stage.until_seq(handle, 2)
    await stage.tell(handle, shipped(3))
    await handle.result()
    return handle


async def order_timer_fired(stage: Stage, desk: Desk) -> Handle:
    desk.look.append(ready(2))
    handle = await _order(stage, desk, awaiting(1, SOON))
    await stage.until_armed(handle, SOON)
    await stage.pass_days(handle, 5)
    await stage.until_seq(handle, 2)
    return handle


async def order_date_moved_later_and_met(stage: Stage, desk: Desk) -> Handle:
    handle = await _order(stage, desk, awaiting(1, SOON), awaiting(2, LATER))
    await stage.pass_days(handle, 5)
    await stage.until_armed(handle, LATER)
    return handle


async def order_date_moved_earlier(stage: Stage, desk: Desk) -> Handle:
    handle = await _order(stage, desk, awaiting(1, LATER), awaiting(2, SOON))
    await stage.until_armed(handle, SOON)
    return handle


async def order_cancelled_while_waiting(stage: Stage, desk: Desk) -> Handle:
    handle = await _order(stage, desk, awaiting(1, LATER))
    await stage.until_armed(handle, LATER)
    await stage.tell(handle, cancelled(2))
    await handle.result()
    return handle


async def order_rejected(stage: Stage, desk: Desk) -> Handle:
    desk.prepare.append(progress(1, OrderStatus.REJECTED))
    handle = await stage.start_order()
    await handle.result()
    return handle


async def order_begun_anew(stage: Stage, desk: Desk) -> Handle:
    handle = await stage.start_order(awaiting(40, LATER))
    await stage.until_armed(handle, LATER)
    return handle


async def purchase_order_received(stage: Stage, desk: Desk) -> Handle:
    desk.left_to_serve = deque([1, 0])
    handle = await stage.start_purchase_order(purchase_order(1, P.APPROVED))
    await stage.tell(handle, purchase_order(2, P.APPROVED, received=4, due=True))
    await stage.until_called("serve_receipts", times=2)
    await stage.tell(handle, purchase_order(3, P.RECEIVED, received=10, due=True))
    await handle.result()
    return handle


async def purchase_order_open_draft(stage: Stage, desk: Desk) -> Handle:
    return await _looked_at(await stage.start_purchase_order(purchase_order(1, P.DRAFT)))


async def purchase_order_open_in_transit(stage: Stage, desk: Desk) -> Handle:
    handle = await stage.start_purchase_order(purchase_order(1, P.APPROVED))
    await stage.tell(handle, purchase_order(2, P.IN_TRANSIT))
    await stage.tell(handle, purchase_order(3, P.ARRIVED))
    return await _looked_at(handle)


async def purchase_order_open_after_doubt(stage: Stage, desk: Desk) -> Handle:
    """Its database was put back, and began an epoch in which it is not in transit yet."""
    restored = purchase_order(4, P.APPROVED, epoch=9)
    desk.purchase_orders = deque([restored])
    handle = await stage.start_purchase_order(purchase_order(7, P.IN_TRANSIT))
    await stage.tell(handle, restored)
    await stage.until_purchase_order(handle, (9, 4))
    await stage.tell(handle, purchase_order(5, P.IN_TRANSIT, epoch=9))
    await stage.until_purchase_order(handle, (9, 5))
    return handle


async def purchase_order_open_after_odd_news(stage: Stage, desk: Desk) -> Handle:
    desk.purchase_orders = deque([purchase_order(2, P.IN_TRANSIT)])
    handle = await stage.start_purchase_order(purchase_order(1, P.APPROVED))
    await stage.tell(handle, None)
    await stage.until_purchase_order(handle, (0, 2))
    return handle


async def purchase_order_closed(stage: Stage, desk: Desk) -> Handle:
    handle = await stage.start_purchase_order(purchase_order(1, P.APPROVED))
    await stage.tell(handle, purchase_order(2, P.CLOSED))
    await handle.result()
    return handle


async def purchase_order_cancelled(stage: Stage, desk: Desk) -> Handle:
    handle = await stage.start_purchase_order(purchase_order(1, P.DRAFT))
    await stage.tell(handle, purchase_order(2, P.CANCELLED))
    await handle.result()
    return handle


async def purchase_order_open_with_date(stage: Stage, desk: Desk) -> Handle:
    handle = await stage.start_purchase_order(purchase_order(1, P.IN_TRANSIT, due_on=LATER))
    await stage.until_event(handle, EventType.EVENT_TYPE_TIMER_STARTED)
    return handle


async def purchase_order_date_moved_earlier(stage: Stage, desk: Desk) -> Handle:
    handle = await purchase_order_open_with_date(stage, desk)
    await stage.tell(handle, purchase_order(2, P.IN_TRANSIT, due_on=SOON))
    await stage.until_event(handle, EventType.EVENT_TYPE_TIMER_CANCELED)
    return handle


async def purchase_order_overdue(stage: Stage, desk: Desk) -> Handle:
    desk.overdue.append(purchase_order(2, P.IN_TRANSIT, overdue=10, due=True))
    desk.left_to_serve = deque([1, 0])
    yesterday = TODAY - timedelta(days=1)
    known = purchase_order(1, P.IN_TRANSIT, due_on=yesterday)
    handle = await stage.start_purchase_order(known)
    await stage.pass_days(handle, 1)
    await stage.until_called("serve_receipts", times=2)
    return handle


async def _pausing(stage: Stage, desk: Desk) -> Handle:
    """A purchase order whose date has passed by its own clock, and not by the database's."""
    still = purchase_order(1, P.APPROVED, due_on=TODAY - timedelta(days=1))
    desk.overdue = deque([still])
    handle = await stage.start_purchase_order(still)
    await stage.until_event(handle, EventType.EVENT_TYPE_TIMER_STARTED)
    return handle


async def purchase_order_told_while_it_slept(stage: Stage, desk: Desk) -> Handle:
    """Recorded when a pause was slept through whatever came."""
    handle = await _pausing(stage, desk)
    await stage.tell(handle, purchase_order(2, P.RECEIVED, received=10, due=True))
    await stage.pass_days(handle, 0.01)
    await handle.result()
    return handle


async def purchase_order_told_during_its_pause(stage: Stage, desk: Desk) -> Handle:
    handle = await _pausing(stage, desk)
    await stage.tell(handle, purchase_order(2, P.RECEIVED, received=10, due=True))
    await handle.result()
    return handle


async def replan_until_nothing_is_left(stage: Stage, desk: Desk) -> Handle:
    desk.left_to_serve = deque([2, 0])
    handle = await stage.start_replan()
    await handle.signal(names.AGAIN)
    await handle.result()
    return handle


async def order_open_awaiting_preparation(stage: Stage, desk: Desk) -> Handle:
    """Claimed for and verified; a person has yet to choose its channels."""
    return await _order(stage, desk, progress(1, OrderStatus.RECEIVED))


async def order_ready_before_it_was_received(stage: Stage, desk: Desk) -> Handle:
    """Released on units that have not come: it has a date to wait for, and then goes."""
    handle = await _order(stage, desk, replace(ready(1), next_date=SOON))
    await stage.until_armed(handle, SOON)
    await _told(stage, handle, ready(2), picked(3))
    await stage.tell(handle, shipped(4))
    await handle.result()
    return handle


async def _looked_at(handle: Handle) -> Handle:
    """A query is answered only once the messages before it were."""
    await handle.query(names.STATE)
    return handle


async def order_postponed_then_ready(stage: Stage, desk: Desk) -> Handle:
    """Its turn had not come at once: an activity of the engine waited for it."""
    desk.refusals.append(postponed())
    return await _order(stage, desk, ready(1))


async def order_refused_when_it_was_verified(stage: Stage, desk: Desk) -> Handle:
    desk.refusals.append(refusal("claim_failed"))
    handle = await stage.start_order()
    await stage.until_seq(handle, 5)
    return handle


def _in_edition(edition: int, life: Life) -> Life:
    """The life as runs live it that were begun before local activities, or versions, were shown."""

    async def lived(stage: Stage, desk: Desk) -> Handle:
        return await life(replace(stage, edition=edition), desk)

    return lived


PLAYED: dict[str, Life] = {
    life.__name__: life
    for life in (
        order_in_stock_shipped,
        order_open_ready,
        order_open_picking,
        order_open_after_doubt,
        order_open_after_odd_news,
        order_open_stock_allocated,
        order_told_by_name,
        order_told_that_it_is_cancelled,
        order_told_that_it_is_rejected,
        order_open_after_odd_hint,
        order_open_unknown,
        order_open_awaiting_stock,
        order_open_awaiting_with_date,
        order_open_verifying,
        order_open_on_hold,
        order_open_partially_backordered,
        order_open_partially_shipped,
        order_open_refused_at_first,
        order_open_received,
        order_open_awaiting_preparation,
        order_ready_before_it_was_received,
        order_hinted_then_shipped,
        order_timer_fired,
        order_date_moved_later_and_met,
        order_date_moved_earlier,
        order_cancelled_while_waiting,
        order_rejected,
        order_begun_anew,
        purchase_order_received,
        purchase_order_open_draft,
        purchase_order_open_in_transit,
        purchase_order_open_after_doubt,
        purchase_order_open_after_odd_news,
        purchase_order_closed,
        purchase_order_cancelled,
        purchase_order_open_with_date,
        purchase_order_date_moved_earlier,
        purchase_order_overdue,
        purchase_order_told_while_it_slept,
        purchase_order_told_during_its_pause,
        replan_until_nothing_is_left,
    )
}

PLAYED_SINCE_EDITION_1: dict[str, Life] = {
    **{name: life for name, life in PLAYED.items() if name.startswith("order_")},
    **{
        life.__name__: life
        for life in (order_postponed_then_ready, order_refused_when_it_was_verified)
    },
}

LIVES: dict[str, Life] = {
    **{name: _in_edition(0, life) for name, life in PLAYED.items()},
    **{f"{name}_1": _in_edition(1, life) for name, life in PLAYED_SINCE_EDITION_1.items()},
    **{f"{name}_2": life for name, life in PLAYED_SINCE_EDITION_1.items()},
}
"""By name; a number says which edition of an order's workflow began the run, none that it was 0."""
