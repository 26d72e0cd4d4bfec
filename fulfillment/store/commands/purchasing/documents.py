"""What is written on purchase orders and receipts."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from fulfillment.domain.statuses import (
    PurchaseOrderStatus,
)


@dataclass(frozen=True, slots=True)
class NewPurchaseLine:
    """One line: units of a SKU to a location, with a date of its own or the header's."""

    line: int
    sku: str
    units: int
    location: str
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewPurchaseOrder:
    """A purchase order as it is written."""

    number: str
    lines: tuple[NewPurchaseLine, ...]
    supplier: str = ""
    expected_on: date | None = None
    status: PurchaseOrderStatus = PurchaseOrderStatus.APPROVED


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """Units of one line that came."""

    line: int
    units: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Goods that came for a purchase order; its number is counted once."""

    number: str
    purchase_order: str
    location: str
    lines: tuple[ReceivedLine, ...]


def receipt_key(receipt: Receipt) -> str:
    """The business identity of a receipt: its number."""
    return f"receipt:{receipt.number}"


def receipt_content(receipt: Receipt) -> dict[str, Any]:
    """A receipt as the plain data of its command."""
    return asdict(receipt)
