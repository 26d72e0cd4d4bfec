"""Orders in: taken at once, whatever the engine does, and read back."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.concurrency import run_in_threadpool

from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.store.commands import intake
from fulfillment.store.commands.intake import Outcome
from fulfillment.store.commands.orders import channel_edit
from fulfillment.store.commands.orders.claiming import claim_at_once
from fulfillment.store.insight.order_page import read_history, read_order, read_status
from fulfillment.store.reading.paging import Page, Sort
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.orders import OrderSummary
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.auth.visibility import check_order
from starter.models.fields import PathNumber
from starter.models.orders_in import OrderEditIn, OrderIn
from starter.models.orders_out import AcceptedOut, HistoryOut, OrderOut
from starter.order_change import changed_order
from starter.paging import Cursor, Limit, paged, window
from starter.prefer import MayWait
from starter.routers.links import order_links, order_url
from starter.routers.responses import Responses, problems

router = APIRouter(prefix="/v1/orders", tags=["orders"], route_class=GuardedRoute)

BY_SEQUENCE = Sort(("sequence",), ("int",))

ANSWERS: Responses = {
    200: {"model": OrderOut, "description": "The order exists with this content."},
    201: {"model": OrderOut, "description": "Taken, and its outcome is known (`Prefer: wait`)."},
    202: {"model": AcceptedOut, "description": "Taken; the link tells how it gets on."},
}


@router.post(
    "",
    status_code=202,
    summary="Take an order in",
    responses=ANSWERS | problems(409),
)
async def create_order(
    order: OrderIn, session: ForMerchant, response: Response, wait: MayWait
) -> OrderOut | AcceptedOut:
    """Idempotent by the order's number: the same order again answers with the first one.

    The same number with other content is a conflict. With `Prefer: wait=5` the answer is the
    order with its promise dates, if it was prepared by then.
    """
    new = order.to_domain()
    taken = await run_in_threadpool(
        intake.create_order, session.store, session.merchant, new, session.actor
    )
    response.headers["Location"] = order_url(order.number)
    # Its client waits for the claim, so it does not wait for the engine.
    claim = partial(claim_at_once, session.store, session.merchant, taken.order)
    first = claim if taken.outcome is Outcome.CREATED else None
    is_prepared = await wait.until(partial(_is_prepared, session, order.number), first)
    if is_prepared:
        response.status_code = 201 if taken.outcome is Outcome.CREATED else 200
        return await run_in_threadpool(_order, session, order.number)
    if is_prepared is None and taken.outcome is Outcome.EXISTING:
        response.status_code = 200
        return await run_in_threadpool(_order, session, order.number)
    if taken.outcome is Outcome.CREATED:
        return _accepted(order.number, taken.outcome, OrderStatus.RECEIVED)
    status = await run_in_threadpool(_status, session, order.number)
    return _accepted(order.number, taken.outcome, status)


def _is_prepared(session: Session, number: str) -> bool:
    """Whether the order is more than received."""
    return _status(session, number) != OrderStatus.RECEIVED


def _status(session: Session, number: str) -> OrderStatus:
    return session.store.read(session.merchant, lambda tx: read_status(tx, number))


def _order(session: Session, number: str) -> OrderOut:
    found = session.read(lambda tx: read_order(tx, number))
    return view(OrderOut, found, links=order_links(number))


def _accepted(number: str, outcome: Outcome, status: OrderStatus) -> AcceptedOut:
    return AcceptedOut(number=number, outcome=outcome, status=status, links=order_links(number))


@router.put("/{number}", summary="Edit an order", responses=problems(404, 409))
def edit_order(
    number: PathNumber, edit: OrderEditIn, session: ForMerchant, key: IdempotencyKey = None
) -> OrderSummary:
    """A sales channel sends how the order is to be now, with a rising revision.

    The difference is applied. A line that is not named is cancelled. The same revision with the
    same content again changes nothing; a lower one is a conflict.
    """
    wanted = edit.to_domain(number)
    command = session.command("edit", number, key, edit.model_dump(mode="json"))
    channel_edit.edit_order(session.store, command, wanted)
    return changed_order(session, OrderSummary, number)


@router.get("/{number}", summary="Read an order", responses=problems(404))
def get_order(number: PathNumber, session: ForMerchant) -> OrderOut:
    """Its lines with promise dates, its group of shipments, and what can be done with it now."""
    check_order(session, number)
    return _order(session, number)


@router.get("/{number}/history", summary="What happened to an order", responses=problems(404))
def get_order_history(
    number: PathNumber,
    session: ForMerchant,
    cursor: Cursor = None,
    limit: Annotated[Limit, Query()] = 100,
) -> HistoryOut:
    """Who or what did what, when and why, the first thing first."""
    check_order(session, number)
    asked = window(limit, cursor, BY_SEQUENCE)
    after = asked.after[0] if asked.after else 0
    events = session.read(lambda tx: read_history(tx, number, limit + 1, after))
    shown = events[:limit]
    key = (shown[-1].sequence,) if len(events) > limit else None
    return paged(HistoryOut, Page(shown, key), BY_SEQUENCE)
