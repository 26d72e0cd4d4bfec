"""One supply that moves many promises is one line, and can be stopped."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from deliveries.mail.process import Mailing
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.mail import messages
from fulfillment.store.commands.mail.noting import note_events
from fulfillment.store.reading.mail import list_batches
from fulfillment.store.reading.paging import Window
from fulfillment.store.reading.views.mail import MailBatchView
from fulfillment.store.transactions.session import Command
from tests.builders.feed import tell
from tests.builders.mail import Post, customer, person, wants_mail
from tests.builders.warehouse import MERCHANT

ORDERS = 40
HOURS = timedelta(hours=3)


@pytest.fixture
def purchase(post: Post) -> str:
    """Forty orders wait for it, and their customers have been told so."""
    wants_mail(post.warehouse, types=("waits", "delayed"))
    purchase = post.warehouse.purchase([("K1", 100)], due=5)
    for _ in range(ORDERS):
        post.warehouse.order([("K1", 1)], **customer())
    assert len(post.go()) == ORDERS
    return purchase


def batches(post: Post) -> list[MailBatchView]:
    return list(post.store.read(MERCHANT, lambda tx: list_batches(tx, Window(10))).items)


def delayed(post: Post) -> list[str]:
    return [status for type_, status in post.mails() if type_ == "delayed"]


def test_a_supply_that_moves_many_promises_is_one_line_of_the_log_and_of_the_list(post, purchase):
    post.warehouse.change(purchase, expected_on=post.warehouse.day(9))
    tell(post.store)
    with capture_logs() as logged:
        Mailing(post.store, post.sender)._round()

    assert [line["event"] for line in logged] == ["mail_batch_began"]
    (batch,) = batches(post)
    assert (batch.cause, batch.mails, batch.due) == (purchase, ORDERS, ORDERS)
    assert len(post.go(HOURS)) == ORDERS
    (batch,) = batches(post)
    assert (batch.due, batch.sent) == (0, ORDERS)


def test_a_batch_that_is_stopped_sends_nothing_more(post, purchase):
    wants_mail(post.warehouse, per_hour=ORDERS + 10)
    post.warehouse.change(purchase, expected_on=post.warehouse.day(9))
    post.note()
    post.warehouse.clock.now += timedelta(hours=2, minutes=1)
    for _ in range(3):
        post.sender.send_next(MERCHANT)
    (batch,) = batches(post)
    stopped = messages.stop_batch(post.store, person("stop"), batch.id)
    again = messages.stop_batch(post.store, person("stop"), batch.id)

    assert (stopped.sent, stopped.stopped) == (3, ORDERS - 3)
    assert again.stopped_at == stopped.stopped_at
    assert post.go(HOURS) == []


def test_what_had_happened_when_it_was_stopped_is_stopped_too(post, purchase):
    post.warehouse.change(purchase, expected_on=post.warehouse.day(9))
    tell(post.store)
    # Some of it was looked at, the rest was not yet: a large supply is noted round by round.
    while not batches(post):
        note_events(post.store, most=30)
    assert 0 < len(delayed(post)) < ORDERS
    post.warehouse.clock.now += timedelta(seconds=5)
    messages.stop_batch(post.store, person("stop"), batches(post)[0].id)
    post.note()

    assert delayed(post) == ["stopped"] * ORDERS
    assert len(batches(post)) == 1
    assert post.go(HOURS) == []


def test_what_moves_after_a_stop_is_another_batch(post, purchase):
    post.warehouse.change(purchase, expected_on=post.warehouse.day(9))
    post.note()
    messages.stop_batch(post.store, person("stop"), batches(post)[0].id)
    post.warehouse.clock.now += timedelta(minutes=10)
    post.warehouse.change(purchase, expected_on=post.warehouse.day(19))

    assert len(post.go(HOURS)) == ORDERS
    assert [batch.stopped_at is None for batch in batches(post)] == [True, False]


def test_a_batch_of_another_merchant_can_not_be_stopped(post, purchase):
    post.warehouse.change(purchase, expected_on=post.warehouse.day(9))
    post.note()
    (batch,) = batches(post)
    foreign = Command("bolt", "stop", "stop:1", "tester")
    with pytest.raises(RefusedError, match="no mail batch"):
        messages.stop_batch(post.store, foreign, batch.id)
    assert set(delayed(post)) == {"due"}
