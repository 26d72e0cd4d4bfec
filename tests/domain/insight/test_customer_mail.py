"""Which mails an order's events call for, and what is still to be told when one is to be sent."""

import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.insight.customer_knowledge import (
    NOTHING_TOLD,
    OrderNow,
    Telling,
    to_tell,
)
from fulfillment.domain.insight.customer_mail import (
    DELAYS_APART,
    GATHER,
    MailReason,
    MailRules,
    MailType,
    OrderNews,
    PlannedMail,
    planned_mails,
)
from fulfillment.domain.insight.public_events import EventType
from fulfillment.domain.model.statuses import OrderStatus

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SETTLE = timedelta(hours=2)
RULES = MailRules(frozenset(MailType), SETTLE)
WAITS_UNTIL = date(2026, 3, 20)
WAITING = OrderNow(
    OrderStatus.AWAITING_STOCK, waits={1: 3}, until=WAITS_UNTIL, first_until=WAITS_UNTIL,
    is_dated=True,
)  # fmt: skip
TOLD_TO_WAIT = Telling(frozenset({MailType.WAITS}), waits=True, until=WAITS_UNTIL)


def news(type_: EventType, minutes: float = 0, n: int = 1, **facts: object) -> OrderNews:
    at = NOON + timedelta(minutes=minutes)
    return OrderNews(f"event-{n:03}", type_, at, facts, waits=bool(facts.pop("waiting", False)))


def moved(was: date | None, to: date | None, minutes: float = 0, n: int = 1) -> OrderNews:
    slices: dict[str, Any] = {
        name: [{"units": 3, "on": str(on)}] if on else []
        for name, on in (("from", was), ("to", to))
    }
    return news(EventType.PROMISE_MOVED, minutes, n, line=1, because=["PO-7"], **slices)


def planned(*events: OrderNews, last: datetime | None = None) -> dict[MailType, PlannedMail]:
    return {mail.type: mail for mail in planned_mails(events, RULES, last)}


# --- what calls for a mail -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (news(EventType.ORDER_RECEIVED), {MailType.TAKEN}),
        (news(EventType.ORDER_WAITS), {MailType.WAITS}),
        (news(EventType.SHIPMENT_SHIPPED), {MailType.SHIPPED}),
        (news(EventType.ORDER_CANCELLED), {MailType.CANCELLED}),
        (news(EventType.ORDER_CHANGED, change="units_cancelled"), {MailType.CANCELLED}),
        (news(EventType.ORDER_CHANGED, change="priority_changed"), set()),
        (news(EventType.SHIPMENT_RELEASED, waiting=True), {MailType.SPLIT}),
        (news(EventType.SHIPMENT_RELEASED), set()),
        (moved(WAITS_UNTIL, WAITS_UNTIL + timedelta(days=1)), {MailType.DELAYED}),
        (moved(WAITS_UNTIL, WAITS_UNTIL - timedelta(days=1)), set()),
        (news(EventType.PROMISE_GIVEN), set()),
        (moved(None, WAITS_UNTIL), set()),
        (moved(WAITS_UNTIL, None), set()),
    ],
)
def test_an_event_calls_for(event, expected):
    assert set(planned(event)) == expected


def test_a_type_that_is_switched_off_is_not_called_for():
    rules = replace(RULES, types=frozenset({MailType.SHIPPED}))
    events = [news(EventType.ORDER_RECEIVED), news(EventType.SHIPMENT_SHIPPED, n=2)]
    assert [mail.type for mail in planned_mails(events, rules)] == [MailType.SHIPPED]


def test_a_split_is_told_before_what_only_waits():
    made = planned(news(EventType.ORDER_WAITS), news(EventType.SHIPMENT_RELEASED, waiting=True))
    assert made[MailType.SPLIT].due_at == NOON + GATHER
    assert made[MailType.WAITS].due_at > made[MailType.SPLIT].due_at


def test_a_delay_settles_but_is_told_before_the_day_that_was_promised_begins():
    far, near = date(2026, 3, 20), date(2026, 3, 2)
    soon = moved(date(2026, 3, 3), far, minutes=11 * 60)
    assert planned(moved(WAITS_UNTIL, WAITS_UNTIL + DELAYS_APART))[MailType.DELAYED].due_at == (
        NOON + SETTLE
    )
    assert planned(soon)[MailType.DELAYED].due_at == datetime(2026, 3, 3, tzinfo=UTC)
    assert planned(moved(near, far))[MailType.DELAYED].due_at == NOON


