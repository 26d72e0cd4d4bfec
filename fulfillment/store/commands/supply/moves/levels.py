"""What is on hand at a place, and the ledger of it, moved by set.

A command that writes levels in more than one statement locks them all first, in one order:
who picks or dispatches holds no queue, and takes its levels in that same order.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.model.limits import check_on_hand
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class Move:
    """A change of on hand at one place. Units are signed base units."""

    sku: str
    location: str
    units: int
    reason: str | None = None
    disposition: str = "sellable"


@dataclass(frozen=True, slots=True)
class Booking:
    """What the ledger says of some moves: their kind, and what moved them."""

    kind: str
    reference: str


ROWS = """
unnest(CAST(:skus AS text[]), CAST(:locations AS text[]), CAST(:dispositions AS text[]),
       CAST(:units AS bigint[]), CAST(:reasons AS text[]))
    AS a(sku, location, disposition, units, reason)
"""

OPEN = f"""
INSERT INTO stock_level (merchant, sku, location, disposition)
SELECT :merchant, a.sku, a.location, a.disposition FROM {ROWS}
ON CONFLICT DO NOTHING
"""  # noqa: S608 -- ROWS is a constant

LOCK = """
SELECT 1 FROM stock_level WHERE merchant = :merchant AND sku = ANY(:skus)
 ORDER BY sku, location, disposition FOR NO KEY UPDATE
"""

MOVE = f"""
UPDATE stock_level v SET on_hand = v.on_hand + a.units FROM {ROWS}
 WHERE v.merchant = :merchant AND v.sku = a.sku AND v.location = a.location
   AND v.disposition = a.disposition
RETURNING v.sku, v.location, v.on_hand, a.units AS more
"""  # noqa: S608 -- ROWS is a constant

BOOK = f"""
INSERT INTO stock_ledger (merchant, sku, location, disposition, units, kind, reason, reference,
                          actor, at)
SELECT :merchant, a.sku, a.location, a.disposition, a.units, :kind, a.reason, :reference,
       :actor, :now
  FROM {ROWS}
"""  # noqa: S608 -- ROWS is a constant


def columns(moves: Sequence[Move]) -> dict[str, object]:
    """The parameters of ROWS, sorted by place."""
    rows = sorted(moves, key=lambda m: (m.sku, m.location, m.disposition))
    return {
        "skus": [row.sku for row in rows],
        "locations": [row.location for row in rows],
        "dispositions": [row.disposition for row in rows],
        "units": [row.units for row in rows],
        "reasons": [row.reason for row in rows],
    }


def open_levels(tx: Tx, moves: Sequence[Move]) -> None:
    """Have a level for each place; the queues of its SKUs are locked, so nobody else makes one."""
    tx.run(OPEN, merchant=tx.merchant, **columns(moves))


def lock_levels(tx: Tx, skus: Collection[str]) -> None:
    """Take every level of these SKUs, sorted: after queues and orders, before the first write.

    The SKUs of a workspace are all that its plan can write, so nothing is left to be taken out of
    turn afterwards.
    """
    tx.rows(LOCK, merchant=tx.merchant, skus=sorted(skus))


def move_levels(tx: Tx, moves: Sequence[Move]) -> None:
    """Change on hand; the levels are there, and locked. Refused where one is too great then."""
    if moves:
        written = tx.rows(MOVE, merchant=tx.merchant, **columns(moves))
        check_levels(row for row in written if row.more > 0)


def check_levels(written: Iterable[Any]) -> None:
    """Refuse what was just written (rows of SKU, location, on hand) where it is too great."""
    for row in written:
        check_on_hand(row.sku, row.location, row.on_hand)


def book(tx: Tx, moves: Sequence[Move], booking: Booking) -> None:
    """Append the moves to the ledger."""
    if moves:
        tx.run(
            BOOK,
            merchant=tx.merchant,
            kind=booking.kind,
            reference=booking.reference,
            actor=tx.actor,
            now=tx.now,
            **columns(moves),
        )
