"""What goes from one location to another."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, Query, Response

from fulfillment.domain.model.moves import TransferStatus
from fulfillment.store.commands.supply.moves import transfers as commands
from fulfillment.store.commands.supply.moves.documents import transfer_command
from fulfillment.store.commands.supply.receiving import receipt_command, receive
from fulfillment.store.reading import transfers
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.transfers import TransferFilter
from fulfillment.store.reading.views.moves import TransferView
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location, check_one_of, places_of
from starter.auth.session import ForMerchant, IdempotencyKey, Session
from starter.models.fields import Location, PathNumber, Sku
from starter.models.receipts import TransferReceiptIn
from starter.models.transfers import (
    MoveNoteIn,
    TransferChangeIn,
    TransferIn,
    TransferPage,
    TransferReceiptOut,
)
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/transfers", tags=["transfers"], route_class=GuardedRoute)

Note = Annotated[MoveNoteIn | None, Body()]


@router.post("", status_code=201, summary="Write a transfer", responses=problems(409))
def create_transfer(wanted: TransferIn, session: ForMerchant, response: Response) -> TransferView:
    """Planned until it is shipped, at once with `ship`: nothing moves, and nothing is inbound.

    The same transfer again has the first answer; the same number with other content is a conflict.
    """
    check_one_of(session, (wanted.source, wanted.destination))
    if wanted.ship:
        check_location(session, wanted.source)
    new = wanted.to_domain()
    command = transfer_command(session.merchant, session.actor, new)
    made = commands.create_transfer(session.store, command, new)
    response.headers["Location"] = f"/v1/transfers/{quote(wanted.number, safe='')}"
    return view(TransferView, made)


@router.get("/{number}", summary="Read a transfer", responses=problems(404))
def get_transfer(number: PathNumber, session: ForMerchant) -> TransferView:
    """Its lines with what came, what is under way, and how much of that is pegged."""
    found = _read(session, number)
    check_one_of(session, (found.source, found.destination))
    return found


def _read(session: Session, number: str) -> TransferView:
    return session.read(lambda tx: transfers.read_transfer(tx, number))


def _check(session: Session, number: str, *ends: str) -> None:
    """A key that is bound to locations moves what is at one of these ends of the transfer."""
    if places_of(session.caller) is not None:
        found = _read(session, number)
        check_one_of(session, [getattr(found, end) for end in ends])


def transfer_filter(
    status: Annotated[list[TransferStatus] | None, Query(max_length=20)] = None,
    source: Annotated[Location | None, Query()] = None,
    destination: Annotated[Location | None, Query()] = None,
    sku: Annotated[Sku | None, Query()] = None,
) -> TransferFilter:
    """Which transfers; what is not named is not asked about."""
    return TransferFilter([*status] if status else None, source, destination, sku)


@router.get("", summary="List transfers")
def list_transfers(
    session: ForMerchant,
    asked: Annotated[TransferFilter, Depends(transfer_filter)],
    cursor: Cursor = None,
    limit: Limit = 50,
) -> TransferPage:
    """A page of transfers, the newest first."""
    page = window(limit, cursor, transfers.NEWEST_FIRST)
    asked = replace(asked, places=places_of(session.caller))
    found = session.read(lambda tx: transfers.list_transfers(tx, page, asked))
    return paged(TransferPage, found, transfers.NEWEST_FIRST)


@router.patch("/{number}", summary="Change a transfer's date", responses=problems(404, 409))
def change_transfer(
    number: PathNumber, wanted: TransferChangeIn, session: ForMerchant, key: IdempotencyKey = None
) -> TransferView:
    """Until it has ended; who is pegged on it is planned anew, and promises move."""
    _check(session, number, "source", "destination")
    content = wanted.model_dump(mode="json")
    command = session.command("change_transfer", number, key, content, wanted.note)
    changed = commands.change_transfer(session.store, command, number, wanted.expected_on)
    return view(TransferView, changed)


@router.post("/{number}/ship", summary="Ship a transfer", responses=problems(404, 409))
def ship_transfer(
    number: PathNumber, session: ForMerchant, note: Note = None, key: IdempotencyKey = None
) -> TransferView:
    """Available units leave the source; they are inbound at the destination until they come."""
    _check(session, number, "source")
    reason = note.note if note else None
    command = session.command("ship_transfer", number, key, {"note": reason}, reason)
    return view(TransferView, commands.ship_transfer(session.store, command, number))


@router.post(
    "/{number}/receipts",
    status_code=201,
    summary="Receive a transfer",
    responses=problems(404, 409),
)
def receive_transfer(
    number: PathNumber, receipt: TransferReceiptIn, session: ForMerchant
) -> TransferReceiptOut:
    """The goods are on hand at the destination, and who waits is served. A number counts once."""
    _check(session, number, "destination")
    came = receipt.to_domain(number)
    command = receipt_command(session.merchant, session.actor, came)
    return view(TransferReceiptOut, receive(session.store, command, came))


@router.post("/{number}/close", summary="Close a transfer", responses=problems(404, 409))
def close_transfer(
    number: PathNumber, session: ForMerchant, note: Note = None, key: IdempotencyKey = None
) -> TransferView:
    """What is still under way was lost; who was pegged on it is planned anew."""
    _check(session, number, "source", "destination")
    reason = note.note if note else None
    command = session.command("close_transfer", number, key, {"note": reason}, reason)
    return view(TransferView, commands.close_transfer(session.store, command, number))


@router.post("/{number}/cancel", summary="Cancel a transfer", responses=problems(404, 409))
def cancel_transfer(
    number: PathNumber, session: ForMerchant, note: Note = None, key: IdempotencyKey = None
) -> TransferView:
    """It is not sent after all; one that was shipped is received or closed instead."""
    _check(session, number, "source", "destination")
    reason = note.note if note else None
    command = session.command("cancel_transfer", number, key, {"note": reason}, reason)
    return view(TransferView, commands.cancel_transfer(session.store, command, number))
