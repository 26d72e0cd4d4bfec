"""Take in what comes by a transfer or comes back from a customer, and serve who waits at once."""

from collections.abc import Iterable

from fulfillment.domain.model.moves import (
    Disposition,
    ReturnStatus,
    TransferStatus,
    move_return,
    move_transfer,
)
from fulfillment.domain.model.orders import OrderEvent
from fulfillment.domain.model.refusals import RefusedError, conflict
from fulfillment.store.commands.supply.moves.arriving import Arrival, take_in
from fulfillment.store.commands.supply.moves.documents import Answer, MoveReceipt, execute_numbered
from fulfillment.store.commands.supply.moves.finding import (
    CustomerReturn,
    locked_return,
    locked_transfer,
)
from fulfillment.store.reading.returns import read_return
from fulfillment.store.reading.rows import fields_of
from fulfillment.store.reading.transfers import read_transfer
from fulfillment.store.records.saving import record
from fulfillment.store.transactions.session import Command, Store, Tx


def receive_transfer(store: Store, command: Command, receipt: MoveReceipt) -> Answer:
    """Count what came of a transfer, never more than is under way, once by the receipt's number."""

    def body(tx: Tx) -> Answer:
        transfer = locked_transfer(tx, receipt.document)
        if transfer.status is not TransferStatus.IN_TRANSIT:
            raise _not_receivable("transfer", receipt, transfer.status)
        is_complete = take_in(
            tx,
            Arrival(
                receipt=receipt,
                location=transfer.destination,
                kind="transfer_in",
                lines=transfer.lines,
                transfer=transfer.id,
            ),
        )
        if is_complete:
            tx.run(
                "UPDATE transfer SET status = :status, ended_at = :now WHERE id = :id",
                id=transfer.id,
                now=tx.now,
                status=move_transfer(transfer.status, TransferStatus.RECEIVED),
            )
        return {"receipt": receipt.number} | fields_of(read_transfer(tx, receipt.document))

    return execute_numbered(store, command, receipt.number, body)


def receive_return(store: Store, command: Command, receipt: MoveReceipt) -> Answer:
    """Count what came back, by what is made of it, and tell it in the order's history.

    Only sellable units are given to those who wait; damaged and quarantined ones have levels of
    their own, and what is scrapped is on nobody's shelf.
    """

    def body(tx: Tx) -> Answer:
        announced = locked_return(tx, receipt.document)
        if announced.status is not ReturnStatus.ANNOUNCED:
            raise _not_receivable("return", receipt, announced.status)
        is_complete = take_in(
            tx,
            Arrival(
                receipt=receipt,
                location=announced.location,
                kind="return",
                lines=announced.lines,
                customer_return=announced.id,
            ),
        )
        if is_complete:
            tx.run(
                "UPDATE customer_return SET status = :status, ended_at = :now WHERE id = :id",
                id=announced.id,
                now=tx.now,
                status=move_return(announced.status, ReturnStatus.RECEIVED),
            )
        record(tx, _happenings(announced, receipt))
        return {"receipt": receipt.number} | fields_of(read_return(tx, receipt.document))

    return execute_numbered(store, command, receipt.number, body)


def _not_receivable(what: str, receipt: MoveReceipt, status: str) -> RefusedError:
    message = f"{what} {receipt.document} is {status}; nothing can come for it"
    return conflict("not_receivable", message, status=status)


def _happenings(announced: CustomerReturn, receipt: MoveReceipt) -> Iterable[OrderEvent]:
    """What the order's history tells of it; a return that names no order is in none."""
    if announced.order is None:
        return
    known = {line.line: line for line in announced.lines}
    for came in receipt.lines:
        line = known[came.line]
        facts: dict[str, object] = {
            "return": announced.number,
            "receipt": receipt.number,
            "sku": line.sku,
            "units": came.units,
            "disposition": Disposition(came.disposition),
        }
        if line.order_line is not None:
            facts["line"] = line.order_line
        yield OrderEvent(announced.order, "returned", facts)
