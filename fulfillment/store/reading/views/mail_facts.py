"""What a mail is made of. It holds a customer's data: it is read when a mail is made, and not kept.

Templates see these fields by these names (docs/mail.md).
"""

from dataclasses import dataclass
from datetime import date, datetime

from fulfillment.domain.insight.customer_mail import MailType
from fulfillment.domain.planning.delay_rule import Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """The customer of one order, as far as known; all is None where it was erased."""

    name: str | None = None
    address: str | None = None
    """The mail address."""
    locale: str | None = None
    time_zone: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLine:
    """A line of the order: units as they are now."""

    line: int
    sku: str
    name: str
    units: int
    """Ordered, less what was cancelled before."""
    waiting: int = 0
    expected_on: date | None = None
    """The last day that is promised for what waits."""
    shipped: int = 0
    cancelled: int = 0
    """Units whose cancellation this mail tells."""
    unit_price_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPackage:
    """A package that is under way."""

    carrier: str | None = None
    service: str | None = None
    tracking: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailShipmentLine:
    """Units of a product in a shipment."""

    sku: str
    name: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailShipment:
    """A shipment that has left and that this mail tells."""

    number: int
    lines: tuple[MailShipmentLine, ...] = ()
    packages: tuple[MailPackage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailDelay:
    """A delay as it is told: the day before, the new one, and what silence means."""

    was_on: date | None = None
    now_on: date | None = None
    """None: no day is known."""
    silence: Silence | None = None
    """None where the merchant has no rule for it."""
    cancel_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailOrder:
    """The order that a mail is about."""

    number: str
    placed_at: datetime
    currency: str
    is_cancelled: bool
    """Whether nothing of it will be shipped any more."""
    lines: tuple[MailLine, ...]
    until: date | None = None
    """The day by which all that waits is expected."""
    total_minor: int | None = None
    """What its units that are not cancelled cost; None where no line has a price."""
    shipments: tuple[MailShipment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSender:
    """Who sends it, and in which zone and language where the customer's are not known."""

    merchant: str
    """The merchant's id."""
    name: str
    """As customers see it."""
    address: str
    reply_to: str | None = None
    locale: str = "en"
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailWords:
    """The templates of one type in one language."""

    language: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFacts:
    """All that one mail is made of."""

    type: MailType
    sender: MailSender
    recipient: Recipient
    order: MailOrder
    delay: MailDelay | None = None
    own: tuple[MailWords, ...] = ()
    """The merchant's own words for this type, of any language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedMail:
    """A mail that is to be sent now, by who claimed it and nobody else.

    `attempts` counts this time too: it is told with what became of it. `deferrals` say how often
    the mail server would not take it yet.
    """

    id: int
    merchant: str
    attempts: int
    deferrals: int
    message_id: str
    facts: MailFacts
