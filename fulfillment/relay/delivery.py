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
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from fulfillment.contracts import names, search_attributes
from fulfillment.contracts.messages import (
    OrderStart,
    Progress,
    PurchaseOrderProgress,
    PurchaseOrderStart,
    ReplanStart,
)
from fulfillment.store.outbox import Kind, Message
from fulfillment.store.restarts import order_is_finished
from fulfillment.store.session import Store

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
        payload = message.payload
        start = OrderStart(message.merchant, payload["order"], payload["number"])
        await self._start_order_once(start, payload.get("priority"), payload.get("lines"))

    async def _wake_order(self, message: Message) -> None:
        progress = ORDER_PROGRESS.validate_python(message.payload["progress"])
        workflow_id = names.order_workflow_id(message.merchant, progress.number)
        if await self._signalled(workflow_id, progress):
            return
        if not progress.finished:
            start = OrderStart(message.merchant, progress.order, progress.number)
            await self._start_order_once(start, progress.priority, None, progress)

    async def _signalled(self, workflow_id: str, progress: object) -> bool:
        try:
            await self.client.get_workflow_handle(workflow_id).signal(names.PROGRESS, progress)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    async def _start_order_once(
        self,
        start: OrderStart,
        priority: int | None,
        lines: int | None,
        progress: Progress | None = None,
    ) -> None:
        """Start an order's workflow; a closed run is enough only if the order is finished."""
        options: dict[str, Any] = {
            "id": names.order_workflow_id(start.merchant, start.number),
            "task_queue": self.task_queue,
            "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
            "search_attributes": search_attributes.order_at_start(start.merchant, priority),
            "static_summary": f"Order {start.number} of {start.merchant}"
            + (f", {lines} lines" if lines else ""),
        }
        if progress is not None:
            options |= {"start_signal": names.PROGRESS, "start_signal_args": [progress]}
        for reuse in (
            WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        ):
            try:
                await self.client.start_workflow(
                    names.ORDER_WORKFLOW, start, id_reuse_policy=reuse, **options
                )
            except WorkflowAlreadyStartedError:
                if await order_is_finished(self.store, start.merchant, start.order):
                    return
            else:
                return

    async def _start_purchase_order(self, message: Message) -> None:
        progress = PURCHASE_ORDER_PROGRESS.validate_python(message.payload["progress"])
        await self._start_purchase_order_run(message.merchant, progress, {})

    async def _wake_purchase_order(self, message: Message) -> None:
        progress = PURCHASE_ORDER_PROGRESS.validate_python(message.payload["progress"])
        workflow_id = names.purchase_order_workflow_id(message.merchant, progress.number)
        if await self._signalled(workflow_id, progress):
            return
        if progress.distribution_due or not progress.ended:
            # Signal with the start: a start of the same id may be under way beside this one.
            signal = {"start_signal": names.PROGRESS, "start_signal_args": [progress]}
            await self._start_purchase_order_run(message.merchant, progress, signal)

    async def _start_purchase_order_run(
        self, merchant: str, progress: PurchaseOrderProgress, signal: dict[str, Any]
    ) -> None:
        await self.client.start_workflow(
            names.PURCHASE_ORDER_WORKFLOW,
            PurchaseOrderStart(merchant, progress),
            id=names.purchase_order_workflow_id(merchant, progress.number),
            task_queue=self.task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=_purchase_order_attributes(merchant, progress),
            static_summary=f"Purchase order {progress.number} of {merchant}",
            **signal,
        )

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
