"""Take a receipt back: what was counted by mistake leaves on hand, and is to come again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.model.refusals import conflict, missing
from fulfillment.domain.model.shipments import LatePin
from fulfillment.store.commands.supply.moves.levels import Booking, Move
from fulfillment.store.commands.supply.purchase_orders.finding import tell
from fulfillment.store.commands.supply.stock import change_on_hand
from fulfillment.store.reading.receipts import read_receipt
from fulfillment.store.reading.rows import fields_of
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Command, Store, Tx


@dataclass(frozen=True, slots=True)
class _Receipt:
    """A receipt that is to be reversed, with the document it was counted for."""

    id: int
    number: str
    location: str
    table: str
    document: int


def reverse_receipt(store: Store, command: Command, number: str, reason: str) -> dict[str, Any]:
    """Take a receipt back while its units are not picked; who waits is planned anew.

    Its units leave on hand through the ledger; who holds them gives them back, the latest in rank
    first, as when stock is counted down (behaviour.md §4.9), and is pinned again if a person had
    pinned it. They are outstanding again, so that they can be counted again, and a document that
    was received or closed has the status again that it had before (behaviour.md §7).
    """

    def body(tx: Tx) -> dict[str, Any]:
        skus = _skus_of(tx, number)
        lock_queues(tx, skus | tx.also)
        receipt = _locked(tx, number)
        moves = _moves(tx, receipt, reason)
        _reopen(tx, receipt)
        tx.run(GIVE_BACK, receipt=receipt.id)
        change_on_hand(tx, moves, Booking("reversal", number), again=_to_come(tx, receipt))
        _note(tx, receipt, reason)
        if receipt.table == "purchase_order":
            tell(tx, receipt.document, outbox.Kind.WAKE_PURCHASE_ORDER)
        return fields_of(read_receipt(tx, number))

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
        "SELECT id, location, purchase_order, transfer, customer_return, reversed_at"
        " FROM receipt WHERE merchant = :merchant AND number = :number FOR NO KEY UPDATE",
        merchant=tx.merchant,
        number=number,
    )
    if row.reversed_at is not None:
        raise conflict("already_reversed", f"receipt {number} was reversed already", number=number)
    tables = ("purchase_order", "transfer", "customer_return")
    (table,) = (table for table in tables if getattr(row, table) is not None)
    document = getattr(row, table)
    return _Receipt(row.id, number, row.location, table, document)


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


HOW_IT_ENDED = {
    "purchase_order": "SELECT ended_from FROM purchase_order WHERE id = :id FOR NO KEY UPDATE",
    "transfer": "SELECT CASE WHEN ended_at IS NOT NULL THEN 'in_transit' END AS ended_from"
    " FROM transfer WHERE id = :id FOR NO KEY UPDATE",
    "customer_return": "SELECT CASE WHEN ended_at IS NOT NULL THEN 'announced' END AS ended_from"
    " FROM customer_return WHERE id = :id FOR NO KEY UPDATE",
}

REOPEN = {
    "purchase_order": "UPDATE purchase_order SET status = :status, ended_at = NULL,"
    " ended_from = NULL WHERE id = :id",
    "transfer": "UPDATE transfer SET status = :status, ended_at = NULL WHERE id = :id",
    "customer_return": "UPDATE customer_return SET status = :status, ended_at = NULL"
    " WHERE id = :id",
}


def _reopen(tx: Tx, receipt: _Receipt) -> None:
    """Have a document that has ended stand where it stood before: more is to come for it."""
    (row,) = tx.rows(HOW_IT_ENDED[receipt.table], id=receipt.document)
    if row.ended_from is not None:
        tx.run(REOPEN[receipt.table], id=receipt.document, status=row.ended_from)


GIVE_BACK = """
UPDATE supply u
   SET received = u.received - (b.units - least(b.units, u.over_received)),
       over_received = u.over_received - least(b.units, u.over_received),
       inbound = u.received + u.closed - (b.units - least(b.units, u.over_received)) < u.ordered
  FROM (SELECT supply, sum(units)::bigint AS units FROM receipt_line
         WHERE receipt = :receipt GROUP BY supply) b
 WHERE u.id = b.supply
"""
"""Units beyond what was ordered go first. What a person gave up stays given up."""


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
