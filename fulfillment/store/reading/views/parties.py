"""Merchants, locations and products, as they are told."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantView:
    """Whose goods and orders they are."""

    id: str
    """Its name in paths and lists."""
    name: str
    time_zone: str
    """In which its days are told."""
    currency: str
    """Of orders that name none; of ISO 4217."""
    authorise_before_release: bool
    """Nothing is released before its order's payment is authorised."""
    reauthorise_on_release: bool
    """When what waited is released, the authorisation is due to be made anew."""
    shipping_methods: dict[str, int]
    """Days that goods are under way, by the name of the method."""


@dataclass(frozen=True, slots=True)
class ClosureView:
    """A day on which a location is closed, beside its public holidays."""

    day: date
    """By its own calendar."""
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationView:
    """A warehouse or store, with the merchants it serves."""

    id: str
    """Its name in paths and lists."""
    name: str
    time_zone: str
    """By which its days begin and end."""
    active: bool
    """False: nothing new is sent from it."""
    serves: dict[str, int]
    """Its priority for each merchant; lower goes first."""
    cutoff: str
    """What is released before it, by its clock, goes that day."""
    working_days: tuple[int, ...]
    """Monday is 1."""
    holidays: str | None
    """Whose public holidays it keeps: AT, US-NJ."""
    handling_days: int
    """Working days between a release and the day to ship on."""
    closures: tuple[ClosureView, ...]
    """By day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductView:
    """What is sold."""

    sku: str
    name: str
    manage_stock: bool
    """False: never waits, never out."""
    allow_backorder: bool
    """False: an order that it is too short for is refused."""
    backorder_limit: int | None
    """Units that may wait at most; null: any number."""
    future_inventory: bool
    """Whether what is on its way may be promised, if the policy does."""
    packs: dict[str, int]
    """Base units in each pack, by its name."""
    supplier: str | None
    reorder_level: int
    """Units that should be left once all that waits is met."""
    active: bool
    """False: no new order may name it."""
    barcodes: dict[str, str | None]
    """By GTIN (EAN, UPC), the pack that it is on; null: one unit."""
    weight_g: int | None
    """Of one unit, in grams."""
    length_mm: int | None
    """Of one unit, in millimetres."""
    width_mm: int | None
    """Of one unit, in millimetres."""
    height_mm: int | None
    """Of one unit, in millimetres."""
    country_of_origin: str | None
    """Two letters of ISO 3166."""
    customs_code: str | None
    """Of the Harmonized System, six digits or more."""
    bins: dict[str, str]
    """Where pickers find it, by location; pick lists walk by it."""
    substitutes: tuple[str, ...]
    """SKUs that a customer may be offered in its place, the best first."""
