"""Serve the queue: who gets which units, strictly from the head."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from fulfillment.domain.ending import rejected
from fulfillment.domain.orders import Claim, Order, Shipment, ShipmentLine, waiting_lines
from fulfillment.domain.policy import Rebalance
from fulfillment.domain.routing import route
from fulfillment.domain.supply import Product, Snapshot, StockLevel

Free = dict[str, dict[str, int]]
"""Units nobody claims, by location and SKU."""

LineClaims = dict[int, dict[str, Claim]]
"""Claims by shipment line and location, while a plan is being made."""


def allocate(snapshot: Snapshot) -> tuple[Order, ...]:
    """Claims for every order of the snapshot, served in rank order (behaviour.md §4).

    A unit never goes to a later order while an earlier one that may take it still wants it. An
    order whose first claim this is, and which holds a line that may not be backordered and
    cannot be met, is rejected: the units are served from the head again as if it never was there.
    """
    while True:
        distribution = _Distribution(snapshot)
        refused = distribution.serve()
        if refused is None:
            return distribution.orders()
        snapshot = _without(snapshot, refused)


def _without(snapshot: Snapshot, refused: Order) -> Snapshot:
    """The snapshot with that order rejected and its claims given back."""
    freed = tuple(
        StockLevel(line.sku, claim.location, claim.units)
        for line in waiting_lines(refused)
        if snapshot.products[line.sku].managed
        for claim in line.claims
    )
    orders = (rejected(order) if order is refused else order for order in snapshot.orders)
    return replace(snapshot, orders=tuple(orders), levels=snapshot.levels + freed)


class _Distribution:
    """One pass over the queue: the free units, and each line's claims as they grow."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.queue = sorted(snapshot.orders, key=lambda order: order.rank)
        self.free: Free = defaultdict(lambda: defaultdict(int))
        for level in snapshot.levels:
            self.free[level.location][level.sku] += level.available
        self.claims: LineClaims = {
            line.id: {claim.location: claim for claim in line.claims}
            for order in self.queue
            for line in waiting_lines(order)
        }
        self.holders = _holders_last_first(self.queue)

    def serve(self) -> Order | None:
        """Serve from the head; the first order that has to be refused, if there is one."""
        return next((order for order in self.queue if not self._served(order)), None)

    def orders(self) -> tuple[Order, ...]:
        return tuple(self._with_claims(order) for order in self.queue)

    def _served(self, order: Order) -> bool:
        lines = [line for line in waiting_lines(order) if self.snapshot.serves(order, line.sku)]
        managed = [line for line in lines if self._product(line).managed]
        self._take_free(order, managed)
        if order.policy.rebalance is Rebalance.WAITING:
            self._take_from_later(order, managed)
        self._take_unmanaged(order, [line for line in lines if not self._product(line).managed])
        return order.id not in self.snapshot.first_claims or not self._may_not_wait(lines)

    def _product(self, line: ShipmentLine) -> Product:
        return self.snapshot.products[line.sku]

    def _wanted(self, line: ShipmentLine) -> int:
        return line.units - sum(claim.units for claim in self.claims[line.id].values())

    def _locations(self, order: Order) -> tuple[str, ...]:
        only = order.only_location
        return self.snapshot.locations if only is None else (only,)

    def _route(self, order: Order, lines: Iterable[ShipmentLine]) -> list[str]:
        needs: dict[str, int] = defaultdict(int)
        for line in lines:
            needs[line.sku] += self._wanted(line)
        in_use = {at for line in waiting_lines(order) for at in self.claims[line.id]}
        locations = self._locations(order)
        return list(route(order.policy.routing, needs, self.free, locations, in_use))

    def _take_free(self, order: Order, lines: list[ShipmentLine]) -> None:
        hungry = [line for line in lines if self._wanted(line)]
        if not hungry:
            return
        for location in self._route(order, hungry):
            for line in hungry:
                units = min(self._wanted(line), self.free[location][line.sku])
                self.free[location][line.sku] -= units
                self._claim(line.id, location, units)

    def _take_from_later(self, order: Order, lines: list[ShipmentLine]) -> None:
        """Take loose claims of waiting orders behind this one, the last in rank first."""
        locations = self._locations(order)
        for line in lines:
            for holder, holding in self.holders.get(line.sku, ()):
                if holder.rank <= order.rank or not self._wanted(line):
                    break
                self._move_claims(holding, line, locations)

    def _move_claims(
        self, holding: ShipmentLine, line: ShipmentLine, locations: tuple[str, ...]
    ) -> None:
        for location in locations:
            claim = self.claims[holding.id].get(location)
            units = min(self._wanted(line), claim.loose if claim else 0)
            self._claim(holding.id, location, -units)
            self._claim(line.id, location, units)

    def _take_unmanaged(self, order: Order, lines: list[ShipmentLine]) -> None:
        """A product whose stock is not managed never waits: it goes where the rest goes."""
        used = {at for line in waiting_lines(order) for at in self.claims[line.id]}
        locations = sorted(self._locations(order), key=lambda at: at not in used)
        for line in lines:
            for location in locations[:1]:
                self._claim(line.id, location, self._wanted(line))

    def _claim(self, line: int, location: str, units: int) -> None:
        if not units:
            return
        held = self.claims[line].get(location, Claim(location, 0))
        grown = replace(held, units=held.units + units)
        if grown.units:
            self.claims[line][location] = grown
        else:
            del self.claims[line][location]

    def _may_not_wait(self, lines: Iterable[ShipmentLine]) -> bool:
        return any(
            self._wanted(line) and not self._product(line).backorder_allowed for line in lines
        )

    def _with_claims(self, order: Order) -> Order:
        changed = [
            shipment
            for old in order.waiting
            if (shipment := self._shipment_with_claims(old)) != old
        ]
        return order.with_shipments(changed) if changed else order

    def _shipment_with_claims(self, shipment: Shipment) -> Shipment:
        return replace(
            shipment, lines=tuple(self._line_with_claims(line) for line in shipment.lines)
        )

    def _line_with_claims(self, line: ShipmentLine) -> ShipmentLine:
        claims = tuple(claim for _, claim in sorted(self.claims[line.id].items()))
        return line if claims == line.claims else replace(line, claims=claims)


def _holders_last_first(queue: list[Order]) -> dict[str, list[tuple[Order, ShipmentLine]]]:
    """Waiting lines with loose claims by SKU, the last in rank first."""
    holders: dict[str, list[tuple[Order, ShipmentLine]]] = defaultdict(list)
    for order in reversed(queue):
        for line in reversed(list(waiting_lines(order))):
            if any(claim.loose for claim in line.claims):
                holders[line.sku].append((order, line))
    return holders
