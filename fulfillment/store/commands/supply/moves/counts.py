"""What was counted at a location becomes what is on hand there."""

from collections.abc import Mapping
from dataclasses import dataclass

from fulfillment.domain.model.moves import CountCovers
from fulfillment.domain.model.refusals import invalid
from fulfillment.store.commands.supply.moves.documents import (
    Answer,
    NewCount,
    execute_numbered,
    number_in_use,
)
from fulfillment.store.commands.supply.moves.levels import Booking, Move
from fulfillment.store.commands.supply.on_hand import change_on_hand
from fulfillment.store.commands.supply.stock import check_location, check_places
from fulfillment.store.reading.counts import read_count
from fulfillment.store.reading.rows import fields_of
from fulfillment.store.transactions.locks import lock_queues
from fulfillment.store.transactions.session import Command, LocksTooSmallError, Store, Tx

Place = tuple[str, str]
"""SKU and disposition."""

Counted = dict[Place, int]
"""Units by SKU and disposition."""


@dataclass(frozen=True, slots=True)
class _Books:
    """What the books have of one SKU in one disposition at the counted location."""

    on_hand: int = 0
    in_hands: int = 0

    def expected(self, covers: CountCovers) -> int:
        """Units that should be where somebody counted."""
        return self.on_hand - (self.in_hands if covers is CountCovers.SHELF else 0)


def post_count(store: Store, command: Command, count: NewCount) -> Answer:
    """Have on hand what was counted, all of it or none, once by the count's number.

    The books are read under the queues' locks. More units serve those who wait; fewer take claims
    back, the latest in rank first (behaviour.md §4.9). With `everything`, what the books have where
    it was counted and nobody named is not there. A count of the shelf leaves what is in hands on
    hand; one that covers hands too is refused below what is picked or staged.
    """

    def body(tx: Tx) -> Answer:
        _check(tx, count)
        counted, books = _compared(tx, count)
        differences = {
            place: units - books[place].expected(count.covers) for place, units in counted.items()
        }
        moves = [
            Move(sku, count.location, units, count.reason, disposition)
            for (sku, disposition), units in sorted(differences.items())
            if units
        ]
        if moves:
            change_on_hand(tx, moves, Booking("count", count.number))
        _write(tx, count, counted, books)
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


def _compared(tx: Tx, count: NewCount) -> tuple[Counted, dict[Place, _Books]]:
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
    return counted, {place: books.get(place, _Books()) for place in counted}


BOOKS = """
SELECT v.sku, v.disposition, v.on_hand,
       CASE v.disposition WHEN 'sellable'
            THEN least(v.picked + v.staged + coalesce(t.units, 0), v.on_hand)
            ELSE 0 END AS in_hands
  FROM stock_level v
  LEFT JOIN (SELECT sku, sum(units) AS units FROM task
              WHERE merchant = :merchant AND location = :location
                AND kind = 'put_back' AND done_at IS NULL GROUP BY sku) t USING (sku)
 WHERE v.merchant = :merchant AND v.location = :location AND v.on_hand > 0
   AND (CAST(:skus AS text[]) IS NULL OR v.sku = ANY(:skus))
"""


def _books(tx: Tx, count: NewCount, skus: list[str] | None) -> dict[Place, _Books]:
    """What the books have at the location, of these SKUs or of all."""
    rows = tx.rows(BOOKS, merchant=tx.merchant, location=count.location, skus=skus)
    return {(row.sku, row.disposition): _Books(row.on_hand, int(row.in_hands)) for row in rows}


def _write(tx: Tx, count: NewCount, counted: Counted, books: Mapping[Place, _Books]) -> None:
    rows = tx.rows(
        "INSERT INTO stock_count (merchant, number, location, reason, actor, at, covers)"
        " VALUES (:merchant, :number, :location, :reason, :actor, :now, :covers)"
        " ON CONFLICT (merchant, number) DO NOTHING RETURNING id",
        merchant=tx.merchant,
        number=count.number,
        location=count.location,
        reason=count.reason,
        actor=tx.actor,
        now=tx.now,
        covers=count.covers,
    )
    if not rows:
        raise number_in_use(count.number)
    places = sorted(counted)
    tx.run(
        "INSERT INTO stock_count_line (stock_count, merchant, sku, disposition, expected, counted,"
        " in_hands) SELECT :stock_count, :merchant, c.sku, c.disposition, c.expected, c.counted,"
        " c.in_hands FROM unnest(CAST(:skus AS text[]), CAST(:dispositions AS text[]),"
        " CAST(:expected AS bigint[]), CAST(:counted AS bigint[]), CAST(:in_hands AS bigint[]))"
        " AS c(sku, disposition, expected, counted, in_hands)",
        stock_count=rows[0].id,
        merchant=tx.merchant,
        skus=[sku for sku, _ in places],
        dispositions=[disposition for _, disposition in places],
        expected=[books[place].expected(count.covers) for place in places],
        counted=[counted[place] for place in places],
        in_hands=[books[place].in_hands for place in places],
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
