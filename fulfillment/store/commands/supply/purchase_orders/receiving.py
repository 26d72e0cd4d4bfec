"""Count what came."""

from typing import Any

from fulfillment.domain.actions.pins import granted
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
from fulfillment.domain.model.statuses import INBOUND, PurchaseOrderStatus
from fulfillment.store.commands.supply.moves.documents import execute_numbered
from fulfillment.store.commands.supply.moves.levels import check_levels
from fulfillment.store.commands.supply.purchase_orders.documents import Receipt, ReceivedLine
from fulfillment.store.commands.supply.purchase_orders.finding import (
    find,
    is_complete,
    lock,
    set_status,
    tell,
)
from fulfillment.store.commands.supply.purchase_orders.pinned import grants_of, less_granted
from fulfillment.store.commands.supply.purchase_orders.shrinking import released_on, shrink_pegs
from fulfillment.store.commands.supply.stock import check_places
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.queue.pending_queues import note_owed
from fulfillment.store.reading.purchase_orders import read_purchase_order
from fulfillment.store.reading.rows import fields_of
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Command, Store, Tx


def receive(store: Store, command: Command, receipt: Receipt) -> dict[str, Any]:
    """Count what came, at once: the goods are there, whatever the engine does.

    More than was ordered of a line is taken as far as `over_receipt_percent` says, and refused
    beyond. The purchase order's workflow then has the queues served; only what a person pinned to
    these units, and what was released on them before they came, is served here: it must not be
    without them for a moment. The same receipt number again is answered with the first one.
    """

    def body(tx: Tx) -> dict[str, Any]:
        purchase_order, skus = find(tx, receipt.purchase_order)
        lock_queues(tx, skus | tx.also)
        status = lock(tx, purchase_order, skus | tx.also)
        if status not in INBOUND:
            message = (
                f"purchase order {receipt.purchase_order} is {status}; nothing can come for it"
            )
            raise conflict("not_receivable", message, status=status)
        supplies = _checked_receipt(tx, purchase_order, receipt)
        coming = {supplies[line.line].id: line.units for line in receipt.lines}
        released = released_on(tx, coming)
        grants = grants_of(tx, coming, receipt.location)
        expected = {s.id: min(coming[s.id], s.outstanding) for s in supplies.values()}
        shrink_pegs(tx, less_granted(expected, grants))
        _insert_receipt(tx, purchase_order, receipt, supplies)
        completes = is_complete(tx, purchase_order)
        skus_that_came = {supply.sku for supply in supplies.values()}
        note_owed(tx, skus if completes else skus_that_came, by_po_status=completes)
        if completes:
            set_status(tx, purchase_order, PurchaseOrderStatus.RECEIVED)
        if at_once := {*released, *grants}:
            space = open_queues(tx, skus_that_came, orders=at_once, by_po_status=completes)
            for order, its in grants.items():
                space.put(granted(space.after[order], its))
            space.plan()
            space.save()
        tell(tx, purchase_order, outbox.Kind.WAKE_PURCHASE_ORDER)
        return {"receipt": receipt.number} | fields_of(
            read_purchase_order(tx, receipt.purchase_order)
        )

    return execute_numbered(store, command, receipt.number, body)


def _checked_receipt(tx: Tx, purchase_order: int, receipt: Receipt) -> dict[int, Any]:
    """The supplies that this receipt fills, by line number."""
    if not receipt.lines:
        raise invalid("empty_receipt", "a receipt has at least one line", "lines")
    rows = tx.rows(
        "SELECT l.line, u.id, u.sku, u.outstanding,"
        " u.ordered * o.over_receipt_percent / 100 - u.over_received AS beyond"
        " FROM purchase_order o JOIN purchase_order_line l ON l.purchase_order = o.id"
        " JOIN supply u ON u.id = l.supply WHERE o.id = :id",
        id=purchase_order,
    )
    known = {row.line: row for row in rows}
    chosen = {}
    for index, line in enumerate(receipt.lines):
        supply = known.get(line.line)
        if supply is None:
            message = f"purchase order {receipt.purchase_order} has no line {line.line}"
            raise invalid("unknown_line", message, f"lines[{index}].line")
        if line.line in chosen:
            raise invalid("line_twice", f"line {line.line} is there twice", f"lines[{index}].line")
        if not 0 < line.units <= supply.outstanding + supply.beyond:
            raise _too_many(line, supply, f"lines[{index}].units")
        chosen[line.line] = supply
    check_places(tx, [(rows[0].sku, receipt.location)])
    return chosen


def _too_many(line: ReceivedLine, supply: Any, at: str) -> RefusedError:
    message = f"line {line.line} has {supply.outstanding} units outstanding, not {line.units}"
    if supply.beyond:
        message += f"; {supply.beyond} more than ordered would be taken"
    facts = {"outstanding": supply.outstanding, "beyond": supply.beyond}
    return invalid("bad_quantity", message, at, **facts)


def _insert_receipt(
    tx: Tx, purchase_order: int, receipt: Receipt, supplies: dict[int, Any]
) -> None:
    """The receipt, its ledger rows, the stock and what is outstanding, all or nothing."""
    rows = tx.rows(
        "INSERT INTO receipt (merchant, number, purchase_order, location, actor, at)"
        " VALUES (:merchant, :number, :purchase_order, :location, :actor, :now)"
        " ON CONFLICT (merchant, number) DO NOTHING RETURNING id",
        merchant=tx.merchant,
        number=receipt.number,
        purchase_order=purchase_order,
        location=receipt.location,
        actor=tx.actor,
        now=tx.now,
    )
    if not rows:
        message = f"receipt {receipt.number} was counted already with other content"
        raise conflict("number_in_use", message, number=receipt.number)
    written = tx.rows(
        COUNT_RECEIPT,
        receipt=rows[0].id,
        number=receipt.number,
        merchant=tx.merchant,
        location=receipt.location,
        actor=tx.actor,
        now=tx.now,
        supplies=[supplies[line.line].id for line in receipt.lines],
        units=[line.units for line in receipt.lines],
    )
    check_levels(written)


COUNT_RECEIPT = """
WITH come AS (
    SELECT r.supply, r.units, u.sku,
           least(r.units, u.outstanding) AS expected
      FROM unnest(CAST(:supplies AS bigint[]), CAST(:units AS int[])) AS r(supply, units)
      JOIN supply u ON u.id = r.supply
), written AS (
    INSERT INTO receipt_line (receipt, supply, units, undistributed)
    SELECT :receipt, supply, units, units FROM come
), counted AS (
    UPDATE supply u
       SET received = u.received + come.expected,
           over_received = u.over_received + come.units - come.expected,
           inbound = u.received + come.expected + u.closed < u.ordered
      FROM come WHERE u.id = come.supply
), booked AS (
    INSERT INTO stock_ledger (merchant, sku, location, units, kind, reference, actor, at)
    SELECT :merchant, sku, :location, sum(units), 'receipt', :number, :actor, :now
      FROM come GROUP BY sku
)
INSERT INTO stock_level (merchant, sku, location, on_hand)
SELECT :merchant, sku, :location, sum(units) FROM come GROUP BY sku ORDER BY sku
ON CONFLICT (merchant, sku, location, disposition)
DO UPDATE SET on_hand = stock_level.on_hand + excluded.on_hand
RETURNING sku, location, on_hand
"""
