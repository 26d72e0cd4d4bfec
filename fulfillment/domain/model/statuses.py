"""Statuses, the moves allowed between them, and the one function that computes an order's."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ShipmentStatus(StrEnum):
    """Where one shipment stands; hold is a flag of the order, never a status."""

    BACKORDER = "backorder"
    FUTURE = "future"
    READY = "ready"
    PICKING = "picking"
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    REASSIGNED = "reassigned"
    CANCELLED = "cancelled"


class OrderStatus(StrEnum):
    """What an order is, computed from its shipments by `order_status`."""

    CANCELLED = "cancelled"
    REJECTED = "rejected"
    ON_HOLD = "on_hold"
    VERIFYING = "verifying"
    RECEIVED = "received"
    SHIPPED = "shipped"
    PARTIALLY_SHIPPED = "partially_shipped"
    PICKING = "picking"
    PARTIALLY_BACKORDERED = "partially_backordered"
    AWAITING_STOCK = "awaiting_stock"
    AWAITING_PICK_AND_PACK = "awaiting_pick_and_pack"


class PurchaseOrderStatus(StrEnum):
    """The life of a purchase order."""

    DRAFT = "draft"
    APPROVED = "approved"
    IN_TRANSIT = "in_transit"
    ARRIVED = "arrived"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = ShipmentStatus
P = PurchaseOrderStatus

WAITING = frozenset({S.BACKORDER, S.FUTURE})
IN_WAREHOUSE = frozenset({S.PICKING, S.PICKED, S.PACKED})
RELEASED = IN_WAREHOUSE | {S.READY}
LIVE = WAITING | RELEASED
FINISHED_ORDER = frozenset({OrderStatus.CANCELLED, OrderStatus.REJECTED, OrderStatus.SHIPPED})

SHIPMENT_MOVES: dict[ShipmentStatus, frozenset[ShipmentStatus]] = {
    S.BACKORDER: frozenset({S.FUTURE, S.READY, S.REASSIGNED, S.CANCELLED}),
    S.FUTURE: frozenset({S.BACKORDER, S.READY, S.REASSIGNED, S.CANCELLED}),
    S.READY: frozenset({S.BACKORDER, S.PICKING, S.PICKED, S.REASSIGNED, S.CANCELLED}),
    S.PICKING: frozenset({S.READY, S.PICKED, S.REASSIGNED, S.CANCELLED}),
    S.PICKED: frozenset({S.PACKED, S.SHIPPED, S.CANCELLED}),
    S.PACKED: frozenset({S.SHIPPED, S.CANCELLED}),
    S.SHIPPED: frozenset(),
    S.REASSIGNED: frozenset(),
    S.CANCELLED: frozenset(),
}

STEPS_BACK: dict[ShipmentStatus, frozenset[ShipmentStatus]] = {
    S.PICKED: frozenset({S.PICKING}),
    S.PACKED: frozenset({S.PICKED}),
    S.SHIPPED: frozenset({S.PACKED}),
}
"""What hands undo: no step of the warehouse leads there."""

PURCHASE_ORDER_MOVES: dict[PurchaseOrderStatus, frozenset[PurchaseOrderStatus]] = {
    P.DRAFT: frozenset({P.APPROVED, P.CANCELLED}),
    P.APPROVED: frozenset({P.IN_TRANSIT, P.ARRIVED, P.RECEIVED, P.CLOSED, P.CANCELLED}),
    P.IN_TRANSIT: frozenset({P.ARRIVED, P.RECEIVED, P.CLOSED, P.CANCELLED}),
    P.ARRIVED: frozenset({P.RECEIVED, P.CLOSED, P.CANCELLED}),
    P.RECEIVED: frozenset(),
    P.CLOSED: frozenset(),
    P.CANCELLED: frozenset(),
}

INBOUND = frozenset({P.APPROVED, P.IN_TRANSIT, P.ARRIVED})
"""Statuses in which what is outstanding on a purchase order counts as inbound."""

ENDED = frozenset({P.RECEIVED, P.CLOSED, P.CANCELLED})
"""Statuses that a purchase order ends in; a receipt that is reversed opens it again."""


class MoveNotAllowedError(Exception):
    """A status was asked to move where its table has no way to."""

    def __init__(self, what: str, source: str, target: str) -> None:
        self.what, self.source, self.target = what, source, target
        super().__init__(f"a {what} that is {source} cannot become {target}")


def move_shipment(source: ShipmentStatus, target: ShipmentStatus) -> ShipmentStatus:
    """The one way a shipment changes its status."""
    if target not in SHIPMENT_MOVES[source]:
        raise MoveNotAllowedError("shipment", source, target)
    return target


def step_back(source: ShipmentStatus, target: ShipmentStatus) -> ShipmentStatus:
    """The one way in which a step of the warehouse is undone."""
    if target not in STEPS_BACK.get(source, ()):
        raise MoveNotAllowedError("shipment", source, target)
    return target


def move_purchase_order(
    source: PurchaseOrderStatus, target: PurchaseOrderStatus
) -> PurchaseOrderStatus:
    """The one way a purchase order changes its status."""
    if target not in PURCHASE_ORDER_MOVES[source]:
        raise MoveNotAllowedError("purchase order", source, target)
    return target


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What `order_status` looks at."""

    rejected: bool
    on_hold: bool
    verified: bool
    prepared: bool
    first_claimed: bool
    shipped_units: int
    live_shipments: tuple[ShipmentStatus, ...]


def order_status(facts: OrderFacts) -> OrderStatus:
    """The status of an order, first match wins (behaviour.md §1)."""
    if not facts.live_shipments:
        return _ended(facts)
    if facts.on_hold:
        return OrderStatus.ON_HOLD
    if (before := _before_release(facts)) is not None:
        return before
    if facts.shipped_units:
        return OrderStatus.PARTIALLY_SHIPPED
    return _working(facts.live_shipments)


def _before_release(facts: OrderFacts) -> OrderStatus | None:
    """What the order still lacks before any of it may be released."""
    if facts.first_claimed and not facts.verified:
        return OrderStatus.VERIFYING
    if not (facts.first_claimed and facts.prepared):
        return OrderStatus.RECEIVED
    return None


def _ended(facts: OrderFacts) -> OrderStatus:
    if facts.shipped_units:
        return OrderStatus.SHIPPED
    return OrderStatus.REJECTED if facts.rejected else OrderStatus.CANCELLED


def _working(live: Iterable[ShipmentStatus]) -> OrderStatus:
    statuses = frozenset(live)
    if statuses & IN_WAREHOUSE:
        return OrderStatus.PICKING
    if statuses & WAITING:
        can_go = S.READY in statuses
        return OrderStatus.PARTIALLY_BACKORDERED if can_go else OrderStatus.AWAITING_STOCK
    return OrderStatus.AWAITING_PICK_AND_PACK
