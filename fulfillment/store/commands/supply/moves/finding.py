"""Find and lock transfers and returns: first the queues of their SKUs, then their rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fulfillment.domain.model.moves import ReturnStatus, TransferStatus
from fulfillment.domain.model.refusals import invalid, missing
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its supply, its units in all, those still to come, and when they are expected."""

    line: int
    supply: int
    sku: str
    units: int
    outstanding: int
    expected_on: date | None
    order_line: int | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer whose queues and row are locked; on the queues in `due` something is owed."""

    id: int
    number: str
    status: TransferStatus
    source: str
    destination: str
    lines: tuple[Line, ...]
    due: frozenset[str]


@dataclass(frozen=True, slots=True)
class CustomerReturn:
    """A return whose queues and row are locked; `order` is the one that it is of, if it says so."""

    id: int
    number: str
    status: ReturnStatus
    location: str
    order: int | None
    lines: tuple[Line, ...]


TRANSFER_SKUS = """
SELECT DISTINCT u.sku FROM transfer t JOIN transfer_line l ON l.transfer = t.id
  JOIN supply u ON u.id = l.supply WHERE t.merchant = :merchant AND t.number = :number
"""

TRANSFER_LINES = """
SELECT l.line, u.id, u.sku, u.ordered, u.outstanding, u.expected_on
  FROM transfer_line l JOIN supply u ON u.id = l.supply WHERE l.transfer = :id ORDER BY l.line
"""

RETURN_SKUS = """
SELECT DISTINCT u.sku FROM customer_return t JOIN return_line l ON l.customer_return = t.id
  JOIN supply u ON u.id = l.supply WHERE t.merchant = :merchant AND t.number = :number
"""

RETURN_LINES = """
SELECT l.line, u.id, u.sku, u.ordered, u.outstanding, u.expected_on,
       l.order_line
  FROM return_line l JOIN supply u ON u.id = l.supply WHERE l.customer_return = :id ORDER BY l.line
"""


def locked_transfer(tx: Tx, number: str) -> Transfer:
    """A transfer and what decides about it, locked; its SKUs never change."""
    due = _lock_queues(tx, tx.rows(TRANSFER_SKUS, merchant=tx.merchant, number=number))
    rows = tx.rows(
        "SELECT id, status, source, destination FROM transfer"
        " WHERE merchant = :merchant AND number = :number FOR NO KEY UPDATE",
        merchant=tx.merchant,
        number=number,
    )
    if not rows:
        raise missing("transfer", number)
    (row,) = rows
    lines = tuple(Line(*line) for line in tx.rows(TRANSFER_LINES, id=row.id))
    status = TransferStatus(row.status)
    return Transfer(row.id, number, status, row.source, row.destination, lines, due)


def locked_return(tx: Tx, number: str) -> CustomerReturn:
    """A return and what decides about it, locked; its SKUs never change."""
    _lock_queues(tx, tx.rows(RETURN_SKUS, merchant=tx.merchant, number=number))
    rows = tx.rows(
        "SELECT id, status, location, order_id FROM customer_return"
        " WHERE merchant = :merchant AND number = :number FOR NO KEY UPDATE",
        merchant=tx.merchant,
        number=number,
    )
    if not rows:
        raise missing("return", number)
    (row,) = rows
    lines = tuple(Line(*line) for line in tx.rows(RETURN_LINES, id=row.id))
    status = ReturnStatus(row.status)
    return CustomerReturn(row.id, number, status, row.location, row.order_id, lines)


def _lock_queues(tx: Tx, rows: Sequence[Any]) -> frozenset[str]:
    return lock_queues(tx, {row.sku for row in rows} | tx.also)


def skus_of(lines: Collection[Line]) -> frozenset[str]:
    """The SKUs of some lines."""
    return frozenset(line.sku for line in lines)


def check_location(tx: Tx, location: str, field: str) -> None:
    """Refuse a location that does not serve this merchant."""
    known = tx.rows(
        "SELECT 1 FROM merchant_location WHERE merchant = :merchant AND location = :location",
        merchant=tx.merchant,
        location=location,
    )
    if not known:
        message = f"{location} is not a location of this merchant"
        raise invalid("unknown_location", message, field, location=location)
