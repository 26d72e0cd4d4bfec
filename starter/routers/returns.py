"""What comes back from customers."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, Query, Response

from fulfillment.domain.model.moves import ReturnStatus
from fulfillment.store.commands.supply.moves import returns as commands
from fulfillment.store.commands.supply.moves.documents import return_command
from fulfillment.store.commands.supply.receiving import receipt_command, receive
from fulfillment.store.reading import returns
from fulfillment.store.reading.returns import ReturnFilter
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.moves import ReturnView
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location, places_of
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.models.fields import Number, PathNumber, Sku
from starter.models.receipts import ReturnReceiptIn
from starter.models.returns import (
    ReturnIn,
    ReturnPage,
    ReturnReceiptOut,
)
from starter.models.transfers import MoveNoteIn
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/returns", tags=["returns"], route_class=GuardedRoute)


@router.post("", status_code=201, summary="Announce a return", responses=problems(409))
def create_return(wanted: ReturnIn, session: ForMerchant, response: Response) -> ReturnView:
    """Its units are inbound at once, and pegged to who waits where a date is known.

    The same return again has the first answer; the same number with other content is a conflict.
    """
    check_location(session, wanted.location)
    new = wanted.to_domain()
    command = return_command(session.merchant, session.actor, new)
    made = commands.announce_return(session.store, command, new)
    response.headers["Location"] = f"/v1/returns/{quote(wanted.number, safe='')}"
    return view(ReturnView, made)


@router.get("/{number}", summary="Read a return", responses=problems(404))
def get_return(number: PathNumber, session: ForMerchant) -> ReturnView:
    """Its lines with what came, what was made of it, and what is outstanding."""
    found = session.read(lambda tx: returns.read_return(tx, number))
    check_location(session, found.location)
    return found


def _check(session: Session, number: str) -> None:
    """A key that is bound to locations takes in what comes back there."""
    if places_of(session.caller) is not None:
        found = session.read(lambda tx: returns.read_return(tx, number))
        check_location(session, found.location)


def return_filter(
    status: Annotated[list[ReturnStatus] | None, Query(max_length=20)] = None,
    order: Annotated[Number | None, Query()] = None,
    sku: Annotated[Sku | None, Query()] = None,
) -> ReturnFilter:
    """Which returns; what is not named is not asked about."""
    return ReturnFilter([*status] if status else None, order, sku)


@router.get("", summary="List returns")
def list_returns(
    session: ForMerchant,
    asked: Annotated[ReturnFilter, Depends(return_filter)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ReturnPage:
    """A page of returns, the newest first."""
    page = window(limit, cursor, returns.NEWEST_FIRST)
    asked = replace(asked, places=places_of(session.caller))
    found = session.read(lambda tx: returns.list_returns(tx, page, asked))
    return paged(ReturnPage, found, returns.NEWEST_FIRST)


@router.post(
    "/{number}/receipts", status_code=201, summary="Receive a return", responses=problems(404, 409)
)
def receive_return(
    number: PathNumber, receipt: ReturnReceiptIn, session: ForMerchant
) -> ReturnReceiptOut:
    """Sellable units are on hand and serve who waits; the order's history tells what came."""
    _check(session, number)
    came = receipt.to_domain(number)
    command = receipt_command(session.merchant, session.actor, came)
    return view(ReturnReceiptOut, receive(session.store, command, came))


@router.post("/{number}/close", summary="Close a return", responses=problems(404, 409))
def close_return(
    number: PathNumber,
    session: ForMerchant,
    note: Annotated[MoveNoteIn | None, Body()] = None,
    key: IdempotencyKey = None,
) -> ReturnView:
    """The rest will not come; who was pegged on it is planned anew."""
    _check(session, number)
    reason = note.note if note else None
    command = session.command("close_return", number, key, {"note": reason}, reason)
    return view(ReturnView, commands.close_return(session.store, command, number))
