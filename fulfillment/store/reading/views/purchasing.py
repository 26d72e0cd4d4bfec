"""Purchase orders, what should be bought, and how far what came is given out, as it is told."""

from dataclasses import dataclass
from datetime import date, datetime

from fulfillment.domain.model.packs import Packed
from fulfillment.domain.model.statuses import OrderStatus, PurchaseOrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseLineView:
    """One line: ordered = received - over_received + closed + outstanding."""

    line: int
    sku: str
    location: str
    ordered: int
    """Units that the supplier was asked for."""
    pack: Packed | None
    """What was ordered, in the pack in which it was asked for."""
    received: int
    """Units that came."""
    over_received: int
    """Of what was received, units beyond what was ordered."""
    closed: int
    """Units that will not come."""
    outstanding: int
    expected_on: date | None
    overdue: bool
    """Its date has passed: nobody counts on it any more."""
    pegged: int
    surplus: int
    """Of a draft, units that neither orders nor the reorder level ask for any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderView:
    """A purchase order with its lines."""

    number: str
    supplier: str
    status: PurchaseOrderStatus
    partly_received: bool
    """Some of it has come, and the rest is still to come."""
    expected_on: date | None
    """The header's day; a line may have another one."""
    created_at: datetime
    over_receipt_percent: int
    """How much more of a line than ordered is taken, in percent; what is beyond is refused."""
    lines: tuple[PurchaseLineView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How far what came is given out to those who wait."""

    skus: int
    """Products on its lines."""
    skus_owed: int
    """SKUs whose queues are still being served."""
    since: datetime | None
    """When the first of these began to wait for it."""
    undistributed: int
    """Received units that are still being given out."""
    orders_released: int
    """Orders to whose shipments units went straight."""
    lines_waiting: int
    """Lines that wait for its SKUs, for any supply."""
    units_waiting: int
    """Units that these lines wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderDetail(PurchaseOrderView):
    """A purchase order, and how far what came of it is given out."""

    distribution: Distribution
    """How far what came is given out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderSummary:
    """One purchase order in a list; units over all lines."""

    number: str
    supplier: str
    status: PurchaseOrderStatus
    partly_received: bool
    """Some of it has come, and the rest is still to come."""
    expected_on: date | None
    created_at: datetime
    line_count: int
    ordered: int
    """Units that the supplier was asked for."""
    received: int
    """Units that came."""
    closed: int
    """Units that will not come."""
    pegged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedOrder:
    """One order that waits for a purchase order."""

    order: str
    status: OrderStatus
    priority: int
    placed_at: datetime
    units: int
    """Units of this purchase order that are pegged to it."""
    pinned: int
    """Of these, units that a person pinned."""
    expected_on: date | None
    waiting: int
    """Units that it waits for in all."""
    completes: bool
    """It waits for nothing beyond this purchase order."""


@dataclass(frozen=True, slots=True)
class ShortOrder:
    """An order behind a suggestion, with its units that are short."""

    number: str
    units: int
    priority: int
    placed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionView:
    """What should be bought of one product for one location."""

    supplier: str
    """Empty where the product has none."""
    sku: str
    name: str
    location: str
    units: int
    """To be bought: for_waiting + for_reorder_level."""
    for_waiting: int
    """Units that orders wait for and nothing brings."""
    for_reorder_level: int
    """Units that should be left once all that waits is met."""
    waiting: int
    """Units of the product that wait, at all locations."""
    free: int
    """Units that nobody holds, at all locations."""
    coming: int
    """Outstanding on supply, whatever its date, at all locations."""
    drafted: int
    """Units on purchase orders in draft, at all locations."""
    surplus: int
    """Units drafted for this location that nothing asks for any more; then nothing is to be
    bought."""
    drafts: tuple[str, ...]
    """The drafts in which these stand, those that were written last."""
    oldest: datetime | None
    """When the first order that is short was placed."""
    order_count: int
    """Orders that are short."""
    orders: tuple[ShortOrder, ...]
    """The first of them in rank, at most 20."""


@dataclass(frozen=True, slots=True)
class DraftedOrders:
    """The purchase orders that were drafted; none where nothing is to be bought."""

    purchase_orders: tuple[PurchaseOrderView, ...]
    """One for each supplier; of very many lines, several."""
    without_supplier: tuple[str, ...]
    """SKUs that should be bought and were left out: they have no supplier."""
