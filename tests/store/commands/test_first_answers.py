"""The two local activities of an order: one transaction, whoever asks for it and how often."""

import asyncio

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities import order_activities
from activities.order_activities import Fulfilling
from fulfillment.contracts.messages import OrderRef, Progress
from fulfillment.store.commands.orders import claiming
from tests.builders.calling import at_once
from tests.builders.warehouse import MERCHANT, Warehouse


def claims(warehouse: Warehouse) -> int:
    """Units that are allocated."""
    return warehouse.level()[1]


async def prepared(fulfilling: Fulfilling, order: int) -> Progress:
    return await ActivityEnvironment().run(
        fulfilling.prepare_fulfillment, OrderRef(MERCHANT, order)
    )


async def verified(fulfilling: Fulfilling, order: int) -> bool | None:
    told = await ActivityEnvironment().run(fulfilling.verify, OrderRef(MERCHANT, order))
    return told.verified


async def test_verify_claims_and_prepare_only_tells_what_came_of_it(warehouse: Warehouse) -> None:
    warehouse.stock(5)
    order = warehouse.take([("K1", 2)])
    fulfilling = Fulfilling(warehouse.store, threads=2)
    assert await verified(fulfilling, order)
    seq = warehouse.one("SELECT wake_seq FROM orders")
    assert (await prepared(fulfilling, order)).seq == seq
    await fulfilling.ended()
    assert (claims(warehouse), warehouse.one("SELECT wake_seq FROM orders")) == (2, seq)


async def test_prepare_is_answered_by_another_worker_when_that_of_verify_has_died(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(5)
    order = warehouse.take([("K1", 2)])
    died, other = (Fulfilling(warehouse.store, threads=2) for _ in range(2))
    await verified(died, order)
    assert (await prepared(other, order)).claimed
    await died.ended()
    await other.ended()
    assert claims(warehouse) == 2


async def test_verify_gives_its_task_back_when_its_turn_does_not_come(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = warehouse.take([("K1", 2)])
    monkeypatch.setattr(order_activities, "AT_ONCE_SECONDS", 0.2)
    fulfilling = Fulfilling(warehouse.store, threads=2)
    with warehouse.engine.begin() as somebody:
        somebody.exec_driver_sql("SELECT 1 FROM sku_queue FOR UPDATE")
        with pytest.raises(ApplicationError) as told:
            await verified(fulfilling, order)
    assert (told.value.type, told.value.non_retryable) == ("not_claimed_yet", False)
    await fulfilling.ended()


def test_order_is_claimed_for_once_when_its_client_and_its_worker_do_it_together(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(5)
    order = warehouse.take([("K1", 2)])

    async def worker() -> None:
        fulfilling = Fulfilling(warehouse.store, threads=2)
        await verified(fulfilling, order)
        await fulfilling.ended()

    at_once(
        lambda: claiming.claim_at_once(warehouse.store, MERCHANT, order),
        lambda: asyncio.run(worker()),
    )
    assert claims(warehouse) == 2


def test_claim_of_many_is_left_to_a_worker_where_it_is_made_with_others(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(5)
    warehouse.take([("K1", 1)])
    order = warehouse.take([("K1", 1)])
    claiming.claim_at_once(warehouse.store, MERCHANT, order)
    assert claims(warehouse) == 0
