"""The turn in which things are done, and in how large batches, changes nothing (§4.11).

Scripts of deeds are drawn by seed and done on worlds that differ in one thing only: how large a
batch is, in which turn first claims are asked for, or whether activities are done again.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from fulfillment.domain.model.refusals import RefusedError, conflict
from fulfillment.store.commands.orders import lifecycle, manual
from fulfillment.store.commands.orders.pins import Pinned, pin
from fulfillment.store.commands.supply import serving
from fulfillment.store.commands.supply.overdue import declare_overdue
from fulfillment.store.commands.supply.purchase_orders import LineChange
from tests.builders.warehouse import MERCHANT, Warehouse

pytestmark = pytest.mark.slow

WORLDS = int(os.environ.get("PEGBOARD_WORLDS", "2"))
"""Scripts for each law; more of them, with fresh seeds, by this option."""

FIRST_SEED = int(os.environ.get("PEGBOARD_SEED", "1"))
DEEDS = 14
SKUS, PLACES = ("K1", "K2"), ("A", "B")
POLICIES: tuple[dict[str, object], ...] = (
    {},
    {},
    {},
    {"max_shipments": 1},
    {"max_shipments": 2},
    {"auto_allocate": "never"},
    {"auto_allocate": "complete_only"},
    {"auto_allocate": "complete_only", "future_inventory": True},
    {"auto_allocate": "due_within", "auto_allocate_within_days": 3},
    {"on_shortage": "reject"},
    {"on_shortage": "remove"},
    {"on_shortage": "assign_nothing"},
    {"future_inventory": True},
    {"min_po_status": "arrived"},
    {"min_po_status": "approved", "max_shipments": 2},
    {"auto_cancel_days": 3},
)


@dataclass
class World:
    """One run of a script: its names are numbers that are the same in every run."""

    warehouse: Warehouse
    orders: list[str] = field(default_factory=list)
    purchases: list[str] = field(default_factory=list)

    # --- deeds ---

    def take(self, chance: random.Random) -> None:
        for _ in range(chance.randint(1, 3)):
            number = f"N{len(self.orders) + 1}"
            wants = [
                (chance.choice(SKUS), chance.randint(1, 4)) for _ in range(chance.randint(1, 2))
            ]
            lock = chance.choice([None, None, None, *PLACES])
            more: dict[str, Any] = {} if lock is None else {"lock_location": lock}
            more["policy"] = chance.choice(POLICIES)
            more["priority"] = chance.choice([40, 50, 50, 50, 60])
            self.warehouse.take(wants, number, **more)
            self.orders.append(number)

    def count(self, chance: random.Random) -> None:
        units = chance.choice([1, 2, 5, 9, -1, -2])
        self.warehouse.stock(units, chance.choice(SKUS), chance.choice(PLACES))

    def purchase(self, chance: random.Random) -> None:
        number = f"PO{len(self.purchases) + 1}"
        lines = [(sku, chance.randint(1, 9)) for sku in SKUS[: chance.randint(1, 2)]]
        due = chance.choice([1, 3, 5, None])
        self.warehouse.purchase(lines, at=chance.choice(PLACES), due=due, number=number)
        self.purchases.append(number)

    def receive(self, chance: random.Random) -> None:
        purchase, units, at = self._purchase(chance), chance.randint(1, 9), chance.choice(PLACES)
        self.warehouse.receive(purchase, {1: units}, at=at)

    def change_purchase(self, chance: random.Random) -> None:
        purchase, units, days = (
            self._purchase(chance),
            chance.choice([None, 1, 4]),
            chance.choice([1, 2, 8, None]),
        )
        on = None if days is None else self.warehouse.day(days)
        self.warehouse.change(purchase, LineChange(1, on, units=units))

    def move_purchase(self, chance: random.Random) -> None:
        purchase = self._purchase(chance)
        self.warehouse.move(purchase, chance.choice(["in_transit", "arrived", "closed"]))

    def cancel(self, chance: random.Random) -> None:
        self.warehouse.cancel(self._id(self._order(chance)))

    def priority(self, chance: random.Random) -> None:
        number, value = self._order(chance), chance.choice([10, 45, 55, 90])
        self.warehouse.do(manual.priority(number, value))

    def policy(self, chance: random.Random) -> None:
        number, knobs = self._order(chance), chance.choice(POLICIES)
        self.warehouse.do(manual.policy(number, knobs))

    def lock(self, chance: random.Random) -> None:
        number, at = self._order(chance), chance.choice([None, *PLACES])
        self.warehouse.do(manual.lock(number, at))

    def by_hand(self, chance: random.Random) -> None:
        number = self._order(chance)
        deed = chance.choice([manual.allocate, manual.unallocate, manual.resume_allocation])
        self.warehouse.do(deed(number))

    def pin(self, chance: random.Random) -> None:
        number, purchase = self._order(chance), self._purchase(chance)
        units = chance.choice([None, 1, 2])
        self.warehouse.do(pin(number, 1, [Pinned(purchase, units=units)]))

    def wait(self, chance: random.Random) -> None:
        self.warehouse.clock.pass_days(chance.choice([1, 2]))
        for row in self.warehouse.rows("SELECT id FROM purchase_order ORDER BY number"):
            declare_overdue(self.warehouse.store, MERCHANT, row.id)

    # --- activities ---

    def unclaimed(self) -> list[int]:
        sql = "SELECT id FROM orders WHERE NOT first_claimed AND finished_at IS NULL ORDER BY id"
        return [row.id for row in self.warehouse.rows(sql)]

    def settle(self) -> None:
        """Everything that is owed is done."""
        orders_left = self.unclaimed()
        for order in orders_left:
            self.warehouse.claim(order)
        rounds = 0
        while serving.serve_due(self.warehouse.store, MERCHANT):
            rounds += 1
            assert rounds < 500
        assert self.unclaimed() == []

    def again(self, chance: random.Random) -> None:
        """Any activity, of any order or purchase order, once more."""
        store = self.warehouse.store
        every = [row.id for row in self.warehouse.rows("SELECT id FROM orders ORDER BY id")]
        some = chance.sample(every, min(len(every), 3))
        deeds: list[Callable[[], object]] = [lambda: serving.serve_due(store, MERCHANT)]
        if some:
            deeds += [
                lambda: lifecycle.prepare_fulfillment(store, MERCHANT, some),
                lambda: lifecycle.look_again(store, MERCHANT, some[0]),
            ]
        if self.purchases:
            purchase = chance.choice(self.purchases)
            deeds.append(lambda: self.warehouse.serve(purchase))
        chance.choice(deeds)()

    # --- what came of it ---

    def outcome(self) -> dict[str, Any]:
        """Each order by its number: its status, units by what becomes of them, claims and pegs.

        In how many parts units wait that become the same is not told: a batch in between may have
        divided them.
        """
        told = {}
        for number in self.orders:
            order = self._id(number)
            claims = self.warehouse.rows(
                "SELECT a.sku, a.location, sum(a.units)::int AS units FROM allocation a"
                " JOIN shipment_line l ON l.id = a.shipment_line WHERE l.order_id = :id"
                " GROUP BY 1, 2 ORDER BY 1, 2",
                id=order,
            )
            told[number] = (
                self.warehouse.status(order),
                _units(self.warehouse.parts(order)),
                [tuple(row) for row in claims],
                self.warehouse.sources(order),
            )
        return told

    def idle(self) -> list[Any]:
        """Units that are free beside a line that may take them: counted without the planner."""
        return self.warehouse.rows(
            "SELECT d.sku, d.order_id, v.location, v.on_hand - v.allocated AS free, d.wanted"
            " FROM open_demand d JOIN sku_queue q ON q.merchant = d.merchant AND q.sku = d.sku"
            " JOIN stock_level v ON v.merchant = d.merchant AND v.sku = d.sku"
            " AND v.disposition = 'sellable' AND v.on_hand > v.allocated"
            " AND coalesce(d.lock_location, v.location) = v.location"
            " WHERE d.gate IN ('open', 'first') AND d.wanted > 0 AND q.due_since IS NULL"
        )

    def passed_over(self) -> list[Any]:
        """A later waiting line that holds what an earlier one wants and may take."""
        return self.warehouse.rows(
            "SELECT d.sku, d.order_id, l.order_id AS holder, a.location FROM open_demand d"
            " JOIN open_demand l ON l.merchant = d.merchant AND l.sku = d.sku AND l.held > 0"
            " AND (l.priority, l.placed_at, l.intake_seq) > (d.priority, d.placed_at, d.intake_seq)"
            " JOIN allocation a ON a.shipment_line = l.shipment_line"
            " AND a.units - a.picked - a.staged > a.pinned"
            " AND coalesce(d.lock_location, a.location) = a.location"
            " WHERE d.gate = 'open' AND d.wanted > 0"
        )

    def _order(self, chance: random.Random) -> str:
        place = chance.random()
        if not self.orders:
            raise conflict("none", "no order yet")
        return self.orders[int(place * len(self.orders))]

    def _purchase(self, chance: random.Random) -> str:
        place = chance.random()
        if not self.purchases:
            raise conflict("none", "no purchase order yet")
        return self.purchases[int(place * len(self.purchases))]

    def _id(self, number: str) -> int:
        return int(self.warehouse.one("SELECT id FROM orders WHERE number = :n", n=number))


def _units(parts: Iterable[tuple[str, str | None, int]]) -> Counter[tuple[str, str | None]]:
    """Units by status and location."""
    units: Counter[tuple[str, str | None]] = Counter()
    for status, location, many in parts:
        units[status, location] += many
    return units


DONE = (
    ["take"] * 5
    + ["count"] * 4
    + ["purchase", "purchase", "receive", "receive", "change_purchase", "move_purchase"]
    + ["cancel", "priority", "policy", "lock", "by_hand", "pin", "wait"]
)


def script(seed: int) -> Iterator[tuple[str, int]]:
    chance = random.Random(seed)
    yield "take", chance.randrange(2**32)
    for _ in range(DEEDS):
        yield chance.choice(DONE), chance.randrange(2**32)


def do(world: World, deed: str, seed: int) -> str:
    try:
        getattr(world, deed)(random.Random(seed))
    except RefusedError as refusal:
        return refusal.code
    return "done"


@pytest.fixture
def worlds(new_database: Callable[[], str], postgres: Any) -> Iterator[Callable[[], World]]:
    made: list[tuple[World, str]] = []

    def make() -> World:
        url = new_database()
        world = World(Warehouse.on(url, threads=1).furnish(SKUS))
        made.append((world, url))
        return world

    yield make
    for world, url in made:
        world.warehouse.engine.dispose()
        postgres.execute("DROP DATABASE {name} WITH (FORCE)", name=url.rpartition("/")[2])


def check(world: World) -> None:
    """What the planner finds, and what is counted without it."""
    assert world.warehouse.findings() == []
    by_status = world.warehouse.rows(
        "SELECT 1 FROM setting WHERE knob = 'auto_allocate_on' AND value <> '\"any_supply\"'"
    )
    if not by_status:
        assert world.idle() == []
        assert world.passed_over() == []


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + WORLDS))
def test_claims_end_the_same_when_batches_are_of_another_size(seed, worlds, monkeypatch):
    by_size = {size: worlds() for size in (1, 2, 3, 2_000)}
    for at, (deed, chance) in enumerate(script(seed)):
        told = {}
        for size, world in by_size.items():
            monkeypatch.setattr("fulfillment.store.queue.head.BATCH", size)
            said = do(world, deed, chance)
            world.settle()
            told[size] = (said, world.outcome())
        for size in (1, 2, 3):
            assert told[size] == told[2_000], (at, deed, size)
    for world in by_size.values():
        check(world)


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + WORLDS))
def test_claims_end_the_same_when_they_are_made_in_another_turn(seed, worlds):
    chance = random.Random(seed)
    several = [worlds() for _ in range(3)]
    for at, (deed, deed_seed) in enumerate(script(seed)):
        told = []
        for world in several:
            said = do(world, deed, deed_seed)
            turn = world.unclaimed()
            chance.shuffle(turn)
            for order in turn:
                world.warehouse.claim(order)
            world.settle()
            told.append((said, world.outcome()))
        assert told[0] == told[1] == told[2], (at, deed)
    for world in several:
        check(world)


@pytest.mark.parametrize("seed", range(FIRST_SEED, FIRST_SEED + WORLDS))
def test_claims_end_the_same_when_activities_are_done_again(seed, worlds, monkeypatch):
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", 3)
    chance = random.Random(seed)
    calm, restless = worlds(), worlds()
    for at, (deed, deed_seed) in enumerate(script(seed)):
        said = [do(world, deed, deed_seed) for world in (calm, restless)]
        for _ in range(chance.randint(0, 4)):
            restless.again(chance)
        for world in (calm, restless):
            world.settle()
        assert said[0] == said[1]
        assert calm.outcome() == restless.outcome(), (at, deed)
    check(restless)


def test_every_kind_of_deed_is_done_in_some_script():
    done = Counter(deed for seed in range(1, 40) for deed, _ in script(seed))
    assert set(done) == set(DONE)
