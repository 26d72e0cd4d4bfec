"""Write a receipt, put its units on hand, and serve the queues, all in one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fulfillment.domain.actions.pins import granted
from fulfillment.domain.model.moves import Disposition
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.commands.supply.moves.documents import MoveReceipt, number_in_use
from fulfillment.store.commands.supply.moves.finding import Line
from fulfillment.store.commands.supply.moves.levels import (
    Booking,
    Move,
    book,
    lock_levels,
    move_levels,
    open_levels,
)
from fulfillment.store.commands.supply.purchase_orders.pinned import grants_of
from fulfillment.store.commands.supply.purchase_orders.replanning import plan_and_save
from fulfillment.store.commands.supply.purchase_orders.shrinking import shrink_pegs
from fulfillment.store.planning.opening import open_queues
from fulfillment.store.queue.pending_queues import note_owed
from fulfillment.store.transactions.session import Tx


@dataclass(frozen=True, slots=True)
class Arrival:
    """A receipt for the lines of one transfer or one return, whose queues and row are locked.

    `kind` is what the ledger calls it.
    """

    receipt: MoveReceipt
    location: str
    kind: str
    lines: Sequence[Line]
    transfer: int | None = None
    customer_return: int | None = None


def take_in(tx: Tx, arrival: Arrival) -> bool:
    """Do it; whether nothing is outstanding then.

    What comes on pins goes to those before rank; what is beyond a batch is owed to the rest.
    """
    came = _checked(arrival)
    grants = grants_of(tx, _sellable(arrival), arrival.location)
    _write(tx, arrival)
    skus, moves = {line.sku for line in came}, _moves(arrival, came)
    # Noted as owed, so that it is told of the receipt where its units go.
    note_owed(tx, skus)
    space = open_queues(tx, skus, orders=list(grants), margin=_margin(moves))
    for order, its in grants.items():
        space.put(granted(space.after[order], its))
    open_levels(tx, moves)
    lock_levels(tx, space.skus)
    move_levels(tx, moves)
    book(tx, moves, Booking(arrival.kind, arrival.receipt.number))
    plan_and_save(space, {})
    if space.until:
        # Behind the batch all have their pegs yet: the next to be served give up theirs.
        shrink_pegs(tx, {line.supply: 0 for line in came})
    return all(came.get(line, 0) == line.outstanding for line in arrival.lines)


def _sellable(arrival: Arrival) -> Mapping[int, int]:
    """Units by supply that can be given to somebody."""
    supplies = {line.line: line.supply for line in arrival.lines}
    return {
        supplies[row.line]: row.units
        for row in arrival.receipt.lines
        if row.disposition is Disposition.SELLABLE
    }


def _margin(moves: Sequence[Move]) -> Mapping[str, int]:
    """Units by SKU that there will be more of to give."""
    return {move.sku: move.units for move in moves if move.disposition == Disposition.SELLABLE}


def _checked(arrival: Arrival) -> Mapping[Line, int]:
    """Units that came of each line that is named, or a refusal that names the field."""
    if not arrival.receipt.lines:
        raise invalid("empty_receipt", "a receipt has at least one line", "lines")
    known = {line.line: line for line in arrival.lines}
    seen: set[tuple[int, str]] = set()
    came: Counter[Line] = Counter()
    for index, row in enumerate(arrival.receipt.lines):
        at = f"lines[{index}]"
        line = known.get(row.line)
        if line is None:
            message = f"{arrival.receipt.document} has no line {row.line}"
            raise invalid("unknown_line", message, f"{at}.line")
        if (row.line, row.disposition) in seen:
            message = f"line {row.line} is there twice as {row.disposition}"
            raise invalid("line_twice", message, f"{at}.line")
        seen.add((row.line, row.disposition))
        came[line] += row.units
        if row.units <= 0 or came[line] > line.outstanding:
            message = f"line {row.line} has {line.outstanding} units outstanding, not {came[line]}"
            facts = {"outstanding": line.outstanding}
            raise invalid("bad_quantity", message, f"{at}.units", **facts)
    return came


def _moves(arrival: Arrival, came: Mapping[Line, int]) -> list[Move]:
    """What comes on hand, by SKU and disposition; the ledger knows a receipt's units as one."""
    skus = {line.line: line.sku for line in came}
    total: Counter[tuple[str, str]] = Counter()
    for row in arrival.receipt.lines:
        if row.disposition is not Disposition.SCRAPPED:
            total[skus[row.line], row.disposition] += row.units
    return [
        Move(sku, arrival.location, units, disposition=disposition)
        for (sku, disposition), units in sorted(total.items())
    ]


def _write(tx: Tx, arrival: Arrival) -> None:
    """The receipt, its lines, and what is outstanding on their supplies."""
    rows = tx.rows(
        "INSERT INTO receipt (merchant, number, transfer, customer_return, location, actor, at)"
        " VALUES (:merchant, :number, :transfer, :customer_return, :location, :actor, :now)"
        " ON CONFLICT (merchant, number) DO NOTHING RETURNING id",
        merchant=tx.merchant,
        number=arrival.receipt.number,
        transfer=arrival.transfer,
        customer_return=arrival.customer_return,
        location=arrival.location,
        actor=tx.actor,
        now=tx.now,
    )
    if not rows:
        raise number_in_use(arrival.receipt.number)
    supplies = {line.line: line.supply for line in arrival.lines}
    tx.run(
        COUNT_RECEIPT,
        receipt=rows[0].id,
        supplies=[supplies[row.line] for row in arrival.receipt.lines],
        dispositions=[row.disposition for row in arrival.receipt.lines],
        units=[row.units for row in arrival.receipt.lines],
    )


COUNT_RECEIPT = """
WITH come AS (
    SELECT * FROM unnest(CAST(:supplies AS bigint[]), CAST(:dispositions AS text[]),
                         CAST(:units AS int[])) AS r(supply, disposition, units)
), written AS (
    INSERT INTO receipt_line (receipt, supply, disposition, units, undistributed)
    SELECT :receipt, supply, disposition, units,
           CASE WHEN disposition = 'sellable' THEN units ELSE 0 END
      FROM come
), total AS (
    SELECT supply, sum(units)::bigint AS units FROM come GROUP BY supply
)
UPDATE supply u
   SET received = u.received + total.units,
       inbound = u.received + total.units + u.closed < u.ordered
  FROM total WHERE u.id = total.supply
"""