def test_a_delay_is_told_a_day_after_the_last_one():
    last = NOON - timedelta(hours=20)
    made = planned(moved(WAITS_UNTIL, WAITS_UNTIL + DELAYS_APART), last=last)
    assert made[MailType.DELAYED].due_at == last + DELAYS_APART


# --- what is still to be told --------------------------------------------------------------------

ENDED = replace(WAITING, status=OrderStatus.CANCELLED, waits={}, cancelled={1: 3})
LATER = replace(WAITING, until=WAITS_UNTIL + timedelta(days=9))
PARTS = replace(WAITING, has_parts=True, shipped=frozenset({1}))

CASES = {
    "taken": (MailType.TAKEN, WAITING, NOTHING_TOLD, None),
    "taken twice": (
        MailType.TAKEN, WAITING, Telling(frozenset({MailType.TAKEN})), MailReason.TOLD_ALREADY,
    ),
    "taken of what was cancelled": (
        MailType.TAKEN, ENDED, NOTHING_TOLD, MailReason.ORDER_ENDED,
    ),
    "waits": (MailType.WAITS, WAITING, NOTHING_TOLD, None),
    "waits of what is there by now": (
        MailType.WAITS, replace(WAITING, waits={}), NOTHING_TOLD, MailReason.NOTHING_WAITS,
    ),
    "waits of what was cancelled": (MailType.WAITS, ENDED, NOTHING_TOLD, MailReason.ORDER_ENDED),
    "waits twice": (MailType.WAITS, WAITING, TOLD_TO_WAIT, MailReason.TOLD_ALREADY),
    "split": (MailType.SPLIT, PARTS, TOLD_TO_WAIT, None),
    "split of what goes together": (
        MailType.SPLIT, WAITING, NOTHING_TOLD, MailReason.NOT_SPLIT,
    ),
    "delayed": (MailType.DELAYED, LATER, TOLD_TO_WAIT, None),
    "delayed against the first promise": (MailType.DELAYED, LATER, NOTHING_TOLD, None),
    "not delayed any more": (
        MailType.DELAYED, WAITING, TOLD_TO_WAIT, MailReason.ENDED_WHERE_IT_BEGAN,
    ),
    "earlier than was told": (
        MailType.DELAYED, WAITING, replace(TOLD_TO_WAIT, until=LATER.until),
        MailReason.ENDED_WHERE_IT_BEGAN,
    ),
    "no day was known, and none is": (
        MailType.DELAYED, replace(LATER, is_dated=False), replace(TOLD_TO_WAIT, until=None),
        MailReason.ENDED_WHERE_IT_BEGAN,
    ),
    "no day was known, and one is": (
        MailType.DELAYED, LATER, replace(TOLD_TO_WAIT, until=None), None,
    ),
    "shipped": (MailType.SHIPPED, PARTS, TOLD_TO_WAIT, None),
    "shipped, and taken back": (
        MailType.SHIPPED, WAITING, NOTHING_TOLD, MailReason.NOTHING_SHIPPED,
    ),
    "shipped twice": (
        MailType.SHIPPED, PARTS, Telling(shipments=frozenset({1})), MailReason.NOTHING_SHIPPED,
    ),
    "cancelled": (MailType.CANCELLED, ENDED, TOLD_TO_WAIT, None),
    "cancelled twice": (
        MailType.CANCELLED, ENDED,
        Telling(frozenset({MailType.CANCELLED}), cancelled={1: 3}), MailReason.NOTHING_CANCELLED,
    ),
    "rejected without a unit cancelled": (
        MailType.CANCELLED, replace(ENDED, status=OrderStatus.REJECTED, cancelled={}),
        NOTHING_TOLD, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_to_be_told(name):
    type_, now, known, reason = CASES[name]
    told = to_tell(type_, now, known)
    assert isinstance(told, Telling) if reason is None else told is reason


@pytest.mark.parametrize("type_", [MailType.TAKEN, MailType.WAITS, MailType.SHIPPED])
def test_who_asks_for_it_is_told_again(type_):
    told = to_tell(type_, PARTS, NOTHING_TOLD)
    assert isinstance(told, Telling)
    assert isinstance(to_tell(type_, PARTS, told), MailReason)
    assert isinstance(to_tell(type_, PARTS, told, asked_for=True), Telling)


def test_what_is_asked_for_is_still_only_what_is_true():
    assert to_tell(MailType.WAITS, ENDED, NOTHING_TOLD, asked_for=True) is MailReason.ORDER_ENDED


def test_only_what_was_cancelled_since_is_told():
    known = Telling(frozenset({MailType.CANCELLED}), cancelled={1: 1})
    told = to_tell(MailType.CANCELLED, replace(WAITING, cancelled={1: 3, 2: 1}), known)
    assert isinstance(told, Telling)
    assert told.cancelled == {1: 2, 2: 1}


# --- laws ----------------------------------------------------------------------------------------

DAYS = st.integers(1, 40).map(lambda days: WAITS_UNTIL + timedelta(days=days - 20))
KINDS = st.sampled_from([
    EventType.ORDER_RECEIVED, EventType.ORDER_WAITS, EventType.SHIPMENT_SHIPPED,
    EventType.ORDER_CANCELLED,
])  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[OrderNews]:
    minutes = sorted(draw(st.lists(st.integers(0, 5_000), min_size=1, max_size=12)))
    events = []
    for n, minute in enumerate(minutes, 1):
        if draw(st.booleans()):
            events.append(moved(draw(DAYS), draw(DAYS), minute, n))
        else:
            events.append(news(draw(KINDS), minute, n))
    return events


@given(histories(), st.randoms(use_true_random=False))
def test_any_order_of_the_same_events_plans_the_same(events, chance):
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert planned_mails(shuffled, RULES) == planned_mails(events, RULES)


@given(histories(), st.lists(st.integers(1, 4), min_size=12, max_size=12))
def test_any_grouping_of_the_same_events_plans_the_same(events, sizes):
    pending: dict[MailType, PlannedMail] = {}
    for group in grouped(events, sizes):
        for mail in planned_mails(group, RULES):
            # What is due stands for what calls for it again, as in the table of mails.
            pending.setdefault(mail.type, mail)
    assert pending == planned(*events)


def grouped(events: list[OrderNews], sizes: Iterable[int]) -> Iterable[list[OrderNews]]:
    left = list(events)
    for size in sizes:
        group, left = left[:size], left[size:]
        if group:
            yield group


class Customer:
    """Plays the table of mails for one order: what is due, what was told and when."""

    def __init__(self, now: OrderNow, known: Telling = TOLD_TO_WAIT) -> None:
        self.now, self.known = now, known
        self.due: dict[MailType, PlannedMail] = {}
        self.sent: list[tuple[datetime, MailType]] = []

    def send_until(self, moment: datetime) -> None:
        for mail in sorted(self.due.values(), key=lambda mail: mail.due_at):
            if mail.due_at <= moment:
                del self.due[mail.type]
                told = to_tell(mail.type, self.now, self.known)
                if isinstance(told, Telling):
                    self.known = self.known.and_then(told)
                    self.sent.append((mail.due_at, mail.type))

    def hear(self, events: list[OrderNews]) -> None:
        delays = [at for at, type_ in self.sent if type_ is MailType.DELAYED]
        for mail in planned_mails(events, RULES, max(delays, default=None)):
            self.due.setdefault(mail.type, mail)


@given(st.lists(st.tuples(st.integers(0, 600), DAYS), min_size=1, max_size=30))
def test_an_order_has_at_most_one_mail_of_a_delay_in_a_day_however_often_it_moves(moves):
    customer, moment, was = Customer(WAITING), 0, WAITS_UNTIL
    for n, (minutes, to) in enumerate(moves, 1):
        moment += minutes
        customer.send_until(NOON + timedelta(minutes=moment))
        customer.now = replace(customer.now, until=to)
        customer.hear([moved(was, to, moment, n)])
        was = to
    customer.send_until(NOON + timedelta(days=60))

    told = [at for at, type_ in customer.sent if type_ is MailType.DELAYED]
    assert all(later - at >= DELAYS_APART for at, later in itertools.pairwise(told))
    # Nobody is left with a day that has passed into a later one.
    assert customer.known.until is not None
    assert customer.known.until >= was


@given(st.lists(DAYS, max_size=10))
def test_a_promise_that_is_back_before_it_settled_makes_no_mail(moves):
    customer, was = Customer(WAITING), WAITS_UNTIL
    for n, to in enumerate([*moves, WAITS_UNTIL], 1):
        customer.hear([moved(was, to, n, n)])
        customer.now = replace(customer.now, until=to)
        was = to
    customer.send_until(NOON + timedelta(days=60))
    assert customer.sent == []


@given(histories())
def test_a_cancelled_order_is_told_of_its_end_and_of_no_wait(events):
    customer = Customer(WAITING, NOTHING_TOLD)
    customer.hear(events)
    customer.now = ENDED
    customer.hear([news(EventType.ORDER_CANCELLED, 9_000, 99)])
    customer.send_until(NOON + timedelta(days=60))
    counted = Counter(type_ for _, type_ in customer.sent)
    assert counted == Counter({MailType.CANCELLED: 1})
