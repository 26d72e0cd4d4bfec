"""An order's first answer: that it is verified and prepared, within its first workflow task."""

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from fulfillment.contracts import activities
    from fulfillment.contracts.messages import OrderRef, Progress
    from workflows import attempts
    from workflows.refusals import is_of_a_rule
    from workflows.steps import PREPARE, VERIFY, step


async def first_answer(order: OrderRef, edition: int) -> Progress:
    """By local activities; what can not be had so at once, an activity of the engine waits for.

    Both ways ask for the same transaction, which verifies and prepares once. Runs that began in
    edition 0 know only the second.
    """
    if edition >= 1:
        try:
            return await _at_once(order)
        except FailureError as error:
            if is_of_a_rule(error) or is_cancelled_exception(error):
                raise
    with step(VERIFY, PREPARE):
        return await workflow.execute_activity(
            activities.prepare_fulfillment,
            order,
            summary="verify, then prepare: claim, split, release",
            retry_policy=attempts.RETRIES,
            **attempts.OF_AN_ACTIVITY,
        )


async def _at_once(order: OrderRef) -> Progress:
    local = attempts.OF_A_LOCAL_ACTIVITY
    await workflow.execute_local_activity(activities.verify, order, **local)
    return await workflow.execute_local_activity(activities.prepare_fulfillment, order, **local)
