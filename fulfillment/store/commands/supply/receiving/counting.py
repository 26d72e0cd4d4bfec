"""What of a receipt is counted as what, and written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from fulfillment.domain.model.counting import counted
from fulfillment.domain.model.days import day_of
from fulfillment.domain.model.moves import Disposition, SupplyKind
from fulfillment.domain.model.policy import resolve
from fulfillment.domain.model.receiving import Room, takes_more, tolerance
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
from fulfillment.store.commands.supply.moves.documents import NewReturn, NewReturnLine
from fulfillment.store.commands.supply.moves.levels import Move
from fulfillment.store.commands.supply.moves.returnable import check_returnable
from fulfillment.store.commands.supply.receiving.receipts import Receipt, ReceivedLine
from fulfillment.store.commands.supply.receiving.receivable import Line, Receivable
from fulfillment.store.records.loading import load_settings
from fulfillment.store.records.saving.supplies import TELLS, SupplyTold, telling
from fulfillment.store.transactions.session import Tx
from fulfillment.store.transactions.zones import zone_of

COMING = ("approved", "in_transit", "arrived", "announced")
"""Statuses of documents for which goods are on their way."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Units of one line in one disposition, by what they are counted as."""

    line: Line
    disposition: Disposition
    units: int
    taken: Room


@dataclass(frozen=True, slots=True)
class Goods:
    """What a receipt brings to one location."""

    location: str
    counted: Sequence[Counted]

    @property
    def skus(self) -> frozenset[str]:
        """What it is of."""
        return frozenset(row.line.sku for row in self.counted)

    @property
    def sellable(self) -> Mapping[int, int]:
        """Units by supply that can be given to somebody."""
        return Counter(
            {
                row.line.supply: row.units
                for row in self.counted
                if row.disposition is Disposition.SELLABLE
            }
        )

    def awaited(self, *, sellable: bool) -> Mapping[int, int]:
        """Units by supply that were outstanding, and can be given to somebody or not."""
        units: Counter[int] = Counter()
        for row in self.counted:
            if (row.disposition is Disposition.SELLABLE) is sellable:
                units[row.line.supply] += row.taken.outstanding
        return units

    def moves(self) -> list[Move]:
        """What comes on hand; the ledger knows a receipt's units of a SKU and disposition as one.

        What is scrapped is on nobody's shelf.
        """
        units: Counter[tuple[str, Disposition]] = Counter()
        for row in self.counted:
            if row.disposition is not Disposition.SCRAPPED:
                units[row.line.sku, row.disposition] += row.units
        return [
            Move(sku, self.location, count, disposition=disposition)
            for (sku, disposition), count in sorted(units.items())
        ]


def check(tx: Tx, document: Receivable, receipt: Receipt) -> list[Counted]:
    """Each line of the receipt by what it is counted as, or a refusal that names the field."""
    if not receipt.lines:
        raise invalid("empty_receipt", "a receipt has at least one line", "lines")
    takes_beyond = _check_open(tx, document, receipt)
    known = {line.line: line for line in document.lines}
    rooms = {
        line.line: _room(document, line, receipt, beyond=takes_beyond) for line in document.lines
    }
    seen: set[tuple[int, str]] = set()
    counted = []
    for index, row in enumerate(receipt.lines):
        at = "" if document.kind is SupplyKind.RESTOCK else f"lines[{index}]."
        if row.line not in known:
            message = f"{_name(document)} has no line {row.line}"
            raise invalid("unknown_line", message, f"{at}line")
        if (row.line, row.disposition) in seen:
            message = f"line {row.line} is there twice as {row.disposition}"
            raise invalid("line_twice", message, f"{at}line")
        seen.add((row.line, row.disposition))
        room = rooms[row.line]
        if not 0 < row.units <= room.units:
            raise _too_many(row, room, known[row.line], f"{at}units")
        taken = room.take(row.units)
        rooms[row.line] = room.without(taken)
        counted.append(Counted(known[row.line], row.disposition, row.units, taken))
    return counted


def check_found(tx: Tx, document: Receivable, counted: Sequence[Counted]) -> None:
    """Refuse units of a return that were given up, and that another return announces since."""
    if document.kind is not SupplyKind.RETURN or not any(row.taken.found for row in counted):
        return
    order = None
    if document.order is not None:
        (row,) = tx.rows("SELECT number FROM orders WHERE id = :id", id=document.order)
        order = str(row.number)
    lines = (
        NewReturnLine(x.line.line, x.line.sku, x.taken.found, x.line.order_line) for x in counted
    )
    came = NewReturn(document.number, document.lines[0].location, tuple(lines), order)
    check_returnable(tx, came, document.order)


def _room(document: Receivable, line: Line, receipt: Receipt, *, beyond: bool) -> Room:
    percent = document.over_receipt_percent if beyond else 0
    return Room(
        line.outstanding,
        line.closed if receipt.reason else 0,
        tolerance(line.ordered - line.closed, percent, line.over_received),
    )


def _check_open(tx: Tx, document: Receivable, receipt: Receipt) -> bool:
    """Whether more than was ordered may come; refused where nothing can come at all.

    More may come while the document is open, and so many days after all of it has come as the
    merchant's `over_receipt_days` says. What was given up is counted only with a reason.
    """
    if document.kind is SupplyKind.RESTOCK and document.is_complete and not receipt.reason:
        message = f"{_name(document)} has ended: all of it has arrived or was withdrawn"
        raise conflict("restock_ended", message, number=document.number)
    if document.status in COMING:
        return True
    if document.ended_at is None or document.status == "cancelled":
        raise _not_receivable(document, "nothing can come for it")
    days = resolve(*load_settings(tx)).over_receipt_days
    in_time = _takes_more(tx, document.ended_at, days)
    if receipt.reason:
        return in_time
    if document.status == "closed":
        raise _not_receivable(document, "count it with a reason")
    if not document.over_receipt_percent:
        raise _not_receivable(document, "all of it has come")
    if not in_time:
        message = f"more than ordered is taken for {counted(days, 'day')} after all of it has come"
        raise _not_receivable(document, message)
    return True


