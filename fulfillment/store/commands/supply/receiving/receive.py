"""Count what came, whatever it is of, and have those who wait served."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from fulfillment.domain.actions.pins import granted
from fulfillment.domain.model.moves import SupplyKind
from fulfillment.domain.model.orders import OrderEvent
from fulfillment.store.commands.supply.moves.documents import Answer, execute_numbered
from fulfillment.store.commands.supply.moves.levels import (
    Booking,
    book,
    lock_levels,
    move_levels,
    open_levels,
)
from fulfillment.store.commands.supply.purchase_orders.finding import check_seen, tell
from fulfillment.store.commands.supply.purchase_orders.pinned import grants_of, less_granted
from fulfillment.store.commands.supply.purchase_orders.replanning import plan_and_save
from fulfillment.store.commands.supply.purchase_orders.shrinking import released_on, shrink_pegs
from fulfillment.store.commands.supply.receiving.counting import (
    Goods,
    check,
    check_found,
    completes,
    write,
)
from fulfillment.store.commands.supply.receiving.receipts import Receipt
from fulfillment.store.commands.supply.receiving.receivable import Receivable, complete, locked
from fulfillment.store.commands.supply.stock import check_places
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.planning.workspace import Workspace
from fulfillment.store.queue.lane import NOTHING, Filled, after_lane
from fulfillment.store.queue.pending_queues import note_owed
from fulfillment.store.reading.purchase_orders import read_purchase_order
from fulfillment.store.reading.restocks import read_restock
from fulfillment.store.reading.returns import read_return
from fulfillment.store.reading.rows import fields_of
from fulfillment.store.reading.transfers import read_transfer
from fulfillment.store.records.saving import record
from fulfillment.store.transactions import outbox
from fulfillment.store.transactions.locks import lock_orders
from fulfillment.store.transactions.session import Command, Store, Tx

K = SupplyKind

READ: Mapping[SupplyKind, Any] = {
    K.PURCHASE_ORDER: read_purchase_order,
    K.TRANSFER: read_transfer,
    K.RETURN: read_return,
    K.RESTOCK: read_restock,
}

BOOKED_AS = {
    K.PURCHASE_ORDER: "receipt",
    K.TRANSFER: "transfer_in",
    K.RETURN: "return",
    K.RESTOCK: "receipt",
}
"""What the ledger calls it."""


def receive(store: Store, command: Command, receipt: Receipt, seen: int | None = None) -> Answer:
    """Count what came, at once: the goods are there, whatever the engine does.

    More than was ordered of a line is taken as far as its tolerance goes, also some days after all
    has come; what was given up is taken with a reason. Damaged units have a level of their own,
    and serve nobody. Pins are served first, then the queue: by the workflow of a purchase order,
    unless something was released on these units before they came; else at once. The same receipt
    number again is answered with the first one. With the version of a purchase order that was
    `seen`, goods are only counted for what was looked at.
    """

    def body(tx: Tx) -> Answer:
        return receive_goods(tx, receipt, seen)

    if receipt.number is None:
        return store.execute(command, body)
    return execute_numbered(store, command, receipt.number, body)


def receive_goods(tx: Tx, receipt: Receipt, seen: int | None = None) -> Answer:
    """The same inside a transaction that does more."""
    document = locked(tx, receipt.kind, receipt.document)
    if document.kind is K.PURCHASE_ORDER:
        check_seen(tx, document.id, seen)
    counted = check(tx, document, receipt)
    check_found(tx, document, counted)
    goods = Goods(receipt.location or document.lines[0].location, counted)
    check_places(tx, [(counted[0].line.sku, goods.location)])
    if document.order is not None:
        lock_orders(tx, [document.order])
    number = _take_in(tx, document, receipt, goods)
    record(tx, _told(document, number, goods))
    if document.kind is K.PURCHASE_ORDER:
        tell(tx, document.id, outbox.Kind.WAKE_PURCHASE_ORDER)
    return {"receipt": number} | fields_of(READ[receipt.kind](tx, receipt.document))


def _take_in(tx: Tx, document: Receivable, receipt: Receipt, goods: Goods) -> str:
    """Write it, put its units on hand, and serve who is served at once; the receipt's number.

    Pegs make way before: damaged units take them from the last in rank, the others from the first,
    whom the goods serve.
    """
    is_bought = document.kind is K.PURCHASE_ORDER
    grants = grants_of(tx, goods.sellable, goods.location)
    at_once = {*released_on(tx, goods.sellable), *grants}
    lost = Counter(goods.awaited(sellable=False))
    shrink_pegs(tx, lost, last_go=True)
    shrink_pegs(tx, lost + Counter(less_granted(goods.awaited(sellable=True), grants)))
    number = write(tx, document, receipt, goods)
    is_complete = not document.is_complete and completes(document, goods)
    if is_complete:
        complete(tx, document)
    by_status = is_complete and is_bought
    skus = document.skus if by_status else goods.skus
    note_owed(tx, skus, by_po_status=by_status)
    moves = goods.moves()
    open_levels(tx, moves)
    space = None
    if at_once or not is_bought:
        opening = {"orders": at_once, "by_po_status": by_status}
        space = _opened(tx, goods, opening, lane=not grants)
        for order, its in grants.items():
            space.put(granted(space.after[order], its))
    lock_levels(tx, space.skus if space else goods.skus)
    move_levels(tx, moves)
    book(tx, moves, Booking(BOOKED_AS[document.kind], number))
    if space:
        plan_and_save(space, {})
    return number


def _opened(tx: Tx, goods: Goods, why: Mapping[str, Any], *, lane: bool) -> Workspace:
    """The queues of what comes, opened after the lane has filled what it may of it.

    What comes on pins is no room for anybody else: then it is all left to the planner.
    """
    came = {(m.sku, m.location): m.units for m in goods.moves() if m.disposition == "sellable"}
    margin = {sku: units for (sku, _), units in came.items()}

    def opened(filled: Filled) -> Workspace:
        return open_queues(tx, goods.skus, margin=margin, filled=filled, **why)

    return after_lane(tx, goods.skus, opened, came)[1] if lane else opened(NOTHING)


def _told(document: Receivable, receipt: str, goods: Goods) -> Iterable[OrderEvent]:
    """What the history of a return's order tells; one that names no order is in none."""
    if document.order is None:
        return
    for row in goods.counted:
        facts: dict[str, object] = {
            "return": document.number,
            "receipt": receipt,
            "sku": row.line.sku,
            "units": row.units,
            "disposition": row.disposition,
        }
        if row.line.order_line is not None:
            facts["line"] = row.line.order_line
        yield OrderEvent(document.order, "returned", facts)
