"""A purchase order with what its buyers ask of it beside its lines."""

from dataclasses import dataclass

from fulfillment.store.reading.views.purchasing import PurchaseLineView, PurchaseOrderView


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasePageLine:
    """One line, with its product and who waits for it."""

    line: PurchaseLineView
    product: str
    """The product's name."""
    damaged: int
    """Of what was received, units that no order can have: damaged, in quarantine or scrapped."""
    waiting_lines: int
    """Lines of orders that are pegged on it; counting stops at 1,000."""


@dataclass(frozen=True, slots=True)
class WaitingOrders:
    """How many orders are pegged on it; `at_least` where there may be more."""

    orders: int
    at_least: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchasePageView:
    """All that the page of a purchase order tells of it."""

    purchase_order: PurchaseOrderView
    lines: tuple[PurchasePageLine, ...]
    waiting: WaitingOrders
