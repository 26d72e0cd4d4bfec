"""Which mails customers get of what happens, through the feed and the real database."""

from datetime import timedelta

import pytest

from deliveries.mail.port import Carried, Result
from fulfillment.store.commands.mail.settings import change_mail_settings
from fulfillment.store.commands.orders import line_changes
from tests.builders.mail import (
    ADDRESS,
    SENDER,
    Post,
    customer,
    person,
    read,
    text_of,
    wants_mail,
)

HOURS = timedelta(hours=3)


def test_an_order_that_is_there_is_taken_and_shipped(post):
    at = post.warehouse
    at.stock(3)
    at.order([("K1", 3)], "SO-1", **customer())
    assert post.go() == ["Your order SO-1"]

    (shipment,) = at.shipments("ready")
    at.start_picking(shipment)
    at.pick(shipment)
    at.pack(shipment)
    at.ship(shipment)
    assert post.go() == ["Your order SO-1 is on its way"]

    first = post.kept.messages[0]
    assert first["To"] == f"Zoe Quux <{ADDRESS}>"
    assert first["From"] == f"Acme <{SENDER}>"
    assert "3 x K1 (K1)" in text_of(first)
    assert "<li>3 \N{MULTIPLICATION SIGN} K1 (K1)</li>" in text_of(first, "html")


def test_nothing_is_sent_before_a_merchant_switches_it_on(warehouse):
    post = Post(warehouse)
    warehouse.order([("K1", 3)], **customer())
    assert post.go() == []

    wants_mail(warehouse)
    assert post.go() == []
    assert post.mails() == []


def test_who_waits_is_told_until_when(post):
    at = post.warehouse
    at.purchase([("K1", 10)], due=5)
    at.order([("K1", 3)], "SO-1", **customer())

    assert post.go() == ["Your order SO-1", "Your order SO-1 waits until March 9, 2026"]
    assert "3 x K1, by March 9, 2026" in text_of(post.kept.messages[1])


def test_a_split_tells_what_follows_and_the_wait_is_not_told_twice(post):
    at = post.warehouse
    at.stock(2)
    at.purchase([("K1", 10)], due=5)
    at.order([("K1", 3)], "SO-1", **customer())

    assert post.go() == ["Your order SO-1", "Your order SO-1 comes in several parcels"]
    assert "1 x K1, by March 9, 2026" in text_of(post.kept.messages[1])
    assert post.reasons()["waits"] == "told_already"


def test_a_delay_is_told_once_it_has_settled(post):
    at = post.warehouse
    purchase = at.purchase([("K1", 10)], due=5)
    at.order([("K1", 3)], "SO-1", **customer())
    post.go()

    at.change(purchase, expected_on=at.day(8))
    at.change(purchase, expected_on=at.day(9))
    assert post.go() == []
    assert post.go(HOURS) == ["Your order SO-1 is delayed"]
    text = text_of(post.kept.messages[-1])
    assert "by March 11, 2026 instead of March 9, 2026" in text


def test_a_promise_that_ends_where_it_began_makes_no_mail(post):
    at = post.warehouse
    purchase = at.purchase([("K1", 10)], due=5)
    at.order([("K1", 3)], **customer())
    post.go()

    at.change(purchase, expected_on=at.day(9))
    post.note()
    at.change(purchase, expected_on=at.day(5))
    assert post.go(HOURS) == []
    assert post.reasons()["delayed"] == "ended_where_it_began"


def test_an_order_is_told_of_one_delay_in_a_day(post):
    at = post.warehouse
    purchase = at.purchase([("K1", 10)], due=15)
    at.order([("K1", 3)], **customer())
    post.go()
    sent = []
    for days in range(18, 26):
        at.change(purchase, expected_on=at.day(days))
        sent.append(len(post.go(HOURS)))

    # Eight moves in a day: one mail, and what came of the others when the day was over.
    assert sum(sent) == 1
    assert len(post.go(timedelta(days=1))) == 1
    assert post.go(timedelta(days=3)) == []


