"""What a customer is offered: laws of the rule, for any order that a plan may leave (issue 25)."""

import os
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fulfillment.domain.actions.manual import without_unavailable
from fulfillment.domain.insight.offers import (
    USUALLY,
    Offer,
    OfferKind,
    OfferResult,
    OfferTerms,
    candidates,
    is_worth_it,
    result_of,
    worth_of,
)
from fulfillment.domain.insight.parcels_to_come import Parcel, is_sooner, parcels_to_come
from fulfillment.domain.model.orders import Order, waiting_lines
from fulfillment.domain.model.payments import Amounts, PaymentKind, what_is_due
from fulfillment.domain.model.refusals import RefusedError
from fulfillment.domain.model.working_days import ShipDays
from fulfillment.domain.planning.cancellation import NothingToCancelError, cancelled
from fulfillment.domain.planning.plan import plan
from fulfillment.domain.planning.promise import promise
from tests.builders.values import TODAY, day
from tests.builders.worlds import SKUS, worlds

DAYS = ShipDays(TODAY)
EVERYTHING = OfferTerms(frozenset(OfferKind), dict.fromkeys(SKUS, ("K9", "K8")))
few = settings() if "PEGBOARD_HYPOTHESIS" in os.environ else settings(max_examples=40)
"""Each example is planned; PEGBOARD_HYPOTHESIS=search looks at many."""

parcels = st.lists(
    st.builds(
        lambda on, units: Parcel(TODAY + timedelta(days=on), (("K1", units),)),
        st.integers(0, 5),
        st.integers(1, 4),
    ),
    max_size=5,
).map(tuple)


@few
@given(worlds())
def test_every_unit_that_is_to_leave_is_in_one_parcel(given):
    for mine in plan(given):
        live = sum(row.units for part in mine.live for row in part.lines)
        shown = parcels_to_come(mine, DAYS)
        assert sum(units for parcel in shown for _, units in parcel.units) == live
        assert all(units > 0 for parcel in shown for _, units in parcel.units)
        assert list(shown) == sorted(shown, key=lambda parcel: parcel.on)


@few
@given(worlds())
def test_what_waits_is_shown_for_the_days_on_which_it_is_promised(given):
    for mine in plan(given):
        if any(not part.is_waiting for part in mine.live):
            continue
        told = Counter[date]()
        for pieces in promise(mine, DAYS).values():
            told.update({piece.on: piece.units for piece in pieces})
        shown = Counter[date]()
        for parcel in parcels_to_come(mine, DAYS):
            shown[parcel.on] += sum(units for _, units in parcel.units)
        assert shown == told


@given(parcels, parcels)
def test_nothing_is_sooner_than_itself_and_of_two_at_most_one_is(one, other):
    assert not is_sooner(one, one)
    assert not (is_sooner(one, other) and is_sooner(other, one))


@given(parcels, parcels, parcels)
def test_what_is_sooner_than_what_is_sooner_is_sooner(one, other, third):
    if is_sooner(one, other) and is_sooner(other, third):
        assert is_sooner(one, third)


@given(parcels.filter(bool), st.integers(1, 5))
def test_a_parcel_that_leaves_earlier_is_sooner_and_one_that_leaves_later_is_not(some, days):
    first, *rest = some
    later = (replace(first, on=first.on + timedelta(days=days)), *rest)
    assert is_sooner(some, later)
    assert not is_sooner(later, some)


@few
@given(worlds(), st.sets(st.sampled_from(OfferKind)))
def test_only_what_the_merchant_lets_be_chosen_is_offered_each_thing_once(given, kinds):
    for mine in plan(given):
        found = list(candidates(mine, replace(EVERYTHING, kinds=frozenset(kinds))))
        assert {offer.kind for offer in found} <= kinds
        assert len({offer.id for offer in found}) == len(found)
        every = candidates(mine, EVERYTHING)
        assert found == [offer for offer in every if offer.kind in kinds]
        shown = [list(OfferKind).index(offer.kind) for offer in found]
        assert shown == sorted(shown)


