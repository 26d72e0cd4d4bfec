"""What an audit reads grows with what there is, not with its square."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Connection, text

from fulfillment.store.integrity import scope
from fulfillment.store.integrity.asking import ALL
from tests.builders import moves
from tests.builders.warehouse import Warehouse

FEW, MANY = 6, 36
pytestmark = pytest.mark.new_database

MOST = 2.5
"""How much more than its share a rule may read; one that looks at all again for each reads six."""

SKUS = [f"K{n}" for n in range(1, 6)]
EVERYTHING = {"after": 0, "until": 2**62, "moment": "-infinity"}
INSERTS = (
    scope.EVENTS, scope.RECEIPTS, scope.SUPPLIES, scope.DOCUMENTS, scope.DEPARTURES, scope.SUMS,
    *scope.OPEN,
)  # fmt: skip


def test_no_rule_reads_a_table_again_for_each_row(warehouse: Warehouse) -> None:
    warehouse.products(*SKUS, "W1", "W2")
    live(warehouse, FEW)
    few = rows_read(warehouse)
    live(warehouse, MANY - FEW)
    many = rows_read(warehouse)

    share = MANY / FEW * MOST
    grown = {number: (few[number], rows) for number, rows in many.items()
             if rows > share * max(few[number], MANY)}  # fmt: skip
    assert grown == {}
    assert sum(many.values()) > sum(few.values()) > 0


def live(warehouse: Warehouse, times: int) -> None:
    """Again and again: what is shipped, comes back, goes elsewhere, waits, and is bought."""
    for _ in range(times):
        order = moves.shipped(warehouse, [(sku, 2) for sku in SKUS])
        back = moves.announce(warehouse, [("K1", 1)], order=order)
        moves.take_back(warehouse, back, (1, 1, "scrapped"))
        warehouse.stock(5, "K1")
        moves.receive(warehouse, moves.transfer(warehouse, [("K1", 5)]), {1: 5})
        moves.count(warehouse, {"K1": 0}, at="B")
        warehouse.order([("W1", 2), ("W2", 1)])


def rows_read(warehouse: Warehouse) -> dict[str, int]:
    """By rule: rows that all steps of its plan went through, with those that they put aside."""
    with warehouse.engine.connect() as connection:
        for sql in scope.TABLES:
            connection.execute(text(sql))
        for sql in INSERTS:
            connection.execute(text(sql), _asked(sql))
        connection.execute(text(scope.COUNTED))
        connection.execute(text("ANALYZE"))
        return {check.number: _rows(connection, check.sql) for check in ALL}


def _asked(sql: str) -> dict[str, object]:
    return {name: value for name, value in EVERYTHING.items() if f":{name}" in sql}


def _rows(connection: Connection, sql: str) -> int:
    said = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
    (plan,) = said.scalar_one()
    return sum(map(_of_node, _nodes(plan["Plan"])))


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _of_node(node: Mapping[str, Any]) -> int:
    aside = (value for name, value in node.items() if name.startswith("Rows Removed by"))
    return int((node["Actual Rows"] + sum(aside)) * node["Actual Loops"])
