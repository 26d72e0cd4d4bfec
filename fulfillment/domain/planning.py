"""The whole plan, one visible pipeline: allocate, peg, release, for each order in rank order."""

from dataclasses import dataclass, replace

from fulfillment.domain.allocation import Allocator
from fulfillment.domain.expiry import expired
from fulfillment.domain.orders import Order
from fulfillment.domain.pegging import Pegging
from fulfillment.domain.promise import promised
from fulfillment.domain.release import called_back, goes_now, release
from fulfillment.domain.relocation import relocate
from fulfillment.domain.shipments import Shipment, ShipmentLine
from fulfillment.domain.statuses import ShipmentStatus
from fulfillment.domain.stockpile import Stockpile
from fulfillment.domain.supply import Snapshot, StockLevel


def plan(snapshot: Snapshot) -> tuple[Order, ...]:
    """The orders as they should be now, in rank order.

    A pure function: equal snapshots give equal plans, whatever the order of their parts, and
    planning the result again changes nothing. Where a later order's turn frees something that an
    earlier one may want, the queue is served from its head again.
    """
    served = _pass(snapshot)
    passes = 1
    while served.again and passes < 2 * len(snapshot.orders) + MOST_PASSES:
        served = _pass(served.snapshot)
        passes += 1
    return tuple(promised(order, snapshot.today) for order in served.snapshot.orders)


MOST_PASSES = 8
"""Passes beyond two for each order: each settles at least one order's claims for good, so this
is never reached, and a mistake in a rule can not hang a transaction."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one pass over the queue made, and whether it has to be done again."""

    snapshot: Snapshot
    again: bool


def _pass(snapshot: Snapshot) -> _Pass:
    pile, pegging = Stockpile(snapshot), Pegging(snapshot)
    allocator = Allocator(snapshot, pile, pegging.preview)
    done: list[Order] = []
    again = False
    for order in sorted(snapshot.orders, key=lambda order: order.rank):
        served = allocator.serve(order)
        if served.gave_back:
            return _Pass(_with_given_back(snapshot, order, served.order), again=True)
        pegged = pegging.serve(served.order)
        kept = expired(pegged, snapshot.today)
        back = called_back(kept)
        moved = relocate(back, goes_now(back, snapshot), snapshot, pile)
        done.append(release(pile.order_with_claims(back) if moved else back, snapshot))
        again = again or moved or kept is not pegged or back is not kept
    again = again or pegging.pins_shrank
    return _Pass(
        replace(
            snapshot,
            orders=tuple(done),
            levels=pile.levels(),
            first_claims=frozenset(),
            hand_claims={},
        ),
        again,
    )


def _with_given_back(snapshot: Snapshot, before: Order, after: Order) -> Snapshot:
    """The snapshot with that order in its new state, and what it held made free."""
    freed = tuple(
        StockLevel(line.sku, claim.location, claim.units)
        for shipment in before.shipments
        if _may_give(shipment)
        for line in shipment.lines
        if _is_counted(line, snapshot)
        for claim in line.claims
    )
    return replace(
        snapshot,
        orders=tuple(after if order is before else order for order in snapshot.orders),
        levels=snapshot.levels + freed,
        first_claims=snapshot.first_claims - {before.id},
    )


def _may_give(shipment: Shipment) -> bool:
    return shipment.is_waiting or shipment.status is ShipmentStatus.READY


def _is_counted(line: ShipmentLine, snapshot: Snapshot) -> bool:
    return line.sku in snapshot.skus and snapshot.products[line.sku].managed
