"""What a customer is told of silence, and what becomes of the order that it is about."""

from datetime import date, timedelta

import pytest

from deliveries.mail.port import Carried, Result
from fulfillment.domain.model.payments import PaymentKind
from fulfillment.store.commands.mail import delays
from fulfillment.store.commands.orders.details import cancel_date
from fulfillment.store.commands.payments import record
from fulfillment.store.planning.change import change_order
from fulfillment.store.reading.mail import last_notice
from tests.builders.calling import at_once
from tests.builders.mail import Post, customer, person, text_of, wants_mail
from tests.builders.warehouse import MERCHANT
from tests.store.commands.payments.test_payments import priced

NUMBER = "SO-1"
HOURS = timedelta(hours=3)
LIMIT = date(2026, 4, 8)
"""Thirty days after the first promise: the goods come on a Saturday, and leave on 9 March."""


@pytest.fixture
def purchase(post: Post) -> str:
    """An order of three waits for it, priced and paid for, and its customer was told so."""
    wants_mail(post.warehouse, delay_rule=True)
    purchase = post.warehouse.purchase([("K1", 10)], due=5)
    priced(post.warehouse, ("K1", 3, 1000), number=NUMBER, **customer())
    paid = record.NewPayment(PaymentKind.CAPTURE, 3000)
    record.record_payment(post.store, person("pay"), NUMBER, paid)
    post.go()
    return purchase


def cancel_on(post: Post) -> date | None:
    found = post.warehouse.one("SELECT cancel_on FROM orders")
    assert found is None or isinstance(found, date)
    return found


def move(post: Post, purchase: str, days: int) -> str:
    """The purchase order moves, and what the customer is told of it."""
    post.warehouse.change(purchase, expected_on=post.warehouse.day(days))
    post.go(HOURS)
    return text_of(post.kept.messages[-1])


def consent(post: Post) -> None:
    change_order(post.store, person("consent"), delays.consent_to_delay(NUMBER))


def test_silence_consents_to_a_first_delay_of_a_month_at_most(post, purchase):
    told = move(post, purchase, 20)
    assert "you need do nothing" in told
    assert cancel_on(post) is None


def test_silence_to_a_longer_delay_cancels_what_is_unshipped_and_its_money_is_due(post, purchase):
    told = move(post, purchase, 60)
    assert "we cancel what has not been sent on April 8, 2026" in told
    assert cancel_on(post) == LIMIT

    post.warehouse.clock.pass_days(36)
    post.warehouse.serve_due()
    assert post.warehouse.rows("SELECT status FROM orders")[0].status == "awaiting_stock"
    post.warehouse.clock.pass_days(1)
    post.warehouse.serve_due()
    (order,) = post.warehouse.rows("SELECT status FROM orders")
    assert order.status == "cancelled"
    (due,) = post.warehouse.rows("SELECT kind, amount_minor FROM payment_entry WHERE status='due'")
    assert (due.kind, due.amount_minor) == ("refund", 3000)
    assert post.go() == [f"Your order {NUMBER} is cancelled"]


def test_silence_to_a_second_delay_cancels_on_the_day_that_was_told(post, purchase):
    move(post, purchase, 20)
    post.warehouse.clock.pass_days(2)
    told = move(post, purchase, 30)
    assert "on March 23, 2026" in told
    assert cancel_on(post) == date(2026, 3, 23)


def test_who_agrees_to_wait_is_not_cancelled_and_may_say_so_twice(post, purchase):
    move(post, purchase, 60)
    consent(post)
    consent(post)
    assert cancel_on(post) is None
    notice = post.store.read(MERCHANT, lambda tx: last_notice(tx, NUMBER))
    assert notice is not None
    assert notice.consented_at is not None
    assert len(post.warehouse.happened(1, "delay_accepted")) == 1

    post.warehouse.clock.pass_days(40)
    post.warehouse.serve_due()
    assert post.warehouse.rows("SELECT status FROM orders")[0].status == "awaiting_stock"


def test_supply_that_is_due_by_then_after_all_keeps_the_order(post, purchase):
    move(post, purchase, 60)
    post.warehouse.change(purchase, expected_on=post.warehouse.day(34))
    post.warehouse.clock.pass_days(33)
    post.warehouse.receive(purchase, {1: 10})
    post.warehouse.serve(purchase)
    post.warehouse.clock.pass_days(5)
    post.warehouse.serve_due()
    assert post.warehouse.rows("SELECT status FROM orders")[0].status == "awaiting_pick_and_pack"


@pytest.mark.parametrize("result", [Result.REFUSED, Result.UNKNOWN])
def test_who_was_not_surely_told_has_not_been_silent(post, purchase, result):
    post.kept.answers = [Carried(result)]
    move(post, purchase, 60)
    assert cancel_on(post) is None


def test_a_day_that_a_person_set_stands(post, purchase):
    at = post.warehouse
    at.do(cancel_date(NUMBER, at.day(90)))
    move(post, purchase, 60)
    assert cancel_on(post) == date(2026, 5, 31)
    consent(post)
    assert cancel_on(post) == date(2026, 5, 31)


def test_without_the_rule_nothing_is_said_of_silence(post, purchase):
    wants_mail(post.warehouse, delay_rule=False)
    told = move(post, purchase, 60)
    assert "cancel" not in told
    assert cancel_on(post) is None
    assert post.warehouse.refusal(delays.consent_to_delay(NUMBER)) == "no_delay_told"


def test_a_consent_at_the_moment_in_which_the_notice_is_applied_leaves_no_day(post, purchase):
    post.warehouse.change(purchase, expected_on=post.warehouse.day(60))
    post.note()
    post.warehouse.clock.now += HOURS
    post.sender.round()
    (notice,) = delays.open_notices(post.store)
    at_once(
        lambda: delays.apply_notice(post.store, notice),
        lambda: consent(post),
        lambda: delays.apply_notice(post.store, notice),
    )
    assert cancel_on(post) is None
    assert delays.open_notices(post.store) == []


def test_an_order_that_has_ended_is_left_alone_by_its_notice(post, purchase):
    post.warehouse.change(purchase, expected_on=post.warehouse.day(60))
    post.note()
    post.warehouse.clock.now += HOURS
    post.sender.round()
    post.warehouse.cancel(1)
    for notice in delays.open_notices(post.store):
        delays.apply_notice(post.store, notice)
    assert cancel_on(post) is None
    assert delays.open_notices(post.store) == []
