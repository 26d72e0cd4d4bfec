"""The law of the lane: planner alone, and lane and planner, leave the same world.

Worlds are built by seed and copied; goods come to both copies, and all that is stored is compared,
table by table. In longer batches nothing may differ. In batches of three, a plan of one copy may be
cut where the other's is not: how often an order was planned, and what its history tells of that, is
left out there.
"""

import os
import random
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from tests.builders.lane_worlds import LaneWorld
from tests.builders.warehouse import Warehouse
from tests.store.queue.lane.tables import TABLES, WITHOUT_TURNS

pytestmark = pytest.mark.slow

WORLDS = int(os.environ.get("PEGBOARD_WORLDS", "2"))
FIRST_SEED = int(os.environ.get("PEGBOARD_SEED", "306"))
"""The first two of the usual worlds have hundreds of lines that go through the lane."""

ORDERS = int(os.environ.get("PEGBOARD_STEPS", "240"))
"""Orders of each world; more of them, and more worlds with fresh seeds, by these options."""

Twins = Callable[[int, int], tuple[LaneWorld, LaneWorld]]


@pytest.fixture
def databases(new_database: Callable[[], str], postgres: Any) -> Iterator[list[str]]:
    """Names of databases that are dropped afterwards, beginning with a new one."""
    names = [new_database().rpartition("/")[2]]
    yield names
    for name in names:
        postgres.execute("DROP DATABASE {name} WITH (FORCE)", name=name)


def world_on(url: str, seed: int, orders: int) -> LaneWorld:
    chance = random.Random(seed)
    plain, is_wild = chance.choice([0.6, 0.9, 0.97]), chance.random() < 0.3
    return LaneWorld(Warehouse.on(url, threads=2), chance, orders, plain, is_wild)


@pytest.fixture
def make_twins(databases: list[str], postgres: Any) -> Iterator[Twins]:
    """A world by its seed, as the planner alone made it, and another one that is the same."""
    made: list[LaneWorld] = []

    def make(seed: int, orders: int) -> tuple[LaneWorld, LaneWorld]:
        world = world_on(postgres.url_of(databases[0]), seed, orders)
        world.build()
        world.warehouse.engine.dispose()
        databases.append(f"{databases[0]}_copy")
        postgres.execute("CREATE DATABASE {n} TEMPLATE {t}", n=databases[1], t=databases[0])
        other = world_on(postgres.url_of(databases[1]), seed, orders)
        other.clock_of(world)
        made[:] = [world, other]
        return world, other

    yield make
    for world in made:
        world.warehouse.engine.dispose()


def differences(one: LaneWorld, other: LaneWorld, tables: dict[str, str]) -> dict[str, Any]:
    """By table, the first rows that only one of the worlds has."""
    found = {}
    for table, sql in tables.items():
        mine, theirs = (_rows(world, sql) for world in (one, other))
        if mine != theirs:
            alone = [row for row in mine if row not in theirs]
            with_lane = [row for row in theirs if row not in mine]
            found[table] = list(zip_longest(alone[:3], with_lane[:3]))
    return found


def _rows(world: LaneWorld, sql: str) -> list[tuple[str, ...]]:
    with world.warehouse.engine.connect() as connection:
        return [tuple(map(str, row)) for row in connection.exec_driver_sql(sql)]


SEEDS = range(FIRST_SEED, FIRST_SEED + WORLDS)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("batch", [2_000, 3])
def test_lane_and_planner_leave_the_world_of_the_planner_alone(
    seed, batch, make_twins, lane, monkeypatch
):
    lane.is_shut = True
    by_planner, by_lane = make_twins(seed, ORDERS if batch > ORDERS else ORDERS // 4)
    monkeypatch.setattr("fulfillment.store.queue.head.BATCH", batch)
    for turn in range(2):
        for world, lane.is_shut in ((by_planner, True), (by_lane, False)):
            world.goods_come(seed + turn)
        tables = TABLES if batch > ORDERS else WITHOUT_TURNS
        assert differences(by_planner, by_lane, tables) == {}, (seed, turn, lane.lines)
    assert [world.warehouse.findings() for world in (by_planner, by_lane)] == [[], []]
    assert lane.lines or "PEGBOARD_SEED" in os.environ, "nothing went through the lane"
    if told := os.environ.get("PEGBOARD_LANE_LOG"):
        with Path(told).open("a") as log:
            log.write(f"{batch} {seed} {lane.lines}\n")
