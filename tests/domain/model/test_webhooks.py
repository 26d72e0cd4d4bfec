"""What an endpoint is told, and what becomes of a delivery after each attempt."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.insight.public_events import EventType
from fulfillment.domain.model.webhooks import (
    JITTER,
    LONGEST_RETRY_AFTER,
    LONGEST_SLOWDOWN,
    PAUSES,
    Attempt,
    DeliveryStatus,
    Fault,
    OffReason,
    Standing,
    families,
    is_topic,
    judge,
    wants,
)

DAYS = timedelta(days=5)
FIRST = Standing(attempts=1)


def test_topics_are_types_families_or_all():
    for topic in (*EventType, *families(EventType), "*"):
        assert is_topic(topic, EventType)
    for other in ("order", "order.", "*.shipped", "order.none", "orders.*", "", "webhook.test"):
        assert not is_topic(other, EventType)


def test_a_family_stands_for_its_types_also_for_those_that_come_later():
    assert wants(["order.*"], "order.shipped")
    assert wants(["order.*"], "order.what_comes_later")
    assert not wants(["order.*"], "orders.shipped")
    assert not wants(["order.shipped"], "order.ready")
    assert wants(["*"], "supply.closed")
    assert not wants([], "order.shipped")


@given(st.integers(200, 299))
def test_any_2xx_is_success(status):
    assert judge(Attempt(status), FIRST, DAYS, 0).status is DeliveryStatus.DELIVERED


failures = st.one_of(
    st.integers(300, 599).filter(lambda status: status != 410).map(lambda s: Attempt(status=s)),
    st.integers(100, 199).map(lambda s: Attempt(status=s)),
    st.sampled_from([each for each in Fault if each is not Fault.SECRET_NOT_OPENED]).map(
        lambda fault: Attempt(fault=fault)
    ),
    st.builds(Attempt, status=st.just(503), retry_after=st.timedeltas(timedelta(0))),
)


@given(failures, st.integers(1, 9), st.integers(0, 100), st.floats(0, 1))
def test_what_fails_is_tried_again_after_its_pause_and_never_before(
    attempt, attempts, slow, chance
):
    verdict = judge(attempt, Standing(attempts, slow), DAYS, chance)
    assert verdict.status is DeliveryStatus.DUE
    pause = PAUSES[attempts - 1]
    assert verdict.retry_in is not None
    assert verdict.retry_in >= pause
    assert verdict.retry_in <= max(pause * (1 + JITTER), verdict.slow_for or pause)
    assert verdict.slow_for is None or verdict.slow_for <= LONGEST_RETRY_AFTER


@given(failures, st.integers(10, 20))
def test_after_the_last_pause_it_is_given_up(attempt, attempts):
    assert judge(attempt, Standing(attempts), DAYS, 0).status is DeliveryStatus.FAILED


def test_it_is_tried_for_three_days_in_all():
    assert len(PAUSES) == 9
    assert timedelta(days=3) < sum(PAUSES, timedelta()) < timedelta(days=4)


def test_gone_switches_off_at_once():
    verdict = judge(Attempt(410), FIRST, DAYS, 0)
    assert (verdict.status, verdict.off) == (DeliveryStatus.FAILED, OffReason.GONE)


@given(failures, st.integers(1, 20))
def test_days_of_failure_switch_off(attempt, attempts):
    too_long = Standing(attempts, failing_for=DAYS + timedelta(seconds=1))
    assert judge(attempt, too_long, DAYS, 0).off is OffReason.FAILING
    assert judge(attempt, Standing(attempts, failing_for=DAYS), DAYS, 0).off is None
    assert judge(Attempt(204), too_long, DAYS, 0).off is None


def test_a_secret_that_can_not_be_opened_waits_and_is_no_fault_of_the_receiver():
    at = Standing(attempts=20, failing_for=DAYS * 2)
    verdict = judge(Attempt(fault=Fault.SECRET_NOT_OPENED), at, DAYS, 0)
    assert (verdict.status, verdict.off) == (DeliveryStatus.DUE, None)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_who_asks_for_fewer_calls_gets_fewer_the_more_often_he_asks(status):
    slow = [judge(Attempt(status), Standing(1, before), DAYS, 0).slow_for for before in range(20)]
    assert slow[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert slow[-1] == LONGEST_SLOWDOWN
    assert judge(Attempt(500), FIRST, DAYS, 0).slow_for is None


def test_what_the_receiver_says_of_the_time_counts_within_bounds():
    told = {timedelta(minutes=20): timedelta(minutes=20), timedelta(0): timedelta(seconds=5),
            timedelta(days=900): LONGEST_RETRY_AFTER}  # fmt: skip
    for said, counts in told.items():
        verdict = judge(Attempt(500, retry_after=said), FIRST, DAYS, 0)
        assert verdict.slow_for == counts
        assert verdict.retry_in == max(counts, PAUSES[0])