def test_an_order_that_was_cancelled_meanwhile_is_not_told_that_it_waits(post):
    at = post.warehouse
    order = at.order([("K1", 3)], "SO-1", **customer())
    post.note()
    at.cancel(order)

    assert post.go() == ["Your order SO-1 is cancelled"]
    assert post.reasons()["waits"] == "order_ended"


def test_a_part_that_is_cancelled_is_told_by_itself(post):
    at = post.warehouse
    at.stock(5)
    order = at.order([("K1", 3), ("K2", 1)], "SO-1", **customer())
    post.go()
    at.do(line_changes.quantity(at.number(order), 1, 1))
    post.go()

    assert post.kept.subjects[-1] == "A part of your order SO-1 is cancelled"
    assert "2 x K1" in text_of(post.kept.messages[-1])


def test_a_type_that_is_switched_off_is_not_sent(post):
    wants_mail(post.warehouse, types=("shipped",))
    post.warehouse.order([("K1", 3)], **customer())
    assert post.go() == []
    assert post.mails() == []


def test_what_is_due_when_mail_is_switched_off_is_never_sent(post):
    post.warehouse.order([("K1", 3)], **customer())
    post.note()
    change_mail_settings(post.store, person("off"), {"enabled": False})
    change_mail_settings(post.store, person("on"), {"enabled": True})

    assert post.go() == []
    assert set(post.mails()) == {("taken", "dropped"), ("waits", "dropped")}


def test_a_customer_whose_data_was_erased_gets_nothing(post):
    order = post.warehouse.order([("K1", 3)], **customer())
    with post.store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM order_customer WHERE order_id = %s", (order,))

    assert post.go() == []
    assert post.reasons() == {"taken": "no_address", "waits": "no_address"}


@pytest.mark.parametrize(
    ("told", "subject"),
    [
        ({"locale": "de"}, "Ihre Bestellung SO-1 wartet bis 9. März 2026"),
        ({"locale": "en_GB"}, "Your order SO-1 waits until 9 March 2026"),
        ({"locale": "xx"}, "Your order SO-1 waits until March 9, 2026"),
    ],
)
def test_a_mail_is_in_the_language_of_its_customer(post, told, subject):
    post.warehouse.purchase([("K1", 10)], due=5)
    post.warehouse.order([("K1", 3)], "SO-1", **customer(**told))
    assert post.go()[1] == subject


def test_no_header_can_be_put_in_by_a_name(post):
    post.warehouse.order([("K1", 1)], **customer(name="Zoe\r\nBcc: all@acme.example"))
    post.go()
    assert read(post.kept.mails[0].content)["Bcc"] is None
    assert b"\nBcc:" not in post.kept.mails[0].content


def test_a_bad_address_is_shown_to_a_person_and_nothing_is_sent(post):
    post.warehouse.order([("K1", 1)], **customer(email="zoe@example, all@acme.example"))
    assert post.go() == []
    assert ("taken", "refused") in post.mails()
    assert post.reasons()["taken"] == "bad_address"


def test_what_the_server_puts_off_is_sent_later_under_the_same_name(post):
    post.warehouse.stock(1)
    post.warehouse.order([("K1", 1)], **customer())
    post.kept.answers = [Carried(Result.LATER, 451)]
    assert len(post.go()) == 1
    assert post.mails() == [("taken", "due")]

    post.go(timedelta(minutes=2))
    assert post.mails() == [("taken", "sent")]
    one, two = (message["Message-ID"] for message in post.kept.messages)
    assert one == two


def test_a_merchant_has_no_more_mails_in_an_hour_than_its_rate(post):
    wants_mail(post.warehouse, per_hour=3)
    post.warehouse.stock(9)
    for _ in range(5):
        post.warehouse.order([("K1", 1)], **customer())

    assert len(post.go()) == 3
    assert post.go() == []
    assert len(post.go(timedelta(hours=1))) == 2
