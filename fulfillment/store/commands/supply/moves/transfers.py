"""Goods that go from one location to another: planned, sent, given another date, given up."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from fulfillment.domain.model.moves import SupplyKind, TransferStatus, move_transfer
from fulfillment.domain.model.refusals import conflict, invalid
from fulfillment.domain.model.statuses import MoveNotAllowedError
from fulfillment.store.commands.supply.days import check_not_over
from fulfillment.store.commands.supply.moves.documents import (
    Answer,
    NewTransfer,
    execute_numbered,
    number_in_use,
)
from fulfillment.store.commands.supply.moves.sending import send
from fulfillment.store.commands.supply.moves.supplies import (
    check_lines,
    give_up,
    outstanding,
    told_before,
    told_of,
)
from fulfillment.store.commands.supply.on_hand import NOTHING_SEEN, Place, Seen, check_seen
from fulfillment.store.commands.supply.purchase_orders.replanning import replan
from fulfillment.store.commands.supply.receiving.receivable import Receivable, locked
from fulfillment.store.commands.supply.stock import check_location, check_open, check_places
from fulfillment.store.reading.rows import fields_of
from fulfillment.store.reading.transfers import read_transfer
from fulfillment.store.records.saving.supplies import (
    TELLS,
    SupplyTold,
    dated,
    supplied,
    telling,
)
from fulfillment.store.transactions.session import Command, Store, Tx


def create_transfer(
    store: Store, command: Command, new: NewTransfer, seen: Mapping[Place, Seen] = NOTHING_SEEN
) -> Answer:
    """Write a transfer; nothing moves and nothing is inbound until it is sent, at once if asked.

    Sent at once, it is refused where a place has something else than was `seen`.
    """

    def body(tx: Tx) -> Answer:
        check_transfer(tx, new)
        _insert(tx, new)
        if new.ship:
            _ship(tx, new.number, seen)
        return fields_of(read_transfer(tx, new.number))

    return execute_numbered(store, command, new.number, body)


def ship_transfer(store: Store, command: Command, number: str) -> Answer:
    """Send it: its units leave on hand at the source, and are inbound at the destination."""

    def body(tx: Tx) -> Answer:
        _ship(tx, number)
        return fields_of(read_transfer(tx, number))

    return store.execute(command, body)


def close_transfer(store: Store, command: Command, number: str) -> Answer:
    """What is still under way was lost; who was pegged on it is planned anew."""

    def body(tx: Tx) -> Answer:
        transfer = locked(tx, SupplyKind.TRANSFER, number)
        _move(tx, transfer, TransferStatus.CLOSED, "closed")
        give_up(tx, transfer.lines)
        replan(tx, transfer.skus, told_before(transfer.lines))
        return fields_of(read_transfer(tx, number))

    return store.execute(command, body)


def cancel_transfer(store: Store, command: Command, number: str) -> Answer:
    """It is not sent after all: only what is planned can be cancelled."""

    def body(tx: Tx) -> Answer:
        transfer = locked(tx, SupplyKind.TRANSFER, number)
        _move(tx, transfer, TransferStatus.CANCELLED, "closed")
        give_up(tx, transfer.lines)
        return fields_of(read_transfer(tx, number))

    return store.execute(command, body)


def change_transfer(
    store: Store, command: Command, number: str, expected_on: date | None
) -> Answer:
    """Expect it on another day, until it has ended; who is pegged on it is planned anew."""

    def body(tx: Tx) -> Answer:
        transfer = locked(tx, SupplyKind.TRANSFER, number)
        if transfer.status not in (TransferStatus.PLANNED, TransferStatus.IN_TRANSIT):
            message = f"transfer {number} is {transfer.status}; it can not be changed any more"
            raise conflict("not_changeable", message, status=transfer.status)
        if any(line.expected_on != expected_on for line in transfer.lines):
            check_not_over(tx, expected_on, transfer.lines[0].location, "expected_on")
            _write_date(tx, transfer, expected_on)
        return fields_of(read_transfer(tx, number))

    return store.execute(command, body)


def check_transfer(tx: Tx, new: NewTransfer) -> None:
    """Refuse one that goes nowhere, and one of or between what this merchant has not."""
    check_lines("transfer", new.lines)
    check_location(tx, new.source, "source")
    check_location(tx, new.destination, "destination")
    if new.source == new.destination:
        message = "a transfer goes from one location to another"
        raise invalid("same_location", message, "destination", location=new.source)
    check_places(tx, [(line.sku, new.source) for line in new.lines], "lines[{}].")
    check_open(tx, new.destination, "destination")
    check_not_over(tx, new.expected_on, new.destination, "expected_on")


def _insert(tx: Tx, new: NewTransfer) -> None:
    rows = tx.rows(
        "INSERT INTO transfer (merchant, number, source, destination, status, expected_on,"
        " created_by, created_at) VALUES (:merchant, :number, :source, :destination, :status,"
        " :expected_on, :actor, :now) ON CONFLICT (merchant, number) DO NOTHING RETURNING id",
        merchant=tx.merchant,
        number=new.number,
        source=new.source,
        destination=new.destination,
        status=TransferStatus.PLANNED,
        expected_on=new.expected_on,
        actor=tx.actor,
        now=tx.now,
    )
    if not rows:
        raise number_in_use(new.number)
    lines = [
        supplied(line.line, line.sku, new.destination, line.units, new.expected_on)
        for line in new.lines
    ]
    facts = {"status": TransferStatus.PLANNED, "source": new.source, "lines": lines}
    told = SupplyTold(SupplyKind.TRANSFER, rows[0].id, new.number, [("written", facts)])
    tx.run(
        INSERT_LINES,
        **telling(tx, [told]),
        merchant=tx.merchant,
        transfer=rows[0].id,
        number=new.number,
        location=new.destination,
        expected_on=new.expected_on,
        lines=[line.line for line in new.lines],
        skus=[line.sku for line in new.lines],
        units=[line.units for line in new.lines],
    )


INSERT_LINES = f"""
WITH {TELLS}, asked AS (
    SELECT nextval(pg_get_serial_sequence('supply', 'id')) AS id, *
      FROM unnest(CAST(:lines AS int[]), CAST(:skus AS text[]), CAST(:units AS int[]))
           AS a(line, sku, units)
), supplied AS (
    INSERT INTO supply (id, merchant, sku, location, kind, document, ordered, expected_on, inbound)
    OVERRIDING SYSTEM VALUE
    SELECT id, :merchant, sku, :location, 'transfer', :number, units, :expected_on, false
      FROM asked
)
INSERT INTO transfer_line (transfer, line, supply) SELECT :transfer, line, id FROM asked
"""  # noqa: S608 -- TELLS is a constant


def _ship(tx: Tx, number: str, seen: Mapping[Place, Seen] = NOTHING_SEEN) -> None:
    transfer = locked(tx, SupplyKind.TRANSFER, number)
    check_seen(tx, seen)
    _move(tx, transfer, TransferStatus.IN_TRANSIT, "approved")
    wanted: Counter[str] = Counter()
    for line in transfer.lines:
        wanted[line.sku] += line.ordered
    send(tx, transfer, str(transfer.source), wanted)


def _move(tx: Tx, transfer: Receivable, target: TransferStatus, kind: str) -> None:
    """Move it along its life; its history tells it as of this kind."""
    try:
        move_transfer(TransferStatus(transfer.status), target)
    except MoveNotAllowedError as error:
        raise conflict("move_not_allowed", str(error), status=transfer.status) from error
    leaves = target is TransferStatus.IN_TRANSIT
    facts = {
        "status": target,
        "counted": leaves or transfer.status != TransferStatus.PLANNED,
        "source": transfer.source,
        "lines": outstanding(transfer.lines),
    }
    tx.run(
        f"WITH {TELLS}"  # noqa: S608 -- TELLS is a constant
        " UPDATE transfer SET status = :status,"
        " shipped_at = CASE WHEN :leaves THEN :now ELSE shipped_at END,"
        " ended_at = CASE WHEN :leaves THEN NULL ELSE CAST(:now AS timestamptz) END"
        " WHERE id = :id",
        id=transfer.id,
        status=target,
        leaves=leaves,
        now=tx.now,
        **telling(tx, [told_of(transfer, kind, facts)]),
    )


def _write_date(tx: Tx, transfer: Receivable, expected_on: date | None) -> None:
    lines = [
        dated(line.line, line.sku, line.location, line.outstanding, (line.expected_on, expected_on))
        for line in transfer.lines
        if line.expected_on != expected_on
    ]
    counted = transfer.status == TransferStatus.IN_TRANSIT
    facts = {
        "status": transfer.status, "counted": counted, "source": transfer.source, "lines": lines
    }  # fmt: skip
    tx.run(
        f"WITH {TELLS} UPDATE transfer SET expected_on = :day WHERE id = :id",  # noqa: S608 -- TELLS is a constant
        id=transfer.id,
        day=expected_on,
        **telling(tx, [told_of(transfer, "date_moved", facts)]),
    )
    tx.run(
        "UPDATE supply SET expected_on = :day, overdue = false WHERE id = ANY(:supplies)",
        supplies=[line.supply for line in transfer.lines],
        day=expected_on,
    )
    if transfer.status == TransferStatus.IN_TRANSIT:
        replan(tx, transfer.skus, told_before(transfer.lines))
