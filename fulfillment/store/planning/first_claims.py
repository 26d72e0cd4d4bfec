"""First claims: made in rank order, whoever asks for them."""

import time
from collections.abc import Collection

import structlog

from fulfillment.domain.insight.progress import Progress, progress_of
from fulfillment.domain.model.orders import OrderEvent
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.refusals import missing
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.queue.newcomers import (
    CLAIM_FAILED,
    first_to_claim,
    how_many_to_claim,
    next_to_claim,
)
from fulfillment.store.records.loading import load_orders
from fulfillment.store.records.saving import record
from fulfillment.store.transactions.faults import is_contention, is_infrastructure
from fulfillment.store.transactions.session import Store, Tx

log = structlog.get_logger(__name__)

PATIENCE = 5.0
"""Seconds in which one call goes on with the claims before those that were asked for."""

BATCH = 200
"""Lines of each sort that are served in one queue while first claims are made."""


def claim_until_claimed(store: Store, merchant: str, orders: Collection[int]) -> None:
    """Make first claims until these orders have theirs, or the call's time is over."""
    until = time.monotonic() + PATIENCE
    while claim_next(store, merchant, orders) and time.monotonic() < until:
        pass


def claim_next(store: Store, merchant: str, orders: Collection[int] | None = None) -> int:
    """Make the first claims whose turn it is, in one transaction; for how many it was tried.

    With `orders`, those that these need; else the first of all the merchant's. One that goes wrong
    is tried alone, and set aside if it is at fault: it must not keep the others from their turn.
    """

    def which(tx: Tx) -> list[int]:
        return first_to_claim(tx) if orders is None else next_to_claim(tx, orders)

    batch = store.read(merchant, which)
    try:
        _claim(store, merchant, batch)
    except Exception as error:  # what is wrong with one of them is no reason to refuse the others
        if _is_tried_again(error):
            raise
        for order in batch:
            _claim_alone(store, merchant, order)
    return len(batch)


def claim_all(store: Store, merchant: str) -> int:
    """Make every first claim of a merchant that is still to come, in rank order; how many.

    What others claim for meanwhile is not counted twice. Ends when nobody is left, or when a
    transaction brought none further: that one's workflow asks by itself.
    """
    first = left = _unclaimed(store, merchant)
    while left and claim_next(store, merchant):
        before, left = left, _unclaimed(store, merchant)
        if left >= before:
            break
    return max(first - left, 0)


def _unclaimed(store: Store, merchant: str) -> int:
    return store.read(merchant, how_many_to_claim)


def _is_tried_again(error: Exception) -> bool:
    """What is no order's fault."""
    return is_infrastructure(error) or is_contention(error)


def _claim_alone(store: Store, merchant: str, order: int) -> None:
    try:
        _claim(store, merchant, [order])
    except Exception as error:
        if _is_tried_again(error):
            raise
        log.exception("first_claim_failed", merchant=merchant, order=order)
        why = str(getattr(error, "code", type(error).__name__))
        store.transact(merchant, lambda tx: _set_aside(tx, order, why), actor="workflow")


def _claim(store: Store, merchant: str, orders: Collection[int]) -> None:
    if orders:
        store.transact(merchant, lambda tx: _claimed(tx, orders), actor="workflow")


def _claimed(tx: Tx, orders: Collection[int]) -> None:
    lines = tx.rows(
        "SELECT DISTINCT l.sku, o.priority, o.placed_at, o.intake_seq FROM order_line l"
        " JOIN orders o ON o.id = l.order_id"
        " WHERE o.merchant = :merchant AND o.id = ANY(:orders)",
        merchant=tx.merchant,
        orders=list(orders),
    )
    ranks = [Rank(row.priority, row.placed_at, row.intake_seq) for row in lines]
    skus = {row.sku for row in lines}
    space = open_queues(tx, skus, orders=orders, claiming=(min(ranks), max(ranks)), batch=BATCH)
    space.plan()
    space.save(silent=orders)


def _set_aside(tx: Tx, order: int, why: str) -> None:
    """Hold an order whose first claim went wrong, and take it out of everybody's way.

    Written without loading it: that may be what fails. Once a person lifts the hold, it claims.
    """
    tx.run("UPDATE open_demand SET gate = 'by_hand' WHERE order_id = :order", order=order)
    held = tx.count(
        "UPDATE orders SET holds = array_append(holds, :reason), status = 'on_hold',"
        " ready_since = NULL"
        " WHERE id = :order AND NOT holds @> ARRAY[:reason]",
        order=order,
        reason=CLAIM_FAILED,
    )
    if held:
        facts: dict[str, object] = {"reason": CLAIM_FAILED, "error": why}
        record(tx, [OrderEvent(order, "held", facts)])


def where_they_stand(store: Store, merchant: str, orders: Collection[int]) -> dict[int, Progress]:
    """The progress of each of these orders, as it is committed; a refusal if one is not known."""
    found = store.read(merchant, lambda tx: load_orders(tx, orders))
    if unknown := sorted(set(orders) - found.keys()):
        raise missing("order", ", ".join(map(str, unknown)))
    return {id_: progress_of(order) for id_, order in found.items()}
