"""What people change on an order: each done once for a key, or only looked at."""

from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field

from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.store.commands.mail.delays import consent_to_delay as consenting
from fulfillment.store.commands.orders import details, line_changes, sent_again
from fulfillment.store.reading.views.changes import NewLineView
from fulfillment.store.reading.views.orders import OrderSummary
from starter.auth.guard import GuardedRoute
from starter.models.after_dispatch import ExchangeReturnedIn
from starter.models.fields import PathNumber
from starter.models.order_changes import (
    AddLineIn,
    AddressIn,
    CancelDateIn,
    ExchangeIn,
    QuantityIn,
)
from starter.models.order_hands import PreviewOut
from starter.models.orders_in import NoteIn
from starter.order_change import Asked, ForChange
from starter.routers.responses import problems

router = APIRouter(
    prefix="/v1/orders",
    tags=["orders"],
    route_class=GuardedRoute,
    responses=problems(404, 409),
)

PathLine = Annotated[int, Field(ge=1, le=1_000_000)]


@router.post("/{number}/lines", summary="Add a line to an order")
def add_line(number: PathNumber, sent: AddLineIn, changing: ForChange) -> NewLineView | PreviewOut:
    """While anything of the order is still to be done; it waits at the order's rank.

    A product that may not wait is added only as far as it is there.
    """
    change = line_changes.add_line(number, sent.to_domain())
    return changing.answer_as(NewLineView, Asked("add_line", number, sent), change)


@router.post("/{number}/lines/{line}/quantity", summary="Change the quantity of a line")
def change_quantity(
    number: PathNumber, line: PathLine, sent: QuantityIn, changing: ForChange
) -> OrderSummary | PreviewOut:
    """More waits at the order's rank; less leaves what is least committed first.

    Never below what is being picked or has left.
    """
    change = line_changes.quantity(number, line, sent.units, sent.pack)
    return changing.answer(Asked("quantity", f"{number}/{line}", sent), change)


@router.post("/{number}/lines/{line}/exchange", summary="Exchange a line for another SKU")
def exchange_line(
    number: PathNumber, line: PathLine, sent: ExchangeIn, changing: ForChange
) -> NewLineView | PreviewOut:
    """Units of a line become a new line in one step; what they held is free for others.

    What is ready with it waits again first, and may go with the new line. Refused for what is
    being picked or further.
    """
    old = LineUnits(line, sent.units)
    change = line_changes.exchange(number, old, sent.sku, sent.unit_price_minor)
    return changing.answer_as(NewLineView, Asked("exchange", f"{number}/{line}", sent), change)


@router.post("/{number}/lines/{line}/exchange-returned", summary="Exchange what comes back")
def exchange_returned(
    number: PathNumber, line: PathLine, sent: ExchangeReturnedIn, changing: ForChange
) -> NewLineView | PreviewOut:
    """What came back, or is announced to, becomes a new line, which costs the surcharge alone.

    An order that had finished goes on.
    """
    old = LineUnits(line, sent.units)
    change = sent_again.exchanging(number, old, sent.sku, sent.surcharge_minor)
    asked = Asked("exchange_returned", f"{number}/{line}", sent)
    return changing.answer_as(NewLineView, asked, change)


@router.put("/{number}/address", summary="Change where an order goes")
def change_address(
    number: PathNumber, sent: AddressIn, changing: ForChange
) -> OrderSummary | PreviewOut:
    """Until a shipment of it is packed; what has left does not hinder it.

    The check of the address is done again: an order that was held for it goes on.
    """
    change = details.address(number, sent.to_domain())
    return changing.answer(Asked("address", number, sent), change)


@router.post("/{number}/cancel-date", summary="Say until when an order may wait")
def change_cancel_date(
    number: PathNumber, sent: CancelDateIn, changing: ForChange
) -> OrderSummary | PreviewOut:
    """What still waits on that day is cancelled, unless supply is due by then."""
    change = details.cancel_date(number, sent.on)
    return changing.answer(Asked("cancel_date", number, sent), change)


@router.post("/{number}/consent-to-delay", summary="Say that the customer agrees to wait")
def consent_to_delay(
    number: PathNumber, changing: ForChange, sent: Annotated[NoteIn | None, Body()] = None
) -> OrderSummary | PreviewOut:
    """What the customer was told of silence counts no more: nothing of it is cancelled for that.

    Refused where no mail of a delay asked for an answer.
    """
    return changing.answer(Asked("consent_to_delay", number, sent), consenting(number))
