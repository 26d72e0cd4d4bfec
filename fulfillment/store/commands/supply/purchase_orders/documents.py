"""What is written on purchase orders."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Final

from fulfillment.domain.model.meaning import LATER, meaning
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.transactions.session import Command


@dataclass(frozen=True, slots=True)
class NewPurchaseLine:
    """One line: units of a SKU to a location, with a date of its own or the header's.

    Units are base units, or whole packs where a pack is named.
    """

    line: int
    sku: str
    units: int
    location: str
    expected_on: date | None = None
    pack: str | None = field(default=None, metadata=LATER)


@dataclass(frozen=True, slots=True)
class NewPurchaseOrder:
    """A purchase order as it is written."""

    number: str
    lines: tuple[NewPurchaseLine, ...]
    supplier: str = ""
    expected_on: date | None = None
    status: PurchaseOrderStatus = PurchaseOrderStatus.APPROVED
    over_receipt_percent: int = field(default=0, metadata=LATER)


class Keep(Enum):
    """Stands where a change leaves a date as it is; None is a date that is not known."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP

NewDate = date | Keep | None


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line as it is to be: its date, and how many units are ordered in all; 0 gives it up."""

    line: int
    expected_on: NewDate = KEEP
    units: int | None = None


@dataclass(frozen=True, slots=True)
class PurchaseChange:
    """What is to be different on a purchase order.

    A new header date is for the lines that stand on the old one; a line with a date of its own,
    or one that is named here with a date, keeps to that. `added` are lines that it had not.
    """

    number: str
    expected_on: NewDate = KEEP
    lines: tuple[LineChange, ...] = ()
    over_receipt_percent: int | None = None
    added: tuple[NewPurchaseLine, ...] = ()


def purchase_order_command(merchant: str, actor: str, new: NewPurchaseOrder) -> Command:
    """A purchase order is known by its number alone, whoever writes it."""
    key = f"purchase-order:{new.number}"
    return Command(merchant, "create_purchase_order", key, actor, meaning(new))
