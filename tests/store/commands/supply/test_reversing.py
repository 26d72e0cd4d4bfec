"""A receipt that is taken back can be counted again, whatever became of its document (§9.11)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from fulfillment.store.commands.supply.receiving import reverse_receipt
from tests.builders import moves
from tests.builders.calling import at_once, refused
from tests.builders.warehouse import Warehouse, command


def reverse(warehouse: Warehouse, receipt: str) -> dict[str, Any]:
    warehouse.clock.now += timedelta(minutes=1)
    return reverse_receipt(warehouse.store, command("reverse"), receipt, "miscounted")


def line(warehouse: Warehouse) -> tuple[int, int, int, bool]:
    """Ordered, received, closed and inbound of the one supply."""
    (row,) = warehouse.rows("SELECT ordered, received, closed, inbound FROM supply")
    return tuple(row)


def purchased(warehouse: Warehouse) -> tuple[str, Callable[[int], Any]]:
    number = warehouse.purchase([("K1", 10)])
    warehouse.move(number, "in_transit")
    return number, lambda units: warehouse.receive(number, {1: units})


def transferred(warehouse: Warehouse) -> tuple[str, Callable[[int], Any]]:
    warehouse.stock(10, at="B")
    number = moves.transfer(warehouse, [("K1", 10)], source="B", to="A")
    return number, lambda units: moves.receive(warehouse, number, {1: units})


def returned(warehouse: Warehouse) -> tuple[str, Callable[[int], Any]]:
    moves.shipped(warehouse, [("K1", 10)])
    number = moves.announce(warehouse, [("K1", 10)], due=3)
    return number, lambda units: moves.take_back(warehouse, number, (1, units, "sellable"))


def close(warehouse: Warehouse, made: Any, number: str) -> None:
    if made is purchased:
        warehouse.move(number, "closed")
    else:
        (moves.close if made is transferred else moves.end)(warehouse, number)


DOCUMENTS = {purchased: "in_transit", transferred: "in_transit", returned: "announced"}
TABLES = {purchased: "purchase_order", transferred: "transfer", returned: "customer_return"}


@pytest.mark.parametrize("made", DOCUMENTS)
def test_units_are_counted_again_when_a_receipt_is_reversed_after_the_rest_was_given_up(
    warehouse: Warehouse, made: Any
) -> None:
    number, count = made(warehouse)
    receipt = count(4)["receipt"]
    close(warehouse, made, number)
    order = warehouse.order([("K1", 2)])
    warehouse.serve_due()

    reverse(warehouse, receipt)

    assert warehouse.one(f"SELECT status FROM {TABLES[made]}") == DOCUMENTS[made]
    assert (line(warehouse), warehouse.level()) == ((10, 0, 6, True), (0, 0))
    assert warehouse.sources(order) == {number: 2}
    assert refused(lambda: count(5)).code == "bad_quantity"
    count(4)
    warehouse.serve_due()
    assert warehouse.one(f"SELECT status FROM {TABLES[made]}") == "received"
    assert (line(warehouse), warehouse.level()) == ((10, 4, 6, False), (4, 2))


@pytest.mark.parametrize("made", DOCUMENTS)
def test_a_document_has_the_status_it_had_when_an_early_receipt_is_reversed(
    warehouse: Warehouse, made: Any
) -> None:
    number, count = made(warehouse)
    receipt = count(4)["receipt"]
    if made is purchased:
        warehouse.move(number, "arrived")
    count(6)
    assert warehouse.one(f"SELECT status FROM {TABLES[made]}") == "received"

    reverse(warehouse, receipt)

    before = "arrived" if made is purchased else DOCUMENTS[made]
    assert warehouse.one(f"SELECT status FROM {TABLES[made]}") == before
    assert line(warehouse) == (10, 6, 0, True)
    warehouse.serve_due()


@pytest.mark.parametrize("made", DOCUMENTS)
def test_what_was_reversed_can_be_given_up_again(warehouse: Warehouse, made: Any) -> None:
    number, count = made(warehouse)
    receipt = count(4)["receipt"]
    close(warehouse, made, number)
    reverse(warehouse, receipt)

    close(warehouse, made, number)

    assert line(warehouse) == (10, 0, 10, False)
    warehouse.serve_due()


@pytest.mark.parametrize("made", DOCUMENTS)
def test_one_comes_after_the_other_when_a_receipt_is_reversed_and_its_document_closed_at_once(
    warehouse: Warehouse, made: Any
) -> None:
    number, count = made(warehouse)
    receipt = count(4)["receipt"]

    results = at_once(partial(reverse, warehouse, receipt), partial(close, warehouse, made, number))

    assert [result for result in results if isinstance(result, str)] == []
    assert line(warehouse) in [(10, 0, 6, True), (10, 0, 10, False)]
    warehouse.serve_due()


def test_who_waits_for_a_reversal_and_closes_then_is_no_finding(warehouse: Warehouse) -> None:
    number, count = purchased(warehouse)
    receipt = count(4)["receipt"]
    asked = warehouse.clock.now

    reverse(warehouse, receipt)
    late, warehouse.clock.now = warehouse.clock.now, asked
    close(warehouse, purchased, number)
    warehouse.clock.now = late

    assert line(warehouse) == (10, 0, 10, False)
    warehouse.serve_due()


@pytest.mark.parametrize("made", DOCUMENTS)
def test_the_audit_tells_when_reversed_units_can_not_be_counted_again(
    warehouse: Warehouse, made: Any
) -> None:
    number, count = made(warehouse)
    receipt = count(4)["receipt"]
    close(warehouse, made, number)
    ended = warehouse.clock.now
    warehouse.clock.pass_days(1)
    reverse(warehouse, receipt)
    status = {purchased: "closed, ended_from = 'in_transit'"}.get(made, "closed")
    quoted = status.replace("closed", "'closed'", 1)

    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE {TABLES[made]} SET status = {quoted}, ended_at = '{ended.isoformat()}'"
        )
        connection.exec_driver_sql("UPDATE supply SET closed = 10, inbound = false")
    assert {found.split()[0] for found in warehouse.findings()} == {"11b"}
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE {TABLES[made]} SET ended_at = '{warehouse.clock.now.isoformat()}'"
        )
    warehouse.serve_due()


def test_the_audit_tells_when_units_of_a_transfer_are_nowhere(warehouse: Warehouse) -> None:
    _, count = transferred(warehouse)
    count(4)

    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE supply SET inbound = false")
    assert [found.split()[0] for found in warehouse.findings()] == ["11a", "11b"]
    with warehouse.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE supply SET inbound = true")
