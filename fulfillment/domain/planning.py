"""The whole plan, one visible pipeline: allocate, peg, release."""

from fulfillment.domain.allocation import allocate
from fulfillment.domain.orders import Order
from fulfillment.domain.pegging import peg
from fulfillment.domain.release import release
from fulfillment.domain.supply import Snapshot


def plan(snapshot: Snapshot) -> tuple[Order, ...]:
    """The orders as they should be now, in rank order.

    A pure function: equal snapshots give equal plans, whatever the order of their parts, and
    planning the result again changes nothing.
    """
    pegged = peg(snapshot, allocate(snapshot))
    return tuple(release(order, snapshot.today, snapshot.products) for order in pegged)
