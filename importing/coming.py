"""What may still come, counted down by a dry run as receipts would do it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
from fulfillment.domain.model.statuses import INBOUND, PurchaseOrderStatus
from fulfillment.store.commands.supply.purchase_orders import Receipt, ReceivedLine
from fulfillment.store.reading.known import KnownLine, KnownPurchase


@dataclass
class Coming:
    """Purchase orders as they would be after the receipts that came before in the same files."""

    _now: dict[str, KnownPurchase] = field(default_factory=dict)

    def count(self, receipt: Receipt, purchase: KnownPurchase) -> None:
        """Count a receipt, or refuse it with the words of the command that would refuse it.

        `purchase` is how the purchase order was before any of these receipts.
        """
        now = self._now.get(receipt.purchase_order, purchase)
        if now.status not in INBOUND:
            message = f"purchase order {receipt.purchase_order} is {now.status}"
            raise conflict("not_receivable", f"{message}; nothing can come for it")
        lines = dict(now.lines)
        for index, came in enumerate(receipt.lines):
            line = lines[came.line]
            beyond = line.ordered * now.over_receipt_percent // 100 - line.over_received
            if came.units > line.outstanding + beyond:
                raise _too_many(came, line.outstanding, beyond, index)
            lines[came.line] = _after(line, came.units)
        self._now[receipt.purchase_order] = replace(now, lines=lines, status=_status(now, lines))


def _after(line: KnownLine, units: int) -> KnownLine:
    expected = min(units, line.outstanding)
    return replace(
        line,
        outstanding=line.outstanding - expected,
        over_received=line.over_received + units - expected,
    )


def _status(purchase: KnownPurchase, lines: Mapping[int, KnownLine]) -> PurchaseOrderStatus:
    """Received, once nothing is outstanding on any line."""
    outstanding = any(line.outstanding for line in lines.values())
    return purchase.status if outstanding else PurchaseOrderStatus.RECEIVED


def _too_many(came: ReceivedLine, outstanding: int, beyond: int, index: int) -> RefusedError:
    message = f"line {came.line} has {outstanding} units outstanding, not {came.units}"
    if beyond:
        message += f"; {beyond} more than ordered would be taken"
    return invalid("bad_quantity", message, f"lines[{index}].units")
