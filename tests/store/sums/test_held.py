"""Sums are written while their queue is held: by those who write at once, one after the other."""

import pytest
from sqlalchemy import text

from fulfillment.domain.model.rank import Rank
from fulfillment.store.commands.orders import manual
from fulfillment.store.integrity.sum_checks import mend_sums
from fulfillment.store.sums import blocks
from fulfillment.store.sums.blocks import add_to_sums
from fulfillment.store.sums.contributions import QueueLine, change_of
from fulfillment.store.sums.reading import waiting_before
from fulfillment.store.transactions.dialogue import dialogue
from fulfillment.store.transactions.session import LocksTooSmallError, Tx
from tests.builders.calling import at_once
from tests.builders.warehouse import MERCHANT, NOON, Warehouse

HOLD = text("SELECT 1 FROM sku_queue WHERE sku = 'K1' FOR NO KEY UPDATE")
NEW = change_of([], [QueueLine(1, Rank(50, NOON, 1), "K1", "", 2, 1)])


def test_who_does_not_hold_the_queue_takes_it_before_its_sums_are_written(warehouse: Warehouse):
    with dialogue(warehouse.engine, keep=False) as mine, warehouse.engine.connect() as other:
        add_to_sums(Tx(mine, MERCHANT, NOON, "tester"), NEW)
        mine.wait()
        skipping = text(f"{HOLD.text} SKIP LOCKED")
        assert other.execute(skipping).fetchall() == []


def test_all_is_done_anew_when_somebody_else_holds_the_queue(warehouse: Warehouse):
    with dialogue(warehouse.engine, keep=False) as mine, warehouse.engine.connect() as other:
        other.execute(HOLD)
        with pytest.raises(LocksTooSmallError) as error:
            add_to_sums(Tx(mine, MERCHANT, NOON, "tester"), NEW)
        assert error.value.skus == {"K1"}
        assert mine.ask("SELECT 1 FROM queue_block").rows() == []


@pytest.mark.parametrize("size", [1, 256])
def test_no_sum_is_lost_when_two_write_one_queue_at_once(warehouse: Warehouse, monkeypatch, size):
    monkeypatch.setattr(blocks, "SIZE", size)
    orders = [warehouse.take([("K1", 1 + at % 3)]) for at in range(12)]
    warehouse.purchase([("K1", 9)], due=3)

    def work(mine: list[int]) -> None:
        for order in mine:
            warehouse.claim(order)
        for at, order in enumerate(mine):
            warehouse.do(manual.priority(warehouse.number(order), 10 * at))
        warehouse.cancel(mine[0])

    at_once(lambda: work(orders[::2]), lambda: work(orders[1::2]))
    with dialogue(warehouse.engine) as said:
        waiting = waiting_before(Tx(said, MERCHANT, NOON, "tester"), ["K1"])["K1"]
    assert (waiting.orders, waiting.units) == (10, 24 - 1 - 2)


WRONG = (
    "UPDATE queue_block SET wanted = wanted + 1",
    "UPDATE supply SET pegged = pegged + 1",
    "UPDATE peg SET priority = priority + 1",
    "UPDATE open_demand SET apart = NOT apart WHERE pegged = 0",
)


def test_wrong_sums_and_copies_are_told_and_mended(warehouse: Warehouse):
    for _ in range(3):
        warehouse.order([("K1", 2)])
    warehouse.purchase([("K1", 3)], due=3)
    assert mend_sums(warehouse.store) == {}
    with warehouse.engine.begin() as connection:
        for sql in WRONG:
            connection.execute(text(sql))
    assert {"2j", "2k", "6f", "6g"} <= {finding[:2] for finding in warehouse.findings()}
    assert mend_sums(warehouse.store) == {MERCHANT: ["K1"]}
    assert warehouse.findings() == []
