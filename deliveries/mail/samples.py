"""Samples by which words are tried and shown: as much as there can be, and as little."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from deliveries.mail.composing import Rendered, render
from fulfillment.domain.insight.customer_mail import MailType
from fulfillment.domain.planning.delay_rule import Silence
from fulfillment.store.reading.views.mail_facts import (
    MailDelay,
    MailFacts,
    MailLine,
    MailOrder,
    MailPackage,
    MailSender,
    MailShipment,
    MailShipmentLine,
    MailWords,
    Recipient,
)

LINK = "https://shop.example/c/sample"
MARCH_9, MARCH_31, APRIL_8 = date(2026, 3, 9), date(2026, 3, 31), date(2026, 4, 8)

LINES = (
    MailLine(line=1, sku="TEA-GREEN", name="Green tea, 100 g", units=24, waiting=4,
             expected_on=MARCH_31, shipped=20, cancelled=2, unit_price_minor=350),
    MailLine(line=2, sku="CUP", name="Cup", units=1, waiting=1, unit_price_minor=990),
)  # fmt: skip
SHIPMENT = MailShipment(
    number=2,
    lines=(MailShipmentLine(sku="TEA-GREEN", name="Green tea, 100 g", units=20),),
    packages=(
        MailPackage(carrier="Example Post", service="parcel", tracking="EP123456789AT"),
        MailPackage(),
    ),
)
ORDER = MailOrder(
    number="SO-1001",
    placed_at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
    currency="EUR",
    is_cancelled=False,
    lines=LINES,
    until=MARCH_31,
    total_minor=9390,
    shipments=(SHIPMENT,),
)
SENDER = MailSender(merchant="acme", name="Acme", address="shop@example.com")
DELAY = MailDelay(was_on=MARCH_9, now_on=MARCH_31)


def sample(type_: MailType, sender: MailSender = SENDER) -> MailFacts:
    """An order of which there is something of everything."""
    delay = replace(DELAY, silence=Silence.CONSENTS) if type_ is MailType.DELAYED else None
    recipient = Recipient(name="Zoe Example", address="zoe@example.com")
    return MailFacts(type=type_, sender=sender, recipient=recipient, order=ORDER, delay=delay)


def try_words(type_: MailType, words: MailWords) -> Rendered:
    """The words in the full sample. Raises WordsError where any of the samples can not be made."""
    for facts in _all(type_):
        render(facts, words)
    return render(sample(type_), words, LINK)


def _all(type_: MailType) -> Iterator[MailFacts]:
    """What a template meets: also a customer without a name, an order without prices or days."""
    full = sample(type_)
    yield full
    bare = replace(
        ORDER,
        is_cancelled=True,
        lines=tuple(replace(line, expected_on=None, unit_price_minor=None) for line in LINES),
        until=None,
        total_minor=None,
        shipments=(),
    )
    yield replace(full, recipient=Recipient(), order=bare)
    if type_ is MailType.DELAYED:
        yield replace(full, delay=MailDelay())
        cancels = replace(DELAY, now_on=None, silence=Silence.CANCELS, cancel_on=APRIL_8)
        yield replace(full, delay=cancels)
