"""An order that is over leaves the tables whole, and comes back whole to who asks for it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from temporalio.client import Client

from fulfillment.relay.sweep import Sweep
from fulfillment.store.archive.archiving import archive_next
from fulfillment.store.archive.parts import of_orders
from fulfillment.store.commands import intake
from fulfillment.store.commands.orders import links, manual
from fulfillment.store.commands.supply.moves.documents import (
    NewReturn,
    NewReturnLine,
    return_command,
)
from fulfillment.store.commands.supply.moves.returns import announce_return
from fulfillment.store.insight.order_page import read_history, read_order
from fulfillment.store.insight.shipment_pages import order_of_shipment
from fulfillment.store.integrity.invariants import audit
from fulfillment.store.planning.change import preview_change
from fulfillment.store.reading.receipts import read_receipt
from fulfillment.store.reading.standing import heads_of
from fulfillment.store.schema import metadata
from fulfillment.store.schema.archive import KEEPS_HERE, PACKED, TAKEN_OFF
from fulfillment.store.transactions.rehearsal import rehearsed
from tests.builders import floor, moves
from tests.builders.archive import all_rows, archive, archive_now
from tests.builders.calling import refused
from tests.builders.warehouse import MERCHANT, Warehouse, command


def broken(warehouse: Warehouse) -> set[str]:
    """Rules that the whole audit finds broken, and those that the usual one does."""
    return {
        found.number for whole in (True, False) for found in audit(warehouse.store, whole=whole)
    }


def archived(warehouse: Warehouse) -> list[int]:
    return [row.order_id for row in warehouse.rows("SELECT order_id FROM archived_order")]


def shipped(warehouse: Warehouse, number: str = "", units: int = 2) -> int:
    """An order that was picked with a list, packed and shipped."""
    warehouse.stock(units)
    order = warehouse.order([("K1", units)], number)
    taken = floor.take(warehouse, "A")
    floor.confirm(warehouse, taken["id"])
    (shipment,) = warehouse.shipments("picked")
    warehouse.pack(shipment)
    warehouse.ship(shipment)
    return order


def waited(warehouse: Warehouse) -> int:
    """An order that waited for a purchase order, and was shipped as it came."""
    purchase = warehouse.purchase([("K2", 3)], number="PO-OLD")
    order = warehouse.order([("K2", 3)])
    warehouse.receive(purchase, {1: 3}, number="R-OLD")
    warehouse.serve(purchase)
    (shipment,) = warehouse.shipments("ready")
    warehouse.pick(shipment)
    warehouse.ship(shipment)
    return order


def cancelled(warehouse: Warehouse) -> int:
    order = warehouse.order([("K3", 1), ("K1", 4)])
    warehouse.cancel(order)
    return order


def test_orders_are_the_same_rows_again_when_they_were_archived_and_brought_back(warehouse):
    orders = [shipped(warehouse), waited(warehouse), cancelled(warehouse)]
    waits = warehouse.order([("K3", 2)])
    archive(warehouse, days=1)
    before = all_rows(warehouse)
    assert broken(warehouse) == set()

    warehouse.clock.pass_days(90)
    assert archive_now(warehouse) == 3
    assert archived(warehouse) == orders
    assert broken(warehouse) == set()
    assert [row.id for row in warehouse.rows("SELECT id FROM orders")] == [waits]

    warehouse.store.bring_back(orders)
    after = all_rows(warehouse)
    assert [name for name in before if before[name] != after[name]] == ["archived_units"]
    assert broken(warehouse) == set()


def test_every_table_with_rows_of_an_order_is_packed_or_says_why_not():
    known = PACKED | KEEPS_HERE.keys() | TAKEN_OFF
    of_an_order = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in PACKED
    }
    assert of_an_order | {"orders"} == known
    for name in known:
        assert of_orders(metadata.tables[name], "= 1")


def test_what_is_null_is_no_default_in_a_packed_table():
    """Nulls are not packed: a column that is left out has to be null by itself."""
    assert [
        f"{name}.{column.name}"
        for name in PACKED
        for column in metadata.tables[name].columns
        if column.nullable and column.server_default is not None and column.computed is None
    ] == []


# --- who asks for it -----------------------------------------------------------------------------


def by_number(warehouse: Warehouse, number: str, _: int) -> object:
    return warehouse.store.read(MERCHANT, lambda tx: read_order(tx, number))


def its_history(warehouse: Warehouse, number: str, _: int) -> object:
    return warehouse.store.read(MERCHANT, lambda tx: read_history(tx, number, 9, 0))


def by_shipment(warehouse: Warehouse, _: str, shipment: int) -> object:
    return warehouse.store.read(MERCHANT, lambda tx: order_of_shipment(tx, shipment))


def what_may_be_done(warehouse: Warehouse, number: str, _: int) -> object:
    return refused(lambda: preview_change(warehouse.store, MERCHANT, manual.priority(number, 3)))


def what_is_done(warehouse: Warehouse, number: str, _: int) -> object:
    return refused(lambda: warehouse.do(manual.priority(number, 3)))


def a_link(warehouse: Warehouse, number: str, _: int) -> object:
    return links.make_link(warehouse.store, command("link"), number)


def a_return(warehouse: Warehouse, number: str, _: int) -> object:
    new = NewReturn("RT-1", "A", (NewReturnLine(1, "K1", 1, 1),), number, "too big", None)
    return announce_return(warehouse.store, return_command(MERCHANT, "tester", new), new)


def an_activity(warehouse: Warehouse, _: str, __: int) -> object:
    return warehouse.stand(1)


ASKS: list[Callable[[Warehouse, str, int], object]] = [
    by_number, its_history, by_shipment, what_may_be_done, what_is_done, a_link, a_return,
    an_activity,
]  # fmt: skip


@pytest.mark.parametrize("ask", ASKS)
def test_an_archived_order_is_there_when_somebody_asks_for_it(warehouse, ask):
    order = shipped(warehouse, "OLD")
    (shipment,) = warehouse.shipments("shipped")
    archive(warehouse)
    assert archived(warehouse) == [order]

    ask(warehouse, "OLD", shipment)

    assert archived(warehouse) == []
    assert warehouse.number(order) == "OLD"
    assert broken(warehouse) == set()


def test_an_order_that_was_brought_back_is_archived_again_when_its_days_are_over(warehouse):
    order = shipped(warehouse, "OLD")
    archive(warehouse)
    by_number(warehouse, "OLD", 0)

    assert archive_now(warehouse) == 0
    assert archive(warehouse, days=89) == 0
    assert archive(warehouse, days=2) == 1
    assert archived(warehouse) == [order]


def test_a_receipt_tells_of_a_shipment_that_is_archived(warehouse):
    waited(warehouse)

    def told() -> Any:
        return warehouse.store.read(MERCHANT, lambda tx: read_receipt(tx, "R-OLD"))

    before = told()
    assert before.lines[0].shipments
    assert archive(warehouse) == 1
    assert told() == before


def test_what_is_only_rehearsed_brings_nothing_back_for_good(warehouse):
    shipped(warehouse, "OLD")
    archive(warehouse)
    with rehearsed(warehouse.store) as trying:
        assert trying.read(MERCHANT, lambda tx: read_order(tx, "OLD")).number == "OLD"
        new = warehouse.new_order("OLD", [("K1", 2)])
        (taken,) = intake.create_orders(trying, MERCHANT, [new], "tester")
        assert taken.outcome is not intake.Outcome.CREATED
    assert len(archived(warehouse)) == 1


def test_a_number_is_taken_in_a_rehearsal_too(warehouse):
    warehouse.cancel(warehouse.order(number="OLD"))
    archive(warehouse)
    with rehearsed(warehouse.store) as trying:
        new = [warehouse.new_order("OLD", [("K1", 2)]), warehouse.new_order("NEW", [("K1", 2)])]
        found = intake.create_orders(trying, MERCHANT, new, "tester")
    assert [str(one.outcome) for one in found] == ["refused", "created"]


def test_an_archived_order_is_known_to_who_compares_with_the_engine(warehouse):
    """Its closed workflow is not taken for one of an order that the database has lost."""
    order = shipped(warehouse, "OLD")
    archive(warehouse)
    head = heads_of(warehouse.store, MERCHANT, ["OLD", "NONE"])["OLD"]
    assert (head.id, head.status) == (order, "shipped")
    assert head.finished_at is not None
    assert len(archived(warehouse)) == 1


def test_nobody_is_found_in_the_archive_of_another_merchant(warehouse):
    shipped(warehouse, "OLD")
    archive(warehouse)
    refusal = refused(lambda: warehouse.store.read("other", lambda tx: read_order(tx, "OLD")))
    assert refusal.code == "unknown_order"
    assert len(archived(warehouse)) == 1


# --- its number ----------------------------------------------------------------------------------


def test_the_number_of_an_archived_order_is_taken_when_it_is_sent_again(warehouse):
    same = warehouse.new_order("OLD", [("K1", 2)])
    (taken,) = intake.create_orders(warehouse.store, MERCHANT, [same], "tester")
    warehouse.cancel(taken.order)
    archive(warehouse)
    other = warehouse.new_order("OLD", [("K1", 3)])
    bad = warehouse.new_order("OLD", [("no such", 3)])
    new = warehouse.new_order("NEW", [("K1", 1)])

    def sent(*orders: intake.NewOrder) -> list[tuple[str, str | None]]:
        found = intake.create_orders(warehouse.store, MERCHANT, orders, "tester")
        return [(str(one.outcome), one.refusal.code if one.refusal else None) for one in found]

    assert sent(same) == [("existing", None)]
    assert sent(other, new) == [("refused", "number_in_use"), ("created", None)]
    assert sent(bad) == [("refused", "number_in_use")]
    assert len(archived(warehouse)) == 1


def test_the_table_itself_refuses_the_number_of_an_archived_order(warehouse):
    warehouse.cancel(warehouse.order(number="OLD"))
    archive(warehouse)
    with warehouse.engine.begin() as connection, pytest.raises(IntegrityError, match="archived"):
        connection.execute(
            text(
                "INSERT INTO orders (merchant, number, content_hash, placed_at, placed_on,"
                " currency) VALUES ('acme', 'OLD', '', now(), now(), 'USD')"
            )
        )


def test_no_more_comes_back_than_archived_orders_shipped(warehouse):
    shipped(warehouse, units=2)
    archive(warehouse)
    moves.announce(warehouse, [("K1", 2)])
    assert refused(lambda: moves.announce(warehouse, [("K1", 1)])).code == "more_than_shipped"


# --- what stays where it is ----------------------------------------------------------------------

OPEN = {
    "a task": "INSERT INTO task (merchant, kind, location, sku, units, order_id)"
    " SELECT merchant, 'put_back', 'A', 'K1', 1, id FROM orders",
    "a payment that is due": "INSERT INTO payment_entry (merchant, order_id, kind, status,"
    " amount_minor, currency, cause, actor)"
    " SELECT merchant, id, 'refund', 'due', 1, 'USD', 'x', 'x' FROM orders",
    "a payment that failed": "INSERT INTO payment_entry (merchant, order_id, kind, status,"
    " amount_minor, currency, cause, actor)"
    " SELECT merchant, id, 'refund', 'failed', 1, 'USD', 'x', 'x' FROM orders",
    "a mail": "INSERT INTO mail (merchant, order_id, type, event, epoch, happened_at, due_at)"
    " SELECT merchant, id, 'shipped', gen_random_uuid(), 1, now(), now() FROM orders",
    "a link": "INSERT INTO order_link (id, merchant, order_id, token_hash, created_by, expires_at)"
    " SELECT 'x', merchant, id, 'x', 'x', TIMESTAMPTZ '2030-01-01' FROM orders",
    "a container": "INSERT INTO container (merchant, location, label, order_id)"
    " SELECT merchant, 'A', 'x', id FROM orders",
    "a list that is worked on": "UPDATE pick_list SET status = 'picking'",
    "history that is not proven": "UPDATE proven_past SET event = event - 1",
    "a dispatch that is not proven": "UPDATE proven_past SET ledger = ledger - 1",
    "history that is not told": "INSERT INTO untold SELECT 'order', id, 1 FROM orders",
    "a wake that is owed": "INSERT INTO outbox (merchant, lane, kind, subject, payload)"
    " SELECT merchant, 1, 'wake_order', id::text, '{}' FROM orders",
}


@pytest.mark.parametrize("what", OPEN)
def test_an_order_is_not_archived_when_something_of_it_is_open(new_database, what):
    warehouse = Warehouse.on(new_database()).furnish()
    shipped(warehouse)
    archive(warehouse, days=1)
    warehouse.clock.pass_days(90)
    with warehouse.engine.begin() as connection:
        connection.execute(text(OPEN[what]))

    assert archive_next(warehouse.store).archived == 0
    assert archived(warehouse) == []
    warehouse.engine.dispose()


def test_an_order_is_not_archived_when_some_of_it_came_back(warehouse):
    order = shipped(warehouse)
    moves.end(warehouse, moves.announce(warehouse, [("K1", 1, 1)], order=order))
    assert archive(warehouse) == 0


def test_nothing_is_archived_where_the_merchant_does_not_say_so(warehouse):
    shipped(warehouse)
    archive(warehouse, days=1)
    warehouse.settings(archive_after_days=None)
    warehouse.clock.pass_days(900)
    assert archive_now(warehouse) == 0


def test_an_order_that_cannot_go_lets_the_others_go(warehouse):
    stays, goes = shipped(warehouse), shipped(warehouse)
    with warehouse.engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE unforeseen (order_id bigint REFERENCES orders (id));"
                f" INSERT INTO unforeseen VALUES ({stays})"
            )
        )
    assert archive(warehouse) == 1
    assert archived(warehouse) == [goes]


# --- as it is stored -----------------------------------------------------------------------------


def test_a_column_that_is_newer_than_the_rows_has_its_default_when_they_come_back(warehouse):
    order = shipped(warehouse, "OLD")
    archive(warehouse)
    with warehouse.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE archived_rows SET packed = jsonb_set(packed::jsonb"
                " #- '{order_line,0,by_hand}', '{order_line,0,gone}', '1')::json"
            )
        )
    by_number(warehouse, "OLD", 0)
    assert warehouse.one("SELECT by_hand FROM order_line WHERE order_id = :id", id=order) is False


def test_a_customer_who_was_erased_in_the_archive_stays_erased(warehouse):
    order = shipped(warehouse, "OLD")
    archive(warehouse)
    with warehouse.engine.begin() as connection:
        connection.execute(text("UPDATE archived_rows SET customer = NULL"))
    assert warehouse.store.read(MERCHANT, lambda tx: read_order(tx, "OLD")).customer is None
    assert warehouse.number(order) == "OLD"


def test_a_month_that_was_taken_away_is_told_and_its_numbers_stay_taken(warehouse):
    order = shipped(warehouse, "OLD")
    archive(warehouse)
    month = warehouse.one("SELECT tableoid::regclass::text FROM archived_rows")
    assert month == f"archived_rows_{warehouse.clock.now:%Y_%m}"
    with warehouse.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE archived_rows DETACH PARTITION {month}"))

    assert refused(lambda: by_number(warehouse, "OLD", 0)).code == "archive_taken_away"
    again = warehouse.new_order("OLD", [("K1", 9)])
    (taken,) = intake.create_orders(warehouse.store, MERCHANT, [again], "tester")
    assert (taken.outcome, taken.order) == (intake.Outcome.REFUSED, order)
    assert broken(warehouse) == set()


OF_UNITS = """
UPDATE archived_rows
   SET packed = jsonb_set(packed::jsonb, '{{shipment_line,0,units}}', '{}')::json
