"""Merchants, locations and products."""

from collections.abc import Mapping
from datetime import time
from typing import Annotated

from pydantic import BaseModel, Field, StrictBool, StrictInt, StringConstraints

from fulfillment.store.commands.catalogue import NewLocation, NewMerchant, NewProduct
from fulfillment.store.reading.views.parties import LocationView, MerchantView, ProductView
from starter.models.fields import (
    MOST_ITEMS,
    Currency,
    LongText,
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
from starter.models.paged import Paged

Limit = Annotated[StrictInt, Field(ge=0, le=1_000_000_000)]

Gtin = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}([0-9]{4,6})?$")]
Measure = Annotated[StrictInt, Field(ge=1, le=100_000_000)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Bin = Annotated[ShortText, StringConstraints(min_length=1)]
CustomsCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6,14}$")]

EXAMPLE_PRODUCT = {
    "name": "Green tea, 100 g", "manage_stock": True, "allow_backorder": True,
    "backorder_limit": None, "future_inventory": True, "packs": {"carton": 12},
    "supplier": "Leaf Imports", "reorder_level": 24, "active": True,
    "barcodes": {"4006381333931": None, "14006381333938": "carton"}, "weight_g": 120,
    "length_mm": 90, "width_mm": 60, "height_mm": 140, "country_of_origin": "JP",
    "customs_code": "090210", "bins": {"vienna": "A-03-2"}, "substitutes": [],
}  # fmt: skip


class ProductIn(Request):
    """A product as it is to be from now on; packs are base units by name."""

    model_config = example(**EXAMPLE_PRODUCT)

    name: Name
    manage_stock: StrictBool = Field(default=True, description="False: never waits, never out.")
    allow_backorder: StrictBool = Field(
        default=True, description="False: an order that it is too short for is refused."
    )
    backorder_limit: Limit | None = Field(default=None, description="Units that may wait at most.")
    future_inventory: StrictBool = Field(
        default=True, description="Whether what is on its way may be promised, if the policy does."
    )
    packs: dict[PackName, PackUnits] = Field(
        default_factory=dict, max_length=20, description="Base units in each pack, by its name."
    )
    supplier: ShortText | None = Field(default=None, description="Whom it is bought from.")
    reorder_level: Limit = Field(
        default=0, description="Units that should be left once all that waits is met."
    )
    active: StrictBool = Field(default=True, description="False: no new order may name it.")
    barcodes: dict[Gtin, PackName | None] = Field(
        default_factory=dict,
        max_length=50,
        description="By GTIN (EAN, UPC), the pack that it is on; null: one unit.",
    )
    weight_g: Measure | None = Field(default=None, description="Of one unit, in grams.")
    length_mm: Measure | None = Field(default=None, description="Of one unit, in millimetres.")
    width_mm: Measure | None = None
    """Of one unit, in millimetres."""
    height_mm: Measure | None = None
    """Of one unit, in millimetres."""
    country_of_origin: Country | None = Field(default=None, description="Two letters of ISO 3166.")
    customs_code: CustomsCode | None = Field(
        default=None, description="Of the Harmonized System, six digits or more."
    )
    bins: dict[Slug, Bin] = Field(
        default_factory=dict,
        max_length=1_000,
        description="Where pickers find it, by location; pick lists walk by it.",
    )
    substitutes: list[Sku] = Field(
        default_factory=list,
        max_length=10,
        description="SKUs that a customer may be offered in its place, the best first.",
    )

    def to_domain(self, sku: str) -> NewProduct:
        """The product as the store takes it."""
        values = self.model_dump(exclude={"sku", "substitutes"})
        return NewProduct(sku=sku, **values, substitutes=tuple(self.substitutes))


class BatchProductIn(ProductIn):
    """A product of a batch."""

    model_config = example(sku="TEA-GREEN", **EXAMPLE_PRODUCT)

    sku: Sku


class ProductBatchIn(Request):
    """Products that are all put, or none."""

    model_config = example(products=[{"sku": "TEA-GREEN"} | EXAMPLE_PRODUCT])

    products: Annotated[list[BatchProductIn], Field(min_length=1, max_length=MOST_ITEMS)]
    """All of them are put, or none."""


