"""The life of one purchase order."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RawValue, RetryPolicy

with workflow.unsafe.imports_passed_through():
    from fulfillment.contracts import activities, names
    from fulfillment.contracts.hearing import heard
    from fulfillment.contracts.messages import (
        PurchaseOrderProgress,
        PurchaseOrderRef,
        PurchaseOrderStart,
    )
    from fulfillment.domain.insight.restored import ASKS, ASKS_WHEN_ODD, contradicts
    from workflows import attempts
    from workflows.alarm import Alarm
    from workflows.showing import PurchaseOrderCard

MOST_SIGNALS = 5_000

JITTER = timedelta(minutes=1)
"""Purchase orders that are due on one day do not all ring in the same second."""

LOOK_AGAIN = timedelta(minutes=5)


@workflow.defn(name=names.PURCHASE_ORDER_WORKFLOW)
class PurchaseOrderWorkflow:
    """Approved, in transit, arrived, received: and after each receipt the queues are served.

    A receipt is counted by its own transaction, whatever the engine does. This workflow then
    serves those who wait for the goods, batch by batch from the head of their queues. When a date
    passes, it declares the goods overdue, for all who wait for them at once.
    """

    @workflow.init
    def __init__(self, start: PurchaseOrderStart) -> None:
        self._start = start
        self._progress = start.progress
        self._to_serve = start.progress.distribution_due
        self._doubted = False
        self._signals = 0
        self._due_date = Alarm(lambda: self._progress.due_at, lambda due_at: due_at, JITTER)
        self._card = PurchaseOrderCard(start)

    @workflow.run
    async def run(self, _: PurchaseOrderStart) -> PurchaseOrderProgress:
        """Serve the queues after every receipt until nothing more can come."""
        while self._doubted or self._to_serve or not self._progress.ended:
            if self._doubted:
                await self._check_with_database()
                continue
            await self._begin_history_anew_if_long()
            if self._to_serve:
                await self._serve_the_queues()
            elif self._due_date.rang:
                await self._declare_overdue()
            else:
                self._due_date.set()
                await self._wait_for_news()
        self._due_date.stop()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._progress

    @workflow.signal(dynamic=True)
    def news(self, name: str, sent: Sequence[RawValue]) -> None:
        """Where the purchase order stands. Only what is newer is taken.

        Whatever else is sent, under this name or another, makes it ask the database.
        """
        told = None
        if name == names.PROGRESS:
            told = heard(workflow.payload_converter(), sent, PurchaseOrderProgress)
        if told is not None:
            self._signals += 1
            self._hear(told)
        elif workflow.patched(ASKS_WHEN_ODD):
            self._signals += 1
            self._doubted = True
            workflow.logger.warning("odd_signal", extra={"signal": name})

    @workflow.query(name=names.STATE)
    def state(self) -> PurchaseOrderProgress:
        """Where the purchase order stands."""
        return self._progress

    def _hear(self, told: PurchaseOrderProgress) -> None:
        is_other = told.purchase_order != self._progress.purchase_order
        if (is_other or contradicts(told, self._progress)) and workflow.patched(ASKS):
            self._doubted = True
        else:
            self._take(told)
        # Serving twice is harmless, so a late message may ask for it too.
        self._to_serve = self._to_serve or told.distribution_due

    async def _check_with_database(self) -> None:
        """Its answer stands, whatever was known; what it does not know goes on as it is."""
        self._doubted, known = False, self._progress
        answer = await workflow.execute_activity(
            activities.check_purchase_order,
            PurchaseOrderRef(self._start.merchant, known.purchase_order),
            summary="in doubt: ask the database",
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
            **attempts.OF_AN_ACTIVITY,
        )
        if self._progress is not known:
            # News came meanwhile: what was read may be older than that.
            self._doubted = True
        elif answer is not None:
            self._progress = answer
            self._card.show(answer)

    async def _serve_the_queues(self) -> None:
        # Read before the activity looks: what comes in between is served by the next round.
        self._to_serve = False
        ref = PurchaseOrderRef(self._start.merchant, self._progress.purchase_order)
        left = await workflow.execute_activity(
            activities.serve_receipts,
            ref,
            summary="serve those who wait",
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
            **attempts.OF_AN_ACTIVITY,
        )
        self._to_serve = self._to_serve or left > 0

    async def _declare_overdue(self) -> None:
        """All pegs at once. A date that was taken away meanwhile does not pass."""
        self._due_date.rang = False
        if self._progress.due_at is None:
            return
        ref = PurchaseOrderRef(self._start.merchant, self._progress.purchase_order)
        declared = await workflow.execute_activity(
            activities.declare_overdue,
            ref,
            summary="overdue: plan anew for those who wait",
            retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
            **attempts.OF_AN_ACTIVITY,
        )
        if declared.version <= self._progress.version:
            # The database's clock is behind this one, or news came meanwhile.
            await self._pause()
        self._take(declared)
        self._to_serve = self._to_serve or declared.distribution_due

    async def _pause(self) -> None:
        """A while before it is declared again; goods that come, or any news, end it."""
        summary = "the date has not passed yet"
        if not workflow.patched("news-ends-the-pause"):
            await workflow.sleep(LOOK_AGAIN, summary=summary)
            return
        with suppress(TimeoutError):
            await self._wait_for_news(LOOK_AGAIN, summary)

    def _take(self, progress: PurchaseOrderProgress) -> None:
        if progress.version > self._progress.version:
            self._progress = progress
            self._card.show(progress)

    async def _wait_for_news(
        self, at_most: timedelta | None = None, summary: str | None = None
    ) -> None:
        seen = self._progress.version
        await workflow.wait_condition(
            lambda: (
                self._doubted
                or self._to_serve
                or self._due_date.rang
                or self._progress.version != seen
            ),
            timeout=at_most,
            timeout_summary=summary,
        )

    async def _begin_history_anew_if_long(self) -> None:
        if workflow.info().is_continue_as_new_suggested() or self._signals >= MOST_SIGNALS:
            await workflow.wait_condition(workflow.all_handlers_finished)
            due = replace(self._progress, distribution_due=self._to_serve)
            workflow.continue_as_new(replace(self._start, progress=due))
