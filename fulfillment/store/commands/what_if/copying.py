"""Wishes put on a copy of the world: planned one after the other, and nothing of it is kept."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fulfillment.domain.insight.impact import Impact, Standing, outcomes
from fulfillment.domain.insight.what_if import write
from fulfillment.domain.insight.wishes import (
    AdjustStock,
    Buy,
    CancelUnits,
    ChangeUnits,
    MoveDate,
    MoveStatus,
    Receive,
    SetPriority,
    Wish,
)
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.refusals import RefusalKind, RefusedError
from fulfillment.domain.model.supply import Otherwise
from fulfillment.store.commands.what_if import of_orders, of_purchases, of_stock
from fulfillment.store.commands.what_if.act import Act, Fact, otherwise
from fulfillment.store.planning.opening import TooManyOrdersError, open_queues
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.queue.imagined import Imagined
from fulfillment.store.queue.related_queues import started_by_status
from fulfillment.store.records.loading import load_orders
from fulfillment.store.transactions.locks import locking_orders
from fulfillment.store.transactions.session import Tx, fingerprint

ACTS: Mapping[type, Callable[[Tx, Any], Act]] = {
    MoveDate: of_purchases.move_date,
    MoveStatus: of_purchases.move_status,
    ChangeUnits: of_purchases.change_units,
    Receive: of_purchases.receive,
    SetPriority: of_orders.set_priority,
    CancelUnits: of_orders.cancel_units,
    AdjustStock: of_stock.adjust_stock,
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A queue that was not looked at to its end, and the last order that was."""

    sku: str
    order: str | None


