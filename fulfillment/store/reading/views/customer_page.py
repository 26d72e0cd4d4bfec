"""The page that a customer opens by a link, and what a merchant says of it."""

from dataclasses import dataclass
from datetime import date, datetime

from fulfillment.domain.insight.offers import OfferKind, OfferResult
from fulfillment.domain.insight.parcels_to_come import Parcel
from fulfillment.domain.model.statuses import OrderStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """A link to the page of one order, by the name that opens nothing."""

    id: str
    """Its name; it is no part of what opens the page."""
    created_at: datetime
    created_by: str
    """Who made it: the name of a key and its id, or a part of Pegboard."""
    expires_at: datetime
    """From when on it opens nothing; earlier if the order is finished for some days."""
    revoked_at: datetime | None
    """When it was ended; null while nobody did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPageSettings:
    """What a merchant's customers may choose on their page, and how long it can be opened."""

    offers: tuple[OfferKind, ...]
    """What a customer may choose; empty: the page only tells."""
    link_days: int
    """For how many days a link opens the page."""
    days_after_end: int
    """For how many of them once the order is shipped or cancelled."""
    note: str | None
    """How you are reached, at the foot of every page; null: nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLink:
    """What a token opens: whose order, and until when."""

    id: str
    merchant: str
    order: str
    """The number of the order."""
    is_open: bool
    """False: it was ended, or its time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """A line of the order: its product by name, and how many units are where."""

    name: str
    ordered: int
    shipped: int
    cancelled: int
    to_come: int
    """Units that are still to leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPackage:
    """What has left: the day by the customer's zone, units by the product's name, the label."""

    on: date
    units: tuple[tuple[str, int], ...]
    carrier: str | None
    tracking: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOffer:
    """What may be chosen, with what it gives if it is chosen now."""

    id: str
    kind: OfferKind
    result: OfferResult
    """Parcels and what is cancelled, by product names instead of SKUs."""
    units: int | None
    """Units that are exchanged."""
    old: str | None
    """The name of the product that is exchanged."""
    new: str | None
    """The name of the product that comes instead."""
    day: date | None
    """The day that is accepted."""
    seen: str
    """What is sent with it, so that nothing else is done than was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the customer chose last."""

    kind: OfferKind
    on: date
    """The day on which, by the customer's zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPageView:
    """One order as its customer sees it: nothing of the customer, and nothing of other orders."""

    merchant: str
    """The merchant's name, as people call it."""
    note: str | None
    number: str
    status: OrderStatus
    today: date
    """By the merchant's calendar, which also counts the days of parcels."""
    currency: str
    pickup: bool
    """Whether it is picked up, not sent."""
    waits: bool
    """Whether units of it are not here yet."""
    locale: str | None
    """In which language the customer reads, if the order says it."""
    lines: tuple[PageLine, ...]
    sent: tuple[SentPackage, ...]
    """The first one first."""
    parcels: tuple[Parcel, ...]
    """What is to come, by product names instead of SKUs."""
    offers: tuple[PageOffer, ...]
    chosen: Chosen | None
