"""One order as its customer sees it, with what may be chosen and what each would give."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fulfillment.domain.insight.offers import (
    Offer,
    OfferKind,
    OfferResult,
    candidates,
    is_worth_it,
)
from fulfillment.domain.insight.parcels_to_come import Parcel, parcels_to_come
from fulfillment.domain.model.days import day_of
from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.refusals import RefusedError, missing
from fulfillment.store.commands.orders.offers import change_of, result_in, seen_of
from fulfillment.store.planning.change import changed
from fulfillment.store.reading.links import read_page_settings
from fulfillment.store.reading.views.customer_page import (
    Chosen,
    CustomerPageView,
    PageLine,
    PageOffer,
    SentPackage,
)
from fulfillment.store.records.calendars import ship_days_of
from fulfillment.store.records.loading import load_orders
from fulfillment.store.records.offer_terms import CHOSE, load_offer_terms
from fulfillment.store.transactions.session import Tx
from fulfillment.store.transactions.zones import zone_if_known, zone_of

HEAD = """
SELECT o.id, o.number, o.status, o.currency, m.name AS merchant, m.time_zone,
       c.contact ->> 'locale' AS locale, c.contact ->> 'time_zone' AS customer_zone,
       (SELECT jsonb_build_array(h.facts ->> 'offer', h.at) FROM happening h
         WHERE h.order_id = o.id AND h.kind = :chose ORDER BY h.sequence DESC LIMIT 1) AS chosen
  FROM orders o
  JOIN merchant m ON m.id = o.merchant
  LEFT JOIN order_customer c ON c.order_id = o.id
 WHERE o.merchant = :merchant AND o.number = :number
"""
"""Of the customer only how to write to him: a page that is passed on tells nobody who he is."""

NAMES = "SELECT sku, name FROM product WHERE merchant = :merchant AND sku = ANY(:skus)"

SENT = """
SELECT s.number, p.number AS package, coalesce(p.shipped_at, s.shipped_at) AS at,
       coalesce(p.carrier, s.carrier) AS carrier, coalesce(p.tracking, s.tracking) AS tracking,
       l.sku, CASE WHEN p.id IS NULL THEN sl.units ELSE pl.units END AS units
  FROM shipment s
  JOIN shipment_line sl ON sl.shipment = s.id
  JOIN order_line l ON l.order_id = s.order_id AND l.line = sl.order_line
  LEFT JOIN package p ON p.shipment = s.id
  LEFT JOIN package_line pl ON pl.package = p.id AND pl.order_line = sl.order_line
 WHERE s.order_id = :order AND s.status = 'shipped' AND (p.id IS NULL OR pl.units > 0)
 ORDER BY at, s.number, p.number, l.sku