class PutOut(BaseModel):
    """How many were put."""

    model_config = example(put=1)

    put: int
    """How many were put."""


TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
HolidayCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Za-z0-9 ._-]{1,40})?$")]
WorkingDays = Annotated[
    list[Annotated[StrictInt, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)
]

EXAMPLE_LOCATION = {
    "name": "Vienna", "time_zone": "Europe/Vienna", "active": True, "serves": {"acme": 1},
    "cutoff": "15:00", "working_days": [1, 2, 3, 4, 5], "holidays": "AT", "handling_days": 0,
}  # fmt: skip


class LocationIn(Request):
    """A warehouse or store, and its priority for each merchant it serves (lower goes first)."""

    model_config = example(**EXAMPLE_LOCATION)

    name: Name
    time_zone: TimeZone = Field(default="UTC", description="By which its days begin and end.")
    active: StrictBool = Field(default=True, description="False: nothing new is sent from it.")
    serves: dict[Slug, Annotated[StrictInt, Field(ge=0, le=1_000_000)]] = Field(
        default_factory=dict, max_length=1_000, description="Merchants not named keep theirs."
    )
    cutoff: TimeOfDay = Field(
        default="15:00", description="What is released before it, by its clock, goes that day."
    )
    working_days: WorkingDays = Field(
        default_factory=lambda: [1, 2, 3, 4, 5], description="Monday is 1."
    )
    holidays: HolidayCode | None = Field(
        default=None, description="Whose public holidays it keeps: AT, US-NJ."
    )
    handling_days: Annotated[StrictInt, Field(ge=0, le=60)] = Field(
        default=0, description="Working days between a release and the day to ship on."
    )

    def to_domain(self, location: str) -> NewLocation:
        """The location as the store takes it."""
        values = self.model_dump() | {
            "cutoff": time.fromisoformat(self.cutoff),
            "working_days": tuple(self.working_days),
        }
        return NewLocation(id=location, **values)


class ClosureIn(Request):
    """Why it is closed."""

    model_config = example(reason="Stocktaking")

    reason: LongText | None = None


EXAMPLE_CLOSURES = [{"day": "2026-12-24", "reason": "Stocktaking"}]


EXAMPLE_MERCHANT = {
    "name": "Acme Teas", "time_zone": "Europe/Vienna", "currency": "EUR",
    "authorise_before_release": False, "reauthorise_on_release": False,
    "shipping_methods": {"express": 1, "standard": 3},
}  # fmt: skip

Method = Annotated[ShortText, Field(min_length=1)]
TransitDays = Annotated[StrictInt, Field(ge=0, le=90)]


class MerchantIn(Request):
    """Whose goods and orders they are."""

    model_config = example(**EXAMPLE_MERCHANT)

    name: Name
    time_zone: TimeZone = Field(default="UTC", description="In which its days are told.")
    currency: Currency = Field(default="USD", description="Of orders that name none; of ISO 4217.")
    authorise_before_release: StrictBool = Field(
        default=False, description="Nothing is released before its order's payment is authorised."
    )
    reauthorise_on_release: StrictBool = Field(
        default=False,
        description="When what waited is released, the authorisation is due to be made anew.",
    )
    shipping_methods: Annotated[dict[Method, TransitDays], Field(max_length=100)] = Field(
        default_factory=dict,
        description="Days that goods are under way, by the name of the method, for later orders.",
    )

    def to_domain(self, merchant: str) -> NewMerchant:
        """The merchant as the store takes it."""
        return NewMerchant(id=merchant, **self.model_dump())


EXAMPLES: Mapping[type, object] = {
    ProductView: {"sku": "TEA-GREEN"} | EXAMPLE_PRODUCT,
    LocationView: EXAMPLE_LOCATION | {"id": "vienna", "closures": EXAMPLE_CLOSURES},
    MerchantView: {"id": "acme"} | EXAMPLE_MERCHANT,
}


class ProductPage(Paged[ProductView]):
    """One page of products, by SKU."""


class LocationPage(Paged[LocationView]):
    """One page of locations, by name."""


class MerchantPage(Paged[MerchantView]):
    """One page of merchants, by name."""
