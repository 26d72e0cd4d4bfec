"""Mail to customers: what is made of the feed, claimed, sent, and done about it by people."""

from datetime import timedelta

from deliveries.mail.port import Carried, Result
from fulfillment.domain.insight.customer_mail import MailStatus, MailType
from fulfillment.store.commands.mail import delays, messages, noting, sending, settings, templates
from fulfillment.store.planning.change import Change
from fulfillment.store.reading.views.mail_facts import ClaimedMail, MailWords
from fulfillment.store.transactions.session import Store
from tests.builders.feed import tell
from tests.builders.mail import Kept, Post, customer, wants_mail
from tests.builders.warehouse import MERCHANT, Warehouse
from tests.crashes.net import Run, crash, the_command
from tests.crashes.stages import ORDER

ANSWER = frozenset({"answer"})
"""Who comes again finds it done: nothing is left to note, to claim, or to tell."""
WORDS = MailWords(language="de", subject="Hallo", text="Hallo", html="<p>Hallo</p>")


# --- stages --------------------------------------------------------------------------------------


def told(at: Warehouse) -> None:
    """An order whose events are in the feed, of a merchant that wants one type of mail."""
    wants_mail(at, types=("taken",))
    at.take([("K1", 1)], ORDER, **customer())
    tell(at.store)


def due(at: Warehouse) -> None:
    """A mail that is due."""
    told(at)
    Post(at).note()
    at.clock.now += timedelta(minutes=5)


def claimed(at: Warehouse) -> None:
    """A mail that somebody claimed a while ago."""
    due(at)
    sending.claim_mail(at.store, MERCHANT)
    at.clock.now += timedelta(hours=1)


def refused(at: Warehouse) -> None:
    """A mail that the server refused."""
    due(at)
    Post(at, Kept(answers=[Carried(Result.REFUSED, 550)])).sender.round()


def sent(at: Warehouse) -> None:
    """A mail that was sent."""
    due(at)
    Post(at).sender.round()


def with_own_words(at: Warehouse) -> None:
    """A merchant that has words of its own."""
    templates.put_mail_template(at.store, the_command("put"), MailType.TAKEN, WORDS)


def moved(at: Warehouse) -> None:
    """A purchase order that moved, and a mail of the delay that is due."""
    wants_mail(at, types=("delayed",), delay_rule=True)
    purchase = at.purchase([("K1", 10)], due=5)
    at.order([("K1", 2)], ORDER, **customer())
    at.change(purchase, expected_on=at.day(60))
    Post(at).note()
    at.clock.now += timedelta(hours=3)


def told_of_a_delay(at: Warehouse) -> None:
    """The same, sent; the order does not know yet of the day on which silence cancels."""
    moved(at)
    Post(at).sender.round()


# --- scenarios -----------------------------------------------------------------------------------


@crash(settings.change_mail_settings, due)
def switched_off(_: Warehouse) -> Run:
    asked = the_command("settings")
    return lambda store: settings.change_mail_settings(store, asked, {"enabled": False})


@crash(templates.put_mail_template)
def own_words(_: Warehouse) -> Run:
    asked = the_command("words")
    return lambda store: templates.put_mail_template(store, asked, MailType.TAKEN, WORDS)


@crash(templates.delete_mail_template, with_own_words)
def no_own_words(_: Warehouse) -> Run:
    asked = the_command("no words")
    return lambda store: templates.delete_mail_template(store, asked, MailType.TAKEN, "de")


@crash(noting.note_events, told, apart_from=ANSWER)
def noted(_: Warehouse) -> Run:
    return noting.note_events


@crash(noting.pass_over_events, told)
def passed_over(_: Warehouse) -> Run:
    return noting.pass_over_events


@crash(sending.merchants_with_mail, due)
def looked_for(_: Warehouse) -> Run:
    return sending.merchants_with_mail


@crash(sending.claim_mail, due, apart_from=ANSWER)
def claimed_once(_: Warehouse) -> Run:
    """Who died with it leaves it claimed: nobody else gets it."""
    return lambda store: sending.claim_mail(store, MERCHANT)


@crash(sending.note_outcome, due, apart_from=ANSWER)
def outcome_told(at: Warehouse) -> Run:
    found = sending.claim_mail(at.store, MERCHANT)
    assert isinstance(found, ClaimedMail)
    outcome = sending.MailOutcome(MailStatus.SENT, reply=250)
    return lambda store: sending.note_outcome(store, found, outcome)


@crash(sending.give_up_dead_claims, claimed, apart_from=ANSWER)
def given_up(_: Warehouse) -> Run:
    return sending.give_up_dead_claims


def mail_id(at: Warehouse) -> int:
    return int(at.one("SELECT min(id) FROM mail"))


@crash(messages.send_again, refused)
def sent_again(at: Warehouse) -> Run:
    mail = mail_id(at)
    return lambda store: messages.send_again(store, the_command("again"), mail)


@crash(messages.settle_mail, refused)
def seen_to(at: Warehouse) -> Run:
    mail = mail_id(at)
    return lambda store: messages.settle_mail(store, the_command("settle"), mail)


@crash(messages.note_bounce, sent)
def came_back(at: Warehouse) -> Run:
    mail = mail_id(at)
    return lambda store: messages.note_bounce(store, the_command("bounce"), mail)


@crash(messages.stop_batch, moved)
def stopped(at: Warehouse) -> Run:
    batch = int(at.one("SELECT id FROM mail_batch"))
    return lambda store: messages.stop_batch(store, the_command("stop"), batch)


@crash(delays.open_notices, told_of_a_delay)
def open_ones(_: Warehouse) -> Run:
    return delays.open_notices


@crash(delays.apply_notice, told_of_a_delay)
def applied(at: Warehouse) -> Run:
    (notice,) = delays.open_notices(at.store)

    def run(store: Store) -> None:
        delays.apply_notice(store, notice)

    return run


@crash(delays.consent_to_delay, told_of_a_delay)
def agreed(_: Warehouse) -> Change:
    return delays.consent_to_delay(ORDER)


@crash(delays.agree_to_wait, told_of_a_delay)
def agreed_on_the_page(_: Warehouse) -> Change:
    return delays.agree_to_wait(ORDER)
