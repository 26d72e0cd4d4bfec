"""What may be wished for in a what-if: one change of the world each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from fulfillment.domain.model.permissions import Permission
from fulfillment.domain.model.statuses import PurchaseOrderStatus


@dataclass(frozen=True, slots=True)
class MoveDate:
    """A purchase order, or one line of it, comes on another day: so many days later, or on a day.

    Without a line, all of it that is still to come is meant.
    """

    number: str
    line: int | None = None
    days: int = 0
    on: date | None = None


@dataclass(frozen=True, slots=True)
class MoveStatus:
    """A purchase order is approved, on its way, here, closed short or cancelled."""

    number: str
    status: PurchaseOrderStatus


@dataclass(frozen=True, slots=True)
class ChangeUnits:
    """Of a line of a purchase order so many units are ordered in all, with those that came."""

    number: str
    line: int
    units: int


@dataclass(frozen=True, slots=True)
class SetPriority:
    """An order has another place in the queues."""

    order: str
    priority: int


@dataclass(frozen=True, slots=True)
class CancelUnits:
    """What has not left of an order is cancelled: all of it, of one line, or so many units."""

    order: str
    line: int | None = None
    units: int | None = None


@dataclass(frozen=True, slots=True)
class Buy:
    """Units are bought for a day; without a place, for the first of the merchant's locations."""

    sku: str
    units: int
    on: date
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Receive:
    """Units of a line of a purchase order are counted in now."""

    number: str
    line: int
    units: int


@dataclass(frozen=True, slots=True)
class AdjustStock:
    """There are more or fewer units at a place than was thought; signed."""

    sku: str
    units: int
    location: str


Wish = MoveDate | MoveStatus | ChangeUnits | SetPriority | CancelUnits | Buy | Receive | AdjustStock

NEEDED: Mapping[type, Permission] = MappingProxyType({
    MoveDate: Permission.WRITE_PURCHASE_ORDERS,
    MoveStatus: Permission.WRITE_PURCHASE_ORDERS,
    ChangeUnits: Permission.WRITE_PURCHASE_ORDERS,
    SetPriority: Permission.WRITE_ORDERS,
    CancelUnits: Permission.WRITE_ORDERS,
    Buy: Permission.WRITE_PURCHASE_ORDERS,
    Receive: Permission.MOVE_STOCK,
    AdjustStock: Permission.ADJUST_STOCK,
})  # fmt: skip
"""What who applies a wish must be allowed to do."""
