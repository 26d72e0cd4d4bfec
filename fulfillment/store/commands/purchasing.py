"""Purchase orders: what will come, and what has come."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from fulfillment.domain.refusals import conflict, invalid, missing
from fulfillment.domain.statuses import (
    INBOUND,
    MoveNotAllowedError,
    PurchaseOrderStatus,
    move_purchase_order,
)
from fulfillment.store import outbox
from fulfillment.store.commands.stock import check_places
from fulfillment.store.locks import lock_orders, lock_queues
from fulfillment.store.session import Command, Store, Tx
from fulfillment.store.workspace import note_owed, open_queues


@dataclass(frozen=True, slots=True)
class NewPurchaseLine:
    """One line: units of a SKU to a location, with a date of its own or the header's."""

    line: int
    sku: str
    units: int
    location: str
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewPurchaseOrder:
    """A purchase order as it is written."""

    number: str
    lines: tuple[NewPurchaseLine, ...]
    supplier: str = ""
    expected_on: date | None = None
    status: PurchaseOrderStatus = PurchaseOrderStatus.APPROVED


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """Units of one line that came."""

    line: int
    units: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Goods that came for a purchase order; its number is counted once."""

    number: str
    purchase_order: str
    location: str
    lines: tuple[ReceivedLine, ...]


def create_purchase_order(store: Store, command: Command, new: NewPurchaseOrder) -> dict[str, Any]:
    """Write a purchase order, start its workflow, and peg those who wait if it counts already."""

    def body(tx: Tx) -> dict[str, Any]:
        _check_new(tx, new)
        purchase_order = _insert(tx, new)
        if new.status in INBOUND:
            _replan(tx, {line.sku for line in new.lines})
        _tell(tx, purchase_order, outbox.Kind.START_PURCHASE_ORDER)
        return read_purchase_order(tx, new.number)

    return store.execute(command, body)


def move_status(
    store: Store, command: Command, number: str, target: PurchaseOrderStatus
) -> dict[str, Any]:
    """Approve, send on its way, close short or cancel; what is inbound changes with it."""

    def body(tx: Tx) -> dict[str, Any]:
        purchase_order, skus = _find(tx, number)
        lock_queues(tx, skus)
        status = _lock(tx, purchase_order)
        _move(tx, purchase_order, status, target)
        _replan(tx, skus)
        _tell(tx, purchase_order, outbox.Kind.WAKE_PURCHASE_ORDER)
        return read_purchase_order(tx, number)

    return store.execute(command, body)


def receive(store: Store, command: Command, receipt: Receipt) -> dict[str, Any]:
    """Count what came, at once: the goods are there, whatever the engine does.

    The purchase order's workflow then has the queues served. The same receipt number again is
    answered with the first one.
    """

    def body(tx: Tx) -> dict[str, Any]:
        purchase_order, skus = _find(tx, receipt.purchase_order)
        lock_queues(tx, skus)
        status = _lock(tx, purchase_order)
        if status not in INBOUND:
            message = (
                f"purchase order {receipt.purchase_order} is {status}; nothing can come for it"
            )
            raise conflict("not_receivable", message, status=status)
        supplies = _checked_receipt(tx, purchase_order, receipt)
        _insert_receipt(tx, purchase_order, receipt, supplies)
        _shrink_pegs(tx, [supply.id for supply in supplies.values()])
        note_owed(tx, {supply.sku for supply in supplies.values()})
        if _is_complete(tx, purchase_order):
            _set_status(tx, purchase_order, PurchaseOrderStatus.RECEIVED)
        _tell(tx, purchase_order, outbox.Kind.WAKE_PURCHASE_ORDER)
        return {"receipt": receipt.number} | read_purchase_order(tx, receipt.purchase_order)

    return store.execute(command, body)


def serve_receipts(store: Store, merchant: str, purchase_order: int) -> int:
    """Serve the queues of a purchase order's SKUs, one batch; how many of them are still owed."""

    def body(tx: Tx) -> int:
        skus = _skus(tx, purchase_order)
        space = open_queues(tx, _due(tx, skus))
        space.plan()
        space.save()
        return len(_due(tx, skus))

    return store.transact(merchant, body, actor="purchase order")


