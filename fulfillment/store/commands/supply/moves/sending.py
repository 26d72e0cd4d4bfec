"""Take what is transferred off the source, and count it as inbound at the destination."""

from collections.abc import Collection, Mapping

from fulfillment.domain.model.refusals import RefusalKind, RefusedError
from fulfillment.store.commands.supply.moves.levels import (
    Booking,
    Move,
    book,
    lock_levels,
    move_levels,
)
from fulfillment.store.commands.supply.moves.supplies import set_inbound
from fulfillment.store.commands.supply.receiving.receivable import Receivable
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.records.loading import load_levels
from fulfillment.store.transactions.session import Tx


def send(tx: Tx, transfer: Receivable, source: str, wanted: Mapping[str, int]) -> None:
    """Send free units only, so that nobody loses a claim; who waits is pegged on them.

    What is owed to those who wait is given to them first: until then nobody knows what is free.
    """
    owed = _serve_owed(tx, transfer.due)
    _check_free(tx, transfer, source, wanted, owed)
    set_inbound(tx, transfer.lines)
    leaving = [Move(sku, source, -units) for sku, units in wanted.items()]
    space = open_queues(tx, transfer.skus)
    space.arriving = {(move.sku, move.location): move.units for move in leaving}
    space.plan()
    lock_levels(tx, space.skus)
    space.save()
    move_levels(tx, leaving)
    book(tx, leaving, Booking("transfer_out", transfer.number))


def _serve_owed(tx: Tx, due: Collection[str]) -> Collection[str]:
    """Serve these queues, one batch; those to which something is owed even then."""
    if not due:
        return ()
    space = open_queues(tx, due)
    space.plan()
    lock_levels(tx, space.skus)
    space.save()
    return space.until.keys()


def _check_free(
    tx: Tx, transfer: Receivable, source: str, wanted: Mapping[str, int], owed: Collection[str]
) -> None:
    """Refuse, naming each SKU of which too few are free; under the queues' locks none go away."""
    levels = load_levels(tx, wanted, [source])
    free = {level.sku: level.available for level in levels if level.sku not in owed}
    short = {sku: units for sku, units in wanted.items() if free.get(sku, 0) < units}
    if not short:
        return
    fields: list[dict[str, object]] = [
        {
            "field": f"lines[{index}].units",
            "sku": line.sku,
            "units": short[line.sku],
            "available": free.get(line.sku, 0),
        }
        for index, line in enumerate(transfer.lines)
        if line.sku in short
    ]
    named = ", ".join(f"{free.get(sku, 0)} of {sku}" for sku in sorted(short))
    message = f"{source} has only {named} available"
    raise RefusedError(RefusalKind.CONFLICT, "not_available", message, fields)
