"""Goods that come back from customers (behaviour.md §1, §4.6, §7)."""

from functools import partial
from typing import Any

import pytest

from tests.builders import moves
from tests.builders.calling import at_once, refused
from tests.builders.warehouse import Warehouse


def levels(warehouse: Warehouse) -> dict[tuple[str, str], int]:
    """On hand of each SKU by disposition."""
    rows = warehouse.rows("SELECT sku, disposition, on_hand FROM stock_level WHERE on_hand > 0")
    return {(row.sku, row.disposition): row.on_hand for row in rows}


# --- announced ---


def test_units_are_inbound_and_pegged_when_the_day_of_a_return_is_known(
    warehouse: Warehouse,
) -> None:
    moves.shipped(warehouse, [("K1", 6)])
    order = warehouse.order([("K1", 6)])

    known = moves.announce(warehouse, [("K1", 3)], due=4)
    moves.announce(warehouse, [("K1", 3)])

    assert warehouse.sources(order) == {known: 3}
    assert warehouse.one("SELECT sum(ordered)::int FROM supply WHERE inbound") == 6


def test_no_more_comes_back_than_was_shipped_when_the_order_is_named(warehouse: Warehouse) -> None:
    order = moves.shipped(warehouse, [("K1", 3), ("K2", 1)])
    moves.announce(warehouse, [("K1", 2, 1)], order=order)

    refusal = refused(
        lambda: moves.announce(warehouse, [("K2", 1, 2), ("K1", 1, 1), ("K1", 1, 1)], order=order)
    )

    assert refusal.code == "more_than_shipped"
    assert refusal.fields == ({"field": "lines[2].units", "shipped": 3, "returned": 2},)
    moves.announce(warehouse, [("K1", 1, 1), ("K2", 1, 2)], order=order)


def test_units_may_be_announced_again_when_a_return_was_closed_without_them(
    warehouse: Warehouse,
) -> None:
    order = moves.shipped(warehouse, [("K1", 3)])
    first = moves.announce(warehouse, [("K1", 3, 1)], order=order)
    moves.take_back(warehouse, first, (1, 1, "sellable"))
    moves.end(warehouse, first)

    assert refused(lambda: moves.announce(warehouse, [("K1", 3, 1)], order=order)).code == (
        "more_than_shipped"
    )
    moves.announce(warehouse, [("K1", 2, 1)], order=order)


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"wants": []}, "empty_return", "lines"),
        ({"wants": [("K1", 0)]}, "bad_quantity", "lines[0].units"),
        ({"wants": [("NONE", 1)]}, "unknown_sku", "lines[0].sku"),
        ({"at": "NOWHERE"}, "unknown_location", "location"),
        ({"wants": [("K1", 1, 1)]}, "order_needed", "order"),
        ({"wants": [("K1", 1, 9)], "of": True}, "unknown_order_line", "lines[0].order_line"),
        ({"wants": [("K2", 1, 1)], "of": True}, "other_sku", "lines[0].sku"),
        ({"wants": [("K1", 4, 1)], "of": True}, "more_than_shipped", "lines[0].units"),
    ],
)
def test_return_is_refused_naming_the_field_when_a_value_is_wrong(
    warehouse: Warehouse, asked: dict[str, Any], code: str, field: str
) -> None:
    order = moves.shipped(warehouse, [("K1", 3)])
    named: dict[str, Any] = {"order": order} if asked.get("of") else {}
    rest = {name: value for name, value in asked.items() if name != "of"}

    refusal = refused(lambda: moves.announce(warehouse, **rest, **named))

    assert (refusal.code, refusal.fields[0]["field"]) == (code, field)
    assert warehouse.one("SELECT count(*) FROM customer_return") == 0


def test_units_are_announced_once_when_two_returns_name_them_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    order = moves.shipped(warehouse, [("K1", 3)])

    results = at_once(*[partial(moves.announce, warehouse, [("K1", 2, 1)], order=order)] * 3)

    assert sorted(result == "more_than_shipped" for result in results) == [False, True, True]


# --- never more than was shipped ---


def test_returns_by_sku_and_by_line_share_what_was_shipped(warehouse: Warehouse) -> None:
    order = moves.shipped(warehouse, [("K1", 3), ("K1", 3)])
    moves.announce(warehouse, [("K1", 4)], order=order)
    by_line = partial(moves.announce, warehouse, order=order)
    refusal = refused(lambda: by_line([("K1", 3, 1)]))
    assert (refusal.code, refusal.fields[0]["shipped"]) == ("more_than_shipped", 6)
    both = [("K1", 1, 1), ("K1", 2)]
    assert refused(lambda: by_line(both)).fields[0]["field"] == "lines[1].units"
    by_line([("K1", 2, 1)])


