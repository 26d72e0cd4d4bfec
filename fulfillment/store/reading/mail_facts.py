"""What is true of an order, what its customer was told, and what a mail about it is made of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fulfillment.domain.insight.customer_knowledge import (
    NOTHING_TOLD,
    OrderNow,
    Telling,
    order_now,
)
from fulfillment.domain.insight.customer_mail import MAYBE_READ, MailType
from fulfillment.domain.model.orders import Order, OrderLine
from fulfillment.domain.model.shipments import Slice
from fulfillment.store.reading.rows import rows_as
from fulfillment.store.reading.views.mail_facts import (
    MailDelay,
    MailFacts,
    MailLine,
    MailOrder,
    MailSender,
    MailShipment,
    MailWords,
    Recipient,
)
from fulfillment.store.records.loading import load_orders
from fulfillment.store.transactions.dialogue import Question
from fulfillment.store.transactions.session import Tx

HEAD = """
SELECT o.currency, m.name AS merchant_name, m.time_zone, s.sender_name, s.sender_address,
       s.reply_to, s.locale, s.delay_rule, s.delay_consent_days, c.contact, c.address,
       (SELECT jsonb_object_agg(g.sku, g.name) FROM order_line l
          JOIN product g ON g.merchant = l.merchant AND g.sku = l.sku
         WHERE l.order_id = o.id) AS names
  FROM orders o JOIN merchant m ON m.id = o.merchant
  LEFT JOIN mail_setting s ON s.merchant = o.merchant
  LEFT JOIN order_customer c ON c.order_id = o.id
 WHERE o.id = :order AND o.merchant = :merchant
"""

SHIPPED = """
SELECT s.number,
       (SELECT jsonb_agg(jsonb_build_object('sku', l.sku, 'name', g.name, 'units', sl.units)
                         ORDER BY sl.order_line, sl.id)
          FROM shipment_line sl
          JOIN order_line l ON l.order_id = sl.order_id AND l.line = sl.order_line
          JOIN product g ON g.merchant = l.merchant AND g.sku = l.sku
         WHERE sl.shipment = s.id) AS lines,
       (SELECT jsonb_agg(jsonb_build_object('carrier', p.carrier, 'service', p.service,
                                            'tracking', p.tracking) ORDER BY p.number)
          FROM package p WHERE p.shipment = s.id AND p.shipped_at IS NOT NULL) AS packages
  FROM shipment s WHERE s.order_id = :order AND s.status = 'shipped' ORDER BY s.number
"""

TOLD = """
SELECT m.type, m.telling, m.claimed_at,
       (SELECT jsonb_build_object('expected_on', n.expected_on) FROM delay_notice n
         WHERE n.mail = m.id) AS notice
  FROM mail m WHERE m.order_id = :order AND m.status = ANY(:statuses)
 ORDER BY m.claimed_at, m.id
"""

WORDS = """
SELECT language, subject, text, html FROM mail_template
 WHERE merchant = :merchant AND type = :type ORDER BY language
"""


@dataclass(frozen=True, slots=True)
class OrderKnown:
    """An order, what is true of it, and what its customer may have read of it already."""

    order: Order
    now: OrderNow
    known: Telling
    told: Sequence[Any]
    head: Any
    shipments: tuple[MailShipment, ...]

    @property
    def recipient(self) -> Recipient:
        """Whom a mail goes to; nobody where the customer's data was erased."""
        contact, address = self.head.contact or {}, self.head.address or {}
        return Recipient(
            name=contact.get("name") or address.get("name"),
            address=contact.get("email"),
            locale=contact.get("locale"),
            time_zone=contact.get("time_zone"),
            country=address.get("country"),
        )


def read_order_known(tx: Tx, order: int) -> OrderKnown:
    """All of it, in one flight."""
    head = tx.ask(HEAD, order=order, merchant=tx.merchant)
    shipped = tx.ask(SHIPPED, order=order)
    told = tx.ask(TOLD, order=order, statuses=sorted(MAYBE_READ))
    found = load_orders(tx, [order])[order]
    shipments = tuple(map(rows_as(MailShipment), shipped.rows()))
    before = told.rows()
    return OrderKnown(
        found,
        order_now(found, (one.number for one in shipments)),
        known_by(before),
        before,
        head.rows()[0],
        shipments,
    )


def known_by(told: Sequence[Any]) -> Telling:
    """What mails told, one after the other."""
    known = NOTHING_TOLD
    for row in told:
        known = known.and_then(telling_of(MailType(row.type), row.telling))
    return known


def telling_of(type_: MailType, stored: Mapping[str, Any]) -> Telling:
    """What one mail told, as it is stored."""
    until = stored.get("until")
    return Telling(
        frozenset({type_}),
        bool(stored.get("waits")),
        date.fromisoformat(until) if until else None,
        frozenset(stored.get("shipments", ())),
        {int(line): units for line, units in stored.get("cancelled", {}).items()},
    )


def as_stored(telling: Telling) -> dict[str, object]:
    """What a mail tells, as it is kept: days, numbers and units."""
    return {
        "waits": telling.waits,
        "until": telling.until.isoformat() if telling.until else None,
        "shipments": sorted(telling.shipments),
        "cancelled": {str(line): units for line, units in telling.cancelled.items()},
    }


def asking_words(tx: Tx, type_: MailType) -> Question:
    """The merchant's own words for a type."""
    return tx.ask(WORDS, merchant=tx.merchant, type=type_)


def words_of(asked: Question) -> tuple[MailWords, ...]:
    """The same, once they are there."""
    return tuple(map(rows_as(MailWords), asked.rows()))


def facts_of(
    type_: MailType,
    found: OrderKnown,
    telling: Telling,
    own: tuple[MailWords, ...],
    delay: MailDelay | None = None,
) -> MailFacts:
    """What a mail that tells this is made of."""
    head = found.head
    return MailFacts(
        type=type_,
        sender=MailSender(
            merchant=found.order.merchant,
            name=head.sender_name or head.merchant_name,
            address=head.sender_address or "",
            reply_to=head.reply_to,
            locale=head.locale or "en",
            time_zone=head.time_zone,
        ),
        recipient=found.recipient,
        order=_order(found, telling),
        delay=delay,
        own=own,
    )


def _order(found: OrderKnown, telling: Telling) -> MailOrder:
    return MailOrder(
        number=found.order.number,
        placed_at=found.order.placed_at,
        currency=found.head.currency,
        is_cancelled=found.now.has_ended,
        lines=tuple(_line(line, found, telling) for line in found.order.lines),
        until=telling.until if telling.waits else None,
        total_minor=found.order.value_minor,
        shipments=tuple(one for one in found.shipments if one.number in telling.shipments),
    )


def _line(line: OrderLine, found: OrderKnown, telling: Telling) -> MailLine:
    cancelled = telling.cancelled.get(line.number, 0)
    waiting = found.now.waits.get(line.number, 0)
    return MailLine(
        line=line.number,
        sku=line.sku,
        name=(found.head.names or {}).get(line.sku, line.sku),
        units=line.ordered - line.cancelled + cancelled,
        waiting=waiting,
        expected_on=_last(line.promise) if waiting and telling.until else None,
        shipped=line.shipped,
        cancelled=cancelled,
        unit_price_minor=line.unit_price_minor,
    )


def _last(pieces: Collection[Slice] | None) -> date | None:
    return max((piece.on for piece in pieces or ()), default=None)
