"""Transfers between locations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from fulfillment.store.commands.supply.moves.documents import (
    NewTransfer,
    NewTransferLine,
)
from fulfillment.store.reading.views.moves import TransferSummary, TransferView
from starter.models.fields import (
    MOST_ITEMS,
    Day,
    LineNumber,
    Location,
    LongText,
    Number,
    Request,
    Sku,
    Units,
    example,
)
from starter.models.paged import Paged


class TransferLineIn(Request):
    """Units of a SKU that are to go."""

    line: LineNumber
    sku: Sku
    units: Units


class TransferIn(Request):
    """A transfer; nothing moves until it is shipped."""

    model_config = example(
        number="TR-3", source="vienna", destination="graz", expected_on="2031-03-04", ship=True,
        lines=[{"line": 1, "sku": "TEA-GREEN", "units": 12}],
    )  # fmt: skip

    number: Number
    source: Location
    """The location that the goods leave."""
    destination: Location
    """The location that they go to."""
    lines: Annotated[list[TransferLineIn], Field(max_length=MOST_ITEMS)]
    expected_on: Annotated[
        Day | None, Field(description="Null: no date is known, and nobody is pegged on it.")
    ] = None
    ship: Annotated[bool, Field(strict=True, description="The goods leave now.")] = False

    def to_domain(self) -> NewTransfer:
        """The transfer as the store takes it."""
        lines = tuple(NewTransferLine(x.line, x.sku, x.units) for x in self.lines)
        return NewTransfer(
            self.number, self.source, self.destination, lines, self.expected_on, self.ship
        )


class TransferChangeIn(Request):
    """Another day."""

    model_config = example(expected_on="2031-03-06", note="The van broke down.")

    expected_on: Annotated[Day | None, Field(description="Null: no date is known.")]
    note: LongText | None = None


class MoveNoteIn(Request):
    """Why."""

    model_config = example(note="Two cartons were lost.")

    note: LongText | None = None


EXAMPLE_HEAD = {
    "number": "TR-3", "source": "vienna", "destination": "graz", "status": "in_transit",
    "expected_on": "2026-03-04", "shipped_at": "2026-03-02T08:00:00Z",
    "created_at": "2026-03-01T08:00:00Z",
}  # fmt: skip
EXAMPLE_TRANSFER = EXAMPLE_HEAD | {
    "lines": [{"line": 1, "sku": "TEA-GREEN", "units": 12, "received": 0, "closed": 0,
               "outstanding": 12, "pegged": 2}],
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferReceiptOut(TransferView):
    """The transfer as it was right after the receipt was counted."""

    receipt: str
    """The receipt's number."""


EXAMPLES: Mapping[type, object] = {
    TransferView: EXAMPLE_TRANSFER,
    TransferReceiptOut: EXAMPLE_TRANSFER | {"receipt": "GR-12"},
    TransferSummary: EXAMPLE_HEAD | {
        "line_count": 1, "units": 12, "received": 0, "closed": 0, "pegged": 2,
    },
}  # fmt: skip


class TransferPage(Paged[TransferSummary]):
    """One page of transfers, the newest first."""
