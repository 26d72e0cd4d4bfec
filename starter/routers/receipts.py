"""What came, and where it went."""

from typing import Annotated

from fastapi import APIRouter, Query

from fulfillment.store.commands.supply import receiving as commands
from fulfillment.store.reading import receipts
from fulfillment.store.reading.rows import view
from fulfillment.store.reading.views.moves import ReceiptView
from starter.auth.guard import GuardedRoute
from starter.auth.places import check_location, places_of
from starter.auth.session import ForMerchant, IdempotencyKey
from starter.models.fields import Location, Number, PathNumber, Sku
from starter.models.receipts import ReceiptPage, ReverseIn
from starter.paging import Cursor, Limit, paged, window
from starter.routers.responses import problems

router = APIRouter(prefix="/v1/receipts", tags=["receipts"], route_class=GuardedRoute)


@router.get("/{number}", summary="Read a receipt", responses=problems(404))
def get_receipt(number: PathNumber, session: ForMerchant) -> ReceiptView:
    """Per line, how many units go straight to which released shipments, and how many to the shelf.

    What is undistributed is still being given out to those who wait, the first in rank first.
    """
    found = session.read(lambda tx: receipts.read_receipt(tx, number))
    check_location(session, found.location)
    return found


@router.post("/{number}/reverse", summary="Reverse a receipt", responses=problems(404, 409))
def reverse_receipt(
    number: PathNumber, wanted: ReverseIn, session: ForMerchant, key: IdempotencyKey = None
) -> ReceiptView:
    """Take it back while its units are not picked: they leave on hand, and are to come again."""
    command = session.command("reverse_receipt", number, key, wanted.model_dump(), wanted.reason)
    taken_back = commands.reverse_receipt(session.store, command, number, wanted.reason)
    return view(ReceiptView, taken_back)


@router.get("", summary="List receipts")
def list_receipts(  # noqa: PLR0913 -- each parameter of the list is one argument
    *,
    session: ForMerchant,
    purchase_order: Annotated[Number | None, Query()] = None,
    location: Annotated[Location | None, Query()] = None,
    sku: Annotated[Sku | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ReceiptPage:
    """A page of receipts, the newest first, reversed ones too."""
    page = window(limit, cursor, receipts.NEWEST_FIRST)
    places = places_of(session.caller)
    asked = {
        "purchase_order": purchase_order, "location": location, "sku": sku, "places": places,
    }  # fmt: skip
    found = session.read(lambda tx: receipts.list_receipts(tx, page, asked))
    return paged(ReceiptPage, found, receipts.NEWEST_FIRST)
