"""Planning a plan changes nothing, also where supply shrinks, moves, is late and pinned (§4.11)."""

import os
from collections.abc import Iterable

import pytest

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.shipments import ShipmentLine
from fulfillment.domain.planning.plan import plan
from tests.builders.changing_worlds import changing_worlds
from tests.builders.worlds import followed, told, told_nothing

WORLDS = int(os.environ.get("PEGBOARD_WORLDS", "6")) * 100
FIRST_SEED = int(os.environ.get("PEGBOARD_SEED", "1"))
PARTS = 4


def _live_lines(orders: Iterable[Order]) -> list[ShipmentLine]:
    return [line for order in orders for part in order.live for line in part.lines]


def _is_odd(line: ShipmentLine) -> bool:
    """Nothing is there of it, or more is pegged or claimed for it than it has units."""
    return line.units < 1 or line.allocated + line.pegged > line.units


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_changes_when_a_plan_is_planned_in_a_world_that_changes(part):
    for seed in range(FIRST_SEED + part, FIRST_SEED + WORLDS, PARTS):
        for step, world in enumerate(changing_worlds(seed)):
            once = followed(world, plan(world))
            assert [line for line in _live_lines(once.orders) if _is_odd(line)] == [], (seed, step)
            again = plan(once)
            assert [told(told_nothing(mine)) for mine in again] == [
                told(mine) for mine in once.orders
            ], (seed, step)
