"""Purchase orders in the lists of buyers, and how reliable those are who deliver."""

from dataclasses import dataclass
from datetime import date, datetime

from fulfillment.domain.model.statuses import PurchaseOrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRow:
    """One purchase order in a list; units over all lines."""

    number: str
    supplier: str
    status: PurchaseOrderStatus
    partly_received: bool
    """Some of it has come, and the rest is still to come."""
    expected_on: date | None
    """The header's day."""
    due_on: date | None
    """The first day on which some of what is outstanding is expected."""
    late: bool
    """The day of some of it has passed, and it has not arrived."""
    created_at: datetime
    line_count: int
    ordered: int
    received: int
    outstanding: int
    """Units that count as inbound."""
    pegged: int
    """Of these, units for which orders wait."""
    skus: tuple[str, ...]
    """The first of its SKUs."""
    sku_count: int


@dataclass(frozen=True, slots=True)
class CountedPurchases:
    """How many purchase orders a list has; `at_least` where there may be more than that."""

    found: int
    at_least: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierView:
    """A supplier's open purchase orders, and how those went that have ended last."""

    supplier: str
    open_orders: int
    outstanding: int
    """Units that are to come."""
    late_orders: int
    late_units: int
    ended: int
    """Purchase orders that came whole, or were closed short, among those looked at."""
    on_time: int
    """Of these, such whose last receipt was no later than the last day that was first told."""
    days_late: int | None
    """How many days late these were on average, early ones counted as none; None without any."""
    short_units: int
    """Units of these that never came."""