# --- parts ---------------------------------------------------------------------------------------


def _check_new(tx: Tx, new: NewPurchaseOrder) -> None:
    if not new.lines:
        raise invalid("empty_purchase_order", "a purchase order has at least one line", "lines")
    seen: set[int] = set()
    for index, line in enumerate(new.lines):
        if line.units <= 0:
            message = f"line {line.line} must order a positive number of units"
            raise invalid("bad_quantity", message, f"lines[{index}].units")
        if line.line in seen:
            raise invalid("line_twice", f"line {line.line} is there twice", f"lines[{index}].line")
        seen.add(line.line)
    check_places(tx, [(line.sku, line.location) for line in new.lines], "lines[{}].")
    if new.status not in (PurchaseOrderStatus.DRAFT, PurchaseOrderStatus.APPROVED):
        raise invalid("bad_status", "a purchase order begins as draft or approved", "status")


def _insert(tx: Tx, new: NewPurchaseOrder) -> int:
    rows = tx.rows(
        "INSERT INTO purchase_order (merchant, number, supplier, status, expected_on, created_by,"
        " created_at) VALUES (:merchant, :number, :supplier, :status, :expected_on, :actor, :now)"
        " ON CONFLICT (merchant, number) DO NOTHING RETURNING id",
        merchant=tx.merchant,
        number=new.number,
        supplier=new.supplier,
        status=new.status,
        expected_on=new.expected_on,
        actor=tx.actor,
        now=tx.now,
    )
    if not rows:
        raise conflict("number_in_use", f"purchase order {new.number} exists", number=new.number)
    tx.run(
        """
        WITH asked AS (
            SELECT nextval(pg_get_serial_sequence('supply', 'id')) AS id, *
              FROM unnest(CAST(:lines AS int[]), CAST(:skus AS text[]), CAST(:units AS int[]),
                          CAST(:locations AS text[]), CAST(:dates AS date[]))
                   AS a(line, sku, units, location, expected_on)
        ), supplied AS (
            INSERT INTO supply (id, merchant, sku, location, kind, ordered, expected_on, inbound)
            OVERRIDING SYSTEM VALUE
            SELECT id, :merchant, sku, location, 'purchase_order', units, expected_on, :inbound
              FROM asked
        )
        INSERT INTO purchase_order_line (purchase_order, line, supply)
        SELECT :purchase_order, line, id FROM asked
        """,
        merchant=tx.merchant,
        purchase_order=rows[0].id,
        inbound=new.status in INBOUND,
        lines=[line.line for line in new.lines],
        skus=[line.sku for line in new.lines],
        units=[line.units for line in new.lines],
        locations=[line.location for line in new.lines],
        dates=[line.expected_on or new.expected_on for line in new.lines],
    )
    return int(rows[0].id)


def _find(tx: Tx, number: str) -> tuple[int, frozenset[str]]:
    rows = tx.rows(
        "SELECT id FROM purchase_order WHERE merchant = :merchant AND number = :number",
        merchant=tx.merchant,
        number=number,
    )
    if not rows:
        raise missing("purchase order", number)
    purchase_order = int(rows[0].id)
    return purchase_order, _skus(tx, purchase_order)


def _lock(tx: Tx, purchase_order: int) -> PurchaseOrderStatus:
    (row,) = tx.rows(
        "SELECT status FROM purchase_order WHERE id = :id FOR NO KEY UPDATE", id=purchase_order
    )
    return PurchaseOrderStatus(row.status)


def _skus(tx: Tx, purchase_order: int) -> frozenset[str]:
    rows = tx.rows(
        "SELECT DISTINCT u.sku FROM purchase_order_line l JOIN supply u ON u.id = l.supply"
        " WHERE l.purchase_order = :id",
        id=purchase_order,
    )
    return frozenset(row.sku for row in rows)


