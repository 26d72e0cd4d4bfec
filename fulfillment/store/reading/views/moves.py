"""Receipts, transfers, returns and restocks, as they are told."""

from dataclasses import dataclass
from datetime import date, datetime

from fulfillment.domain.model.moves import Disposition, ReturnStatus, SupplyKind, TransferStatus


@dataclass(frozen=True, slots=True)
class DockedUnits:
    """Units that go straight to a released shipment."""

    order: str
    shipment: int
    """The shipment's id, as it is picked by."""
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLineView:
    """One line that came: units = to_shipments + to_shelf + undistributed."""

    line: int
    sku: str
    disposition: Disposition
    """What was made of the units; only `sellable` ones serve orders."""
    units: int
    found: int
    """Of these, units that had been given up."""
    to_shipments: int
    """Straight to shipments that are released."""
    to_shelf: int
    """To the shelf, for nobody yet or for who waits."""
    undistributed: int
    """Still being given out to those who wait."""
    shipment_count: int
    """Shipments to which units go straight."""
    shipments: tuple[DockedUnits, ...]
    """By rank, the first 200."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptSummary:
    """One receipt in a list."""

    number: str
    kind: SupplyKind
    """For what it was received."""
    document: str
    """The number of what it was received for."""
    location: str
    actor: str
    at: datetime
    reason: str | None
    """Why units were counted that had been given up."""
    reversed_at: datetime | None
    """When it was taken back."""
    reversal_reason: str | None
    """Why it was taken back."""
    units: int
    to_shipments: int
    """Straight to shipments that are released."""
    to_shelf: int
    """To the shelf, for nobody yet or for who waits."""
    undistributed: int
    """Still being given out to those who wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptView(ReceiptSummary):
    """A receipt with its lines: what goes straight to which shipments, and what to the shelf."""

    lines: tuple[ReceiptLineView, ...]
    """By number and disposition."""


@dataclass(frozen=True, kw_only=True)
class SupplyTotals:
    """Units over all lines of what is on its way.

    It has no slots, since a summary has them of its head: Python lays out only one base's.
    """

    line_count: int
    units: int
    received: int
    """Units that came."""
    closed: int
    """Units that will not come."""
    pegged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLineView:
    """One line; outstanding = units - received - closed."""

    line: int
    sku: str
    units: int
    received: int
    """Units that came."""
    closed: int
    """Units that were lost, or never sent."""
    outstanding: int
    pegged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferHead:
    """Whence, whither, how far it is, and when it is expected."""

    number: str
    source: str
    """The location that it leaves."""
    destination: str
    """The location that it goes to."""
    status: TransferStatus
    expected_on: date | None
    shipped_at: datetime | None
    """When the goods left."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferView(TransferHead):
    """A transfer with its lines."""

    lines: tuple[TransferLineView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferSummary(TransferHead, SupplyTotals):
    """One transfer in a list; units over all lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLineView:
    """One line; outstanding = units - received - closed."""

    line: int
    sku: str
    order_line: int | None
    """The order's line, where it was named."""
    units: int
    received: int
    """Units that came."""
    closed: int
    """Units that will not come."""
    outstanding: int
    pegged: int
    came: dict[Disposition, int]
    """Received units by what was made of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnHead:
    """Whither, of which order, why, and when it is expected."""

    number: str
    location: str
    order: str | None
    status: ReturnStatus
    reason: str | None
    expected_on: date | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnView(ReturnHead):
    """A return with its lines."""

    lines: tuple[ReturnLineView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnSummary(ReturnHead, SupplyTotals):
    """One return in a list; units over all lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestockView:
    """A restock; outstanding = units - received - closed."""

    number: str
    sku: str
    location: str
    units: int
    """Announced in all."""
    received: int
    """Units that came."""
    closed: int
    """Units that were withdrawn."""
    outstanding: int
    """Units still to come; none when it has ended."""
    pegged: int
    expected_on: date | None
    created_at: datetime
