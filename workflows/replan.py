"""Serve queues that one transaction could not serve to their end."""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from fulfillment.contracts import activities, names
    from fulfillment.contracts.messages import ReplanStart
    from workflows import attempts


@workflow.defn(name=names.REPLAN_WORKFLOW)
class ReplanWorkflow:
    """One batch after another from the heads of a merchant's queues, until nothing is owed."""

    def __init__(self) -> None:
        self._again = True

    @workflow.run
    async def run(self, start: ReplanStart) -> None:
        """Go on until a whole round found nothing left and nobody asked for another."""
        while self._again:
            self._begin_history_anew_if_long(start)
            self._again = False
            left = await workflow.execute_activity(
                activities.serve_due_queues,
                start,
                summary="serve the queues",
                retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
                **attempts.OF_AN_ACTIVITY,
            )
            self._again = self._again or left > 0

    def _begin_history_anew_if_long(self, start: ReplanStart) -> None:
        """A merchant who is always owed something must not run into the end of a history."""
        if workflow.info().is_continue_as_new_suggested() and workflow.patched("replan-anew"):
            workflow.continue_as_new(start)

    @workflow.signal(name=names.AGAIN)
    def again(self, *_: Any) -> None:
        """More became due, whatever is said of it; it may have been after the last look."""
        self._again = True
