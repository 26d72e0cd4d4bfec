"""Which of the orders that wait for their first claim go into the next transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from fulfillment.store.reading.first_claims import Claimant

MOST_ORDERS = 50
MOST_LINES = 400
MOST_SKUS = 350
"""Of one transaction, at most: its queues stay locked, and others wait, while it lasts. An order
that is larger has one of its own."""

LARGE = 60
"""Lines from which on an order lets smaller ones go first that want none of its SKUs."""

PATIENCE = 3
"""Transactions that an order lets go first, at most."""


class Waiting(Protocol):
    """An order that waits for its turn, and how many transactions went before it."""

    @property
    def claimant(self) -> Claimant:
        """Its rank, its lines and its SKUs."""
        ...

    @property
    def passed(self) -> int:
        """Transactions with orders that rank later, since it waits."""
        ...


Waiter = TypeVar("Waiter", bound=Waiting)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one transaction holds at most."""

    orders: int = MOST_ORDERS
    lines: int = MOST_LINES
    skus: int = MOST_SKUS


def next_batch(waiting: Iterable[Waiter], bounds: Bounds = Bounds()) -> list[Waiter]:
    """The first in rank, and who fits beside it; small orders before a large one.

    Nobody goes before an order that ranks earlier and wants the same SKU: what is left behind
    closes its queues for those after it. So the turn changes nobody's units, and no transaction
    has to serve those who were left behind as well.
    """
    ranked = sorted(waiting, key=lambda waiter: waiter.claimant.rank)
    if not ranked:
        return []
    first, *others = ranked
    if first.claimant.lines >= LARGE and first.passed < PATIENCE:
        small = [waiter for waiter in others if waiter.claimant.lines < LARGE]
        left = [first, *(waiter for waiter in others if waiter.claimant.lines >= LARGE)]
        if batch := _filled([], small, bounds, left):
            return batch
    return _filled([first], others, bounds, [])


def _filled(
    batch: list[Waiter], others: Sequence[Waiter], bounds: Bounds, left: Sequence[Waiter]
) -> list[Waiter]:
    """The batch with those of the others that fit; queues of who is left behind are closed."""
    lines = sum(waiter.claimant.lines for waiter in batch)
    skus = {sku for waiter in batch for sku in waiter.claimant.skus}
    closed = {sku for waiter in left for sku in waiter.claimant.skus}
    for waiter in others:
        if len(batch) >= bounds.orders or lines >= bounds.lines:
            break
        wanted = waiter.claimant.skus
        fits = lines + waiter.claimant.lines <= bounds.lines and len(skus | wanted) <= bounds.skus
        if fits and closed.isdisjoint(wanted):
            batch.append(waiter)
            lines += waiter.claimant.lines
            skus |= wanted
        else:
            closed |= wanted
    return batch
