from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from fulfillment.domain.insight.explain import explain
from fulfillment.domain.insight.explanation import (
    ExplanationContext,
    Reason,
    ReasonCode,
    Rival,
    Rivals,
    Waiting,
)
from fulfillment.domain.model.statuses import ShipmentStatus
from fulfillment.domain.model.supply import Product
from tests.builders.values import TODAY, claim, day, line, order, peg, shipment, stock, supply

K1, K2 = Product("K1"), Product("K2")


def surroundings(**given: Any) -> ExplanationContext:
    return ExplanationContext(today=TODAY, products={"K1": K1, "K2": K2}, **given)


def codes(found: Sequence[Waiting], at: int = 0) -> list[ReasonCode]:
    return [reason.code for reason in found[at].reasons]


def reason(found: Sequence[Waiting], code: ReasonCode, at: int = 0) -> Reason:
    return next(reason for reason in found[at].reasons if reason.code is code)


def test_waits_for_stock_when_nothing_is_on_its_way():
    found = explain(order(wants=[("K1", 4)]), surroundings())

    assert codes(found) == [ReasonCode.WAITS_FOR_STOCK]
    assert found[0].reasons[0].units == 4
    assert (found[0].line, found[0].sku, found[0].wanted) == (1, "K1", 4)


def test_names_the_purchase_order_and_its_date_when_units_are_pegged():
    waiting = shipment(line(units=5, pegs=[peg(3)]))
    found = explain(order(shipments=[waiting]), surroundings())

    pegged = reason(found, ReasonCode.PEGGED)
    assert (pegged.units, pegged.facts["source"]) == (3, "PO-1")
    assert pegged.facts["expected_on"] == day(5)
    assert "PO-1" in pegged.sentence
    assert str(day(5)) in pegged.sentence
    assert reason(found, ReasonCode.WAITS_FOR_STOCK).units == 2


def test_says_that_future_inventory_is_off_when_pegs_may_not_release():
    waiting = shipment(line(units=3, pegs=[peg(3)]))
    found = explain(order(shipments=[waiting]), surroundings())

    assert codes(found) == [ReasonCode.PEGGED, ReasonCode.FUTURE_INVENTORY_OFF]
    assert reason(found, ReasonCode.FUTURE_INVENTORY_OFF).facts == {"by": "policy"}


def test_names_the_product_when_it_is_what_forbids_future_inventory():
    waiting = shipment(line(units=3, pegs=[peg(3)]))
    strict = ExplanationContext(TODAY, {"K1": Product("K1", future_allowed=False)})
    found = explain(order(shipments=[waiting], policy={"future_inventory": True}), strict)

    assert reason(found, ReasonCode.FUTURE_INVENTORY_OFF).facts == {"by": "product"}


def test_tells_the_limit_when_a_peg_lies_beyond_it():
    waiting = shipment(line(units=3, pegs=[peg(1, due=5), peg(2, supply=2, due=40)]))
    policy = {"future_inventory": True, "future_limit_days": 30}
    found = explain(order(shipments=[waiting], policy=policy), surroundings())

    beyond = reason(found, ReasonCode.BEYOND_FUTURE_LIMIT)
    assert beyond.units == 2
    assert beyond.facts == {"expected_on": day(40), "limit": day(30), "limit_days": 30}


@pytest.mark.parametrize(("due", "words"), [(None, "without a date"), (-3, "3 days overdue")])
def test_tells_of_supply_that_can_not_be_promised_when_it_has_no_date_ahead(due, words):
    found = explain(order(wants=[("K1", 4)]), surroundings(supplies=(supply(10, due=due),)))

    assert codes(found) == [ReasonCode.NO_DATE]
    assert words in found[0].reasons[0].sentence


def test_names_who_is_ahead_when_others_hold_or_want_the_units():
    first = tuple(Rival(f"O{number}", 2, 1) for number in (5, 6, 7))
    ahead = {"K1": Rivals(first, orders=9, wanted=18, held=9)}
    found = explain(order(wants=[("K1", 4)]), surroundings(rivals=ahead))

    others = reason(found, ReasonCode.OTHERS_FIRST)
    assert (
        others.sentence
        == "9 orders ahead in rank hold 9 units and wait for 18 units: O5, O6, O7 and 6 more."
    )
    assert others.facts["orders"] == 9
    assert ReasonCode.WAITS_FOR_STOCK in codes(found)