def test_nothing_is_returned_of_an_order_that_shipped_nothing(warehouse: Warehouse) -> None:
    moves.shipped(warehouse, [("K1", 9)])
    order = warehouse.order([("K1", 5)])

    refusal = refused(lambda: moves.announce(warehouse, [("K1", 1)], order=order, due=3))

    assert (refusal.code, refusal.fields[0]) == (
        "more_than_shipped",
        {"field": "lines[0].units", "shipped": 0, "returned": 0},
    )
    assert "has shipped no K1" in str(refusal)
    assert warehouse.sources(order) == {}


def test_lines_with_and_without_an_order_line_share_what_was_shipped(
    warehouse: Warehouse,
) -> None:
    order = moves.shipped(warehouse, [("K1", 3), ("K1", 2), ("K2", 4)])
    moves.announce(warehouse, [("K1", 2)], order=order)

    named = refused(lambda: moves.announce(warehouse, [("K1", 3, 1), ("K1", 1, 2)], order=order))
    plain = refused(lambda: moves.announce(warehouse, [("K2", 4), ("K1", 4)], order=order))

    assert named.fields == ({"field": "lines[1].units", "shipped": 5, "returned": 2},)
    assert plain.fields == ({"field": "lines[1].units", "shipped": 5, "returned": 2},)
    moves.announce(warehouse, [("K1", 3, 1), ("K2", 4)], order=order)


def test_no_more_comes_back_without_an_order_than_was_shipped_in_all(
    warehouse: Warehouse,
) -> None:
    order = moves.shipped(warehouse, [("K1", 3)])
    moves.shipped(warehouse, [("K1", 1)])
    moves.announce(warehouse, [("K1", 2)])

    blind = refused(lambda: moves.announce(warehouse, [("K1", 3)]))
    named = refused(lambda: moves.announce(warehouse, [("K1", 3, 1)], order=order))

    assert {blind.code, named.code} == {"more_than_shipped"}
    assert blind.fields == ({"field": "lines[0].units", "shipped": 4, "returned": 2},)
    assert refused(lambda: moves.announce(warehouse, [("K2", 1)])).code == "more_than_shipped"
    moves.announce(warehouse, [("K1", 2)])


def test_units_are_announced_once_when_returns_name_them_in_different_ways_at_one_moment(
    warehouse: Warehouse,
) -> None:
    order = moves.shipped(warehouse, [("K1", 3)])

    results = at_once(
        partial(moves.announce, warehouse, [("K1", 2, 1)], order=order),
        partial(moves.announce, warehouse, [("K1", 2)], order=order),
        partial(moves.announce, warehouse, [("K1", 2)]),
    )

    assert sorted(result == "more_than_shipped" for result in results) == [False, True, True]


@pytest.mark.parametrize("of", ["line", "order", "nobody"])
def test_the_audit_tells_when_more_comes_back_than_was_shipped(
    warehouse: Warehouse, of: str
) -> None:
    order = moves.shipped(warehouse, [("K1", 3)])
    named: dict[str, Any] = {} if of == "nobody" else {"order": order}
    want = ("K1", 3, 1) if of == "line" else ("K1", 3)
    moves.announce(warehouse, [want], **named)

    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE supply SET ordered = 4")
    assert {found.split()[0] for found in warehouse.findings()} == {"10"}
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE supply SET ordered = 3")


# --- received ---


def test_only_sellable_units_serve_who_waits_when_a_return_comes(warehouse: Warehouse) -> None:
    moves.shipped(warehouse, [("K1", 8)])
    order = warehouse.order([("K1", 9)])
    number = moves.announce(warehouse, [("K1", 8)], due=3)
    assert warehouse.sources(order) == {number: 8}

    told = moves.take_back(
        warehouse, number,
        (1, 2, "sellable"), (1, 3, "damaged"), (1, 1, "quarantine"), (1, 1, "scrapped"),
        number="GR-1",
    )  # fmt: skip

    assert (told["status"], told["lines"][0]["outstanding"]) == ("announced", 1)
    assert told["lines"][0]["came"] == {
        "sellable": 2, "damaged": 3, "quarantine": 1, "scrapped": 1,
    }  # fmt: skip
    assert (warehouse.allocated(order), warehouse.sources(order)) == (2, {number: 1})
    assert levels(warehouse) == {
        ("K1", "sellable"): 2, ("K1", "damaged"): 3, ("K1", "quarantine"): 1,
    }  # fmt: skip
    assert sorted(moves.ledger(warehouse, "return")) == [
        ("K1", "A", "damaged", 3, "GR-1"),
        ("K1", "A", "quarantine", 1, "GR-1"),
        ("K1", "A", "sellable", 2, "GR-1"),
    ]


