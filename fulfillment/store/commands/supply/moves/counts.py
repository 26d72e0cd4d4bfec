"""What was counted at a location becomes what is on hand there."""

from fulfillment.domain.model.refusals import invalid
from fulfillment.store.commands.supply.moves.documents import (
    Answer,
    NewCount,
    execute_numbered,
    number_in_use,
)
from fulfillment.store.commands.supply.moves.levels import Booking, Move
from fulfillment.store.commands.supply.stock import change_on_hand, check_location, check_places
from fulfillment.store.reading.counts import read_count
from fulfillment.store.reading.rows import fields_of
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Command, LocksTooSmallError, Store, Tx

Counted = dict[tuple[str, str], int]
"""Units by SKU and disposition."""


def post_count(store: Store, command: Command, count: NewCount) -> Answer:
    """Have on hand what was counted, all of it or none, once by the count's number.

    The books are read under the queues' locks. More units serve those who wait; fewer take claims
    back, the latest in rank first, and below what is picked or staged it is refused (behaviour.md
    §4.9). With `everything`, what the books have there and nobody counted is not there.
    """

    def body(tx: Tx) -> Answer:
        _check(tx, count)
        counted, expected = _compared(tx, count)
        moves = [
            Move(sku, count.location, units - expected[sku, disposition], count.reason, disposition)
            for (sku, disposition), units in sorted(counted.items())
            if units != expected[sku, disposition]
        ]
        if moves:
            change_on_hand(tx, moves, Booking("count", count.number))
        _write(tx, count, counted, expected)
        _finish_tasks(tx, count, counted)
        return fields_of(read_count(tx, count.number))

    return execute_numbered(store, command, count.number, body)


def _check(tx: Tx, count: NewCount) -> None:
    if not count.lines and not count.everything:
        raise invalid("empty_count", "a count has at least one line", "lines")
    seen: set[tuple[str, str]] = set()
    for index, line in enumerate(count.lines):
        if line.counted < 0:
            message = f"{line.sku} can not be counted as {line.counted}"
            raise invalid("bad_quantity", message, f"lines[{index}].counted")
        if (line.sku, line.disposition) in seen:
            message = f"{line.sku} is there twice as {line.disposition}"
            raise invalid("sku_twice", message, f"lines[{index}].sku")
        seen.add((line.sku, line.disposition))
    check_location(tx, count.location, "location")
    check_places(tx, [(line.sku, count.location) for line in count.lines], "lines[{}].")


def _compared(tx: Tx, count: NewCount) -> tuple[Counted, Counted]:
    """What was counted, and what the books have of it, with the queues of all of it locked."""
    counted = {(line.sku, line.disposition): line.counted for line in count.lines}
    named = {sku for sku, _ in counted}
    locked = named | tx.also
    if count.everything:
        locked |= {sku for sku, _ in _books(tx, count, None)}
    lock_queues(tx, locked)
    books = _books(tx, count, None if count.everything else sorted(named))
    if count.everything:
        counted = dict.fromkeys(books, 0) | counted
    if more := {sku for sku, _ in counted} - locked:
        raise LocksTooSmallError(more)
    return counted, {place: books.get(place, 0) for place in counted}


def _books(tx: Tx, count: NewCount, skus: list[str] | None) -> Counted:
    """What the books have at the location, of these SKUs or of all."""
    rows = tx.rows(
        "SELECT sku, disposition, on_hand FROM stock_level"
        " WHERE merchant = :merchant AND location = :location AND on_hand > 0"
        " AND (CAST(:skus AS text[]) IS NULL OR sku = ANY(:skus))",
        merchant=tx.merchant,
        location=count.location,
        skus=skus,
    )
    return {(row.sku, row.disposition): row.on_hand for row in rows}


def _write(tx: Tx, count: NewCount, counted: Counted, expected: Counted) -> None:
    rows = tx.rows(
        "INSERT INTO stock_count (merchant, number, location, reason, actor, at)"
        " VALUES (:merchant, :number, :location, :reason, :actor, :now)"
        " ON CONFLICT (merchant, number) DO NOTHING RETURNING id",
        merchant=tx.merchant,
        number=count.number,
        location=count.location,
        reason=count.reason,
        actor=tx.actor,
        now=tx.now,
    )
    if not rows:
        raise number_in_use(count.number)
    places = sorted(counted)
    tx.run(
        "INSERT INTO stock_count_line (stock_count, merchant, sku, disposition, expected, counted)"
        " SELECT :stock_count, :merchant, c.sku, c.disposition, c.expected, c.counted"
        " FROM unnest(CAST(:skus AS text[]), CAST(:dispositions AS text[]),"
        " CAST(:expected AS bigint[]), CAST(:counted AS bigint[]))"
        " AS c(sku, disposition, expected, counted)",
        stock_count=rows[0].id,
        merchant=tx.merchant,
        skus=[sku for sku, _ in places],
        dispositions=[disposition for _, disposition in places],
        expected=[expected[place] for place in places],
        counted=[counted[place] for place in places],
    )


def _finish_tasks(tx: Tx, count: NewCount, counted: Counted) -> None:
    """Who was asked to count these there need not do it any more."""
    tx.run(
        "UPDATE task SET done_at = :now WHERE merchant = :merchant AND location = :location"
        " AND kind = 'count' AND done_at IS NULL AND sku = ANY(:skus)",
        merchant=tx.merchant,
        location=count.location,
        skus=sorted({sku for sku, disposition in counted if disposition == "sellable"}),
        now=tx.now,
    )
