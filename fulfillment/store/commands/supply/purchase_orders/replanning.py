"""Plan anew for those who wait when supply is not what it was."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import Peg
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands.supply.purchase_orders.shrinking import released_on, shrink_pegs
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.queue import head
from fulfillment.store.queue.supply_usage import counts
from fulfillment.store.records.loading import load_locations
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class Was:
    """What a peg on a supply told before the supply was written."""

    due_on: date | None
    status: PurchaseOrderStatus | None = None


def replan(
    tx: Tx, skus: Collection[str], was: Mapping[int, Was], *, by_po_status: bool = False
) -> None:
    """Serve these queues after supplies of theirs were written: claims, pegs, promises follow.

    The first in rank keep their pegs where a supply shrinks; who loses one stands in the queue.
    Everybody who is pegged on a supply in `was` is looked at: at once, or where they are more than
    a batch, batch by batch from the head. The queues are locked already.
    """
    if _are_more_than_a_batch(tx, was):
        released = released_on(tx, was)
        _leave_to_batches(tx, was)
        space = open_queues(tx, skus, orders=released, by_po_status=by_po_status)
    else:
        space = open_queues(tx, skus, written=list(was), by_po_status=by_po_status)
    plan_and_save(space, was)
    if space.until:
        _cut_pegs(tx, was, space.locations)


HOW_MANY = """
SELECT count(*) AS lines FROM (SELECT 1 FROM peg WHERE supply = ANY(:supplies) LIMIT :most) pegged
"""

MARK = """
UPDATE open_demand d SET stale = true FROM peg p
 WHERE p.supply = ANY(:supplies) AND d.shipment_line = p.shipment_line
"""

SUPPLIES = """
SELECT u.id, u.inbound, u.location, u.outstanding, i.counts_until
  FROM supply u LEFT JOIN inbound_supply i ON i.id = u.id
 WHERE u.id = ANY(:supplies) ORDER BY u.id
"""


def _are_more_than_a_batch(tx: Tx, supplies: Collection[int]) -> bool:
    (counted,) = tx.rows(HOW_MANY, supplies=list(supplies), most=head.BATCH + 1)
    return bool(counted.lines > head.BATCH)


def _leave_to_batches(tx: Tx, supplies: Collection[int]) -> None:
    """Take pegs that nothing stands for any more, and note all others to be planned."""
    _cut_pegs(tx, supplies, load_locations(tx))
    tx.run(MARK, supplies=list(supplies))


def _cut_pegs(tx: Tx, supplies: Collection[int], locations: Mapping[str, date]) -> None:
    """Leave no peg on units of these supplies on which nobody may be pegged."""
    rows = tx.rows(SUPPLIES, supplies=list(supplies))
    not_to_come = {row.id: 0 if counts(row, locations) else row.outstanding for row in rows}
    late = [row.id for row in rows if row.inbound and not counts(row, locations)]
    shrink_pegs(tx, not_to_come, last_go=True, late=late)


def plan_and_save(space: Workspace, was: Mapping[int, Was]) -> None:
    """Plan, and write also those whose pegs on these supplies stay, but tell something else now.

    Orders were read after the supplies were written: as they were before is put together again.
    Where only a date moves later, the order's workflow is not woken (behaviour.md §5): its timer
    looks then.
    """

    def as_it_was(peg: Peg) -> Peg:
        told = was.get(peg.supply)
        return replace(peg, due_on=told.due_on or date.max, status=told.status) if told else peg

    for order in list(space.before.values()):
        space.before[order.id] = with_pegs(order, as_it_was)
    space.plan()
    space.save(silent=[id_ for id_, order in space.after.items() if _is_only_later(space, order)])


def _is_only_later(space: Workspace, after: Order) -> bool:
    before = space.before[after.id]
    earlier = _dates(before)
    return (
        _without_dates(before) == _without_dates(after)
        and before != after
        and all(day >= earlier[peg] for peg, day in _dates(after).items())
    )


def _dates(order: Order) -> dict[tuple[int, int, bool], date]:
    return {
        (line.id, peg.supply, peg.pinned): peg.due_on
        for shipment in order.planned
        for line in shipment.lines
        for peg in line.pegs
    }


def _without_dates(order: Order) -> Order:
    undated = with_pegs(order, lambda peg: replace(peg, due_on=date.max))
    shipments = (replace(shipment, expected_on=None) for shipment in undated.shipments)
    lines = (replace(line, promise=None, first_promise=None) for line in order.lines)
    return undated.with_shipments(shipments).with_lines(lines)


def with_pegs(order: Order, change: Callable[[Peg], Peg]) -> Order:
    """The order with its pegs changed so, in an order of their own."""
    return order.with_shipments(
        replace(
            shipment,
            lines=tuple(
                replace(
                    line,
                    pegs=tuple(
                        sorted(
                            (change(peg) for peg in line.pegs),
                            key=lambda peg: (peg.due_on, peg.supply, not peg.pinned),
                        )
                    ),
                )
                for line in shipment.lines
            ),
        )
        for shipment in order.planned
        if any(line.pegs for line in shipment.lines)
    )
