"""Lock, load, change as values, plan, write: the shape of every deciding transaction."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from fulfillment.domain.orders import Order
from fulfillment.domain.planning import plan
from fulfillment.domain.policy import AutoAllocateOn, Rebalance, resolve
from fulfillment.domain.promise import promised
from fulfillment.domain.rank import Rank
from fulfillment.domain.refusals import missing
from fulfillment.domain.supply import Product, Snapshot, StockLevel
from fulfillment.store.cross_docking import note_distribution
from fulfillment.store.deciding import deciding_queues, started_by_status
from fulfillment.store.holders import holders_behind
from fulfillment.store.loading import (
    load_levels,
    load_locations,
    load_orders,
    load_products,
    load_settings,
    load_supplies,
)
from fulfillment.store.locks import lock_orders, lock_queues
from fulfillment.store.owing import owe, settle
from fulfillment.store.queue import Reach, head_of_queues
from fulfillment.store.saving import Change, save
from fulfillment.store.session import LocksTooSmallError, Tx
from fulfillment.store.unplanned import planned


@dataclass
class Workspace:
    """Some queues and orders of one merchant, locked; their orders are changed as values.

    `arriving` are signed units by SKU and location that the caller is about to add to on hand.
    """

    tx: Tx
    today: date
    skus: frozenset[str] = frozenset()
    locations: Mapping[str, date] = field(default_factory=dict)
    before: dict[int, Order] = field(default_factory=dict)
    after: dict[int, Order] = field(default_factory=dict)
    due: frozenset[str] = frozenset()
    until: Mapping[str, Rank] = field(default_factory=dict)
    more: frozenset[str] = frozenset()
    unplanned: frozenset[int] = frozenset()
    noted: frozenset[str] = frozenset()
    asked: frozenset[int] = frozenset()
    by_po_status: frozenset[str] = frozenset()
    arriving: Mapping[tuple[str, str], int] = field(default_factory=dict)
    _known: Mapping[str, Product] = field(default_factory=dict)

    def put(self, order: Order) -> None:
        """Take this for the order from now on."""
        self.after[order.id] = order

    def plan(
        self,
        *,
        first_claims: Collection[int] = (),
        hand_claims: Mapping[int, frozenset[int]] | None = None,
    ) -> None:
        """Bring every order of the workspace to what the rules say (behaviour.md §4, §5)."""
        snapshot = replace(self.snapshot(first_claims), hand_claims=hand_claims or {})
        for order in plan(snapshot):
            self.put(order)

    def snapshot(self, first_claims: Collection[int] = ()) -> Snapshot:
        """What the rules look at: the orders as they stand now, stock and supply."""
        products = self._products()
        return Snapshot(
            today=self.today,
            skus=self.skus,
            locations=tuple(self.locations),
            day_at=self.locations,
            products=products,
            orders=tuple(self.after.values()),
            levels=self._levels(products) if self.skus else (),
            supplies=load_supplies(self.tx, self.skus, self.after) if self.skus else (),
            first_claims=frozenset(first_claims),
            until=self.until,
            by_po_status=self.by_po_status,
        )

    def _levels(self, products: Mapping[str, Product]) -> tuple[StockLevel, ...]:
        """What is free in the tables, what is about to come, and what was given back so far."""
        free: Counter[tuple[str, str]] = Counter(self.arriving)
        for level in load_levels(self.tx, self.skus, self.locations):
            free[level.sku, level.location] += level.available
        for sign, orders in ((1, self.before), (-1, self.after)):
            for sku, location, units in _claims(orders.values()):
                if sku in self.skus and products[sku].managed:
                    free[sku, location] += sign * units
        return tuple(
            StockLevel(sku, location, units)
            for (sku, location), units in sorted(free.items())
            if units > 0
        )

    def save(self, *, silent: Collection[int] = ()) -> None:
        """Write what differs, and what is still owed to queues not served to their end."""
        changes = [
            Change(self.before[id_], promised(self.after[id_], self.today))
            for id_ in sorted(self.after)
            if self.after[id_] != self.before[id_]
        ]
        self.after |= save(
            self.tx,
            changes,
            self._products(),
            self.today,
            silent={*silent, *self._newcomers()},
        )
        served = self.due - self.until.keys()
        if self.due:
            pairs = ((self.before[order], self.after[order]) for order in sorted(self.after))
            note_distribution(self.tx, pairs, self.due, served)
        planned(self.tx, self.unplanned, self.skus - self.until.keys())
        # Where no peg was left to move, a further batch would find as little.
        more = {*self.until, *self.noted, *(self.more if changes else ()), *self._freed()}
        if served := served - more:
            settle(self.tx, served)
        if more:
            owe(self.tx, more, by_po_status=bool(self.by_po_status))

    def _freed(self) -> set[str]:
        """The queues of orders that ended in part, and of which nobody had asked that."""
        return {
            line.sku
            for id_ in self.after.keys() - self.asked
            if _live_units(self.after[id_]) < _live_units(self.before[id_])
            for line in self.after[id_].lines
            if line.sku in self.skus
        }

    def _products(self) -> Mapping[str, Product]:
        """The products of all its orders and queues, read once while these are the same."""
        skus = frozenset(_skus_of([*self.before.values(), *self.after.values()]) | self.skus)
        if not skus <= self._known.keys():
            self._known = load_products(self.tx, skus)
        return self._known

    def _newcomers(self) -> set[int]:
        """Orders met on the way whose first claim, still to come, tells their workflows all."""
        met = self.after.keys() - self.asked
        return {order for order in met if not self.after[order].first_claimed}


def open_orders(tx: Tx, orders: Collection[int]) -> Workspace:
    """Lock these orders alone: their release may change, their claims may not."""
    lock_orders(tx, orders)
    found = load_orders(tx, orders)
    return Workspace(tx, _today(tx), before=dict(found), after=dict(found), asked=frozenset(orders))


@dataclass(frozen=True, slots=True)
class Opening:
    """Which queues to open, and why.

    With `claiming`, the first and last rank of first claims, a queue to which no distribution is
    owed is read only as far as these go. What `orders` hold counts as something to give, since
    the caller may be about to free it. The `margin` is units by SKU that the caller is about to
    add to what there is to give; `asking` units that somebody at a rank is about to want.
    `by_po_status` says that a purchase order's change of status is what starts it. Everybody who
    is pegged on a supply that was `written` is opened too.
    """

    skus: frozenset[str]
    orders: Collection[int] = ()
    claiming: tuple[Rank, Rank] | None = None
    margin: Mapping[str, int] = field(default_factory=dict)
    asking: tuple[Rank, Mapping[str, int]] | None = None
    by_po_status: bool = False
    written: Collection[int] = ()


def open_queues(tx: Tx, skus: Iterable[str], **why: Any) -> Workspace:
    """Lock the queues of these SKUs, the orders at their heads, and `orders` themselves.

    Where an order may decline stock, what it does depends on the rest of its shipment: the queues
    of that are opened too. What else may be named, see `Opening`.
    """
    opening = Opening(frozenset(skus) | tx.also, **why)
    space = _open(tx, opening)
    while more := deciding_queues(tx, space.after.values(), space.skus):
        opening = replace(opening, skus=opening.skus | more)
        space = _open(tx, opening)
    return space


def _open(tx: Tx, opening: Opening) -> Workspace:
    wanted, orders = opening.skus, frozenset(opening.orders)
    due = lock_queues(tx, wanted)
    locations = load_locations(tx)
    by_po_status = wanted if opening.by_po_status else started_by_status(tx, due)
    settings = resolve(*load_settings(tx))
    reach = Reach(
        wanted,
        locations,
        None if due else opening.claiming,
        orders,
        opening.margin,
        opening.asking,
        unpicked=settings.rebalance is Rebalance.UNPICKED,
        everybody=bool(by_po_status) and settings.auto_allocate_on is AutoAllocateOn.PO_STATUS,
        written=opening.written,
    )
    head = head_of_queues(tx, reach)
    reached = head.orders | orders
    touched = reached | holders_behind(tx, reach, reached)
    lock_orders(tx, touched)
    found = load_orders(tx, touched)
    if more := _skus_of([found[order] for order in orders if order in found]) - wanted:
        raise LocksTooSmallError(more)
    return Workspace(
        tx,
        _today(tx),
        skus=wanted,
        locations=locations,
        before=dict(found),
        after=dict(found),
        due=due,
        until=head.until,
        more=head.more,
        unplanned=head.unplanned,
        noted=head.noted,
        asked=orders,
        by_po_status=by_po_status,
    )


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


def _today(tx: Tx) -> date:
    (row,) = tx.rows("SELECT time_zone FROM merchant WHERE id = :merchant", merchant=tx.merchant)
    return tx.today(row.time_zone)


def _live_units(order: Order) -> int:
    return sum(line.units for shipment in order.live for line in shipment.lines)


def _skus_of(orders: Iterable[Order]) -> set[str]:
    return {line.sku for order in orders for line in order.lines}


def _claims(orders: Iterable[Order]) -> Iterable[tuple[str, str, int]]:
    for order in orders:
        for shipment in order.shipments:
            for line in shipment.lines:
                yield from (
                    (line.sku, claim.location, claim.units)
                    for claim in line.claims
                    if not claim.drop_ship
                )
