"""Goods that come back from customers: announced, and given up."""

from fulfillment.domain.model.moves import ReturnStatus, SupplyKind, move_return
from fulfillment.domain.model.refusals import conflict, invalid, missing_order
from fulfillment.domain.model.statuses import MoveNotAllowedError
from fulfillment.store.commands.supply.moves.documents import (
    Answer,
    NewReturn,
    execute_numbered,
    number_in_use,
)
from fulfillment.store.commands.supply.moves.returnable import check_returnable
from fulfillment.store.commands.supply.moves.supplies import (
    check_lines,
    give_up,
    outstanding,
    told_before,
    told_of,
)
from fulfillment.store.commands.supply.purchase_orders.replanning import replan
from fulfillment.store.commands.supply.receiving.receivable import Receivable, locked
from fulfillment.store.commands.supply.stock import check_location, check_open, check_places
from fulfillment.store.reading.returns import read_return
from fulfillment.store.reading.rows import fields_of
from fulfillment.store.records.saving.supplies import TELLS, SupplyTold, supplied, telling
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Command, Store, Tx


def announce_return(store: Store, command: Command, new: NewReturn) -> Answer:
    """Write a return; its units are inbound at once, and pegged if their day is known."""

    def body(tx: Tx) -> Answer:
        check_lines("return", new.lines)
        check_location(tx, new.location, "location")
        check_places(tx, [(line.sku, new.location) for line in new.lines], "lines[{}].")
        check_open(tx, new.location, "location")
        skus = {line.sku for line in new.lines}
        lock_queues(tx, skus | tx.also)
        _insert(tx, new, _checked_order(tx, new))
        replan(tx, skus, {})
        return fields_of(read_return(tx, new.number))

    return execute_numbered(store, command, new.number, body)


def close_return(store: Store, command: Command, number: str) -> Answer:
    """The rest will not come; who was pegged on it is planned anew."""

    def body(tx: Tx) -> Answer:
        announced = locked(tx, SupplyKind.RETURN, number)
        _close(tx, announced)
        give_up(tx, announced.lines)
        replan(tx, announced.skus, told_before(announced.lines))
        return fields_of(read_return(tx, number))

    return store.execute(command, body)


def _close(tx: Tx, announced: Receivable) -> None:
    try:
        move_return(ReturnStatus(announced.status), ReturnStatus.CLOSED)
    except MoveNotAllowedError as error:
        raise conflict("move_not_allowed", str(error), status=announced.status) from error
    facts = {"status": ReturnStatus.CLOSED, "lines": outstanding(announced.lines)}
    tx.run(
        f"WITH {TELLS}"  # noqa: S608 -- TELLS is a constant
        " UPDATE customer_return SET status = :status, ended_at = :now WHERE id = :id",
        **telling(tx, [told_of(announced, "closed", facts)]),
        id=announced.id,
        now=tx.now,
        status=ReturnStatus.CLOSED,
    )


def _checked_order(tx: Tx, new: NewReturn) -> int | None:
    """The id of the order that the goods come from, if that is said, once its lines fit it."""
    order = _order_id(tx, new)
    sql = "SELECT line, sku FROM order_line WHERE order_id = :order"
    known = {row.line: row.sku for row in tx.rows(sql, order=order)} if order else {}
    for index, line in enumerate(new.lines):
        if line.order_line is None:
            continue
        at = f"lines[{index}]"
        if order is None:
            raise invalid("order_needed", "name the order of this line", "order")
        sku = known.get(line.order_line)
        if sku is None:
            message = f"order {new.order} has no line {line.order_line}"
            raise invalid("unknown_order_line", message, f"{at}.order_line")
        if sku != line.sku:
            message = f"line {line.order_line} of order {new.order} is of {sku}"
            raise invalid("other_sku", message, f"{at}.sku", sku=sku)
    check_returnable(tx, new, order)
    return order


def _order_id(tx: Tx, new: NewReturn) -> int | None:
    if new.order is None:
        return None
    rows = tx.rows(
        "SELECT id FROM orders WHERE merchant = :merchant AND number = :number",
        merchant=tx.merchant,
        number=new.order,
    )
    if not rows:
        raise missing_order(new.order, "order")
    return int(rows[0].id)


def _insert(tx: Tx, new: NewReturn, order: int | None) -> None:
    rows = tx.rows(
        "INSERT INTO customer_return (merchant, number, location, order_id, status, expected_on,"
        " reason, created_by, created_at) VALUES (:merchant, :number, :location, :order, :status,"
        " :expected_on, :reason, :actor, :now)"
        " ON CONFLICT (merchant, number) DO NOTHING RETURNING id",
        merchant=tx.merchant,
        number=new.number,
        location=new.location,
        order=order,
        status=ReturnStatus.ANNOUNCED,
        expected_on=new.expected_on,
        reason=new.reason,
        actor=tx.actor,
        now=tx.now,
    )
    if not rows:
        raise number_in_use(new.number)
    lines = [
        supplied(line.line, line.sku, new.location, line.units, new.expected_on)
        for line in new.lines
    ]
    facts = {"status": ReturnStatus.ANNOUNCED, "lines": lines}
    told = SupplyTold(SupplyKind.RETURN, rows[0].id, new.number, [("approved", facts)])
    tx.run(
        INSERT_LINES,
        **telling(tx, [told]),
        merchant=tx.merchant,
        customer_return=rows[0].id,
        order=order,
        number=new.number,
        location=new.location,
        expected_on=new.expected_on,
        lines=[line.line for line in new.lines],
        skus=[line.sku for line in new.lines],
        units=[line.units for line in new.lines],
        order_lines=[line.order_line for line in new.lines],
    )


INSERT_LINES = f"""
WITH {TELLS}, asked AS (
    SELECT nextval(pg_get_serial_sequence('supply', 'id')) AS id, *
      FROM unnest(CAST(:lines AS int[]), CAST(:skus AS text[]), CAST(:units AS int[]),
                  CAST(:order_lines AS int[])) AS a(line, sku, units, order_line)
), supplied AS (
    INSERT INTO supply (id, merchant, sku, location, kind, document, ordered, expected_on, inbound)
    OVERRIDING SYSTEM VALUE
    SELECT id, :merchant, sku, :location, 'return', :number, units, :expected_on, true FROM asked
)
INSERT INTO return_line (customer_return, line, supply, order_id, order_line)
SELECT :customer_return, line, id,
       CASE WHEN order_line IS NOT NULL THEN CAST(:order AS bigint) END, order_line
  FROM asked
"""  # noqa: S608 -- TELLS is a constant
