"""What is sent without waiting is done in order, or not at all, and its errors are heard of."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from fulfillment.domain.model.refusals import conflict
from fulfillment.store.transactions import idle
from fulfillment.store.transactions.dialogue import dialogue
from fulfillment.store.transactions.session import Store, Tx
from tests.builders.calling import at_once, refused
from tests.builders.conversation import conversation
from tests.builders.warehouse import MERCHANT, Warehouse

RAISE = "UPDATE product SET reorder_level = reorder_level + 1 WHERE sku = :sku"
LEVELS = "SELECT sku, reorder_level FROM product WHERE reorder_level > 0 ORDER BY sku"
TWICE = "INSERT INTO merchant (id, name) VALUES ('acme', 'Twice')"


def levels(warehouse: Warehouse) -> dict[str, int]:
    return {row.sku: row.reorder_level for row in warehouse.rows(LEVELS)}


def test_a_deadlock_is_tried_again_when_nobody_waited_for_what_met_it(warehouse: Warehouse) -> None:
    met = threading.Barrier(2)
    tries: list[str] = []

    def raising(first: str, second: str) -> Callable[[], None]:
        def body(tx: Tx) -> None:
            tries.append(first)
            tx.run(RAISE, sku=first)
            tx.dialogue.wait()
            if tries.count(first) == 1:
                met.wait(timeout=20)
            tx.run(RAISE, sku=second)
            tx.run(RAISE, sku="K3")

        return lambda: warehouse.store.transact(MERCHANT, body)

    at_once(raising("K1", "K2"), raising("K2", "K1"))

    assert len(tries) > 2
    assert levels(warehouse) == {"K1": 2, "K2": 2, "K3": 2}


def test_nothing_is_kept_when_a_statement_that_nobody_waited_for_fails(
    warehouse: Warehouse,
) -> None:
    def body(tx: Tx) -> None:
        tx.run(RAISE, sku="K1")
        tx.run(TWICE)
        tx.run(RAISE, sku="K2")

    with pytest.raises(IntegrityError):
        warehouse.store.transact(MERCHANT, body)

    assert levels(warehouse) == {}


def test_the_error_is_that_of_the_first_that_failed_when_an_answer_is_waited_for(
    warehouse: Warehouse,
) -> None:
    def body(tx: Tx) -> None:
        tx.run(TWICE)
        tx.run("SELECT 1 / 0")
        tx.rows(LEVELS)

    with pytest.raises(IntegrityError):
        warehouse.store.transact(MERCHANT, body)


def test_a_refusal_undoes_what_was_sent_and_leaves_the_connection_usable(
    warehouse: Warehouse,
) -> None:
    def body(tx: Tx) -> None:
        tx.run(RAISE, sku="K1")
        raise conflict("no", "no")

    for _ in range(3):
        assert refused(lambda: warehouse.store.transact(MERCHANT, body)).code == "no"

    assert levels(warehouse) == {}
    assert warehouse.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def twice(tx: Tx) -> None:
    with tx.dialogue.savepoint():
        tx.run(RAISE, sku="K2")
        tx.run(TWICE)


def test_a_savepoint_gives_up_what_its_block_did_when_that_fails(warehouse: Warehouse) -> None:
    def body(tx: Tx) -> None:
        tx.run(RAISE, sku="K1")
        with pytest.raises(IntegrityError):
            twice(tx)
        tx.run(RAISE, sku="K3")

    warehouse.store.transact(MERCHANT, body)

    assert levels(warehouse) == {"K1": 1, "K3": 1}


@pytest.mark.parametrize("way", [Store.read, Store.simulate])
def test_who_only_reads_can_change_nothing(
    warehouse: Warehouse, way: Callable[[Store, str, Callable[[Tx], None]], None]
) -> None:
    with pytest.raises(SQLAlchemyError, match="read-only"):
        way(warehouse.store, MERCHANT, lambda tx: tx.run(RAISE, sku="K1"))

    assert levels(warehouse) == {}


def test_a_statement_is_planned_once_for_a_connection_whatever_else_it_reads(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(50)
    for _ in range(7):
        warehouse.order()
    with conversation(warehouse.engine) as said:
        warehouse.order()

    assert "Parse" not in said.messages


def ended(warehouse: Warehouse) -> None:
    """Somebody ends the session under a transaction, as a server that restarts does."""
    with dialogue(warehouse.engine) as said:
        (mine,) = said.ask("SELECT pg_backend_pid() AS pid").rows()
        warehouse.rows("SELECT pg_terminate_backend(:pid, 5000)", pid=mine.pid)
        said.ask(LEVELS).rows()


def test_a_connection_that_is_gone_is_closed_when_somebody_meets_it(warehouse: Warehouse) -> None:
    with pytest.raises(OperationalError):
        ended(warehouse)

    assert levels(warehouse) == {}


def test_an_idle_connection_that_is_gone_is_replaced_before_it_is_used(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Warehouse.on(warehouse.engine.url.render_as_string(hide_password=False))
    (mine,) = warehouse.rows("SELECT pg_backend_pid() AS pid")
    other.rows("SELECT pg_terminate_backend(:pid, 5000)", pid=mine.pid)
    other.engine.dispose()
    monkeypatch.setattr(idle, "TRUSTED_SECONDS", 0.0)

    assert levels(warehouse) == {}
