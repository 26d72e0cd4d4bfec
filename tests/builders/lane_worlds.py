"""Merchants with many orders that wait in all ways there are, and goods that come; by seed."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fulfillment.domain.actions.presets import PRESETS
from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands import catalogue, intake
from fulfillment.store.commands.orders import lifecycle, manual
from fulfillment.store.commands.orders.pins import Pinned, pin
from fulfillment.store.commands.supply import receiving
from fulfillment.store.planning.first_claims import claim_all
from fulfillment.store.queue.pending_queues import owe
from tests.builders.long_queue import wait_in_line
from tests.builders.warehouse import MERCHANT, Warehouse

SKUS, PLACES = ("K1", "K2", "K3", "K4"), ("A", "B", "C")
POLICIES: tuple[dict[str, object], ...] = (
    {"auto_allocate": "complete_only"},
    {"auto_allocate": "never"},
    {"auto_allocate": "due_within", "auto_allocate_within_days": 3},
    {"max_shipments": 1},
    {"max_shipments": 2},
    {"future_inventory": True},
    {"future_inventory": True, "release_when": "all_sourced", "auto_allocate": "complete_only"},
    {"min_po_status": "arrived"},
    {"release_when": "all_sourced"},
    {"hold_if_due_within_days": 5},
    {"routing": "location_priority"},
    {"prepare": "manual"},
    {"verify": "manual"},
    {"auto_cancel_days": 3},
    {"default_backorder_days": 2},
)
SETTINGS: tuple[dict[str, object], ...] = (
    {},
    {"routing": "location_priority"},
    {"rebalance": "off"},
    {"rebalance": "unpicked"},
    {"max_shipments": 2, "hold_if_due_within_days": 3},
    {"future_inventory": True},
    {"auto_allocate": "complete_only"},
    {"auto_allocate_on": "po_status"},
)


@dataclass
class LaneWorld:
    """One merchant by one seed; `plain` is the share of orders of which nothing is special.

    In a wild one, settings and a person's word leave little of what is plain.
    """

    warehouse: Warehouse
    chance: random.Random
    orders: int
    plain: float = 0.9
    is_wild: bool = False
    purchases: list[str] = field(default_factory=list)

    def build(self) -> None:
        """Take orders in, claim for them, and let things happen to some of them."""
        self._furnish()
        for part in range(3):
            self._announce()
            wait_in_line(self.warehouse, self._plain() // 3, prefix=f"L{part}-")
            self.warehouse.store.transact(MERCHANT, lambda tx: owe(tx, ["K1"]))
            self._take_in((self.orders - self._plain()) // 3)
            self._count(1)
            claim_all(self.warehouse.store, MERCHANT)
            self._happen(3)
        self.settle()
        if self.chance.random() < 0.3:
            self._take_in(self.chance.randint(1, 3))

    def clock_of(self, other: "LaneWorld") -> None:
        """Be where another world is: it was built, and this is its copy."""
        self.warehouse.clock.now = other.warehouse.clock.now
        self.purchases = list(other.purchases)

    def settle(self) -> None:
        """Everything that is owed is done."""
        claim_all(self.warehouse.store, MERCHANT)
        self.warehouse.serve_due()

    def goods_come(self, seed: int) -> None:
        """Some receipts, and whoever serves them, in one turn or the other."""
        chance = random.Random(seed)
        if chance.random() < 0.3:
            self.warehouse.clock.pass_days(1)
        for _ in range(chance.randint(1, 3)):
            self._receive(chance)
            if chance.random() < 0.3:
                self.try_to(lambda: self._restock(chance))
        if chance.random() < 0.5:
            for purchase in self.purchases:
                while self.warehouse.serve(purchase):
                    pass
        self.settle()

    # --- the parts ---

    def _plain(self) -> int:
        """Orders that are written at once: the planner has to look at each of them all the same."""
        return int(self.orders * self.plain)

    def _furnish(self) -> None:
        world, chance = self.warehouse, self.chance
        catalogue.put_merchant(
            world.store,
            catalogue.NewMerchant(
                MERCHANT,
                "Acme",
                time_zone=chance.choice(["UTC", "Asia/Tokyo", "America/Los_Angeles"]),
                authorise_before_release=self.is_wild and chance.random() < 0.1,
                reauthorise_on_release=self.is_wild and chance.random() < 0.1,
            ),
        )
        for priority, place in enumerate(chance.sample(PLACES, len(PLACES)), start=1):
            new = catalogue.NewLocation(
                place,
                place,
                serves={MERCHANT: priority},
                time_zone=chance.choice(["UTC", "Pacific/Auckland"]),
                handling_days=chance.choice([0, 0, 2]),
            )
            catalogue.put_location(world.store, new)
        world.products("K1", "K2", future_inventory=chance.random() < 0.5)
        world.products("K3", backorder_limit=chance.choice([None, 5]))
        world.products("K4", manage_stock=False)
        if self.is_wild:
            world.settings(**chance.choice(SETTINGS))
            if chance.random() < 0.3:
                world.settings(preset=chance.choice(sorted(PRESETS)))

    def _take_in(self, many: int) -> None:
        new = [self._new_order() for _ in range(many)]
        intake.create_orders(self.warehouse.store, MERCHANT, new, "tester")

    def _new_order(self) -> intake.NewOrder:
        chance = self.chance
        if chance.random() < 0.5:
            wants = [(chance.choice(["K1", "K1", "K1", "K2"]), chance.randint(1, 3))]
            return self.warehouse.new_order("", wants, priority=chance.choice([50, 50, 50, 40]))
        wants = [(chance.choice(SKUS), chance.randint(1, 6)) for _ in range(chance.randint(1, 3))]
        more: dict[str, Any] = {"priority": chance.choice([30, 50, 50, 70])}
        if chance.random() < 0.3:
            bound = chance.choice(["lock_location", "pickup_location"])
            more[bound] = chance.choice(PLACES)
        if chance.random() < 0.7:
            more["policy"] = chance.choice(POLICIES)
        return self.warehouse.new_order("", wants, **more)

    def _announce(self) -> None:
        chance = self.chance
        lines = [
            ("K1", chance.randint(self.orders // 2, 2 * self.orders)),
            ("K2", chance.randint(1, 9)),
        ]
        self.purchases.append(
            self.warehouse.purchase(
                lines[: chance.randint(1, 2)],
                at=chance.choice(PLACES),
                due=chance.choice([1, 2, 5, 9, None]),
            )
        )

    def _count(self, times: int) -> None:
        for _ in range(times):
            units, sku = self.chance.randint(1, 4), self.chance.choice(SKUS[:3])
            at = self.chance.choice(PLACES)
            self.try_to(lambda: self.warehouse.stock(units, sku, at))  # noqa: B023 -- at once

    def _receive(self, chance: random.Random) -> None:
        purchase = chance.choice(self.purchases)
        units = chance.choice([3, self.orders // 4 + 1, self.orders, self.orders])
        left = self.warehouse.one(
            "SELECT sum(u.outstanding) FROM supply u WHERE u.document = :n AND u.sku = 'K1'",
            n=purchase,
        )
        at = chance.choice([None, *PLACES])
        line = receiving.ReceivedLine(1, min(units, left or 1))
        came = receiving.Receipt(None, purchase, at, (line,), SupplyKind.PURCHASE_ORDER)
        self.try_to(lambda: self.warehouse.take_in(came))

    def _restock(self, chance: random.Random) -> None:
        units = chance.randint(1, 9)
        number = self.warehouse.announce(units, at=chance.choice(PLACES), number=f"RS-{units}")
        self.warehouse.arrive(number, units)

    def _happen(self, times: int) -> None:
        numbers = self.open_orders()
        for number in self.chance.sample(numbers, min(times, len(numbers))):
            self.try_to(lambda: self._deed(number))  # noqa: B023 -- at once

    def _deed(self, number: str) -> None:
        chance, do = self.chance, self.warehouse.do
        deeds: Sequence[Callable[[], object]] = (
            lambda: do(lifecycle.hold(number, "fraud")),
            lambda: do(lifecycle.cancel(number)),
            lambda: do(manual.unallocate(number)),
            lambda: do(manual.priority(number, chance.choice([10, 45, 90]))),
            lambda: do(manual.policy(number, chance.choice(POLICIES))),
            lambda: do(manual.lock(number, chance.choice(PLACES))),
            lambda: do(manual.allocate(number)),
            lambda: self.warehouse.move(
                chance.choice(self.purchases), chance.choice(["in_transit", "arrived"])
            ),
        )
        wilder: Sequence[Callable[[], object]] = (
            lambda: do(pin(number, 1, [Pinned(chance.choice(self.purchases), units=1)])),
            lambda: self.warehouse.settings(**chance.choice(SETTINGS)),
        )
        chance.choice([*deeds, *(wilder if self.is_wild else ())])()

    def open_orders(self) -> list[str]:
        sql = "SELECT number FROM orders WHERE finished_at IS NULL ORDER BY id"
        return [row.number for row in self.warehouse.rows(sql)]

    def try_to(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except RefusedError:
            return
