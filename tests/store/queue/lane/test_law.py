"""The law of the lane: planner alone, and lane and planner, leave the same world.

Worlds are built by seed and copied; goods come to both copies, and all that is stored is compared,
table by table. In longer batches nothing may differ. In batches of three, a plan of one copy may be
cut where the other's is not: how often an order was planned, and what its history tells of that, is
left out there.
"""

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fulfillment.store.queue.lane import NOTHING, Filled, filling
from tests.builders.lane_worlds import LaneWorld
from tests.builders.warehouse import Warehouse
from tests.store.queue.lane.tables import TABLES, WITHOUT_TURNS

pytestmark = pytest.mark.slow

WORLDS = int(os.environ.get("PEGBOARD_WORLDS", "3"))
FIRST_SEED = int(os.environ.get("PEGBOARD_SEED", "1"))
ORDERS = int(os.environ.get("PEGBOARD_STEPS", "90"))
"""Orders of each world; more of them, and more worlds with fresh seeds, by these options."""

Copied = Callable[[LaneWorld], tuple[LaneWorld, LaneWorld]]


@pytest.fixture
def databases(new_database: Callable[[], str], postgres: Any) -> Iterator[list[str]]:
    """Names of databases that are dropped afterwards, beginning with a new one."""
    names = [new_database().rpartition("/")[2]]
    yield names
    for name in names:
        postgres.execute("DROP DATABASE {name} WITH (FORCE)", name=name)


@pytest.fixture
def world_of(databases: list[str], postgres: Any) -> Callable[[int], LaneWorld]:
    def make(seed: int) -> LaneWorld:
        warehouse = Warehouse.on(postgres.url_of(databases[0]), threads=2)
        chance = random.Random(seed)
        plain, is_wild = chance.choice([0.6, 0.9, 0.97]), chance.random() < 0.3
        return LaneWorld(warehouse, chance, ORDERS, plain, is_wild)

    return make


@pytest.fixture
def copied(databases: list[str], postgres: Any) -> Copied:
    """The world itself, and another one that is the same."""

    def copy(world: LaneWorld) -> tuple[LaneWorld, LaneWorld]:
        world.warehouse.engine.dispose()
        name = f"{databases[0]}_copy"
        databases.append(name)
        postgres.execute("CREATE DATABASE {n} TEMPLATE {t}", n=name, t=databases[0])
        other = Warehouse.on(postgres.url_of(name), threads=2)
        other.clock.now = world.warehouse.clock.now
        twin = LaneWorld(other, random.Random(0), world.orders, purchases=world.purchases)
        return world, twin

    return copy


class Counted:
    """The lane, with a count of the lines that went through it; shut where it is asked to be."""

    def __init__(self, fill: Callable[..., Filled]) -> None:
        self.fill, self.is_shut, self.lines = fill, False, 0

    def __call__(self, *arguments: Any) -> Filled:
        if self.is_shut:
            return NOTHING
        filled = self.fill(*arguments)
        self.lines += sum(map(len, filled.lines.values()))
        return filled


@pytest.fixture
def lane(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counted = Counted(filling.fill_plain_lines)
    monkeypatch.setattr(filling, "fill_plain_lines", counted)
    return counted


def differences(one: LaneWorld, other: LaneWorld, tables: dict[str, str]) -> dict[str, Any]:
    """By table, the first rows that only one of the worlds has."""
    found = {}
    for table, sql in tables.items():
        mine, theirs = (
            [tuple(map(str, row)) for row in world.warehouse.rows(sql)] for world in (one, other)
        )
        if mine != theirs:
            found[table] = (
                [row for row in mine if row not in theirs][:3],
                [row for row in theirs if row not in mine][:3],
            )
    return found


SEEDS = range(FIRST_SEED, FIRST_SEED + WORLDS)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("batch", [2_000, 3])
def test_lane_and_planner_leave_the_world_of_the_planner_alone(
    seed, batch, world_of, copied, lane, monkeypatch
):
    lane.is_shut = True
    built = world_of(seed)
    built.build()
    by_planner, by_lane = copied(built)
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", batch)
    for turn in range(2):
        for world, lane.is_shut in ((by_planner, True), (by_lane, False)):
            world.goods_come(seed + turn)
        tables = TABLES if batch > ORDERS else WITHOUT_TURNS
        assert differences(by_planner, by_lane, tables) == {}, (seed, turn, lane.lines)
    assert [world.warehouse.findings() for world in (by_planner, by_lane)] == [[], []]
    for world in (by_planner, by_lane):
        world.warehouse.engine.dispose()
    print(f"{lane.lines} lines went through the lane")
