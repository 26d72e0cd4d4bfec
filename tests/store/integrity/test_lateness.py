"""What waits longer than it should is told by the audit and in the log."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from fulfillment.relay import lateness
from fulfillment.relay.lateness import LATE, late
from fulfillment.store.commands.orders.lifecycle import hold_for_rule
from fulfillment.store.queue.pending_queues import note_owed
from fulfillment.store.transactions.faults import is_infrastructure
from tests.builders.warehouse import MERCHANT, Warehouse

LATER = LATE + timedelta(seconds=1)


def numbers(warehouse: Warehouse) -> list[str]:
    return [finding.number for finding in late(warehouse.store)]


def test_order_is_told_of_when_it_has_waited_too_long_for_its_claim(warehouse: Warehouse) -> None:
    order = warehouse.take()
    assert numbers(warehouse) == []
    came = warehouse.clock.now
    warehouse.clock.now += LATER
    (finding,) = late(warehouse.store)
    assert finding.number == "7h"
    assert finding.rows == ({"merchant": MERCHANT, "orders": 1, "oldest": came},)
    warehouse.claim(order)
    assert numbers(warehouse) == []


def test_order_that_ended_or_is_held_for_a_rule_is_not_late(warehouse: Warehouse) -> None:
    ended, held = warehouse.take(), warehouse.take()
    warehouse.cancel(ended)
    hold_for_rule(warehouse.store, MERCHANT, held, "a_rule")
    warehouse.clock.now += LATER
    assert numbers(warehouse) == []


def test_queue_is_told_of_when_something_has_been_owed_to_it_for_long(
    warehouse: Warehouse,
) -> None:
    warehouse.store.transact(MERCHANT, lambda tx: note_owed(tx, ["K1"]))
    assert numbers(warehouse) == []
    warehouse.clock.now += LATER
    assert numbers(warehouse) == ["7i"]


def test_log_warns_of_what_is_late(warehouse: Warehouse) -> None:
    warehouse.take()
    warehouse.clock.now += LATER
    with capture_logs() as logs:
        lateness._warn(warehouse.store)
    assert logs == [
        {
            "event": "first_claims_are_late",
            "log_level": "warning",
            "merchant": MERCHANT,
            "orders": 1,
            "seconds": LATER.total_seconds(),
        }
    ]


def test_real_faults_of_the_database_are_told_apart(warehouse: Warehouse) -> None:
    def fault_of(sql: str) -> BaseException:
        with pytest.raises(Exception) as raised:  # noqa: PT011 -- which one is the question
            warehouse.store.transact(MERCHANT, lambda tx: tx.run(sql))
        return raised.value

    assert not is_infrastructure(fault_of("SELECT 1 / 0"))
    assert not is_infrastructure(fault_of("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)"))
    assert is_infrastructure(fault_of("SELECT pg_terminate_backend(pg_backend_pid())"))