def test_gives_the_reasons_of_a_hold_when_the_order_is_on_hold():
    waiting = shipment(line(units=3, claims=[claim(3)]))
    found = explain(order(shipments=[waiting], holds=("address_missing",)), surroundings())

    assert codes(found) == [ReasonCode.ON_HOLD]
    assert reason(found, ReasonCode.ON_HOLD).facts == {"holds": ["address_missing"]}


def test_says_that_it_waits_to_be_verified_when_it_has_its_units():
    waiting = shipment(line(units=3, claims=[claim(3)]))
    found = explain(order(shipments=[waiting], verified=False), surroundings())

    assert codes(found) == [ReasonCode.UNVERIFIED]


def test_says_only_that_nothing_is_claimed_when_the_order_just_came():
    new = order(wants=[("K1", 4)], first_claimed=False, verified=False)

    assert codes(explain(new, surroundings(levels=(stock(9),)))) == [ReasonCode.NOT_CLAIMED_YET]


def test_names_the_lines_it_waits_for_when_the_last_shipment_must_be_complete():
    waiting = shipment(
        line(units=3, claims=[claim(3)]), line("K2", 2, number=2, id_=102, claims=[claim(1)])
    )
    found = explain(order(shipments=[waiting], policy={"max_shipments": 1}), surroundings())

    assert codes(found) == [ReasonCode.LAST_SHIPMENT_MUST_BE_COMPLETE]
    last = reason(found, ReasonCode.LAST_SHIPMENT_MUST_BE_COMPLETE)
    assert last.facts["waits_for"] == [{"line": 2, "sku": "K2", "wanted": 1}]
    assert codes(found, at=1) == [
        ReasonCode.WAITS_FOR_STOCK,
        ReasonCode.LAST_SHIPMENT_MUST_BE_COMPLETE,
    ]


@pytest.mark.parametrize(
    ("bound", "code"),
    [({"lock": "B"}, ReasonCode.LOCKED_TO_LOCATION), ({"pickup": "B"}, ReasonCode.PICKUP_ONLY)],
)
def test_says_where_units_are_free_when_the_order_may_not_take_them(bound, code):
    found = explain(order(wants=[("K1", 4)], **bound), surroundings(levels=(stock(3, at="A"),)))

    assert reason(found, code).facts == {"location": "B", "free": {"A": 3}}
    assert reason(found, code).units == 3


def test_says_nothing_of_other_places_when_nothing_is_free_there():
    found = explain(order(wants=[("K1", 4)], lock="B"), surroundings(levels=(stock(3, at="B"),)))

    assert ReasonCode.LOCKED_TO_LOCATION not in codes(found)


def test_says_that_stock_is_being_given_out_when_a_distribution_is_owed():
    found = explain(order(), surroundings(owed=frozenset({"K1"})))

    assert codes(found) == [ReasonCode.DISTRIBUTION_OWED, ReasonCode.WAITS_FOR_STOCK]


def test_explains_nothing_when_nothing_waits():
    ready = shipment(line(claims=[claim(1)]), status=ShipmentStatus.READY, at="A")

    assert explain(order(shipments=[ready]), surroundings()) == ()


def test_every_waiting_line_has_a_reason_whatever_it_waits_for():
    waiting = shipment(
        line(units=3, pegs=[peg(1)]), line("K2", 2, number=2, id_=102, claims=[claim(1)])
    )
    for policy in ({}, {"future_inventory": True}, {"max_shipments": 1}):
        assert all(line.reasons for line in explain(order(shipments=[waiting], policy=policy),
                                                    surroundings()))  # fmt: skip


def test_a_line_with_a_source_of_its_own_is_explained_by_it_and_not_by_the_orders_place():
    mine = order(wants=[("K1", 4)], lock="B")
    mine = mine.with_lines([replace(mine.line(1), source="A")])
    undated = (supply(3, due=None, at="A"), supply(5, number=2, due=None, at="B"))
    levels = (stock(2, at="B"),)
    found = explain(mine, surroundings(supplies=undated, levels=levels))

    assert reason(found, ReasonCode.NO_DATE).facts["location"] == "A"
    assert reason(found, ReasonCode.SOURCE_ONLY).facts == {"location": "A", "free": {"B": 2}}


def test_what_is_on_its_way_is_not_released_ahead_though_it_is_promised():
    waiting = shipment(line(units=3, pegs=[peg(3)]))
    found = explain(order(shipments=[waiting]), surroundings())

    sentence = reason(found, ReasonCode.FUTURE_INVENTORY_OFF).sentence
    assert "released" in sentence
    assert "promised" not in sentence
