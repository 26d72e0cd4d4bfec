"""What one waited for in vain because somebody else holds it, and who that is."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import structlog
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

log = structlog.get_logger(__name__)

LOCK_NOT_AVAILABLE = "55P03"
MOST_TOLD = 5

Kind = Literal["queue", "order", "shipment", "row"]


class HeldError(Exception):
    """Somebody's transaction holds what is needed, for longer than one waits. Nothing was done.

    `names` are the SKUs of queues or the numbers of orders; empty where it is not known which.
    """

    def __init__(self, kind: Kind, names: Sequence[str]) -> None:
        self.kind = kind
        self.names = tuple(names)
        told = f"the {kind} {', '.join(names)}" if names else "what this needs"
        super().__init__(f"{told} is held by another transaction; nothing was done")


class LockWantedError(Exception):
    """A lock was not had in time: of these queues or orders, or of something else.

    Those of a shipment are its order's.
    """

    def __init__(self, kind: Kind = "row", wanted: Collection[Any] = ()) -> None:
        self.kind: Kind = kind
        self.wanted = list(wanted)
        super().__init__(f"{len(self.wanted)} locks of the kind {kind} were wanted")


def is_held(error: Exception) -> bool:
    """Whether the database gave up waiting for a lock."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) == LOCK_NOT_AVAILABLE


@contextmanager
def wanting(kind: Kind, wanted: Collection[Any]) -> Iterator[None]:
    """Say what was wanted when a lock is not had in time."""
    try:
        yield
    except OperationalError as error:
        if is_held(error):
            raise LockWantedError(kind, wanted) from error
        raise


ROWS = {"queue": ("sku_queue", "sku", "sku"), "order": ("orders", "id", "number")}
"""Where the locked rows are: their table, what is wanted of it, what people call it."""

FIND = """
SELECT {key} AS key, {name} AS name FROM {table}
 WHERE merchant = :merchant AND {key} = ANY(:wanted) {locking}
"""

HOLDERS = """
SELECT a.pid, a.application_name, a.state, a.xact_start FROM {table} h
  JOIN pg_locks l ON l.locktype = 'transactionid' AND l.granted AND l.transactionid = h.xmax
  JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE h.merchant = :merchant AND h.{key} = ANY(:wanted)
"""
"""The sessions of those who hold them, for the log: who is to be asked, or ended."""


@contextmanager
def named_if_held(engine: Engine, merchant: str) -> Iterator[None]:
    """Tell what is held, once the transaction that waited for it in vain has ended."""
    try:
        yield
    except LockWantedError as error:
        raise _held_by(engine, merchant, error) from error
    except OperationalError as error:
        if is_held(error):
            raise _held_by(engine, merchant, LockWantedError()) from error
        raise


def _held_by(engine: Engine, merchant: str, error: LockWantedError) -> HeldError:
    """Name what is held, as far as that is still so, and tell in the log who holds it."""
    names: list[str] = []
    holders: list[dict[str, Any]] = []
    if error.kind != "row":
        try:
            names, holders = _look(engine, merchant, error)
        except SQLAlchemyError:
            # It is told without names: this is only about what to tell.
            names, holders = [], []
    log.warning("lock_not_had", merchant=merchant, kind=error.kind, names=names, holders=holders)
    return HeldError("order" if error.kind == "shipment" else error.kind, names)


def _orders_of(engine: Engine, shipments: Sequence[int]) -> list[int]:
    """It is the order that is locked, where a shipment is wanted."""
    sql = text("SELECT order_id FROM shipment WHERE id = ANY(:shipments)")
    with engine.connect() as connection:
        return list(connection.scalars(sql, {"shipments": list(shipments)}))


def _look(
    engine: Engine, merchant: str, error: LockWantedError
) -> tuple[list[str], list[dict[str, Any]]]:
    if error.kind == "shipment":
        return _look(engine, merchant, LockWantedError("order", _orders_of(engine, error.wanted)))
    table, key, name = ROWS[error.kind]
    at = {"table": table, "key": key, "name": name}

    def rows(sql: str, wanted: Sequence[Any], locking: str = "") -> list[Any]:
        written = text(sql.format(**at, locking=locking))
        found = connection.execute(written, {"merchant": merchant, "wanted": list(wanted)})
        return list(found.fetchall())

    with engine.connect() as connection:
        everything = rows(FIND, error.wanted)
        free = {row.key for row in rows(FIND, error.wanted, "FOR NO KEY UPDATE SKIP LOCKED")}
        # What was locked only to see whether it is free is given back before others are looked for.
        connection.rollback()
        held = [row for row in everything if row.key not in free]
        found = rows(HOLDERS, [row.key for row in held])
    names = [str(row.name) for row in held[:MOST_TOLD]]
    holders = [
        {
            "pid": row.pid,
            "application": row.application_name,
            "state": row.state,
            "since": row.xact_start and row.xact_start.isoformat(),
        }
        for row in found[:MOST_TOLD]
    ]
    return names, holders
