"""A stand-in for the database: activities that answer with the progress a test puts in front."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from temporalio import activity
from temporalio.exceptions import ApplicationError

from fulfillment.contracts.messages import (
    Hold,
    Known,
    OrderRef,
    Progress,
    PurchaseOrderProgress,
    PurchaseOrderRef,
    ReplanStart,
    ShipmentProgress,
    Standing,
    Verification,
)
from fulfillment.domain.model.statuses import OrderStatus, PurchaseOrderStatus, ShipmentStatus

READY = ShipmentProgress(1, ShipmentStatus.READY, "A")


Answer = TypeVar("Answer")


def progress(seq: int, status: OrderStatus, **known: Any) -> Progress:
    """Where order 7 stands, plainly."""
    facts: dict[str, Any] = {"order": 7, "number": "W-7", "priority": 50, "claimed": True}
    return Progress(seq=seq, status=status, **(facts | known))


def ready(seq: int) -> Progress:
    return progress(seq, OrderStatus.AWAITING_PICK_AND_PACK, shipments=(READY,))


def picked(seq: int) -> Progress:
    shipment = replace(READY, status=ShipmentStatus.PICKED)
    return progress(seq, OrderStatus.PICKING, shipments=(shipment,))


def packed(seq: int) -> Progress:
    shipment = replace(READY, status=ShipmentStatus.PACKED)
    return progress(seq, OrderStatus.PICKING, shipments=(shipment,))


def shipped(seq: int) -> Progress:
    return progress(seq, OrderStatus.SHIPPED)


def cancelled(seq: int) -> Progress:
    return progress(seq, OrderStatus.CANCELLED)


def awaiting(seq: int, due: date | None = None, skus: Sequence[str] = ("K1",)) -> Progress:
    shipment = ShipmentProgress(1, ShipmentStatus.BACKORDER, None, due)
    return progress(
        seq,
        OrderStatus.AWAITING_STOCK,
        waiting_units=2,
        next_date=due,
        awaited_skus=tuple(skus),
        awaited_supply=("PO-1",) if due else (),
        shipments=(shipment,),
    )


def purchase_order(
    seq: int,
    status: PurchaseOrderStatus,
    *,
    received: int = 0,
    due: bool = False,
    due_on: date | None = None,
    **more: Any,
) -> PurchaseOrderProgress:
    """Where purchase order 3 stands; a date has passed when its day has in UTC."""
    passed = datetime.combine(due_on + timedelta(days=1), time(), UTC) if due_on else None
    facts: dict[str, Any] = {"due_on": due_on, "due_at": passed, "distribution_due": due} | more
    return PurchaseOrderProgress(
        3, "PO-1", seq, status, "Supplier", ordered=10, received=received, **facts
    )


class Desk:
    """Each activity takes the next answer of its list; the last one is given again and again."""

    def __init__(self) -> None:
        self.refusals: deque[Exception] = deque()
        self.verified = 0
        self.prepare: deque[Progress | Exception] = deque()
        self.look: deque[Progress | Exception] = deque()
        self.standing: deque[Standing] = deque()
        self.known: list[Progress | None] = []
        self.left_to_serve: deque[int] = deque([0])
        self.overdue: deque[PurchaseOrderProgress] = deque()
        self.purchase_orders: deque[PurchaseOrderProgress | None] = deque([None])
        self.calls: list[str] = []

    @activity.defn
    async def verify(self, order: OrderRef) -> Verification:
        """Answers that it is so, where a test does not say otherwise."""
        self.verified += 1
        if self.refusals:
            raise self.refusals.popleft()
        return Verification(order.order, verified=True)

    @activity.defn
    async def prepare_fulfillment(self, _: OrderRef) -> Progress:
        return self._answer("prepare_fulfillment", self.prepare)

    @activity.defn
    async def look_again(self, _: OrderRef) -> Progress:
        return self._answer("look_again", self.look)

    @activity.defn
    async def hold_order(self, hold: Hold) -> Progress:
        self.calls.append(f"hold_order {hold.reason}")
        return progress(5, OrderStatus.ON_HOLD, holds=(hold.reason,), claimed=False)

    @activity.defn
    async def check_with_database(self, known: Known) -> Standing:
        """As the database: where a test does not say otherwise, what is known is right."""
        self.calls.append("check_with_database")
        self.known.append(known.progress)
        return self._next(self.standing) if self.standing else Standing(known.progress)

    @activity.defn
    async def serve_receipts(self, _: PurchaseOrderRef) -> int:
        self.calls.append("serve_receipts")
        return self._next(self.left_to_serve)

    @activity.defn
    async def declare_overdue(self, _: PurchaseOrderRef) -> PurchaseOrderProgress:
        self.calls.append("declare_overdue")
        return self._next(self.overdue)

    @activity.defn
    async def check_purchase_order(self, _: PurchaseOrderRef) -> PurchaseOrderProgress | None:
        self.calls.append("check_purchase_order")
        return self._next(self.purchase_orders)

    @activity.defn
    async def serve_due_queues(self, _: ReplanStart) -> int:
        self.calls.append("serve_due_queues")
        return self._next(self.left_to_serve)

    @property
    def all(self) -> list[Callable[..., Any]]:
        return [
            self.verify,
            self.prepare_fulfillment,
            self.look_again,
            self.hold_order,
            self.check_with_database,
            self.serve_receipts,
            self.declare_overdue,
            self.check_purchase_order,
            self.serve_due_queues,
        ]

    def _answer(self, call: str, answers: deque[Progress | Exception]) -> Progress:
        self.calls.append(call)
        answer = self._next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @staticmethod
    def _next(answers: deque[Answer]) -> Answer:
        return answers.popleft() if len(answers) > 1 else answers[0]


def refusal(code: str) -> ApplicationError:
    return ApplicationError("a rule says no", type=code, non_retryable=True)


def postponed() -> ApplicationError:
    return ApplicationError("others are served before it", type="not_claimed_yet")
