"""A remedy changes what it says it would: tried on a copy, then done (behaviour.md §8)."""

from collections.abc import Callable
from typing import Any

import pytest

from fulfillment.domain.insight.impact import standing
from fulfillment.domain.insight.remedy import Remedy, RemedyCode
from fulfillment.store.commands.orders import lifecycle, manual
from fulfillment.store.commands.orders.pins import Pinned, pin
from fulfillment.store.commands.supply.moves import documents, transfers
from fulfillment.store.insight.order import read_explanation, surroundings
from fulfillment.store.insight.remedies import Trial
from fulfillment.store.planning.change import Change, change_order
from fulfillment.store.planning.opening import order_id
from fulfillment.store.records.loading import load_orders
from fulfillment.store.transactions.session import Tx
from tests.builders import moves
from tests.builders.plain import plain
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


def behind_one_who_only_waits(warehouse: Warehouse) -> int:
    warehouse.order([("K1", 4)], "FIRST")
    warehouse.purchase([("K1", 3)])
    return warehouse.order([("K1", 2)])


def pegged_and_behind(warehouse: Warehouse) -> int:
    warehouse.order([("K1", 4)], "FIRST")
    warehouse.purchase([("K1", 9)])
    return warehouse.order([("K1", 2)])


def under_by_hand(warehouse: Warehouse) -> int:
    warehouse.stock(2)
    mine = warehouse.order([("K1", 5)], policy=ALL_OR_NOTHING)
    warehouse.do(manual.unallocate(warehouse.number(mine)))
    return mine


def kept_for_a_pin(warehouse: Warehouse) -> int:
    purchase = warehouse.purchase([("K1", 3)])
    mine = warehouse.order([("K1", 3)])
    later = warehouse.order([("K1", 3), ("K2", 1)], "LATER", policy=ALL_OR_NOTHING)
    warehouse.do(pin(warehouse.number(later), 1, [Pinned(purchase)]))
    warehouse.receive(purchase, {1: 3})
    warehouse.serve(purchase)
    return mine


def shipped_in_part(warehouse: Warehouse) -> int:
    warehouse.stock(2)
    mine = warehouse.order([("K1", 5)])
    assert warehouse.parts(mine)[0][0] == "ready"
    return mine


def pinned_behind(warehouse: Warehouse) -> int:
    purchase = warehouse.purchase([("K1", 3)])
    mine = warehouse.order([("K1", 3)])
    later = warehouse.order([("K1", 3)], "LATER")
    warehouse.do(pin(warehouse.number(later), 1, [Pinned(purchase)]))
    return mine


def stranded(warehouse: Warehouse) -> int:
    warehouse.stock(9, at="B")
    warehouse.location("B", 2, active=False)
    return warehouse.order([("K1", 5)])


def held_with_all_here(warehouse: Warehouse) -> int:
    warehouse.stock(5)
    mine = warehouse.order([("K1", 5)])
    warehouse.do(lifecycle.hold(warehouse.number(mine), "payment_review"))
    return mine


def not_verified(warehouse: Warehouse) -> int:
    warehouse.stock(5)
    return warehouse.order([("K1", 5)], policy={"verify": "manual"})


R = RemedyCode
EXPECTED: list[tuple[Situation, set[RemedyCode]]] = [
    (blocked_by_another, {R.RAISE_PRIORITY, R.BUY_MORE, R.CANCEL_SHORT}),
    (half_here, {R.CANCEL_SHORT, R.SHIP_AS_AVAILABLE, R.SPLIT_NOW, R.BUY_MORE}),
    (locked_elsewhere, {R.UNLOCK, R.TRANSFER, R.BUY_MORE, R.CANCEL_SHORT}),
    (picked_up_elsewhere, {R.TRANSFER, R.BUY_MORE, R.CANCEL_SHORT}),
    (never_by_itself, {R.ALLOCATE, R.BUY_MORE, R.CANCEL_SHORT}),
    (all_or_none_sourced, {R.CANCEL_SHORT, R.SHIP_AS_AVAILABLE, R.SPLIT_NOW, R.BUY_MORE}),
    (behind_one_who_only_waits, {R.RAISE_PRIORITY, R.BUY_MORE, R.CANCEL_SHORT}),
    (pegged_and_behind, {R.RECEIVE_MORE, R.CANCEL_SHORT}),
    (under_by_hand, {R.ALLOCATE, R.RESUME_ALLOCATION, R.CANCEL_SHORT}),
    (kept_for_a_pin, {R.UNPIN, R.BUY_MORE, R.CANCEL_SHORT}),
    (pinned_behind, {R.UNPIN, R.BUY_MORE, R.CANCEL_SHORT}),
    (stranded, {R.TRANSFER, R.BUY_MORE, R.CANCEL_SHORT}),
    (shipped_in_part, {R.BUY_MORE, R.CANCEL_SHORT}),
    (held_with_all_here, {R.LIFT_HOLD}),
    (not_verified, {R.VERIFY}),
]
EACH = [(situation, fix) for situation, fixes in EXPECTED for fix in sorted(fixes)]


