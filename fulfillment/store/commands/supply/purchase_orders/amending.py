"""Change what a purchase order brings, and when, while it can still come."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.refusals import RefusedError, conflict, invalid
from fulfillment.domain.model.statuses import INBOUND, PurchaseOrderStatus
from fulfillment.store.commands.supply.purchase_orders.documents import (
    KEEP,
    LineChange,
    PurchaseChange,
)
from fulfillment.store.commands.supply.purchase_orders.finding import (
    Line,
    check_seen,
    find,
    is_complete,
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
from fulfillment.store.commands.supply.purchase_orders.telling import told_of_change
from fulfillment.store.reading.purchase_orders import read_purchase_order
from fulfillment.store.reading.rows import execute_as
from fulfillment.store.reading.views.purchasing import PurchaseOrderView
from fulfillment.store.records.saving.supplies import Facts, SupplyTold
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Command, Store, Tx

CHANGEABLE = INBOUND | {PurchaseOrderStatus.DRAFT}


def change_purchase_order(
    store: Store, command: Command, change: PurchaseChange, seen: int | None = None
) -> PurchaseOrderView:
    """Change dates and ordered units, and add lines, before all has come; who waits is replanned.

    What came beyond what was ordered counts towards a line that grows. It is no change of status,
    so it starts no allocation where only those do; unless it leaves nothing outstanding: then the
    purchase order is received. With the version that was `seen`, nothing but that is changed.
    """
    return execute_as(
        PurchaseOrderView, store, command, lambda tx: amend_purchase_order(tx, change, seen)
    )


def amend_purchase_order(
    tx: Tx, change: PurchaseChange, seen: int | None = None
) -> PurchaseOrderView:
    """The same inside a transaction that does more."""
    purchase_order, known = find(tx, change.number)
    skus = known | {line.sku for line in change.added} | tx.also
    lock_queues(tx, skus)
    status = lock(tx, purchase_order, skus)
    check_seen(tx, purchase_order, seen)
    old = lines_of(tx, purchase_order)
    changed = changed_lines(old, change, status)
    _check_added(tx, old, change)
    added = _write(tx, purchase_order, change, changed, counts=status in INBOUND)
    ends = _ends(tx, purchase_order, change)
    if status in INBOUND and (changed or change.added):
        touched = {line.sku for line in changed} | {line.sku for line in change.added}
        was = {line.supply: Was(line.expected_on, status) for line in old}
        replan(tx, skus if ends else touched, was, by_po_status=ends)
    told = list(told_of_change(old, changed, added, status))
    if ends:
        told.append(("closed", {"status": PurchaseOrderStatus.RECEIVED, "lines": []}))
    said = SupplyTold(SupplyKind.PURCHASE_ORDER, purchase_order, change.number, told)
    tell(tx, purchase_order, outbox.Kind.WAKE_PURCHASE_ORDER, said)
    return read_purchase_order(tx, change.number)


def check_changeable(number: str, status: PurchaseOrderStatus) -> None:
    """Refuse what nothing is to come of any more."""
    if status not in CHANGEABLE:
        message = f"purchase order {number} is {status}; it can not be changed any more"
        raise conflict("not_changeable", message, status=status)


def _ends(tx: Tx, purchase_order: int, change: PurchaseChange) -> bool:
    """Whether nothing is outstanding any more: then it is received, if anything was."""
    if not is_complete(tx, purchase_order):
        return False
    check_something_left(change.number, lines_of(tx, purchase_order))
    set_status(tx, purchase_order, PurchaseOrderStatus.RECEIVED)
    return True


def check_something_left(number: str, lines: Sequence[Line]) -> None:
    """Refuse lines of which nothing is to come and nothing came."""
    if not any(line.received for line in lines):
        message = f"nothing of purchase order {number} would be left; cancel it instead"
        raise conflict("nothing_left", message)


def _check_added(tx: Tx, old: Sequence[Line], change: PurchaseChange) -> None:
    known = {line.line for line in old}
    for index, line in enumerate(change.added):
        if line.line in known:
            message = f"purchase order {change.number} has a line {line.line}; change its units"
            raise invalid("line_exists", message, f"add_lines[{index}].line")
    check_lines(tx, change.added, "add_lines")


def changed_lines(
    old: Sequence[Line], change: PurchaseChange, status: PurchaseOrderStatus
) -> list[Line]:
    """The lines that are to be different, as they are to be; or a refusal."""
    check_changeable(change.number, status)
    asked = _asked(change, {line.line: line for line in old})
    wanted = [_line_as_asked(line, asked.get(line.line), change) for line in old]
    return [line for line, was in zip(wanted, old, strict=True) if line != was]


def _asked(change: PurchaseChange, known: Mapping[int, Line]) -> Mapping[int, LineChange]:
    """What is asked of each line by its number, or a refusal that names the field."""
    nothing = PurchaseChange(change.number)
    if change == nothing:
        raise invalid("empty_change", "name a date, or lines that are to be different", "lines")
    asked: dict[int, LineChange] = {}
    for index, line in enumerate(change.lines):
        at = f"lines[{index}]"
        if line.line not in known:
            message = f"purchase order {change.number} has no line {line.line}"
            raise invalid("unknown_line", message, f"{at}.line")
        if line.line in asked:
            raise invalid("line_twice", f"line {line.line} is there twice", f"{at}.line")
        if line.units is None and line.expected_on is KEEP:
            raise invalid("empty_change", f"line {line.line} names no date and no units", at)
        if line.units is not None and line.units < known[line.line].received:
            raise _too_few(line, known[line.line].received, at)
        asked[line.line] = line
    return asked


def _too_few(line: LineChange, received: int, at: str) -> RefusedError:
    message = f"line {line.line} can not order {line.units}: received of it: {received}"
    return invalid("bad_quantity", message, f"{at}.units", received=received)


def _line_as_asked(old: Line, asked: LineChange | None, change: PurchaseChange) -> Line:
    """A line takes the date that is asked for it; else the header's new one, if it follows that."""
    units, expected_on = old.units, old.expected_on
    if old.follows_header and change.expected_on is not KEEP:
        expected_on = change.expected_on
    if asked is not None:
        units = old.units if asked.units is None else asked.units
        expected_on = expected_on if asked.expected_on is KEEP else asked.expected_on
    return replace(old, units=units, expected_on=expected_on)


