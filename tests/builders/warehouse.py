"""A small warehouse on a real database, run through the store's commands."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine

from fulfillment.domain.insight.impact import standing
from fulfillment.domain.model.moves import Disposition, SupplyKind
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.store.commands import catalogue, intake
from fulfillment.store.commands.administration import settings as merchant_settings
from fulfillment.store.commands.floor import warehouse as floor
from fulfillment.store.commands.orders import channel_edit, lifecycle
from fulfillment.store.commands.supply import (
    purchase_orders,
    receiving,
    restocks,
    serving,
    stock,
)
from fulfillment.store.insight.order_page import read_order
from fulfillment.store.integrity.invariants import audit
from fulfillment.store.planning.change import (
    Change,
    change_order,
    preview_change,
    progress_answer,
)
from fulfillment.store.planning.first_claims import where_they_stand
from fulfillment.store.records.loading import load_orders
from fulfillment.store.transactions.session import Command, Store, Tx, connect
from tests.builders.plain import plain, stored

MERCHANT = "acme"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = NOON.date()

numbers = itertools.count(1)


def command(verb: str, key: str | None = None, **content: object) -> Command:
    """A command with a key of its own, or this one."""
    return Command(MERCHANT, verb, key or f"{verb}:{next(numbers)}", "tester", content)


@dataclass
class Clock:
    """Time that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)


