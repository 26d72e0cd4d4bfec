"""One queue as it lives on: something happens, the plan is made and written, and so again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from fulfillment.domain.floor import dispatch
from fulfillment.domain.insight.history import happenings
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.policy import resolve
from fulfillment.domain.model.shipments import Shipment, lines_in_order
from fulfillment.domain.model.statuses import PurchaseOrderStatus, ShipmentStatus
from fulfillment.domain.model.supply import Product, StockLevel, Supply
from fulfillment.domain.planning.plan import plan
from tests.builders.values import allocated, day, snapshot
from tests.builders.worlds import followed


class Story:
    """A snapshot that is planned after each thing that happens, and kept with stored ids.

    Orders are there from the start, and make their first claims in it. `history` holds the kinds
    of what became true of each order, by its number.
    """

    def __init__(
        self,
        *orders: Order,
        levels: Iterable[StockLevel] = (),
        supplies: Iterable[Supply] = (),
        products: Iterable[Product] = (),
    ) -> None:
        self.now = snapshot(*orders, levels=levels, supplies=supplies, products=products)
        self.history: dict[int, list[str]] = {each.id: [] for each in orders}
        self._plan(first_claims=frozenset(each.id for each in orders))

    def __getitem__(self, number: int) -> Order:
        return next(each for each in self.now.orders if each.id == number)

    def units(self) -> list[int]:
        """Units allocated to each order, by its number."""
        return [allocated(self[number]) for number in sorted(self.history)]

    # --- what happens ---

    def adjusted(self, units: int, sku: str = "K1", at: str = "A") -> "Story":
        """More units are found; no purchase order has a part in it."""
        return self._plan(levels=(*self.now.levels, StockLevel(sku, at, units)))

    def po(self, status: str, number: int = 1) -> "Story":
        """A purchase order of one line changes its status."""
        moved = [
            replace(each, status=PurchaseOrderStatus(status)) if each.id == number else each
            for each in self.now.supplies
        ]
        return self._plan(supplies=tuple(moved), by_po_status=frozenset({self._supply(number).sku}))

    def received(self, units: int, number: int = 1) -> "Story":
        """Units of a purchase order are counted; when it was the last of them its status moves."""
        came = self._supply(number)
        left = came.outstanding - units
        rest = [each for each in self.now.supplies if each.id != number]
        return self._plan(
            levels=(*self.now.levels, StockLevel(came.sku, came.location, units)),
            supplies=(*rest, replace(came, outstanding=left)) if left else tuple(rest),
            by_po_status=frozenset() if left else frozenset({came.sku}),
        )

    def announced(self, *supplies: Supply) -> "Story":
        """Purchasing tells what will come, in place of all it told before."""
        return self._plan(supplies=supplies)

    def later(self, days: int) -> "Story":
        """Days go by, and nothing else happens."""
        return self._plan(today=self.now.today + timedelta(days=days))

    def policy(self, number: int, **knobs: object) -> "Story":
        """A person changes the policy of an order."""
        return self.changed(replace(self[number], policy=resolve(knobs)))

    def changed(self, order: Order) -> "Story":
        """An order is another one now."""
        orders = [order if each.id == order.id else each for each in self.now.orders]
        return self._plan(orders=tuple(orders))

    def dispatched(self, number: int, wave: int) -> "Story":
        """A wave is picked, packed and shipped."""
        order = self[number]
        for part in [part for part in order.live if part.wave == wave]:
            for step in (dispatch.start_picking, dispatch.pick, dispatch.ship):
                order = step(order, next(each for each in order.live if each.id == part.id))
        return self.changed(replace(order, waves_shipped=order.waves_shipped | {wave}))

    # --- the plan ---

    def _supply(self, number: int) -> Supply:
        return next(each for each in self.now.supplies if each.id == number)

    def _plan(self, **changes: object) -> "Story":
        given = replace(self.now, **{"by_po_status": frozenset(), **changes})  # type: ignore[arg-type]
        after = plan(given)
        by_id = {each.id: each for each in given.orders}
        for each in after:
            told = happenings(by_id[each.id], each, given.today)
            self.history[each.id] += [made.kind for made in told]
        self.now = followed(given, after)
        return self


def waves(order: Order) -> dict[int, int]:
    """The wave of each live shipment that has one, by its number."""
    return {part.number: part.wave for part in order.live if part.wave is not None}


def dates(order: Order) -> dict[str | None, int]:
    """In how many days each `future` shipment is expected, by location."""
    start = day(0)
    return {
        part.location: (part.expected_on - start).days
        for part in order.live
        if part.status is ShipmentStatus.FUTURE and part.expected_on
    }


def look(order: Order) -> str:
    """An order in one line: its status, then each live shipment with allocated/asked units."""
    shown = "; ".join(
        " ".join([str(part.status), *([part.location] if part.location else []), _rows(part)])
        for part in sorted(order.live, key=lambda part: part.number)
    )
    return f"{order.status}: {shown}" if shown else str(order.status)


def _rows(part: Shipment) -> str:
    return ", ".join(f"{row.sku} {row.allocated}/{row.units}" for row in lines_in_order(part))
