"""Receipts: what came, and where it went."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from starter.models.fields import Name, Request, example


class ReverseIn(Request):
    """Why a receipt is taken back."""

    model_config = example(reason="counted on the wrong purchase order")

    reason: Name


class DockedOut(BaseModel):
    """Units that go straight to a released shipment."""

    order: str
    shipment: int = Field(description="The shipment's id, as it is picked by.")
    units: int


class ReceivedLineOut(BaseModel):
    """One line that came: units = to_shipments + to_shelf + undistributed."""

    line: int
    sku: str
    disposition: Literal["sellable", "damaged", "quarantine", "scrapped"]
    units: int
    to_shipments: int = Field(description="Straight to shipments that are released.")
    to_shelf: int
    undistributed: int = Field(description="Still being given out to those who wait.")
    shipment_count: int
    shipments: list[DockedOut] = Field(description="By rank, the first 200.")


class ReceiptSummaryOut(BaseModel):
    """One receipt in a list."""

    number: str
    kind: Literal["purchase_order", "transfer", "return"]
    document: str = Field(description="The number of what it was received for.")
    location: str
    actor: str
    at: datetime
    reversed_at: datetime | None
    reversal_reason: str | None
    units: int
    to_shipments: int
    to_shelf: int
    undistributed: int


EXAMPLE_RECEIPT = {
    "number": "GR-9", "kind": "purchase_order", "document": "PO-77", "location": "vienna",
    "actor": "buyer (k7)", "at": "2026-03-10T09:30:00Z", "reversed_at": None,
    "reversal_reason": None, "units": 40, "to_shipments": 4, "to_shelf": 36, "undistributed": 0,
}  # fmt: skip

EXAMPLE_LINE = {
    "line": 1, "sku": "TEA-GREEN", "disposition": "sellable", "units": 40, "to_shipments": 4,
    "to_shelf": 36, "undistributed": 0, "shipment_count": 1,
    "shipments": [{"order": "WEB-1001", "shipment": 31, "units": 4}],
}  # fmt: skip


class ReceiptOut(ReceiptSummaryOut):
    """A receipt with its lines: what goes straight to which shipments, and what to the shelf."""

    model_config = example(**EXAMPLE_RECEIPT, lines=[EXAMPLE_LINE])

    lines: list[ReceivedLineOut]


class ReceiptPage(BaseModel):
    """One page of receipts, the newest first."""

    model_config = example(items=[EXAMPLE_RECEIPT], next=None)

    items: list[ReceiptSummaryOut]
    next: str | None
