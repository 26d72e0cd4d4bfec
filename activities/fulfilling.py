"""The activities: each one command of the store, safe to run again and twice at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

import structlog
from pydantic import TypeAdapter
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.together import Together
from fulfillment.contracts.messages import (
    Hold,
    Known,
    OrderRef,
    Progress,
    PurchaseOrderProgress,
    PurchaseOrderRef,
    ReplanStart,
    Standing,
)
from fulfillment.domain.refusals import RefusedError
from fulfillment.store.commands import orders, overdue, purchasing, restoring, serving_apart
from fulfillment.store.newcomers import CLAIM_FAILED
from fulfillment.store.session import Store
from fulfillment.store.threads import in_thread

log = structlog.get_logger(__name__)

PROGRESS = TypeAdapter(Progress)
BENIGN = ApplicationErrorCategory.BENIGN
STANDING = TypeAdapter(Standing)
PURCHASE_ORDER_PROGRESS = TypeAdapter(PurchaseOrderProgress)
Given = ParamSpec("Given")
Result = TypeVar("Result")


@contextmanager
def _rules_are_final() -> Iterator[None]:
    """A refused rule is told by its code and never retried; all else is."""
    try:
        yield
    except RefusedError as refusal:
        raise ApplicationError(str(refusal), type=refusal.code, non_retryable=True) from refusal


def _claimed(progress: Progress) -> Progress:
    """The progress of an order that has made its first claim, or has ended without one.

    One whose claim went wrong waits for a person. One before which too much is still to be done
    asks again: the engine's own retry is that, and costs the workflow nothing.
    """
    if progress.claimed or progress.finished:
        return progress
    if CLAIM_FAILED in progress.holds:
        message = f"the first claim of order {progress.number} went wrong"
        raise ApplicationError(message, type=CLAIM_FAILED, non_retryable=True)
    message = f"order {progress.number} has not claimed yet: others are served before it"
    raise ApplicationError(message, type="not_claimed_yet", category=BENIGN)


class Fulfilling:
    """Every activity with the store it works on. Names and types are those of the stubs."""

    def __init__(self, store: Store, threads: int) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="activity")
        self._first_claims = Together(self._prepare)

    @activity.defn
    async def prepare_fulfillment(self, order: OrderRef) -> Progress:
        """Verify the order, claim for it at its rank, split and release: one transaction."""
        with _rules_are_final():
            progress = PROGRESS.validate_python(await self._first_claims.answer(order))
        return _claimed(progress)

    @activity.defn
    async def look_again(self, order: OrderRef) -> Progress:
        """Serve the queues in which the order stands."""
        with _rules_are_final():
            answer = await self._run(orders.look_again, self._store, order.merchant, order.order)
        return PROGRESS.validate_python(answer)

    @activity.defn
    async def hold_order(self, hold: Hold) -> Progress:
        """Put the order on hold; held for that reason already is as good."""
        with _rules_are_final():
            answer = await self._run(
                orders.hold_for_rule, self._store, hold.merchant, hold.order, hold.reason
            )
        return PROGRESS.validate_python(answer)

    @activity.defn
    async def check_with_database(self, known: Known) -> Standing:
        """Where the order stands, whatever its workflow was told; they are compared."""
        answer = await self._run(
            restoring.check_order, self._store, known.merchant, known.order, known.progress
        )
        standing = STANDING.validate_python(answer)
        if standing.at_odds:
            log.warning(
                standing.at_odds,
                merchant=known.merchant,
                order=known.order,
                do="pegboard reconcile",
            )
        return standing

    @activity.defn
    async def serve_receipts(self, purchase_order: PurchaseOrderRef) -> int:
        """Serve the queues of what came, one batch; how many SKUs are still to be served."""
        merchant, which = purchase_order.merchant, purchase_order.purchase_order
        with _rules_are_final():
            return await self._run(purchasing.serve_receipts, self._store, merchant, which)

    @activity.defn
    async def check_purchase_order(
        self, purchase_order: PurchaseOrderRef
    ) -> PurchaseOrderProgress | None:
        """Where it stands, whatever its workflow was told; None where the database lacks it."""
        merchant, which = purchase_order.merchant, purchase_order.purchase_order
        answer = await self._run(restoring.check_purchase_order, self._store, merchant, which)
        return PURCHASE_ORDER_PROGRESS.validate_python(answer) if answer else None

    @activity.defn
    async def declare_overdue(self, purchase_order: PurchaseOrderRef) -> PurchaseOrderProgress:
        """Plan anew for all who wait for goods whose date has passed; where it stands then."""
        merchant, which = purchase_order.merchant, purchase_order.purchase_order
        with _rules_are_final():
            answer = await self._run(overdue.declare_overdue, self._store, merchant, which)
        return PURCHASE_ORDER_PROGRESS.validate_python(answer)

    @activity.defn
    async def serve_due_queues(self, replan: ReplanStart) -> int:
        """Serve the queues to which a distribution is owed, one batch; how many still are."""
        with _rules_are_final():
            return await self._run(serving_apart.serve_due_apart, self._store, replan.merchant)

    @property
    def all(self) -> list[Callable[..., Any]]:
        """What a worker registers."""
        return [
            self.prepare_fulfillment,
            self.look_again,
            self.hold_order,
            self.check_with_database,
            self.serve_receipts,
            self.declare_overdue,
            self.check_purchase_order,
            self.serve_due_queues,
        ]

    async def _prepare(self, merchant: str, ids: list[int]) -> dict[int, dict[str, Any]]:
        return await self._run(orders.prepare_fulfillment, self._store, merchant, ids)

    async def _run(
        self,
        command: Callable[Given, Result],
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Result:
        """Run a command on a thread of our own: the database driver blocks."""
        return await in_thread(self._threads, command, *given, **named)
