"""Serve what is owed, also where one of those who are owed something can not be served."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

import structlog

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.supply.serving import due_orders, due_skus, serve_due
from fulfillment.store.transactions.faults import is_infrastructure
from fulfillment.store.transactions.held import HeldError
from fulfillment.store.transactions.session import Store, Tx

log = structlog.get_logger(__name__)

MOST_STEPS = 100
MOST_FAILURES = 3
"""If it fails for so many in a row, it is not they who are at fault."""


@dataclass(frozen=True, slots=True)
class First:
    """The order or the queue that is served first of all that is owed."""

    order: int | None = None
    queue: str | None = None


def serve_due_apart(store: Store, merchant: str) -> int:
    """Serve one bounded batch of what is owed to a merchant; how much is still owed.

    Where the batch fails, each is served alone. An order that fails alone is looked at again
    tomorrow, and a queue that does stays owed, for the sweep to have it tried again: whoever was
    only in the same batch does not wait for its mending.
    """
    try:
        return serve_due(store, merchant)
    except Exception as error:
        if is_infrastructure(error):
            raise
        log.warning("batch_not_served", merchant=merchant, error=type(error).__qualname__)
    return _one_by_one(store, merchant)


def _one_by_one(store: Store, merchant: str) -> int:
    without: set[str] = set()
    failures = 0
    for _ in range(MOST_STEPS):
        first = store.read(merchant, lambda tx: _first(tx, without))
        try:
            if not serve_due(store, merchant, most_skus=1, most_orders=1, without=without):
                return 0
            failures = 0
        except Exception as error:
            failures += 1
            is_hopeless = failures > MOST_FAILURES or not _is_to_blame(first, error)
            if is_hopeless or is_infrastructure(error):
                raise
            _tell(merchant, first, error)
            if first.order is not None:
                _put_off(store, merchant, first.order)
            if first.queue is not None:
                without.add(first.queue)
    return 1


def _first(tx: Tx, without: Collection[str]) -> First:
    if orders := due_orders(tx, 1):
        return First(order=orders[0])
    skus = due_skus(tx, 1, without)
    return First(queue=skus[0]) if skus else First()


def _is_to_blame(first: First, error: Exception) -> bool:
    """An order does not wait for a day because somebody holds what it needs just now."""
    return first.queue is not None or (first.order is not None and not isinstance(error, HeldError))


def _tell(merchant: str, first: First, error: Exception) -> None:
    reason = error.code if isinstance(error, RefusedError) else type(error).__qualname__
    which = {"order": first.order, "queue": first.queue}
    log.error("could_not_be_served", merchant=merchant, **which, error=reason)


def _put_off(store: Store, merchant: str, order: int) -> None:
    sql = "UPDATE orders SET recheck_on = :tomorrow WHERE id = :id"

    def body(tx: Tx) -> None:
        tx.run(sql, id=order, tomorrow=tx.latest_today + timedelta(days=1))

    store.transact(merchant, body, actor="replan")