"""

LINES_AGAIN = """
UPDATE archived_order SET lines = (
    SELECT ARRAY[(packed #>> '{shipment_line,0,id}')::bigint] FROM archived_rows)
"""


def test_the_whole_audit_finds_what_is_wrong_with_the_archive(warehouse):
    shipped(warehouse, "OLD")
    archive(warehouse)
    wrong = {
        "12a": (
            OF_UNITS.format(9),
            OF_UNITS.format(2),
        ),
        "12c": (
            "UPDATE archived_units SET shipped = shipped + 1",
            "UPDATE archived_units SET shipped = shipped - 1",
        ),
        "5a": (
            "UPDATE archived_order SET lines = '{}'",
            LINES_AGAIN,
        ),
    }
    for number, (there, back) in wrong.items():
        with warehouse.engine.begin() as connection:
            connection.execute(text(there))
        assert {found.number for found in audit(warehouse.store, whole=True)} == {number}
        with warehouse.engine.begin() as connection:
            connection.execute(text(back))
    assert broken(warehouse) == set()


def test_a_later_sweep_archives_by_its_own_clock_and_batch(warehouse):
    for _ in range(3):
        warehouse.cancel(warehouse.order())
    archive(warehouse, days=1)
    later = replace(warehouse.store, clock=lambda: warehouse.clock.now + timedelta(days=95))
    step = archive_next(later, most=2)
    assert step.upto is not None
    assert (step.archived, archive_next(later, step.upto, most=2).archived) == (2, 1)


def test_the_sweep_goes_round_by_itself_and_then_rests(warehouse):
    async def nobody() -> Client:
        raise AssertionError

    orders = [warehouse.order() for _ in range(2)]
    warehouse.cancel(orders[0])
    archive(warehouse, days=1)
    warehouse.clock.pass_days(90)
    sweep = Sweep(warehouse.store, nobody)
    asyncio.run(sweep.archive())
    assert archived(warehouse) == orders[:1]

    by_number(warehouse, warehouse.one("SELECT number FROM archived_order"), 0)
    warehouse.clock.pass_days(91)
    asyncio.run(sweep.archive())
    assert archived(warehouse) == []
