"""The law of the sums: whatever was written, in whatever order, they are the sums of the lines."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fulfillment.domain.model.rank import Rank
from fulfillment.store.integrity.sum_checks import BLOCKS
from fulfillment.store.sums import blocks
from fulfillment.store.sums.blocks import add_to_sums, rebuild
from fulfillment.store.sums.contributions import QueueLine, change_of
from fulfillment.store.sums.reading import first_waiting, units_waiting, waiting_before
from fulfillment.store.sums.short import Met, short_orders
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Tx
from tests.builders.warehouse import MERCHANT, NOON, Warehouse

ORDERS, LINES = 14, 3
PLACES = ("", "A", "B")
SEEDS = st.integers(0, 1_000_000)


class Part(NamedTuple):
    """What a line wants, what of it is pegged, and where it may be met if its order is split."""

    wanted: int
    pegged: int
    place: str


class Write(NamedTuple):
    """An order's lines as they are to be from now on."""

    order: int
    priority: int
    place: str
    apart: bool
    parts: tuple[Part, ...]

    @property
    def rank(self) -> Rank:
        return Rank(self.priority, NOON + timedelta(minutes=self.order % 3), self.order + 1)

    def lines(self) -> Iterator[tuple[int, str, Part]]:
        for at, part in enumerate(self.parts):
            if part.wanted:
                place = part.place if self.apart else self.place
                yield self.order * LINES + at, place, part


def batches(seed: int) -> list[list[Write]]:
    """Some writes of several orders each."""
    chance = Random(seed)

    def part() -> Part:
        wanted = chance.randint(0, 3)
        return Part(wanted, chance.randint(0, wanted), chance.choice(PLACES))

    def write(order: int) -> Write:
        parts = tuple(part() for _ in range(chance.randint(0, LINES)))
        priority = chance.choice([10, 50, 50, 90])
        return Write(order, priority, chance.choice(PLACES), chance.random() < 0.25, parts)

    return [
        [write(order) for order in chance.sample(range(ORDERS), chance.randint(1, 9))]
        for _ in range(chance.randint(1, 6))
    ]


INSERT = """
INSERT INTO open_demand (shipment_line, merchant, sku, order_id, priority, placed_at, intake_seq,
                         wanted, held, lock_location, gate, pegged, apart)
SELECT r.line, :merchant, 'K1', r.order_id, r.priority, r.placed_at, r.seq, r.wanted, 0,
       nullif(r.place, ''), CASE WHEN r.apart THEN 'first' ELSE 'open' END, r.pegged, r.apart
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
       line bigint, order_id bigint, priority int, placed_at timestamptz, seq bigint, wanted int,
       place text, pegged int, apart boolean)
"""


class Queue:
    """The queue of K1 as it was written, and as it should be."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx
        self.ids = [row.id for row in tx.rows("SELECT id FROM shipment_line ORDER BY id")]
        self.orders = [row.id for row in tx.rows("SELECT id FROM orders ORDER BY id")]
        self.written: dict[int, Write] = {}
        lock_queues(tx, ["K1"])
        tx.run("DELETE FROM open_demand")

    def write(self, batch: Sequence[Write]) -> None:
        before = [line for one in batch for line in self.summed(self.written.get(one.order))]
        ids = [self.ids[one.order * LINES + at] for one in batch for at in range(LINES)]
        self.tx.run("DELETE FROM open_demand WHERE shipment_line = ANY(:ids)", ids=ids)
        rows = [row for one in batch for row in self._rows(one)]
        self.tx.run(INSERT, merchant=MERCHANT, rows=json.dumps(rows, default=str))
        self.written |= {one.order: one for one in batch}
        after = [line for one in batch for line in self.summed(one)]
        add_to_sums(self.tx, change_of(before, after))

    def _rows(self, one: Write) -> Iterator[dict[str, object]]:
        for line, place, part in one.lines():
            yield {
                "line": self.ids[line],
                "order_id": self.orders[one.order],
                "priority": one.priority,
                "placed_at": one.rank.placed_at,
                "seq": one.rank.intake_seq,
                "wanted": part.wanted,
                "place": place,
                "pegged": part.pegged,
                "apart": one.apart,
            }

    def summed(self, one: Write | None) -> Iterator[QueueLine]:
        if one is None or one.apart:
            return
        for _, place, part in one.lines():
            unpegged = part.wanted - part.pegged
            yield QueueLine(one.order, one.rank, "K1", place, part.wanted, unpegged)

    def in_order(self) -> list[Write]:
        waiting = [one for one in self.written.values() if any(one.lines())]
        return sorted(waiting, key=lambda one: one.rank)

    def short(self, met: dict[str, int]) -> list[tuple[int, int]]:
        """Who goes without at these places, served from the head one unit after another."""
        left, found = dict(met), list[tuple[int, int]]()
        for one in self.in_order():
            missing = 0
            for _, place, part in one.lines():
                if place in left:
                    given = min(left[place], part.wanted - part.pegged)
                    left[place] -= given
                    missing += part.wanted - part.pegged - given
            if missing:
                found.append((self.orders[one.order], missing))
        return found


@pytest.fixture
def tx(warehouse: Warehouse) -> Iterator[Tx]:
    """A transaction with so many orders, of which nothing is kept."""
    for _ in range(ORDERS):
        warehouse.take([("K1", 1)] * LINES)
    with warehouse.engine.connect() as connection:
        yield Tx(connection, MERCHANT, NOON, "tester")


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "SIZE", 2)


def anew(tx: Tx) -> Queue:
    tx.connection.rollback()
    tx.queues.clear()
    return Queue(tx)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(world=SEEDS)
def test_blocks_are_the_sums_of_the_lines_after_any_writes_in_any_order(tx, world):
    queue = anew(tx)
    for batch in batches(world):
        queue.write(batch)
        assert tx.rows(BLOCKS) == []
    rebuild(tx, ["K1"])
    assert tx.rows(BLOCKS) == []


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(world=SEEDS, at=st.integers(0, ORDERS), met=st.integers(0, 9), more=st.integers(0, 9))
def test_what_is_read_from_the_sums_is_what_the_lines_add_up_to(tx, world, at, met, more):
    queue = anew(tx)
    for batch in batches(world):
        queue.write(batch)
    everybody = queue.in_order()
    rank = Rank(50, NOON + timedelta(minutes=1), at)
    ahead = [one for one in everybody if one.rank < rank]
    waiting = waiting_before(tx, ["K1"], rank)["K1"]
    assert (waiting.orders, waiting.units) == (len(ahead), units_of(ahead))
    assert units_waiting(tx, ["K1"])["K1"] == units_of(everybody)
    first = first_waiting(tx, ["K1"], 3, rank)["K1"]
    assert [(row.order_id, row.wanted) for row in first] == [
        (queue.orders[one.order], units_of([one])) for one in ahead[:3]
    ]
    short = queue.short({"": met, "A": more})
    rows = short_orders(tx, [Met("K1", "A", None, met), Met("K1", "A", "A", more)], 3)
    number = {row.id: row.number for row in tx.rows("SELECT id, number FROM orders")}
    assert [(row.number, row.units, row.order_count) for row in rows] == [
        (number[order], units, len(short)) for order, units in short[:3]
    ]


def units_of(orders: Iterable[Write]) -> int:
    return sum(part.wanted for one in orders for _, _, part in one.lines())