@few
@given(worlds())
def test_nothing_is_offered_of_an_order_that_is_held_or_lacks_nothing(given):
    for mine in plan(given):
        held = replace(mine, holds=("fraud",))
        assert list(candidates(held, EVERYTHING)) == []
        if not any(row.wanted for row in waiting_lines(mine)):
            assert list(candidates(mine, EVERYTHING)) == []


@few
@given(worlds())
def test_an_exchange_is_of_units_that_are_missing_and_no_more(given):
    for mine in plan(given):
        wanted = Counter[int]()
        for row in waiting_lines(mine):
            wanted[row.order_line] += row.wanted
        for offer in candidates(mine, EVERYTHING):
            if offer.kind is OfferKind.EXCHANGE:
                assert 0 < (offer.units or 0) <= wanted[offer.line or 0]


@few
@given(worlds(), st.integers(0, 3000))
def test_units_and_money_are_kept_whatever_is_cancelled(given, captured):
    for mine in plan(given):
        mine = priced(mine)  # noqa: PLW2901 -- the same order, with prices
        paid = Amounts(captured=captured)
        for offer, after in shorter(mine):
            result = result_of(offer, mine, after, DAYS, paid)
            gone = sum(units for _, units in result.cancelled)
            coming = sum(units for parcel in result.parcels for _, units in parcel.units)
            live = sum(row.units for part in mine.live for row in part.lines)
            assert coming + gone == live
            worth = worth_of(mine).value_minor or 0, worth_of(after).value_minor or 0
            assert result.refund_minor + result.less_minor == worth[0] - worth[1]
            due = [what_is_due(paid, worth_of(one))[PaymentKind.REFUND] for one in (mine, after)]
            assert result.refund_minor == due[1] - due[0]
            assert result.refund_minor <= captured


def priced(mine: Order) -> Order:
    return mine.with_lines(replace(line, unit_price_minor=413) for line in mine.lines)


def shorter(mine: Order):
    """The order as cancelling leaves it."""
    for kind, change in (
        (OfferKind.CANCEL_SHORT, without_unavailable),
        (OfferKind.CANCEL_ORDER, cancelled),
    ):
        try:
            yield Offer(kind), change(mine)
        except (RefusedError, NothingToCancelError):
            continue


NOW = (Parcel(day(7), (("K1", 5),)),)
HALF = (Parcel(day(0), (("K1", 2),)), Parcel(day(7), (("K1", 3),)))


@pytest.mark.parametrize(
    ("kind", "now", "then", "worth"),
    [
        (OfferKind.SHIP_NOW, NOW, OfferResult(HALF), True),
        (OfferKind.SHIP_NOW, NOW, OfferResult(NOW), False),
        (OfferKind.SHIP_AS_AVAILABLE, HALF, OfferResult(NOW), False),
        (OfferKind.EXCHANGE, NOW, OfferResult(HALF), True),
        (OfferKind.EXCHANGE, HALF, OfferResult(NOW), False),
        (OfferKind.WAIT_FOR_ALL, HALF, OfferResult(NOW), True),
        (OfferKind.WAIT_FOR_ALL, NOW, OfferResult(NOW), False),
        (OfferKind.CANCEL_SHORT, NOW, OfferResult((), (("K1", 3),)), True),
        (OfferKind.CANCEL_SHORT, NOW, OfferResult(NOW), False),
        (OfferKind.CANCEL_ORDER, NOW, OfferResult((), (("K1", 5),)), True),
        (OfferKind.ACCEPT_DATE, NOW, OfferResult(NOW), True),
    ],
)
def test_an_offer_is_shown_where_it_gives_what_it_is_chosen_for(kind, now, then, worth):
    assert is_worth_it(Offer(kind), now, then) is worth


def test_what_is_offered_usually_takes_nothing_from_the_customer_unasked():
    assert {OfferKind.CANCEL_ORDER, OfferKind.EXCHANGE} & USUALLY == set()
