"""Starts of workflows: paced by what is claimed, by priority, each merchant in turn."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from temporalio.testing import ActivityEnvironment

from activities.order_activities import Fulfilling
from fulfillment.contracts.messages import Known
from fulfillment.relay.audit import PATIENCE
from fulfillment.store.commands import catalogue, intake
from fulfillment.store.commands.orders.starts import starts_answered
from fulfillment.store.reading.unfinished import owed_since, unfinished_orders
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.outbox import FORGOTTEN_AFTER, LANES, Kind, Message
from tests.builders.warehouse import MERCHANT, Warehouse

LEASE = timedelta(seconds=30)
OTHER = "other"
READ = """
SELECT coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS rows
  FROM pg_stat_xact_user_tables WHERE relname = 'outbox'
"""
"""Rows of the outbox that this transaction has read."""


@pytest.fixture(autouse=True)
def _few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fulfillment.store.transactions.outbox.MOST_UNCLAIMED", 3)
    monkeypatch.setattr("fulfillment.store.transactions.outbox.MOST_UNCLAIMED_LINES", 10)


@pytest.fixture
def other(warehouse: Warehouse) -> str:
    """Another merchant, with one order."""
    catalogue.put_merchant(warehouse.store, catalogue.NewMerchant(OTHER, "Other"))
    catalogue.put_products(warehouse.store, OTHER, [catalogue.NewProduct("K1", "K1")])
    return OTHER


def take(warehouse: Warehouse, most: int = 100) -> list[Message]:
    with warehouse.engine.begin() as connection:
        return outbox.take(connection, warehouse.clock(), most, LEASE)


def delivered(warehouse: Warehouse, most: int = 100) -> list[int]:
    """The orders whose starts were taken and delivered, in their order."""
    messages = take(warehouse, most)
    with warehouse.engine.begin() as connection:
        outbox.done(connection, messages)
    return [int(message.subject) for message in messages if message.kind is Kind.START_ORDER]


def claimed(warehouse: Warehouse, order: int) -> None:
    """Its workflow asked for its claim, and has its answer."""
    warehouse.claim(order)
    starts_answered(warehouse.store, MERCHANT, [order])


def test_further_orders_start_when_those_before_them_have_claimed(warehouse: Warehouse) -> None:
    first, second, third, fourth, fifth = (warehouse.take() for _ in range(5))
    assert delivered(warehouse) == [first, second, third]
    assert delivered(warehouse) == []
    claimed(warehouse, second)
    assert delivered(warehouse) == [fourth]
    claimed(warehouse, first)
    assert delivered(warehouse) == [fifth]


def test_who_starts_no_orders_takes_the_rest_and_reads_no_start(warehouse: Warehouse) -> None:
    waiting = """
        INSERT INTO outbox (merchant, lane, kind, subject, payload, due_at)
        SELECT :merchant, 0, 'start_order', n::text, CAST('{"lines": 1}' AS jsonb),
               CAST(:now AS timestamptz)
          FROM generate_series(1, 20000) n
         UNION ALL SELECT :merchant, 1, 'wake_order', '1', CAST('{}' AS jsonb),
               CAST(:now AS timestamptz)
    """
    others = frozenset(Kind) - {Kind.START_ORDER}
    now = warehouse.clock()
    with warehouse.engine.begin() as connection:
        connection.execute(text(waiting), {"merchant": MERCHANT, "now": now})
        connection.execute(text("ANALYZE outbox"))
    with warehouse.engine.begin() as connection:
        taken = outbox.take(connection, now, 100, LEASE, others)
        assert [message.kind for message in taken] == [Kind.WAKE_ORDER]
        assert connection.execute(text(READ)).scalar_one() < 2_000
    with warehouse.engine.begin() as connection:
        connection.execute(text("DELETE FROM outbox"))


@pytest.mark.parametrize("kind", [Kind.START_ORDER, Kind.WAKE_ORDER])
def test_taking_reads_what_it_takes_also_when_much_more_is_due(
    warehouse: Warehouse, kind: Kind
) -> None:
    waiting = """
        INSERT INTO outbox (merchant, lane, kind, subject, payload, due_at)
        SELECT :merchant, :lane, :kind, n::text, '{"lines": 1}', :now
          FROM generate_series(1, 20000) n
    """
    named = {"merchant": MERCHANT, "lane": LANES[kind], "kind": kind, "now": warehouse.clock()}
    with warehouse.engine.begin() as connection:
        connection.execute(text(waiting), named)
        connection.execute(text("ANALYZE outbox"))
    with warehouse.engine.begin() as connection:
        assert outbox.take(connection, warehouse.clock(), 100, LEASE)
        assert connection.execute(text(READ)).scalar_one() < 2_000
    with warehouse.engine.begin() as connection:
        connection.execute(text("DELETE FROM outbox"))
        connection.execute(text("DELETE FROM started_order"))


def test_order_that_others_claimed_for_counts_until_its_own_workflow_has_asked(
    warehouse: Warehouse,
) -> None:
    first, *_, last = (warehouse.take() for _ in range(4))
    delivered(warehouse)
    warehouse.claim(first)
    assert delivered(warehouse) == []
    starts_answered(warehouse.store, MERCHANT, [first])
    assert delivered(warehouse) == [last]


async def test_a_workflow_that_asks_only_where_its_order_stands_makes_room(
    warehouse: Warehouse,
) -> None:
    first, second, *_, last = (warehouse.take() for _ in range(5))
    assert len(delivered(warehouse)) == 3
    warehouse.claim(first)
    fulfilling = Fulfilling(warehouse.store, threads=1)
    for order in (first, second):
        known = Known(MERCHANT, order, None)
        await ActivityEnvironment().run(fulfilling.check_with_database, known)
    await fulfilling.ended()
    assert len(delivered(warehouse)) == 1, "the second has yet to ask for its claim"
    assert last not in delivered(warehouse)


def test_starts_are_paced_by_lines_too(warehouse: Warehouse) -> None:
    large = warehouse.take([("K1", 1)] * 12)
    small = warehouse.take()
    assert delivered(warehouse) == [large]
    claimed(warehouse, large)
    assert delivered(warehouse) == [small]


def test_another_merchant_starts_at_once_when_one_has_many_to_start(
    warehouse: Warehouse, other: str
) -> None:
    mine = [warehouse.take() for _ in range(5)]
    assert delivered(warehouse) == mine[:3]
    new = warehouse.new_order("OTHER-1")
    theirs = intake.create_order(warehouse.store, other, new, "tester").order
    assert delivered(warehouse) == [theirs]


def test_merchants_start_in_turn(warehouse: Warehouse, other: str) -> None:
    mine = [warehouse.take() for _ in range(5)]
    theirs = [
        intake.create_order(warehouse.store, other, warehouse.new_order(f"X-{n}"), "tester").order
        for n in range(5)
    ]
    assert set(delivered(warehouse, most=4)) == {*mine[:2], *theirs[:2]}


def test_order_of_a_better_priority_starts_first(warehouse: Warehouse) -> None:
    waiting = [warehouse.take() for _ in range(4)]
    urgent = warehouse.take(priority=10)
    assert set(delivered(warehouse)) == {urgent, *waiting[:2]}


def test_orders_that_do_not_claim_keep_nobody_from_a_start_for_ever(warehouse: Warehouse) -> None:
    orders = [warehouse.take() for _ in range(6)]
    assert delivered(warehouse) == orders[:3]
    warehouse.clock.now += FORGOTTEN_AFTER
    assert delivered(warehouse) == orders[3:]


def test_order_that_ended_before_its_claim_makes_room(warehouse: Warehouse) -> None:
    orders = [warehouse.take() for _ in range(4)]
    delivered(warehouse)
    warehouse.cancel(orders[0])
    assert delivered(warehouse) == orders[3:]


def test_starts_that_were_not_delivered_are_taken_again_when_the_lease_is_over(
    warehouse: Warehouse,
) -> None:
    orders = [warehouse.take() for _ in range(5)]
    assert len(take(warehouse)) == 3
    assert take(warehouse) == []
    warehouse.clock.now += LEASE
    assert [int(message.subject) for message in take(warehouse)] == orders[:3]


def test_wakes_are_not_held_back_by_starts(warehouse: Warehouse) -> None:
    [warehouse.take() for _ in range(5)]
    woken = warehouse.order()
    take(warehouse)
    warehouse.cancel(woken)
    assert {message.kind for message in take(warehouse)} == {Kind.WAKE_ORDER}


def test_start_that_waits_for_its_turn_is_not_late_while_others_are_started(
    warehouse: Warehouse,
) -> None:
    orders = [warehouse.take() for _ in range(5)]
    warehouse.clock.now += PATIENCE * 2
    assert delivered(warehouse) == orders[:3]
    before = warehouse.clock.now - PATIENCE
    assert owed_since(warehouse.store, before, 20) == []
    numbers = {order.number for order in unfinished_orders(warehouse.store, before)}
    assert len(numbers) == 3
    warehouse.clock.now += PATIENCE * 2
    late = owed_since(warehouse.store, warehouse.clock.now - PATIENCE, 20)
    assert [int(row["subject"]) for row in late] == orders[3:]
