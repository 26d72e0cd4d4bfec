"""What a customer is offered is what pressing it gives, once, and nothing else (issue 25)."""

from typing import Any

import pytest

from fulfillment.domain.insight.offers import OfferKind
from fulfillment.domain.model.payments import PaymentKind
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.store.commands.orders import lifecycle, manual
from fulfillment.store.commands.payments import record
from tests.builders.calling import at_once, codes
from tests.builders.customer import offering, offers, page, parcels, press
from tests.builders.warehouse import Warehouse, command

ALL_OR_NOTHING = {"max_shipments": 1}


def half_here(warehouse: Warehouse, number: str = "", **more: object) -> int:
    """Two of five are here, and three come in seven days (9 March, a Monday); paid: 4.13 each."""
    warehouse.stock(2)
    warehouse.purchase([("K1", 9)], due=7)
    wants: list[Any] = [("K1", 5, None, 413)]
    return warehouse.order(wants, number, **{"policy": ALL_OR_NOTHING, **more})


def paid(warehouse: Warehouse, order: int, kind: PaymentKind, amount: int) -> None:
    new = record.NewPayment(kind, amount)
    record.record_payment(warehouse.store, command("pay"), warehouse.number(order), new)


def refused(warehouse: Warehouse, order: int, offer) -> str:
    with pytest.raises(RefusedError) as refusal:
        press(warehouse, order, offer)
    return refusal.value.code


def test_the_merchants_usual_offers_are_shown_when_it_says_nothing(warehouse):
    mine = half_here(warehouse)
    shown = offers(warehouse, mine)
    assert list(shown) == ["ship_now", "cancel_short"]
    assert parcels(page(warehouse, mine)) == [(7, {"K1": 5})]
    assert parcels(shown["ship_now"]) == [(0, {"K1": 2}), (7, {"K1": 3})]
    assert parcels(shown["cancel_short"]) == [(0, {"K1": 2})]
    assert shown["cancel_short"].result.cancelled == (("K1", 3),)


def test_nothing_is_offered_when_the_merchant_lets_nothing_be_chosen(warehouse):
    mine = half_here(warehouse)
    offering(warehouse, OfferKind.EXCHANGE)
    assert offers(warehouse, mine) == {}


def test_two_go_now_when_the_customer_chooses_that(warehouse):
    mine = half_here(warehouse)
    promised = parcels(offers(warehouse, mine)["ship_now"])
    press(warehouse, mine, offers(warehouse, mine)["ship_now"])
    assert warehouse.parts(mine) == [("ready", "A", 2), ("backorder", None, 3)]
    assert parcels(page(warehouse, mine)) == promised


def test_all_go_together_when_the_customer_waits_for_all(warehouse):
    mine = half_here(warehouse, policy={})
    assert parcels(page(warehouse, mine)) == [(0, {"K1": 2}), (7, {"K1": 3})]
    offer = offers(warehouse, mine)["wait_for_all"]
    assert parcels(offer) == [(7, {"K1": 5})]
    press(warehouse, mine, offer)
    assert {status for status, _, _ in warehouse.parts(mine)} == {"backorder"}
    assert parcels(page(warehouse, mine)) == [(7, {"K1": 5})]


@pytest.mark.parametrize("kind", [OfferKind.CANCEL_SHORT, OfferKind.CANCEL_ORDER])
def test_money_is_paid_back_as_the_page_had_it_when_what_was_paid_is_cancelled(warehouse, kind):
    mine = half_here(warehouse)
    offering(warehouse)
    paid(warehouse, mine, PaymentKind.CAPTURE, 2065)
    offer = offers(warehouse, mine)[kind]
    press(warehouse, mine, offer)
    (due,) = warehouse.rows(
        "SELECT amount_minor FROM payment_entry WHERE kind = 'refund' AND status = 'due'"
    )
    gone = {OfferKind.CANCEL_SHORT: 3, OfferKind.CANCEL_ORDER: 5}[kind]
    assert offer.result.refund_minor == due.amount_minor == gone * 413
    assert offer.result.less_minor == 0
    assert warehouse.one("SELECT cancelled FROM order_line") == gone


def test_it_costs_less_when_nothing_was_paid_yet(warehouse):
    mine = half_here(warehouse)
    paid(warehouse, mine, PaymentKind.AUTHORISE, 2065)
    result = offers(warehouse, mine)["cancel_short"].result
    assert (result.refund_minor, result.less_minor) == (0, 3 * 413)


def test_another_product_is_offered_when_it_goes_sooner_and_the_merchant_named_it(warehouse):
    warehouse.products("K7", "K8")
    warehouse.products("K1", substitutes=("K8", "K7"))
    warehouse.stock(9, "K7")
    mine = half_here(warehouse)
    offering(warehouse, OfferKind.EXCHANGE)
    shown = offers(warehouse, mine)
    assert list(shown) == ["exchange:1:K7"]
    assert parcels(shown["exchange:1:K7"]) == [(0, {"K1": 2, "K7": 3})]
    assert shown["exchange:1:K7"].result.cancelled == ()
    press(warehouse, mine, shown["exchange:1:K7"])
    assert parcels(page(warehouse, mine)) == [(0, {"K1": 2, "K7": 3})]
    (told,) = warehouse.happened(mine, "customer_chose")
    assert told == {"offer": "exchange", "line": 1, "units": 3, "sku": "K7"}


