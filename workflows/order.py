"""The life of one order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from fulfillment.contracts import activities, names
    from fulfillment.contracts.hearing import heard
    from fulfillment.contracts.messages import (
        EDITION,
        AtOdds,
        Hold,
        Known,
        OrderRef,
        OrderStart,
        OrderState,
        Progress,
    )
    from fulfillment.domain.insight.restored import ASKS, ASKS_WHEN_ODD, is_doubtful
    from workflows import attempts
    from workflows.alarm import Alarm
    from workflows.first_answer import first_answer
    from workflows.refusals import code_of
    from workflows.showing import OrderCard
    from workflows.steps import AWAIT_STOCK, step

MOST_SIGNALS = 5_000
"""After so many the history is begun anew, should the server not have suggested it before."""

JITTER = timedelta(hours=1)
"""Orders that wait for one date do not all look at the same second."""

ONE_DAY = timedelta(days=1)

LAST_ZONE = timedelta(hours=12)
"""A day is over everywhere so long after it is over in UTC."""


@workflow.defn(name=names.ORDER_WORKFLOW)
class OrderWorkflow:
    """Verify, prepare fulfillment, await stock, release, pick, pack, ship, done.

    The database decides and tells: each change of the order arrives as a signal that is named for
    what happened (`picked`, `shipped`, ...) and carries where the order stands, so a pick or a
    dispatch costs one signal and no activity. What the order can not have been told so makes it ask
    the database.
    """

    @workflow.init
    def __init__(self, start: OrderStart) -> None:
        self._order = OrderRef(start.merchant, start.order)
        self._start = start
        self._progress = start.progress
        self._hinted = start.hinted
        self._doubted = False
        self._at_odds: AtOdds | None = None
        self._signals = 0
        self._next_date = Alarm(self._due, _has_passed_everywhere, JITTER)
        self._card = OrderCard(start)

    @workflow.run
    async def run(self, _: OrderStart) -> Progress:
        """Lead the order from intake to its end, however long its stock takes."""
        while self._progress is None or not self._progress.finished:
            if self._doubted:
                await self._check_with_database()
                continue
            await self._begin_history_anew_if_long()
            if self._at_odds is AtOdds.UNKNOWN_ORDER:
                await self._await_database()
            elif not self._is_prepared:
                await self._verify_and_prepare_fulfillment()
            elif self._now.awaits_stock:
                with step(AWAIT_STOCK):
                    await self._await_stock()
            else:
                await self._await_warehouse()
        self._next_date.stop()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._now

    # --- stages ----------------------------------------------------------------------------------

    async def _verify_and_prepare_fulfillment(self) -> None:
        try:
            self._hear(await first_answer(self._order, self._start.edition))
        except (ActivityError, ApplicationError) as error:
            await self._hold(error)
            if self._at_odds is not AtOdds.UNKNOWN_ORDER:
                await self._wait_for_news()
                self._hinted = False

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

    async def _check_with_database(self) -> None:
        """Its answer stands, whatever was known: a database that was put back knows less."""
        self._doubted, known = False, self._progress
        standing = await workflow.execute_activity(
            activities.check_with_database,
            Known(self._order.merchant, self._order.order, known),
            summary="in doubt: ask the database",
            retry_policy=attempts.RETRIES,
            **attempts.OF_AN_ACTIVITY,
        )
        self._at_odds = self._card.at_odds = standing.at_odds
        if standing.progress is None:
            self._card.show_unknown()
        elif self._progress is not known:
            # News came meanwhile: what was read may be older than that.
            self._doubted = True
        else:
            self._progress = standing.progress
            self._card.show(standing.progress)

    async def _await_database(self) -> None:
        """The database does not know the order: it may be told of it again, by `reconcile`."""
        await self._wait_for_news()
        # Whatever it was, only the database can say whether the order is there again.
        self._hinted = self._next_date.rang = False
        self._doubted = True

    # --- messages --------------------------------------------------------------------------------

    @workflow.signal(dynamic=True)
    def news(self, name: str, sent: Sequence[RawValue]) -> None:
        """Where the order stands, named for what happened to it.

        It may come twice, late or out of order: only what is newer is taken. Whatever else is sent,
        under such a name or another, makes the order ask the database.
        """
        told = None
        if name in names.NEWS:
            told = heard(workflow.payload_converter(), sent, Progress)
        if told is not None:
            self._signals += 1
            self._hear(told)
        elif workflow.patched(ASKS_WHEN_ODD):
            self._signals += 1
            self._doubted = True
            workflow.logger.warning("odd_signal", extra={"signal": name})

    @workflow.signal(name=names.PO_RECEIVED)
    def po_received(self, *hints: Any) -> None:
        """A hint, by anyone and in any words, that stock may have come: the order looks again."""
        if is_plain_hint(hints) or workflow.patched(ASKS_WHEN_ODD):
            self._signals += 1
            self._hinted = True

    @workflow.query(name=names.STATE)
    def state(self) -> OrderState:
        """Where the order stands, and the date its timer is armed for."""
        return OrderState(self._progress, self._next_date.set_for, self._at_odds)

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

    def _hear(self, told: Progress) -> None:
        """Take news at once; note a doubt, which is for the database to decide."""
        in_doubt = is_doubtful(told, self._progress, self._order.order, self._start.epoch)
        if in_doubt and workflow.patched(ASKS):
            self._doubted = True
        else:
            self._take(told)

    def _take(self, progress: Progress) -> None:
        if self._progress is None or progress.version > self._progress.version:
            self._progress = progress
            self._card.show(progress)

    async def _wait_for_news(self) -> None:
        seen = self._progress.version if self._progress else None
        await workflow.wait_condition(
            lambda: (
                self._hinted
                or self._doubted
                or self._next_date.rang
                or (self._progress is not None and self._progress.version != seen)
            )
        )

    async def _look_again(self) -> None:
        try:
            self._hear(
                await workflow.execute_activity(
                    activities.look_again,
                    self._order,
                    summary="look for stock",
                    retry_policy=attempts.RETRIES,
                    **attempts.OF_AN_ACTIVITY,
                )
            )
        except ActivityError as error:
            await self._hold(error)

    async def _hold(self, error: FailureError) -> None:
        """A broken rule never fails the workflow: the order is held with the rule's code."""
        code = code_of(error)
        if code == AtOdds.UNKNOWN_ORDER and workflow.patched(ASKS):
            self._note_unknown()
            return
        hold = Hold(self._order.merchant, self._order.order, code or "refused")
        try:
            held = await workflow.execute_activity(
                activities.hold_order,
                hold,
                summary=f"hold: {hold.reason}",
                retry_policy=attempts.RETRIES,
                **attempts.OF_AN_ACTIVITY,
            )
        except ActivityError as refused:
            if code_of(refused) != AtOdds.UNKNOWN_ORDER:
                raise
            self._note_unknown()
        else:
            self._hear(held)

    def _note_unknown(self) -> None:
        self._at_odds = AtOdds.UNKNOWN_ORDER
        self._card.show_unknown()

    async def _begin_history_anew_if_long(self) -> None:
        if workflow.info().is_continue_as_new_suggested() or self._signals >= MOST_SIGNALS:
            await workflow.wait_condition(workflow.all_handlers_finished)
            hinted = self._hinted or self._next_date.rang
            start = replace(self._start, progress=self._progress, hinted=hinted, edition=EDITION)
            workflow.continue_as_new(start)


def is_plain_hint(hints: Sequence[Any]) -> bool:
    """Whether a hint has the form that was always understood: nothing, or a word."""
    return not hints or (len(hints) == 1 and (hints[0] is None or isinstance(hints[0], str)))


def _has_passed_everywhere(due: date) -> datetime:
    """When the day of a date is over in the last zone; for a date already past, in a day.

    By then the supply's own timer has declared it overdue, and told the order its next date.
    """
    passed = datetime.combine(due + ONE_DAY, time(), UTC) + LAST_ZONE
    now = workflow.now()
    return passed if passed > now else now + ONE_DAY
