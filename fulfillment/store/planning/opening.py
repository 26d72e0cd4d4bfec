"""Open a workspace: take the queues, read their heads, take the orders that stand there."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fulfillment.domain.model.policy import resolve
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.refusals import missing
from fulfillment.store.planning.lines import skus_of
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.queue import head as queue
from fulfillment.store.queue.head import head_of_queues
from fulfillment.store.queue.holders import holders_behind
from fulfillment.store.queue.imagined import NOTHING_IMAGINED, Imagined
from fulfillment.store.queue.lane import NOTHING, Filled, PassedByError
from fulfillment.store.queue.newcomers import (
    MOST_LINES,
    InTheWay,
    claimed_along,
    cut_before,
    in_the_way,
)
from fulfillment.store.queue.reach import QueueQuery
from fulfillment.store.queue.related_queues import deciding_queues, started_by_status
from fulfillment.store.records.ground import merchant_today
from fulfillment.store.records.loading import load_locations, load_orders, load_settings
from fulfillment.store.transactions.locks import (
    lock_more_queues,
    lock_order_of,
    lock_queues,
    locking_orders,
    locking_queues,
    owed_of,
)
from fulfillment.store.transactions.session import LocksTooSmallError, Tx


class TooManyOrdersError(Exception):
    """A look that was to take few orders would have to take at least so many."""

    def __init__(self, orders: int) -> None:
        self.orders = orders
        super().__init__(f"{orders} orders would have to be looked at")


Asking = tuple[Rank, Mapping[str, int]]
"""Units by SKU that somebody at a rank is about to want."""


def open_orders(tx: Tx, orders: Collection[int]) -> Workspace:
    """Lock these orders alone: their release may change, their claims may not.

    Where an earlier try found that a queue is needed after all, it is taken before them.
    """
    _take_what_was_missed(tx)
    with locking_orders(tx, orders):
        return _alone(tx, orders)


def open_order_of(tx: Tx, shipment: int) -> tuple[int, Workspace]:
    """Lock the order of a shipment alone; which it is, and a refusal where there is none."""
    _take_what_was_missed(tx)
    order = lock_order_of(tx, shipment)
    if order is None:
        raise missing("shipment", shipment)
    return order, _alone(tx, [order])


def _take_what_was_missed(tx: Tx) -> None:
    if tx.also:
        lock_queues(tx, ())


def _alone(tx: Tx, orders: Collection[int]) -> Workspace:
    found = load_orders(tx, orders)
    today, asked = merchant_today(tx), frozenset(orders)
    return Workspace(tx, today, before=dict(found), after=dict(found), asked=asked)


@dataclass(frozen=True, slots=True)
class Opening:
    """Which queues to open, and why.

    With `claiming`, the first and last rank of first claims, a queue to which no distribution is
    owed is read only as far as these go. What `orders` hold counts as something to give, since
    the caller may be about to free it. The `margin` is units by SKU that the caller is about to
    add to what there is to give; `asking` units that somebody at a rank is about to want, asked
    once the queues are locked. `by_po_status` says that a purchase order's change of status is
    what starts it. Everybody who is pegged on a supply that was `written` is opened too. A `batch`
    is how many lines of each sort are served, where not as many as usual. Those met `on_the_way`
    are newcomers for which the plan claims as well. `filled` is what this transaction has filled
    already, and not taken off the levels yet. Supply is `imagined` where that is only tried. Where
    more than `at_most` orders would be taken, none is loaded: `TooManyOrdersError`.
    """

    skus: frozenset[str]
    orders: Collection[int] = ()
    claiming: tuple[Rank, Rank] | None = None
    margin: Mapping[str, int] = field(default_factory=dict)
    asking: Callable[[], Asking] | None = None
    by_po_status: bool = False
    written: Collection[int] = ()
    batch: int = 0
    on_the_way: frozenset[int] = frozenset()
    filled: Filled = NOTHING
    imagined: Imagined = NOTHING_IMAGINED
    at_most: int | None = None

    @property
    def most(self) -> int:
        """Lines of each sort that are served at most."""
        return self.batch or queue.BATCH


def open_queues(tx: Tx, skus: Iterable[str], **why: Any) -> Workspace:
    """Lock the queues of these SKUs, the orders at their heads, and `orders` themselves.

    Where an order may decline stock, what it does depends on the rest of its shipment: the queues
    of that are opened too. So are those of newcomers that stand before somebody who was reached.
    What else may be named, see `Opening`.
    """
    opening = Opening(frozenset(skus) | tx.also, **why)
    while True:
        space = _open(tx, opening)
        more = deciding_queues(tx, space.after.values(), space.skus)
        way = in_the_way(tx, space.after.values(), space.skus, _giving(space, opening))
        if opening.filled.is_passed_by(way.newcomers.values()):
            raise PassedByError
        along = _claimed_along(tx, way, opening)
        met = along.keys() - {*opening.orders, *opening.on_the_way}
        skus_met = frozenset(sku for id_ in met for sku in along[id_]) - space.skus
        if not more and not met:
            break
        if skus_met:
            lock_more_queues(tx, skus_met)
        opening = replace(
            opening, skus=opening.skus | more | skus_met, on_the_way=opening.on_the_way | met
        )
    opened = {*opening.orders, *opening.on_the_way}
    ends = dict(space.until)
    for sku, rank in way.until.items():
        ends[sku] = min(rank, ends.get(sku, rank))
    space.until, claimed = cut_before(way.newcomers.values(), opened, ends)
    if opening.claiming:
        # Who is left asks again: only what was owed to somebody before is owed on.
        space.asked_again = space.until.keys() - space.due
    space.newcomers = claimed
    return space


def _claimed_along(tx: Tx, way: InTheWay, opening: Opening) -> dict[int, frozenset[str]]:
    """Who is claimed for on the way; nobody by first claims, which were chosen in rank order."""
    if opening.claiming and not tx.is_simulated:
        return {}
    return claimed_along(tx, way.newcomers.values(), min(opening.most, MOST_LINES))


def _giving(space: Workspace, opening: Opening) -> set[str]:
    """The queues that are about to have something to give, whatever there is now."""
    asked = (space.after[id_] for id_ in opening.orders if id_ in space.after)
    held = {
        line.sku
        for order in asked
        for shipment in order.live
        for line in shipment.lines
        if line.claims or line.pegs
    }
    return held | {sku for sku, units in opening.margin.items() if units > 0}


def _open(tx: Tx, opening: Opening) -> Workspace:
    wanted, orders = opening.skus, {*opening.orders, *opening.on_the_way}
    with locking_queues(tx, wanted) as locked:
        locations = load_locations(tx)
    due = owed_of(locked)
    by_po_status = wanted if opening.by_po_status else started_by_status(tx, due)
    settings = resolve(*load_settings(tx))
    waits_for_status = settings.auto_allocate_on.waits_for_status
    reach = QueueQuery(
        wanted,
        locations,
        opening.most,
        None if due else opening.claiming,
        freeing=orders,
        margin=opening.margin,
        taken=opening.filled.units,
        asking=opening.asking() if opening.asking else None,
        unpicked=settings.rebalance.takes_from_ready,
        everybody=bool(by_po_status) and waits_for_status,
        written=opening.written,
        awaiting_status=wanted - by_po_status if waits_for_status else (),
        imagined=opening.imagined,
    )
    if opening.at_most is not None:
        # Most queues tell by few lines that they have too many: all of them are read only else.
        near = replace(reach, batch=min(opening.at_most + 1, opening.most))
        _check_few(opening.at_most, orders | head_of_queues(tx, near).orders)
    head = head_of_queues(tx, reach)
    reached = head.orders | orders
    holders = holders_behind(tx, reach, reached)
    touched = reached | holders.orders
    _check_few(opening.at_most, touched)
    with locking_orders(tx, touched):
        found = load_orders(tx, touched)
    if more := skus_of([found[order] for order in orders if order in found]) - wanted:
        raise LocksTooSmallError(more)
    return Workspace(
        tx,
        merchant_today(tx),
        skus=wanted,
        locations=locations,
        before=dict(found),
        after=dict(found),
        due=due,
        until=head.until,
        more=head.more,
        stale=head.stale,
        noted=head.noted,
        short=holders.cut,
        asked=frozenset(opening.orders),
        by_po_status=by_po_status,
        filled=opening.filled,
    )


def _check_few(at_most: int | None, orders: Collection[int]) -> None:
    if at_most is not None and len(orders) > at_most:
        raise TooManyOrdersError(len(orders))


def order_and_skus(tx: Tx, number: str) -> tuple[int, frozenset[str]]:
    """The id of an order by its number, and its lines' SKUs: see `order_id`, `skus_of_order`."""
    rows = tx.rows(
        "SELECT o.id,"
        " (SELECT array_agg(DISTINCT sku) FROM order_line WHERE order_id = o.id) AS skus"
        " FROM orders o WHERE o.merchant = :merchant AND o.number = :number",
        merchant=tx.merchant,
        number=number,
    )
    if not rows:
        raise missing("order", number)
    return int(rows[0].id), frozenset(rows[0].skus)


def order_id(tx: Tx, number: str) -> int:
    """The id of an order by its number; a refusal if this merchant has none of that number."""
    rows = tx.rows(
        "SELECT id FROM orders WHERE merchant = :merchant AND number = :number",
        merchant=tx.merchant,
        number=number,
    )
    if not rows:
        raise missing("order", number)
    return int(rows[0].id)


def skus_of_order(tx: Tx, order: int) -> frozenset[str]:
    """The SKUs of an order's lines, read without a lock: check again once they are locked."""
    rows = tx.rows("SELECT DISTINCT sku FROM order_line WHERE order_id = :id", id=order)
    return frozenset(row.sku for row in rows)


def rank_of_order(tx: Tx, order: int) -> Rank:
    """An order's place in the queue, read without a lock: only its priority may change."""
    (row,) = tx.rows("SELECT priority, placed_at, intake_seq FROM orders WHERE id = :id", id=order)
    return Rank(*row)
