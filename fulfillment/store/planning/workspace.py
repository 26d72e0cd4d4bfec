"""Lock, load, change as values, plan, write: the shape of every deciding transaction."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.supply import Otherwise, Product, Snapshot, StockLevel, Supply
from fulfillment.domain.model.verification import VerificationFacts, verified
from fulfillment.domain.model.working_days import ShipDays
from fulfillment.domain.planning.plan import plan
from fulfillment.domain.planning.promise import places_of, promised
from fulfillment.store.planning.lines import (
    claims,
    is_pegged,
    live_units,
    may_give,
    skus_of,
    wants,
    wants_supply,
)
from fulfillment.store.planning.tried_supply import with_tried
from fulfillment.store.queue.lane import NOTHING, Filled, take_levels
from fulfillment.store.queue.newcomers import is_newcomer
from fulfillment.store.queue.pending_queues import owe, settle
from fulfillment.store.queue.stale_plans import note_stale, planned
from fulfillment.store.records.calendars import load_calendars
from fulfillment.store.records.cross_docking import changed_gains, note_distribution
from fulfillment.store.records.goods import (
    ask_for_levels,
    ask_for_products,
    ask_for_supplies,
    levels_of,
    products_of,
    supplies_of,
)
from fulfillment.store.records.saving import Change, save
from fulfillment.store.records.verification_facts import ask_for_facts, facts_of
from fulfillment.store.sums.reading import units_of_others
from fulfillment.store.transactions.dialogue import Question
from fulfillment.store.transactions.session import Tx


@dataclass
class Workspace:
    """Some queues and orders of one merchant, locked; their orders are changed as values.

    `arriving` are signed units by SKU and location that the caller is about to add to on hand. In a
    simulation, `coming` is supply that would be inbound, `received` are units by supply that
    would not be outstanding any more, and `otherwise` are supplies that would be other ones. What
    the lane has `filled` is off no level yet. The queues in `until` are served only as far as that
    rank. The `newcomers` are verified, and claimed for, by the plan. In the queues of `short`, more
    holders of what somebody wants are left; in those that are `asked_again`, who is left behind the
    cut asks by itself. Only a plan settles what is owed to a queue.
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
    stale: frozenset[int] = frozenset()
    noted: frozenset[str] = frozenset()
    short: frozenset[str] = frozenset()
    asked_again: Set[str] = frozenset()
    asked: frozenset[int] = frozenset()
    newcomers: frozenset[int] = frozenset()
    by_po_status: frozenset[str] = frozenset()
    arriving: Mapping[tuple[str, str], int] = field(default_factory=dict)
    coming: tuple[Supply, ...] = ()
    received: Mapping[int, int] = field(default_factory=dict)
    otherwise: Mapping[int, Otherwise] = field(default_factory=dict)
    filled: Filled = NOTHING
    _known: Mapping[str, Product] = field(default_factory=dict)
    _planned: Mapping[int, Order] | None = None

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
        facts = ask_for_facts(self.tx, self.newcomers) if self.newcomers else None
        goods = self._read_goods()
        claimed_for = self._claim_for_newcomers(facts_of(facts)) if facts else set()
        snapshot = self._snapshot({*first_claims, *claimed_for}, goods)
        made = plan(replace(snapshot, hand_claims=hand_claims or {}))
        self._planned = {order.id: order for order in made}
        self.after |= self._planned

    def _claim_for_newcomers(self, facts: Mapping[int, VerificationFacts]) -> set[int]:
        """Verify those whose first claim this plan makes; which they are."""
        mine = {id_ for id_ in self.newcomers if is_newcomer(self.after[id_])}
        for id_ in mine:
            self.put(verified(replace(self.after[id_], first_claimed=True), facts[id_]))
        return mine

    @property
    def has_moved_on(self) -> bool:
        """Whether the plan changed anybody, or reached the end of every queue."""
        return not self.until or any(self.after[id_] != order for id_, order in self.before.items())

    def ended_before(self, rank: Rank) -> frozenset[str]:
        """The queues that are not served as far as this rank."""
        return frozenset(sku for sku, last in self.until.items() if rank > last)

    def is_behind(self, order: Order) -> frozenset[str]:
        """The queues in which somebody before the order is still to be served."""
        return frozenset(
            sku
            for sku, last in self.until.items()
            if order.rank > last and (wants(order, sku) or may_give(order, sku))
        )

    def _read_goods(self) -> tuple[tuple[StockLevel, ...], tuple[Supply, ...], ShipDays]:
        """What is free, what is inbound, and when it can leave: asked together, waited for once."""
        levels = ask_for_levels(self.tx, self.skus, self.locations) if self.skus else None
        supplies = ask_for_supplies(self.tx, self.skus, self.after) if self.skus else None
        days = self._days_and_products()
        free = self._levels(self._known, levels_of(levels)) if levels else ()
        return free, self._supplies(supplies_of(supplies)) if supplies else (), days

    def _snapshot(
        self,
        first_claims: Collection[int],
        goods: tuple[tuple[StockLevel, ...], tuple[Supply, ...], ShipDays],
    ) -> Snapshot:
        """What the rules look at: the orders as they stand now, stock and supply."""
        levels, supplies, days = goods
        return Snapshot(
            today=self.today,
            skus=self.skus,
            locations=tuple(self.locations),
            day_at=self.locations,
            products=self._known,
            orders=tuple(self.after.values()),
            levels=levels,
            supplies=supplies,
            first_claims=frozenset(first_claims),
            until=self.until,
            by_po_status=self.by_po_status,
            waiting=self._waiting_elsewhere(self._known) if first_claims else {},
            now=self.tx.now,
            calendars=days.calendars,
        )

    def ship_days(self) -> ShipDays:
        """From when goods can leave any place that is in use, or that an order has to do with."""
        places = {at for order in self.after.values() for at in places_of(order)}
        calendars = load_calendars(self.tx, places | self.locations.keys())
        return ShipDays(self.today, self.tx.now, calendars)

    def _waiting_elsewhere(self, products: Mapping[str, Product]) -> dict[str, int]:
        """Units for which orders out of reach wait, of products that limit how many may."""
        limited = sorted(sku for sku in self.skus if products[sku].backorder_limit is not None)
        return units_of_others(self.tx, limited, self.after) if limited else {}

    def _supplies(self, there: Iterable[Supply]) -> tuple[Supply, ...]:
        known = {
            one.id: replace(one, outstanding=one.outstanding - self.received.get(one.id, 0))
            for one in there
        }
        if self.otherwise:
            known = with_tried(known, self.otherwise, self.before.values(), self.skus)
        return (*known.values(), *self.coming)

    def _levels(
        self, products: Mapping[str, Product], there: Iterable[StockLevel]
    ) -> tuple[StockLevel, ...]:
        """What is free in the tables, what is about to come, and what was given back so far."""
        free: Counter[tuple[str, str]] = Counter(self.arriving)
        free.subtract(self.filled.units)
        for level in there:
            free[level.sku, level.location] += level.available
        # What comes back from a voided dispatch brings its own units along.
        shipped = {s.id for o in self.before.values() for s in o.shipments if not s.is_live}
        for sign, orders in ((1, self.before), (-1, self.after)):
            for sku, location, units in claims(orders.values(), shipped):
                if sku in self.skus and products[sku].managed:
                    free[sku, location] += sign * units
        return tuple(
            StockLevel(sku, location, units)
            for (sku, location), units in sorted(free.items())
            if units > 0
        )

    def save(self, *, silent: Collection[int] = ()) -> None:
        """Write what differs, and what is still owed to queues not served to their end."""
        differing = [id_ for id_ in sorted(self.after) if self.after[id_] != self.before[id_]]
        days = self._days_and_products() if differing else ShipDays(self.today)
        take_levels(self.tx, self.filled, self.skus)
        changes = [Change(self.before[id_], self._as_promised(id_, days)) for id_ in differing]
        self.after |= save(
            self.tx,
            changes,
            self._products(),
            self.today,
            silent={*silent, *self._met_newcomers()},
        )
        served = (frozenset() if self._planned is None else self.due) - self.until.keys()
        if self.due:
            pairs = ((self.before[order], self.after[order]) for order in sorted(self.after))
            gained = [*changed_gains(pairs), *self.filled.gains()]
            note_distribution(self.tx, gained, self.due, served)
        if self._planned is not None:
            planned(self.tx, self.stale, self.skus - self.until.keys())
        # Where no peg was left to move, a further batch would find as little.
        cut = self.until.keys() - self.asked_again
        more = {*cut, *self.noted, *(self.more if changes else ()), *self._freed()}
        more |= self._note_left_over(self.short if changes else ())
        if served := served - more:
            settle(self.tx, served)
        if more:
            owe(self.tx, more, by_po_status=bool(self.by_po_status))

    def _as_promised(self, id_: int, days: ShipDays) -> Order:
        """The order with what is promised of it: a plan has said that of what it left like this."""
        order = self.after[id_]
        return order if order is (self._planned or {}).get(id_) else promised(order, days)

    def _note_left_over(self, short: Collection[str]) -> set[str]:
        """Have some planned in a further batch; in which queues they stand.

        They were changed out of this one's reach, or still want what more others hold, or what
        those out of reach keep although they come after them.
        """
        rows = {
            (id_, sku)
            for id_, order in self.after.items()
            if order != self.before[id_] and order.first_claimed
            for sku in self.is_behind(order)
        }
        rows |= {
            (id_, sku) for id_, order in self.after.items() for sku in short if wants(order, sku)
        }
        kept = {sku for sku in self.asked_again if self._is_kept_behind(sku)}
        rows |= {
            (id_, sku)
            for id_, order in self.after.items()
            if order.first_claimed
            for sku in kept
            if order.rank <= self.until[sku] and wants_supply(order, sku)
        }
        note_stale(self.tx, rows)
        return {sku for _, sku in rows}

    def _is_kept_behind(self, sku: str) -> bool:
        """Whether somebody out of reach keeps a peg, since others unread may come before it."""
        return any(
            order.rank > self.until[sku] and is_pegged(order, sku) for order in self.after.values()
        )

    def _freed(self) -> set[str]:
        """The queues of orders that ended in part, and of which nobody had asked that."""
        return {
            line.sku
            for id_ in self.after.keys() - self.asked
            if live_units(self.after[id_]) < live_units(self.before[id_])
            for line in self.after[id_].lines
            if line.sku in self.skus
        }

    def _products(self) -> Mapping[str, Product]:
        """The products of all its orders and queues, read once while these are the same."""
        if asked := self._asked_products():
            self._known = products_of(asked)
        return self._known

    def _days_and_products(self) -> ShipDays:
        """The working days of its places; what else is read waits with them."""
        asked = self._asked_products()
        days = self.ship_days()
        if asked:
            self._known = products_of(asked)
        return days

    def _asked_products(self) -> Question | None:
        skus = frozenset(skus_of([*self.before.values(), *self.after.values()]) | self.skus)
        return None if skus <= self._known.keys() else ask_for_products(self.tx, skus)

    def _met_newcomers(self) -> set[int]:
        """Orders met on the way whose own workflows have yet to ask how they stand."""
        return {id_ for id_ in self.after.keys() - self.asked if not self.before[id_].first_claimed}
