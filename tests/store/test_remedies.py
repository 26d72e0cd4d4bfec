"""A remedy changes what it says it would: tried on a copy, then done (behaviour.md §8)."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest

from fulfillment.domain.insight.impact import standing
from fulfillment.domain.insight.remedies import RemedyCode, candidates
from fulfillment.store.commands.supply import stock
from fulfillment.store.insight.order import read_explanation, surroundings
from fulfillment.store.insight.remedies import change_of
from fulfillment.store.planning.change import change_order
from fulfillment.store.records.loading import load_orders
from fulfillment.store.transactions.session import Tx
from tests.builders.warehouse import MERCHANT, Warehouse, command

Situation = Callable[[Warehouse], int]
ALL_OR_NOTHING = {"max_shipments": 1}


def blocked_by_another(warehouse: Warehouse) -> int:
    """Scenario 9: the first holds S1 and waits for S2; the second wants S1."""
    warehouse.stock(1)
    warehouse.order([("K1", 1), ("K2", 1)], "FIRST", policy=ALL_OR_NOTHING)
    return warehouse.order([("K1", 1)])


def half_here(warehouse: Warehouse) -> int:
    warehouse.stock(3)
    mine = warehouse.order([("K1", 5), ("K2", 2)], policy=ALL_OR_NOTHING)
    warehouse.order([("K1", 4)])
    return mine


def locked_elsewhere(warehouse: Warehouse) -> int:
    warehouse.stock(9, at="A")
    return warehouse.order([("K1", 5)], lock_location="B")


def picked_up_elsewhere(warehouse: Warehouse) -> int:
    """Scenario 33a."""
    warehouse.stock(9, at="A")
    return warehouse.order([("K1", 5)], pickup_location="B")


def never_by_itself(warehouse: Warehouse) -> int:
    mine = warehouse.order([("K1", 5)], policy={"auto_allocate": "never"})
    warehouse.stock(3)
    return mine


def all_or_none_sourced(warehouse: Warehouse) -> int:
    warehouse.stock(3)
    policy = {"release_when": "all_sourced", "hold_if_due_within_days": 3}
    return warehouse.order([("K1", 3), ("K2", 1)], policy=policy)


EXPECTED: list[tuple[Situation, set[RemedyCode]]] = [
    (blocked_by_another, {RemedyCode.RAISE_PRIORITY, RemedyCode.RECEIVE_MORE}),
    (
        half_here,
        {
            RemedyCode.CANCEL_SHORT,
            RemedyCode.SHIP_AS_AVAILABLE,
            RemedyCode.SPLIT_NOW,
            RemedyCode.RECEIVE_MORE,
        },
    ),
    (locked_elsewhere, {RemedyCode.UNLOCK, RemedyCode.TRANSFER, RemedyCode.RECEIVE_MORE}),
    (picked_up_elsewhere, {RemedyCode.TRANSFER, RemedyCode.RECEIVE_MORE}),
    (never_by_itself, {RemedyCode.ALLOCATE}),
    (
        all_or_none_sourced,
        {
            RemedyCode.CANCEL_SHORT,
            RemedyCode.SHIP_AS_AVAILABLE,
            RemedyCode.SPLIT_NOW,
            RemedyCode.RECEIVE_MORE,
        },
    ),
]
EACH = [(situation, fix) for situation, fixes in EXPECTED for fix in sorted(fixes)]


def explained(warehouse: Warehouse, order: int) -> dict[str, Any]:
    number = warehouse.number(order)
    return warehouse.store.simulate(MERCHANT, lambda tx: read_explanation(tx, number))


@pytest.mark.parametrize(("situation", "fixes"), EXPECTED)
def test_every_remedy_that_helps_is_told(
    warehouse: Warehouse, situation: Situation, fixes: set[RemedyCode]
) -> None:
    found = explained(warehouse, situation(warehouse))

    assert {remedy["code"] for remedy in found["remedies"]} == fixes
    assert all(remedy["changes"] for remedy in found["remedies"])


@pytest.mark.parametrize(("situation", "fix"), EACH)
def test_the_remedy_does_what_it_says(
    warehouse: Warehouse, situation: Situation, fix: RemedyCode
) -> None:
    mine = situation(warehouse)
    (said,) = [r for r in explained(warehouse, mine)["remedies"] if r["code"] == fix]
    before = standings(warehouse)
    apply(warehouse, mine, fix)
    after = standings(warehouse)

    changed = {number for number in after if before[number] != after[number]}
    assert {one["order"]: one["after"] for one in said["changes"]} == {
        number: after[number] for number in changed
    }


def apply(warehouse: Warehouse, order: int, fix: RemedyCode) -> None:
    def find(tx: Tx) -> Any:
        found = load_orders(tx, [order])[order]
        around = surroundings(tx, found)
        return next(each for each in candidates(found, around, "A") if each.code is fix)

    remedy = warehouse.store.read(MERCHANT, find)
    if remedy.arriving:
        rows = [
            stock.Adjustment(sku, at, units, "remedy")
            for (sku, at), units in remedy.arriving.items()
        ]
        stock.adjust(warehouse.store, command("adjust"), rows)
    else:
        change_order(warehouse.store, command("remedy"), change_of(warehouse.number(order), remedy))


def standings(warehouse: Warehouse) -> dict[str, Any]:
    ids = [row.id for row in warehouse.rows("SELECT id FROM orders")]
    orders = warehouse.store.read(MERCHANT, lambda tx: load_orders(tx, ids))
    return {each.number: asdict(standing(each)) for each in orders.values()}


def test_nothing_is_changed_when_an_order_is_explained(warehouse: Warehouse) -> None:
    mine = half_here(warehouse)
    events = warehouse.one("SELECT count(*) FROM order_event")
    before = standings(warehouse)
    explained(warehouse, mine)

    assert standings(warehouse) == before
    assert warehouse.one("SELECT count(*) FROM order_event") == events


def test_the_explanation_names_who_holds_the_units(warehouse: Warehouse) -> None:
    found = explained(warehouse, blocked_by_another(warehouse))
    (line,) = found["waiting"]
    reason = next(each for each in line["reasons"] if each["code"] == "others_first")

    assert reason["facts"]["first"] == [{"order": "FIRST", "wanted": 0, "held": 1, "idle": 1}]
    assert "FIRST" in reason["sentence"]


def test_the_explanation_names_later_orders_whose_units_do_not_move(warehouse: Warehouse) -> None:
    """Scenario 12: a ready order behind keeps its units."""
    warehouse.stock(5)
    warehouse.order([("K1", 5)], "LATER")
    mine = warehouse.order([("K1", 5)], priority=10)
    (line,) = explained(warehouse, mine)["waiting"]
    reason = next(each for each in line["reasons"] if each["code"] == "held_by_later")

    assert reason["facts"]["orders"] == [
        {"order": "LATER", "units": 5, "location": "A", "status": "ready"}
    ]


def test_units_idle_for_an_earlier_order_are_told_to_a_line_that_is_fully_pegged(
    warehouse: Warehouse,
) -> None:
    warehouse.stock(3)
    warehouse.order([("K1", 3), ("K2", 1)], "FIRST", policy=ALL_OR_NOTHING)
    warehouse.order([("K1", 2)], "SECOND")
    warehouse.purchase([("K1", 9)])
    mine = warehouse.order([("K1", 4)])
    assert sum(warehouse.pegs(mine).values()) == 4
    (line,) = explained(warehouse, mine)["waiting"]
    reason = next(each for each in line["reasons"] if each["code"] == "others_first")

    assert (line["place"], line["wanted_ahead"]) == (2, 2)
    assert reason["facts"] == {
        "place": 2,
        "orders": 2,
        "wanted": 2,
        "held": 3,
        "idle": 3,
        "first": [
            {"order": "FIRST", "wanted": 0, "held": 3, "idle": 3},
            {"order": "SECOND", "wanted": 2, "held": 0, "idle": 0},
        ],
    }


def test_what_orders_behind_hold_is_named_of_each_product(warehouse: Warehouse) -> None:
    for sku in ("K1", "K2"):
        warehouse.stock(6, sku)
        for number in range(6):
            warehouse.order([(sku, 1)], f"{sku}-{number}")
    mine = warehouse.order([("K1", 1), ("K2", 1)], priority=10)
    told = {
        line["sku"]: len(reason["facts"]["orders"])
        for line in explained(warehouse, mine)["waiting"]
        for reason in line["reasons"]
        if reason["code"] == "held_by_later"
    }

    assert told == {"K1": 5, "K2": 5}
