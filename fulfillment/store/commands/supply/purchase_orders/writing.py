"""Write a purchase order, and move it through its life."""

from collections.abc import Sequence

from fulfillment.domain.model.counting import counted
from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
from fulfillment.domain.model.statuses import (
    INBOUND,
    MoveNotAllowedError,
    PurchaseOrderStatus,
    move_purchase_order,
)
from fulfillment.store.commands.supply.moves.documents import Answer, execute_numbered
from fulfillment.store.commands.supply.purchase_orders.documents import NewPurchaseOrder
from fulfillment.store.commands.supply.purchase_orders.finding import (
    Line,
    check_seen,
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
from fulfillment.store.reading.purchase_orders import is_purchase_order, read_purchase_order
from fulfillment.store.reading.rows import execute_as, fields_of, view
from fulfillment.store.reading.suppliers import usual_supplier
from fulfillment.store.reading.views.purchasing import PurchaseOrderView
from fulfillment.store.records.saving.supplies import Facts, SupplyTold, supplied
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
    purchase_order, lines = _insert(tx, new)
    if new.status in INBOUND:
        skus = {line.sku for line in new.lines}
        lock_queues(tx, skus | tx.also)
        replan(tx, skus, {}, by_po_status=True)
    kind = "approved" if new.status in INBOUND else "written"
    told = _told(purchase_order, new.number, kind, {"status": new.status, "lines": lines})
    tell(tx, purchase_order, outbox.Kind.START_PURCHASE_ORDER, told)
    return read_purchase_order(tx, new.number)


def check_writable(tx: Tx, new: NewPurchaseOrder) -> None:
    """Refuse a purchase order that could not be written now; nothing is done."""
    _check_new(tx, new)
    if is_purchase_order(tx, new.number):
        raise _taken(new.number)


def _taken(number: str) -> RefusedError:
    return conflict("number_in_use", f"purchase order {number} is taken", number=number)


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


def _told(purchase_order: int, number: str, kind: str, facts: Facts) -> SupplyTold:
    return SupplyTold(SupplyKind.PURCHASE_ORDER, purchase_order, number, [(kind, facts)])


def _insert(tx: Tx, new: NewPurchaseOrder) -> tuple[int, list[Facts]]:
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
        raise _taken(new.number)
    header = Header(rows[0].id, new.number, new.expected_on, new.status in INBOUND)
    return header.id, insert_lines(tx, header, new.lines)


def move_status(
    store: Store,
    command: Command,
    number: str,
    target: PurchaseOrderStatus,
    seen: int | None = None,
) -> PurchaseOrderView:
    """Approve, send on its way, close short or cancel; what is inbound changes with it.

    A draft is not approved while a line is of an inactive SKU or comes to a closed location. With
    the version that was `seen`, only what was looked at is moved.
    """

    def body(tx: Tx) -> PurchaseOrderView:
        return move_in_transaction(tx, number, target, seen)

    return execute_as(PurchaseOrderView, store, command, body)


def move_in_transaction(
    tx: Tx, number: str, target: PurchaseOrderStatus, seen: int | None = None
) -> PurchaseOrderView:
    """The same inside a transaction that does more."""
    purchase_order, skus = find(tx, number)
    lock_queues(tx, skus | tx.also)
    status = lock(tx, purchase_order, skus | tx.also)
    check_seen(tx, purchase_order, seen)
    lines = lines_of(tx, purchase_order)
    check_move(tx, lines, status, target)
    _move(tx, purchase_order, target)
    was = {line.supply: Was(line.expected_on, status) for line in lines}
    replan(tx, skus, was, by_po_status=True)
    told = _told(purchase_order, number, *_moved(lines, status, target))
    tell(tx, purchase_order, outbox.Kind.WAKE_PURCHASE_ORDER, told)
    return read_purchase_order(tx, number)


def _moved(
    lines: Sequence[Line], source: PurchaseOrderStatus, target: PurchaseOrderStatus
) -> tuple[str, Facts]:
    """What its history tells: that it counts from now on, that it ends, or how far it is."""
    told = [
        supplied(line.line, line.sku, line.location, line.outstanding, line.expected_on)
        for line in lines
        if line.outstanding
    ]
    is_draft = source is PurchaseOrderStatus.DRAFT
    if target in INBOUND:
        return "approved" if is_draft else "moved", {"status": target, "lines": told}
    return "closed", {"status": target, "counted": not is_draft, "lines": told}


def check_move(
    tx: Tx, lines: Sequence[Line], source: PurchaseOrderStatus, target: PurchaseOrderStatus
) -> None:
    """Refuse a status that a purchase order of these lines can not have next."""
    if source is PurchaseOrderStatus.DRAFT and target in INBOUND:
        places = [(line.sku, line.location) for line in lines if line.units]
        check_in_use(tx, places, "lines[{}].")
    came = sum(line.received for line in lines)
    try:
        move_purchase_order(source, target)
    except MoveNotAllowedError as error:
        raise conflict("move_not_allowed", str(error), status=source) from error
    if target is PurchaseOrderStatus.RECEIVED:
        raise conflict("receipt_needed", "a purchase order is received by its receipts")
    if target is PurchaseOrderStatus.CANCELLED and came:
        message = (
            f"{counted(came, 'unit')} of it came, so it can not be cancelled; close it instead"
        )
        raise conflict("something_received", message, status=source, received=came)


def _move(tx: Tx, purchase_order: int, target: PurchaseOrderStatus) -> None:
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