def _due(tx: Tx, skus: Collection[str]) -> list[str]:
    rows = tx.rows(
        "SELECT sku FROM sku_queue WHERE merchant = :merchant AND sku = ANY(:skus)"
        " AND due_since IS NOT NULL ORDER BY sku",
        merchant=tx.merchant,
        skus=sorted(skus),
    )
    return [row.sku for row in rows]


def _move(
    tx: Tx, purchase_order: int, source: PurchaseOrderStatus, target: PurchaseOrderStatus
) -> None:
    try:
        move_purchase_order(source, target)
    except MoveNotAllowedError as error:
        raise conflict("move_not_allowed", str(error), status=source) from error
    if target is PurchaseOrderStatus.RECEIVED:
        raise conflict("receipt_needed", "a purchase order is received by its receipts")
    _set_status(tx, purchase_order, target)
    ends = target in (PurchaseOrderStatus.CLOSED, PurchaseOrderStatus.CANCELLED)
    tx.run(
        "UPDATE supply u SET inbound = :inbound,"
        " closed = CASE WHEN :ends THEN ordered - received ELSE closed END"
        " FROM purchase_order_line l WHERE l.supply = u.id AND l.purchase_order = :id",
        inbound=target in INBOUND,
        ends=ends,
        id=purchase_order,
    )


def _set_status(tx: Tx, purchase_order: int, status: PurchaseOrderStatus) -> None:
    tx.run(
        "UPDATE purchase_order SET status = :status WHERE id = :id",
        status=status,
        id=purchase_order,
    )


def _replan(tx: Tx, skus: Collection[str]) -> None:
    space = open_queues(tx, skus)
    space.plan()
    space.save()


