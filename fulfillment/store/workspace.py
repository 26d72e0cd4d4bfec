"""Lock, load, change as values, plan, write: the shape of every deciding transaction."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from fulfillment.domain.orders import Order
from fulfillment.domain.planning import plan
from fulfillment.domain.rank import Rank
from fulfillment.domain.refusals import missing
from fulfillment.domain.supply import Product, Snapshot, StockLevel
from fulfillment.store import outbox
from fulfillment.store.loading import (
    load_levels,
    load_locations,
    load_orders,
    load_products,
    load_supplies,
)
from fulfillment.store.locks import lock_orders, lock_queues
from fulfillment.store.queue import Reach, head_of_queues, holders_behind
from fulfillment.store.saving import Change, save
from fulfillment.store.session import LocksTooSmallError, Tx


@dataclass
class Workspace:
    """Some queues and orders of one merchant, locked; their orders are changed as values."""

    tx: Tx
    today: date
    skus: frozenset[str] = frozenset()
    locations: Mapping[str, date] = field(default_factory=dict)
    before: dict[int, Order] = field(default_factory=dict)
    after: dict[int, Order] = field(default_factory=dict)
    due: frozenset[str] = frozenset()
    until: Mapping[str, Rank] = field(default_factory=dict)
    asked: frozenset[int] = frozenset()
    _known: Mapping[str, Product] = field(default_factory=dict)

    def put(self, order: Order) -> None:
        """Take this for the order from now on."""
        self.after[order.id] = order

    def plan(self, *, first_claims: Collection[int] = ()) -> None:
        """Bring every order of the workspace to what the rules say (behaviour.md §4, §5)."""
        products = self._products()
        snapshot = Snapshot(
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
        )
        for order in plan(snapshot):
            self.put(order)

    def _levels(self, products: Mapping[str, Product]) -> tuple[StockLevel, ...]:
        """What is free in the tables, and what this transaction has given back so far."""
        free: Counter[tuple[str, str]] = Counter()
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
        changes = [Change(self.before[id_], self.after[id_]) for id_ in sorted(self.after)]
        self.after = save(self.tx, changes, self._products(), silent={*silent, *self._newcomers()})
        if served := self.due - self.until.keys():
            settle(self.tx, served)
        if self.until:
            owe(self.tx, self.until.keys())

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


def open_queues(
    tx: Tx,
    skus: Iterable[str],
    *,
    orders: Collection[int] = (),
    claiming: tuple[Rank, Rank] | None = None,
    margin: Mapping[str, int] | None = None,
) -> Workspace:
    """Lock the queues of these SKUs, the orders at their heads, and `orders` themselves.

    With `claiming`, the first and last rank of first claims, a queue to which no distribution is
    owed is read only as far as these go. What `orders` hold counts as something to give, since
    the caller may be about to free it. The `margin` is units by SKU that the caller is about to
    add, to what is free or to what `orders` want.
    """
    wanted = frozenset(skus)
    due = lock_queues(tx, wanted)
    today, locations = _today(tx), load_locations(tx)
    newcomers = None if due else claiming
    reach = Reach(wanted, locations, newcomers, orders, margin or {})
    head = head_of_queues(tx, reach)
    reached = head.orders | frozenset(orders)
    touched = reached | holders_behind(tx, reach, reached)
    lock_orders(tx, touched)
    found = load_orders(tx, touched)
    if any(_skus_of([found[order]]) - wanted for order in orders if order in found):
        raise LocksTooSmallError
    return Workspace(
        tx,
        today,
        skus=wanted,
        locations=locations,
        before=dict(found),
        after=dict(found),
        due=due,
        until=head.until,
        asked=frozenset(orders),
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


def owe(tx: Tx, skus: Collection[str]) -> None:
    """Note that these queues are still to be served, and have a workflow go on with it."""
    note_owed(tx, skus)
    owe_replan(tx)


def owe_replan(tx: Tx) -> None:
    """Have a workflow serve the merchant's queues to which a distribution is owed."""
    outbox.put(tx, outbox.Kind.REPLAN, [(tx.merchant, {"merchant": tx.merchant})])


def note_owed(tx: Tx, skus: Collection[str]) -> None:
    """Note that these queues are still to be served; the caller has it done."""
    tx.run(
        "UPDATE sku_queue SET due_since = coalesce(due_since, :now)"
        " WHERE merchant = :merchant AND sku = ANY(:skus)",
        merchant=tx.merchant,
        skus=sorted(skus),
        now=tx.now,
    )


def settle(tx: Tx, skus: Collection[str]) -> None:
    """Note that nothing is owed to these queues any more."""
    tx.run(
        "UPDATE sku_queue SET due_since = NULL WHERE merchant = :merchant AND sku = ANY(:skus)",
        merchant=tx.merchant,
        skus=sorted(skus),
    )


def _today(tx: Tx) -> date:
    (row,) = tx.rows("SELECT time_zone FROM merchant WHERE id = :merchant", merchant=tx.merchant)
    return tx.today(row.time_zone)


def _skus_of(orders: Iterable[Order]) -> set[str]:
    return {line.sku for order in orders for line in order.lines}


def _claims(orders: Iterable[Order]) -> Iterable[tuple[str, str, int]]:
    for order in orders:
        for shipment in order.shipments:
            for line in shipment.lines:
                yield from ((line.sku, claim.location, claim.units) for claim in line.claims)
