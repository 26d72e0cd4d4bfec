"""How the server goes about it when hundreds of queues are open: nothing is held against each."""

import re

import pytest
from sqlalchemy import Engine

from fulfillment.store.queue.head import ASKED
from fulfillment.store.queue.newcomers import STANDING
from fulfillment.store.sums.blocks import ADD, CHANGE

STATEMENTS = {
    "sums": f"WITH {CHANGE}, {ADD.format(more='')}",
    "asked": ASKED,
    "standing": STANDING,
}

AGAINST_A_LIST = re.compile(r"Filter: .*sku.* = ANY \(\$")
"""A list that is a parameter is no hash table: it is gone through for each row."""

AGAINST_EACH_OTHER = re.compile(r"Join Filter: .*sku")


@pytest.mark.parametrize("name", STATEMENTS)
def test_no_line_is_held_against_every_queue_when_many_are_open(warehouse, name):
    told = plan_of(warehouse.engine, STATEMENTS[name])

    assert not AGAINST_A_LIST.search(told), told
    assert not AGAINST_EACH_OTHER.search(told), told


def plan_of(engine: Engine, sql: str) -> str:
    """The plan that is kept for whatever values come, as our connections ask for it."""
    names: list[str] = []

    def placed(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    numbered = re.sub(r"(?<![:\w]):(\w+)", placed, sql)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN (GENERIC_PLAN, COSTS OFF) {numbered}")
        return "\n".join(row[0] for row in rows)
