"""What people do to an order by hand: each done once for a key, or only looked at."""

from typing import Annotated

from fastapi import APIRouter, Body

from fulfillment.store.commands.orders import manual, pins
from fulfillment.store.reading.views.changes import AllocatedView, BackToShipView
from fulfillment.store.reading.views.orders import OrderSummary
from starter.auth.guard import GuardedRoute
from starter.auth.visibility import check_order
from starter.models.fields import PathNumber
from starter.models.order_hands import (
    LockIn,
    OneLineIn,
    PinsIn,
    PolicyIn,
    PrepareIn,
    PreviewOut,
    PriorityIn,
    SomeLinesIn,
)
from starter.models.orders_in import NoteIn
from starter.order_change import Asked, ForChange
from starter.routers.responses import problems

router = APIRouter(
    prefix="/v1/orders",
    tags=["orders"],
    route_class=GuardedRoute,
    responses=problems(404, 409),
)

OptionalNote = Annotated[NoteIn | None, Body()]
OptionalLine = Annotated[SomeLinesIn | None, Body()]


@router.post("/{number}/priority", summary="Change an order's priority")
def change_priority(
    number: PathNumber, sent: PriorityIn, changing: ForChange
) -> OrderSummary | PreviewOut:
    """Another place in the queue; it takes and gives as it would have from that place."""
    change = manual.priority(number, sent.priority)
    return changing.answer(Asked("priority", number, sent), change)


@router.patch("/{number}/policy", summary="Change an order's own settings")
def change_policy(
    number: PathNumber, sent: PolicyIn, changing: ForChange
) -> OrderSummary | PreviewOut:
    """What they concern is planned again at once."""
    change = manual.policy(number, sent.set, sent.unset)
    return changing.answer(Asked("policy", number, sent), change)


@router.post("/{number}/lock", summary="Lock an order to a location, or unlock it")
def lock_order(number: PathNumber, sent: LockIn, changing: ForChange) -> OrderSummary | PreviewOut:
    """What it holds elsewhere is given back, unless it is being picked."""
    return changing.answer(Asked("lock", number, sent), manual.lock(number, sent.location))


@router.post("/{number}/allocate", summary="Allocate by hand")
def allocate_order(
    number: PathNumber, changing: ForChange, sent: OptionalLine = None
) -> AllocatedView | PreviewOut:
    """Take free units for one line, or for all, whatever the policy says of it."""
    change = manual.allocate(number, _line(sent))
    return changing.answer_as(AllocatedView, Asked("allocate", number, sent), change)


@router.post("/{number}/unallocate", summary="Give back what an order holds")
def unallocate_order(
    number: PathNumber, changing: ForChange, sent: OptionalLine = None
) -> OrderSummary | PreviewOut:
    """One line or all of them; it takes nothing by itself until a person says so."""
    change = manual.unallocate(number, _line(sent))
    return changing.answer(Asked("unallocate", number, sent), change)


@router.post("/{number}/resume-allocation", summary="Let an order take stock by itself again")
def resume_allocation(
    number: PathNumber, changing: ForChange, sent: OptionalLine = None
) -> OrderSummary | PreviewOut:
    """One line, or all of those that are by hand."""
    change = manual.resume_allocation(number, _line(sent))
    return changing.answer(Asked("resume_allocation", number, sent), change)


@router.post("/{number}/mark-backordered", summary="Mark a line backordered")
def mark_backordered(
    number: PathNumber, sent: OneLineIn, changing: ForChange
) -> OrderSummary | PreviewOut:
    """It waits, by hand, whatever it held; the step in which the order is goes on."""
    check_order(changing.session, number)
    change = manual.mark_backordered(number, sent.line)
    return changing.answer(Asked("mark_backordered", number, sent), change)


@router.post("/{number}/split", summary="Let go now what is allocated")
def split_order(
    number: PathNumber, changing: ForChange, sent: OptionalNote = None
) -> OrderSummary | PreviewOut:
    """The rest waits on in a shipment of its own, also beyond `max_shipments`."""
    return changing.answer(Asked("split", number, sent), manual.split(number))


@router.post("/{number}/remove-unavailable", summary="Cancel what is missing")
def remove_unavailable(
    number: PathNumber, changing: ForChange, sent: OptionalNote = None
) -> OrderSummary | PreviewOut:
    """What is neither in stock nor as good as in stock is cancelled, and the rest goes."""
    change = manual.remove_unavailable(number)
    return changing.answer(Asked("remove_unavailable", number, sent), change)


@router.post("/{number}/back-to-ship", summary="Take what is in stock now")
def back_to_ship(
    number: PathNumber, changing: ForChange, sent: OptionalNote = None
) -> BackToShipView | PreviewOut:
    """Free units only, past gates and `by hand`; the answer says what is still short.

    What may go by the order's policy is released; if something is kept, the answer says why.
    """
    asked = Asked("back_to_ship", number, sent)
    return changing.answer_as(BackToShipView, asked, manual.back_to_ship(number))


@router.post("/{number}/pins", summary="Pin a line to what will come")
def pin_line(number: PathNumber, sent: PinsIn, changing: ForChange) -> OrderSummary | PreviewOut:
    """Tie a line to supply in place of what it was pinned to; an empty list frees it.

    A pin goes before rank: what comes on that supply serves its pins first, then the queue.
    """
    change = pins.pin(number, sent.line, sent.to_domain())
    return changing.answer(Asked("pins", number, sent), change)


@router.post("/{number}/prepare", summary="Choose how each line reaches the customer")
def prepare_order(
    number: PathNumber, sent: PrepareIn, changing: ForChange
) -> OrderSummary | PreviewOut:
    """Picked, picked up, sent by the supplier, or backordered; then the order may go on."""
    change = manual.prepare(number, sent.to_domain())
    return changing.answer(Asked("prepare", number, sent), change)


def _line(sent: SomeLinesIn | None) -> int | None:
    return sent.line if sent else None
