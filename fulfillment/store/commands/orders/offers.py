"""What a customer chooses: the changes that people make, if they give what was shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fulfillment.domain.actions.line_changes import LineUnits
from fulfillment.domain.insight.offers import (
    Offer,
    OfferKind,
    OfferResult,
    candidates,
    result_of,
)
from fulfillment.domain.model.orders import Order
from fulfillment.domain.model.refusals import RefusedError, conflict
from fulfillment.store.commands.mail.delays import agree_to_wait
from fulfillment.store.commands.orders import lifecycle, line_changes, manual
from fulfillment.store.commands.orders.remedy_changes import CHANGES
from fulfillment.store.planning.change import Change, changed
from fulfillment.store.planning.distribution import served_before
from fulfillment.store.planning.opening import order_id
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.records.loading import load_orders
from fulfillment.store.records.offer_terms import load_offer_terms
from fulfillment.store.records.payment_ledgers import load_payments
from fulfillment.store.transactions.session import (
    Command,
    Store,
    Tx,
    fingerprint,
    part_of_key,
)

CUSTOMER = "customer"
"""Who did it, in histories: nothing more is known of who has a link."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was pressed: the offer's id, and what the page had shown of it."""

    offer: str
    seen: str


def seen_of(order: Order, offer: Offer, result: OfferResult) -> str:
    """What an offer was shown to be, with the state of the order in which it was.

    The same state and result have the same text, in every tab and process.
    """
    shown = [offer.id, offer.day, result.parcels, result.cancelled, result.refund_minor,
             result.less_minor]  # fmt: skip
    return f"{order.wake_seq}-{fingerprint(shown).hex()[:32]}"


def choose(store: Store, merchant: str, number: str, choice: Choice, link: str) -> None:
    """Do what the customer chose, once for what was seen; nothing if it would give something else.

    Refused with `offer_changed` where the order has moved on since, and with `offer_gone` where
    it is not offered any more. Pressed twice, at the same time too, it is done once.
    """
    key = f"choose:{part_of_key(number)}:{part_of_key(choice.offer)}:{part_of_key(choice.seen)}"
    content = {"offer": choice.offer, "seen": choice.seen}
    command = Command(merchant, "choose", key, CUSTOMER, content, f"link {link}")

    def body(tx: Tx) -> dict[str, Any]:
        order = load_orders(tx, [found := order_id(tx, number)])[found]
        offer = _named(candidates(order, load_offer_terms(tx, order)), choice.offer)
        try:
            id_, space = changed(tx, change_of(number, offer))
        except RefusedError as error:  # It was offered a moment ago; the locked order refuses it.
            raise _gone() from error
        _check(tx, space.before[id_], offer)
        if not _is_as_shown(seen_of(order, offer, result_in(tx, space, id_, offer)), choice.seen):
            message = "the order has changed: this would give something else now"
            raise conflict("offer_changed", message)
        space.put(_told(space.after[id_], offer))
        space.save()
        return {}

    served_before(store, merchant, lambda: store.execute(command, body))


def change_of(number: str, offer: Offer) -> Change:
    """The change that an offer stands for: the very one that people make."""
    if offer.kind is OfferKind.ACCEPT_DATE:
        return agree_to_wait(number)
    if offer.kind is OfferKind.WAIT_FOR_ALL:
        return manual.policy(number, {"max_shipments": 1})
    if offer.kind is OfferKind.CANCEL_ORDER:
        return lifecycle.cancel(number)
    if offer.remedy is not None:
        return CHANGES[offer.remedy.code](number, offer.remedy)
    units = LineUnits(offer.line or 0, offer.units)
    return line_changes.exchange(number, units, str(offer.sku))


def result_in(tx: Tx, space: Workspace, order: int, offer: Offer) -> OfferResult:
    """What an offer gives, as the plan of this workspace has it."""
    paid = load_payments(tx, [order])[order].amounts
    return result_of(offer, space.before[order], space.after[order], space.ship_days(), paid)


def _check(tx: Tx, locked: Order, offer: Offer) -> None:
    """Refuse what is not offered any more: it was looked up before the order was locked."""
    if offer not in candidates(locked, load_offer_terms(tx, locked)):
        raise _gone()


def _is_as_shown(now: str, seen: str) -> bool:
    """By what it gives: the order may have changed in what this offer has nothing to do with."""
    return now.partition("-")[2] == seen.partition("-")[2]


def _named(offers: Iterable[Offer], name: str) -> Offer:
    for offer in offers:
        if offer.id == name:
            return offer
    raise _gone()


def _gone() -> RefusedError:
    return conflict("offer_gone", "this is not offered for the order as it is now")


def _told(order: Order, offer: Offer) -> Order:
    facts = {"line": offer.line, "units": offer.units, "sku": offer.sku,
             "day": offer.day.isoformat() if offer.day else None}  # fmt: skip
    named = {name: value for name, value in facts.items() if value is not None}
    return order.noted("customer_chose", offer=str(offer.kind), **named)
