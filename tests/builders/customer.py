"""A customer with a link: what the page shows, and what is pressed."""

from typing import Any

from fulfillment.domain.insight.offers import OfferKind
from fulfillment.store.commands.administration.customer_page import put_customer_page
from fulfillment.store.commands.orders.offers import Choice, choose
from fulfillment.store.insight.customer_page import read_customer_page
from fulfillment.store.reading.views.customer_page import (
    CustomerPageSettings,
    CustomerPageView,
    PageOffer,
)
from tests.builders.warehouse import MERCHANT, TODAY, Warehouse, command


def offering(warehouse: Warehouse, *kinds: OfferKind, **more: Any) -> None:
    """The merchant lets customers choose these."""
    values: dict[str, Any] = {"link_days": 60, "days_after_end": 14, "note": None} | more
    wanted = CustomerPageSettings(offers=kinds or tuple(OfferKind), **values)
    put_customer_page(warehouse.store, command("customer_page"), wanted)


def page(warehouse: Warehouse, order: int) -> CustomerPageView:
    number = warehouse.number(order)
    return warehouse.store.simulate(MERCHANT, lambda tx: read_customer_page(tx, number))


def offers(warehouse: Warehouse, order: int) -> dict[str, PageOffer]:
    return {offer.id: offer for offer in page(warehouse, order).offers}


def press(warehouse: Warehouse, order: int, offer: PageOffer) -> None:
    choice = Choice(offer.id, offer.seen)
    choose(warehouse.store, MERCHANT, warehouse.number(order), choice, "1f2e3d4c5b6a7988")


def parcels(found: CustomerPageView | PageOffer) -> list[tuple[int, dict[str, int]]]:
    """Days from 2 March 2026 on, and units by name."""
    shown = found.result.parcels if isinstance(found, PageOffer) else found.parcels
    return [((one.on - TODAY).days, dict(one.units)) for one in shown]
