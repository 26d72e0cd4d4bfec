"""Write a purchase order, and move it through its life."""

from fulfillment.domain.model.refusals import conflict, invalid
from fulfillment.domain.model.statuses import (
    INBOUND,
    MoveNotAllowedError,
    PurchaseOrderStatus,
    move_purchase_order,
)
from fulfillment.store.commands.supply.moves.documents import Answer, execute_numbered
from fulfillment.store.commands.supply.purchase_orders.documents import NewPurchaseOrder
from fulfillment.store.commands.supply.purchase_orders.finding import (
    find,
    lines_of,
    lock,
    set_status,
    tell,
)
from fulfillment.store.commands.supply.purchase_orders.lines import (
    Header,
    check_lines,
    insert_lines,
)
from fulfillment.store.commands.supply.purchase_orders.replanning import Was, replan
from fulfillment.store.commands.supply.stock import check_in_use
from fulfillment.store.reading.purchase_orders import read_purchase_order
from fulfillment.store.reading.rows import execute_as, fields_of, view
from fulfillment.store.reading.suppliers import usual_supplier
from fulfillment.store.reading.views.purchasing import PurchaseOrderView
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Command, Store, Tx


def create_purchase_order(
    store: Store, command: Command, new: NewPurchaseOrder
) -> PurchaseOrderView:
    """Write a purchase order, start its workflow, and peg those who wait if it counts already."""

    def body(tx: Tx) -> Answer:
        return fields_of(write_purchase_order(tx, new))

    return view(PurchaseOrderView, execute_numbered(store, command, new.number, body))


def write_purchase_order(tx: Tx, new: NewPurchaseOrder) -> PurchaseOrderView:
    """The same inside a transaction that writes more; a number that is taken spoils nothing."""
    _check_new(tx, new)
    purchase_order = _insert(tx, new)
    if new.status in INBOUND:
        skus = {line.sku for line in new.lines}
        lock_queues(tx, skus | tx.also)
        replan(tx, skus, {}, by_po_status=True)
    tell(tx, purchase_order, outbox.Kind.START_PURCHASE_ORDER)
    return read_purchase_order(tx, new.number)


def _check_new(tx: Tx, new: NewPurchaseOrder) -> None:
    if not new.lines:
        raise invalid("empty_purchase_order", "a purchase order has at least one line", "lines")
    check_lines(tx, new.lines)
    if new.status not in (PurchaseOrderStatus.DRAFT, PurchaseOrderStatus.APPROVED):
        raise invalid("bad_status", "a purchase order begins as draft or approved", "status")


def _supplier(tx: Tx, new: NewPurchaseOrder) -> str:
    """The one that is named; a draft takes that whom all of its products were bought from last."""
    if new.supplier or new.status is not PurchaseOrderStatus.DRAFT:
        return new.supplier
    return usual_supplier(tx, {line.sku for line in new.lines})


def _insert(tx: Tx, new: NewPurchaseOrder) -> int:
    rows = tx.rows(
        "INSERT INTO purchase_order (merchant, number, supplier, status, expected_on,"
        " over_receipt_percent, created_by, created_at)"
        " VALUES (:merchant, :number, :supplier, :status, :expected_on, :over, :actor, :now)"
        " ON CONFLICT (merchant, number) DO NOTHING RETURNING id",
        merchant=tx.merchant,
        number=new.number,
        supplier=_supplier(tx, new),
        status=new.status,
        expected_on=new.expected_on,
        over=new.over_receipt_percent,
        actor=tx.actor,
        now=tx.now,
    )
    if not rows:
        raise conflict("number_in_use", f"purchase order {new.number} is taken", number=new.number)
    header = Header(rows[0].id, new.number, new.expected_on, new.status in INBOUND)
    insert_lines(tx, header, new.lines)
    return int(rows[0].id)


def move_status(
    store: Store, command: Command, number: str, target: PurchaseOrderStatus
) -> PurchaseOrderView:
    """Approve, send on its way, close short or cancel; what is inbound changes with it.

    A draft is not approved while a line is of an inactive SKU or comes to a closed location.
    """

    def body(tx: Tx) -> PurchaseOrderView:
        purchase_order, skus = find(tx, number)
        lock_queues(tx, skus | tx.also)
        status = lock(tx, purchase_order, skus | tx.also)
        if status is PurchaseOrderStatus.DRAFT and target in INBOUND:
            lines = [line for line in lines_of(tx, purchase_order) if line.units]
            check_in_use(tx, [(line.sku, line.location) for line in lines], "lines[{}].")
        _move(tx, purchase_order, status, target)
        was = {line.supply: Was(line.expected_on, status) for line in lines_of(tx, purchase_order)}
        replan(tx, skus, was, by_po_status=True)
        tell(tx, purchase_order, outbox.Kind.WAKE_PURCHASE_ORDER)
        return read_purchase_order(tx, number)

    return execute_as(PurchaseOrderView, store, command, body)


def _move(
    tx: Tx, purchase_order: int, source: PurchaseOrderStatus, target: PurchaseOrderStatus
) -> None:
    try:
        move_purchase_order(source, target)
    except MoveNotAllowedError as error:
        raise conflict("move_not_allowed", str(error), status=source) from error
    if target is PurchaseOrderStatus.RECEIVED:
        raise conflict("receipt_needed", "a purchase order is received by its receipts")
    came = sum(line.received for line in lines_of(tx, purchase_order))
    if target is PurchaseOrderStatus.CANCELLED and came:
        message = f"{came} units of it came, so it can not be cancelled; close it instead"
        raise conflict("something_received", message, status=source, received=came)
    set_status(tx, purchase_order, target)
    ends = target in (PurchaseOrderStatus.CLOSED, PurchaseOrderStatus.CANCELLED)
    tx.run(
        "UPDATE supply u SET inbound = :inbound AND outstanding > 0,"
        " closed = CASE WHEN :ends THEN ordered - received ELSE closed END"
        " FROM purchase_order_line l WHERE l.supply = u.id AND l.purchase_order = :id",
        inbound=target in INBOUND,
        ends=ends,
        id=purchase_order,
    )
