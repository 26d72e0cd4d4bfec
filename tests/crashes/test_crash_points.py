"""Whoever dies at any point of a command or an activity, and does it again, ends as if undisturbed.

A sample of the points by itself; all of them with PEGBOARD_CRASHES=all. PEGBOARD_SEED draws other
ones. With `-s` the number of points of each command is told.
"""

import os
import random
import sys
from typing import Any

import pytest

from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.transactions.session import Store, connect
from tests.builders.plain import plain
from tests.builders.warehouse import Warehouse
from tests.crashes import (
    of_activities,
    of_floor,
    of_house,
    of_mail,
    of_orders,
    of_supply,
    of_webhooks,
)
from tests.crashes.conftest import CONNECTIONS, Stages
from tests.crashes.deaths import AFTER_COMMIT, BEFORE_COMMIT, Deaths, DiedError
from tests.crashes.ends import End, everything, put_back, sequences
from tests.crashes.net import SCENARIOS, Run, Scenario, all_activities, all_commands

ALL = os.environ.get("PEGBOARD_CRASHES") == "all"
SEED = os.environ.get("PEGBOARD_SEED", "1")
FILES = (of_orders, of_floor, of_supply, of_house, of_mail, of_webhooks, of_activities)
"""Where the scenarios stand."""


def test_every_command_and_every_activity_has_a_scenario():
    covered = {scenario.covers for scenario in SCENARIOS}
    assert covered == all_commands() | all_activities()


every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


@every_scenario
def test_the_end_is_as_if_undisturbed_when_a_process_died_at_any_point(scenario, stages):
    expected, points = undisturbed(scenario, stages)
    sys.stdout.write(f"{scenario.name}: {len(points)} points\n")
    for point in range(len(points)) if ALL else drawn(scenario, points):
        found = disturbed(scenario, stages, point)
        told = f"died at {point} of {len(points)}, {points[point]}"
        assert scenario.differences(expected, found) == [], told


def drawn(scenario: Scenario, points: list[str]) -> list[int]:
    """A point before the last commit, as the seed says; the one after it is always tried.

    Of what is one transaction some are left out: whoever dies in it leaves nothing.
    """
    chance = random.Random(f"{SEED} {scenario.name}")
    some = chance.random() < 1 / 3 or points.count(AFTER_COMMIT) > 1
    return [chance.randrange(max(len(points) - 1, 1))] if some else []


def undisturbed(scenario: Scenario, stages: Stages) -> tuple[End, list[str]]:
    """How it ends if nothing happens, and which points it comes to.

    Whoever dies right after the last commit left just this, and comes again: so does this one.
    """
    with stages.on(scenario.stage) as warehouse:
        run, deaths = scenario.run_on(warehouse), Deaths()
        end = End(process(warehouse, run, deaths), everything(warehouse.engine))
        if ALL:
            assert warehouse.findings() == []
        again = End(process(warehouse, run, Deaths()), everything(warehouse.engine))
        assert scenario.differences(end, again) == [], "died right after the last commit"
        return end, deaths.points


def disturbed(scenario: Scenario, stages: Stages, point: int) -> End:
    """How it ends if the process dies at that point, and another one does the same again."""
    with stages.on(scenario.stage) as warehouse:
        run, deaths = scenario.run_on(warehouse), Deaths(point)
        known = [sequences(warehouse.engine)]
        deaths.committed = lambda: known.append(sequences(warehouse.engine))
        with pytest.raises(DiedError):
            process(warehouse, run, deaths)
        put_back(warehouse.engine, known[-1])
        return End(process(warehouse, run, Deaths()), everything(warehouse.engine))


def process(warehouse: Warehouse, run: Run, deaths: Deaths) -> Any:
    """A process with connections of its own, which end with it; what it answers, as plain data."""
    engine = connect(warehouse.engine.url, pool_size=CONNECTIONS)
    deaths.watch(engine)
    try:
        return plain(run(Store(engine, warehouse.clock)))
    except RefusedError as refusal:
        return refusal.code
    finally:
        engine.dispose()
        if deaths.is_dead:
            raise DiedError


def test_points_are_each_statement_and_both_sides_of_each_commit(stages):
    with stages.on(SCENARIOS[0].stage) as warehouse:
        deaths = Deaths()
        process(
            warehouse,
            lambda store: store.transact("acme", lambda tx: tx.rows("SELECT 1")),
            deaths,
        )
    assert deaths.points == ["SELECT 1", BEFORE_COMMIT, AFTER_COMMIT]