def test_pegs_go_when_all_that_came_is_scrapped(warehouse: Warehouse) -> None:
    moves.shipped(warehouse, [("K1", 2)])
    order = warehouse.order([("K1", 2)])
    number = moves.announce(warehouse, [("K1", 2)], due=3)

    told = moves.take_back(warehouse, number, (1, 2, "scrapped"))

    assert told["status"] == "received"
    assert (warehouse.sources(order), levels(warehouse)) == ({}, {})
    assert moves.ledger(warehouse, "return") == []


def test_the_history_of_the_order_tells_what_came_back(warehouse: Warehouse) -> None:
    order = moves.shipped(warehouse, [("K1", 3), ("K2", 1)])
    number = moves.announce(warehouse, [("K1", 3, 1), ("K2", 1)], order=order)
    assert warehouse.happened(order, "returned") == []

    moves.take_back(
        warehouse, number, (1, 2, "sellable"), (1, 1, "damaged"), (2, 1, "sellable"), number="GR-1"
    )

    facts = {"return": number, "receipt": "GR-1", "sku": "K1", "line": 1}
    assert warehouse.happened(order, "returned") == [
        facts | {"units": 2, "disposition": "sellable"},
        facts | {"units": 1, "disposition": "damaged"},
        {"return": number, "receipt": "GR-1", "sku": "K2", "units": 1, "disposition": "sellable"},
    ]
    assert warehouse.status(order) == "shipped"


@pytest.mark.parametrize(
    ("came", "code", "field"),
    [
        ([], "empty_receipt", "lines"),
        ([(9, 1, "sellable")], "unknown_line", "lines[0].line"),
        ([(1, 1, "damaged"), (1, 1, "damaged")], "line_twice", "lines[1].line"),
        ([(1, 4, "damaged"), (1, 2, "sellable")], "bad_quantity", "lines[1].units"),
        ([(1, -1, "sellable")], "bad_quantity", "lines[0].units"),
    ],
)
def test_receipt_is_refused_naming_the_field_when_it_can_not_be(
    warehouse: Warehouse, came: list[tuple[int, int, str]], code: str, field: str
) -> None:
    moves.shipped(warehouse, [("K1", 5)])
    number = moves.announce(warehouse, [("K1", 5)])

    refusal = refused(lambda: moves.take_back(warehouse, number, *came))

    assert (refusal.code, refusal.fields[0]["field"]) == (code, field)
    assert levels(warehouse) == {}


def test_receipt_counts_once_when_it_comes_twice_at_the_same_moment(warehouse: Warehouse) -> None:
    order = moves.shipped(warehouse, [("K1", 5)])
    number = moves.announce(warehouse, [("K1", 5, 1)], order=order)
    taking = partial(moves.take_back, warehouse, number, (1, 3, "sellable"), number="GR-1")

    first, second = at_once(taking, taking)

    assert first == second
    assert warehouse.level() == (3, 0)
    assert len(warehouse.happened(order, "returned")) == 1
    other = partial(moves.take_back, warehouse, number, (1, 3, "damaged"), number="GR-1")
    assert refused(other).code == "number_in_use"


def test_no_more_comes_than_was_announced_when_two_receipts_come_at_the_same_moment(
    warehouse: Warehouse,
) -> None:
    moves.shipped(warehouse, [("K1", 5)])
    number = moves.announce(warehouse, [("K1", 5)])

    results = at_once(*[partial(moves.take_back, warehouse, number, (1, 3, "sellable"))] * 2)

    assert [result for result in results if isinstance(result, str)] == ["bad_quantity"]


# --- ended ---


def test_who_was_pegged_falls_back_when_the_rest_will_not_come(warehouse: Warehouse) -> None:
    moves.shipped(warehouse, [("K1", 5)])
    order = warehouse.order([("K1", 5)])
    number = moves.announce(warehouse, [("K1", 5)], due=3)
    moves.take_back(warehouse, number, (1, 2, "sellable"))

    told = moves.end(warehouse, number)

    assert (told["status"], told["lines"][0]["closed"]) == ("closed", 3)
    assert (warehouse.sources(order), warehouse.allocated(order)) == ({}, 2)
    assert refused(lambda: moves.end(warehouse, number)).code == "move_not_allowed"
    taking = partial(moves.take_back, warehouse, number, (1, 1, "sellable"))
    assert refused(taking).code == "not_receivable"
    assert refused(lambda: moves.end(warehouse, "NONE")).code == "unknown_return"