@dataclass(frozen=True, slots=True)
class Copy:
    """The world as it would be: the orders that were looked at are in `space`, before and after.

    Who stands behind a stop keeps what he has in it, and may in truth gain or lose as well.
    """

    acts: tuple[Act, ...]
    space: Workspace
    impacts: tuple[Impact, ...]
    stops: tuple[Stop, ...]
    wishes: tuple[Wish, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The wishes as they are written."""
        return tuple(write(wish) for wish in self.wishes)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What is asked for, with each value now and then."""
        return tuple(fact for act in self.acts for fact in act.facts)

    @property
    def fingerprint(self) -> str:
        """Equal for two copies that show the same: what is asked, who it touches, and how.

        Of each of `PRINTED` it has a part of its own.
        """
        now = _alike((one.order, one.before) for one in self.impacts)
        then = _alike((one.order, one.after) for one in self.impacts)
        printed = ([self.parts, self.facts], now, then, self.stops)
        return "-".join(fingerprint(part).hex()[:PRINT] for part in printed)


def _alike(orders: Iterable[tuple[str, Standing]]) -> list[tuple[Standing, list[str]]]:
    """Thousands of orders stand alike: how they do is written once."""
    alike: dict[Standing, list[str]] = defaultdict(list)
    for order, standing in orders:
        alike[standing].append(order)
    return [*alike.items()]


PRINTED = ("values", "orders_now", "orders_then", "stops")
"""What a fingerprint is of: what the parts mean, who is touched and stands how, now and then, and
how far the look went."""

PRINT = 16
"""Digits of each."""


def moved_parts(seen: str, now: str) -> list[str]:
    """Which parts of a fingerprint are others now."""
    parts = seen.split("-")
    if len(parts) != len(PRINTED):
        return [*PRINTED]
    pairs = zip(PRINTED, parts, now.split("-"), strict=True)
    return [name for name, was, its in pairs if was != its]


@dataclass(frozen=True, slots=True)
class Outset:
    """What a look begins with, where it takes longer than who asks would wait.

    `orders` are those that it has to plan, at least.
    """

    acts: tuple[Act, ...]
    orders: int


def put_on_copy_at_once(
    tx: Tx, wishes: Sequence[Wish], at_most: int | None, also: Collection[str] = ()
) -> Copy | Outset:
    """All of what `put_on_copy` finds, or nothing of it where more than `at_most` would be planned.

    What part of it found could be wrong: who stands behind the part may hold what those in it get.
    """
    acts = acts_of(tx, wishes)
    beside = {order for act in acts for order in (*act.reach.orders, *act.reach.beside)}
    if at_most is not None and len(beside) > at_most:
        return Outset(acts, len(beside))
    try:
        return replace(try_out(tx, acts, also, at_most=at_most), wishes=tuple(wishes))
    except TooManyOrdersError as error:
        return Outset(acts, error.orders)


def put_on_copy(tx: Tx, wishes: Sequence[Wish], also: Collection[str] = ()) -> Copy:
    """Plan the wishes in their order; the queues of `also` are open as well. Nothing is saved.

    One that would be refused is refused. Run it by `Store.simulate`, or in a transaction that is to
    do just this: then all that is looked at is locked.
    """
    return replace(try_out(tx, acts_of(tx, wishes), also), wishes=tuple(wishes))


def acts_of(tx: Tx, wishes: Sequence[Wish]) -> tuple[Act, ...]:
    """What the wishes are about, as it is now; nothing is locked."""
    return tuple(_act(tx, wish, at) for at, wish in enumerate(wishes))


def try_out(
    tx: Tx, acts: tuple[Act, ...], also: Collection[str] = (), *, at_most: int | None = None
) -> Copy:
    """The same of acts, whatever asked for them; of more orders than `at_most` nothing is found."""
    space = _opened(tx, acts, also, at_most)
    for act in acts:
        act.put(space)
        space.plan()
    pairs = ((space.before[id_], space.after[id_]) for id_ in sorted(space.after))
    return Copy(acts, space, tuple(outcomes(pairs)), tuple(_stops(space)))


def _act(tx: Tx, wish: Wish, at: int) -> Act:
    """What a wish is about; a value that can not be taken names the part."""
    try:
        if isinstance(wish, Buy):  # Each purchase is another supply.
            return of_purchases.buy(tx, wish, at)
        return ACTS[type(wish)](tx, wish)
    except RefusedError as error:
        if error.kind is not RefusalKind.INVALID:
            raise
        message = f"part {at + 1} of the what-if, “{write(wish)}”: {error}"
        facts = [{**one, "field": f"if[{at}]"} for one in error.fields]
        raise RefusedError(error.kind, error.code, message, facts) from error


def _opened(tx: Tx, acts: Sequence[Act], also: Collection[str], at_most: int | None) -> Workspace:
    """The queues of all wishes together, so that they are taken in one order."""
    margin: Counter[str] = Counter()
    for act in acts:
        margin.update(act.reach.margin)
    orders = {order for act in acts for order in act.reach.orders}
    space = open_queues(
        tx,
        {*also, *_skus_of(tx, orders), *(sku for act in acts for sku in act.reach.skus)},
        orders=orders,
        margin=margin,
        asking=_asking(acts),
        written=[supply for act in acts for supply in act.reach.written],
        by_po_status=any(act.reach.by_po_status for act in acts),
        imagined=_imagined(acts),
        at_most=at_most,
    )
    # Each wish says for itself whose allocation its status starts.
    space.by_po_status = frozenset(started_by_status(tx, space.due))
    space.until = _cut(acts, space)
    _look_beside(space, {order for act in acts for order in act.reach.beside})
    return space


def _cut(acts: Sequence[Act], space: Workspace) -> Mapping[str, Rank]:
    """How far each queue is served that is not looked at to its end."""
    until = dict(space.until)
    for act in acts:
        for sku, rank in act.reach.cut.items():
            until[sku] = min(rank, until.get(sku, rank))
    return until


def _imagined(acts: Sequence[Act]) -> Imagined:
    supplies: Mapping[int, Otherwise] = {}
    for act in acts:
        supplies = otherwise(supplies, act.reach.changes)
    return Imagined(supplies)


def _skus_of(tx: Tx, orders: Collection[int]) -> set[str]:
    sql = "SELECT DISTINCT sku FROM order_line WHERE order_id = ANY(:orders)"
    return {row.sku for row in tx.rows(sql, orders=list(orders))} if orders else set()


def _look_beside(space: Workspace, orders: Collection[int]) -> None:
    """Take these orders too, as far as the queues that are open go."""
    more = set(orders) - space.after.keys()
    with locking_orders(space.tx, more):
        found = load_orders(space.tx, more)
    space.before |= found
    space.after |= found


def _asking(acts: Sequence[Act]) -> Callable[[], tuple[Rank, Mapping[str, int]]] | None:
    """What is about to be wanted, from the first of the places at which it is."""
    every = [act.reach.asking for act in acts if act.reach.asking]
    if not every:
        return None
    units: Counter[str] = Counter()
    for _, its in every:
        units.update(its)
    first = min(rank for rank, _ in every)
    return lambda: (first, units)


def _stops(space: Workspace) -> list[Stop]:
    return [Stop(sku, _last_in(space, sku)) for sku in sorted(space.until.keys() | space.more)]


def _last_in(space: Workspace, sku: str) -> str | None:
    """The last order that was looked at in a queue, as far as that was read."""
    until = space.until.get(sku)
    orders = (
        order
        for order in space.after.values()
        if any(line.sku == sku for line in order.lines) and (until is None or order.rank <= until)
    )
    last = max(orders, key=lambda order: order.rank, default=None)
    return None if last is None else last.number