def explained(warehouse: Warehouse, order: int) -> dict[str, Any]:
    number = warehouse.number(order)
    return dict(plain(warehouse.store.simulate(MERCHANT, lambda tx: read_explanation(tx, number))))


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
    apply(warehouse, mine, said)
    after = standings(warehouse)

    changed = {number for number in after if before[number] != after[number]}
    assert {one["order"]: one["after"] for one in said["changes"]} == {
        number: after[number] for number in changed
    }


def apply(warehouse: Warehouse, order: int, said: dict[str, Any]) -> None:
    """Do what the remedy says to ask for."""
    asked, number = said["arguments"], warehouse.number(order)
    if said["code"] == R.BUY_MORE:
        due = (asked["expected_on"] - warehouse.day(0)).days
        lines = [(line["sku"], line["units"]) for line in asked["lines"]]
        (at,) = {line["location"] for line in asked["lines"]}
        warehouse.purchase(lines, at=at, due=due, number=asked["number"])
    elif said["code"] == R.RECEIVE_MORE:
        units = {line["line"]: line["units"] for line in asked["lines"]}
        warehouse.receive(said["subject"], units, at=asked["location"], number=asked["number"])
        warehouse.serve(said["subject"])
    elif said["code"] == R.TRANSFER:
        moved = tuple(documents.NewTransferLine(**line) for line in asked["lines"])
        new = documents.NewTransfer(**(asked | {"lines": moved}))
        transfers.create_transfer(warehouse.store, command("transfer"), new)
    else:
        change_order(warehouse.store, command("remedy"), change_of(warehouse, number, said))


def change_of(warehouse: Warehouse, number: str, said: dict[str, Any]) -> Change:
    def find(tx: Tx) -> Change:
        found = load_orders(tx, [order_id(tx, number)])
        (order,) = found.values()
        around = surroundings(tx, order)
        remedy = Remedy(
            said["code"],
            "",
            said["arguments"],
            None if said["subject"] == number else said["subject"],
        )
        return Trial(order, around).change_of(remedy)

    return warehouse.store.read(MERCHANT, find)


def standings(warehouse: Warehouse) -> dict[str, Any]:
    ids = [row.id for row in warehouse.rows("SELECT id FROM orders")]
    orders = warehouse.store.read(MERCHANT, lambda tx: load_orders(tx, ids))
    return {each.number: plain(standing(each)) for each in orders.values()}


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
        {"order": "LATER", "units": 5, "location": "A", "status": "ready", "pinned": 0}
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


def test_what_is_bought_is_enough_for_those_ahead_too(warehouse: Warehouse) -> None:
    mine = behind_one_who_only_waits(warehouse)
    (buy,) = [r for r in explained(warehouse, mine)["remedies"] if r["code"] == "buy_more"]

    assert buy["arguments"] == {
        "number": f"FOR-{warehouse.number(mine)}",
        "expected_on": warehouse.day(30),
        "lines": [{"line": 1, "sku": "K1", "units": 3, "location": "A"}],
    }


def test_the_explanation_names_orders_behind_that_are_pinned_to_what_comes(
    warehouse: Warehouse,
) -> None:
    (line,) = explained(warehouse, pinned_behind(warehouse))["waiting"]
    reason = next(each for each in line["reasons"] if each["code"] == "pinned_by_later")

    assert reason["facts"]["orders"] == [{"order": "LATER", "line": 1, "units": 3, "location": "A"}]


def test_a_transfer_is_sent_and_comes_before_the_order_is_ready(warehouse: Warehouse) -> None:
    mine = stranded(warehouse)
    (said,) = [r for r in explained(warehouse, mine)["remedies"] if r["code"] == R.TRANSFER]

    apply(warehouse, mine, said)

    number = said["arguments"]["number"]
    assert warehouse.parts(mine) == [("backorder", None, 5)]
    assert warehouse.sources(mine) == {number: 5}
    assert (warehouse.level(at="B"), warehouse.level(at="A")) == ((4, 0), (0, 0))
    moves.receive(warehouse, number, {1: 5})
    assert warehouse.parts(mine) == [("ready", "A", 5)]
    ledger = warehouse.rows("SELECT kind, location, units FROM stock_ledger ORDER BY id")
    assert [tuple(row) for row in ledger][1:] == [
        ("transfer_out", "B", -5),
        ("transfer_in", "A", 5),
    ]
