"""What is written on a receipt."""

from dataclasses import dataclass

from fulfillment.domain.model.meaning import meaning
from fulfillment.domain.model.moves import Disposition, SupplyKind
from fulfillment.store.transactions.session import Command


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """Units of one line that came, and what is made of them."""

    line: int
    units: int
    disposition: Disposition = Disposition.SELLABLE


@dataclass(frozen=True, slots=True)
class Receipt:
    """Goods that came for the document of this number; the receipt's own number counts once.

    Without a number it takes one of its document. `location` is where the goods are; only a
    purchase order does not know it. With a `reason` also what was given up is counted.
    """

    number: str | None
    document: str
    location: str | None
    lines: tuple[ReceivedLine, ...]
    kind: SupplyKind = SupplyKind.PURCHASE_ORDER
    reason: str | None = None


def receipt_command(merchant: str, actor: str, receipt: Receipt) -> Command:
    """The command that counts a receipt, known by the receipt's number."""
    key = f"receipt:{receipt.number}"
    return Command(merchant, "receive", key, actor, meaning(receipt), reason=receipt.reason)
