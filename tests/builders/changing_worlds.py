"""Worlds in which supply shrinks, moves, is late and pinned from one plan to the next, by seed."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.rank import Rank
from fulfillment.domain.model.shipments import Peg, Shipment, ShipmentLine
from fulfillment.domain.model.statuses import PurchaseOrderStatus
from fulfillment.domain.model.supply import Product, Snapshot, StockLevel, Supply
from fulfillment.domain.planning.plan import plan
from tests.builders.values import PLACED_AT, TODAY, day, order
from tests.builders.worlds import followed

SKUS = ("K1", "K2")
STATUSES = (
    PurchaseOrderStatus.APPROVED,
    PurchaseOrderStatus.IN_TRANSIT,
    PurchaseOrderStatus.ARRIVED,
)
KNOBS: dict[str, tuple[object, ...]] = {
    "max_shipments": (None, 1, 2, 3),
    "future_inventory": (True, True, False),
    "future_limit_days": (3, 90),
    "rebalance": ("waiting", "unpicked", "off"),
    "routing": ("fewest_locations", "location_priority"),
    "release_when": ("any_part", "all_sourced"),
    "hold_if_due_within_days": (None, 3),
    "auto_allocate": ("complete_only", "complete_only", "due_within", "always", "never"),
    "auto_allocate_within_days": (1, 3),
    "auto_allocate_on": ("any_supply", "any_supply", "po_status"),
    "min_po_status": ("received", "arrived", "in_transit", "approved"),
    "auto_cancel_days": (None, 1, 4),
}


def changing_worlds(seed: int, steps: int = 4) -> Iterator[Snapshot]:
    """A world, and what it became once planned and changed, again and again."""
    chance = random.Random(seed)
    world = _made(chance)
    for _ in range(steps):
        yield world
        world = _changed(chance, followed(world, plan(world)))


def _made(chance: random.Random) -> Snapshot:
    places = ("A", "B", "C")[: chance.choice([1, 2, 3])]
    return Snapshot(
        today=TODAY,
        skus=frozenset(SKUS),
        locations=places,
        products={sku: Product(sku, future_allowed=chance.random() < 0.9) for sku in SKUS},
        orders=tuple(_order(chance, number, places) for number in range(1, chance.randint(3, 5))),
        levels=tuple(
            StockLevel(sku, at, chance.randint(1, 5))
            for sku in SKUS
            for at in places
            if chance.random() < 0.4
        ),
        supplies=tuple(
            _supply(chance, number, places) for number in range(1, chance.randint(2, 5))
        ),
        by_po_status=_by_status(chance),
    )


def _order(chance: random.Random, number: int, places: tuple[str, ...]) -> Order:
    mine = order(
        number,
        [(chance.choice(SKUS), chance.randint(1, 6)) for _ in range(chance.randint(1, 3))],
        priority=chance.choice([10, 50]),
        policy={
            knob: chance.choice(values) for knob, values in KNOBS.items() if chance.random() < 0.5
        },
        lock=chance.choice([None, None, None, chance.choice(places)]),
        waves_spent=chance.choice([0, 0, 1]),
    )
    return replace(mine, rank=Rank(mine.rank.priority, PLACED_AT, number))


def _supply(chance: random.Random, number: int, places: tuple[str, ...]) -> Supply:
    return Supply(
        id=number,
        sku=chance.choice(SKUS),
        location=chance.choice(places),
        outstanding=chance.randint(1, 8),
        due_on=chance.choice([None, day(0), day(2), day(4), day(60)]),
        source="PO-1",
        status=chance.choice([None, *STATUSES]),
    )


def _by_status(chance: random.Random) -> frozenset[str]:
    return frozenset(SKUS) if chance.random() < 0.5 else frozenset()


def _changed(chance: random.Random, world: Snapshot) -> Snapshot:
    supplies = tuple(_moved(chance, supply, world.locations) for supply in world.supplies)
    come = tuple(
        StockLevel(chance.choice(SKUS), chance.choice(world.locations), chance.randint(1, 4))
        for _ in range(chance.randint(0, 2))
    )
    by_id = {supply.id: supply for supply in supplies}
    touched = [_touched(chance, mine) for mine in world.orders]
    kept = _kept(touched, by_id)
    return replace(
        world,
        supplies=supplies,
        levels=(*world.levels, *come),
        orders=tuple(_with_lines(mine, by_id, kept) for mine in touched),
        by_po_status=_by_status(chance),
    )


def _moved(chance: random.Random, supply: Supply, places: tuple[str, ...]) -> Supply:
    if chance.random() < 0.5:
        left = max(0, supply.outstanding - chance.choice([0, 1, 2, 3, 8]))
        supply = replace(supply, outstanding=left)
    if chance.random() < 0.3:
        due_on = chance.choice([None, day(0), day(2), day(7), day(60), day(-1)])
        supply = replace(supply, due_on=due_on)
    if chance.random() < 0.2 and supply.status:
        supply = replace(supply, status=chance.choice(STATUSES))
    if chance.random() < 0.2:
        supply = replace(supply, location=chance.choice(places))
    return supply


def _touched(chance: random.Random, mine: Order) -> Order:
    if chance.random() < 0.2:
        mine = replace(mine, rank=replace(mine.rank, priority=chance.choice([5, 10, 50, 60])))
    if chance.random() < 0.3:
        return mine.with_shipments(_pinned(part) for part in mine.waiting)
    return mine


def _pinned(part: Shipment) -> Shipment:
    lines = (
        replace(row, pegs=tuple(replace(peg, pinned=True) for peg in row.pegs))
        for row in part.lines
    )
    return replace(part, lines=tuple(lines))


Held = dict[tuple[int, int, bool], int]
"""Units by line, supply and whether they are pinned."""


def _kept(orders: list[Order], supplies: dict[int, Supply]) -> Held:
    """What of the pegs is left on supplies that are smaller now: pins first, then by rank."""
    left = Counter({supply.id: supply.outstanding for supply in supplies.values()})
    rows = sorted(
        (not peg.pinned, mine.rank, row.id, peg.supply, peg.pinned, peg.units)
        for mine in orders
        for part in mine.shipments
        for row in part.lines
        for peg in row.pegs
    )
    kept: Held = {}
    for _, _, line, supply, pinned, units in rows:
        kept[line, supply, pinned] = min(units, left[supply])
        left[supply] -= kept[line, supply, pinned]
    return kept


def _with_lines(mine: Order, supplies: dict[int, Supply], kept: Held) -> Order:
    return mine.with_shipments(
        replace(part, lines=tuple(_with_pegs(row, supplies, kept) for row in part.lines))
        for part in mine.shipments
    )


def _with_pegs(row: ShipmentLine, supplies: dict[int, Supply], kept: Held) -> ShipmentLine:
    pegs = [
        _as_now(replace(peg, units=units), supplies[peg.supply])
        for peg in row.pegs
        if (units := kept[row.id, peg.supply, peg.pinned]) and _is_dated(supplies[peg.supply])
    ]
    by_date = sorted(pegs, key=lambda peg: (peg.due_on, peg.supply, not peg.pinned))
    return replace(row, pegs=tuple(by_date))


def _is_dated(supply: Supply) -> bool:
    return supply.due_on is not None or supply.status is PurchaseOrderStatus.ARRIVED


def _as_now(peg: Peg, supply: Supply) -> Peg:
    due_on = supply.due_on or date.max
    return replace(peg, due_on=due_on, status=supply.status, location=supply.location)
