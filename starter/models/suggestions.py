"""What should be bought, and purchase orders drafted from it."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from fulfillment.store.commands.supply.purchase_orders import Draft
from fulfillment.store.reading.views.purchasing import DraftedOrders, SuggestionView
from starter.models.fields import (
    MOST_ITEMS,
    NO_CONTROL_CHARACTERS,
    Day,
    Location,
    Request,
    Sku,
    example,
    named,
)
from starter.models.paged import Paged
from starter.models.purchase_orders_out import EXAMPLE_PURCHASE_ORDER

Supplier = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=NO_CONTROL_CHARACTERS)
]
Prefix = Annotated[str, StringConstraints(strip_whitespace=True, max_length=48), named(48)]


class DraftIn(Request):
    """What to draft; all that should be bought unless it says less."""

    model_config = example(supplier="Leaf Imports", expected_on="2031-03-10", prefix="PO-")

    supplier: Annotated[
        Supplier | None,
        Field(description="Only its products and, of `skus`, those that have no supplier."),
    ] = None
    skus: Annotated[tuple[Sku, ...] | None, Field(min_length=1, max_length=MOST_ITEMS)] = None
    """Only these products."""
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


EXAMPLES: Mapping[type, object] = {
    SuggestionView: {
        "supplier": "Leaf Imports", "sku": "TEA-GREEN", "name": "Green tea",
        "location": "vienna", "units": 56, "for_waiting": 6, "for_reorder_level": 50,
        "waiting": 10, "free": 0, "coming": 4, "drafted": 0, "surplus": 0, "drafts": [],
        "oldest": "2026-03-01T08:00:00Z", "order_count": 1,
        "orders": [{
            "number": "SO-1001", "units": 6, "priority": 50,
            "placed_at": "2026-03-01T08:00:00Z",
        }],
    },
    DraftedOrders: {
        "purchase_orders": [EXAMPLE_PURCHASE_ORDER | {"status": "draft"}],
        "without_supplier": ["CUP"],
    },
}  # fmt: skip


class SuggestionPage(Paged[SuggestionView]):
    """One page of what should be bought, the oldest need first."""