def _checked_receipt(tx: Tx, purchase_order: int, receipt: Receipt) -> dict[int, Any]:
    """The supplies that this receipt fills, by line number."""
    if not receipt.lines:
        raise invalid("empty_receipt", "a receipt has at least one line", "lines")
    rows = tx.rows(
        "SELECT l.line, u.id, u.sku, u.ordered - u.received - u.closed AS outstanding"
        " FROM purchase_order_line l JOIN supply u ON u.id = l.supply WHERE l.purchase_order = :id",
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
        if not 0 < line.units <= supply.outstanding:
            message = (
                f"line {line.line} has {supply.outstanding} units outstanding, not {line.units}"
            )
            raise invalid("bad_quantity", message, f"lines[{index}].units")
        chosen[line.line] = supply
    check_places(tx, [(rows[0].sku, receipt.location)])
    return chosen


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
    tx.run(
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


COUNT_RECEIPT = """
WITH come AS (
    SELECT r.supply, r.units, u.sku
      FROM unnest(CAST(:supplies AS bigint[]), CAST(:units AS int[])) AS r(supply, units)
      JOIN supply u ON u.id = r.supply
), written AS (
    INSERT INTO receipt_line (receipt, supply, units) SELECT :receipt, supply, units FROM come
), counted AS (
    UPDATE supply u
       SET received = u.received + come.units,
           inbound = u.received + come.units + u.closed < u.ordered
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
"""


def _shrink_pegs(tx: Tx, supplies: Sequence[int]) -> None:
    """Pegs may not exceed what is outstanding: the first in rank, whom the goods serve, go first."""
    rows = tx.rows(
        """
        SELECT * FROM (
            SELECT p.shipment_line, p.supply, p.pinned, p.units, d.order_id,
                   least(p.units, sum(p.units) OVER (PARTITION BY p.supply ORDER BY d.priority DESC,
                       d.placed_at DESC, d.intake_seq DESC, p.shipment_line DESC, p.pinned)
                       - (u.ordered - u.received - u.closed)) AS surplus
              FROM peg p JOIN supply u ON u.id = p.supply
              JOIN open_demand d ON d.shipment_line = p.shipment_line
             WHERE p.supply = ANY(:supplies)) ranked
         WHERE surplus > 0
        """,
        supplies=list(supplies),
    )
    if not rows:
        return
    lock_orders(tx, {row.order_id for row in rows})
    tx.run(
        """
        WITH cut AS (
            SELECT * FROM unnest(CAST(:lines AS bigint[]), CAST(:supplies AS bigint[]),
                CAST(:pinned AS boolean[]), CAST(:surplus AS int[])) AS c(line, supply, pinned, units)
        ), gone AS (
            DELETE FROM peg p USING cut WHERE p.shipment_line = cut.line
               AND p.supply = cut.supply AND p.pinned = cut.pinned AND p.units = cut.units
        )
        UPDATE peg p SET units = p.units - cut.units FROM cut
         WHERE p.shipment_line = cut.line AND p.supply = cut.supply AND p.pinned = cut.pinned
           AND p.units > cut.units
        """,
        lines=[row.shipment_line for row in rows],
        supplies=[row.supply for row in rows],
        pinned=[row.pinned for row in rows],
        surplus=[row.surplus for row in rows],
    )


def _is_complete(tx: Tx, purchase_order: int) -> bool:
    (row,) = tx.rows(
        "SELECT bool_and(u.received + u.closed >= u.ordered) AS complete"
        " FROM purchase_order_line l JOIN supply u ON u.id = l.supply WHERE l.purchase_order = :id",
        id=purchase_order,
    )
    return bool(row.complete)


def _tell(tx: Tx, purchase_order: int, kind: outbox.Kind) -> None:
    """Owe the purchase order's workflow where it stands."""
    tx.run("UPDATE purchase_order SET wake_seq = wake_seq + 1 WHERE id = :id", id=purchase_order)
    state = purchase_order_progress(tx, purchase_order)
    outbox.put(tx, kind, [(str(purchase_order), {"merchant": tx.merchant, "progress": state})])


def purchase_order_progress(tx: Tx, purchase_order: int) -> dict[str, Any]:
    """The snapshot that a purchase order's workflow works with."""
    (row,) = tx.rows(
        "SELECT p.id AS purchase_order, p.number, p.wake_seq AS seq, p.status, p.supplier,"
        " min(u.expected_on) FILTER (WHERE u.ordered > u.received + u.closed) AS due_on,"
        " sum(u.ordered)::int AS ordered, sum(u.received)::int AS received,"
        " bool_or(q.due_since IS NOT NULL) AS distribution_due"
        " FROM purchase_order p JOIN purchase_order_line l ON l.purchase_order = p.id"
        " JOIN supply u ON u.id = l.supply"
        " JOIN sku_queue q ON q.merchant = u.merchant AND q.sku = u.sku"
        " WHERE p.id = :id GROUP BY p.id",
        id=purchase_order,
    )
    return dict(row._mapping)


def read_purchase_order(tx: Tx, number: str) -> dict[str, Any]:
    """A purchase order with its lines and what came of each."""
    rows = tx.rows(
        "SELECT p.number, p.supplier, p.status, p.expected_on AS header_date, p.created_at, l.line,"
        " u.sku, u.location, u.ordered, u.received, u.closed, u.expected_on, u.inbound,"
        " coalesce((SELECT sum(units) FROM peg WHERE supply = u.id), 0)::int AS pegged"
        " FROM purchase_order p JOIN purchase_order_line l ON l.purchase_order = p.id"
        " JOIN supply u ON u.id = l.supply WHERE p.merchant = :merchant AND p.number = :number"
        " ORDER BY l.line",
        merchant=tx.merchant,
        number=number,
    )
    if not rows:
        raise missing("purchase order", number)
    names = ("line", "sku", "location", "ordered", "received", "closed", "expected_on", "pegged")
    return {
        "number": rows[0].number,
        "supplier": rows[0].supplier,
        "status": rows[0].status,
        "expected_on": rows[0].header_date,
        "created_at": rows[0].created_at,
        "lines": [{name: getattr(row, name) for name in names} for row in rows],
    }


def receipt_key(receipt: Receipt) -> str:
    """The business identity of a receipt: its number."""
    return f"receipt:{receipt.number}"


def receipt_content(receipt: Receipt) -> dict[str, Any]:
    """A receipt as the plain data of its command."""
    return asdict(receipt)
