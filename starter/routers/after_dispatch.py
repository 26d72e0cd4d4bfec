"""What has left: its labels corrected, its dispatch voided, or what was lost sent again."""

from fastapi import APIRouter

from fulfillment.store.commands.floor import after_dispatch
from fulfillment.store.commands.orders import sent_again
from fulfillment.store.insight import shipment_pages
from fulfillment.store.reading.views.changes import NewLinesView
from fulfillment.store.reading.views.shipments import ShipmentView
from starter.auth.guard import GuardedRoute
from starter.models.after_dispatch import CorrectTrackingIn, ReplaceIn, VoidDispatchIn
from starter.models.fields import Rowid
from starter.models.order_hands import PreviewOut
from starter.order_change import Asked, Changing, ForChange
from starter.routers.responses import problems
from starter.routers.shipments import check_place, shipment_after

router = APIRouter(
    prefix="/v1/shipments",
    tags=["shipments"],
    route_class=GuardedRoute,
    responses=problems(404, 409),
)


@router.post("/{shipment}/correct-tracking", summary="Correct labels of what has left")
def correct_tracking(
    shipment: Rowid, sent: CorrectTrackingIn, changing: ForChange
) -> ShipmentView | PreviewOut:
    """Who carries it, how, or under which number was told wrong; what is not said stays."""
    number = order_of(changing, shipment)
    change = after_dispatch.correcting(number, shipment, sent.rest, sent.labels)
    return shipment_after(changing, shipment, Asked("correct_tracking", shipment, sent), change)


@router.post("/{shipment}/void-dispatch", summary="Void a dispatch")
def void_dispatch(
    shipment: Rowid, sent: VoidDispatchIn, changing: ForChange
) -> ShipmentView | PreviewOut:
    """It has not left after all: it is packed, its units are on hand, and its labels are void.

    An order that had finished goes on. Refused where units of it came back, or are announced to.
    """
    number = order_of(changing, shipment)
    change = after_dispatch.voiding(number, shipment)
    return shipment_after(changing, shipment, Asked("void_dispatch", shipment, sent), change)


@router.post("/{shipment}/replace", summary="Send again what was lost")
def replace_shipment(
    shipment: Rowid, sent: ReplaceIn, changing: ForChange
) -> NewLinesView | PreviewOut:
    """Units of what has left are sent again, in lines tied to those they replace, at no price.

    An order that had finished goes on. No unit is sent again twice.
    """
    number = order_of(changing, shipment)
    change = sent_again.replacing(number, shipment, sent.to_domain())
    return changing.answer_as(NewLinesView, Asked("replace", shipment, sent), change)


def order_of(changing: Changing, shipment: int) -> str:
    """The order that a shipment is a part of, for a key that works at its location."""
    check_place(changing.session, shipment)
    return changing.session.read(lambda tx: shipment_pages.order_of_shipment(tx, shipment))
