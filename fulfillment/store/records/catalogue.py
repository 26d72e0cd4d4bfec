"""Products and locations as they are written and read: every field of a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product. Packs are base units by name (carton = 12).

    Barcodes are GTINs with the pack that they are on, None for one unit; weight and size are those
    of one unit. `bins` are where pickers find it, by location. What is not known is None.
    `substitutes` are SKUs that a customer may be offered in its place, the best first.
    """

    sku: str
    name: str
    manage_stock: bool = True
    allow_backorder: bool = True
    backorder_limit: int | None = None
    future_inventory: bool = True
    packs: Mapping[str, int] = field(default_factory=dict)
    supplier: str | None = None
    reorder_level: int = 0
    active: bool = True
    barcodes: Mapping[str, str | None] = field(default_factory=dict)
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    country_of_origin: str | None = None
    customs_code: str | None = None
    bins: Mapping[str, str] = field(default_factory=dict)
    substitutes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewLocation:
    """A warehouse or store, and the merchants it serves with its priority for each.

    Released before the `cutoff` on one of its `working_days` (ISO), goods should leave that day,
    or `handling_days` working days later. `holidays` names whose public holidays it keeps.
    """

    id: str
    name: str
    time_zone: str = "UTC"
    active: bool = True
    serves: Mapping[str, int] = field(default_factory=dict)
    cutoff: time = time(15)
    working_days: tuple[int, ...] = (1, 2, 3, 4, 5)
    holidays: str | None = None
    handling_days: int = 0
