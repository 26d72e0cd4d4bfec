"""When a shipment was released, as a change of its order tells it."""

from enum import StrEnum

from fulfillment.domain.model.shipments import Shipment
from fulfillment.domain.model.statuses import RELEASED, WAITING, ShipmentStatus
from fulfillment.store.records.saving.changes import Change


class Released(StrEnum):
    """What becomes of the moment of release that is kept with a shipment, and of its day."""

    ANEW = "anew"
    KEPT = "kept"
    TAKEN_AWAY = "taken_away"


ONCE_RELEASED = RELEASED | {ShipmentStatus.SHIPPED}


def released(change: Change, shipment: Shipment, old: Shipment | None) -> Released:
    """It is kept anew by a release or when a hold is lifted, and taken away by waiting again.

    A part that is divided from a released shipment keeps the moment of that, and so does what is
    here again since its dispatch was voided.
    """
    if shipment.status in WAITING:
        return Released.TAKEN_AWAY
    if shipment.status not in RELEASED:
        return Released.KEPT
    origin = old or _parent(change, shipment)
    was_released = origin is not None and origin.status in ONCE_RELEASED
    lifted = bool(change.before.holds) and not change.after.holds
    moved = origin is not None and origin.location != shipment.location
    return Released.KEPT if was_released and not lifted and not moved else Released.ANEW


def ends_a_backorder(change: Change) -> bool:
    """Whether something is released now that lacked units when the change began."""
    known = {shipment.id: shipment for shipment in change.before.shipments}
    origins = [
        known.get(shipment.id) or _parent(change, shipment)
        for shipment in change.after.shipments
        if shipment.status in RELEASED
    ]
    return any(one is not None and one.is_waiting and one.wants_units for one in origins)


def _parent(change: Change, shipment: Shipment) -> Shipment | None:
    return next((s for s in change.before.shipments if s.id == shipment.parent), None)
