"""Places in the feed: given after the commit, in the order of each history, once."""

import itertools
import random
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from fulfillment.domain.model.orders import OrderEvent
from fulfillment.store.feed.sequencing import SEQUENCER_LOCK, tell_next
from fulfillment.store.reading.views.feed import FeedEventView
from fulfillment.store.records.saving import record
from fulfillment.store.transactions.dialogue import dialogue
from fulfillment.store.transactions.locks import lock_orders
from fulfillment.store.transactions.session import Tx
from tests.builders.calling import at_once
from tests.builders.counting import sent_statements
from tests.builders.feed import everything, read, tell, told, types
from tests.builders.warehouse import MERCHANT, Warehouse

WRITERS = 64


@contextmanager
def open_writer(warehouse: Warehouse) -> Iterator[Tx]:
    """A transaction that stays open for as long as the block lasts, and is then committed."""
    with dialogue(warehouse.engine) as said:
        yield Tx(said, MERCHANT, warehouse.clock(), "tester")


def change(tx: Tx, order: int, to: int) -> None:
    """One change as commands write it: under the order's row lock."""
    lock_orders(tx, [order])
    record(tx, [OrderEvent(order, "priority_changed", {"from": 50, "to": to})])


def changes(warehouse: Warehouse) -> list[Any]:
    return [each.facts["to"] for each in everything(warehouse.store) if "to" in each.facts]


def assert_in_order(events: list[FeedEventView]) -> None:
    by_subject: defaultdict[str, list[int]] = defaultdict(list)
    for each in events:
        by_subject[each.number].append(each.sequence)
    assert all(seen == sorted(set(seen)) for seen in by_subject.values())


def test_nothing_is_told_before_it_is_committed(warehouse):
    mine = warehouse.take()
    tell(warehouse.store)
    with open_writer(warehouse) as tx:
        change(tx, mine, 1)
        assert tell(warehouse.store) == 0

    assert tell(warehouse.store) == 1


def test_nobody_waits_for_a_transaction_that_stays_open(warehouse):
    slow, quick = warehouse.take(), warehouse.take()
    tell(warehouse.store)
    with open_writer(warehouse) as tx:
        change(tx, slow, 1)
        with open_writer(warehouse) as other:
            change(other, quick, 2)
        tell(warehouse.store)
        assert changes(warehouse) == [2]
        seen = read(warehouse.store).upto

    tell(warehouse.store)
    later = read(warehouse.store, seen).events
    assert [each.facts["to"] for each in later] == [1]


def test_an_order_is_told_in_its_order_when_the_lower_transaction_commits_later(warehouse):
    mine, other = warehouse.take(), warehouse.take()
    tell(warehouse.store)
    with open_writer(warehouse) as lower:
        # It has its number in the order of transactions, and nothing of the order yet.
        change(lower, other, 9)
        with open_writer(warehouse) as higher:
            assert number_of(lower) < number_of(higher)
            change(higher, mine, 1)
        change(lower, mine, 2)

    tell(warehouse.store)
    of_mine = [each for each in told(warehouse) if each.number == warehouse.number(mine)]
    assert [each.facts.get("to") for each in of_mine] == [None, 1, 2]
    assert_in_order(everything(warehouse.store))


def number_of(tx: Tx) -> int:
    return int(tx.rows("SELECT pg_current_xact_id()::text::bigint")[0][0])


def test_what_commits_after_a_later_one_of_another_order_is_read_after_the_cursor(warehouse):
    first, second = warehouse.take(), warehouse.take()
    tell(warehouse.store)
    with open_writer(warehouse) as tx:
        change(tx, first, 1)
        with open_writer(warehouse) as other:
            change(other, second, 2)
        tell(warehouse.store)
        cursor = read(warehouse.store).upto
    tell(warehouse.store)

    assert [each.facts["to"] for each in read(warehouse.store, cursor).events] == [1]


def test_a_history_is_told_in_its_order_when_more_is_there_than_one_round_takes(warehouse):
    orders = [warehouse.take() for _ in range(5)]
    for order, to in itertools.product(orders, range(6)):
        with open_writer(warehouse) as tx:
            change(tx, order, to)
    rounds = 0
    while (done := tell_next(warehouse.store, most=4)) is not None and done.taken:
        rounds += 1

    events = everything(warehouse.store, limit=7)
    assert rounds > 5
    assert len(events) == 5 * 7
    assert_in_order(events)


