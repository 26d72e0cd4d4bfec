"""Give what there is to those who wait, batch by batch from the heads of their queues."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, TypeVar

from fulfillment.domain.model.refusals import conflict
from fulfillment.store.planning.first_claims import claim_next
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.queue import head
from fulfillment.store.queue.lane import Filled, after_lane, take_levels
from fulfillment.store.queue.newcomers import any_standing_in
from fulfillment.store.queue.pending_queues import owe
from fulfillment.store.queue.reach import MOST
from fulfillment.store.records.cross_docking import note_distribution
from fulfillment.store.transactions.session import Store, Tx

MOST_ROUNDS = 50
"""Batches that are served before a change that has to wait for its turn is put off."""

LARGER = 8
"""So many times larger is a batch after one that changed nothing."""

Result = TypeVar("Result")


class NotServedYetError(Exception):
    """Somebody before an order is still to be served in these queues."""

    def __init__(self, skus: Collection[str]) -> None:
        self.skus = frozenset(skus)
        super().__init__(f"still being served: {', '.join(sorted(self.skus))}")


def served_before(store: Store, merchant: str, work: Callable[[], Result]) -> Result:
    """Do the work; where it finds that others are to be served before, serve them first."""
    skus: frozenset[str] = frozenset()
    for _ in range(MOST_ROUNDS):
        try:
            return work()
        except NotServedYetError as error:
            skus = error.skus
        serve_queues(store, merchant, partial(_these, skus), actor="replan")
    message = "those who wait are being served at this moment; try again in a few seconds"
    raise conflict("being_served", message, skus=sorted(skus))


def _these(skus: frozenset[str], _: Tx) -> Collection[str]:
    return skus


def serve_queues(
    store: Store, merchant: str, which: Callable[[Tx], Collection[str]], *, actor: str
) -> None:
    """Serve these queues from their heads, one batch; first claims in them come first."""
    if store.read(merchant, lambda tx: any_standing_in(tx, which(tx))):
        claim_next(store, merchant)
    store.transact(merchant, lambda tx: serve_owed(tx, which(tx)), actor=actor)


def serve_owed(tx: Tx, skus: Collection[str]) -> None:
    """Serve one batch of queues to which a distribution is owed: the lane first, then the planner.

    A queue of which the lane has filled a whole batch, with nobody in between, is left to the next.
    """
    every = {*skus, *tx.also}

    def planned(filled: Filled) -> Workspace | None:
        left = every - filled.whole
        return _planned(tx, left, filled=filled) if left else None

    filled, space = after_lane(tx, every, planned)
    if whole := filled.whole & every:
        note_distribution(tx, filled.gains(), whole, ())
        owe(tx, whole)
    if space:
        space.save()
    else:
        take_levels(tx, filled, every)


def serve(
    tx: Tx,
    skus: Collection[str],
    orders: Collection[int] = (),
    *,
    silent: Collection[int] = (),
) -> Workspace:
    """Plan and save one batch of these queues. One that changed nothing is made larger."""
    space = _planned(tx, skus, orders=orders)
    space.save(silent=silent)
    return space


def _planned(tx: Tx, skus: Collection[str], **why: Any) -> Workspace:
    batch = head.BATCH
    space = open_queues(tx, skus, **why)
    space.plan()
    while not space.has_moved_on and batch < MOST:
        batch *= LARGER
        space = open_queues(tx, skus, batch=batch, **why)
        space.plan()
    return space