def _takes_more(tx: Tx, ended_at: datetime, days: int) -> bool:
    (row,) = tx.rows("SELECT time_zone FROM merchant WHERE id = :merchant", merchant=tx.merchant)
    zone = zone_of(row.time_zone)
    return takes_more(day_of(ended_at, zone), day_of(tx.now, zone), days)


def _not_receivable(document: Receivable, why: str) -> RefusedError:
    message = f"{_name(document)} is {document.status}; {why}"
    return conflict("not_receivable", message, status=document.status)


def _name(document: Receivable) -> str:
    return f"{document.kind.replace('_', ' ')} {document.number}"


def _too_many(row: ReceivedLine, room: Room, line: Line, at: str) -> RefusedError:
    message = (
        f"line {row.line} has {counted(room.outstanding, 'unit')} outstanding, not {row.units}"
    )
    facts = {"outstanding": room.outstanding}
    if room.found:
        message += f"; {room.found} that were given up would be taken"
        facts["given_up"] = room.found
    elif line.closed:
        message += f"; what comes of the {line.closed} that were given up is counted with a reason"
    if room.beyond:
        message += f"; {room.beyond} more than ordered would be taken"
        facts["beyond"] = room.beyond
    return invalid("bad_quantity", message, at, **facts)


def write(tx: Tx, document: Receivable, receipt: Receipt, goods: Goods) -> str:
    """The receipt, its lines, and what is outstanding on their supplies; the receipt's number."""
    number = receipt.number or _next_number(tx, document)
    rows = tx.rows(
        INSERT,
        merchant=tx.merchant,
        number=number,
        **{column: document.id if kind is document.kind else None for kind, column in OF.items()},
        location=goods.location,
        reason=receipt.reason,
        actor=tx.actor,
        now=tx.now,
    )
    if not rows:
        message = f"{number} is the number of another receipt"
        raise conflict("number_in_use", message, number=number)
    tx.run(
        COUNT,
        **telling(tx, [_told(document, number, goods)]),
        receipt=rows[0].id,
        supplies=[row.line.supply for row in goods.counted],
        dispositions=[row.disposition for row in goods.counted],
        units=[row.units for row in goods.counted],
        found=[row.taken.found for row in goods.counted],
        beyond=[row.taken.beyond for row in goods.counted],
    )
    return number


def _told(document: Receivable, receipt: str, goods: Goods) -> SupplyTold:
    """What the history of the document tells."""
    lines = [
        {
            "line": row.line.line,
            "sku": row.line.sku,
            "units": row.units,
            "disposition": row.disposition,
        }
        for row in goods.counted
    ]
    facts = {
        "receipt": receipt, "location": goods.location, "lines": lines,
        "complete": completes(document, goods),
    }  # fmt: skip
    return SupplyTold(document.kind, document.id, document.number, [("received", facts)])


def completes(document: Receivable, goods: Goods) -> bool:
    """Whether nothing is outstanding once these are counted."""
    came = sum(row.taken.outstanding for row in goods.counted)
    return came == sum(line.outstanding for line in document.lines)


def _next_number(tx: Tx, document: Receivable) -> str:
    """The document's number with the next one behind it that no receipt has."""
    base = f"{document.number[:MOST_OF_NUMBER]}/"
    rows = tx.rows(
        "SELECT number FROM receipt WHERE merchant = :merchant AND starts_with(number, :base)",
        merchant=tx.merchant,
        base=base,
    )
    taken = {row.number for row in rows}
    return next(name for at in count(1) if (name := f"{base}{at}") not in taken)


MOST_OF_NUMBER = 56

OF: Mapping[SupplyKind, str] = {
    SupplyKind.PURCHASE_ORDER: "purchase_order",
    SupplyKind.TRANSFER: "transfer",
    SupplyKind.RETURN: "customer_return",
    SupplyKind.RESTOCK: "restock",
}
"""The column of a receipt that names its document."""

INSERT = """
INSERT INTO receipt (merchant, number, purchase_order, transfer, customer_return, restock, location,
                     reason, actor, at)
VALUES (:merchant, :number, :purchase_order, :transfer, :customer_return, :restock, :location,
        :reason, :actor, :now)
ON CONFLICT (merchant, number) DO NOTHING RETURNING id
"""

COUNT = f"""
WITH {TELLS}, come AS (
    SELECT * FROM unnest(CAST(:supplies AS bigint[]), CAST(:dispositions AS text[]),
                         CAST(:units AS int[]), CAST(:found AS int[]), CAST(:beyond AS int[]))
        AS r(supply, disposition, units, found, beyond)
), written AS (
    INSERT INTO receipt_line (receipt, supply, disposition, units, found, undistributed)
    SELECT :receipt, supply, disposition, units, found,
           CASE WHEN disposition = 'sellable' THEN units ELSE 0 END
      FROM come
), total AS (
    SELECT supply, sum(units - beyond)::bigint AS units, sum(found)::bigint AS found,
           sum(beyond)::bigint AS beyond
      FROM come GROUP BY supply
)
UPDATE supply u
   SET received = u.received + t.units,
       over_received = u.over_received + t.beyond,
       closed = u.closed - t.found,
       inbound = u.inbound AND u.outstanding > t.units - t.found
  FROM total t WHERE u.id = t.supply
"""  # noqa: S608 -- TELLS is a constant
