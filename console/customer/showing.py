"""What the template is filled with: the view of an order, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from console.customer.wording import Wording
from fulfillment.domain.insight.offers import OfferKind
from fulfillment.domain.model.statuses import OrderStatus
from fulfillment.store.reading.views.customer_page import CustomerPageView, PageLine, PageOffer


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the order, and what became of its units."""

    goods: str
    facts: str


@dataclass(frozen=True, slots=True)
class ShownParcel:
    """What goes together, or has left together."""

    when: str
    goods: str
    label: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """What may be chosen, what it gives, and what is sent when it is pressed."""

    id: str
    seen: str
    title: str
    gives: tuple[str, ...]
    parcels: tuple[ShownParcel, ...]
    ends: bool = False
    """Whether something is given up by it."""


@dataclass(frozen=True, slots=True)
class ShownPage:
    """The whole page."""

    language: str
    merchant: str
    note: str | None
    title: str
    status: str
    chosen: str | None
    lines: tuple[ShownLine, ...]
    sent: tuple[ShownParcel, ...]
    parcels: tuple[ShownParcel, ...]
    offers: tuple[ShownOffer, ...]


def shown(page: CustomerPageView, words: Wording) -> ShownPage:
    """The page in the language of who reads."""
    return ShownPage(
        language=words.language,
        merchant=page.merchant,
        note=page.note,
        title=words.say("title", number=page.number),
        status=words.say(f"status.{_status(page)}"),
        chosen=_chosen(page, words),
        lines=tuple(_line(line, words) for line in page.lines),
        sent=tuple(_sent(page, words)),
        parcels=tuple(
            ShownParcel(words.leaves(one.on, page.today), words.units(one.units))
            for one in page.parcels
        ),
        offers=tuple(_offer(offer, page, words) for offer in page.offers),
    )


def _status(page: CustomerPageView) -> str:
    match page.status:
        case OrderStatus.CANCELLED | OrderStatus.REJECTED:
            return "cancelled"
        case OrderStatus.SHIPPED:
            return "left"
        case OrderStatus.ON_HOLD:
            return "held"
        case OrderStatus.RECEIVED | OrderStatus.VERIFYING:
            return "preparing"
    if page.waits:
        return "waits"
    return "partly_left" if page.sent else "packing"


def _chosen(page: CustomerPageView, words: Wording) -> str | None:
    if page.chosen is None:
        return None
    name = "chose.exchange" if page.chosen.kind is OfferKind.EXCHANGE else ""
    offer = words.say(name or f"offer.{page.chosen.kind}")
    return words.say("chose", day=words.day(page.chosen.on, page.today), offer=offer)


def _line(line: PageLine, words: Wording) -> ShownLine:
    counts = (("shipped", line.shipped), ("to_come", line.to_come), ("cancelled", line.cancelled))
    facts = (words.say(f"line.{name}", units=words.number(n)) for name, n in counts if n)
    return ShownLine(words.units([(line.name, line.ordered)]), ", ".join(facts))


def _sent(page: CustomerPageView, words: Wording) -> Iterator[ShownParcel]:
    for one in page.sent:
        label = []
        if one.carrier:
            label.append(words.say("carried", carrier=one.carrier))
        if one.tracking:
            label.append(words.say("tracked", tracking=one.tracking))
        when = words.say("left_on", day=words.day(one.on, page.today))
        yield ShownParcel(when, words.units(one.units), tuple(label))


def _offer(offer: PageOffer, page: CustomerPageView, words: Wording) -> ShownOffer:
    title = words.say(f"offer.{offer.kind}", old=offer.old, new=offer.new)
    if offer.kind is OfferKind.ACCEPT_DATE and offer.day:
        day = words.day(offer.day, page.today)
        agrees = words.say("gives.accept_date", day=day)
        return ShownOffer(offer.id, offer.seen, title, (agrees,), ())
    parcels = tuple(
        ShownParcel(words.leaves(one.on, page.today), words.units(one.units))
        for one in offer.result.parcels
    )
    gives = tuple(_gives(offer, page.currency, words))
    return ShownOffer(offer.id, offer.seen, title, gives, parcels, bool(offer.result.cancelled))


def _gives(offer: PageOffer, currency: str, words: Wording) -> Iterator[str]:
    result = offer.result
    if result.cancelled:
        yield words.say("cancelled", goods=words.units(result.cancelled))
    if result.refund_minor:
        yield words.say("refund", amount=words.money(result.refund_minor, currency))
    if result.less_minor:
        yield words.say("less", amount=words.money(result.less_minor, currency))
    if result.parcels:
        yield words.counted("parcels", len(result.parcels))
    else:
        yield words.say("nothing_comes")
