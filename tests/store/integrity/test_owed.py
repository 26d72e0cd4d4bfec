"""What is owed to the engine, and to queues whose workflow was ended."""

from datetime import timedelta

from fulfillment.store.integrity.restarts import owe_overdue
from fulfillment.store.transactions import outbox
from tests.builders.warehouse import Warehouse


def owed(warehouse: Warehouse) -> set[tuple[str, str]]:
    return {(row.kind, row.subject) for row in warehouse.rows("SELECT kind, subject FROM outbox")}


def test_order_is_woken_when_a_person_acts_on_it_before_its_first_claim(
    warehouse: Warehouse,
) -> None:
    order = warehouse.take([("K1", 1)])
    assert owed(warehouse) == {("start_order", str(order))}
    warehouse.hold(order)
    assert ("wake_order", str(order)) in owed(warehouse)


def test_order_met_on_the_way_is_not_woken_when_its_first_claim_is_still_to_come(
    warehouse: Warehouse,
) -> None:
    order = warehouse.take([("K1", 1)])
    warehouse.stock(1)
    assert warehouse.allocated(order) == 1
    assert ("wake_order", str(order)) not in owed(warehouse)


def test_queue_is_served_by_a_replan_when_its_own_workflow_left_it_too_long(
    warehouse: Warehouse,
) -> None:
    order = warehouse.order([("K1", 2)])
    purchase = warehouse.purchase([("K1", 2)])
    warehouse.receive(purchase, {1: 2})
    assert owe_overdue(warehouse.store, timedelta(hours=1)) == 0
    assert owe_overdue(warehouse.store, timedelta(seconds=-1)) == 1
    assert {kind for kind, _ in owed(warehouse)} >= {"replan"}
    warehouse.serve_due()
    assert warehouse.allocated(order) == 2


def test_only_what_was_not_overwritten_is_put_off_when_delivery_fails(
    warehouse: Warehouse,
) -> None:
    kept, overwritten = warehouse.order([("K1", 1)]), warehouse.take([("K1", 1)])
    warehouse.hold(overwritten)
    now, later = warehouse.clock.now, warehouse.clock.now + timedelta(hours=1)
    with warehouse.engine.begin() as connection:
        taken = outbox.take(connection, now, 100, timedelta(seconds=30))
    warehouse.unhold(overwritten)
    with warehouse.engine.begin() as connection:
        outbox.failed(connection, [(message, "away", later) for message in taken])
    rows = warehouse.rows("SELECT kind, subject, due_at, last_error FROM outbox")
    due = {(row.kind, row.subject): (row.due_at, row.last_error) for row in rows}
    assert due["start_order", str(kept)] == (later, "away")
    assert due["wake_order", str(overwritten)] == (now, None)
