"""Plan anew for those who wait when supply is not what it was."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from fulfillment.domain.orders import Order
from fulfillment.domain.shipments import Peg
from fulfillment.domain.statuses import PurchaseOrderStatus
from fulfillment.store import queue
from fulfillment.store.session import Tx
from fulfillment.store.workspace import Workspace, open_queues

HOW_MANY_PEGGED = """
SELECT count(*) AS lines FROM (
    SELECT 1 FROM supply u JOIN peg p ON p.supply = u.id
     WHERE u.merchant = :merchant AND u.sku = ANY(:skus) LIMIT :most) pegged
"""

WHO_IS_PEGGED = """
SELECT DISTINCT sl.order_id
  FROM supply u JOIN peg p ON p.supply = u.id JOIN shipment_line sl ON sl.id = p.shipment_line
 WHERE u.merchant = :merchant AND u.sku = ANY(:skus) ORDER BY sl.order_id
"""


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
    The queues are locked already.
    """
    orders = _pegged_beyond_a_batch(tx, skus)
    plan_and_save(open_queues(tx, skus, orders=orders, by_po_status=by_po_status), was)


def _pegged_beyond_a_batch(tx: Tx, skus: Collection[str]) -> list[int]:
    """Everybody who has a peg in these queues, where they are more than are opened with them.

    Nobody would look at the rest of them again once what they wait for is gone.
    """
    common = {"merchant": tx.merchant, "skus": sorted(skus)}
    (counted,) = tx.rows(HOW_MANY_PEGGED, most=queue.BATCH + 1, **common)
    if counted.lines <= queue.BATCH:
        return []
    return [row.order_id for row in tx.rows(WHO_IS_PEGGED, **common)]


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
        space.before[order.id] = _with_pegs(order, as_it_was)
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
    undated = _with_pegs(order, lambda peg: replace(peg, due_on=date.max))
    shipments = (replace(shipment, expected_on=None) for shipment in undated.shipments)
    lines = (replace(line, promise=None, first_promise=None) for line in order.lines)
    return undated.with_shipments(shipments).with_lines(lines)


def _with_pegs(order: Order, change: Callable[[Peg], Peg]) -> Order:
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
