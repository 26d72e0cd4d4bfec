"""The life of one order."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from fulfillment.contracts import activities, names
    from fulfillment.contracts.messages import Hold, OrderRef, OrderStart, OrderState, Progress
    from workflows import attempts
    from workflows.alarm import Alarm
    from workflows.showing import OrderCard

MOST_SIGNALS = 5_000
"""After so many the history is begun anew, should the server not have suggested it before."""

JITTER = timedelta(hours=1)
"""Orders that wait for one date do not all look at the same second."""

ONE_DAY = timedelta(days=1)

LAST_ZONE = timedelta(hours=12)
"""A day is over everywhere so long after it is over in UTC."""

RETRIES = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=30)
)
"""Infrastructure is retried without limit; a broken rule is final by its own type."""

ASK_AGAIN = timedelta(seconds=30)
MOST_PATIENCE = timedelta(minutes=15)
"""An order whose turn has not come is told when it has; should that be lost, it asks after so
long, and then after twice as long, up to the second."""

PATCH_NOT_YET = "an-order-may-have-to-wait-for-its-first-claim"


@workflow.defn(name=names.ORDER_WORKFLOW)
class OrderWorkflow:
    """Verify, prepare fulfillment, await stock, release, pick, pack, ship, done.

    The database decides and tells: each change of the order arrives as a `progress` signal that
    carries where the order stands, so a pick or a dispatch costs one signal and no activity.
    """

    @workflow.init
    def __init__(self, start: OrderStart) -> None:
        self._order = OrderRef(start.merchant, start.order)
        self._start = start
        self._progress = start.progress
        self._hinted = False
        self._signals = 0
        self._patience = ASK_AGAIN
        self._next_date = Alarm(self._due, _has_passed_everywhere, JITTER)
        self._card = OrderCard(start)

    @workflow.run
    async def run(self, _: OrderStart) -> Progress:
        """Lead the order from intake to its end, however long its stock takes."""
        await self._verify_and_prepare_fulfillment()
        while not self._now.finished:
            await self._begin_history_anew_if_long()
            if self._now.awaits_stock:
                await self._await_stock()
            else:
                await self._await_warehouse()
        self._next_date.stop()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._now

    # --- stages ----------------------------------------------------------------------------------

    async def _verify_and_prepare_fulfillment(self) -> None:
        """One transaction: what always follows each other is one activity."""
        while not self._is_prepared:
            try:
                self._take(
                    await workflow.execute_activity(
                        activities.prepare_fulfillment,
                        self._order,
                        summary="verify, claim, split, release",
                        retry_policy=RETRIES,
                        **attempts.OF_AN_ACTIVITY,
                    )
                )
            except ActivityError as error:
                await self._hold(error)
                await self._wait_for_news()
                self._hinted = False
            else:
                await self._await_turn()

    async def _await_turn(self) -> None:
        """Its queues are still served for those ahead: it is told, and asks again in the end."""
        if self._is_prepared or not workflow.patched(PATCH_NOT_YET):
            return
        with suppress(TimeoutError):
            await self._wait_for_news(self._patience)
        self._patience = min(self._patience * 2, MOST_PATIENCE)
        self._hinted = False
        await self._begin_history_anew_if_long()

    async def _await_stock(self) -> None:
        """Wait for a wake, a hint, or the next expected date; the last two make it look."""
        self._next_date.set()
        await self._wait_for_news()
        if self._hinted or self._next_date.rang:
            self._hinted = self._next_date.rang = False
            await self._look_again()

    async def _await_warehouse(self) -> None:
        """Released: pick, pack and ship are confirmed by people and arrive as progress."""
        await self._wait_for_news()
        # A hint or a date that comes now is of no use; left set, it would end every wait at once.
        self._hinted = self._next_date.rang = False

    # --- messages --------------------------------------------------------------------------------

    @workflow.signal(name=names.PROGRESS)
    def progress(self, progress: Progress) -> None:
        """Where the order stands. It may come twice, late or out of order: only news is taken."""
        self._signals += 1
        self._take(progress)

    @workflow.signal(name=names.PO_RECEIVED)
    def po_received(self, _: str | None = None) -> None:
        """A hint, by anyone, that stock may have come: the order looks again."""
        self._signals += 1
        self._hinted = True

    @workflow.query(name=names.STATE)
    def state(self) -> OrderState:
        """Where the order stands, and the date its timer is armed for."""
        return OrderState(self._progress, self._next_date.set_for)

    # --- parts -----------------------------------------------------------------------------------

    @property
    def _now(self) -> Progress:
        if self._progress is None:
            msg = "an order is known from its first activity on"
            raise RuntimeError(msg)
        return self._progress

    def _due(self) -> date | None:
        return self._progress.next_date if self._progress else None

    @property
    def _is_prepared(self) -> bool:
        known = self._progress
        return known is not None and (known.claimed or known.finished)

    def _take(self, progress: Progress) -> None:
        if self._progress is None or progress.seq > self._progress.seq:
            self._progress = progress
            self._card.show(progress)

    async def _wait_for_news(self, at_most: timedelta | None = None) -> None:
        seen = self._progress.seq if self._progress else None
        await workflow.wait_condition(
            lambda: (
                self._hinted
                or self._next_date.rang
                or (self._progress is not None and self._progress.seq != seen)
            ),
            timeout=at_most,
            timeout_summary="ask again",
        )

    async def _look_again(self) -> None:
        try:
            self._take(
                await workflow.execute_activity(
                    activities.look_again,
                    self._order,
                    summary="look for stock",
                    retry_policy=RETRIES,
                    **attempts.OF_AN_ACTIVITY,
                )
            )
        except ActivityError as error:
            await self._hold(error)

    async def _hold(self, error: ActivityError) -> None:
        """A broken rule never fails the workflow: the order is held with the rule's code."""
        cause = error.cause
        if not isinstance(cause, ApplicationError):
            raise error
        hold = Hold(self._order.merchant, self._order.order, cause.type or "refused")
        self._take(
            await workflow.execute_activity(
                activities.hold_order,
                hold,
                summary=f"hold: {hold.reason}",
                retry_policy=RETRIES,
                **attempts.OF_AN_ACTIVITY,
            )
        )

    async def _begin_history_anew_if_long(self) -> None:
        if workflow.info().is_continue_as_new_suggested() or self._signals >= MOST_SIGNALS:
            await workflow.wait_condition(workflow.all_handlers_finished)
            workflow.continue_as_new(replace(self._start, progress=self._progress))


def _has_passed_everywhere(due: date) -> datetime:
    """When the day of a date is over in the last zone; for a date already past, in a day.

    By then the supply's own timer has declared it overdue, and told the order its next date.
    """
    passed = datetime.combine(due + ONE_DAY, time(), UTC) + LAST_ZONE
    now = workflow.now()
    return passed if passed > now else now + ONE_DAY
