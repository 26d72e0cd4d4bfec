"""What a caller has to be allowed to be told of an event."""

from collections.abc import Mapping

from fulfillment.domain.insight.public_events import EventType
from fulfillment.domain.model.permissions import GRANTS, Permission, Role

NEEDED: Mapping[str, Permission] = {
    "order": Permission.READ_ORDERS,
    "promise": Permission.READ_ORDERS,
    "shipment": Permission.READ_ORDERS,
    "supply": Permission.READ_PURCHASE_ORDERS,
    "stock": Permission.READ_STOCK,
}
"""Who may read what a type of event is of may be told of it."""


def needed(type_: EventType) -> Permission:
    """What a caller has to be allowed to be told of this type."""
    return NEEDED[type_.partition(".")[0]]


def told_to(role: Role) -> tuple[EventType, ...]:
    """The types that this role may be told."""
    granted = GRANTS[role]
    return tuple(each for each in EventType if needed(each) in granted)
