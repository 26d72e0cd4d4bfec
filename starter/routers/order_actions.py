"""What can be asked of an order: each a command, done once for a key."""

from typing import Annotated

from fastapi import APIRouter, Body

from fulfillment.store.commands import orders
from starter.auth.guard import GuardedRoute
from starter.auth.session import ForMerchant, IdempotencyKey
from starter.models.fields import PathNumber
from starter.models.orders_in import HoldIn, NoteIn, UnholdIn
from starter.models.orders_out import ProgressOut
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
    number: PathNumber, session: ForMerchant, note: OptionalNote = None, key: IdempotencyKey = None
) -> ProgressOut:
    """A person says that the order is good; what waits only for that is released."""
    why = note.note if note else None
    command = session.command("verify", number, key, {"note": why}, why)
    return ProgressOut.model_validate(orders.verify(session.store, command, number))


@router.post("/{number}/hold", summary="Put an order on hold")
def hold_order(
    number: PathNumber, hold: HoldIn, session: ForMerchant, key: IdempotencyKey = None
) -> ProgressOut:
    """Keep it from going on; it keeps its units and its place in the queue."""
    command = session.command("hold", number, key, hold.model_dump(), hold.note)
    return ProgressOut.model_validate(orders.hold(session.store, command, number, hold.reason))


@router.post("/{number}/unhold", summary="Lift a hold")
def unhold_order(
    number: PathNumber,
    session: ForMerchant,
    unhold: Annotated[UnholdIn | None, Body()] = None,
    key: IdempotencyKey = None,
) -> ProgressOut:
    """Lift one hold, or all of them; what waits only for that is released."""
    asked = unhold or UnholdIn()
    command = session.command("unhold", number, key, asked.model_dump(), asked.note)
    return ProgressOut.model_validate(orders.unhold(session.store, command, number, asked.reason))


@router.post("/{number}/cancel", summary="Cancel an order")
def cancel_order(
    number: PathNumber, session: ForMerchant, note: OptionalNote = None, key: IdempotencyKey = None
) -> ProgressOut:
    """Cancel what has not left the building; its units go to those who wait."""
    why = note.note if note else None
    command = session.command("cancel", number, key, {"note": why}, why)
    return ProgressOut.model_validate(orders.cancel(session.store, command, number))
