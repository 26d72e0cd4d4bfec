"""First claims: made in rank order, whoever asks for them."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import structlog

from fulfillment.domain.insight.progress import Progress, progress_of
from fulfillment.domain.model.orders import Order, OrderEvent
from fulfillment.domain.model.refusals import missing
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.queue.newcomers import (
    CLAIM_FAILED,
    Newcomer,
    first_to_claim,
    how_many_to_claim,
    next_to_claim,
)
from fulfillment.store.records.loading import load_orders
from fulfillment.store.records.saving import record
from fulfillment.store.transactions.archived import check_all_are_here
from fulfillment.store.transactions.faults import is_contention, is_infrastructure
from fulfillment.store.transactions.session import Store, Tx

log = structlog.get_logger(__name__)

PATIENCE = 5.0
"""Seconds in which one call goes on with the claims before those that were asked for."""

BATCH = 200
"""Lines of each sort that are served in one queue while first claims are made."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """For which orders first claims were tried, and where those stand that have theirs."""

    tried: Collection[int]
    stand: Mapping[int, Progress]


def claim_until_claimed(
    store: Store, merchant: str, orders: Collection[int]
) -> Mapping[int, Progress]:
    """Make first claims until these orders have theirs, or the call's time is over.

    Where those stand that claimed here; of the others the caller knows nothing new.
    """
    until = time.monotonic() + PATIENCE
    left, stand = set(orders), dict[int, Progress]()
    while left:
        claimed = claim_next(store, merchant, left)
        stand |= {id_: its for id_, its in claimed.stand.items() if id_ in left}
        left -= stand.keys()
        if not claimed.tried or time.monotonic() >= until:
            break
    return stand


def claim_next(store: Store, merchant: str, orders: Collection[int] | None = None) -> Claimed:
    """Make the first claims whose turn it is, in one transaction.

    With `orders`, those that these need; else the first of all the merchant's. One that goes wrong
    is tried alone, and set aside if it is at fault: it must not keep the others from their turn.
    """
    batch: list[Newcomer] = []

    def body(tx: Tx) -> Mapping[int, Progress]:
        batch[:] = first_to_claim(tx) if orders is None else next_to_claim(tx, orders)
        return _claim(tx, batch) if batch else {}

    try:
        stand = store.transact(merchant, body, actor="workflow")
    except Exception as error:  # what is wrong with one of them is no reason to refuse the others
        if _is_tried_again(error):
            raise
        stand = {}
        for one in batch:
            stand |= _claim_alone(store, merchant, one)
    return Claimed([one.order for one in batch], stand)


def claim_all(store: Store, merchant: str) -> int:
    """Make every first claim of a merchant that is still to come, in rank order; how many.

    What others claim for meanwhile is not counted twice. Ends when nobody is left, or when a
    transaction brought none further: that one's workflow asks by itself.
    """
    first = left = _unclaimed(store, merchant)
    while left and claim_next(store, merchant).tried:
        before, left = left, _unclaimed(store, merchant)
        if left >= before:
            break
    return max(first - left, 0)


def _unclaimed(store: Store, merchant: str) -> int:
    return store.read(merchant, how_many_to_claim)


def _is_tried_again(error: Exception) -> bool:
    """What is no order's fault."""
    return is_infrastructure(error) or is_contention(error)


def _claim_alone(store: Store, merchant: str, one: Newcomer) -> Mapping[int, Progress]:
    try:
        return store.transact(merchant, lambda tx: _claim(tx, [one]), actor="workflow")
    except Exception as error:
        if _is_tried_again(error):
            raise
        log.exception("first_claim_failed", merchant=merchant, order=one.order)
        why = str(getattr(error, "code", type(error).__name__))
        store.transact(merchant, lambda tx: _set_aside(tx, one.order, why), actor="workflow")
        return {}


def _claim(tx: Tx, batch: Sequence[Newcomer]) -> Mapping[int, Progress]:
    """Claim for these at their ranks; where those of them stand that have claimed then."""
    skus = frozenset[str]().union(*(one.skus for one in batch))
    ranks = [one.rank for one in batch]
    orders = [one.order for one in batch]
    space = open_queues(tx, skus, orders=orders, claiming=(min(ranks), max(ranks)), batch=BATCH)
    space.plan()
    space.save(silent=orders)
    made = (space.after[id_] for id_ in orders if id_ in space.after)
    return {order.id: progress_of(order) for order in made if order.first_claimed}


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

    def body(tx: Tx) -> dict[int, Order]:
        found = load_orders(tx, orders)
        if unknown := sorted(set(orders) - found.keys()):
            check_all_are_here(tx.dialogue, unknown)
            raise missing("order", ", ".join(map(str, unknown)))
        return found

    found = store.read(merchant, body)
    return {id_: progress_of(order) for id_, order in found.items()}
