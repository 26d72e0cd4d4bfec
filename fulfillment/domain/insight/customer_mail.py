"""Which mails a customer gets of what happens to an order, and when.

Two rules, asked at two moments. What is told of an order (`public_events`) *plans* mails: each type
once, however many events call for it. Before one is sent, `customer_knowledge` holds it against
what is true then, and against what the customer was told before.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from fulfillment.domain.insight.public_events import EventType, Facts


class MailType(StrEnum):
    """What a mail tells a customer."""

    TAKEN = "taken"
    WAITS = "waits"
    SPLIT = "split"
    DELAYED = "delayed"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class MailStatus(StrEnum):
    """How far a mail is (docs/adr/0054 draws it)."""

    DUE = "due"
    CLAIMED = "claimed"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    BOUNCED = "bounced"
    DROPPED = "dropped"
    STOPPED = "stopped"


class MailReason(StrEnum):
    """Why a mail was not sent, or is not there."""

    TOLD_ALREADY = "told_already"
    ORDER_ENDED = "order_ended"
    NOTHING_WAITS = "nothing_waits"
    NOT_SPLIT = "not_split"
    ENDED_WHERE_IT_BEGAN = "ended_where_it_began"
    NOTHING_SHIPPED = "nothing_shipped"
    NOTHING_CANCELLED = "nothing_cancelled"
    SWITCHED_OFF = "switched_off"
    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    TEMPLATE_FAILED = "template_failed"
    REFUSED_BY_SERVER = "refused_by_server"
    GAVE_UP = "gave_up"
    CONNECTION_LOST = "connection_lost"
    SENDER_DIED = "sender_died"
    RESTORED = "restored"


MAYBE_READ = frozenset({MailStatus.CLAIMED, MailStatus.SENT, MailStatus.UNKNOWN})
"""What the customer may have read: it is not told again."""

FOR_A_PERSON = frozenset({MailStatus.REFUSED, MailStatus.UNKNOWN, MailStatus.BOUNCED})
"""What nobody sends again by itself: a person looks at it."""

GATHER = timedelta(minutes=1)
"""What happens to an order comes together; a mail waits so long for the rest of it."""

DELAYS_APART = timedelta(days=1)
"""An order's customer gets at most one mail of a delay in so long a time."""


@dataclass(frozen=True, slots=True)
class MailRules:
    """What a merchant wants: which types, how long a promise may move, its day's time zone."""

    types: frozenset[MailType]
    settle: timedelta
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class OrderNews:
    """One event of an order as the feed tells it, and whether units of the order wait."""

    id: str
    type: EventType
    at: datetime
    facts: Facts
    waits: bool = False


@dataclass(frozen=True, slots=True)
class PlannedMail:
    """A mail that is to be sent, not before `due_at`; `event` names it for all time.

    `because` is the document of supply that moved a promise, where there is one.
    """

    type: MailType
    event: str
    at: datetime
    due_at: datetime
    because: str | None = None


# --- what happens plans mails --------------------------------------------------------------------


def planned_mails(
    news: Iterable[OrderNews], rules: MailRules, last_delay: datetime | None = None
) -> list[PlannedMail]:
    """The mails that an order's events call for: each type once, named by the first that does.

    `last_delay` is when its last mail of a delay was sent. The events may come in any order.
    """
    first: dict[MailType, PlannedMail] = {}
    for each in news:
        for type_ in _called_for(each):
            if type_ in rules.types:
                planned = _planned(type_, each, rules, last_delay)
                known = first.get(type_, planned)
                first[type_] = min(known, planned, key=lambda mail: (mail.at, mail.event))
    return [first[type_] for type_ in MailType if type_ in first]


def _called_for(news: OrderNews) -> Iterator[MailType]:
    if news.type in CALLS_FOR:
        yield CALLS_FOR[news.type]
    elif news.type is EventType.PROMISE_MOVED:
        was, is_now = _last(news.facts["from"]), _last(news.facts["to"])
        if was is not None and is_now is not None and is_now > was:
            yield MailType.DELAYED
    elif news.type is EventType.SHIPMENT_RELEASED:
        if news.waits:
            yield MailType.SPLIT
    elif news.type is EventType.ORDER_CHANGED and news.facts.get("change") == "units_cancelled":
        yield MailType.CANCELLED


CALLS_FOR: Mapping[EventType, MailType] = {
    EventType.ORDER_RECEIVED: MailType.TAKEN,
    EventType.ORDER_WAITS: MailType.WAITS,
    EventType.SHIPMENT_SHIPPED: MailType.SHIPPED,
    EventType.ORDER_CANCELLED: MailType.CANCELLED,
}

LISTENED = frozenset({
    *CALLS_FOR, EventType.PROMISE_MOVED, EventType.SHIPMENT_RELEASED, EventType.ORDER_CHANGED,
})  # fmt: skip
"""The types of events that may call for a mail."""


def _planned(
    type_: MailType, news: OrderNews, rules: MailRules, last_delay: datetime | None
) -> PlannedMail:
    if type_ is not MailType.DELAYED:
        # A split tells what waits too; the mail that only tells the wait comes after it.
        wait = 2 * GATHER if type_ is MailType.WAITS else GATHER
        return PlannedMail(type_, news.id, news.at, news.at + wait)
    because = next(iter(news.facts.get("because", ())), None)
    due = delay_due_at(news.at, _last(news.facts["from"]), rules, last_delay)
    return PlannedMail(type_, news.id, news.at, due, because)


def delay_due_at(
    at: datetime, was_on: date | None, rules: MailRules, last_delay: datetime | None
) -> datetime:
    """When a delay is told: once it has settled, but before the day that was promised begins.

    Never earlier than it happened, and never within a day of the mail before.
    """
    due = at + rules.settle
    if was_on is not None:
        due = max(at, min(due, datetime.combine(was_on, time(), rules.zone)))
    return due if last_delay is None else max(due, last_delay + DELAYS_APART)


def _last(pieces: Iterable[Facts]) -> date | None:
    """The last day of a promise as events tell it; None where nothing was promised."""
    return max((date.fromisoformat(piece["on"]) for piece in pieces), default=None)
