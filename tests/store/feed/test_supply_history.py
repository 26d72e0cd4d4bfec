"""What was known of supply is kept for ever: each date, since when, and from whom."""

from typing import Any

import pytest

from fulfillment.store.commands.supply import overdue
from fulfillment.store.commands.supply.purchase_orders import LineChange
from fulfillment.store.commands.supply.receiving import reverse_receipt
from tests.builders import moves
from tests.builders.calling import at_once
from tests.builders.feed import facts, told, types
from tests.builders.warehouse import MERCHANT, Warehouse, command


def history(warehouse: Warehouse, number: str) -> list[tuple[int, str]]:
    rows = warehouse.rows(
        "SELECT sequence, kind FROM supply_happening WHERE number = :number ORDER BY sequence",
        number=number,
    )
    return [(row.sequence, row.kind) for row in rows]


def dates(warehouse: Warehouse, number: str) -> list[Any]:
    """When each date became known, what it was, and who said so."""
    return warehouse.rows(
        "SELECT h.at, h.actor, l.line ->> 'from' AS before, l.line ->> 'to' AS now"
        " FROM supply_happening h CROSS JOIN LATERAL jsonb_array_elements(h.facts -> 'lines')"
        " AS l(line) WHERE h.number = :number AND h.kind = 'date_moved' ORDER BY h.sequence",
        number=number,
    )


def on(warehouse: Warehouse, days: int) -> str:
    return warehouse.day(days).isoformat()


def test_every_date_of_a_purchase_order_is_kept_with_when_it_was_known_and_by_whom(warehouse):
    first = on(warehouse, 5)
    number = warehouse.purchase(due=5)
    known = []
    for days in (9, 3):
        warehouse.clock.pass_days(1)
        warehouse.change(number, expected_on=warehouse.day(days))
        known.append((warehouse.clock(), "tester", on(warehouse, days)))

    found = dates(warehouse, number)
    assert [(row.at, row.actor, row.now) for row in found] == known
    assert [row.before for row in found] == [first, known[0][2]]


def test_the_date_of_one_line_is_told_with_its_line_alone(warehouse):
    number = warehouse.purchase([("K1", 3), ("K2", 4)], due=5)
    warehouse.change(number, LineChange(2, warehouse.day(8)))

    (moved,) = facts(warehouse, "supply.date_moved")
    line = {"line": 2, "sku": "K2", "location": "A", "units": 4}
    assert moved["lines"] == [line | {"from": on(warehouse, 5), "to": on(warehouse, 8)}]


@pytest.mark.parametrize("due", [8, None])
def test_a_transfer_and_a_restock_keep_their_dates_too(warehouse, due):
    warehouse.stock(5)
    transfer = moves.transfer(warehouse, due=5)
    restock = warehouse.announce(due=5, sku="K2")
    moves.redate(warehouse, transfer, due)
    warehouse.announce(due=due, sku="K2", number=restock)

    then = None if due is None else on(warehouse, due)
    for number in (transfer, restock):
        (row,) = dates(warehouse, number)
        assert (row.before, row.now) == (on(warehouse, 5), then)


def test_the_life_of_a_purchase_order_is_told(warehouse):
    number = warehouse.purchase([("K1", 10)], status="draft")
    warehouse.move(number, "approved")
    warehouse.move(number, "in_transit")
    warehouse.receive(number, {1: 4}, number="R-1")
    warehouse.move(number, "closed")

    assert [kind for _, kind in history(warehouse, number)] == [
        "written", "approved", "moved", "received", "closed",
    ]  # fmt: skip
    assert types(told(warehouse, "supply.")) == [
        "supply.approved", "supply.received", "supply.closed",
    ]  # fmt: skip
    (came,) = facts(warehouse, "supply.received")
    assert (came["receipt"], came["complete"], came["lines"][0]["units"]) == ("R-1", False, 4)
    (closed,) = facts(warehouse, "supply.closed")
    assert closed["lines"][0]["units"] == 6


def test_what_came_by_mistake_is_told_as_less(warehouse):
    number = warehouse.purchase([("K1", 4)])
    warehouse.receive(number, {1: 3}, damaged={1: 1}, number="R-1")
    reverse_receipt(warehouse.store, command("reverse"), "R-1", "counted twice")

    units = [[row["units"] for row in one["lines"]] for one in facts(warehouse, "supply.received")]
    assert sorted(units[0]) == [1, 3]
    assert sum(units[1]) == -4


def test_nobody_outside_hears_of_a_draft(warehouse):
    number = warehouse.purchase(status="draft")
    warehouse.change(number, expected_on=warehouse.day(8))
    warehouse.move(number, "cancelled")

    assert told(warehouse, "supply.") == []
    assert len(dates(warehouse, number)) == 1


def test_supply_that_is_late_is_told_once_with_its_lines(warehouse):
    number = warehouse.purchase([("K1", 3), ("K2", 4)], due=5)
    id_ = warehouse.one("SELECT id FROM purchase_order")
    warehouse.clock.pass_days(7)
    for _ in range(2):
        overdue.declare_overdue(warehouse.store, MERCHANT, id_)

    (late,) = facts(warehouse, "supply.overdue")
    assert [line["line"] for line in late["lines"]] == [1, 2]
    assert history(warehouse, number)[-1][1] == "overdue"


def test_transfers_and_restocks_that_are_late_are_told(warehouse):
    warehouse.stock(5)
    moves.transfer(warehouse, due=2)
    warehouse.announce(due=2, sku="K2")
    warehouse.clock.pass_days(5)
    declared = warehouse.store.transact(MERCHANT, overdue.declare_others_overdue)

    assert declared
    assert {each.subject for each in told(warehouse, "supply.overdue")} == {"transfer", "restock"}


def test_a_transfer_concerns_both_of_its_ends(warehouse):
    warehouse.stock(5)
    moves.transfer(warehouse, source="A", to="B")

    (sent,) = told(warehouse, "supply.approved")
    assert sent.locations == ("A", "B")


def test_goods_that_come_back_are_told_as_supply_and_to_their_order(warehouse):
    mine = moves.shipped(warehouse, [("K1", 2)])
    number = moves.announce(warehouse, [("K1", 1)], order=mine)
    moves.take_back(warehouse, number, (1, 1, "sellable"))

    assert types(told(warehouse, "supply.")) == ["supply.approved", "supply.received"]
    changes = [each.facts["change"] for each in told(warehouse, "order.changed")]
    assert changes[-1] == "returned"


def test_a_history_has_no_gap_when_it_is_written_at_once(warehouse):
    number = warehouse.purchase([("K1", 20)])
    calls = [lambda n=n: warehouse.receive(number, {1: 1}, number=f"R-{n}") for n in range(6)]
    calls += [lambda d=d: warehouse.change(number, expected_on=warehouse.day(d)) for d in (8, 9)]
    at_once(*calls)

    assert [sequence for sequence, _ in history(warehouse, number)] == list(range(1, 10))


def test_a_receipt_sends_no_statement_for_what_it_tells(warehouse, statements):
    number = warehouse.purchase([("K1", 20)])
    with statements() as sent:
        warehouse.receive(number, {1: 1})

    assert len([sql for sql in sent if "supply_event" in sql]) == 1
    assert all("UPDATE supply" in sql for sql in sent if "supply_event" in sql)
