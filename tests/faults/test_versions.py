"""Orders outlive versions of the worker."""

import asyncio

from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.service import RPCError

import worker
from tests.scenarios.system import System


async def make_current(system: System, build_id: str) -> None:
    """Route to this version, as an operator does once its workers are there."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=system.temporal.namespace,
        deployment_name=worker.DEPLOYMENT,
        build_id=build_id,
        identity="test",
    )
    for _ in range(100):
        try:
            await system.temporal.workflow_service.set_worker_deployment_current_version(request)
        except RPCError:
            await asyncio.sleep(0.1)
        else:
            return
    raise AssertionError(f"version {build_id} was not taken")


async def test_waiting_order_goes_on_with_the_next_version_when_it_becomes_current(
    front: System, database_url: str
) -> None:
    front.locations("A")
    await front.products("K1")
    queue = front.task_queue
    async with worker.running(front.temporal, database_url, queue, build_id="one"):
        await make_current(front, "one")
        order = await front.order(("K1", 1))
        assert await front.status(order) == "awaiting_stock"
    async with worker.running(front.temporal, database_url, queue, build_id="two"):
        await make_current(front, "two")
        await front.stock("K1", "A", 1)
        await front.ship_all(order)
        await asyncio.wait_for(front.workflow(order).result(), 60)