def _write(
    tx: Tx, purchase_order: int, change: PurchaseChange, lines: Sequence[Line], *, counts: bool
) -> list[Facts]:
    """What is asked, written; the lines that it had not, as history tells them."""
    if change.expected_on is not KEEP:
        tx.run(
            "UPDATE purchase_order SET expected_on = :expected_on WHERE id = :id",
            id=purchase_order,
            expected_on=change.expected_on,
        )
    if change.over_receipt_percent is not None:
        tx.run(
            "UPDATE purchase_order SET over_receipt_percent = :percent WHERE id = :id",
            id=purchase_order,
            percent=change.over_receipt_percent,
        )
    if lines:
        tx.run(
            "UPDATE supply u SET ordered = CASE WHEN c.units > 0 THEN c.units ELSE u.ordered END,"
            " closed = CASE WHEN c.units > 0 THEN 0 ELSE u.ordered END,"
            " received = least(u.received + u.over_received, c.units),"
            " over_received = greatest(u.received + u.over_received - c.units, 0),"
            " expected_on = c.expected_on,"
            " overdue = u.overdue AND u.expected_on IS NOT DISTINCT FROM c.expected_on,"
            " inbound = :counts AND u.received + u.over_received < c.units"
            " FROM unnest(CAST(:supplies AS bigint[]), CAST(:units AS int[]),"
            " CAST(:dates AS date[])) AS c(supply, units, expected_on) WHERE u.id = c.supply",
            counts=counts,
            supplies=[line.supply for line in lines],
            units=[line.units for line in lines],
            dates=[line.expected_on for line in lines],
        )
    if not change.added:
        return []
    return insert_lines(tx, _header(tx, purchase_order, counts=counts), change.added)


def _header(tx: Tx, purchase_order: int, *, counts: bool) -> Header:
    (row,) = tx.rows(
        "SELECT number, expected_on FROM purchase_order WHERE id = :id", id=purchase_order
    )
    return Header(purchase_order, row.number, row.expected_on, counts)
