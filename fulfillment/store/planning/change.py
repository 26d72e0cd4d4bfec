"""A change of one order: done in a transaction, or only simulated to see what it would make."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from fulfillment.domain.actions.manual import finished
from fulfillment.domain.insight.impact import Impact, outcomes
from fulfillment.domain.insight.progress import Progress, progress_of
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.refusals import conflict
from fulfillment.domain.model.supply import Supply
from fulfillment.store.planning.distribution import NotServedYetError, served_before
from fulfillment.store.planning.opening import open_queues, order_and_skus
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.queue.reach import MOST
from fulfillment.store.records.loading import load_orders, load_past
from fulfillment.store.transactions.session import Command, Store, Tx

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked of one order.

    `make` changes it as a value, or refuses. `priority` is its new place in the queue, where that
    is what changes; `wants` are units by SKU that it may come to want beside what it wants now;
    `takes` names lines that take free units by hand; `arriving` are signed units by SKU and
    location that come with it. What a document would bring is only simulated: the supply that is
    `coming` with it, the units `received` of supply that is there, by id, and the orders that stand
    `ahead` and are served with it first. The shipment in its `past`, which has left, is loaded too.
    `answer` is what the change tells of itself, also when it is asked for again.
    Where `of_finished`, it is `make` that refuses an order of which nothing is left to do. What is
    done `at_once` asks for no stock: it need not wait until those before the order are served.
    """

    number: str
    make: Callable[[Tx, Order], Order] = lambda _tx, order: order
    priority: int | None = None
    wants: Callable[[Tx], Mapping[str, int]] = lambda _tx: {}
    takes: Callable[[Order], frozenset[int]] | None = None
    arriving: Mapping[tuple[str, str], int] = field(default_factory=dict)
    coming: tuple[Supply, ...] = ()
    received: Mapping[int, int] = field(default_factory=dict)
    ahead: Collection[int] = ()
    past: int | None = None
    answer: Callable[[Order, Order], Answer] = lambda _before, _after: {}
    of_finished: bool = False
    at_once: bool = False


def of_version(change: Change, version: int) -> Change:
    """The change, refused where the order is not as it was seen: asked under the order's lock."""

    def make(tx: Tx, order: Order) -> Order:
        if order.wake_seq != version:
            message = f"order {order.number} has changed since you looked at it"
            raise conflict("order_changed", message, version=order.wake_seq)
        return change.make(tx, order)

    return replace(change, make=make)


def change_order(store: Store, command: Command, change: Change) -> Answer:
    """Do it: one transaction, once for the command's key.

    Answered is what the change itself tells; how its orders stand then is read by who shows them.
    Where those before the order are still to be served, they are served first, in batches of their
    own: what a change finds does not depend on how far a distribution has come.
    """

    def body(tx: Tx) -> Answer:
        order, space = changed(tx, change)
        told = change.answer(space.before[order], space.after[order])
        space.save()
        return told

    return served_before(store, command.merchant, lambda: store.execute(command, body))


def preview_change(store: Store, merchant: str, change: Change) -> list[Impact]:
    """What it would make of every order that it touches; nothing is done.

    Run by the same planner on one moment's picture of the data, so that doing it right after gives
    what is said here. A change that would be refused is refused.
    """
    return store.simulate(merchant, lambda tx: simulated(tx, change))


def simulated(tx: Tx, change: Change) -> list[Impact]:
    """What a change would make of every order, on a picture of the data."""
    order, space = changed(tx, change)
    change.answer(space.before[order], space.after[order])
    return outcomes((space.before[id_], space.after[id_]) for id_ in sorted(space.after))


def changed(tx: Tx, change: Change) -> tuple[int, Workspace]:
    """The order's queues opened, the change made, and everything planned again; not saved.

    `NotServedYetError` where somebody before it is still to be served.
    """
    order, its = order_and_skus(tx, change.number)
    more = change.wants(tx)
    skus = its | {sku for sku, _ in change.arriving} | more.keys()

    def asking() -> tuple[Rank, Mapping[str, int]]:
        rank, units = wanting(tx, order)
        if change.priority is not None:
            rank = replace(rank, priority=change.priority)
        return rank, Counter(units) + Counter(more)

    margin = Counter(_added(change.arriving)) + Counter(more)

    def opened(batch: int) -> Workspace:
        return open_queues(tx, skus, orders=[order], asking=asking, margin=margin, batch=batch)

    space = opened(MOST if tx.is_simulated else 0)
    if not change.at_once and not tx.is_simulated:
        space = _in_turn(space, change, order, opened)
    space.arriving = dict(change.arriving)
    if change.coming or change.received:
        _bring(space, change)
    if change.past is not None:
        space.before[order] = load_past(tx, space.after[order], change.past)
        space.put(space.before[order])
    mine = space.after[order]
    if not mine.live and not change.of_finished:
        raise finished(mine)
    space.put(change.make(tx, mine))
    takes = change.takes(space.after[order]) if change.takes else None
    space.plan(hand_claims={order: takes} if takes else {})
    return order, space


def _bring(space: Workspace, change: Change) -> None:
    """Let the plan see what a document would bring, and who would have it first."""
    space.coming, space.received = change.coming, dict(change.received)
    space.by_po_status |= {supply.sku for supply in change.coming if supply.status is not None}
    for id_, order in load_orders(space.tx, set(change.ahead) - space.after.keys()).items():
        space.before[id_] = order
        space.put(order)


def _in_turn(
    space: Workspace, change: Change, order: int, opened: Callable[[int], Workspace]
) -> Workspace:
    """An order that has claimed, or is to take something now, is changed in its turn.

    Where nothing is owed, a queue was cut by what the order itself may free: it is read whole.
    """
    mine = space.after[order]
    if not mine.first_claimed and change.takes is None:
        return space
    last = replace(mine.rank, priority=max(mine.rank.priority, change.priority or 0))
    behind = space.ended_before(last)
    if behind and not behind & space.due:
        space = opened(MOST)
        behind = space.ended_before(last)
    if behind:
        raise NotServedYetError(behind)
    return space


def wanting(tx: Tx, order: int) -> tuple[Rank, Mapping[str, int]]:
    """An order's place, and what is left of its lines, as they are under the queues' locks."""
    rows = tx.rows(
        "SELECT o.priority, o.placed_at, o.intake_seq, l.sku,"
        " sum(l.ordered - l.cancelled - l.shipped)::bigint AS units"
        " FROM orders o JOIN order_line l ON l.order_id = o.id"
        " WHERE o.id = :id GROUP BY o.id, l.sku ORDER BY l.sku",
        id=order,
    )
    rank = Rank(rows[0].priority, rows[0].placed_at, rows[0].intake_seq)
    return rank, {row.sku: row.units for row in rows}


def _added(arriving: Mapping[tuple[str, str], int]) -> Mapping[str, int]:
    added: Counter[str] = Counter()
    for (sku, _), units in arriving.items():
        added[sku] += max(units, 0)
    return added


def answer_for(space: Workspace, order: int) -> Answer:
    """Where an order of the workspace stands, as commands answer it."""
    return progress_answer(progress_of(space.after[order]))


def progress_answer(progress: Progress) -> Answer:
    """A progress as plain data, as commands answer and wakes carry it."""
    return asdict(progress)
