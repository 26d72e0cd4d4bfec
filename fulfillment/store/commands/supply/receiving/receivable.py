"""What announces supply, found and locked: first the queues of its SKUs, then its row."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.refusals import missing
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import LocksTooSmallError, Tx

K = SupplyKind


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its supply. Units are base units; `location` is where it is to come."""

    line: int
    supply: int
    sku: str
    location: str
    ordered: int
    over_received: int
    closed: int
    outstanding: int
    expected_on: date | None
    order_line: int | None


@dataclass(frozen=True, slots=True)
class Receivable:
    """A document whose queues and row are locked; on the queues in `due` something is owed.

    `ended_from` is the status that it has again when more is to come for it; `order` is the one
    that a return is of, if it says so; `source` is where a transfer comes from.
    """

    kind: SupplyKind
    id: int
    number: str
    status: str
    ended_at: datetime | None
    ended_from: str | None
    over_receipt_percent: int
    order: int | None
    source: str | None
    lines: tuple[Line, ...]
    due: frozenset[str]

    @property
    def skus(self) -> frozenset[str]:
        """What it is of."""
        return frozenset(line.sku for line in self.lines)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is outstanding on any of its lines."""
        return not any(line.outstanding for line in self.lines)


HEADS: Mapping[SupplyKind, str] = {
    K.PURCHASE_ORDER: "SELECT id, number, status, ended_at, ended_from, over_receipt_percent,"
    " NULL::bigint AS order, NULL AS source FROM purchase_order"
    " WHERE merchant = :merchant AND number = :number",
    K.TRANSFER: "SELECT id, number, status, ended_at,"
    " CASE WHEN ended_at IS NOT NULL THEN 'in_transit' END AS ended_from,"
    " 0 AS over_receipt_percent, NULL::bigint AS order, source"
    " FROM transfer WHERE merchant = :merchant AND number = :number",
    K.RETURN: "SELECT id, number, status, ended_at,"
    " CASE WHEN ended_at IS NOT NULL THEN 'announced' END AS ended_from,"
    " 0 AS over_receipt_percent, order_id AS order, NULL AS source"
    " FROM customer_return WHERE merchant = :merchant AND number = :number",
    K.RESTOCK: "SELECT id, number, 'announced' AS status, NULL::timestamptz AS ended_at,"
    " NULL AS ended_from, 0 AS over_receipt_percent, NULL::bigint AS order, NULL AS source"
    " FROM restock WHERE merchant = :merchant AND number = :number",
}

LINES = """
SELECT l.line, u.id, u.sku, u.location, u.ordered, u.over_received, u.closed, u.outstanding,
       u.expected_on, l.order_line
  FROM supply_line l JOIN supply u ON u.id = l.supply
 WHERE l.kind = :kind AND l.document = :document ORDER BY l.line
"""


def locked(tx: Tx, kind: SupplyKind, number: str) -> Receivable:
    """The document of this kind and number, locked; refused where there is none.

    Where a line of another SKU was added before its row was locked, all is done again.
    """
    asked = {"merchant": tx.merchant, "number": number}
    skus = {line.sku for line in found(tx, kind, number).lines} | tx.also
    due = lock_queues(tx, skus)
    (head,) = tx.rows(HEADS[kind] + ("" if tx.is_simulated else " FOR NO KEY UPDATE"), **asked)
    lines = _lines(tx, kind, head.id)
    if more := {line.sku for line in lines} - skus:
        raise LocksTooSmallError(more)
    return Receivable(kind, **head._asdict(), lines=lines, due=due)


def found(tx: Tx, kind: SupplyKind, number: str) -> Receivable:
    """The document, read without a lock; refused where there is none."""
    rows = tx.rows(HEADS[kind], merchant=tx.merchant, number=number)
    if not rows:
        raise missing(kind.replace("_", " "), number)
    (head,) = rows
    lines = _lines(tx, kind, head.id)
    return Receivable(kind, **head._asdict(), lines=lines, due=frozenset())


LOCK: Mapping[SupplyKind, str] = {
    K.TRANSFER: "SELECT id FROM transfer WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE",
    K.RETURN: "SELECT id FROM customer_return WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE",
    K.RESTOCK: "SELECT id FROM restock WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE",
}


def lock_documents(tx: Tx, documents: Iterable[tuple[str, int]]) -> None:
    """Take the rows of documents that are no purchase orders; their queues are locked already."""
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for kind, document in documents:
        wanted[kind].add(document)
    for kind, ids in sorted(wanted.items()):
        tx.rows(LOCK[SupplyKind(kind)], ids=sorted(ids))


def _lines(tx: Tx, kind: SupplyKind, document: int) -> tuple[Line, ...]:
    return tuple(Line(*row) for row in tx.rows(LINES, kind=kind, document=document))


COMPLETE = {
    K.PURCHASE_ORDER: "UPDATE purchase_order SET ended_from = status, status = 'received',"
    " ended_at = :now WHERE id = :id",
    K.TRANSFER: "UPDATE transfer SET status = 'received', ended_at = :now WHERE id = :id",
    K.RETURN: "UPDATE customer_return SET status = 'received', ended_at = :now WHERE id = :id",
}

REOPEN = {
    K.PURCHASE_ORDER: "UPDATE purchase_order SET status = ended_from, ended_at = NULL,"
    " ended_from = NULL WHERE id = :id",
    K.TRANSFER: "UPDATE transfer SET status = 'in_transit', ended_at = NULL WHERE id = :id",
    K.RETURN: "UPDATE customer_return SET status = 'announced', ended_at = NULL WHERE id = :id",
}

END_AGAIN = {
    K.PURCHASE_ORDER: "UPDATE purchase_order SET ended_at = :now WHERE id = :id",
    K.TRANSFER: "UPDATE transfer SET ended_at = :now WHERE id = :id",
    K.RETURN: "UPDATE customer_return SET ended_at = :now WHERE id = :id",
}


def complete(tx: Tx, document: Receivable) -> None:
    """All of it has come; a restock has no status, and has ended by that."""
    if sql := COMPLETE.get(document.kind):
        tx.run(sql, id=document.id, now=tx.now)


def reopen(tx: Tx, document: Receivable, *, is_complete: bool) -> None:
    """Where it has ended, have it stand as before if more is to come; else it ends once more."""
    if document.ended_from is None:
        return
    if is_complete:
        tx.run(END_AGAIN[document.kind], id=document.id, now=tx.now)
    else:
        tx.run(REOPEN[document.kind], id=document.id)
