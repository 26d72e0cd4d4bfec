"""Transfers between locations."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from fulfillment.domain.model.moves import TransferStatus
from fulfillment.store.commands.supply.moves.documents import (
    MoveReceipt,
    NewTransfer,
    NewTransferLine,
    ReceivedUnits,
)
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


class TransferLineIn(Request):
    """Units of a SKU that are to go."""

    line: LineNumber
    sku: Sku
    units: Units


class TransferIn(Request):
    """A transfer; nothing moves until it is shipped."""

    model_config = example(
        number="TR-3", source="vienna", destination="graz", expected_on="2026-03-04", ship=True,
        lines=[{"line": 1, "sku": "TEA-GREEN", "units": 12}],
    )  # fmt: skip

    number: Number
    source: Location
    destination: Location
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

    model_config = example(expected_on="2026-03-06", note="The van broke down.")

    expected_on: Annotated[Day | None, Field(description="Null: no date is known.")]
    note: LongText | None = None


class MoveNoteIn(Request):
    """Why."""

    model_config = example(note="Two cartons were lost.")

    note: LongText | None = None


class TransferredIn(Request):
    """Units of one line that came."""

    line: LineNumber
    units: Units


class TransferReceiptIn(Request):
    """Goods that came to the destination; the receipt's number is counted once."""

    model_config = example(number="GR-12", lines=[{"line": 1, "units": 12}])

    number: Number
    lines: Annotated[list[TransferredIn], Field(max_length=MOST_ITEMS)]

    def to_domain(self, transfer: str) -> MoveReceipt:
        """The receipt as the store takes it."""
        lines = tuple(ReceivedUnits(line.line, line.units) for line in self.lines)
        return MoveReceipt(self.number, transfer, lines)


class TransferLineOut(BaseModel):
    """One line; outstanding = units - received - closed."""

    line: int
    sku: str
    units: int
    received: int
    closed: int = Field(description="Units that were lost, or never sent.")
    outstanding: int
    pegged: int


EXAMPLE_HEAD = {
    "number": "TR-3", "source": "vienna", "destination": "graz", "status": "in_transit",
    "expected_on": "2026-03-04", "shipped_at": "2026-03-02T08:00:00Z",
    "created_at": "2026-03-01T08:00:00Z",
}  # fmt: skip
EXAMPLE_TRANSFER = EXAMPLE_HEAD | {
    "lines": [{"line": 1, "sku": "TEA-GREEN", "units": 12, "received": 0, "closed": 0,
               "outstanding": 12, "pegged": 2}],
}  # fmt: skip


class TransferHeadOut(BaseModel):
    """Whence, whither, how far it is, and when it is expected."""

    number: str
    source: str
    destination: str
    status: TransferStatus
    expected_on: date | None
    shipped_at: datetime | None
    created_at: datetime


class TransferOut(TransferHeadOut):
    """A transfer with its lines."""

    model_config = example(**EXAMPLE_TRANSFER)

    lines: list[TransferLineOut]


class TransferReceiptOut(TransferOut):
    """The transfer as it was right after the receipt was counted."""

    model_config = example(receipt="GR-12", **EXAMPLE_TRANSFER)

    receipt: str


class TransferSummaryOut(TransferHeadOut):
    """One transfer in a list; units over all lines."""

    line_count: int
    units: int
    received: int
    closed: int
    pegged: int


class TransferPage(BaseModel):
    """One page of transfers, the newest first."""

    model_config = example(
        items=[
            EXAMPLE_HEAD | {"line_count": 1, "units": 12, "received": 0, "closed": 0, "pegged": 2}
        ],
        next=None,
    )

    items: list[TransferSummaryOut]
    next: str | None
