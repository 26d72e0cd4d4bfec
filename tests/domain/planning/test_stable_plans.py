"""Planning a plan changes nothing, also where supply shrinks, moves, is late and pinned (§4.11)."""

import os

import pytest

from fulfillment.domain.planning.plan import plan
from tests.builders.changing_worlds import changing_worlds
from tests.builders.worlds import followed, told, told_nothing

WORLDS = int(os.environ.get("PEGBOARD_WORLDS", "6")) * 100
FIRST_SEED = int(os.environ.get("PEGBOARD_SEED", "1"))
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_changes_when_a_plan_is_planned_in_a_world_that_changes(part):
    for seed in range(FIRST_SEED + part, FIRST_SEED + WORLDS, PARTS):
        for step, world in enumerate(changing_worlds(seed)):
            once = followed(world, plan(world))
            again = plan(once)
            assert [told(told_nothing(mine)) for mine in again] == [
                told(mine) for mine in once.orders
            ], (seed, step)
