"""What each kind of outbox row asks of Temporal."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from temporalio.client import Client
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.service import RPCError, RPCStatusCode

from fulfillment.contracts import names, search_attributes
from fulfillment.contracts.messages import (
    EDITION,
    OrderStart,
    Progress,
    PurchaseOrderProgress,
    PurchaseOrderStart,
    ReplanStart,
)
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.relay.remembering import order_memory
from fulfillment.relay.starting import Run, Subject, start_after_closed, start_once
from fulfillment.store.commands.administration.restoring import check_order
from fulfillment.store.integrity.restarts import order_is_finished
from fulfillment.store.transactions.outbox import Kind, Message
from fulfillment.store.transactions.session import Store
from fulfillment.store.transactions.threads import in_thread

ORDER_PROGRESS = TypeAdapter(Progress)
PURCHASE_ORDER_PROGRESS = TypeAdapter(PurchaseOrderProgress)


@dataclass(frozen=True)
class Delivery:
    """Starts and signals, each safe to be done again."""

    store: Store
    client: Client
    task_queue: str

    async def deliver(self, message: Message) -> None:
        """Do what one row asks. Raises where it should be tried again."""
        deliver: dict[Kind, Callable[[Message], Awaitable[None]]] = {
            Kind.START_ORDER: self._start_order,
            Kind.WAKE_ORDER: self._wake_order,
            Kind.START_PURCHASE_ORDER: self._start_purchase_order,
            Kind.WAKE_PURCHASE_ORDER: self._wake_purchase_order,
            Kind.REPLAN: self._replan,
        }
        await deliver[message.kind](message)

    async def _start_order(self, message: Message) -> None:
        """A start that says where the order stands is for an order that was started before."""
        payload = message.payload
        told = payload.get("progress")
        progress = ORDER_PROGRESS.validate_python(told) if told else None
        epoch = payload.get("epoch", 0)
        which = message.merchant, payload["order"], payload["number"]
        start = OrderStart(*which, progress, epoch=epoch, edition=EDITION)
        await self._start_order_once(start, payload.get("priority"), payload.get("lines"))

    async def _wake_order(self, message: Message) -> None:
        progress = ORDER_PROGRESS.validate_python(message.payload["progress"])
        workflow_id = names.order_workflow_id(message.merchant, progress.number)
        news = message.payload.get("news")
        name = str(news) if news in names.NEWS else names.PROGRESS
        if await self._signalled(workflow_id, progress, name):
            return
        if not progress.finished:
            which = message.merchant, progress.order, progress.number
            start = OrderStart(*which, progress, epoch=progress.epoch, edition=EDITION)
            await self._start_order_once(start, progress.priority, None)

    async def _signalled(
        self, workflow_id: str, progress: object, name: str = names.PROGRESS
    ) -> bool:
        try:
            await self.client.get_workflow_handle(workflow_id).signal(name, progress)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    async def _start_order_once(
        self, start: OrderStart, priority: int | None, lines: int | None
    ) -> None:
        """Start an order's workflow; a closed run is enough only if the order is finished.

        A run that is there is told where the order stands; that of a new order, that it is new: a
        run that knows more than that asks the database.
        """
        known = start.progress or Progress(
            start.order, start.number, 0, OrderStatus.RECEIVED, priority or 0, epoch=start.epoch
        )
        subject = Subject(start.merchant, start.order, start.epoch)
        run = Run(
            names.ORDER_WORKFLOW,
            names.order_workflow_id(start.merchant, start.number),
            start,
            subject,
            known,
            {
                "task_queue": self.task_queue,
                "search_attributes": search_attributes.order_at_start(
                    start.merchant, priority, start.progress
                ),
                "static_summary": f"Order {start.number} of {start.merchant}"
                + (f", {lines} line{'s' if lines > 1 else ''}" if lines else ""),
            },
        )
        if (closed := await start_once(self.client, run)) is None:
            return
        if closed == subject.id and await self._is_finished(start, run.workflow_id):
            return
        await start_after_closed(self.client, run)

    async def _is_finished(self, start: OrderStart, workflow_id: str) -> bool:
        """Whether the database says so too; else it was put back, and is told what was known."""
        if await order_is_finished(self.store, start.merchant, start.order):
            return True
        memory = await order_memory(self.client, workflow_id, None)
        if memory is not None and memory.order == start.order:
            await in_thread(
                None, check_order, self.store, start.merchant, start.order, memory.progress
            )
        return False

    async def _start_purchase_order(self, message: Message) -> None:
        progress = PURCHASE_ORDER_PROGRESS.validate_python(message.payload["progress"])
        await self._start_purchase_order_run(message.merchant, progress)

    async def _wake_purchase_order(self, message: Message) -> None:
        progress = PURCHASE_ORDER_PROGRESS.validate_python(message.payload["progress"])
        workflow_id = names.purchase_order_workflow_id(message.merchant, progress.number)
        if await self._signalled(workflow_id, progress):
            return
        if progress.distribution_due or not progress.ended:
            await self._start_purchase_order_run(message.merchant, progress)

    async def _start_purchase_order_run(
        self, merchant: str, progress: PurchaseOrderProgress
    ) -> None:
        run = Run(
            names.PURCHASE_ORDER_WORKFLOW,
            names.purchase_order_workflow_id(merchant, progress.number),
            PurchaseOrderStart(merchant, progress),
            Subject(merchant, progress.purchase_order, progress.epoch),
            progress,
            {
                "task_queue": self.task_queue,
                "search_attributes": _purchase_order_attributes(merchant, progress),
                "static_summary": f"Purchase order {progress.number} of {merchant}",
            },
        )
        if await start_once(self.client, run) is not None:
            await start_after_closed(self.client, run)

    async def _replan(self, message: Message) -> None:
        await self.client.start_workflow(
            names.REPLAN_WORKFLOW,
            ReplanStart(message.merchant),
            id=names.replan_workflow_id(message.merchant),
            task_queue=self.task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"Serve the queues of {message.merchant}",
            start_signal=names.AGAIN,
        )


def _purchase_order_attributes(
    merchant: str, progress: PurchaseOrderProgress
) -> TypedSearchAttributes:
    values = search_attributes.purchase_order_values(progress)
    pairs: list[Any] = [
        SearchAttributePair(search_attributes.KEYS[name], value)
        for name, value in values.items()
        if value is not None
    ]
    pairs.append(SearchAttributePair(search_attributes.MERCHANT, merchant))
    if progress.supplier:
        pairs.append(SearchAttributePair(search_attributes.SUPPLIER, progress.supplier))
    return TypedSearchAttributes(pairs)
