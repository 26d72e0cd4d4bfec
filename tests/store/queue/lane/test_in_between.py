"""What others do while the lane is at work, and where it dies."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from fulfillment.store.planning import opening
from fulfillment.store.queue.head import head_of_queues
from tests.builders.counting import sent_statements
from tests.builders.long_queue import wait_in_line
from tests.store.queue.lane.test_filling import READY, WAITS, received, serve_all, statuses

pytestmark = pytest.mark.slow


@contextmanager
def at_statement(words: str, deed: Callable[[], object]) -> Iterator[None]:
    """Do something else, once, before the first statement that has these words."""
    done: list[str] = []

    def before(sql: str) -> None:
        if words in sql and not done:
            done.append(sql)
            deed()

    with sent_statements(before):
        yield
    assert done


def test_nobody_is_filled_by_settings_that_change_while_locks_are_awaited(warehouse, lane):
    orders = [warehouse.order([("K1", 2)]) for _ in range(2)]
    purchase = received(warehouse, 10)
    changing = at_statement(
        "SELECT id FROM orders WHERE merchant", lambda: warehouse.settings(auto_allocate="never")
    )
    with changing:
        warehouse.serve(purchase)
    assert lane.lines == 0
    warehouse.serve_due()
    assert [warehouse.status(each) for each in orders] == [WAITS, WAITS]


def test_a_newcomer_that_turns_up_behind_the_lane_has_it_taken_back(warehouse, lane, monkeypatch):
    divided = warehouse.order([("K1", 2), ("K2", 1)])
    plain = [warehouse.order([("K1", 2)]) for _ in range(3)]
    purchase = received(warehouse, 6)
    newcomers: list[int] = []

    def with_newcomer(*arguments: Any) -> Any:
        if not newcomers:
            newcomers.append(warehouse.take([("K1", 2)], priority=10))
        return head_of_queues(*arguments)

    monkeypatch.setattr(opening, "head_of_queues", with_newcomer)
    serve_all(warehouse, purchase)
    assert lane.lines == 2
    assert [warehouse.allocated(each) for each in (*newcomers, divided, *plain)] == [2, 2, 2, 0, 0]


def test_two_who_serve_at_once_fill_each_line_once(warehouse, lane):
    wait_in_line(warehouse, 60)
    purchase = received(warehouse, 40)
    gate = threading.Barrier(3)

    def serve() -> None:
        gate.wait()
        serve_all(warehouse, purchase)

    threads = [threading.Thread(target=serve) for _ in range(2)]
    for thread in threads:
        thread.start()
    gate.wait()
    for thread in threads:
        thread.join()
    assert lane.lines == 40
    assert statuses(warehouse) == [READY] * 40 + [WAITS] * 20
    assert warehouse.level() == (40, 40)


def test_a_dispatch_and_a_receipt_at_once_wait_for_nobody_in_a_circle(warehouse, lane):
    warehouse.stock(1)
    both = warehouse.order([("K1", 3)])
    plain = [warehouse.order([("K1", 1)]) for _ in range(5)]
    (part,) = warehouse.shipments("ready")
    for do in (warehouse.start_picking, warehouse.pick, warehouse.pack):
        do(part)
    purchase = received(warehouse, 7)
    gate = threading.Barrier(2)

    def ship() -> None:
        gate.wait()
        warehouse.ship(part)

    thread = threading.Thread(target=ship)
    thread.start()
    gate.wait()
    serve_all(warehouse, purchase)
    thread.join()
    assert lane.lines == 5
    assert [warehouse.allocated(each) for each in (both, *plain)] == [2, 1, 1, 1, 1, 1]
    assert warehouse.level() == (7, 7)


# --- what dies ------------------------------------------------------------------------------------


class CrashError(Exception):
    """The process ends here."""


def crash_at(statement: int) -> AbstractContextManager[list[str]]:
    """Have the transaction die before its nth statement."""
    sent: list[str] = []

    def before(sql: str) -> None:
        sent.append(sql)
        if len(sent) == statement:
            raise CrashError

    return sent_statements(before)


def test_nothing_is_lost_or_done_twice_when_serving_dies_at_any_statement(warehouse, lane):
    warehouse.order([("K1", 2), ("K2", 1)])
    for _ in range(3):
        warehouse.order([("K1", 2)])
    purchase = received(warehouse, 6)
    deaths = 0
    while True:
        try:
            with crash_at(deaths + 1):
                serve_all(warehouse, purchase)
        except CrashError:
            deaths += 1
            assert warehouse.level() in {(6, 0), (6, 6)}
        else:
            break
    assert deaths > 20
    assert lane.lines % 2 == 0
    assert statuses(warehouse) == ["partially_backordered", READY, READY, WAITS]
    told = warehouse.rows(
        "SELECT count(*) FROM happening WHERE kind = 'allocated' GROUP BY order_id"
    )
    assert [row.count for row in told] == [1, 1, 1]
