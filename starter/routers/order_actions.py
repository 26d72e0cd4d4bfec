"""What can be asked of an order: each a command, done once for a key, or only looked at."""

from typing import Annotated

from fastapi import APIRouter, Body

from fulfillment.store.commands.orders import lifecycle, line_changes
from fulfillment.store.reading.views.orders import OrderSummary
from starter.auth.guard import GuardedRoute
from starter.models.fields import PathNumber
from starter.models.order_changes import CancelIn
from starter.models.order_hands import PreviewOut
from starter.models.orders_in import HoldIn, NoteIn, UnholdIn
from starter.order_change import Asked, ForChange
from starter.routers.responses import problems

router = APIRouter(
    prefix="/v1/orders",
    tags=["orders"],
    route_class=GuardedRoute,
    responses=problems(404, 409),
)

OptionalNote = Annotated[NoteIn | None, Body()]


@router.post("/{number}/verify", summary="Verify an order")
def verify_order(
    number: PathNumber, changing: ForChange, sent: OptionalNote = None
) -> OrderSummary | PreviewOut:
    """A person says that the order is good; what waits only for that is released."""
    return changing.answer(Asked("verify", number, sent), lifecycle.verify(number))


@router.post("/{number}/hold", summary="Put an order on hold")
def hold_order(number: PathNumber, sent: HoldIn, changing: ForChange) -> OrderSummary | PreviewOut:
    """Keep it from going on; it keeps its units and its place in the queue."""
    change = lifecycle.hold(number, sent.reason)
    return changing.answer(Asked("hold", number, sent), change)


@router.post("/{number}/unhold", summary="Lift a hold")
def unhold_order(
    number: PathNumber, changing: ForChange, sent: Annotated[UnholdIn | None, Body()] = None
) -> OrderSummary | PreviewOut:
    """Lift one hold, or all of them; what waits only for that is released."""
    asked = sent or UnholdIn()
    change = lifecycle.unhold(number, asked.reason)
    return changing.answer(Asked("unhold", number, asked), change)


@router.post("/{number}/cancel", summary="Cancel an order")
def cancel_order(
    number: PathNumber, changing: ForChange, sent: Annotated[CancelIn | None, Body()] = None
) -> OrderSummary | PreviewOut:
    """Cancel what has not left the building, or some lines; its units go to those who wait.

    Of a line what is in no package: what is picked of it becomes a task to put it back. The order
    as a whole until it leaves.
    """
    lines = sent.to_domain() if sent else []
    change = line_changes.cancelling_units(number, lines) if lines else lifecycle.cancel(number)
    return changing.answer(Asked("cancel", number, sent), change)
