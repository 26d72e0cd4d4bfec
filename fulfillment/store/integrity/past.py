"""The past by ids: up to where it is proven, up to where nobody writes any more, and its parts."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from fulfillment.store.transactions.session import Store, Tx

SLICE = 100_000
"""Rows of history, and of the ledger, that are audited by one statement."""

PATIENCE = 10.0
"""Seconds in which those that write now should have ended."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the past: the highest ids before it, of what is only ever added."""

    event: int
    ledger: int
    receipt: int
    supply: int


BEGINNING = Mark(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Proven:
    """Up to where the past was found right, and when that was; None where it never was."""

    mark: Mark
    at: datetime | None


ONWARD = """
SELECT least(:to_event, (SELECT max(id) FROM (
           SELECT id FROM order_event WHERE id > :event ORDER BY id LIMIT :most) e)) AS event,
       least(:to_ledger, (SELECT max(id) FROM (
           SELECT id FROM stock_ledger WHERE id > :ledger ORDER BY id LIMIT :most) e)) AS ledger,
       least(:to_receipt, (SELECT max(id) FROM (
           SELECT id FROM receipt WHERE id > :receipt ORDER BY id LIMIT :most) e)) AS receipt,
       least(:to_supply, (SELECT max(id) FROM (
           SELECT id FROM supply WHERE id > :supply ORDER BY id LIMIT :most) e)) AS supply
"""


def onward(tx: Tx, since: Mark, goal: Mark) -> Mark:
    """A slice further on from a mark, or the goal where that is nearer."""
    (row,) = tx.rows(ONWARD, most=SLICE, **asdict(since), **_towards(goal))
    return Mark(*row)


def _towards(goal: Mark) -> dict[str, int]:
    return {f"to_{name}": id_ for name, id_ in asdict(goal).items()}


def slices(tx: Tx, since: Mark, goal: Mark) -> Iterator[tuple[Mark, Mark]]:
    """The way from one mark to another, in parts that a statement can be asked of."""
    while since != goal:
        after = onward(tx, since, goal)
        yield since, after
        since = after


LATEST = """
SELECT (SELECT coalesce(max(id), 0) FROM order_event) AS event,
       (SELECT coalesce(max(id), 0) FROM stock_ledger) AS ledger,
       (SELECT coalesce(max(id), 0) FROM receipt) AS receipt,
       (SELECT coalesce(max(id), 0) FROM supply) AS supply
"""

WRITERS = """
SELECT DISTINCT virtualtransaction FROM pg_locks
 WHERE locktype = 'relation' AND granted
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND relation IN ('order_event'::regclass, 'stock_ledger'::regclass, 'receipt'::regclass,
                    'supply'::regclass)
   AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
                'AccessExclusiveLock')
"""


def latest(tx: Tx) -> Mark:
    """The end of what this transaction sees."""
    (row,) = tx.rows(LATEST)
    return Mark(*row)


def settled(store: Store) -> Mark | None:
    """A mark before which nothing will be written any more; None where somebody writes for long.

    An id is given before its row can be seen, and whoever has been given one holds the table's
    lock until it ends. So those that hold it now are waited for; nobody waits for this.
    """
    mark = store.read("*", latest)
    writing = _writers(store)
    until = time.monotonic() + PATIENCE
    while writing and time.monotonic() < until:
        time.sleep(0.1)
        writing &= _writers(store)
    return None if writing else mark


def _writers(store: Store) -> set[str]:
    rows = store.read("*", lambda tx: tx.rows(WRITERS))
    return {row.virtualtransaction for row in rows}


def proven(tx: Tx) -> Proven:
    """Up to where the past was found right."""
    rows = tx.rows("SELECT event, ledger, receipt, supply, at FROM proven_past")
    return Proven(Mark(*rows[0][:4]), rows[0].at) if rows else Proven(BEGINNING, None)
