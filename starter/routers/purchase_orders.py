"""What will come, and what has come."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Response
from starlette.concurrency import run_in_threadpool

from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.supply import purchase_orders as purchasing
from fulfillment.store.commands.supply.purchase_orders import purchase_order_command
from fulfillment.store.commands.supply.receiving import receipt_command, receive
from fulfillment.store.reading import purchase_orders, receipts, released_by
from fulfillment.store.reading.distributing import read_distribution
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.purchasing import PurchaseOrderDetail, PurchaseOrderView
from fulfillment.store.transactions.session import Tx
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location, places_of
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.auth.visibility import check_purchase_order
from starter.models.fields import PathNumber, ShortText, Sku
from starter.models.purchase_orders import (
    PurchaseChangeIn,
    PurchaseOrderIn,
    StatusIn,
)
from starter.models.purchase_orders_out import (
    PurchaseOrderPage,
    ReceivedOut,
    ReleasedOrderPage,
)
from starter.models.receipts import ReceiptIn
from starter.paging import Cursor, Limit, paged, window
from starter.prefer import MayWait
from starter.routers.links import purchase_order_url
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/purchase-orders", tags=["purchase orders"], route_class=GuardedRoute)


@router.post("", status_code=201, summary="Write a purchase order", responses=problems(409))
def create_purchase_order(
    wanted: PurchaseOrderIn, session: ForMerchant, response: Response
) -> PurchaseOrderView:
    """Once it is approved, what it brings is pegged to those who wait.

    The same purchase order again has the first answer; the same number with other content is a
    conflict.
    """
    new = wanted.to_domain()
    command = purchase_order_command(session.merchant, session.actor, new)
    made = purchasing.create_purchase_order(session.store, command, new)
    response.headers["Location"] = purchase_order_url(wanted.number)
    return made


@router.get("/{number}", summary="Read a purchase order", responses=problems(404))
def get_purchase_order(number: PathNumber, session: ForMerchant) -> PurchaseOrderDetail:
    """Its lines with what came, what is outstanding, and how much of it is pegged.

    `distribution` tells how far what came is given out to those who wait.
    """
    check_purchase_order(session, number)

    def read(tx: Tx) -> PurchaseOrderDetail:
        found = purchase_orders.read_purchase_order(tx, number)
        return view(PurchaseOrderDetail, found, distribution=read_distribution(tx, number))

    return session.read(read)


@router.get("/{number}/orders", summary="List who waits for it", responses=problems(404))
def list_orders_of_purchase_order(
    number: PathNumber, session: ForMerchant, cursor: Cursor = None, limit: Limit = 50
) -> ReleasedOrderPage:
    """Which orders it will release, by rank: what it brings them, and whether that is all."""
    check_purchase_order(session, number)
    page = window(limit, cursor, released_by.BY_RANK)
    places = places_of(session.caller)
    found = session.read(lambda tx: released_by.list_orders_of(tx, number, page, places))
    return paged(ReleasedOrderPage, found, released_by.BY_RANK)


@router.get("", summary="List purchase orders")
def list_purchase_orders(  # noqa: PLR0913 -- each parameter of the list is one argument
    *,
    session: ForMerchant,
    status: Annotated[list[PurchaseOrderStatus] | None, Query(max_length=20)] = None,
    sku: Annotated[Sku | None, Query()] = None,
    supplier: Annotated[ShortText | None, Query()] = None,
    overdue: Annotated[bool | None, Query(description="With units whose date passed.")] = None,
    partly_received: Annotated[
        bool | None, Query(description="Some of it has come, and the rest is still to come.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PurchaseOrderPage:
    """A page of purchase orders, the newest first."""
    page = window(limit, cursor, purchase_orders.NEWEST_FIRST)
    which: dict[str, object] = {"statuses": status, "sku": sku, "supplier": supplier}
    which |= {"overdue": overdue, "partly_received": partly_received}
    which |= {"places": places_of(session.caller)}
    found = session.read(lambda tx: purchase_orders.list_purchase_orders(tx, page, **which))
    return paged(PurchaseOrderPage, found, purchase_orders.NEWEST_FIRST)


@router.patch("/{number}", summary="Change a purchase order", responses=problems(404, 409))
def change_purchase_order(
    number: PathNumber, wanted: PurchaseChangeIn, session: ForMerchant, key: IdempotencyKey = None
) -> PurchaseOrderView:
    """Dates, units and lines, until it is received, closed or cancelled; who waits is replanned.

    A line that stands on the header's date moves with it; one with another date does not. A date
    that has passed pegs nobody. When nothing is left outstanding, it is received.
    """
    content = wanted.model_dump(mode="json", exclude_unset=True)
    command = session.command("change_purchase_order", number, key, content, wanted.note)
    change = wanted.to_domain(number)
    return purchasing.change_purchase_order(session.store, command, change)


@router.post("/{number}/status", summary="Move a purchase order", responses=problems(404, 409))
def move_purchase_order(
    number: PathNumber, wanted: StatusIn, session: ForMerchant, key: IdempotencyKey = None
) -> PurchaseOrderView:
    """Approve it, send it on its way, close it short or cancel it; who waits is planned anew."""
    content = wanted.model_dump()
    command = session.command("move_purchase_order", number, key, content, wanted.note)
    target = PurchaseOrderStatus(wanted.status)
    return purchasing.move_status(session.store, command, number, target)


@router.post(
    "/{number}/receipts", status_code=201, summary="Receive goods", responses=problems(404, 409)
)
async def receive_goods(
    number: PathNumber,
    receipt: ReceiptIn,
    session: ForMerchant,
    wait: MayWait,
) -> ReceivedOut:
    """The goods are there at once, whatever the engine does. A receipt number counts once.

    They are then given out to those who wait. With `Prefer: wait=5` the answer tells per line how
    many units go straight to which released shipments, and how many to the shelf.
    """
    check_location(session, receipt.location)
    came = receipt.to_domain(number)
    command = receipt_command(session.merchant, session.actor, came)
    counted = await run_in_threadpool(receive, session.store, command, came)
    await wait.until(partial(_is_given_out, session, receipt.number))
    goods = await run_in_threadpool(
        session.read, lambda tx: receipts.read_receipt(tx, receipt.number)
    )
    return view(ReceivedOut, counted, goods=goods.lines)


def _is_given_out(session: Session, receipt: str) -> bool:
    units = session.store.read(
        session.merchant, lambda tx: receipts.units_undistributed(tx, receipt)
    )
    return units == 0
