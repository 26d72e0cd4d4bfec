"""Take a receipt back: what was counted by mistake leaves on hand, and is to come again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.moves import ReturnStatus, TransferStatus
from fulfillment.domain.refusals import conflict, missing
from fulfillment.domain.shipments import LatePin
from fulfillment.domain.statuses import INBOUND, PurchaseOrderStatus
from fulfillment.store import outbox
from fulfillment.store.commands.moves.levels import Booking, Move
from fulfillment.store.commands.purchasing.finding import tell
from fulfillment.store.commands.stock import change_on_hand
from fulfillment.store.locks import lock_queues
from fulfillment.store.reading.receipts import read_receipt
from fulfillment.store.session import Command, Store, Tx


@dataclass(frozen=True, slots=True)
class _Receipt:
    """A receipt that is to be reversed, with the document it was counted for."""

    id: int
    number: str
    location: str
    status_before: str
    table: str
    document: int


def reverse_receipt(store: Store, command: Command, number: str, reason: str) -> dict[str, Any]:
    """Take a receipt back while its units are not picked; who waits is planned anew.

    Its units leave on hand through the ledger; who holds them gives them back, the latest in rank
    first, as when stock is counted down (behaviour.md §4.9), and is pinned again if a person had
    pinned it. They are outstanding again on a document that is not closed, and a purchase order
    that was received is on its way again.
    """

    def body(tx: Tx) -> dict[str, Any]:
        skus = _skus_of(tx, number)
        lock_queues(tx, skus | tx.also)
        receipt = _locked(tx, number)
        moves = _moves(tx, receipt, reason)
        comes_again = _reopen(tx, receipt)
        _give_back(tx, receipt, comes_again=comes_again)
        change_on_hand(tx, moves, Booking("reversal", number), again=_to_come(tx, receipt))
        _note(tx, receipt, reason)
        if receipt.table == "purchase_order":
            tell(tx, receipt.document, outbox.Kind.WAKE_PURCHASE_ORDER)
        return read_receipt(tx, number)

    return store.execute(command, body)


def _skus_of(tx: Tx, number: str) -> frozenset[str]:
    rows = tx.rows(
        "SELECT DISTINCT u.sku FROM receipt r JOIN receipt_line l ON l.receipt = r.id"
        " JOIN supply u ON u.id = l.supply WHERE r.merchant = :merchant AND r.number = :number",
        merchant=tx.merchant,
        number=number,
    )
    if not rows:
        raise missing("receipt", number)
    return frozenset(row.sku for row in rows)


def _locked(tx: Tx, number: str) -> _Receipt:
    (row,) = tx.rows(
        "SELECT id, location, status_before, purchase_order, transfer, customer_return, reversed_at"
        " FROM receipt WHERE merchant = :merchant AND number = :number FOR NO KEY UPDATE",
        merchant=tx.merchant,
        number=number,
    )
    if row.reversed_at is not None:
        raise conflict("already_reversed", f"receipt {number} was reversed already", number=number)
    tables = ("purchase_order", "transfer", "customer_return")
    (table,) = (table for table in tables if getattr(row, table) is not None)
    document = getattr(row, table)
    return _Receipt(row.id, number, row.location, row.status_before, table, document)


def _moves(tx: Tx, receipt: _Receipt, reason: str) -> Sequence[Move]:
    """What leaves on hand; what was scrapped never came there."""
    rows = tx.rows(
        "SELECT u.sku, l.disposition, l.units FROM receipt_line l JOIN supply u ON u.id = l.supply"
        " WHERE l.receipt = :receipt AND l.disposition <> 'scrapped'",
        receipt=receipt.id,
    )
    units: Counter[tuple[str, str]] = Counter()
    for row in rows:
        units[row.sku, row.disposition] += row.units
    return [
        Move(sku, receipt.location, -count, reason, disposition)
        for (sku, disposition), count in sorted(units.items())
    ]


STATUS = {
    "purchase_order": "SELECT status FROM purchase_order WHERE id = :id FOR NO KEY UPDATE",
    "transfer": "SELECT status FROM transfer WHERE id = :id FOR NO KEY UPDATE",
    "customer_return": "SELECT status FROM customer_return WHERE id = :id FOR NO KEY UPDATE",
}

REOPEN = {
    "purchase_order": "UPDATE purchase_order SET status = :status WHERE id = :id",
    "transfer": "UPDATE transfer SET status = :status WHERE id = :id",
    "customer_return": "UPDATE customer_return SET status = :status WHERE id = :id",
}

COMING = frozenset({*INBOUND, TransferStatus.IN_TRANSIT, ReturnStatus.ANNOUNCED})
"""Statuses of documents for which more can come."""


def _reopen(tx: Tx, receipt: _Receipt) -> bool:
    """Have a document that was received be on its way again; whether more can come for it."""
    (row,) = tx.rows(STATUS[receipt.table], id=receipt.document)
    if row.status != PurchaseOrderStatus.RECEIVED:
        return row.status in COMING
    tx.run(REOPEN[receipt.table], id=receipt.document, status=receipt.status_before)
    return True


GIVE_BACK = """
UPDATE supply u
   SET received = u.received - (b.units - least(b.units, u.over_received)),
       over_received = u.over_received - least(b.units, u.over_received),
       closed = u.closed + CASE WHEN :comes_again THEN 0
                                ELSE b.units - least(b.units, u.over_received) END,
       inbound = :comes_again AND u.received + u.closed
                 - (b.units - least(b.units, u.over_received)) < u.ordered
  FROM (SELECT supply, sum(units)::bigint AS units FROM receipt_line
         WHERE receipt = :receipt GROUP BY supply) b
 WHERE u.id = b.supply
"""


def _give_back(tx: Tx, receipt: _Receipt, *, comes_again: bool) -> None:
    """Units beyond what was ordered go first; on a document that has ended the rest is closed."""
    tx.run(GIVE_BACK, receipt=receipt.id, comes_again=comes_again)


def _to_come(tx: Tx, receipt: _Receipt) -> dict[str, LatePin]:
    """Blank pins on what is to come again, by SKU; on the first line that brought it."""
    rows = tx.rows(
        "SELECT u.sku, u.id, u.document FROM receipt_line l JOIN supply u ON u.id = l.supply"
        " WHERE l.receipt = :receipt ORDER BY u.id DESC",
        receipt=receipt.id,
    )
    return {row.sku: LatePin(row.id, 0, row.document) for row in rows}


def _note(tx: Tx, receipt: _Receipt, reason: str) -> None:
    tx.run("DELETE FROM cross_dock WHERE receipt = :receipt", receipt=receipt.id)
    tx.run("UPDATE receipt_line SET undistributed = 0 WHERE receipt = :receipt", receipt=receipt.id)
    tx.run(
        "UPDATE receipt SET reversed_at = :now, reversed_by = :actor, reversal_reason = :reason"
        " WHERE id = :receipt",
        receipt=receipt.id,
        now=tx.now,
        actor=tx.actor,
        reason=reason,
    )
