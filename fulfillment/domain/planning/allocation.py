"""Serve one order in its turn: which units it takes, and when it takes none."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.policy import OnShortage
from fulfillment.domain.model.shipments import Shipment, ShipmentLine, lines_in_order
from fulfillment.domain.model.supply import Product, Snapshot
from fulfillment.domain.planning.auto_allocation import auto_allocation
from fulfillment.domain.planning.backorder_limits import BackorderLimits
from fulfillment.domain.planning.cancellation import rejected, shortened
from fulfillment.domain.planning.routing import location_choice
from fulfillment.domain.planning.sourcing import is_met, met_units
from fulfillment.domain.planning.stockpile import Stockpile

Preview = Callable[[Order], Order]
"""An order with the pegs that it would get if it stood like this."""


@dataclass(frozen=True, slots=True)
class Served:
    """An order after its turn. If it gave everything back, all have to be served again."""

    order: Order
    gave_back: bool = False


@dataclass(slots=True)
class Allocator:
    """The rule of who gets units (behaviour.md §3 `auto_allocate`, §4), asked in rank order.

    A unit never goes to a later order while an earlier one that may take it still wants it: an
    order takes what is free, then what waiting orders behind it hold, and declines only where
    its own policy says so.
    """

    snapshot: Snapshot
    pile: Stockpile
    preview: Preview
    unmanaged: frozenset[str] = field(init=False)
    first_hold_nothing: bool = field(init=False)
    """Whoever makes a first claim comes with nothing, so that nothing old can be given back."""
    limits: BackorderLimits = field(init=False)

    def __post_init__(self) -> None:
        self.limits = BackorderLimits(self.snapshot)
        products = self.snapshot.products.items()
        self.unmanaged = frozenset(sku for sku, product in products if not product.managed)
        first = (order for order in self.snapshot.orders if order.id in self.snapshot.first_claims)
        self.first_hold_nothing = not self.snapshot.hand_claims and not any(map(_holds, first))

    def serve(self, order: Order) -> Served:
        """Give the order what it may take now."""
        served = self._serve(order)
        if not served.gave_back:
            self.limits.served(order, served.order)
        return served

    def _serve(self, order: Order) -> Served:
        self._fill_released(order)
        self._take_by_hand(order)
        if order.id in self.snapshot.first_claims:
            return self._first_claim(order)
        if auto_allocation(order).takes_all:
            self._take(order, [self._open_lines(order, s) for s in _in_order(order)])
        else:
            for shipment in _in_order(order):
                self._offer(order, shipment)
        self._take_unmanaged(order)
        return Served(self.pile.order_with_claims(order))

    # --- the first claim ---

    def _first_claim(self, order: Order) -> Served:
        """Who gives back only what it took just now leaves the stock as it was."""
        with self.pile.trial() as trial:
            served = self._claimed(order)
            if not served.gave_back:
                trial.keep()
        if not served.gave_back or not self.first_hold_nothing:
            return served
        self._take_unmanaged(served.order)
        return Served(self.pile.order_with_claims(served.order))

    def _claimed(self, order: Order) -> Served:
        """No gate: take all there is, then see what becomes of the shortage."""
        self._take(order, [self._claimable(order, shipment) for shipment in _in_order(order)])
        self._take_unmanaged(order)
        claimed = self.pile.order_with_claims(order)
        if not any(line.wanted for line in waiting_lines(claimed)):
            return Served(claimed)
        pegged = self.preview(claimed)
        short = {
            line.id: short
            for line in waiting_lines(pegged)
            if (short := line.wanted - met_units(pegged, line)) > 0
        }
        if not short:
            return Served(claimed)
        return self._with_shortage(order, claimed, short)

    def _with_shortage(self, order: Order, claimed: Order, short: dict[int, int]) -> Served:
        by_line: dict[int, int] = defaultdict(int)
        forbidden = False
        for line in waiting_lines(claimed):
            by_line[line.order_line] += short.get(line.id, 0)
            forbidden |= line.id in short and not self._product(line).backorder_allowed
        skus = {line.number: line.sku for line in order.lines}
        facts = [
            {"line": n, "sku": skus[n], "units": units}
            for n, units in sorted(by_line.items())
            if units
        ]
        on_shortage = order.policy.on_shortage
        if on_shortage is OnShortage.REMOVE:
            noted = claimed.noted("shortage_removed", lines=facts, policy="on_shortage remove")
            return Served(shortened(noted, short, lambda peg: is_met(order, peg)))
        over = not forbidden and self.limits.are_passed(claimed, short)
        if on_shortage is OnShortage.REJECT or forbidden or over:
            why = "backorder_limit" if over else "backorder_not_allowed"
            why = "on_shortage" if on_shortage is OnShortage.REJECT else why
            return Served(rejected(order.noted("rejected", why=why, lines=facts)), gave_back=True)
        if on_shortage is OnShortage.ASSIGN_NOTHING:
            noted = order.noted("assigned_nothing", lines=facts)
            return Served(_with_nothing(noted), gave_back=True)
        return Served(claimed)

    # --- later stock ---

    def _offer(self, order: Order, shipment: Shipment) -> None:
        """Let a shipment take what there is if its policy then says yes; else it takes nothing."""
        lines = self._open_lines(order, shipment)
        if not any(self.pile.wanted(line) for line in lines):
            return
        if auto_allocation(order).takes_none:
            return
        with self.pile.trial() as trial:
            self._take(order, [lines])
            tried = self.pile.order_with_claims(order)
            after = next(s for s in tried.shipments if s.id == shipment.id)
            if after.lines != shipment.lines and self._is_accepted(tried, after):
                trial.keep()

    def _is_accepted(self, tried: Order, shipment: Shipment) -> bool:
        """Whether `auto_allocate` lets the shipment take what it was given on trial."""
        pegged = self.preview(tried)
        after = self._managed(next(s for s in pegged.shipments if s.id == shipment.id))
        return auto_allocation(tried).accepts(pegged, after, self.snapshot)

    def _managed(self, shipment: Shipment) -> Shipment:
        """The shipment without what never runs out."""
        lines = tuple(line for line in shipment.lines if self._product(line).managed)
        return replace(shipment, lines=lines)

    def _open_lines(self, order: Order, shipment: Shipment) -> list[ShipmentLine]:
        """The lines of a shipment that may take stock by themselves."""
        waits_for_status = order.policy.auto_allocate_on.waits_for_status
        return [
            line
            for line in self._claimable(order, shipment)
            if not waits_for_status or line.sku in self.snapshot.by_po_status
        ]

    def _claimable(self, order: Order, shipment: Shipment) -> list[ShipmentLine]:
        by_hand = {line.number for line in order.lines if line.by_hand}
        return [
            line
            for line in lines_in_order(shipment)
            if self.snapshot.serves(order, line.sku)
            and self._product(line).managed
            and line.order_line not in by_hand
        ]

    def _take_by_hand(self, order: Order) -> None:
        """A person takes what is free for some lines, past any gate, and from nobody."""
        chosen = self.snapshot.hand_claims.get(order.id)
        if not chosen:
            return
        lines = [
            line
            for line in waiting_lines(order)
            if line.order_line in chosen and self.snapshot.serves(order, line.sku)
        ]
        self._take_free(order, [line for line in lines if self._product(line).managed])

    def _fill_released(self, order: Order) -> None:
        """What is to come for a released shipment is allocated to it, whatever the gate."""
        for shipment in sorted(order.not_yet_received, key=lambda shipment: shipment.number):
            for line in self._claimable(order, shipment):
                if shipment.location is not None:
                    self.pile.take_free(line, shipment.location)
                    self._take_from_later(order, line, [shipment.location])

    # --- taking ---

    def _take(self, order: Order, lines_of_shipments: Iterable[list[ShipmentLine]]) -> None:
        hungry = [line for lines in lines_of_shipments for line in lines if self.pile.wanted(line)]
        self._take_free(order, hungry)
        bound = _bound(order)
        for line in hungry:
            self._take_from_later(order, line, self._places(bound, line))

    def _take_free(self, order: Order, hungry: list[ShipmentLine]) -> None:
        bound = _bound(order)
        stocked = [line for line in hungry if self.pile.is_free(line.sku)]
        unbound = [line for line in stocked if line.order_line not in bound]
        for line in stocked:
            if only := bound.get(line.order_line):
                self.pile.take_free(line, only)
        for location in self._route(order, unbound):
            for line in unbound:
                self.pile.take_free(line, location)

    def _take_from_later(self, order: Order, line: ShipmentLine, locations: Iterable[str]) -> None:
        """Take loose claims of orders behind this one, the last in rank first."""
        places = tuple(locations)
        if order.policy.rebalance.takes_from_waiting:
            self.pile.take_from(self.pile.waiting, order.rank, line, places)
        if order.policy.rebalance.takes_from_ready:
            self.pile.take_from(self.pile.released, order.rank, line, places)

    def _route(self, order: Order, lines: Iterable[ShipmentLine]) -> list[str]:
        needs: dict[str, int] = defaultdict(int)
        for line in lines:
            needs[line.sku] += self.pile.wanted(line)
        if not needs:
            return []
        free, locations = self.pile.free, self.snapshot.locations
        choice = location_choice(order.policy.routing)
        return list(choice.route(needs, free, locations, self._in_use(order)))

    def _in_use(self, order: Order) -> set[str]:
        return {
            at
            for line in waiting_lines(order)
            for at, claim in self.pile.claims[line.id].items()
            if claim.units
        }

    def _take_unmanaged(self, order: Order) -> None:
        """A product whose stock is not managed never waits: it goes where the rest goes."""
        lines = [
            line
            for line in waiting_lines(order)
            if line.sku in self.unmanaged
            and self.snapshot.serves(order, line.sku)
            and self.pile.wanted(line)
        ]
        if not lines:
            return
        bound, used = _bound(order), self._in_use(order)
        for line in lines:
            places = sorted(self._places(bound, line), key=lambda at: at not in used)
            for location in places[:1]:
                self.pile.claim(line, location, self.pile.wanted(line))
                used.add(location)

    def _places(self, bound: Mapping[int, str], line: ShipmentLine) -> tuple[str, ...]:
        only = bound.get(line.order_line)
        return tuple(at for at in self.snapshot.locations if only in (None, at))

    def _product(self, line: ShipmentLine) -> Product:
        return self.snapshot.products[line.sku]


def _in_order(order: Order) -> list[Shipment]:
    """Its waiting shipments, in the order in which they are served."""
    return sorted(order.waiting, key=lambda shipment: shipment.number)


def _bound(order: Order) -> dict[int, str]:
    """The one location for each order line that has one."""
    return {line.number: at for line in order.lines if (at := line.source or order.only_location)}


def _holds(order: Order) -> bool:
    return any(
        not shipment.is_waiting or any(line.claims or line.pegs for line in shipment.lines)
        for shipment in order.live
    )


def _with_nothing(order: Order) -> Order:
    """The order without claims, all of it by hand."""
    shipments = (
        replace(s, lines=tuple(replace(line, claims=(), pegs=()) for line in s.lines))
        for s in order.waiting
    )
    lines = (replace(line, by_hand=True) for line in order.lines)
    return order.with_shipments(shipments).with_lines(lines)
