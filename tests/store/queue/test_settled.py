"""What is owed to a queue is settled by a plan over it and by nothing else (§9.13)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.supply import Snapshot
from fulfillment.domain.planning.plan import plan
from fulfillment.store.commands import catalogue
from fulfillment.store.commands.intake import rows
from fulfillment.store.commands.orders import lifecycle, manual
from fulfillment.store.integrity.queue_checks import owe_idle
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.transactions.session import Tx
from tests.builders.warehouse import MERCHANT, Warehouse


def owed(warehouse: Warehouse) -> list[str]:
    rows = warehouse.rows("SELECT sku FROM sku_queue WHERE due_since IS NOT NULL ORDER BY sku")
    return [row.sku for row in rows]


def came(warehouse: Warehouse) -> int:
    """An order that waits for two units; five of them have come, and nobody has been served."""
    order = warehouse.order([("K1", 2)])
    purchase = warehouse.purchase([("K1", 5)])
    warehouse.receive(purchase, {1: 5})
    assert owed(warehouse) == ["K1"]
    return order


def test_queue_stays_owed_when_the_first_claim_is_asked_for_again(warehouse: Warehouse) -> None:
    order = came(warehouse)
    warehouse.claim(order)
    assert owed(warehouse) == ["K1"]
    warehouse.serve_due()
    assert warehouse.allocated(order) == 2


def test_queue_stays_owed_when_it_was_opened_and_saved_without_a_plan(
    warehouse: Warehouse,
) -> None:
    came(warehouse)
    warehouse.store.transact(MERCHANT, lambda tx: open_queues(tx, {"K1"}).save())
    assert owed(warehouse) == ["K1"]
    warehouse.serve_due()


@pytest.mark.parametrize("deed", ["hold", "priority", "claim", "look again", "hold for a rule"])
def test_units_that_came_are_given_whatever_is_done_before_they_are_served(
    warehouse: Warehouse, deed: str
) -> None:
    order = came(warehouse)
    deeds: dict[str, Callable[[], Any]] = {
        "hold": lambda: warehouse.hold(order),
        "priority": lambda: warehouse.do(manual.priority(warehouse.number(order), 40)),
        "claim": lambda: warehouse.claim(order),
        "look again": lambda: lifecycle.look_again(warehouse.store, MERCHANT, order),
        "hold for a rule": lambda: lifecycle.hold_for_rule(warehouse.store, MERCHANT, order, "why"),
    }
    deeds[deed]()
    warehouse.serve_due()
    assert (warehouse.allocated(order), owed(warehouse)) == (2, [])


def test_idle_units_are_found_told_and_given_when_a_queue_was_settled_by_mistake(
    warehouse: Warehouse,
) -> None:
    order = came(warehouse)
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE sku_queue SET due_since = NULL")
    assert {finding[:2] for finding in warehouse.findings()} >= {"6a", "6d"}
    assert owe_idle(warehouse.store) == {MERCHANT: ["K1"]}
    warehouse.serve_due()
    assert warehouse.allocated(order) == 2
    assert owe_idle(warehouse.store) == {}


def test_nothing_is_idle_where_nobody_may_take_it(warehouse: Warehouse) -> None:
    warehouse.order([("K1", 1)], lock_location="B")
    warehouse.order([("K1", 1)], policy={"auto_allocate": "never"})
    warehouse.stock(3, at="A")
    warehouse.location("C", active=False)
    assert owe_idle(warehouse.store) == {}


# --- an order whose first claim goes wrong -------------------------------------------------------


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[int | None], None]:
    """Has the planner fail on one order, as a mistake in a rule would."""
    at_fault: list[int | None] = [None]

    def planned(snapshot: Snapshot) -> tuple[Order, ...]:
        if at_fault[0] in snapshot.first_claims:
            raise KeyError(at_fault[0])
        return plan(snapshot)

    monkeypatch.setattr("fulfillment.store.planning.workspace.plan", planned)
    return lambda order: at_fault.__setitem__(0, order)


def test_the_others_claim_when_one_order_of_the_batch_can_not(
    warehouse: Warehouse, broken: Callable[[int | None], None]
) -> None:
    warehouse.stock(5)
    bad, *good = [warehouse.take([("K1", 1)]) for _ in range(4)]
    broken(bad)
    answers = lifecycle.prepare_fulfillment(warehouse.store, MERCHANT, [bad, *good])
    assert [warehouse.allocated(order) for order in good] == [1, 1, 1]
    assert (answers[bad]["claimed"], answers[bad]["holds"]) == (False, ("claim_failed",))
    assert warehouse.status(bad) == "on_hold"


def test_an_order_that_can_not_claim_stops_nobody_behind_it(
    warehouse: Warehouse, broken: Callable[[int | None], None]
) -> None:
    bad = warehouse.take([("K1", 1)])
    later = warehouse.take([("K1", 1)])
    broken(bad)
    warehouse.stock(1, "K2")
    warehouse.claim(later)
    warehouse.claim(bad)
    warehouse.stock(2)
    warehouse.serve_due()
    assert warehouse.allocated(later) == 1


def test_an_order_claims_when_its_mistake_is_mended_and_its_hold_lifted(
    warehouse: Warehouse, broken: Callable[[int | None], None]
) -> None:
    warehouse.stock(1)
    order = warehouse.take([("K1", 1)])
    broken(order)
    warehouse.claim(order)
    broken(None)
    warehouse.unhold(order)
    assert (warehouse.allocated(order), warehouse.status(order)) == (1, "awaiting_pick_and_pack")


# --- what is read before a lock is asked again under it ------------------------------------------


def meanwhile(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], Any]) -> None:
    """Has something happen between what a command reads and the locks that it takes."""
    left = [deed]
    real = open_queues.__globals__["_open"].__globals__["locking_queues"]

    def lock(tx: Tx, skus: Any) -> Any:
        if left:
            left.pop()()
        return real(tx, skus)

    monkeypatch.setattr("fulfillment.store.planning.opening.locking_queues", lock)


def test_an_order_takes_from_those_behind_its_new_place_when_that_changes_meanwhile(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse.stock(1)
    holder = warehouse.order([("K1", 1), ("K2", 1)], priority=60, policy={"max_shipments": 1})
    mine = warehouse.order([("K1", 1)], priority=90, policy={"auto_allocate": "never"})
    number = warehouse.number(mine)
    meanwhile(monkeypatch, lambda: warehouse.do(manual.priority(number, 10)))
    warehouse.do(manual.policy(number, {"auto_allocate": "always"}))
    assert [warehouse.allocated(order) for order in (mine, holder)] == [1, 0]


def test_a_product_is_not_made_unmanaged_while_an_order_for_it_is_taken_in(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two connections: one takes an order in, the other changes the product before it commits."""
    inserted, changed = threading.Event(), threading.Event()
    taking = rows.insert_parts
    refused: list[str] = []

    def slowly(*given: Any) -> None:
        taking(*given)
        given[0].dialogue.wait()
        inserted.set()
        changed.wait(1)

    def change() -> None:
        inserted.wait(10)
        try:
            catalogue.put_products(
                warehouse.store, MERCHANT, [catalogue.NewProduct("K1", "K1", manage_stock=False)]
            )
        except Exception as error:
            refused.append(getattr(error, "code", repr(error)))
        changed.set()

    monkeypatch.setattr("fulfillment.store.commands.intake.taking.insert_parts", slowly)
    other = threading.Thread(target=change)
    other.start()
    order = warehouse.take([("K1", 1)])
    other.join()
    assert refused == ["orders_open"]
    warehouse.claim(order)
