"""Purchase orders as they are answered."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from fulfillment.domain.model.statuses import OrderStatus, PurchaseOrderStatus
from starter.models.fields import example
from starter.models.receipts import EXAMPLE_LINE, ReceivedLineOut


class PurchaseLineOut(BaseModel):
    """One line: ordered = received - over_received + closed + outstanding."""

    line: int
    sku: str
    location: str
    ordered: int
    received: int
    over_received: int = Field(description="Of what was received, units beyond what was ordered.")
    closed: int
    outstanding: int
    expected_on: date | None
    overdue: bool = Field(description="Its date has passed: nobody counts on it any more.")
    pegged: int


EXAMPLE_PURCHASE_ORDER = {
    "number": "PO-77", "supplier": "Leaf Imports", "status": "approved",
    "expected_on": "2026-03-10", "created_at": "2026-03-01T08:00:00Z",
    "lines": [{"line": 1, "sku": "TEA-GREEN", "location": "vienna", "ordered": 100, "received": 0,
               "over_received": 0, "closed": 0, "outstanding": 100, "expected_on": "2026-03-10",
               "overdue": False, "pegged": 4}],
    "over_receipt_percent": 0,
}  # fmt: skip


class PurchaseOrderOut(BaseModel):
    """A purchase order with its lines."""

    model_config = example(**EXAMPLE_PURCHASE_ORDER)

    number: str
    supplier: str
    status: PurchaseOrderStatus
    expected_on: date | None
    created_at: datetime
    over_receipt_percent: int
    lines: list[PurchaseLineOut]


class DistributionOut(BaseModel):
    """How far what came is given out to those who wait."""

    skus: int
    skus_owed: int = Field(description="SKUs whose queues are still being served.")
    since: datetime | None = Field(description="When the first of these began to wait for it.")
    undistributed: int = Field(description="Received units that are still being given out.")
    orders_released: int = Field(description="Orders to whose shipments units went straight.")
    lines_waiting: int = Field(description="Lines that wait for its SKUs, for any supply.")
    units_waiting: int


EXAMPLE_DISTRIBUTION = {
    "skus": 1, "skus_owed": 0, "since": None, "undistributed": 0, "orders_released": 12,
    "lines_waiting": 3, "units_waiting": 9,
}  # fmt: skip


class PurchaseOrderDetailOut(PurchaseOrderOut):
    """A purchase order, and how far what came of it is given out."""

    model_config = example(distribution=EXAMPLE_DISTRIBUTION, **EXAMPLE_PURCHASE_ORDER)

    distribution: DistributionOut


class ReceivedOut(PurchaseOrderOut):
    """The purchase order right after the receipt was counted, and where the goods go.

    They are given out right after it: see the receipt, or wait for it with `Prefer: wait=5`.
    """

    model_config = example(receipt="GR-9", goods=[EXAMPLE_LINE], **EXAMPLE_PURCHASE_ORDER)

    receipt: str
    goods: list[ReceivedLineOut]


class PurchaseSummaryOut(BaseModel):
    """One purchase order in a list; units over all lines."""

    number: str
    supplier: str
    status: PurchaseOrderStatus
    expected_on: date | None
    created_at: datetime
    line_count: int
    ordered: int
    received: int
    closed: int
    pegged: int


class PurchaseOrderPage(BaseModel):
    """One page of purchase orders, the newest first."""

    model_config = example(
        items=[{
            "number": "PO-77", "supplier": "Leaf Imports", "status": "approved",
            "expected_on": "2026-03-10", "created_at": "2026-03-01T08:00:00Z", "line_count": 1,
            "ordered": 100, "received": 0, "closed": 0, "pegged": 4,
        }],
        next=None,
    )  # fmt: skip

    items: list[PurchaseSummaryOut]
    next: str | None


class ReleasedOrderOut(BaseModel):
    """One order that waits for a purchase order."""

    order: str
    status: OrderStatus
    priority: int
    placed_at: datetime
    units: int = Field(description="Units of this purchase order that are pegged to it.")
    pinned: int = Field(description="Of these, units that a person pinned.")
    expected_on: date | None
    waiting: int = Field(description="Units that it waits for in all.")
    completes: bool = Field(description="It waits for nothing beyond this purchase order.")


class ReleasedOrderPage(BaseModel):
    """One page of the orders that a purchase order will release, by rank."""

    model_config = example(
        items=[{
            "order": "WEB-1001", "status": "awaiting_stock", "priority": 50,
            "placed_at": "2026-03-01T08:00:00Z", "units": 4, "pinned": 0,
            "expected_on": "2026-03-10", "waiting": 4, "completes": True,
        }],
        next=None,
    )  # fmt: skip

    items: list[ReleasedOrderOut]
    next: str | None