def test_what_is_sold_no_more_stands_in_for_nothing(warehouse):
    warehouse.products("K7", active=False)
    warehouse.products("K1", substitutes=("K7",))
    warehouse.stock(9, "K7")
    mine = half_here(warehouse)
    offering(warehouse, OfferKind.EXCHANGE)
    assert offers(warehouse, mine) == {}


def test_a_later_day_is_accepted_once_and_asked_again_when_it_moves_again(warehouse):
    mine = half_here(warehouse)
    offering(warehouse, OfferKind.ACCEPT_DATE)
    assert offers(warehouse, mine) == {}
    purchase = warehouse.one("SELECT number FROM purchase_order")
    for due in (14, 21):
        warehouse.change(purchase, expected_on=warehouse.day(due))
        warehouse.serve_due()
        offer = offers(warehouse, mine)["accept_date"]
        assert offer.day == warehouse.day(due)
        press(warehouse, mine, offer)
        assert offers(warehouse, mine) == {}
    days = [told["day"] for told in warehouse.happened(mine, "customer_chose")]
    assert days == [str(warehouse.day(14)), str(warehouse.day(21))]


def test_nothing_is_done_when_it_would_give_something_else_than_was_shown(warehouse):
    mine = half_here(warehouse)
    offer = offers(warehouse, mine)["ship_now"]
    purchase = warehouse.one("SELECT number FROM purchase_order")
    warehouse.change(purchase, expected_on=warehouse.day(9))
    warehouse.serve_due()
    assert refused(warehouse, mine, offer) == "offer_changed"
    assert warehouse.parts(mine) == [("backorder", None, 5)]
    assert warehouse.happened(mine, "customer_chose") == []
    press(warehouse, mine, offers(warehouse, mine)["ship_now"])


def test_it_is_done_when_the_order_changed_in_what_the_offer_has_nothing_to_do_with(warehouse):
    mine = half_here(warehouse)
    offer = offers(warehouse, mine)["ship_now"]
    warehouse.order_change("priority", manual.priority(warehouse.number(mine), 10))
    press(warehouse, mine, offer)
    assert warehouse.parts(mine)[0] == ("ready", "A", 2)


def test_nothing_is_done_when_it_is_not_offered_any_more(warehouse):
    mine = half_here(warehouse)
    offer = offers(warehouse, mine)["ship_now"]
    offering(warehouse, OfferKind.CANCEL_SHORT)
    assert refused(warehouse, mine, offer) == "offer_gone"
    warehouse.order_change("cancel", lifecycle.cancel(warehouse.number(mine)))
    assert refused(warehouse, mine, offer) == "offer_gone"


def test_a_held_order_offers_nothing_until_a_person_has_looked(warehouse):
    mine = half_here(warehouse)
    offering(warehouse)
    warehouse.hold(mine)
    assert offers(warehouse, mine) == {}


def test_what_is_being_picked_is_not_cancelled_by_the_customer(warehouse):
    mine = half_here(warehouse, policy={})
    offering(warehouse)
    assert "cancel_order" in offers(warehouse, mine)
    warehouse.start_picking(warehouse.shipments("ready")[0])
    assert "cancel_order" not in offers(warehouse, mine)


def test_an_offer_is_done_once_when_it_is_pressed_twice_at_once(warehouse):
    mine = half_here(warehouse)
    offer = offers(warehouse, mine)["cancel_short"]
    results = at_once(*[lambda: press(warehouse, mine, offer)] * 6)
    assert codes(results) == []
    assert len(warehouse.happened(mine, "customer_chose")) == 1
    assert warehouse.one("SELECT cancelled FROM order_line") == 3


def test_one_of_two_offers_is_done_when_both_are_pressed_at_once(warehouse):
    mine = half_here(warehouse)
    shown = offers(warehouse, mine)
    both = [lambda name=name: press(warehouse, mine, shown[name]) for name in shown]
    results = at_once(*both)
    assert len(codes(results)) == 1
    assert set(codes(results)) <= {"offer_gone", "offer_changed"}
    assert len(warehouse.happened(mine, "customer_chose")) == 1


def test_history_says_that_the_customer_did_it_over_which_link(warehouse):
    mine = half_here(warehouse)
    press(warehouse, mine, offers(warehouse, mine)["ship_now"])
    (row,) = warehouse.rows("SELECT actor, reason FROM happening WHERE kind = 'customer_chose'")
    assert tuple(row) == ("customer", "link 1f2e3d4c5b6a7988")


def test_looking_at_the_page_sends_nothing_that_changes_anything(warehouse, statements):
    mine = half_here(warehouse)
    offering(warehouse)
    with statements() as sent:
        page(warehouse, mine)
    words = {sql.split()[0].upper() for sql in sent}
    assert words <= {"BEGIN", "COMMIT", "SELECT", "WITH"}
    assert not [sql for sql in sent if "FOR UPDATE" in sql or "FOR NO KEY" in sql]
