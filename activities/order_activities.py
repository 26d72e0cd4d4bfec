"""The activities: each one command of the store, safe to run again and twice at once."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from pydantic import TypeAdapter
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.answered import Answered
from activities.batching import Batching
from activities.heartbeats import beating
from activities.kept import Kept
from activities.threads import Threads
from fulfillment.contracts.messages import (
    Hold,
    Known,
    OrderRef,
    Progress,
    PurchaseOrderProgress,
    PurchaseOrderRef,
    ReplanStart,
    Standing,
    Verification,
)
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.administration import restoring
from fulfillment.store.commands.orders import lifecycle, starts
from fulfillment.store.commands.supply import overdue, purchase_orders, serving_apart
from fulfillment.store.queue.newcomers import CLAIM_FAILED
from fulfillment.store.reading.first_claims import Claimant, claimants
from fulfillment.store.transactions.session import Store

log = structlog.get_logger(__name__)

PROGRESS = TypeAdapter(Progress)
BENIGN = ApplicationErrorCategory.BENIGN
AT_ONCE_SECONDS = 4.0
"""A workflow task may wait so long for its order's turn. The engine gives it ten seconds; to ask
for more costs three events each time. Then an activity of the engine takes over."""

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


def _is_still_to_claim(progress: Progress) -> bool:
    """Whether its workflow has to ask for its first claim again."""
    return not (progress.claimed or progress.finished or CLAIM_FAILED in progress.holds)


def claimed_answer(progress: Progress) -> Progress:
    """The progress of an order that has made its first claim, or has ended without one.

    One whose claim went wrong waits for a person. One before which too much is still to be done
    asks again: the engine's own retry is that, and costs the workflow nothing.
    """
    if progress.claimed or progress.finished:
        return progress
    if CLAIM_FAILED in progress.holds:
        message = f"the first claim of order {progress.number} went wrong"
        raise ApplicationError(message, type=CLAIM_FAILED, non_retryable=True)
    raise not_claimed_yet(f"order {progress.number}")


def not_claimed_yet(order: str) -> ApplicationError:
    """That it is to be asked again: nothing is wrong, and nothing is told of it."""
    message = f"{order} has not claimed yet: others are served before it"
    return ApplicationError(message, type="not_claimed_yet", category=BENIGN)


@asynccontextmanager
async def _attempt() -> AsyncIterator[None]:
    """An activity at work, or waiting for it: it tells that it lives, and a refusal is final."""
    with _rules_are_final():
        async with beating():
            yield


def _is_claimed(answer: dict[str, Any]) -> bool:
    return bool(answer["claimed"])


class Fulfilling:
    """Every activity with the store it works on. Names and types are those of the stubs."""

    def __init__(self, store: Store, threads: int) -> None:
        self._store = store
        self._threads = Threads(threads)
        self._first_claims = Batching(self._prepare, self._measure, _is_claimed)
        self._answered = Answered(self._starts_answered)
        self._verified = Kept[OrderRef, Progress]()

    @activity.defn
    async def verify(self, order: OrderRef) -> Verification:
        """Have the order verified when its turn comes: by the transaction that prepares it."""
        try:
            async with asyncio.timeout(AT_ONCE_SECONDS):
                progress = await self._first_answer(order)
        except TimeoutError as error:
            raise not_claimed_yet(f"order {order.order}") from error
        self._verified.keep(order, progress)
        return Verification(progress.order, progress.verified, progress.holds)

    @activity.defn
    async def prepare_fulfillment(self, order: OrderRef) -> Progress:
        """Verify the order, claim for it at its rank, split and release: one transaction.

        Right after `verify` its answer is at hand.
        """
        return self._verified.take(order) or await self._first_answer(order)

    async def _first_answer(self, order: OrderRef) -> Progress:
        async with _attempt():
            progress = PROGRESS.validate_python(await self._first_claims.answer(order))
        if not _is_still_to_claim(progress):
            self._answered.note(order.merchant, order.order)
        return claimed_answer(progress)

    @activity.defn
    async def look_again(self, order: OrderRef) -> Progress:
        """Serve the queues in which the order stands."""
        async with _attempt():
            answer = await self._run(order.merchant, lifecycle.look_again, order.order)
        return PROGRESS.validate_python(answer)

    @activity.defn
    async def hold_order(self, hold: Hold) -> Progress:
        """Put the order on hold; held for that reason already is as good."""
        async with _attempt():
            answer = await self._run(
                hold.merchant, lifecycle.hold_for_rule, hold.order, hold.reason
            )
        return PROGRESS.validate_python(answer)

    @activity.defn
    async def check_with_database(self, known: Known) -> Standing:
        """Where the order stands, whatever its workflow was told; they are compared."""
        async with _attempt():
            answer = await self._run(
                known.merchant, restoring.check_order, known.order, known.progress
            )
        standing = STANDING.validate_python(answer)
        if standing.progress is None or not _is_still_to_claim(standing.progress):
            self._answered.note(known.merchant, known.order)
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
        async with _attempt():
            return await self._run(merchant, purchase_orders.serve_receipts, which)

    @activity.defn
    async def check_purchase_order(
        self, purchase_order: PurchaseOrderRef
    ) -> PurchaseOrderProgress | None:
        """Where it stands, whatever its workflow was told; None where the database lacks it."""
        merchant, which = purchase_order.merchant, purchase_order.purchase_order
        async with _attempt():
            answer = await self._run(merchant, restoring.check_purchase_order, which)
        return PURCHASE_ORDER_PROGRESS.validate_python(answer) if answer else None

    @activity.defn
    async def declare_overdue(self, purchase_order: PurchaseOrderRef) -> PurchaseOrderProgress:
        """Plan anew for all who wait for goods whose date has passed; where it stands then."""
        merchant, which = purchase_order.merchant, purchase_order.purchase_order
        async with _attempt():
            answer = await self._run(merchant, overdue.declare_overdue, which)
        return PURCHASE_ORDER_PROGRESS.validate_python(answer)

    @activity.defn
    async def serve_due_queues(self, replan: ReplanStart) -> int:
        """Serve the queues to which a distribution is owed, one batch; how many still are."""
        async with _attempt():
            return await self._run(replan.merchant, serving_apart.serve_due_apart)

    async def ended(self) -> None:
        """Return when nothing of it asks the database any more; the worker has ended before."""
        await self._first_claims.ended()
        await self._answered.ended()
        await self._threads.ended()

    @property
    def all(self) -> list[Callable[..., Any]]:
        """What a worker registers."""
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

    async def _prepare(self, merchant: str, ids: list[int]) -> dict[int, dict[str, Any]]:
        return await self._threads.run_first_claims(
            lifecycle.prepare_fulfillment, self._store, merchant, ids
        )

    async def _measure(self, merchant: str, ids: list[int]) -> dict[int, Claimant]:
        return await self._threads.run_first_claims(claimants, self._store, merchant, ids)

    async def _starts_answered(self, merchant: str, ids: list[int]) -> None:
        await self._threads.run_first_claims(starts.starts_answered, self._store, merchant, ids)

    async def _run(
        self,
        merchant: str,
        command: Callable[Concatenate[Store, str, Given], Result],
        *given: Given.args,
        **named: Given.kwargs,
    ) -> Result:
        """Run a command of a merchant on a thread of our own, when it is the merchant's turn."""
        return await self._threads.run(merchant, command, self._store, merchant, *given, **named)
