"""Receipts: what came, and where it went."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from fulfillment.domain.model.moves import Disposition, SupplyKind
from fulfillment.store.commands.supply.receiving import Receipt, ReceivedLine
from fulfillment.store.reading.views.moves import ReceiptSummary, ReceiptView
from starter.models.fields import (
    MOST_ITEMS,
    LineNumber,
    Location,
    Name,
    Number,
    Request,
    Units,
    example,
)
from starter.models.paged import Paged

Made = Annotated[
    Disposition,
    Field(description="Only `sellable` units serve orders; `scrapped` are on nobody's shelf."),
]
FoundBecause = Annotated[
    Name | None,
    Field(description="Why units come that were given up; without it they are refused."),
]


class ReceivedLineIn(Request):
    """Units of one line that came, and what is made of them."""

    line: LineNumber
    units: Units
    disposition: Made = Disposition.SELLABLE


class CameIn(Request):
    """Goods that came for one document; the receipt's number is counted once.

    A line may be there once for each disposition.
    """

    kind: ClassVar[SupplyKind]

    number: Number
    lines: Annotated[list[ReceivedLineIn], Field(max_length=MOST_ITEMS)]
    reason: FoundBecause = None

    def to_domain(self, document: str) -> Receipt:
        """The receipt as the store takes it."""
        lines = tuple(ReceivedLine(x.line, x.units, x.disposition) for x in self.lines)
        location: str | None = getattr(self, "location", None)
        return Receipt(self.number, document, location, lines, self.kind, self.reason)


class ReceiptIn(CameIn):
    """Goods that came for a purchase order; the receipt's number is counted once.

    A line may be there once for each disposition.
    """

    model_config = example(
        number="GR-9", location="vienna",
        lines=[{"line": 1, "units": 40}, {"line": 1, "units": 2, "disposition": "damaged"}],
    )  # fmt: skip
    kind = SupplyKind.PURCHASE_ORDER

    location: Location


class TransferReceiptIn(CameIn):
    """Goods that came to the destination; the receipt's number is counted once.

    A line may be there once for each disposition.
    """

    model_config = example(number="GR-12", lines=[{"line": 1, "units": 12}])
    kind = SupplyKind.TRANSFER


class ReturnReceiptIn(CameIn):
    """Goods that came back; the receipt's number is counted once.

    A line may be there once for each disposition.
    """

    model_config = example(
        number="GR-13",
        lines=[
            {"line": 1, "units": 1, "disposition": "sellable"},
            {"line": 1, "units": 1, "disposition": "damaged"},
        ],
    )
    kind = SupplyKind.RETURN


class ReverseIn(Request):
    """Why a receipt is taken back."""

    model_config = example(reason="counted on the wrong purchase order")

    reason: Name


EXAMPLE_RECEIPT = {
    "number": "GR-9", "kind": "purchase_order", "document": "PO-77", "location": "vienna",
    "actor": "buyer (k7)", "at": "2026-03-10T09:30:00Z", "reason": None, "reversed_at": None,
    "reversal_reason": None, "units": 40, "to_shipments": 4, "to_shelf": 36, "undistributed": 0,
}  # fmt: skip

EXAMPLE_LINE = {
    "line": 1, "sku": "TEA-GREEN", "disposition": "sellable", "units": 40, "found": 0,
    "to_shipments": 4, "to_shelf": 36, "undistributed": 0, "shipment_count": 1,
    "shipments": [{"order": "WEB-1001", "shipment": 31, "units": 4}],
}  # fmt: skip

EXAMPLES: Mapping[type, object] = {
    ReceiptView: EXAMPLE_RECEIPT | {"lines": [EXAMPLE_LINE]},
    ReceiptSummary: EXAMPLE_RECEIPT,
}


class ReceiptPage(Paged[ReceiptSummary]):
    """One page of receipts, the newest first."""