"""

Names = Mapping[str, str]


def read_customer_page(tx: Tx, number: str) -> CustomerPageView:
    """All that the customer of an order is shown; a refusal if there is none.

    Each offer is tried by the planner on this moment's picture of the data, as remedies are for
    staff. Run it by `Store.simulate`: nothing is changed by looking.
    """
    head = _head(tx, number)
    order = load_orders(tx, [head.id])[head.id]
    parcels = _parcels_now(tx, order, head.time_zone)
    tried = list(_offers(tx, order, parcels)) if order.live else []
    names = _names(tx, order, [offer for offer, _ in tried])
    settings = read_page_settings(tx)
    return CustomerPageView(
        merchant=head.merchant,
        note=settings.note,
        number=head.number,
        status=order.status,
        today=tx.today(head.time_zone),
        currency=head.currency,
        pickup=order.pickup is not None,
        waits=any(line.wanted for line in waiting_lines(order)),
        locale=head.locale,
        lines=tuple(_lines(order, names)),
        sent=tuple(_sent(tx, order, _zone(head), names)),
        parcels=tuple(_by_name(one, names) for one in parcels),
        offers=tuple(_shown(order, offer, result, names) for offer, result in tried),
        chosen=_chosen(head),
    )


def _head(tx: Tx, number: str) -> Any:
    rows = tx.rows(HEAD, merchant=tx.merchant, number=number, chose=CHOSE)
    if not rows:
        raise missing("order", number)
    return rows[0]


def _parcels_now(tx: Tx, order: Order, zone: str) -> tuple[Parcel, ...]:
    """Before it has claimed, nobody knows when anything of it goes."""
    if not order.first_claimed:
        return ()
    return parcels_to_come(order, ship_days_of(tx, order, tx.today(zone)))


def _offers(tx: Tx, order: Order, now: tuple[Parcel, ...]) -> Iterator[tuple[Offer, OfferResult]]:
    """Those candidates that are worth it, but for one that gives the same as one before it."""
    known = set[OfferResult]()
    for offer in candidates(order, load_offer_terms(tx, order)):
        result = _tried(tx, order, offer)
        if result and result not in known and is_worth_it(offer, now, result):
            known |= {result} if offer.kind is not OfferKind.ACCEPT_DATE else set()
            yield offer, result


def _tried(tx: Tx, order: Order, offer: Offer) -> OfferResult | None:
    try:
        id_, space = changed(tx, change_of(order.number, offer))
    except RefusedError:
        return None
    return result_in(tx, space, id_, offer)


# --- as it is shown ------------------------------------------------------------------------------


def _names(tx: Tx, order: Order, offers: Sequence[Offer]) -> Names:
    skus = {line.sku for line in order.lines} | {offer.sku for offer in offers if offer.sku}
    rows = tx.rows(NAMES, merchant=tx.merchant, skus=sorted(skus))
    return {row.sku: row.name for row in rows}


def _lines(order: Order, names: Names) -> Iterator[PageLine]:
    for line in order.lines:
        to_come = line.ordered - line.cancelled - line.shipped
        yield PageLine(
            name=names[line.sku],
            ordered=line.ordered,
            shipped=line.shipped,
            cancelled=line.cancelled,
            to_come=0 if order.rejected else to_come,
        )


@dataclass(frozen=True, slots=True)
class _Label:
    """What was sent as one."""

    shipment: int
    package: int | None
    at: datetime
    carrier: str | None
    tracking: str | None


def _sent(tx: Tx, order: Order, zone: ZoneInfo, names: Names) -> Iterator[SentPackage]:
    """Package by package; a shipment that was not packed in packages is one."""
    goods: dict[_Label, Counter[str]] = {}
    for row in tx.rows(SENT, order=order.id):
        label = _Label(row.number, row.package, row.at, row.carrier, row.tracking)
        goods.setdefault(label, Counter())[names[row.sku]] += row.units
    for label, units in goods.items():
        yield SentPackage(
            on=day_of(label.at, zone),
            units=tuple(sorted(units.items())),
            carrier=label.carrier,
            tracking=label.tracking,
        )


def _zone(head: Any) -> ZoneInfo:
    """The customer's, if the order says it and it is one; else the merchant's."""
    return zone_if_known(head.customer_zone) or zone_of(head.time_zone)


def _shown(order: Order, offer: Offer, result: OfferResult, names: Names) -> PageOffer:
    return PageOffer(
        id=offer.id,
        kind=offer.kind,
        result=replace(
            result,
            parcels=tuple(_by_name(one, names) for one in result.parcels),
            cancelled=_named(result.cancelled, names),
        ),
        units=offer.units,
        old=names[order.line(offer.line).sku] if offer.line is not None else None,
        new=names[offer.sku] if offer.sku is not None else None,
        day=offer.day,
        seen=seen_of(order, offer, result),
    )


def _by_name(parcel: Parcel, names: Names) -> Parcel:
    return replace(parcel, units=_named(parcel.units, names))


def _named(units: Sequence[tuple[str, int]], names: Names) -> tuple[tuple[str, int], ...]:
    counted: Counter[str] = Counter()
    for sku, count in units:
        counted[names[sku]] += count
    return tuple(counted.items())


def _chosen(head: Any) -> Chosen | None:
    if head.chosen is None:
        return None
    kind, at = head.chosen
    return Chosen(kind=OfferKind(kind), on=day_of(datetime.fromisoformat(at), _zone(head)))