@dataclass
class Warehouse:
    """One merchant's goods, orders and supply, with defaults for all that a test does not name."""

    store: Store
    clock: Clock = field(default_factory=Clock)

    @classmethod
    def on(cls, database_url: str, *, threads: int = 12) -> "Warehouse":
        return cls.at(connect(database_url, pool_size=threads))

    @classmethod
    def at(cls, engine: Engine) -> "Warehouse":
        clock = Clock()
        return cls(Store(engine, clock), clock)

    @property
    def engine(self) -> Engine:
        return self.store.engine

    def furnish(
        self, skus: Iterable[str] = ("K1", "K2", "K3"), locations: Sequence[str] = ("A", "B")
    ) -> "Warehouse":
        """A merchant, its locations by priority, and plain products."""
        catalogue.put_merchant(self.store, catalogue.NewMerchant(MERCHANT, "Acme"))
        for priority, location in enumerate(locations, start=1):
            self.location(location, priority)
        self.products(*skus)
        return self

    def location(self, name: str, priority: int = 9, *, active: bool = True) -> None:
        new = catalogue.NewLocation(name, name, active=active, serves={MERCHANT: priority})
        catalogue.put_location(self.store, new)

    def products(self, *skus: str, **more: Any) -> None:
        rows = [catalogue.NewProduct(sku, sku, **more) for sku in skus]
        catalogue.put_products(self.store, MERCHANT, rows)

    def settings(self, **knobs: object) -> None:
        merchant_settings.change_settings(self.store, command("settings"), knobs)

    # --- orders ---

    def new_order(
        self, number: str = "", wants: Sequence[tuple[str, int]] = (("K1", 1),), **more: Any
    ) -> intake.NewOrder:
        lines = tuple(intake.NewLine(at, *want) for at, want in enumerate(wants, start=1))
        plain: dict[str, Any] = {"address": {"street": "Kai 1"}}
        return intake.NewOrder(number or f"O{next(numbers)}", lines, **(plain | more))

    def take(
        self, wants: Sequence[tuple[str, int]] = (("K1", 1),), number: str = "", **more: Any
    ) -> int:
        """Take an order in, unclaimed yet; its id."""
        new = self.new_order(number, wants, **more)
        taken = intake.create_order(self.store, MERCHANT, new, "tester")
        assert taken.order is not None
        return taken.order

    def claim(self, order: int) -> dict[str, Any]:
        return lifecycle.prepare_fulfillment(self.store, MERCHANT, [order])[order]

    def order(
        self, wants: Sequence[tuple[str, int]] = (("K1", 1),), number: str = "", **more: Any
    ) -> int:
        """Take an order in and claim for it; its id."""
        order = self.take(wants, number, **more)
        self.claim(order)
        return order

    def cancel(self, order: int, key: str | None = None) -> dict[str, Any]:
        done = self.order_change("cancel", lifecycle.cancel(self.number(order)), key)
        return done | self.stand(order)

    def hold(self, order: int, reason: str = "fraud") -> dict[str, Any]:
        done = self.order_change("hold", lifecycle.hold(self.number(order), reason))
        return done | self.stand(order)

    def unhold(self, order: int) -> dict[str, Any]:
        done = self.order_change("unhold", lifecycle.unhold(self.number(order), None))
        return done | self.stand(order)

    def verify(self, order: int) -> dict[str, Any]:
        done = self.order_change("verify", lifecycle.verify(self.number(order)))
        return done | self.stand(order)

    def order_change(self, kind: str, change: Change, key: str | None = None) -> dict[str, Any]:
        return change_order(self.store, command(kind, key), change)

    def edit(
        self, order: int, wants: Mapping[int, tuple[str, int]], revision: int
    ) -> dict[str, Any]:
        lines = tuple(intake.NewLine(line, *want) for line, want in wants.items())
        edit = channel_edit.Edit(self.number(order), revision, lines)
        return channel_edit.edit_order(self.store, command("edit"), edit) | self.stand(order)

    def do(self, change: Change) -> dict[str, Any]:
        """Do what a person asks of an order; what it tells, and where the order stands then."""
        done = change_order(self.store, command("by hand"), change)
        sql = "SELECT id FROM orders WHERE merchant = :merchant AND number = :number"
        return done | self.stand(self.one(sql, merchant=MERCHANT, number=change.number))

    def stand(self, order: int) -> dict[str, Any]:
        """Where an order stands, as its workflow is told."""
        stands = where_they_stand(self.store, MERCHANT, [order])[order]
        return progress_answer(stands)

    def stand_of(self, shipment: int) -> dict[str, Any]:
        """Where the order of a shipment stands."""
        return self.stand(self.one("SELECT order_id FROM shipment WHERE id = :id", id=shipment))

    def refusal(self, change: Change) -> str:
        """The code with which a change is refused, the same whether done or only looked at."""
        codes = {_refusal_of(run, change) for run in (self.preview, self.do)}
        assert len(codes) == 1
        return codes.pop()

    def preview(self, change: Change) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
        """What it would make of every order it touches, by number: before and after."""
        told = preview_change(self.store, MERCHANT, change)
        return {one.order: (plain(one.before), plain(one.after)) for one in told}

    def standings(self) -> dict[str, dict[str, Any]]:
        """How every order stands, by number."""

        def body(tx: Tx) -> dict[str, dict[str, Any]]:
            ids = [row.id for row in tx.rows("SELECT id FROM orders")]
            found = load_orders(tx, ids).values()
            return {order.number: plain(standing(order)) for order in found}

        return self.store.read(MERCHANT, body)

    def read(self, order: int) -> dict[str, Any]:
        """The order as it is shown."""
        number = self.number(order)
        return self.store.read(MERCHANT, lambda tx: dict(plain(read_order(tx, number))))

    # --- the floor ---

    def start_picking(self, shipment: int) -> dict[str, Any]:
        floor.start_picking(self.store, command("start"), shipment)
        return self.stand_of(shipment)

    def pick(self, shipment: int) -> dict[str, Any]:
        floor.pick(self.store, command("pick"), shipment)
        return self.stand_of(shipment)

    def pack(self, shipment: int) -> dict[str, Any]:
        floor.pack(self.store, command("pack"), shipment)
        return self.stand_of(shipment)

    def ship(self, shipment: int, key: str | None = None) -> dict[str, Any]:
        floor.ship(self.store, command("ship", key), shipment)
        return self.stand_of(shipment)

    # --- stock and supply ---

    def stock(self, units: int, sku: str = "K1", at: str = "A", key: str | None = None) -> None:
        moved = [stock.Adjustment(sku, at, units, "count")]
        content = {"sku": sku, "at": at, "units": units}
        stock.adjust(self.store, command("adjust", key, **content), moved)

    def purchase(
        self,
        lines: Sequence[tuple[str, int]] = (("K1", 10),),
        *,
        at: str = "A",
        due: int | None = 5,
        number: str = "",
        status: PurchaseOrderStatus = PurchaseOrderStatus.APPROVED,
    ) -> str:
        """Write a purchase order, due so many days from now; its number."""
        new = purchase_orders.NewPurchaseOrder(
            number or f"PO{next(numbers)}",
            tuple(
                purchase_orders.NewPurchaseLine(n, s, u, at) for n, (s, u) in enumerate(lines, 1)
            ),
            expected_on=None if due is None else self.day(due),
            status=status,
        )
        asked = purchase_orders.purchase_order_command(MERCHANT, "tester", new)
        purchase_orders.create_purchase_order(self.store, asked, new)
        return new.number

    def move(self, purchase: str, status: str) -> dict[str, Any]:
        target = PurchaseOrderStatus(status)
        return stored(purchase_orders.move_status(self.store, command("move"), purchase, target))

    def receive(
        self,
        purchase: str,
        units: Mapping[int, int],
        *,
        at: str = "A",
        number: str = "",
        damaged: Mapping[int, int] = MappingProxyType({}),
        reason: str | None = None,
    ) -> dict[str, Any]:
        """Count units by line, and leave the queues owed."""
        lines = [receiving.ReceivedLine(*row) for row in units.items()]
        lines += [receiving.ReceivedLine(*row, Disposition.DAMAGED) for row in damaged.items()]
        return self.take_in(
            receiving.Receipt(
                number or f"R{next(numbers)}", purchase, at, tuple(lines), reason=reason
            )
        )

    def take_in(self, receipt: receiving.Receipt) -> dict[str, Any]:
        """Count a receipt of whatever was announced."""
        asked = receiving.receipt_command(MERCHANT, "tester", receipt)
        return receiving.receive(self.store, asked, receipt)

    def serve(self, purchase: str) -> int:
        """What the purchase order's workflow has done; queues still owed."""
        id_ = self.one("SELECT id FROM purchase_order WHERE number = :number", number=purchase)
        return purchase_orders.serve_receipts(self.store, MERCHANT, id_)

    def serve_due(self) -> None:
        while serving.serve_due(self.store, MERCHANT):
            pass

    # --- reading ---

    def day(self, days: int) -> date:
        return self.clock.now.date() + timedelta(days=days)

    def rows(self, sql: str, **parameters: object) -> list[Any]:
        def body(tx: Tx) -> list[Any]:
            return tx.rows(sql, **parameters)

        return self.store.read(MERCHANT, body)

    def one(self, sql: str, **parameters: object) -> Any:
        ((value,),) = self.rows(sql, **parameters)
        return value

    def number(self, order: int) -> str:
        return str(self.one("SELECT number FROM orders WHERE id = :id", id=order))

    def status(self, order: int) -> str:
        return str(self.one("SELECT status FROM orders WHERE id = :id", id=order))

    def parts(self, order: int) -> list[tuple[str, str | None, int]]:
        """Status, location and units of each live shipment, by number."""
        rows = self.rows(
            "SELECT s.status, s.location, sum(l.units)::int AS units FROM shipment s"
            " JOIN shipment_line l ON l.shipment = s.id"
            " WHERE s.order_id = :id AND s.status NOT IN ('shipped', 'reassigned', 'cancelled')"
            " GROUP BY s.id ORDER BY s.number",
            id=order,
        )
        return [tuple(row) for row in rows]

    def shipments(self, *statuses: str) -> list[int]:
        """Ids of all shipments in these statuses."""
        sql = "SELECT id FROM shipment WHERE status = ANY(:statuses) ORDER BY id"
        return [row.id for row in self.rows(sql, statuses=list(statuses))]

    def allocated(self, order: int) -> int:
        """Units an order has claims on."""
        return int(
            self.one(
                "SELECT coalesce(sum(a.units), 0) FROM allocation a"
                " JOIN shipment_line l ON l.id = a.shipment_line WHERE l.order_id = :id",
                id=order,
            )
        )

    def pegs(self, order: int) -> dict[str, int]:
        """Units an order has pegged, by purchase order."""
        rows = self.rows(
            "SELECT po.number, sum(p.units)::int AS units FROM peg p"
            " JOIN shipment_line l ON l.id = p.shipment_line"
            " JOIN purchase_order_line pl ON pl.supply = p.supply"
            " JOIN purchase_order po ON po.id = pl.purchase_order"
            " WHERE l.order_id = :id GROUP BY 1",
            id=order,
        )
        return {row.number: row.units for row in rows}

    def level(self, sku: str = "K1", at: str = "A") -> tuple[int, int]:
        """On hand and allocated."""
        rows = self.rows(
            "SELECT on_hand, allocated FROM stock_level"
            " WHERE sku = :sku AND location = :at AND disposition = 'sellable'",
            sku=sku,
            at=at,
        )
        return (rows[0].on_hand, rows[0].allocated) if rows else (0, 0)

    def findings(self) -> list[str]:
        """What behaviour.md §9 says must be true, and is not; of all that ever was."""
        broken = audit(self.store, whole=True)
        return [f"{found.number} {found.rule}: {found.rows}" for found in broken]

    # --- what changes before it comes ---

    def change(
        self,
        purchase: str,
        *lines: purchase_orders.LineChange,
        expected_on: purchase_orders.NewDate = purchase_orders.KEEP,
        key: str | None = None,
    ) -> dict[str, Any]:
        change = purchase_orders.PurchaseChange(purchase, expected_on, lines)
        asked = command("change", key, change=str(change))
        return stored(purchase_orders.change_purchase_order(self.store, asked, change))

    def announce(
        self,
        units: int = 5,
        sku: str = "K1",
        *,
        at: str = "A",
        due: int | None = 5,
        number: str = "",
    ) -> str:
        """Announce a restock, due so many days from now; its number."""
        on = None if due is None else self.day(due)
        new = restocks.Restock(number or f"RS{next(numbers)}", sku, at, units, on)
        restocks.announce_restock(self.store, MERCHANT, new, "tester")
        return new.number

    def withdraw(self, restock: str, key: str | None = None) -> dict[str, Any]:
        return restocks.withdraw_restock(self.store, command("withdraw", key), restock)

    def arrive(self, restock: str, units: int, key: str | None = None) -> dict[str, Any]:
        asked = command("arrive", key, units=units)
        lines = (receiving.ReceivedLine(1, units),)
        came = receiving.Receipt(None, restock, None, lines, SupplyKind.RESTOCK)
        return receiving.receive(self.store, asked, came)

    def sources(self, order: int) -> dict[str, int]:
        """Units an order has pegged, by the number of the document that brings them."""
        loaded = self.store.read(MERCHANT, lambda tx: load_orders(tx, [order]))[order]
        total: Counter[str] = Counter()
        for shipment in loaded.shipments:
            for line in shipment.lines:
                for peg in line.pegs:
                    total[peg.source] += peg.units
        return dict(total)

    def happened(self, order: int, kind: str) -> list[dict[str, Any]]:
        """The facts of what the order's history tells of this kind, the first one first."""
        sql = "SELECT facts FROM happening WHERE order_id = :id AND kind = :kind ORDER BY sequence"
        return [dict(row.facts) for row in self.rows(sql, id=order, kind=kind)]


def _refusal_of(run: Callable[[Change], object], change: Change) -> str:
    try:
        run(change)
    except RefusedError as refusal:
        return refusal.code
    return "not refused"
