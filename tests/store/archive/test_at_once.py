"""Several connections at once: who archives, who opens, who sends a number again."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

from fulfillment.store.archive.archiving import archive_next
from fulfillment.store.archive.packing import pack
from fulfillment.store.archive.resting import lock_resting, rules_now
from fulfillment.store.commands import intake
from fulfillment.store.commands.orders import links, manual
from fulfillment.store.commands.supply.moves.documents import (
    NewReturn,
    NewReturnLine,
    return_command,
)
from fulfillment.store.commands.supply.moves.returns import announce_return
from fulfillment.store.insight.order_page import read_order
from fulfillment.store.reading import snapshot
from fulfillment.store.transactions import archived as archived_rows
from fulfillment.store.transactions import session
from fulfillment.store.transactions.session import Tx
from tests.builders import moves
from tests.builders.archive import all_rows, archive
from tests.builders.calling import at_once, refused
from tests.builders.warehouse import MERCHANT, Warehouse, command

Result = TypeVar("Result")

pytestmark = pytest.mark.new_database

WAITING = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def archived(warehouse: Warehouse) -> list[str]:
    return [row.number for row in warehouse.rows("SELECT number FROM archived_order")]


def read(warehouse: Warehouse, number: str) -> object:
    return snapshot.read(warehouse.store, MERCHANT, lambda tx: read_order(tx, number))


@pytest.fixture
def resting(warehouse: Warehouse) -> Warehouse:
    """With an order OLD that is at rest, and not archived yet."""
    order = moves.shipped(warehouse, [("K1", 2)])
    number = "UPDATE orders SET number = 'OLD' WHERE id = :order RETURNING id"
    warehouse.store.transact(MERCHANT, lambda tx: tx.rows(number, order=order))
    archive(warehouse, days=1)
    warehouse.clock.pass_days(90)
    return warehouse


def test_all_see_it_when_several_open_an_archived_order_at_once(resting):
    archive_next(resting.store)
    assert archived(resting) == ["OLD"]

    found = at_once(*[lambda: read(resting, "OLD")] * 4)

    assert found == [found[0]] * 4
    assert archived(resting) == []


def test_several_archive_at_once_and_each_order_goes_once(resting):
    steps = at_once(*[lambda: archive_next(resting.store).archived] * 3)
    assert sum(steps) == 1
    assert archived(resting) == ["OLD"]


def test_an_order_that_somebody_has_is_passed_over_when_others_are_archived(resting):
    has_it, is_over = threading.Event(), threading.Event()

    def hold(tx: Tx) -> None:
        tx.rows("SELECT id FROM orders FOR NO KEY UPDATE")
        has_it.set()
        is_over.wait()

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(resting.store.transact, MERCHANT, hold)
        has_it.wait()
        assert archive_next(resting.store).archived == 0
        is_over.set()
        held.result()
    assert archive_next(resting.store).archived == 1


@contextmanager
def while_it_is_archived(
    warehouse: Warehouse, call: Callable[[], Result]
) -> Iterator[Future[Result]]:
    """The order is packed, and not committed before the call waits for it."""
    with ThreadPoolExecutor(1) as pool:
        calls: list[Future[Result]] = []

        def body(tx: Tx) -> None:
            rules = rules_now(tx)
            assert rules is not None
            pack(tx, lock_resting(tx, rules, 0, 1_000), warehouse.day(0).replace(day=1))
            tx.dialogue.wait()
            calls.append(pool.submit(call))
            while warehouse.one(WAITING) == 0 and not calls[0].done():
                pass

        warehouse.store.transact("*", body)
        yield calls[0]


def test_a_change_that_waits_for_who_archives_the_order_finds_it_there(resting):
    change = manual.priority("OLD", 3)
    with while_it_is_archived(resting, lambda: refused(lambda: resting.do(change))) as call:
        assert call.result().code == "order_finished"
    assert archived(resting) == []


def test_the_same_number_that_waits_for_who_archives_it_is_no_new_order(resting):
    new = resting.new_order("OLD", [("K1", 2)])

    def send() -> list[intake.Taken]:
        return intake.create_orders(resting.store, MERCHANT, [new], "tester")

    with while_it_is_archived(resting, send) as call:
        (taken,) = call.result()
    assert taken.outcome is not intake.Outcome.CREATED
    assert resting.one("SELECT count(*) FROM orders WHERE number = 'OLD'") == 0
    assert archived(resting) == ["OLD"]


def test_a_return_that_waits_for_who_archives_its_order_is_announced(resting):
    new = NewReturn("RT-1", "A", (NewReturnLine(1, "K1", 1, 1),), "OLD", None, None)
    asked = return_command(MERCHANT, "tester", new)
    with while_it_is_archived(resting, lambda: announce_return(resting.store, asked, new)) as call:
        assert call.result()
    assert archived(resting) == []


def test_a_link_that_waits_for_who_archives_its_order_is_made(resting):
    def ask() -> object:
        return links.make_link(resting.store, command("link"), "OLD")

    with while_it_is_archived(resting, ask) as call:
        assert call.result()
    assert archived(resting) == []


class DiedError(Exception):
    """The process ends here."""


def test_nothing_has_changed_when_who_archives_or_brings_back_dies_before_the_end(
    resting, monkeypatch
):
    before = all_rows(resting)

    def archive_and_die(tx: Tx) -> None:
        rules = rules_now(tx)
        assert rules is not None
        pack(tx, lock_resting(tx, rules, 0, 1_000), resting.day(0).replace(day=1))
        tx.dialogue.wait()
        raise DiedError

    with pytest.raises(DiedError):
        resting.store.transact("*", archive_and_die)
    assert all_rows(resting) == before

    archive_next(resting.store)
    packed = all_rows(resting)

    def dying(*given: Any) -> None:
        archived_rows.bring_back(*given)
        raise DiedError

    with monkeypatch.context() as patched:
        patched.setattr(session, "bring_back", dying)
        with pytest.raises(DiedError):
            read(resting, "OLD")
    assert all_rows(resting) == packed
    assert read(resting, "OLD")
