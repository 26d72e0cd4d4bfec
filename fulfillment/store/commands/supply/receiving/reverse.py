"""Take a receipt back: what was counted by mistake leaves on hand, and is to come again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.refusals import conflict, missing
from fulfillment.domain.model.shipments import LatePin
from fulfillment.store.commands.supply.moves.levels import Booking, Move
from fulfillment.store.commands.supply.on_hand import change_on_hand
from fulfillment.store.commands.supply.purchase_orders.finding import tell
from fulfillment.store.commands.supply.receiving.receivable import Receivable, locked, reopen
from fulfillment.store.reading.receipts import read_receipt
from fulfillment.store.reading.rows import fields_of
from fulfillment.store.records.saving.supplies import TELLS, SupplyTold, telling
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.session import Command, Store, Tx


@dataclass(frozen=True, slots=True)
class _Receipt:
    """A receipt that is to be reversed, with the document it was counted for."""

    id: int
    number: str
    location: str
    document: Receivable


def reverse_receipt(store: Store, command: Command, number: str, reason: str) -> dict[str, Any]:
    """Take a receipt back while its units are not picked; who waits is planned anew.

    Its units leave on hand through the ledger; who holds them gives them back, the latest in rank
    first, as when stock is counted down (behaviour.md §4.9), and is pinned again if a person had
    pinned it. They stand as before, so that they can be counted again: outstanding, given up, or
    beyond what was ordered. Where some are outstanding then, a document that was received or
    closed has the status again that it had before (behaviour.md §7).
    """

    def body(tx: Tx) -> dict[str, Any]:
        kind, document = _document_of(tx, number)
        receipt = _locked(tx, number, locked(tx, kind, document))
        counted = _counted(tx, receipt)
        moves = _moves(receipt, counted, reason)
        (left,) = tx.rows(
            GIVE_BACK,
            **telling(tx, [_told(receipt, counted)]),
            receipt=receipt.id,
            kind=kind,
            document=receipt.document.id,
        )
        reopen(tx, receipt.document, is_complete=not left.outstanding)
        change_on_hand(tx, moves, Booking("reversal", number), again=_to_come(tx, receipt))
        _note(tx, receipt, reason)
        if kind is SupplyKind.PURCHASE_ORDER:
            tell(tx, receipt.document.id, outbox.Kind.WAKE_PURCHASE_ORDER)
        return fields_of(read_receipt(tx, number))

    return store.execute(command, body)


def _document_of(tx: Tx, number: str) -> tuple[SupplyKind, str]:
    rows = tx.rows(
        "SELECT u.kind, u.document FROM receipt r JOIN receipt_line l ON l.receipt = r.id"
        " JOIN supply u ON u.id = l.supply WHERE r.merchant = :merchant AND r.number = :number"
        " LIMIT 1",
        merchant=tx.merchant,
        number=number,
    )
    if not rows:
        raise missing("receipt", number)
    return SupplyKind(rows[0].kind), rows[0].document


def _locked(tx: Tx, number: str, document: Receivable) -> _Receipt:
    (row,) = tx.rows(
        "SELECT id, location, reversed_at FROM receipt"
        " WHERE merchant = :merchant AND number = :number FOR NO KEY UPDATE",
        merchant=tx.merchant,
        number=number,
    )
    if row.reversed_at is not None:
        raise conflict("already_reversed", f"receipt {number} was reversed already", number=number)
    return _Receipt(row.id, number, row.location, document)


def _counted(tx: Tx, receipt: _Receipt) -> Sequence[Any]:
    """What was counted, by supply and disposition."""
    return tx.rows(
        "SELECT l.supply, u.sku, l.disposition, l.units"
        " FROM receipt_line l JOIN supply u ON u.id = l.supply"
        " WHERE l.receipt = :receipt ORDER BY l.supply, l.disposition",
        receipt=receipt.id,
    )


def _told(receipt: _Receipt, counted: Sequence[Any]) -> SupplyTold:
    """What the history of its document tells: units that came, taken back."""
    document = receipt.document
    numbers = {line.supply: line.line for line in document.lines}
    lines = [
        {
            "line": numbers[row.supply],
            "sku": row.sku,
            "units": -row.units,
            "disposition": row.disposition,
        }
        for row in counted
    ]
    facts = {"receipt": receipt.number, "location": receipt.location, "lines": lines}
    told = ("reversed", facts | {"complete": False})
    return SupplyTold(document.kind, document.id, document.number, [told])


def _moves(receipt: _Receipt, counted: Sequence[Any], reason: str) -> Sequence[Move]:
    """What leaves on hand; what was scrapped never came there."""
    units: Counter[tuple[str, str]] = Counter()
    for row in counted:
        if row.disposition != "scrapped":
            units[row.sku, row.disposition] += row.units
    return [
        Move(sku, receipt.location, -count, reason, disposition)
        for (sku, disposition), count in sorted(units.items())
    ]


GIVE_BACK = f"""
WITH {TELLS}, back AS (
    SELECT supply, sum(units)::bigint AS units, sum(found)::bigint AS found FROM receipt_line
     WHERE receipt = :receipt GROUP BY supply
), given AS (
    SELECT u.id, b.found, least(b.units - b.found, u.over_received) AS beyond,
           b.units - least(b.units - b.found, u.over_received) AS received
      FROM back b JOIN supply u ON u.id = b.supply
), written AS (
    UPDATE supply u
       SET received = u.received - g.received,
           over_received = u.over_received - g.beyond,
           closed = u.closed + g.found,
           inbound = u.outstanding + g.received - g.found > 0
      FROM given g WHERE u.id = g.id
)
SELECT (sum(u.outstanding) + (SELECT sum(received - found) FROM given))::bigint AS outstanding
  FROM supply_line l JOIN supply u ON u.id = l.supply
 WHERE l.kind = :kind AND l.document = :document
"""  # noqa: S608 -- TELLS is a constant
"""Units beyond what was ordered go first; what was found after it was given up is given up again.
It tells what is outstanding on the whole document then."""


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
