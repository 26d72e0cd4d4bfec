"""What the customer of an order that waits may choose, and whether it is worth choosing.

The candidates are those remedies that concern nobody but the customer, and what only the customer
can say: another product, or that a later day will do. Whether one helps is not guessed here: each
is tried by the planner on a copy, and what it would give is looked at by the rule below.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice

from fulfillment.domain.insight.parcels_to_come import Parcel, is_sooner, parcels_to_come
from fulfillment.domain.insight.remedies import of_what_is_here, of_what_is_short
from fulfillment.domain.insight.remedy import Remedy, RemedyCode
from fulfillment.domain.model.orders import Channel, Order, waiting_lines
from fulfillment.domain.model.payments import Amounts, PaymentKind, Worth, what_is_due
from fulfillment.domain.model.statuses import IN_WAREHOUSE
from fulfillment.domain.model.working_days import ShipDays
from fulfillment.domain.planning.sourcing import met_units


class OfferKind(StrEnum):
    """What a customer may be offered, in the order in which it is shown."""

    ACCEPT_DATE = "accept_date"
    SHIP_NOW = "ship_now"
    SHIP_AS_AVAILABLE = "ship_as_available"
    EXCHANGE = "exchange"
    WAIT_FOR_ALL = "wait_for_all"
    CANCEL_SHORT = "cancel_short"
    CANCEL_ORDER = "cancel_order"


USUALLY = frozenset({OfferKind.SHIP_NOW, OfferKind.WAIT_FOR_ALL, OfferKind.CANCEL_SHORT})
"""What is offered where the merchant says nothing."""

MOST_SUBSTITUTES = 3
"""Products that are offered in place of one."""

MOST_EXCHANGES = 9
"""Exchanges that are tried for one order, which may lack hundreds of SKUs."""

FROM_REMEDIES: Mapping[RemedyCode, OfferKind] = {
    RemedyCode.SPLIT_NOW: OfferKind.SHIP_NOW,
    RemedyCode.SHIP_AS_AVAILABLE: OfferKind.SHIP_AS_AVAILABLE,
    RemedyCode.CANCEL_SHORT: OfferKind.CANCEL_SHORT,
}
"""The remedies of staff that a customer may take too."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that the customer may choose: a remedy, or what is told by its kind.

    An exchange is of so many `units` of a `line`, for the product `sku`; who accepts a date
    accepts that of the `day`.
    """

    kind: OfferKind
    remedy: Remedy | None = None
    line: int | None = None
    units: int | None = None
    sku: str | None = None
    day: date | None = None

    @property
    def id(self) -> str:
        """What it is called while the order is as it is."""
        return f"{self.kind}:{self.line}:{self.sku}" if self.sku is not None else str(self.kind)


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """Which kinds the merchant lets customers choose.

    And what may be sent in place of a SKU, the best first; the day that the customer accepted last.
    """

    kinds: frozenset[OfferKind]
    substitutes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    accepted: date | None = None


@dataclass(frozen=True, slots=True)
class OfferResult:
    """What choosing an offer gives: the parcels that are then to come, and money.

    `cancelled` are units by SKU that do not come any more. `refund_minor` is paid back;
    `less_minor` is what the order costs less beside that: it was not paid yet.
    """

    parcels: tuple[Parcel, ...]
    cancelled: tuple[tuple[str, int], ...] = ()
    refund_minor: int = 0
    less_minor: int = 0


def candidates(order: Order, terms: OfferTerms) -> Iterator[Offer]:
    """Everything that the customer could choose, in the order in which it is shown.

    Nothing while the order is on hold: a person has to look at it first.
    """
    if order.holds or not order.first_claimed:
        return
    if not any(line.wanted for line in waiting_lines(order)):
        return
    found = (*_of_the_date(order, terms), *_of_remedies(order), *_exchanges(order, terms),
             *_together(order), *_all_of_it(order))  # fmt: skip
    shown = list(OfferKind)
    yield from sorted(
        (offer for offer in found if offer.kind in terms.kinds),
        key=lambda offer: shown.index(offer.kind),
    )


def is_worth_it(offer: Offer, now: tuple[Parcel, ...], then: OfferResult) -> bool:
    """Whether an offer gives its customer what it is chosen for, compared with doing nothing."""
    if offer.kind is OfferKind.ACCEPT_DATE:
        return True
    if offer.kind in (OfferKind.CANCEL_SHORT, OfferKind.CANCEL_ORDER):
        return bool(then.cancelled)
    if offer.kind is OfferKind.WAIT_FOR_ALL:
        return len(then.parcels) < len(now)
    return is_sooner(then.parcels, now)


def result_of(
    offer: Offer, before: Order, after: Order, days: ShipDays, paid: Amounts
) -> OfferResult:
    """What an offer gives, read off from the order as it is and as it would be.

    `paid` are the sums of the order's payments as they stand.
    """
    worth_before, worth_after = worth_of(before), worth_of(after)
    refund = what_is_due(paid, worth_after)[PaymentKind.REFUND]
    refund -= what_is_due(paid, worth_before)[PaymentKind.REFUND]
    less = (worth_before.value_minor or 0) - (worth_after.value_minor or 0)
    gone = () if offer.kind is OfferKind.EXCHANGE else _given_up(before, after)
    return OfferResult(
        parcels_to_come(after, days), gone, max(refund, 0), max(less - max(refund, 0), 0)
    )


def _given_up(before: Order, after: Order) -> tuple[tuple[str, int], ...]:
    gone: Counter[str] = Counter()
    for line in before.lines:
        gone[line.sku] += after.line(line.number).cancelled - line.cancelled
    return tuple(sorted((+gone).items()))


def last_day(order: Order) -> date | None:
    """The day by which all of it is promised, as its customer was told last."""
    return max((piece.on for line in order.lines for piece in line.promise or ()), default=None)


def _of_the_date(order: Order, terms: OfferTerms) -> Iterator[Offer]:
    """A day that is later than the one that was promised first, until it is accepted."""
    first = max(
        (piece.on for line in order.lines for piece in line.first_promise or ()), default=None
    )
    now = last_day(order)
    if first is not None and now is not None and now > first and now != terms.accepted:
        yield Offer(OfferKind.ACCEPT_DATE, day=now)


def _of_remedies(order: Order) -> Iterator[Offer]:
    for remedy in (*of_what_is_here(order), *of_what_is_short(order)):
        if kind := FROM_REMEDIES.get(remedy.code):
            yield Offer(kind, remedy)


def _exchanges(order: Order, terms: OfferTerms) -> Iterator[Offer]:
    """Units that are missing of a line, for each product that may stand in for it."""
    short: Counter[int] = Counter()
    for line in waiting_lines(order):
        short[line.order_line] += max(line.wanted - met_units(order, line), 0)
    every = (
        Offer(OfferKind.EXCHANGE, line=number, units=units, sku=sku)
        for number, units in sorted(short.items())
        if units and order.line(number).channel is not Channel.DROP_SHIP
        for sku in terms.substitutes.get(order.line(number).sku, ())[:MOST_SUBSTITUTES]
    )
    yield from islice(every, MOST_EXCHANGES)


def _together(order: Order) -> Iterator[Offer]:
    if order.policy.max_shipments != 1:
        yield Offer(OfferKind.WAIT_FOR_ALL)


def _all_of_it(order: Order) -> Iterator[Offer]:
    """Only while nobody has any of it in hands: what is being packed is for people to stop."""
    begun = any(shipment.status in IN_WAREHOUSE for shipment in order.live)
    in_hands = any(line.in_hands for shipment in order.live for line in shipment.lines)
    if not begun and not in_hands:
        yield Offer(OfferKind.CANCEL_ORDER)


def worth_of(order: Order) -> Worth:
    """What an order is worth as it stands, as the payments of a stored one have it."""
    prices = [(line, line.unit_price_minor) for line in order.lines]
    return Worth(
        order.value_minor,
        is_known=all(price is not None or x.ordered == x.cancelled for x, price in prices),
        cancelled_minor=sum(x.cancelled * (price or 0) for x, price in prices),
        is_over=all(x.ordered == x.cancelled + x.shipped for x, _ in prices),
    )
