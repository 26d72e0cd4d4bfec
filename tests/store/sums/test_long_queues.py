"""What is read and written of the sums follows what changes, not what waits.

Rows are counted, not seconds. Plans are generic, and made when the tables were taken for empty.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from fulfillment.domain.model.rank import Rank
from fulfillment.store.commands.supply.purchase_orders.shrinking import shrink_pegs
from fulfillment.store.integrity.sum_checks import SUM_CHECKS
from fulfillment.store.sums.blocks import SIZE, add_to_sums
from fulfillment.store.sums.contributions import QueueLine, change_of
from fulfillment.store.sums.reading import first_waiting, waiting_before
from fulfillment.store.sums.short import Met, short_orders
from fulfillment.store.transactions.dialogue import dialogue
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Tx
from tests.builders.long_queue import rows_read, stand_in_line
from tests.builders.warehouse import MERCHANT, NOON, Warehouse

LINES, PEGGED = 6_000, 3_000
TABLES = ("open_demand", "queue_block", "peg", "supply")


@pytest.fixture
def tx(new_database: Callable[[], str]) -> Iterator[Tx]:
    warehouse = Warehouse.on(new_database(), threads=2).furnish(["K1"])
    stand_in_line(warehouse, LINES, PEGGED)
    with dialogue(warehouse.engine, keep=False) as said:
        tx = Tx(said, MERCHANT, NOON, "tester")
        lock_queues(tx, ["K1"])
        yield tx
        assert [check.number for check in SUM_CHECKS if tx.rows(check.sql)] == []
    warehouse.engine.dispose()


def lines(tx: Tx) -> list[QueueLine]:
    rows = tx.rows("SELECT * FROM open_demand ORDER BY intake_seq")
    return [
        QueueLine(
            row.order_id,
            Rank(row.priority, row.placed_at, row.intake_seq),
            row.sku,
            row.lock_location or "",
            row.wanted,
            row.wanted - row.pegged,
        )
        for row in rows
    ]


def test_thousands_of_changed_lines_are_added_each_by_a_few_rows(tx):
    before = lines(tx)[PEGGED:]
    after = [replace(line, rank=replace(line.rank, priority=40)) for line in before]
    tx.run("UPDATE open_demand SET priority = 40 WHERE pegged = 0")
    read = rows_read(tx, *TABLES)
    add_to_sums(tx, change_of(before, after))
    assert rows_read(tx, *TABLES) - read < 10 * len(before)


def test_thousands_of_pegs_are_cut_each_by_a_few_rows(tx):
    (supply,) = tx.rows("SELECT id FROM supply")
    read = rows_read(tx, *TABLES)
    shrink_pegs(tx, {supply.id: PEGGED})
    assert rows_read(tx, *TABLES) - read < 20 * PEGGED
    assert waiting_before(tx, ["K1"])["K1"].units == LINES
    assert short_orders(tx, [Met("K1", "A", None, 0)], 1)[0].order_count == LINES


def test_a_read_of_a_long_queue_reads_its_blocks_and_the_lines_of_one(tx):
    last = lines(tx)[-1]
    read = rows_read(tx, *TABLES)
    assert waiting_before(tx, ["K1"], last.rank)["K1"].orders == LINES - 1
    assert len(first_waiting(tx, ["K1"], 3, last.rank)["K1"]) == 3
    (short,) = short_orders(tx, [Met("K1", "A", None, 1_000)], 1)
    assert (short.number, short.order_count) == (f"L-{PEGGED + 1_001}", LINES - PEGGED - 1_000)
    assert rows_read(tx, *TABLES) - read < 10 * SIZE
