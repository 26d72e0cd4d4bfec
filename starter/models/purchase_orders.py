"""Purchase orders as they are sent."""

from typing import Annotated, Literal

from pydantic import Field

from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.supply.purchase_orders import (
    KEEP,
    LineChange,
    NewPurchaseLine,
    NewPurchaseOrder,
    PurchaseChange,
)
from starter.models.fields import (
    MOST_ITEMS,
    Day,
    LineNumber,
    Location,
    LongText,
    Number,
    PackName,
    Percent,
    Request,
    ShortText,
    Sku,
    Units,
    UnitsOrNone,
    example,
)

OVER_RECEIPT = (
    "How much more of a line than ordered is taken, in percent; what is beyond is refused."
)


class PurchaseLineIn(Request):
    """Units of a SKU to a location, with a date of its own or the header's."""

    line: LineNumber
    sku: Sku
    units: Annotated[Units, Field(description="Base units, or whole packs where `pack` names one.")]
    location: Location
    expected_on: Day | None = None
    pack: PackName | None = None

    def to_domain(self) -> NewPurchaseLine:
        """The line as the store takes it."""
        return NewPurchaseLine(
            self.line, self.sku, self.units, self.location, self.expected_on, self.pack
        )


class PurchaseOrderIn(Request):
    """A purchase order; it counts as inbound once it is approved."""

    model_config = example(
        number="PO-77", supplier="Leaf Imports", expected_on="2026-03-10", status="approved",
        lines=[{"line": 1, "sku": "TEA-GREEN", "units": 100, "location": "vienna"}],
    )  # fmt: skip

    number: Number
    lines: Annotated[list[PurchaseLineIn], Field(max_length=MOST_ITEMS)]
    supplier: ShortText = ""
    expected_on: Day | None = None
    status: Literal["draft", "approved"] = "approved"
    """A draft is not counted on until it is approved."""
    over_receipt_percent: Annotated[Percent, Field(description=OVER_RECEIPT)] = 0

    def to_domain(self) -> NewPurchaseOrder:
        """The purchase order as the store takes it."""
        status = PurchaseOrderStatus(self.status)
        return NewPurchaseOrder(
            self.number,
            tuple(line.to_domain() for line in self.lines),
            self.supplier,
            self.expected_on,
            status,
            self.over_receipt_percent,
        )


class LineChangeIn(Request):
    """One line as it is to be; what is left out stays as it is."""

    line: LineNumber
    expected_on: Annotated[Day | None, Field(description="Null: no date is known.")] = None
    units: Annotated[
        UnitsOrNone | None,
        Field(description="Ordered in all; no fewer than were received. 0 gives the line up."),
    ] = None

    def to_domain(self) -> LineChange:
        """The line as the store takes it."""
        on = self.expected_on if "expected_on" in self.model_fields_set else KEEP
        return LineChange(self.line, on, self.units)


class PurchaseChangeIn(Request):
    """What is to be different; what is left out stays as it is."""

    model_config = example(
        expected_on="2026-03-17", lines=[{"line": 1, "units": 80, "expected_on": "2026-03-20"}],
        note="The supplier ships less, and later.",
    )  # fmt: skip

    expected_on: Annotated[
        Day | None,
        Field(description="The header's date; lines that stand on the old one take it as well."),
    ] = None
    lines: Annotated[tuple[LineChangeIn, ...], Field(max_length=MOST_ITEMS)] = ()
    add_lines: Annotated[
        tuple[PurchaseLineIn, ...],
        Field(max_length=MOST_ITEMS, description="Lines with numbers that it had not."),
    ] = ()
    over_receipt_percent: Annotated[Percent | None, Field(description=OVER_RECEIPT)] = None
    note: LongText | None = None

    def to_domain(self, number: str) -> PurchaseChange:
        """The change as the store takes it."""
        on = self.expected_on if "expected_on" in self.model_fields_set else KEEP
        lines = tuple(line.to_domain() for line in self.lines)
        added = tuple(line.to_domain() for line in self.add_lines)
        return PurchaseChange(number, on, lines, self.over_receipt_percent, added)


class StatusIn(Request):
    """The status it moves to; `closed` ends it short, and `received` comes of its receipts."""

    model_config = example(status="in_transit")

    status: Literal["approved", "in_transit", "arrived", "closed", "cancelled"]
    """The status that it moves to."""
    note: LongText | None = None
