"""Merchants, locations and products."""

from typing import Annotated

from pydantic import BaseModel, Field, StrictBool, StrictInt

from fulfillment.store.commands.catalogue import NewLocation, NewMerchant, NewProduct
from starter.models.fields import (
    MOST_ITEMS,
    Currency,
    Name,
    PackName,
    PackUnits,
    Request,
    ShortText,
    Sku,
    Slug,
    TimeZone,
    example,
)

Limit = Annotated[StrictInt, Field(ge=0, le=1_000_000_000)]

EXAMPLE_PRODUCT = {
    "name": "Green tea, 100 g", "manage_stock": True, "allow_backorder": True,
    "backorder_limit": None, "future_inventory": True, "packs": {"carton": 12},
    "supplier": "Leaf Imports", "reorder_level": 24, "active": True,
}  # fmt: skip


class ProductIn(Request):
    """A product as it is to be from now on; packs are base units by name."""

    model_config = example(**EXAMPLE_PRODUCT)

    name: Name
    manage_stock: StrictBool = Field(default=True, description="False: never waits, never out.")
    allow_backorder: StrictBool = True
    backorder_limit: Limit | None = Field(default=None, description="Units that may wait at most.")
    future_inventory: StrictBool = True
    packs: dict[PackName, PackUnits] = Field(default_factory=dict, max_length=20)
    supplier: ShortText | None = None
    reorder_level: Limit = 0
    active: StrictBool = True

    def to_domain(self, sku: str) -> NewProduct:
        """The product as the store takes it."""
        return NewProduct(sku=sku, **self.model_dump(exclude={"sku"}))


class BatchProductIn(ProductIn):
    """A product of a batch."""

    model_config = example(sku="TEA-GREEN", **EXAMPLE_PRODUCT)

    sku: Sku


class ProductBatchIn(Request):
    """Products that are all put, or none."""

    model_config = example(products=[{"sku": "TEA-GREEN"} | EXAMPLE_PRODUCT])

    products: Annotated[list[BatchProductIn], Field(min_length=1, max_length=MOST_ITEMS)]


class PutOut(BaseModel):
    """How many were put."""

    model_config = example(put=1)

    put: int


class ProductOut(BaseModel):
    """A product."""

    model_config = example(sku="TEA-GREEN", **EXAMPLE_PRODUCT)

    sku: str
    name: str
    manage_stock: bool
    allow_backorder: bool
    backorder_limit: int | None
    future_inventory: bool
    packs: dict[str, int]
    supplier: str | None
    reorder_level: int
    active: bool


class ProductPage(BaseModel):
    """One page of products, by SKU."""

    model_config = example(items=[{"sku": "TEA-GREEN"} | EXAMPLE_PRODUCT], next=None)

    items: list[ProductOut]
    next: str | None


EXAMPLE_LOCATION = {
    "name": "Vienna", "time_zone": "Europe/Vienna", "active": True, "serves": {"acme": 1},
}  # fmt: skip


class LocationIn(Request):
    """A warehouse or store, and its priority for each merchant it serves (lower goes first)."""

    model_config = example(**EXAMPLE_LOCATION)

    name: Name
    time_zone: TimeZone = "UTC"
    active: StrictBool = True
    serves: dict[Slug, Annotated[StrictInt, Field(ge=0, le=1_000_000)]] = Field(
        default_factory=dict, max_length=1_000, description="Merchants not named keep theirs."
    )

    def to_domain(self, location: str) -> NewLocation:
        """The location as the store takes it."""
        return NewLocation(id=location, **self.model_dump())


class LocationOut(BaseModel):
    """A warehouse or store."""

    model_config = example(id="vienna", **EXAMPLE_LOCATION)

    id: str
    name: str
    time_zone: str
    active: bool
    serves: dict[str, int]


class LocationPage(BaseModel):
    """One page of locations, by name."""

    model_config = example(items=[{"id": "vienna"} | EXAMPLE_LOCATION], next=None)

    items: list[LocationOut]
    next: str | None


EXAMPLE_MERCHANT = {"name": "Acme Teas", "time_zone": "Europe/Vienna", "currency": "EUR"}


class MerchantIn(Request):
    """Whose goods and orders they are."""

    model_config = example(**EXAMPLE_MERCHANT)

    name: Name
    time_zone: TimeZone = "UTC"
    currency: Currency = "USD"

    def to_domain(self, merchant: str) -> NewMerchant:
        """The merchant as the store takes it."""
        return NewMerchant(id=merchant, **self.model_dump())


class MerchantOut(BaseModel):
    """A merchant."""

    model_config = example(id="acme", **EXAMPLE_MERCHANT)

    id: str
    name: str
    time_zone: str
    currency: str


class MerchantPage(BaseModel):
    """One page of merchants, by name."""

    model_config = example(items=[{"id": "acme"} | EXAMPLE_MERCHANT], next=None)

    items: list[MerchantOut]
    next: str | None
