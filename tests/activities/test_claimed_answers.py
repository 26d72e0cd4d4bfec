"""What the first claim's activity answers: a claim, an end, or that it has to be asked again."""

from dataclasses import replace

import pytest
from temporalio.exceptions import ApplicationError

from activities.order_activities import claimed_answer
from fulfillment.contracts.messages import Progress
from fulfillment.domain.model.statuses import OrderStatus

UNCLAIMED = Progress(1, "SO-1", 3, OrderStatus.RECEIVED, 50, waiting_units=2)


@pytest.mark.parametrize(
    "progress",
    [
        replace(UNCLAIMED, claimed=True, status=OrderStatus.AWAITING_STOCK),
        replace(UNCLAIMED, status=OrderStatus.CANCELLED),
    ],
)
def test_it_is_answered_where_the_order_has_claimed_or_ended(progress: Progress) -> None:
    assert claimed_answer(progress) == progress


def test_the_engine_asks_again_while_others_are_served_before_it() -> None:
    with pytest.raises(ApplicationError) as raised:
        claimed_answer(UNCLAIMED)
    assert (raised.value.type, raised.value.non_retryable) == ("not_claimed_yet", False)


def test_a_claim_that_went_wrong_is_final_and_waits_for_a_person() -> None:
    with pytest.raises(ApplicationError) as raised:
        claimed_answer(replace(UNCLAIMED, status=OrderStatus.ON_HOLD, holds=("claim_failed",)))
    assert (raised.value.type, raised.value.non_retryable) == ("claim_failed", True)
