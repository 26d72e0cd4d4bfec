"""What should be bought, and purchase orders drafted from it."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from fulfillment.store.commands.supply.purchase_orders import Draft
from starter.models.fields import (
    MOST_ITEMS,
    NO_CONTROL_CHARACTERS,
    Day,
    Location,
    Request,
    Sku,
    example,
)
from starter.models.purchase_orders_out import EXAMPLE_PURCHASE_ORDER, PurchaseOrderOut

Supplier = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=NO_CONTROL_CHARACTERS)
]
Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/#-]{0,47}$")]


class DraftIn(Request):
    """What to draft; all that should be bought unless it says less."""

    model_config = example(supplier="Leaf Imports", expected_on="2026-03-10", prefix="PO-")

    supplier: Annotated[
        Supplier | None,
        Field(description="Only its products and, of `skus`, those that have no supplier."),
    ] = None
    skus: Annotated[tuple[Sku, ...] | None, Field(min_length=1, max_length=MOST_ITEMS)] = None
    location: Annotated[
        Location | None,
        Field(description="Only what is to be bought for it; what any may serve is, then."),
    ] = None
    prefix: Annotated[
        Prefix, Field(description="A number is this with the next free number behind it.")
    ] = "PO-"
    expected_on: Day | None = None

    def to_domain(self) -> Draft:
        """The draft as the store takes it."""
        return Draft(**{name: getattr(self, name) for name in type(self).model_fields})


class ShortOrderOut(BaseModel):
    """An order behind a suggestion, with its units that are short."""

    number: str
    units: int
    priority: int
    placed_at: datetime


class SuggestionOut(BaseModel):
    """What should be bought of one product for one location."""

    supplier: str = Field(description="Empty where the product has none.")
    sku: str
    name: str
    location: str
    units: int = Field(description="To be bought: for_waiting + for_reorder_level.")
    for_waiting: int
    for_reorder_level: int
    waiting: int = Field(description="Units of the product that wait, at all locations.")
    free: int = Field(description="Units that nobody holds, at all locations.")
    coming: int = Field(description="Outstanding on supply, whatever its date, at all locations.")
    drafted: int = Field(description="Units on purchase orders in draft, at all locations.")
    oldest: datetime | None = Field(description="When the first order that is short was placed.")
    order_count: int = Field(description="Orders that are short.")
    orders: list[ShortOrderOut] = Field(description="The first of them in rank, at most 20.")


class SuggestionPage(BaseModel):
    """One page of what should be bought, the oldest need first."""

    model_config = example(
        items=[{
            "supplier": "Leaf Imports", "sku": "TEA-GREEN", "name": "Green tea",
            "location": "vienna", "units": 56, "for_waiting": 6, "for_reorder_level": 50,
            "waiting": 10, "free": 0, "coming": 4, "drafted": 0,
            "oldest": "2026-03-01T08:00:00Z", "order_count": 1,
            "orders": [{
                "number": "SO-1001", "units": 6, "priority": 50,
                "placed_at": "2026-03-01T08:00:00Z",
            }],
        }],
        next=None,
    )  # fmt: skip

    items: list[SuggestionOut]
    next: str | None


class DraftedOut(BaseModel):
    """The purchase orders that were drafted; none where nothing is to be bought."""

    model_config = example(
        purchase_orders=[EXAMPLE_PURCHASE_ORDER | {"status": "draft"}], without_supplier=["CUP"]
    )

    purchase_orders: list[PurchaseOrderOut]
    without_supplier: list[str] = Field(
        description="SKUs that should be bought and were left out: they have no supplier."
    )
