"""Orders as they are listed."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from fulfillment.domain.model.statuses import OrderStatus
from starter.models.fields import example


class AwaitedSupplyOut(BaseModel):
    """What some units of an order wait for: a supply and its day, or nothing that is known yet."""

    sku: str
    units: int
    supply: str | None = Field(description="The number of what brings them; null: nothing yet.")
    kind: Literal["purchase_order", "transfer", "return", "restock"] | None
    on: date | None = Field(description="The day it is expected; null: nobody has said.")


class OrderSummaryOut(BaseModel):
    """One order in a list; units are base units over all lines."""

    number: str
    status: OrderStatus
    priority: int
    placed_at: datetime
    ship_by: date | None
    holds: list[str]
    waiting_units: int
    ready_to_ship: bool
    ready_since: datetime | None
    target_ship_on: date | None
    lock_location: str | None
    pickup_location: str | None
    finished_at: datetime | None
    line_count: int
    ordered: int
    shipped: int
    cancelled: int
    to_go: int = Field(description="Ordered, neither shipped nor cancelled.")
    allocated: int = Field(description="How many of these are allocated.")
    awaits: list[AwaitedSupplyOut] = Field(description="What it waits for, the first due first.")
    awaits_count: int = Field(description="How many there are.")
    promised_on: date | None = Field(description="By when all of it is promised now.")
    first_promised_on: date | None = Field(description="By when all of it was promised first.")


class OrderPage(BaseModel):
    """One page of orders."""

    model_config = example(
        items=[{
            "number": "SO-1001", "status": "awaiting_stock", "priority": 50,
            "placed_at": "2026-03-01T08:30:00Z", "ship_by": "2026-03-05", "holds": [],
            "waiting_units": 4, "ready_to_ship": True, "ready_since": "2026-03-02T09:15:00Z",
            "target_ship_on": "2026-03-02", "to_go": 24, "allocated": 20, "awaits_count": 1,
            "awaits": [{"sku": "TEA-GREEN", "units": 4, "supply": "PO-77",
                        "kind": "purchase_order", "on": "2026-03-10"}],
            "promised_on": "2026-03-10", "first_promised_on": "2026-03-31",
            "lock_location": None,
            "pickup_location": None, "finished_at": None, "line_count": 1, "ordered": 24,
            "shipped": 0, "cancelled": 0,
        }],
        next=None,
    )  # fmt: skip

    items: list[OrderSummaryOut]
    next: str | None = Field(description="Send it as `cursor` for the next page; null at the end.")
