"""The one lock order: SKU queues sorted, then orders sorted, then stock levels sorted.

Whoever changes a claim, a peg or a status of an order holds that order's row. Whoever changes
who gets a SKU's units holds that SKU's queue row before any order. Stock levels come last, and
are locked by the statement that writes them. Nobody waits for a queue after an order, so no
circle can form; what must be taken later is taken at once or, where somebody has it, as a larger
set from the start again. What is only simulated locks nothing.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from fulfillment.store.transactions.archived import check_all_are_here
from fulfillment.store.transactions.dialogue import Question
from fulfillment.store.transactions.held import wanting
from fulfillment.store.transactions.session import LocksTooSmallError, Tx


def lock_queues(tx: Tx, skus: Iterable[str]) -> frozenset[str]:
    """Take the queues of these SKUs; those on which a distribution is still owed are returned."""
    with locking_queues(tx, skus) as locked:
        return owed_of(locked)


@contextmanager
def locking_queues(tx: Tx, skus: Iterable[str]) -> Iterator[Question]:
    """Ask for the queues of these SKUs: what the block waits for, it reads under their locks.

    What was read before is forgotten: settings may have changed while this waits.
    """
    wanted = sorted({*skus, *tx.also})
    tx.memo.clear()
    with wanting("queue", wanted):
        yield _ask(tx, wanted, "FOR NO KEY UPDATE")


def owed_of(locked: Question) -> frozenset[str]:
    """Of the queues that were taken, those on which a distribution is still owed."""
    return frozenset(row.sku for row in locked.rows() if row.due_since is not None)


def lock_more_queues(tx: Tx, skus: Collection[str]) -> None:
    """Take further queues without waiting for anybody; else all is to be taken anew."""
    wanted = sorted(set(skus))
    if len(_ask(tx, wanted, "FOR NO KEY UPDATE SKIP LOCKED").rows()) < len(wanted):
        raise LocksTooSmallError(skus)


def hold_queues(tx: Tx, skus: Iterable[str]) -> None:
    """Hold the queues of whose rows sums are kept: asked by whoever writes such a row.

    One that was not taken with the others is taken now, if nobody has it; else all is done anew.
    """
    if missing := {sku for sku in skus if (tx.merchant, sku) not in tx.queues}:
        lock_more_queues(tx, missing)


def _ask(tx: Tx, skus: list[str], locking: str) -> Question:
    sql = "SELECT sku, due_since FROM sku_queue WHERE merchant = :merchant AND sku = ANY(:skus)"
    in_order = f"{sql} ORDER BY sku {'' if tx.is_simulated else locking}"
    tx.queues.update((tx.merchant, sku) for sku in skus)
    return tx.ask(in_order, merchant=tx.merchant, skus=skus)


LOCK_ORDERS = """
SELECT id FROM orders WHERE merchant = :merchant AND id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE
"""

LOCK_BY_SHIPMENT = """
SELECT o.id FROM orders o
 WHERE o.merchant = :merchant AND o.id = (SELECT order_id FROM shipment WHERE id = :shipment)
   FOR NO KEY UPDATE
"""


def lock_orders(tx: Tx, orders: Collection[int]) -> None:
    """Take the rows of these orders."""
    with locking_orders(tx, orders):
        tx.dialogue.wait()


@contextmanager
def locking_orders(tx: Tx, orders: Collection[int]) -> Iterator[None]:
    """Ask for the rows of these orders: what the block waits for, it reads under their locks."""
    wanted = sorted(set(orders))
    locked = None
    with wanting("order", wanted):
        if wanted and not tx.is_simulated:
            locked = tx.ask(LOCK_ORDERS, merchant=tx.merchant, ids=wanted)
        yield
    if locked is not None:
        _check_all_are_here(tx, wanted, locked)


def _check_all_are_here(tx: Tx, wanted: Collection[int], locked: Question) -> None:
    """An order that was archived since it was looked up is brought back, and all is done anew."""
    check_all_are_here(tx.dialogue, set(wanted) - {row.id for row in locked.rows()})


def lock_order_of(tx: Tx, shipment: int) -> int | None:
    """Take the row of a shipment's order, and tell which it is; None where there is none."""
    with wanting("shipment", [shipment]):
        rows = tx.rows(LOCK_BY_SHIPMENT, merchant=tx.merchant, shipment=shipment)
    return int(rows[0].id) if rows else None
