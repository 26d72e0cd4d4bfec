"""The whole plan, one visible pipeline: allocate and peg in rank order, then release."""

from dataclasses import dataclass, replace

from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.shipments import Shipment, ShipmentLine
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.supply import Snapshot, StockLevel
from fulfillment.domain.model.working_days import ShipDays
from fulfillment.domain.planning.allocation import Allocator
from fulfillment.domain.planning.expiry import expired
from fulfillment.domain.planning.pegging import Pegging
from fulfillment.domain.planning.promise import promised
from fulfillment.domain.planning.release import Release, called_back
from fulfillment.domain.planning.relocation import relocate
from fulfillment.domain.planning.sourcing import waiting_units
from fulfillment.domain.planning.stockpile import Stockpile


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
    days = snapshot.ship_days
    return tuple(_told(order, days) for order in served.snapshot.orders)


def _told(order: Order, days: ShipDays) -> Order:
    """The order with what is told of it: what is promised, and how much waits."""
    if not order.first_claimed:
        return order
    waiting, told = waiting_units(order), promised(order, days)
    return told if waiting == order.waiting_told else replace(told, waiting_told=waiting)


MOST_PASSES = 8
"""Passes beyond two for each order: each settles at least one order's claims for good, so this
is never reached, and a mistake in a rule can not hang a transaction."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one pass over the queue made, and whether it has to be done again."""

    snapshot: Snapshot
    again: bool


def _pass(snapshot: Snapshot) -> _Pass:
    """Each order in its turn: claims, pegs, locations. Then what each may release of it."""
    pile, pegging = Stockpile(snapshot), Pegging(snapshot)
    allocator = Allocator(snapshot, pile, pegging.preview)
    waiting: list[Order] = []
    again = False
    for order in sorted(snapshot.orders, key=lambda order: order.rank):
        served = allocator.serve(order)
        if served.gave_back:
            return _Pass(_with_given_back(snapshot, order, served.order), again=True)
        pegged = pegging.serve(served.order)
        settled = called_back(_expired(pegged, snapshot))
        moved = _holds_any(settled) and relocate(
            settled, _release(settled, snapshot, pile).goes_now(), snapshot, pile
        )
        waiting.append(pile.order_with_claims(settled) if moved else settled)
        again = again or moved or settled is not pegged
    done = tuple(_release(order, snapshot, pile).released() for order in waiting)
    again = again or pegging.pins_shrank or any(map(_is_dated_anew, waiting, done))
    after = replace(snapshot, orders=done, levels=pile.levels())
    return _Pass(replace(after, first_claims=frozenset(), hand_claims={}), again)


def _holds_any(order: Order) -> bool:
    """Whether anything that waits has units: who has none can not have them elsewhere."""
    return any(line.claims for shipment in order.waiting for line in shipment.lines)


def _is_dated_anew(before: Order, after: Order) -> bool:
    """Whether other parts of the order wait for supply now: each is asked and pegged by itself."""
    if after is before:
        return False
    was, now = _coming(before), _coming(after)
    # One part that takes all of what it was pegged as keeps its pegs: nothing is asked anew.
    return was != now and not (was <= now and len(before.planned) == len(after.planned) == 1)


def _coming(order: Order) -> set[tuple[int, ShipmentStatus, str | None]]:
    """What is dated, and what is released before all of it is here."""
    future = ShipmentStatus.FUTURE
    dated = [*(part for part in order.waiting if part.status is future), *order.not_yet_received]
    return {(part.id, part.status, part.location) for part in dated}


def _expired(order: Order, snapshot: Snapshot) -> Order:
    """What has waited too long is cancelled where this plan serves all that the order wants.

    Units may lie there for it in a queue that is not open, or not served so far.
    """
    shorter = expired(order, snapshot.today)
    if shorter is order:
        return order
    wanted = {line.sku for line in waiting_lines(order) if line.wanted}
    return shorter if all(snapshot.serves(order, sku) for sku in wanted) else order


def _release(order: Order, snapshot: Snapshot, pile: Stockpile) -> Release:
    """What may go, with what is free at the end of the queue for lines whose gate is shut."""

    def free(line: ShipmentLine) -> int:
        if order.line(line.order_line).by_hand or not snapshot.serves(order, line.sku):
            return 0
        only = order.place_of(line.order_line)
        places = snapshot.locations if only is None else (only,)
        return sum(pile.free[at].get(line.sku, 0) for at in places)

    ungated = order.id in snapshot.first_claims or order.id in snapshot.hand_claims
    return Release(order, snapshot, free, ungated=ungated)


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
