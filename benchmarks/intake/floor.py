"""The floor: a workflow that costs the engine what ours does, and decides nothing.

It gets the same start (attributes, summary, memo), does as many local activities that answer with
as much, upserts as often, and takes as many signals of the same size. Its worker has our worker's
settings and starts its workflows itself, as our relay does.
"""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import Any

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from fulfillment.contracts import search_attributes
    from fulfillment.contracts.messages import OrderRef, OrderStart, Progress, ShipmentProgress
    from fulfillment.contracts.payloads import DATA_CONVERTER
    from fulfillment.domain.model.statuses import OrderStatus, ShipmentStatus

WORKFLOW = "FloorWorkflow"
ACTIVITIES = ("floor_verify", "floor_prepare")
SIGNAL = "told"
SIGNALS = 2
QUEUE = "floor"
MERCHANT = "floor"


def progress(seq: int, status: OrderStatus) -> Progress:
    """As much as our workflows are told."""
    shipment = ShipmentProgress(1, ShipmentStatus.READY, "main")
    return Progress(7, "B-7", seq, status, 50, shipments=(shipment,), claimed=True, verified=True)


@workflow.defn(name=WORKFLOW)
class FloorWorkflow:
    def __init__(self) -> None:
        self._told = 0

    @workflow.run
    async def run(self, start: OrderStart) -> Progress:
        answer: Progress | None = None
        for name in ACTIVITIES:
            answer = await workflow.execute_local_activity(
                name,
                OrderRef(start.merchant, start.order),
                result_type=Progress,
                start_to_close_timeout=timedelta(seconds=5),
                retry_policy=RetryPolicy(maximum_attempts=1),
            )
        self._show("awaiting_pick_and_pack")
        await workflow.wait_condition(lambda: self._told >= SIGNALS)
        self._show("shipped")
        if answer is None:
            raise RuntimeError
        return answer

    def _show(self, status: str) -> None:
        workflow.upsert_search_attributes([search_attributes.STATUS.value_set(status)])

    @workflow.signal(name=SIGNAL)
    def told(self, _: Progress) -> None:
        self._told += 1


@dataclass
class Floor:
    """Starts and signals, in the process of the floor's worker."""

    client: Client
    clients: int
    ready: int = 0
    began: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self, orders: int) -> int:
        """Start so many, and return when each has done its activities."""
        first = self.began
        self.began += orders
        await self._side_by_side(range(first, self.began), self._start)
        while self.ready < self.began:
            self.changed.clear()
            await self.changed.wait()
        return first

    async def ship(self, first: int) -> None:
        """Tell all that were started since then, twice, and return when all have ended."""
        await self._side_by_side(range(first, self.began), self._tell)
        for number in range(first, self.began):
            await self.client.get_workflow_handle(f"floor-{number}").result()

    async def _start(self, number: int) -> None:
        await self.client.start_workflow(
            WORKFLOW,
            OrderStart(MERCHANT, number, f"F-{number}"),
            id=f"floor-{number}",
            task_queue=QUEUE,
            search_attributes=search_attributes.order_at_start(MERCHANT, 50),
            static_summary=f"Order F-{number} of floor, 2 lines",
            memo={"id": number, "epoch": 1},
            request_eager_start=True,
        )

    async def _tell(self, number: int) -> None:
        handle = self.client.get_workflow_handle(f"floor-{number}")
        for seq in range(1, SIGNALS + 1):
            await handle.signal(SIGNAL, progress(seq, OrderStatus.PICKING))

    async def _side_by_side(
        self, numbers: Sequence[int], do: Callable[[int], Awaitable[None]]
    ) -> None:
        todo = iter(numbers)

        async def one() -> None:
            for number in todo:
                await do(number)

        await asyncio.gather(*(one() for _ in range(self.clients)))

    @property
    def activities(self) -> list[Callable[..., Any]]:
        @activity.defn(name=ACTIVITIES[0])
        async def verify(_: OrderRef) -> Progress:
            return progress(1, OrderStatus.RECEIVED)

        @activity.defn(name=ACTIVITIES[1])
        async def prepare(_: OrderRef) -> Progress:
            self.ready += 1
            self.changed.set()
            return progress(1, OrderStatus.AWAITING_PICK_AND_PACK)

        return [verify, prepare]


def _process(address: str, clients: int, end: Connection) -> None:
    async def main() -> None:
        import worker  # noqa: PLC0415 -- the settings of our own worker, in this process

        client = await Client.connect(address, data_converter=DATA_CONVERTER)
        floor = Floor(client, clients)
        settings = worker.settings_of_worker()
        async with Worker(
            client,
            task_queue=QUEUE,
            workflows=[FloorWorkflow],
            activities=floor.activities,
            **settings,
        ):
            while (asked := await asyncio.to_thread(end.recv)) is not None:
                verb, number = asked
                end.send(await getattr(floor, verb)(number))

    asyncio.run(main())


class FloorProcess:
    """The process of the floor's worker, which is told what to do."""

    def __init__(self, address: str, clients: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._end, other = context.Pipe()
        given = address, clients, other
        self.process: Any = context.Process(target=_process, args=given, daemon=True)
        self.process.start()

    async def do(self, verb: str, number: int) -> Any:
        """`start` so many, or `ship` from one on; returns when it is done."""
        self._end.send((verb, number))
        return await asyncio.to_thread(self._end.recv)

    def end(self) -> None:
        self._end.send(None)
        self.process.join(10)
        self.process.kill()
