"""Packages as they are asked for and answered, and what is said of a dispatch."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StrictInt

from fulfillment.domain.floor.packing import Contents, Size
from fulfillment.domain.model.limits import MOST_LINES
from fulfillment.store.reading.views.shipments import Packages
from starter.models.fields import MOST_ITEMS, LineNumber, Request, ShortText, Units, example
from starter.models.orders_in import NoteIn

Grams = Annotated[StrictInt, Field(ge=1, le=10_000_000)]
Millimetres = Annotated[StrictInt, Field(ge=1, le=100_000)]
PackageNumber = Annotated[StrictInt, Field(ge=1, le=1_000_000)]
PathPackage = Annotated[int, Field(ge=1, le=1_000_000)]


class PackageLineIn(Request):
    """Units of one line of the order in a package."""

    order_line: LineNumber
    units: Units


class PackageIn(Request):
    """One package: what is in it, its weight and its outer dimensions where they are known."""

    model_config = example(lines=[{"order_line": 1, "units": 12}], weight_g=2400)

    lines: Annotated[list[PackageLineIn], Field(min_length=1, max_length=MOST_LINES)]
    weight_g: Grams | None = None
    length_mm: Millimetres | None = None
    width_mm: Millimetres | None = None
    height_mm: Millimetres | None = None

    def to_domain(self) -> Contents:
        """The package as the rules see it."""
        lines = tuple((line.order_line, line.units) for line in self.lines)
        return Contents(lines, Size(self.weight_g, self.length_mm, self.width_mm, self.height_mm))


class RepackIn(PackageIn, NoteIn):
    """What a package is to hold from now on."""

    model_config = example(lines=[{"order_line": 1, "units": 8}], weight_g=1600, note="Too heavy.")


class PackIn(NoteIn):
    """New packages; none named puts all that is in no package yet into one."""

    model_config = example(
        packages=[{"lines": [{"order_line": 1, "units": 12}], "weight_g": 2400, "length_mm": 400,
                   "width_mm": 300, "height_mm": 200}],
    )  # fmt: skip

    packages: Annotated[list[PackageIn], Field(min_length=1, max_length=MOST_ITEMS)] | None = None
    """Null: one package of all that is in none yet."""


class LabelIn(Request):
    """Who carries it, how, and under which number."""

    carrier: ShortText | None = None
    service: ShortText | None = None
    tracking: ShortText | None = None


class ShipPackageIn(LabelIn):
    """One package that leaves; what it does not say of its label is said for all of them."""

    model_config = example(number=1, tracking="EP123456789AT")

    number: PackageNumber
    """Its number among the packages of the shipment."""


class ShipIn(LabelIn, NoteIn):
    """What leaves: the packages named, or all of the shipment; and who carries it."""

    model_config = example(
        carrier="Example Post", service="Parcel",
        packages=[{"number": 1, "tracking": "EP123456789AT"}],
    )  # fmt: skip

    packages: Annotated[list[ShipPackageIn], Field(min_length=1, max_length=MOST_ITEMS)] | None = (
        Field(default=None, description="Others stay, and leave later as part of the same wave.")
    )


EXAMPLE_PACKAGE = {
    "number": 1, "shipment": 42, "status": "shipped", "weight_g": 2400, "length_mm": 400,
    "width_mm": 300, "height_mm": 200, "carrier": "Example Post", "service": "Parcel",
    "tracking": "EP123456789AT", "shipped_at": "2026-03-02T15:04:00Z",
    "lines": [{"line": 1, "sku": "TEA-GREEN", "units": 12}],
}  # fmt: skip

EXAMPLES: Mapping[type, object] = {Packages: {"packages": [EXAMPLE_PACKAGE]}}
