"""The past is proven once; what came since, and all that is open, is audited each time."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from temporalio.client import Client

from fulfillment.relay.sweep import Sweep
from fulfillment.store.commands.floor import after_dispatch
from fulfillment.store.commands.supply.receiving import reverse_receipt
from fulfillment.store.integrity import past
from fulfillment.store.integrity.invariants import audit
from fulfillment.store.integrity.proving import prove_past
from tests.builders import moves
from tests.builders.calling import at_once
from tests.builders.warehouse import Warehouse, command


def broken(warehouse: Warehouse, *, whole: bool = False) -> set[str]:
    """The numbers of the rules that an audit finds broken."""
    return {found.number for found in audit(warehouse.store, whole=whole)}


def shipped(warehouse: Warehouse) -> int:
    """An order of two units that are with the customer."""
    return moves.shipped(warehouse, [("K1", 2)])


def write(warehouse: Warehouse, *sql: str) -> None:
    """Change rows as no command would: neither triggers nor foreign keys are asked."""
    with warehouse.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in sql:
            connection.execute(text(statement))


@contextmanager
def tampered(warehouse: Warehouse, wrong: str, right: str) -> Iterator[None]:
    """Something is wrong while the block lasts."""
    write(warehouse, wrong)
    yield
    write(warehouse, right)


DISPATCHED = """
INSERT INTO stock_ledger (merchant, sku, location, units, kind, reference, actor)
SELECT merchant, sku, location, -1, 'dispatch', {reference}, 'x'
  FROM stock_ledger WHERE kind = 'dispatch'