def test_one_at_a_time_gives_places_when_two_are_there(warehouse):
    for _ in range(20):
        warehouse.take()
    with warehouse.engine.begin() as connection:
        key = {"key": SEQUENCER_LOCK}
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), key)
        assert tell_next(warehouse.store) is None

    told_by = at_once(*[lambda: tell_next(warehouse.store)] * 4)
    assert sum(done.told for done in told_by if done) == 20
    assert [each.sequence for each in everything(warehouse.store)] == [1] * 20


def test_nothing_is_lost_or_told_twice_when_a_sequencer_dies_before_its_commit(warehouse):
    warehouse.take()

    class DiedError(Exception):
        pass

    def die(sql: str) -> None:
        if sql == "COMMIT":
            raise DiedError

    with sent_statements(before=die), pytest.raises(DiedError):
        tell_next(warehouse.store)

    assert everything(warehouse.store) == []
    assert tell(warehouse.store) == 1
    assert tell(warehouse.store) == 0


@pytest.mark.slow
def test_each_event_is_seen_once_by_a_reader_that_is_killed_while_many_write(database_url):
    warehouse = Warehouse.on(database_url, threads=WRITERS + 8).furnish()
    orders = [warehouse.take() for _ in range(24)]
    done, seen = threading.Event(), Counter[Any]()
    barrier = threading.Barrier(WRITERS)

    def write(number: int) -> None:
        chance = random.Random(number)
        barrier.wait()
        for _ in range(6):
            with open_writer(warehouse) as tx:
                change(tx, chance.choice(orders), number)

    def sequence() -> None:
        while not done.is_set():
            tell_next(warehouse.store, most=11)

    with ThreadPoolExecutor(WRITERS + 3) as pool:
        sequencers = [pool.submit(sequence) for _ in range(2)]
        reader = pool.submit(follow, warehouse, done, seen)
        for writer in [pool.submit(write, number) for number in range(WRITERS)]:
            writer.result()
        done.set()
        for task in [*sequencers, reader]:
            task.result()

    every = everything(warehouse.store)
    assert len(every) == 24 + WRITERS * 6
    assert_in_order(every)
    assert set(seen) == {each.id for each in every}
    assert set(seen.values()) == {1}
    warehouse.engine.dispose()


def follow(warehouse: Warehouse, done: threading.Event, seen: Counter[Any]) -> None:
    """A reader that keeps its cursor with what it has done, and dies between reading and both."""
    chance, kept = random.Random(1), None
    while True:
        is_last = done.is_set()
        if is_last:
            tell(warehouse.store)
        page = read(warehouse.store, kept, limit=10)
        if chance.random() < 0.3 and not is_last:
            continue
        seen.update(each.id for each in page.events)
        kept = page.upto
        if is_last and not page.more and not page.events:
            return


def test_the_same_ids_come_again_when_history_is_told_again(warehouse):
    warehouse.stock(1)
    warehouse.order()
    first = [each.id for each in told(warehouse)]
    with warehouse.engine.begin() as connection:
        connection.execute(text("DELETE FROM feed_event"))
        again = "INSERT INTO untold SELECT 'order', order_id, sequence FROM order_event"
        connection.execute(text(again))
    tell(warehouse.store)

    every = everything(warehouse.store)
    assert {each.id for each in every} == set(first)
    assert all(each.id.version == 7 for each in every)


def test_who_has_a_place_keeps_it_when_history_is_told_again(warehouse):
    warehouse.order()
    first = [each.id for each in told(warehouse)]
    with warehouse.engine.begin() as connection:
        again = "INSERT INTO untold SELECT 'order', order_id, sequence FROM order_event"
        connection.execute(text(again))
    tell(warehouse.store)

    assert [each.id for each in everything(warehouse.store)] == first


def test_others_are_told_when_a_row_of_history_can_not_be_read(warehouse):
    broken, mine = warehouse.take(), warehouse.take()
    with warehouse.engine.begin() as connection:
        spoil = (
            "UPDATE order_event SET happenings = '[[\"ready_to_ship\", {}]]' WHERE order_id = :id"
        )
        connection.execute(text(spoil), {"id": broken})

    assert [each.number for each in told(warehouse)] == [warehouse.number(mine)]


Statements = Callable[[], Any]


def test_a_round_sends_as_many_statements_however_much_is_to_be_told(warehouse, statements):
    counts = []
    for orders in (1, 30):
        for _ in range(orders):
            warehouse.take()
        with statements() as sent:
            tell_next(warehouse.store)
        counts.append(len(sent))

    assert counts[0] == counts[1] == 3


def test_supply_is_told_before_the_orders_that_it_serves(warehouse):
    warehouse.order([("K1", 3)])
    tell(warehouse.store)
    warehouse.purchase([("K1", 3)])

    found = types(told(warehouse))
    assert found.index("supply.approved") < found.index("promise.moved")