"""

WRONG = {
    "a unit that was shipped and never left": (
        {"5a", "1b"},
        "UPDATE stock_ledger SET units = units + 1 WHERE kind = 'dispatch'",
        "UPDATE stock_ledger SET units = units - 1 WHERE kind = 'dispatch'",
    ),
    "a unit that was ordered and is nowhere": (
        {"3"},
        "UPDATE order_line SET ordered = ordered + 1",
        "UPDATE order_line SET ordered = ordered - 1",
    ),
    "a dispatch of a line that there is not": (
        {"5a", "1b"},
        DISPATCHED.format(reference="'nothing.of.ours'"),
        "DELETE FROM stock_ledger WHERE reference = 'nothing.of.ours'",
    ),
    "a dispatch that was voided more often than its shipment": (
        {"5a", "1b"},
        DISPATCHED.format(reference="reference || '.7'"),
        "DELETE FROM stock_ledger WHERE reference LIKE '%.7'",
    ),
    "an order that is shipped and has not finished": (
        {"3b"},
        "UPDATE orders SET finished_at = NULL",
        "UPDATE orders SET finished_at = now()",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_audit_finds_it_when_it_happened_since_the_past_was_proven(warehouse, what):
    rules, wrong, right = WRONG[what]
    shipped(warehouse)
    with tampered(warehouse, wrong, right):
        assert broken(warehouse) == rules
        assert broken(warehouse, whole=True) == rules


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_taken_for_proven_when_it_is_wrong(warehouse, what):
    rules, wrong, right = WRONG[what]
    shipped(warehouse)
    with tampered(warehouse, wrong, right):
        assert {found.number for found in prove_past(warehouse.store).findings} == rules - {"1b"}
        assert warehouse.rows("SELECT * FROM proven_past") == []
    assert prove_past(warehouse.store).findings == ()
    assert len(warehouse.rows("SELECT * FROM proven_past")) == 1


def test_only_the_whole_audit_finds_it_when_the_proven_past_is_changed(warehouse):
    order = shipped(warehouse)
    prove_past(warehouse.store)
    set_to = f"UPDATE order_line SET shipped = %s WHERE order_id = {order}"
    with tampered(warehouse, set_to % 1, set_to % 2):
        assert broken(warehouse) == set()
        assert broken(warehouse, whole=True) == {"3"}


def test_a_proven_order_is_audited_again_when_units_of_it_come_back(warehouse):
    order = shipped(warehouse)
    prove_past(warehouse.store)
    back = moves.announce(warehouse, [("K1", 2)], order=order)
    moves.take_back(warehouse, back, (1, 2, "damaged"))
    set_to = f"UPDATE order_line SET ordered = %s, shipped = %s WHERE order_id = {order}"
    with tampered(warehouse, set_to % (1, 1), set_to % (2, 2)):
        assert "10" in broken(warehouse)


def test_a_proven_order_is_audited_again_when_its_dispatch_is_voided(warehouse):
    order = shipped(warehouse)
    prove_past(warehouse.store)
    (shipment,) = warehouse.shipments("shipped")
    warehouse.do(after_dispatch.voiding(warehouse.number(order), shipment))
    assert warehouse.status(order) == "picking"
    assert broken(warehouse) == set()
    book = "UPDATE stock_ledger SET units = units %s 1 WHERE kind = 'dispatch_void'"
    with tampered(warehouse, book % "-", book % "+"):
        assert "5a" in broken(warehouse)


def test_a_proven_receipt_is_audited_again_when_it_is_reversed(warehouse):
    purchase = warehouse.purchase([("K1", 4)])
    warehouse.receive(purchase, {1: 4}, number="R-1")
    warehouse.serve_due()
    prove_past(warehouse.store)
    reverse_receipt(warehouse.store, command("reverse"), "R-1", "counted on the wrong one")
    book = "UPDATE stock_ledger SET units = units %s 1 WHERE kind = 'reversal'"
    with tampered(warehouse, book % "+", book % "-"):
        assert broken(warehouse) == {"1b", "5b"}


def test_a_proven_document_is_audited_again_when_it_ends(warehouse):
    purchase = warehouse.purchase([("K1", 4)])
    prove_past(warehouse.store)
    warehouse.move(purchase, "cancelled")
    prove_past(warehouse.store)
    set_to = "UPDATE supply SET inbound = %s"
    with tampered(warehouse, set_to % "true", set_to % "false"):
        assert "11b" in broken(warehouse)


def test_the_ledger_is_summed_up_once_when_it_is_proven(warehouse):
    shipped(warehouse)
    warehouse.stock(7, "K2")
    prove_past(warehouse.store)
    warehouse.stock(-2, "K2")
    prove_past(warehouse.store)
    rows = warehouse.rows("SELECT sku, location, units FROM ledger_checkpoint ORDER BY sku")
    assert [tuple(row) for row in rows] == [("K1", "A", 0), ("K2", "A", 5)]


def test_the_whole_audit_finds_a_checkpoint_that_is_not_the_sum_of_the_ledger(warehouse):
    shipped(warehouse)
    prove_past(warehouse.store)
    set_to = "UPDATE ledger_checkpoint SET units = units %s 1"
    with tampered(warehouse, set_to % "+", set_to % "-"):
        assert broken(warehouse) == {"1b"}
        assert broken(warehouse, whole=True) == {"1c"}


def test_a_long_past_is_proven_in_steps_that_are_bounded(warehouse, monkeypatch):
    for _ in range(3):
        shipped(warehouse)
    monkeypatch.setattr(past, "SLICE", 4)
    steps = [prove_past(warehouse.store)]
    while steps[-1].more:
        assert broken(warehouse) == broken(warehouse, whole=True) == set()
        steps.append(prove_past(warehouse.store))
    assert len(steps) > 2
    assert warehouse.one("SELECT event FROM proven_past") == warehouse.one(
        "SELECT max(id) FROM order_event"
    )


def test_nothing_is_proven_while_somebody_writes_who_may_commit_behind_it(warehouse, monkeypatch):
    monkeypatch.setattr(past, "PATIENCE", 0.2)
    warehouse.stock(1)
    book = text(
        "INSERT INTO stock_ledger (merchant, sku, location, units, kind, reference, actor)"
        " SELECT merchant, sku, location, 3, 'adjustment', 'late', 'x' FROM stock_ledger LIMIT 1"
    )
    with warehouse.engine.begin() as late:
        late.execute(book)
        late.execute(text("UPDATE stock_level SET on_hand = on_hand + 3"))
        warehouse.stock(1, "K2")
        assert prove_past(warehouse.store).findings == ()
        assert warehouse.rows("SELECT * FROM proven_past") == []
    prove_past(warehouse.store)
    assert warehouse.one("SELECT units FROM ledger_checkpoint WHERE sku = 'K1'") == 4


def test_the_past_is_proven_once_when_several_do_it_at_once(warehouse):
    for _ in range(3):
        shipped(warehouse)
    results = at_once(*[lambda: prove_past(warehouse.store).findings] * 4)
    assert {findings for findings in results if not isinstance(findings, Exception)} == {()}
    assert broken(warehouse) == broken(warehouse, whole=True) == set()


def test_the_sweep_proves_the_past_by_itself_and_then_rests(warehouse):
    async def nobody() -> Client:
        raise AssertionError

    sweep = Sweep(warehouse.store, nobody)
    shipped(warehouse)
    asyncio.run(sweep.prove())
    proven = warehouse.rows("SELECT * FROM proven_past")
    assert len(proven) == 1
    warehouse.stock(3)
    asyncio.run(sweep.prove())
    assert warehouse.rows("SELECT * FROM proven_past") == proven
